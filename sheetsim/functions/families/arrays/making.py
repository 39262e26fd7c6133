"""Arrays made from nothing: SEQUENCE, RANDARRAY."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import multiply
from sheetsim.excel.arrays import Values, outcome
from sheetsim.functions.families.arrays.one_cell import Wrong, number, of_one_cell, refuse_larger, truth, whole
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import CALC, VALUE


def _size(rows: Values | None, columns: Values | None) -> tuple[int, int]:
    """How many rows and columns are asked for, one where nothing is said. Raises Wrong."""
    height, width = whole(rows, 1), whole(columns, 1)
    if height < 0 or width < 0:
        raise Wrong(VALUE)
    if not height or not width:
        raise Wrong(CALC)
    refuse_larger(height, width)
    return height, width


@function("SEQUENCE", "rows, [columns], [start], [step]", prefix=NEWER, gradient=Gradient.RULE)
@of_one_cell
def sequence(
    rows: Values, columns: Values | None = None, start: Values | None = None, step: Values | None = None
) -> Values:
    """Numbers in order, row by row; from 1 in steps of 1 if nothing else is said."""
    height, width = _size(rows, columns)
    counted = np.arange(float(height * width)).reshape(1, 1, height, width)
    with np.errstate(all="ignore"):
        return outcome(number(start, 1.0) + multiply(counted, np.array(number(step, 1.0))), None)


@function(
    "RANDARRAY",
    "[rows], [columns], [least], [most], [whole]",
    prefix=NEWER,
    context=True,
    volatile=True,
    gradient=Gradient.FLAT,
)
def randarray(context: Any, *asked: Values) -> Values:
    """Random numbers between 0 and 1, or between two others; whole ones if asked for."""
    return of_one_cell(lambda *one: _drawn(context.book.random, *one))(*asked)


def _drawn(random: np.random.Generator, *asked: Values) -> Values:
    every: list[Values | None] = [*asked, None, None, None, None, None]
    rows, columns, least, most, wholes = every[:5]
    shape = (1, 1, *_size(rows, columns))
    low, high = number(least, 0.0), number(most, 1.0)
    if low > high:
        raise Wrong(VALUE)
    if not truth(wholes):
        return Values(low + (high - low) * random.random(shape))
    if np.trunc(low) != low or np.trunc(high) != high:
        raise Wrong(VALUE)
    return Values(np.floor(low + (high - low + 1.0) * random.random(shape)))
