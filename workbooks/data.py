"""The numbers and words that the lecture's sheets start from, read from the files in ``data/``.

Each number is written in its CSV file with all its digits (the shortest text that reads back as the same double).
"""

from __future__ import annotations

import csv
from importlib.resources import files

Numbers = tuple[float, ...]


def text(name: str) -> str:
    """The whole of ``data/NAME``."""
    return files("workbooks").joinpath("data", name).read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The rows of ``data/NAME`` below its headings, as text."""
    return list(csv.reader(text(name).splitlines()))[1:]


def numbers(name: str) -> list[Numbers]:
    """The rows of a file that holds numbers only."""
    return [tuple(map(float, row)) for row in rows(name)]


def by_label(name: str) -> dict[str, Numbers]:
    """The rows of a file whose first column says what the numbers after it belong to."""
    return {label: tuple(map(float, rest)) for label, *rest in rows(name)}


def by_id(name: str) -> dict[float, Numbers]:
    """The same where the first column is itself a number, a user's or a movie's."""
    return {float(label): values for label, values in by_label(name).items()}
