"""Rows and columns chosen by what they hold: FILTER, UNIQUE."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds, Values
from sheetsim.functions.families.arrays.one_cell import (
    Places,
    Wrong,
    all_truths,
    given,
    lines,
    of_one_cell,
    table,
    truth,
    turned,
)
from sheetsim.functions.families.arrays.sorting import LATER
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import CALC, TEXT, TEXTS, VALUE


@function(
    "FILTER", "array: array, include: array, [otherwise: array]", prefix=LATER, picks=True, gradient=Gradient.SHARED
)
@of_one_cell
def filter_(v: Values, include: Values, otherwise: Values | None = None) -> Values:
    """The rows (or columns) of an array for which a condition holds; ``#CALC!``, or what is given, where none does."""
    height, width = v.num.shape[2:]
    size = include.num.shape[2:]
    if size not in ((height, 1), (1, width)):
        all_truths(include)  # its error goes before that of its size
        raise Wrong(VALUE)
    kept = np.flatnonzero(all_truths(include))
    if not kept.size:
        if otherwise is None or not given(otherwise):
            raise Wrong(CALC)
        return otherwise
    return lines(v, kept, slice(None)) if size == (height, 1) else lines(v, slice(None), kept)


@function("UNIQUE", "array: array, [by_column], [once]", prefix=NEWER, gradient=Gradient.SHARED)
@of_one_cell
def unique(v: Values, by_column: Values | None = None, once: Values | None = None) -> Values:
    """The rows (or columns) of an array that differ from all before; or those that there are only once."""
    if truth(by_column):
        return turned(_distinct(turned(v), truth(once)))
    return _distinct(v, truth(once))


def _distinct(v: Values, once: bool) -> Values:
    first, counts = _groups(*table(v))
    return lines(v, np.sort(first[counts == 1] if once else first), slice(None))


def _groups(num: Array, kinds: Kinds) -> tuple[Places, Places]:
    """Of each group of equal rows the first one, and how many there are; texts without regard to case."""
    num = np.array(num) + 0.0
    texts = kinds == TEXT
    num[texts] = TEXTS.folded(num[texts])
    both = np.concatenate([kinds.astype(np.float64), num], axis=1)
    _, first, counts = np.unique(both, axis=0, return_index=True, return_counts=True)
    return first, counts
