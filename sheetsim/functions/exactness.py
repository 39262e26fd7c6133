"""How exact each function is, as measured: against the values that Excel stored, else against many digits.

The measurements lie in ``exactness.csv``, beside this file. ``make exactness`` makes them anew, from workbooks that
Excel saved, and a test finds out whether they still hold.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("exactness.csv")
WHAT = {"Excel": "cell", "mpmath": "point"}  # against what it was measured, and what was counted


class Exactness(NamedTuple):
    """Of ``cells`` values of ``against`` how many have equal bits, how many are the next number up or down; by which
    part of itself the furthest of the others is off; and how many are of another kind, as an error for a number."""

    against: str
    cells: int
    equal: int
    near: int
    worst: float
    other: int = 0

    def __str__(self) -> str:
        """
        >>> print(Exactness("Excel", 46, 46, 0, 0.0))
        bit for bit (46 cells)
        >>> print(Exactness("Excel", 46, 40, 6, 0.0))
        1 unit in the last place (46 cells, 40 bit for bit)
        >>> print(Exactness("mpmath", 46, 40, 4, 2.3e-15, 1))
        within 3e-15 of mpmath (46 points, 40 bit for bit), 1 of another kind
        """
        counted = f"{self.cells:,} {WHAT[self.against]}{'' if self.cells == 1 else 's'}"
        also = f"({counted}, {self.equal:,} bit for bit)" if self.equal else f"({counted})"
        of = "" if self.against == "Excel" else f" of {self.against}"
        other = f", {self.other:,} of another kind" if self.other else ""
        if self.equal + self.other == self.cells:
            return f"bit for bit{of} ({counted}){other}"
        if self.equal + self.near + self.other == self.cells:
            return f"1 unit in the last place{of} {also}{other}"
        return f"within {_rounded_up(self.worst)}{of} {also}{other}"


def _rounded_up(part: float) -> str:
    """One digit, and no less than the number."""
    scale = 10.0 ** math.floor(math.log10(part))
    return f"{math.ceil(part / scale) * scale:.0e}".replace("e-0", "e-")


@cache
def measured() -> dict[str, Exactness]:
    """What was measured of each function, by its name."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row.pop("function"): _read(row) for row in csv.DictReader(lines)}


def _read(row: dict[str, str]) -> Exactness:
    cells, equal, near, other = (int(row[name]) for name in ("cells", "equal", "near", "other"))
    return Exactness(row["against"], cells, equal, near, float(row["worst"]), other)


def write(found: dict[str, Exactness]) -> None:
    """Writes the measurements, in the order of the functions' names."""
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(("function", *Exactness._fields))
        out.writerows((name, *found[name]) for name in sorted(found))
