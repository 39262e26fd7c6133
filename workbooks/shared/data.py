"""The numbers and words that the lecture's sheets start from, read from the files in ``data/``.

Each number is written in its CSV file with all its digits (the shortest text that reads back as the same double).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from math import isfinite
from pathlib import Path
from typing import Any

from sheetsim.errors import InputError

Numbers = tuple[float, ...]
FOLDER = Path(__file__).parents[1] / "data"


def text(name: str) -> str:
    """The whole of ``data/NAME``."""
    return (FOLDER / name).read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The rows of ``data/NAME`` below its headings, as text."""
    return list(csv.reader(text(name).splitlines()))[1:]


def numbers(name: str) -> list[Numbers]:
    """The rows of a file that holds numbers only."""
    return [tuple(map(float, row)) for row in rows(name)]


def pairs(points: Iterable[Iterable[Any]]) -> list[tuple[float, float]]:
    """Points that were given as numbers: x and y of each. Raises InputError."""
    found = []
    for at, point in enumerate(points, 1):
        try:
            x, y = map(float, point)
            if not (isfinite(x) and isfinite(y)):  # no cell can hold it
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise InputError(f"point {at} is {point!r:.40}, not two numbers, x and y") from None
        found.append((x, y))
    return found


def by_label(name: str) -> dict[str, Numbers]:
    """The rows of a file whose first column says what the numbers after it belong to."""
    return {label: tuple(map(float, rest)) for label, *rest in rows(name)}


def by_id(name: str) -> dict[float, Numbers]:
    """The same where the first column is itself a number, a user's or a movie's."""
    return {float(label): values for label, values in by_label(name).items()}
