"""A file of ratings line by line: its layout, told from the first line, and what is wrong with a line.

Reading goes through pandas in large pieces (``ratings.py``). Only where a piece holds something wrong is the file gone
through here, slowly, to say which line it is.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sheetsim.errors import InputError
from sheetsim.training.data.unzipped import refuse_pipe

SEPARATORS = ("\t", "::", ",")
QUOTED = ("\t", ",")
HEADINGS = {
    "user": {"user", "userid", "users"},
    "item": {"item", "itemid", "movie", "movieid"},
    "rating": {"rating", "ratings"},
}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
BLANKS = " \t\v\f\r"  # what pandas, too, passes over around a number
LONGEST_LINE = 1 << 16
LARGEST_ID = 2**63 - 1
LONGEST_WHOLE = 300  # digits of a whole number that a double's range has room for
LARGEST_WHOLE = 2.0**53  # above it not every whole number has a double of its own


class Layout(NamedTuple):
    """How the lines of one file are to be read."""

    separator: str
    columns: dict[str, int]  # which column holds "user", "item" and "rating"
    width: int  # columns in the first line
    skipped: int  # lines before the first rating: blank ones and the heading

    def names(self) -> list[str]:
        """A name for every column that pandas sees; it takes ``::`` for two separators with nothing between."""
        step = len(self.separator)
        names = [f"column {number}" for number in range((self.width - 1) * step + 1)]
        for name, column in self.columns.items():
            names[column * step] = name
        return names


def layout(path: Path) -> Layout:
    """The layout of a file, from its first line that is not blank. Raises InputError if it holds no ratings."""
    number, line = first_line(path)
    separator = next((mark for mark in SEPARATORS if mark in line), None)
    if separator is None:
        raise InputError(
            f"{path}, line {number}: one column only; user, item, rating are needed, separated by tabs, commas or ::"
        )
    fields = split(line, separator)
    if any(number_in(field) is not None for field in fields):  # a heading has no numbers
        columns, skipped = {"user": 0, "item": 1, "rating": 2}, number - 1
        missing = [name for name, column in columns.items() if column >= len(fields)]
    else:
        columns, skipped = _headed(fields), number
        missing = [name for name in HEADINGS if name not in columns]
    if missing:
        raise InputError(f"{path}, line {number}: no column for {' and '.join(missing)}; there are {fields[:8]}")
    return Layout(separator, columns, len(fields), skipped)


def first_line(path: Path) -> tuple[int, str]:
    """The first line that is not blank, and its number. Raises InputError for what is not a text file."""
    _refuse_binary(path)
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise InputError(f"{path}, line {number}: longer than {LONGEST_LINE} characters; not a file of numbers")
            if line.strip():
                return number, line.rstrip("\n")
    raise InputError(f"{path}: the file is empty")


def _refuse_binary(path: Path) -> None:
    refuse_pipe(path)
    try:
        with open(path, "rb") as file:
            start = file.read(LONGEST_LINE)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    if start.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise InputError(f"{path}: a compressed file; unpack it first")
    if b"\0" in start:
        raise InputError(f"{path}: not a text file; numbers are read from plain text (UTF-8)")


def _headed(fields: list[str]) -> dict[str, int]:
    words = [re.sub(r"[\s_]", "", field).casefold() for field in fields]
    found = {name: [column for column, word in enumerate(words) if word in known] for name, known in HEADINGS.items()}
    return {name: columns[0] for name, columns in found.items() if columns}


def split(line: str, separator: str) -> list[str]:
    """The fields of a line; between tabs or commas they may be quoted. A line of bad quotes is one field.

    >>> split('7,"Alien (1979)",4.5', ",")
    ['7', 'Alien (1979)', '4.5']
    """
    if separator not in QUOTED:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return [line]


def rows(path: Path, layout: Layout, start: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each line below the heading that is not blank, from the one of number ``start``."""
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        below = ((number, line) for number, line in enumerate(file, 1) if number > layout.skipped)
        for number, line in islice((numbered for numbered in below if numbered[1].strip(" \n")), start, None):
            yield number, split(line.rstrip("\n"), layout.separator)


def line_of(path: Path, row: int) -> int:
    """The number of the line that holds a row, counted from 0."""
    return next(rows(path, layout(path), row))[0]


def fault(fields: list[str], layout: Layout, allowed: tuple[float, float]) -> str | None:
    """What is wrong with a line, in words, or None.

    >>> columns = {"user": 0, "item": 1, "rating": 2}
    >>> fault(["196", "-2", "3"], Layout(",", columns, 3, 0), (0, 5))
    "item '-2' is not an id: a whole number from 0"
    """
    if len(fields) > layout.width or len(fields) <= max(layout.columns.values()):
        return f"{len(fields)} columns, where the first line has {layout.width}"
    for name in ("user", "item"):
        text = _field(fields, layout, name)
        number = number_in(text)
        if number is None or number < 0 or (number < LARGEST_WHOLE and number != math.floor(number)):
            return f"{name} {text!r} is not an id: a whole number from 0"
        if number > LARGEST_ID or (isinstance(number, float) and number >= LARGEST_WHOLE):
            return f"{name} {text!r} is too large for an id"
    text = _field(fields, layout, "rating")
    value = number_in(text)
    if value is None:
        return f"rating {text!r} is not a number"
    low, high = allowed
    return None if low <= value <= high else f"rating {text} is not between {low:g} and {high:g}"


def _field(fields: list[str], layout: Layout, name: str) -> str:
    return fields[layout.columns[name]].strip(BLANKS)[:40]


def number_in(text: str) -> float | int | None:
    """The number that a field holds, blanks around it or not; None for any other text."""
    bare = text.strip(BLANKS)
    if not NUMBER.fullmatch(bare):
        return None
    return int(bare) if bare.lstrip("+-").isdigit() and len(bare) <= LONGEST_WHOLE else float(bare)
