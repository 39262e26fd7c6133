"""Arrays beside and below one another: HSTACK, VSTACK."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values, error_value
from sheetsim.functions.families.arrays.one_cell import gathered, numbered, of_one_cell, refuse_larger, turned
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import NA


def _stacked(parts: tuple[Values, ...]) -> Values:
    """Arrays below one another; a narrower one is filled up with ``#N/A``."""
    own = [numbered(v) for v in parts]
    width = max(places.shape[1] for places in own)
    refuse_larger(sum(len(places) for places in own), width)
    starts = np.cumsum([0, *(places.size for places in own)])
    beyond = int(starts[-1])  # behind all of them
    rows = [
        np.pad(places + start, ((0, 0), (0, width - places.shape[1])), constant_values=beyond)
        for places, start in zip(own, starts, strict=False)
    ]
    return gathered(np.concatenate(rows), *parts, error_value(NA))


@function("VSTACK", "array: array…", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def vstack(*parts: Values) -> Values:
    """Arrays below one another as one; a narrower one is filled up with ``#N/A``."""
    return _stacked(parts)


@function("HSTACK", "array: array…", prefix=NEWER, picks=True, gradient=Gradient.SHARED)
@of_one_cell
def hstack(*parts: Values) -> Values:
    """Arrays beside one another as one; a lower one is filled up with ``#N/A``."""
    return turned(_stacked(tuple(map(turned, parts))))
