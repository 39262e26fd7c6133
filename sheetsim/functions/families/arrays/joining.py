"""Arrays beside and below one another: HSTACK, VSTACK."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values
from sheetsim.functions.families.arrays.one_cell import array, of_one_cell, refuse_larger, table, turned
from sheetsim.functions.table import NEWER, function
from sheetsim.model.values import ERROR, NA


def _stacked(parts: tuple[Values, ...]) -> Values:
    """Arrays below one another; a narrower one is filled up with ``#N/A``."""
    pairs = [table(v) for v in parts]
    width = max(num.shape[1] for num, _ in pairs)
    refuse_larger(sum(num.shape[0] for num, _ in pairs), width)
    nums = [_widened(num, width, float(NA)) for num, _ in pairs]
    return array(np.concatenate(nums), np.concatenate([_widened(kinds, width, ERROR) for _, kinds in pairs]))


def _widened(a: np.ndarray, width: int, beyond: float) -> np.ndarray:
    return np.pad(a, ((0, 0), (0, width - a.shape[1])), constant_values=beyond)


@function("VSTACK", "array: array…", prefix=NEWER, picks=True)
@of_one_cell
def vstack(*parts: Values) -> Values:
    """Arrays below one another as one; a narrower one is filled up with ``#N/A``."""
    return _stacked(parts)


@function("HSTACK", "array: array…", prefix=NEWER, picks=True)
@of_one_cell
def hstack(*parts: Values) -> Values:
    """Arrays beside one another as one; a lower one is filled up with ``#N/A``."""
    return turned(_stacked(tuple(map(turned, parts))))
