"""Counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.excel.arrays import Values, numbers
from sheetsim.functions.families.statistics.lists import Mask, is_direct
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import Cumulative, Evidence, Gradient, Scanned, function
from sheetsim.model.values import BLANK, ERROR, NUMBER, TEXT, TEXTS


def _counted(counts: Callable[[Values], Mask], *arguments: Values) -> Values:
    shape = np.broadcast_shapes(*(a.num.shape[:2] for a in arguments))
    result = np.zeros(shape)
    for argument in arguments:
        result = result + counts(argument).sum(axis=(2, 3))
    return Values(result[..., None, None])


def _is_number(v: Values) -> Mask:
    """What COUNT counts: numbers; given directly, logicals and texts that look like numbers too."""
    kinds = v.kinds()
    if not is_direct(v):
        return np.asarray(kinds == NUMBER)
    worth, errors = numbers(v)
    bad = np.zeros(worth.shape, bool) if errors is None else errors != 0
    return np.asarray((kinds != ERROR) & ~bad)


@function(
    "COUNT",
    "value: range…",
    gradient=Gradient.FLAT,
    evidence=Evidence.EXCEL,
    passes_over_blanks=True,
    cumulative=Cumulative.COUNT,
    scanned=Scanned.COUNT,
)
def count(*arguments: Values) -> Values:
    """How many numbers there are."""
    return _counted(_is_number, *arguments)


@function(
    "COUNTA",
    "value: range…",
    gradient=Gradient.FLAT,
    evidence=Evidence.LIBREOFFICE,
    passes_over_blanks=True,
    cumulative=Cumulative.FILLED,
)
def counta(*arguments: Values) -> Values:
    """How many cells are not blank."""
    return _counted(lambda v: (v.kinds() != BLANK) | is_missing(v), *arguments)


@function("COUNTBLANK", "cells: range", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def countblank(v: Values) -> Values:
    """How many cells are blank, or hold the empty text that a formula left."""
    return _counted(lambda v: (v.kinds() == BLANK) | ((v.kinds() == TEXT) & (v.num == TEXTS.place(""))), v)
