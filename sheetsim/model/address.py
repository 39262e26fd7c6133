"""Addresses: ``A1`` to (row, column) and back.

Inside the program rows and columns count from 0 and a rectangle includes its last row and column;
only text that people read or type counts from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from sheetsim.errors import InputError
from sheetsim.model.limits import MAX_COLUMNS as MAX_COLUMNS
from sheetsim.model.limits import MAX_ROWS as MAX_ROWS

CELLS = re.compile(r"\$?[A-Za-z]{1,3}\$?[0-9]+(?::\$?[A-Za-z]{1,3}\$?[0-9]+)?\Z")  # a cell's address, or a range's
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")


class Rect(NamedTuple):
    """A rectangle of cells, both corners included, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns, as an array of its values has."""
        return self.rows, self.columns

    @property
    def size(self) -> int:
        """How many cells it has."""
        return self.rows * self.columns

    def meets(self, other: Rect) -> bool:
        """Whether the two rectangles share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is one of its."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def common(self, other: Rect) -> Rect | None:
        """The cells in both rectangles, or None."""
        if not self.meets(other):
            return None
        return Rect(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )

    def cells(self) -> Iterator[tuple[int, int]]:
        """The (row, column) of its cells, row by row."""
        return product(range(self.top, self.bottom + 1), range(self.left, self.right + 1))

    @property
    def slices(self) -> tuple[slice, slice]:
        """What picks its cells out of an array of all cells."""
        return slice(self.top, self.bottom + 1), slice(self.left, self.right + 1)

    def shifted(self, rows: int, columns: int) -> Rect:
        """The rectangle so many rows further down and columns further right; it may leave the sheet."""
        return Rect(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def __str__(self) -> str:
        first = cell_name(self.top, self.left)
        return first if self.size == 1 else f"{first}:{cell_name(self.bottom, self.right)}"

    @property
    def fixed(self) -> str:
        """Its address, rows and columns held fast: ``$A$3:$M$32``."""
        first = f"${column_name(self.left)}${self.top + 1}"
        return first if self.size == 1 else f"{first}:${column_name(self.right)}${self.bottom + 1}"


def around(rects: Iterable[Rect]) -> Rect:
    """The least rectangle that holds them all.

    >>> around([Rect(2, 1, 3, 1), Rect(0, 4, 1, 5)])
    Rect(top=0, left=1, bottom=3, right=5)
    """
    tops, lefts, bottoms, rights = zip(*rects, strict=True)
    return Rect(min(tops), min(lefts), max(bottoms), max(rights))


@cache
def column_name(column: int) -> str:
    """The letters of a column: 0 → ``A``, 27 → ``AB``.

    >>> column_name(0), column_name(27), column_name(16383)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


@cache
def column_index(letters: str) -> int:
    """The number of a column: ``A`` → 0.

    >>> column_index("AB")
    27
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """
    >>> cell_name(3, 7)
    'H4'
    """
    return f"{column_name(column)}{row + 1}"


def parse_cell(text: str) -> tuple[int, int]:
    """``H4`` or ``$H$4`` → (3, 7). Raises InputError for anything else.

    >>> parse_cell("$H$4")
    (3, 7)
    """
    found = _CELL.match(text.strip())
    if found:
        row, column = int(found[2]) - 1, column_index(found[1])
        if row < MAX_ROWS and column < MAX_COLUMNS:
            return row, column
    raise InputError(f"{text!r} is not a cell address such as H4")


def parse_rect(text: str) -> Rect:
    """``A3:M32`` or a single cell → Rect, in whatever order the corners are given.

    >>> parse_rect("B4:A3")
    Rect(top=2, left=0, bottom=3, right=1)
    """
    first, colon, last = text.partition(":")
    r0, c0 = parse_cell(first)
    r1, c1 = parse_cell(last) if colon else (r0, c0)
    return Rect(min(r0, r1), min(c0, c1), max(r0, r1), max(c0, c1))
