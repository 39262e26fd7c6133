"""Names for values, functions as values, and what is done with these: LET, LAMBDA, MAP, REDUCE and their kin.

A function is given to a rule as something that can be called: ``function(*values)`` is one call,
``function.of_each(*values)`` many at once, along the first two axes of the arrays. The latter raises ``Uneven`` where
the calls are not alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.excel.arrays import Values, error_value, fitted, laid_out, uniform
from sheetsim.functions.families.arrays.one_cell import Wrong, of_one_cell, refuse_larger, whole
from sheetsim.functions.lifting import Uneven, is_missing
from sheetsim.functions.places import element
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import BLANK, CALC, LOGICAL, NUMBER, VALUE


class Omitted(Values):
    """An argument of a LAMBDA that was left out: a blank that ISOMITTED knows."""

    __slots__ = ()

    def of(self, num: Any, kind: Any = NUMBER, ref: bool = False) -> Values:  # type: ignore[override]
        """What is made of it was not left out."""
        return Values(num, kind, ref)


OMITTED = Omitted(np.zeros((1, 1, 1, 1)), BLANK)
Axes = tuple[int, int, int, int]
ROWS_BESIDE, COLUMNS_BESIDE, ALL = (2, 1, 0, 3), (0, 3, 2, 1), (2, 3, 0, 1)  # what is seen becomes the block, and back


@function("LET", "name, value: same, more: same…", prefix=NEWER, gradient=Gradient.SHARED)
def let(*values: Values) -> Values:
    """Names for values, and a formula in which they stand for them: ``LET(x,A1+1,x*x)``."""
    return values[-1]


@function("LAMBDA", "parameter: same…", prefix=NEWER, gradient=Gradient.SHARED)
def lambda_(*_: Values) -> Values:
    """A function made of a formula, to be called or given to another: ``LAMBDA(x,x*x)(3)``."""
    return error_value(CALC)


@function("ISOMITTED", "parameter", prefix=NEWER, higher=True, gradient=Gradient.FLAT)
def isomitted(v: Values) -> Values:
    """Whether an argument of a LAMBDA was left out."""
    return Values(np.full((1, 1, 1, 1), float(isinstance(v, Omitted))), LOGICAL)


def _answers(of: Any, given: list[Values], axes: Axes) -> Values:
    """What a function answers to each of many arguments: all at once, or else one after the other. An answer that is an
    array is ``#CALC!``: there are no arrays of arrays."""
    turned = [_turned(v, axes) for v in given]
    rows, columns = np.broadcast_shapes(*(v.num.shape[:2] for v in turned))
    try:
        answer = of.of_each(*turned)
    except Uneven:
        each = [[_one(of(*(_cell(v, r, c) for v in turned))) for c in range(columns)] for r in range(rows)]
        return laid_out(each)
    if answer.num.shape[2:] != (1, 1):
        return error_value(CALC)
    return _turned(answer.broadcast((rows, columns, 1, 1)), ALL)


def _turned(v: Values, axes: Axes) -> Values:
    kind = v.kind if isinstance(v.kind, int) else v.kind.transpose(axes)
    return v.of(v.backend.transposed(v.num, axes), kind, v.ref)


def _cell(v: Values, row: int, column: int) -> Values:
    """What the cell (row, column) of a block sees."""
    r, c = (row if v.num.shape[0] > 1 else 0), (column if v.num.shape[1] > 1 else 0)
    kind = v.kind if isinstance(v.kind, int) else uniform(v.kind[r : r + 1, c : c + 1])
    return v.of(v.num[r : r + 1, c : c + 1], kind, v.ref)


def _one(answer: Values) -> Values:
    return answer if answer.num.shape[2:] == (1, 1) else error_value(CALC)


def _function(thing: Any) -> Callable[..., Values]:
    """A function that was given as an argument. Raises Wrong where it is none."""
    if isinstance(thing, Values):
        raise Wrong(VALUE)
    found: Callable[..., Values] = thing
    return found


@function("MAP", "array: array, more: array…", prefix=NEWER, higher=True, picks=True, gradient=Gradient.SHARED)
def map_(*given: Any) -> Values:
    """What a function answers to each element of an array, or to the elements of several in the same place."""
    *arrays, last = given
    return _ruled(lambda of: _answers(of, list(fitted(*arrays)), ALL), last)


def _ruled(rule: Callable[[Any], Values], last: Any) -> Values:
    return of_one_cell(lambda: rule(_function(last)))()


@function("BYROW", "array: array, function: array", prefix=NEWER, higher=True, picks=True, gradient=Gradient.SHARED)
def byrow(array: Any, last: Any) -> Values:
    """What a function answers to each row of an array, as a column."""
    return _ruled(lambda of: _answers(of, [array], ROWS_BESIDE), last)


@function("BYCOL", "array: array, function: array", prefix=NEWER, higher=True, picks=True, gradient=Gradient.SHARED)
def bycol(array: Any, last: Any) -> Values:
    """What a function answers to each column of an array, as a row."""
    return _ruled(lambda of: _answers(of, [array], COLUMNS_BESIDE), last)


@function(
    "MAKEARRAY", "rows: array, columns: array, function: array", prefix=NEWER, higher=True, gradient=Gradient.SHARED
)
def makearray(rows: Any, columns: Any, last: Any) -> Values:
    """An array of what a function answers to the number of each row and column."""

    def made(of: Any) -> Values:
        height, width = whole(rows, 1), whole(columns, 1)
        if height < 1 or width < 1:
            raise Wrong(VALUE)
        refuse_larger(height, width)
        down, right = np.arange(1.0, height + 1), np.arange(1.0, width + 1)
        return _answers(of, [Values(down.reshape(1, 1, -1, 1)), Values(right.reshape(1, 1, 1, -1))], ALL)

    return _ruled(made, last)


def _steps(first: Values, array: Values, of: Any) -> list[Values]:
    """What is gathered after each element, row by row. Without a beginning the first element is one."""
    height, width = array.num.shape[2:]
    places = [(r, c) for r in range(height) for c in range(width)]
    found: list[Values] = []
    value = first
    for k, (row, column) in enumerate(places):
        one = element(array, row, column)
        value = one if not k and is_missing(first) else of(value, one)
        found.append(value)
    return found


@function(
    "REDUCE",
    "first: array, array: array, function: array",
    prefix=NEWER,
    higher=True,
    picks=True,
    gradient=Gradient.SHARED,
)
def reduce(first: Any, array: Any, last: Any) -> Values:
    """A function applied to what was gathered so far and the next element of an array, to the end of it."""
    return _ruled(lambda of: _steps(first, array, of)[-1], last)


@function(
    "SCAN",
    "first: array, array: array, function: array",
    prefix=NEWER,
    higher=True,
    picks=True,
    gradient=Gradient.SHARED,
)
def scan(first: Any, array: Any, last: Any) -> Values:
    """What REDUCE has gathered after each element of an array."""

    def scanned(of: Any) -> Values:
        found = [_one(value) for value in _steps(first, array, of)]
        width = array.num.shape[3]
        return laid_out([found[start : start + width] for start in range(0, len(found), width)])

    return _ruled(scanned, last)
