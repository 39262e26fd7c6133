"""Functions of where a reference is: ROW, COLUMN and their kin, and OFFSET, whose result is itself a reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import (
    Values,
    choose,
    error_value,
    first_error,
    fitted,
    numbers,
    single,
    uniform,
    with_errors,
)
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import NEWER, Evidence, Gradient, Scanned, function
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ERROR, NA, NUMBER, REF, VALUE

MOST_REFERENCES = 1 << 14  # in one array; each is worked out by itself, in some 50 microseconds

Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.float64]  # of errors, 0 where there is none


class Reference:
    """Rectangles of one size on one sheet, one for each cell of the block: ``top`` and ``left`` are arrays of shape
    (rows, columns, 1, 1), counted from 0. ``errors`` holds the codes of those that are no reference."""

    __slots__ = ("errors", "height", "left", "sheet", "top", "width")

    def __init__(
        self,
        sheet: Sheet,
        top: Places,
        left: Places,
        height: int,
        width: int,
        errors: Codes | None = None,
    ):
        self.sheet, self.top, self.left, self.height, self.width, self.errors = sheet, top, left, height, width, errors


class References:
    """An array of references, as ``OFFSET(A1:A3,{0;1},0)`` is one: rows of them, each with a place and size of its own.

    A function that takes a range answers for each of them; where a value is wanted an array of references is
    ``#VALUE!``."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[list[Reference | Values]]):
        self.rows = rows

    @classmethod
    def of(cls, rule: Callable[..., Any], *asked: Values) -> References:
        """What the rule answers to each element of the arrays, which fit one another. Raises FormulaError where they
        are too many."""
        height, width = np.broadcast_shapes(*(v.num.shape[2:] for v in asked))
        if height * width > MOST_REFERENCES:
            raise FormulaError(f"an array of {height * width:,} references; at most {MOST_REFERENCES:,} are computed")
        return cls([[rule(*(element(v, i, j) for v in asked)) for j in range(width)] for i in range(height)])

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns of references."""
        return len(self.rows), len(self.rows[0])

    def at(self, row: int, column: int) -> Reference | Values:
        """One of them; a single row or column repeats, beyond the last there is ``#N/A``."""
        height, width = self.shape
        row, column = (0 if height == 1 else row), (0 if width == 1 else column)
        return self.rows[row][column] if row < height and column < width else error_value(NA)


class Areas(Values):
    """Several references, a union, for the few functions that take them one by one; to all others an error."""

    __slots__ = ("areas",)

    def __init__(self, areas: list[Reference | Values]):
        super().__init__(np.full((1, 1, 1, 1), float(VALUE)), ERROR)
        self.areas = areas

    def of(self, num: Any, kind: Any = NUMBER, ref: bool = False) -> Values:  # type: ignore[override]
        """Other values: what is computed of a union is none."""
        return Values(num, kind, ref)


def places_of(thing: Any) -> list[Any]:
    """The references of a union, or the one that there is."""
    return thing.areas if isinstance(thing, Areas) else [thing]


def element(v: Values, row: int, column: int) -> Values:
    """One element of the array that each cell of the block sees; a single row or column repeats."""
    height, width = v.num.shape[2:]
    if (height, width) == (1, 1):
        return v
    row, column = (0 if height == 1 else row), (0 if width == 1 else column)
    cut = (slice(None), slice(None), slice(row, row + 1), slice(column, column + 1))
    return v.of(v.num[cut], v.kind if isinstance(v.kind, int) else uniform(v.kind[cut]), v.ref)


def intersected(ref: Reference, rows: Places, columns: Places) -> Reference:
    """What a range means where one value is wanted: its cell in the formula's own row or column, ``#VALUE!`` where
    there is none. ``rows`` and ``columns`` are where the formulas stand."""
    if ref.height == ref.width == 1:
        return ref
    tall = ref.height > 1
    own, first, size = (rows, ref.top, ref.height) if tall else (columns, ref.left, ref.width)
    outside = (own < first) | (own >= first + size) | (tall and ref.width > 1)
    at = np.where(outside, -1, own)
    errors = first_error(ref.errors, off_sheet(ref), np.where(outside, float(VALUE), 0.0))
    return Reference(ref.sheet, at if tall else ref.top, ref.left if tall else at, 1, 1, errors)


def own_cell_of(
    cells: Reference, row: Values, column: Values | None, rows: Places, columns: Places
) -> tuple[Values, Values]:
    """The row and column by which INDEX finds the one cell that is wanted: as asked for, or for a 0, which means all,
    those that the formula itself stands in (``rows`` and ``columns`` of the sheet); ``#VALUE!`` outside."""
    row, column = row_and_column(row, column, cells.height, cells.width)
    (asked_row, e1), (asked_column, e2) = numbers(row), numbers(column)
    no_row, no_column = (np.trunc(asked) == 0 for asked in (asked_row, asked_column))
    if not no_row.any() and not no_column.any():
        return row, column
    lines = []
    for none, asked, errors, own, first, size in (
        (no_row, row, e1, rows, cells.top, cells.height),
        (no_column, column, e2, columns, cells.left, cells.width),
    ):
        at = own - first + 1 if size > 1 else np.ones((1, 1, 1, 1))
        outside = (at < 1) | (at > size) | (no_row & no_column & (cells.height > 1) & (cells.width > 1))
        instead = with_errors(Values(at.astype(np.float64)), np.where(outside, float(VALUE), 0.0))
        lines.append(choose(none if errors is None else none & (errors == 0), instead, asked))
    return lines[0], lines[1]


def row_and_column(row: Values, column: Values | None, height: int, width: int) -> tuple[Values, Values]:
    """What the arguments of INDEX mean: a single number counts along a row or column; in a larger table it means a
    whole row."""
    if column is not None:
        return row, column
    return (single(1), row) if height == 1 else (row, single(1 if width == 1 else 0))


def _count_from_one(ref: Reference | Values, down: bool) -> Values:
    """The numbers of the rows (down) or columns of a reference, counted from 1."""
    if not isinstance(ref, Reference):
        return _no_place(ref)
    first, length = (ref.top, ref.height) if down else (ref.left, ref.width)
    steps = np.arange(length).reshape((1, 1, length, 1) if down else (1, 1, 1, length))
    return with_errors(Values((first + steps + 1).astype(np.float64)), first_error(ref.errors, off_sheet(ref)))


def _no_place(v: Values) -> Values:
    """A value where a reference is wanted: its error, or else ``#VALUE!``."""
    return v.corner() if v.only(ERROR) else error_value(VALUE)


def off_sheet(ref: Reference) -> Codes:
    """``#REF!`` where a reference points beyond the sheet."""
    low = np.minimum(ref.top, ref.left)
    return np.where(
        (low < 0) | (ref.top + ref.height > MAX_ROWS) | (ref.left + ref.width > MAX_COLUMNS), float(REF), 0.0
    )


@function("ROW", "[reference: place]", context=True, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def row(context: Any, ref: Reference | Values | None = None) -> Values:
    """The number of a row, or of the formula's own."""
    if ref is None:
        return Values(context.rows + 1.0)
    return _count_from_one(ref, down=True)


@function("COLUMN", "[reference: place]", context=True, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def column(context: Any, ref: Reference | Values | None = None) -> Values:
    """The number of a column, or of the formula's own."""
    if ref is None:
        return Values(context.columns + 1.0)
    return _count_from_one(ref, down=False)


@function("ROWS", "reference: place", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def rows(ref: Reference | Values) -> Values:
    """How many rows a reference or an array has."""
    return _extent(ref, ref.height if isinstance(ref, Reference) else ref.num.shape[2])


@function("COLUMNS", "reference: place", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def columns(ref: Reference | Values) -> Values:
    """How many columns a reference or an array has."""
    return _extent(ref, ref.width if isinstance(ref, Reference) else ref.num.shape[3])


def _extent(ref: Reference | Values, length: int) -> Values:
    if isinstance(ref, Reference):
        return with_errors(single(length), first_error(ref.errors, off_sheet(ref)))
    return ref.corner() if ref.only(ERROR) and ref.num.shape[2:] == (1, 1) else single(length)


@function(
    "OFFSET",
    "reference: place, down, right, [height: size], [width: size]",
    gradient=Gradient.FLAT,
    evidence=Evidence.EXCEL,
    gives_reference=True,
    scanned=Scanned.OFFSET,
)
def offset(
    ref: Reference | Values, down: Values, right: Values, height: Values | None = None, width: Values | None = None
) -> Reference | References | Values:
    """The reference moved down and right, perhaps resized: known only when its arguments are."""
    if not isinstance(ref, Reference):
        return _no_place(ref)
    if any(v is not None and v.num.shape[2:] != (1, 1) for v in (down, right, height, width)):
        asked = fitted(down, right, *(single(None) if v is None else v for v in (height, width)))
        return References.of(lambda *one: offset(ref, *one), *asked)
    (rows_down, e1), (columns_right, e2) = numbers(down), numbers(right)
    tall, e3 = _size(height, ref.height, MAX_ROWS)
    wide, e4 = _size(width, ref.width, MAX_COLUMNS)
    top, off_rows = _moved(ref.top, rows_down, tall, MAX_ROWS)
    left, off_columns = _moved(ref.left, columns_right, wide, MAX_COLUMNS)
    errors = first_error(ref.errors, e1, e2, e3, e4, off_rows, off_columns)
    return Reference(ref.sheet, top, left, abs(tall), abs(wide), errors)


@function(
    "ANCHORARRAY",
    "reference: place",
    prefix=NEWER,
    gradient=Gradient.FLAT,
    gives_reference=True,
    sized=True,
)
def anchorarray(ref: Reference | Values) -> Reference | Values:
    """``A1#``: all cells of the array formula in a cell; ``#REF!`` if there is none, or it has no room."""
    if not isinstance(ref, Reference):
        return _no_place(ref)
    first = (int(ref.top.flat[0]), int(ref.left.flat[0]))
    area = None if first in ref.sheet.blocked else ref.sheet.arrays.get(first)
    if ref.errors is not None and ref.errors.any():
        return ref
    if area is None or (ref.height, ref.width) != (1, 1):
        return error_value(REF)
    return Reference(ref.sheet, ref.top, ref.left, area[0].rows, area[0].columns)


def _moved(start: Places, by: Codes, size: int, extent: int) -> tuple[Places, Codes | None]:
    """Where the rows or columns of a moved reference begin, and ``#REF!`` where they would leave the sheet; those begin
    so far before the sheet that no cell of it is looked at."""
    begin = start + np.trunc(by) + min(size + 1, 0)
    outside = (begin < 0) | (begin + abs(size) > extent)
    if not outside.any():
        return begin.astype(np.int64), None
    return np.where(outside, -abs(size), begin).astype(np.int64), np.where(outside, float(REF), 0.0)


def index_place(
    ref: Reference | Values, row: Values, column: Values | None = None, area: Values | None = None
) -> Reference | Values:
    """INDEX beside a colon, or on a union: the place of the cell, or of the whole row or column, and not its value."""
    if isinstance(ref, Areas) or area is not None:
        ref = _area(ref, single(1) if area is None or is_missing(area) else area)
    if not isinstance(ref, Reference):
        return _no_place(ref)
    row, column = row_and_column(row, column, ref.height, ref.width)
    (down, e1), (right, e2) = numbers(row.corner()), numbers(column.corner())
    r, c = (np.clip(np.trunc(x), -1, MAX_ROWS + 1).astype(np.int64) for x in (down, right))
    bad = np.where((r > ref.height) | (c > ref.width), float(REF), 0.0)
    bad = np.where((r < 0) | (c < 0), float(VALUE), bad)
    height, width = (extent if (x == 0).all() else 1 for x, extent in ((r, ref.height), (c, ref.width)))
    top, left = ref.top + np.maximum(r - 1, 0), ref.left + np.maximum(c - 1, 0)
    return Reference(ref.sheet, top, left, height, width, first_error(ref.errors, e1, e2, bad))


def _area(ref: Reference | Values, which: Values) -> Reference | Values:
    """The reference of that number in a union, counted from 1; for a block of one cell."""
    asked, errors = numbers(which.corner())
    if errors is not None and errors.any():
        return which.corner() if which.only(ERROR) else error_value(VALUE)
    areas, number = places_of(ref), int(np.trunc(asked.flat[0]))
    if number < 1:
        return error_value(VALUE)
    return areas[number - 1] if number <= len(areas) else error_value(REF)


@function("AREAS", "reference: place", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def areas_of(ref: Reference | Values) -> Values:
    """How many areas a reference has."""
    found = places_of(ref)
    if not isinstance(found[0], Reference):
        return _no_place(found[0])
    return single(len(found))


def _size(asked: Values | None, usual: int, extent: int) -> tuple[int, Codes | None]:
    """A height or width; a negative one counts upwards or leftwards, 0 and one larger than the sheet are ``#REF!``. The
    engine computes a block whose cells might ask for different sizes cell by cell, so there is one size here."""
    if asked is None or is_missing(asked):
        return usual, None
    worth, errors = numbers(asked)
    size = int(np.trunc(worth.flat[0]))
    if 1 <= abs(size) <= extent:
        return size, errors
    return 1, first_error(errors, np.full((1, 1, 1, 1), float(REF)))
