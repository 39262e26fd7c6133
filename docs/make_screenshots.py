"""The pictures of the page and of the notebook's widget, taken by Chromium: ``python docs/make_screenshots.py``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT), str(ROOT / "tests/page"), str(ROOT / "tests/notebook")]

from browser import Page, opened, served  # noqa: E402
from widget_host import Output, hosted  # noqa: E402

import sheetsim  # noqa: E402

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
        browser.set_window_size(1120, 780)
        with hosted(sheetsim.open("graddesc")["adam"].widget("H6", height=530)) as address:
            widget = Output(browser, address)
            widget.click(".reset")
            widget.click(".run")
            widget.marks()
            taken(widget, "widget.png")
            browser.get("about:blank")


if __name__ == "__main__":
    main()
