"""Times explanations of the lecture's cells, five levels deep and with gradients, and prints them:
``python benchmarks/waiting/explaining.py``.

Torch is loaded, and one cell explained, before the clock starts. ``--quick`` takes a tenth of the cells.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import sheetsim
from sheetsim.study.explanation.explaining import explain

LECTURE = ("graddesc", "collab_filter", "entropy_example")
MOST = 40  # cells of a sheet: evenly spread


def timed(book: sheetsim.Workbook, where: str) -> tuple[float, float]:
    """Seconds by the clock, and seconds of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    explain(book, where, depth=5)
    return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Prints a line for each sheet: how many cells, the median and the longest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the cells")
    most = MOST // 10 if parser.parse_args().quick else MOST
    print(f"{'sheet':<32} {'cells':>5} {'median':>9} {'longest':>9} {'of it processor':>16}")
    for name in LECTURE:
        book = sheetsim.build(name)
        for sheet in book:
            cells = [sheet.where(*cell) for cell in np.argwhere(sheet.computed()).tolist()]
            chosen = [cells[k] for k in np.unique(np.linspace(0, len(cells) - 1, most).astype(int))] if cells else []
            if chosen:
                timed(book, chosen[0])
                found = sorted(timed(book, where) for where in chosen)
                clock, processor = found[-1]
                middle = found[len(found) // 2][0]
                times = f"{middle:>7.3f} s {clock:>7.3f} s {processor:>14.3f} s"
                print(f"{name + '!' + sheet.title:<32} {len(found):>5} {times}")


if __name__ == "__main__":
    main()
