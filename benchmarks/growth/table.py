"""What a rating costs on few and on many ratings: each measurement in a process of its own, and the table of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measure import ROOT, Failed, Result, _reason

from growth.one_epoch import MADE

LIMIT = 600.0  # seconds for one process
ROUNDS = 3
DATA = ("u1", "ml-latest-small", *MADE)
#: The trainers, what their interpreter must have, and after how many batches the dense ones are stopped.
TRAINERS = {"numba": ("numba", None), "numpy": ("numpy", 400), "torch": ("torch", 400), "surprise": ("surprise", None)}
NAMES = {
    "numba": "sheetsim, numba",
    "numpy": "sheetsim, numpy: all rows at each step",
    "torch": "sheetsim, torch: all rows at each step",
    "surprise": "Surprise SVD, 40 factors, plain descent",
}


@dataclass
class Cell:
    """One trainer on one data set; with a ``reason`` it came to nothing."""

    trainer: str
    data: str
    results: list[Result] = field(default_factory=list)
    reason: str = ""

    @property
    def each(self) -> float:
        """Microseconds of the processor for a rating, of the best run."""
        return min(result["seconds"] / result["trained"] for result in self.results) * 1e6


def measured(find: Callable[[str], str], folder: Path, quick: bool, say: Callable[[str], None]) -> list[Cell]:
    """A cell for each trainer on each data set; the trainers take turns. ``find`` answers the interpreter that has a
    package."""
    cells = [Cell(trainer, data) for data in DATA[: 3 if quick else None] for trainer in TRAINERS]
    for cell in cells:
        if (cell.trainer, cell.data) == ("surprise", DATA[-1]):  # its lists of Python's own numbers take gigabytes
            cell.reason = "not asked"
    for _ in range(1 if quick else ROUNDS):
        for cell in cells:
            if not cell.reason and not (cell.results and cell.data == DATA[-1]):  # the largest once
                add(cell, find, folder)
                say(f"{cell.data}: {NAMES[cell.trainer]}: {cell.reason or f'{cell.each:.3g} µs a rating'}")
    return cells


def add(cell: Cell, find: Callable[[str], str], folder: Path) -> None:
    """Measures once more."""
    package, batches = TRAINERS[cell.trainer]
    asked = {"trainer": cell.trainer, "data": cell.data, "folder": str(folder), "batches": batches}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        command = [find(package), "-W", "ignore", str(Path(__file__).with_name("one_epoch.py")), json.dumps(asked)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment, check=False)
        if done.returncode:
            raise Failed(_reason(done))
        cell.results.append(json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        cell.reason = f"not done in {LIMIT:.0f} s"
    except Failed as failure:
        cell.reason = str(failure)


def lines(cells: Sequence[Cell]) -> list[tuple[str, ...]]:
    """The table: a heading, then a line a data set: µs a rating of each trainer, and the memory of the first."""
    trainers = list(dict.fromkeys(cell.trainer for cell in cells))
    found: list[tuple[str, ...]] = [("", "ratings", "users", "movies", *map(NAMES.get, trainers), "its peak memory")]  # type: ignore[list-item]
    for data in dict.fromkeys(cell.data for cell in cells):
        own = [cell for cell in cells if cell.data == data]
        there = next((cell.results[0] for cell in own if cell.results), None)
        if there is None:
            continue
        sizes = (f"{there[name]:,}" for name in ("ratings", "users", "movies"))
        peak = f"{max(result['peak'] for result in own[0].results) / 1e6:,.0f} MB" if own[0].results else ""
        found.append((data, *sizes, *(f"{one.each:.3g} µs" if one.results else f"– {one.reason}" for one in own), peak))
    return found


def flatness(cells: Sequence[Cell]) -> float | None:
    """How many times as much a rating costs the compiled loop on the largest data as on the smallest."""
    own = [cell.each for cell in cells if cell.trainer == "numba" and cell.results]
    return own[-1] / own[0] if len(own) == len(DATA) else None
