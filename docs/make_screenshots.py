"""The pictures of the page, taken by Chromium: ``python docs/make_screenshots.py``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT), str(ROOT / "tests/page")]

from browser import Page, opened, served  # noqa: E402

HERE = ROOT / "docs"
COLOURS = 255  # of a picture: it stays small


def taken(page: Page, name: str) -> None:
    """A picture of what the browser shows now, once nothing moves any more."""
    page.settled()
    time.sleep(3)
    path = HERE / name
    page.browser.save_screenshot(str(path))
    Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def main() -> None:
    """Takes the pictures."""
    with TemporaryDirectory() as folder, opened(Path(folder), 1360, 860) as browser:
        with served("graddesc") as server:
            page = Page(browser, server.address + "#adam!H6")
            page.click(".reset")
            page.click(".run")
            page.go("H6")
            taken(page, "page.png")
            browser.execute_script("sheetsim.bar.compareDialog(); document.querySelector('dialog .main').click()")
            page.until("sheetsim.sheet.title === 'compare' && sheetsim.grid.charts.length && !sheetsim.asking")
            browser.execute_script("sheetsim.panel.toggle(); document.querySelector('.light').click()")
            taken(page, "page_compare.png")
            browser.execute_script("document.querySelector('.light').click()")
        with served("collab_filter") as server:
            page = Page(browser, server.address + "#dotprod!V41")
            page.until("document.querySelector('.shade')")
            page.click(".shade")
            page.until("sheetsim.panel.gradient")
            taken(page, "page_gradient.png")
            browser.get("about:blank")


if __name__ == "__main__":
    main()
