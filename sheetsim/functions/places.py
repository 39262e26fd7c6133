"""Functions of where a reference is: ROW, COLUMN and their kin, and OFFSET, whose result is itself a reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arrays import Values, error_value, first_error, numbers, single, with_errors
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ERROR, REF, VALUE

Places = npt.NDArray[np.int64]


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
        errors: npt.NDArray[np.float64] | None = None,
    ):
        self.sheet, self.top, self.left, self.height, self.width, self.errors = sheet, top, left, height, width, errors


def _count_from_one(ref: Reference | Values, down: bool) -> Values:
    """The numbers of the rows (down) or columns of a reference, counted from 1."""
    if not isinstance(ref, Reference):
        return _no_place(ref)
    first, length = (ref.top, ref.height) if down else (ref.left, ref.width)
    steps = np.arange(length).reshape((1, 1, length, 1) if down else (1, 1, 1, length))
    return with_errors(Values((first + steps + 1).astype(np.float64)), first_error(ref.errors, _off_sheet(ref)))


def _no_place(v: Values) -> Values:
    """A value where a reference is wanted: its error, or else ``#VALUE!``."""
    return v.corner() if v.only(ERROR) else error_value(VALUE)


def _off_sheet(ref: Reference) -> npt.NDArray[np.float64]:
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
        return with_errors(single(length), first_error(ref.errors, _off_sheet(ref)))
    return ref.corner() if ref.only(ERROR) and ref.num.shape[2:] == (1, 1) else single(length)


@function(
    "OFFSET",
    "reference: place, down, right, [height: size], [width: size]",
    gradient=Gradient.FLAT,
    evidence=Evidence.EXCEL,
    gives_reference=True,
)
def offset(
    ref: Reference | Values, down: Values, right: Values, height: Values | None = None, width: Values | None = None
) -> Reference | Values:
    """The reference moved down and right, perhaps resized: known only when its arguments are."""
    if not isinstance(ref, Reference):
        return _no_place(ref)
    (rows_down, e1), (columns_right, e2) = numbers(down), numbers(right)
    tall, e3 = _size(height, ref.height)
    wide, e4 = _size(width, ref.width)
    top = ref.top + np.trunc(rows_down).astype(np.int64) + min(tall + 1, 0)
    left = ref.left + np.trunc(columns_right).astype(np.int64) + min(wide + 1, 0)
    errors = first_error(ref.errors, e1, e2, e3, e4)
    return Reference(ref.sheet, top, left, max(abs(tall), 1), max(abs(wide), 1), errors)


def index_place(ref: Reference | Values, row: Values, column: Values | None = None) -> Reference | Values:
    """INDEX beside a colon: the place of the cell, or of the whole row or column, and not its value."""
    if not isinstance(ref, Reference):
        return _no_place(ref)
    if column is None:
        row, column = (single(1), row) if ref.height == 1 else (row, single(1 if ref.width == 1 else 0))
    (down, e1), (right, e2) = numbers(row.corner()), numbers(column.corner())
    r, c = (np.trunc(x).astype(np.int64) for x in (down, right))
    bad = np.where((r < 0) | (r > ref.height) | (c < 0) | (c > ref.width), float(REF), 0.0)
    height, width = (extent if (x == 0).all() else 1 for x, extent in ((r, ref.height), (c, ref.width)))
    top, left = ref.top + np.maximum(r - 1, 0), ref.left + np.maximum(c - 1, 0)
    return Reference(ref.sheet, top, left, height, width, first_error(ref.errors, e1, e2, bad))


def _size(asked: Values | None, usual: int) -> tuple[int, npt.NDArray[np.float64] | None]:
    """A height or width; a negative one counts upwards or leftwards, 0 is ``#REF!``. The engine computes a block whose
    cells might ask for different sizes cell by cell, so there is one size here."""
    if asked is None or is_missing(asked):
        return usual, None
    worth, errors = numbers(asked)
    size = int(np.trunc(worth.flat[0]))
    return size, first_error(errors, None if size else np.full((1, 1, 1, 1), float(REF)))
