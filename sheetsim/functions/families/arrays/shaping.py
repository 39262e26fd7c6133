"""Arrays cut and laid out anew: TAKE, DROP, CHOOSEROWS, TOCOL, WRAPROWS, EXPAND and their kin."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sheetsim.excel.arrays import Values, error_value
from sheetsim.functions.families.arrays.one_cell import (
    Places,
    Wrong,
    all_numbers,
    gathered,
    given,
    lines,
    numbered,
    of_one_cell,
    refuse_larger,
    table,
    truth,
    turned,
    whole,
)
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import BLANK, ERROR, NA, NUM, VALUE


def _taken(count: Values | None, length: int) -> slice:
    """So many lines from the beginning, or a negative number from the end."""
    n = whole(count, length)
    return slice(0, n) if n >= 0 else slice(max(length + n, 0), length)


def _dropped(count: Values | None, length: int) -> slice:
    n = whole(count, 0)
    return slice(n, length) if n >= 0 else slice(0, max(length + n, 0))


@function("TAKE", "array: array, rows, [columns]", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def take(v: Values, rows: Values, columns: Values | None = None) -> Values:
    """So many rows and columns from the beginning of an array; from its end for a negative number."""
    height, width = v.num.shape[2:]
    return lines(v, _taken(rows, height), _taken(columns, width))


@function("DROP", "array: array, rows, [columns]", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def drop(v: Values, rows: Values, columns: Values | None = None) -> Values:
    """An array without so many rows and columns at its beginning; at its end for a negative number."""
    height, width = v.num.shape[2:]
    return lines(v, _dropped(rows, height), _dropped(columns, width))


def _chosen(wanted: tuple[Values, ...], length: int) -> Places:
    """The places of lines by their numbers, counted from 1, or from the end by negative ones. Raises Wrong."""
    asked = np.concatenate([all_numbers(v).ravel() for v in wanted])
    numbers = np.trunc(np.clip(asked, -length - 1.0, length + 1.0)).astype(np.int64)
    if (numbers == 0).any() or (abs(numbers) > length).any():
        raise Wrong(VALUE)
    return np.asarray(np.where(numbers > 0, numbers - 1, length + numbers))


@function("CHOOSEROWS", "array: array, row: array…", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def chooserows(v: Values, *rows: Values) -> Values:
    """Some rows of an array by their numbers, in that order; negative ones count from its end."""
    return lines(v, _chosen(rows, v.num.shape[2]), slice(None))


@function("CHOOSECOLS", "array: array, column: array…", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def choosecols(v: Values, *columns: Values) -> Values:
    """Some columns of an array by their numbers, in that order; negative ones count from its end."""
    return lines(v, slice(None), _chosen(columns, v.num.shape[3]))


def _listed(v: Values, ignore: Values | None, by_column: Values | None) -> Values:
    """All elements as a column, row by row or column by column; 1 leaves out blanks, 2 errors, 3 both."""
    leave_out = whole(ignore, 0)
    if not 0 <= leave_out <= 3:
        raise Wrong(VALUE)
    _, kinds = table(v)
    kept = ~(((kinds == BLANK) & bool(leave_out & 1)) | ((kinds == ERROR) & bool(leave_out & 2)))
    order: Literal["C", "F"] = "F" if truth(by_column) else "C"
    return gathered(numbered(v).ravel(order)[kept.ravel(order)][:, None], v)


@function("TOCOL", "array: array, [ignore], [by_column]", prefix=NEWER, gradient=Gradient.SHARED)
@of_one_cell
def tocol(v: Values, ignore: Values | None = None, by_column: Values | None = None) -> Values:
    """All of an array as one column; blanks (1), errors (2) or both (3) may be left out."""
    return _listed(v, ignore, by_column)


@function("TOROW", "array: array, [ignore], [by_column]", prefix=NEWER, gradient=Gradient.SHARED)
@of_one_cell
def torow(v: Values, ignore: Values | None = None, by_column: Values | None = None) -> Values:
    """All of an array as one row; blanks (1), errors (2) or both (3) may be left out."""
    return turned(_listed(v, ignore, by_column))


def _filling(pad: Values | None) -> Values:
    """What is put where nothing is, as its first element."""
    return pad if pad is not None and given(pad) else error_value(NA)


def _wrapped(v: Values, count: Values, pad: Values | None) -> Values:
    """A list as rows of that many elements, the last one filled up; one that is shorter than a row stays as it is.
    Raises Wrong."""
    places = numbered(v)
    if 1 not in places.shape:
        raise Wrong(VALUE)
    wide = whole(count, 0)
    if wide < 1:
        raise Wrong(NUM)
    wide = min(wide, places.size)
    height = -(-places.size // wide)
    refuse_larger(height, wide)
    room = height * wide - places.size
    filled = np.append(places.ravel(), np.full(room, places.size))
    return gathered(filled.reshape(height, wide), v, _filling(pad))


@function("WRAPROWS", "list: array, count, [pad]", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def wraprows(v: Values, count: Values, pad: Values | None = None) -> Values:
    """A row or column broken into rows of so many elements; the last is filled up with ``#N/A`` or what is given."""
    return _wrapped(v, count, pad)


@function("WRAPCOLS", "list: array, count, [pad]", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def wrapcols(v: Values, count: Values, pad: Values | None = None) -> Values:
    """A row or column broken into columns of so many elements; the last is filled up with ``#N/A`` or what is given."""
    return turned(_wrapped(v, count, pad))


@function("EXPAND", "array: array, rows, [columns], [pad]", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def expand(v: Values, rows: Values, columns: Values | None = None, pad: Values | None = None) -> Values:
    """An array made larger, filled up with ``#N/A`` or what is given."""
    places = numbered(v)
    height, width = whole(rows, places.shape[0]), whole(columns, places.shape[1])
    if height < places.shape[0] or width < places.shape[1]:
        raise Wrong(VALUE)
    refuse_larger(height, width)
    room = ((0, height - places.shape[0]), (0, width - places.shape[1]))
    return gathered(np.pad(places, room, constant_values=places.size), v, _filling(pad))
