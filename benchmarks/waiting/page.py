"""The page in a real browser: how long until it stands, until an edit is painted, until a screenful is there; how large
a page to give away is. ``make benchmark-page`` prints the table. Let nothing else run meanwhile.

The browser is Chromium without a window, open already, as a person's is. *Painted* is told by the browser itself: what
changes has come back, is drawn, and a frame has been shown.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / place) for place in ("", "benchmarks", "tests/page", "tests/helpers", "tests")]

from browser import Page, opened, served  # noqa: E402
from cli_process import ended, started  # noqa: E402
from machine import cores, processor  # noqa: E402

import sheetsim  # noqa: E402
from sheetsim.page.giving import page_of  # noqa: E402

EDITS = 25  # of each sheet, the first five of which only warm up
#: A number on each of the lecture's sheets that others are computed from.
CELLS = {
    "graddesc": ["data!C1", "basic!C1", "momentum!D2", "rmsprop!D2", "adam!D2", "adam_ann!D2"],
    "collab_filter": ["dotprod!H19", "movielens_1hot!C4", "movielens_emb!C4", "bias!H19", "word_emb!C4"],
    "entropy_example": ["entropy!B2"],
}
EDIT = """
const done = arguments[arguments.length - 1];
const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
(async () => {
  const held = sheetsim.grid.cell(...sheetsim.choice.active).number;
  const times = [];
  for (let turn = 0; turn < arguments[0]; turn++) {
    sheetsim.editor.open(String(held * (1 + (turn % 2) * 0.001)));
    const began = performance.now();
    await sheetsim.editor.commit(0, 0);
    await frame();
    times.push(performance.now() - began);
    await new Promise((shown) => setTimeout(shown, 120));
  }
  done(times);
})();
"""
SCROLL = """
const done = arguments[arguments.length - 1];
(async () => {
  const times = [];
  const { grid } = sheetsim;
  for (let turn = 1; turn <= 25; turn++) {
    const row = (turn * 3877) % 99000;
    const began = performance.now();
    grid.scroller.scrollTo(0, (row * 20) / grid.scale);
    for (;;) {
      await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
      if (document.querySelector(`.body [data-cell="A${row + 1}"]`)) break;
    }
    times.push(performance.now() - began);
  }
  done(times);
})();
"""


def opening(browser: Any) -> tuple[float, float]:
    """Seconds from the command to its address, and to the sheet in the browser."""
    began = time.perf_counter()
    process, address = started("study", "graddesc", "--no-browser")
    known = time.perf_counter() - began
    page = Page(browser, address + "#adam!C1")
    page.until("document.querySelector('.body .cell')")
    stands = time.perf_counter() - began
    browser.get("about:blank")
    ended(process, interrupt=True)
    return known, stands


def edits(browser: Any) -> dict[str, list[float]]:
    """Milliseconds from Enter to the painted result, for each of the lecture's sheets."""
    found = {}
    for name, cells in CELLS.items():
        with served(name) as server:
            page = Page(browser, server.address)
            for cell in cells:
                page.go(cell)
                times = browser.execute_async_script(EDIT, EDITS)
                found[f"{name} {cell}"] = times[5:]
            browser.get("about:blank")
    return found


def scrolling(browser: Any, folder: Path) -> list[float]:
    """Milliseconds from a jump to a screenful that was not there, in a sheet of 100,000 rows."""
    book = sheetsim.Workbook("long")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    sheet.fill("A2:A100000", "=A1+1")
    for column in "BCDEFGHIJ":
        sheet.fill(f"{column}1:{column}100000", "=A1*2")
    book.save(folder / "long.xlsx")
    with served(folder / "long.xlsx") as server:
        Page(browser, server.address)
        times: list[float] = browser.execute_async_script(SCROLL)
        browser.get("about:blank")
    return times


def line(what: str, *told: str) -> None:
    """A row of the table."""
    print(f"| {what} | {' | '.join(told)} |", flush=True)


def spread(times: list[float]) -> tuple[str, str, str]:
    """The best, the median and the worst."""
    return f"{min(times):.0f} ms", f"**{statistics.median(times):.0f} ms**", f"{max(times):.0f} ms"


def main() -> None:
    """Measures, and prints the table."""
    print(f"{processor()}, {cores()} cores.\n\n| what | best | median | worst |\n|---|---:|---:|---:|")
    with TemporaryDirectory() as name, opened(Path(name)) as browser:
        browser.set_script_timeout(120)
        times = [opening(browser) for _ in range(5)]
        line("from the command to its address", *spread([1000 * known for known, _ in times]))
        line("from the command to the sheet in the browser", *spread([1000 * stands for _, stands in times]))
        found = edits(browser)
        for what, each in found.items():
            line(f"an edit of {what}, painted", *spread(each))
        line("an edit of all of these", *spread([each for times in found.values() for each in times]))
        line("a screenful of 100,000 rows × 10", *spread(scrolling(browser, Path(name))))
    began = time.perf_counter()
    size = len(page_of(sheetsim.open("graddesc"), 20).encode())
    print(
        f"\nA page of graddesc with 20 epochs: {size / 2**20:.2f} MB, written in {time.perf_counter() - began:.1f} s."
    )


if __name__ == "__main__":
    main()
