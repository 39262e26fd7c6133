"""Comparisons: by 15 digits, texts without regard to case, kinds in Excel's order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds, Values, common_shape, first_error, fitted, outcome
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NUMBER, TEXT, TEXTS

Comparison = Callable[[Array, Array], npt.NDArray[np.bool_]]  # one of the six of ``operator``: eq, lt, …
SHOWN = 1.01e-14  # numbers that agree to 15 digits differ by no more than this part of them
_CLASS = np.array([0, 0, 1, 2, 3], dtype=np.uint8)  # numbers < texts < logicals; a blank counts as a number here


def text_order(folded: str) -> list[tuple[int, str]]:
    """The key by which texts in lower case sort: signs before digits before letters, as ``"_" < "1" < "a"``."""
    return [(0 if not c.isalnum() else 1 if c.isdigit() else 2, c) for c in folded]


def text_ranks(*arrays: Array) -> list[Array]:
    """Arrays of places in ``values.TEXTS`` → arrays of the same shapes, of ranks that compare as the texts do, without
    regard to case."""
    folded = [TEXTS.folded(a) for a in arrays]
    every = np.unique(np.concatenate([f.ravel() for f in folded]))
    order = sorted(range(len(every)), key=lambda i: text_order(TEXTS[float(every[i])]))
    rank = np.empty(len(every))
    rank[order] = np.arange(len(every), dtype=np.float64)
    return [rank[np.searchsorted(every, f)] for f in folded]


def compare(rule: Comparison, left: Values, right: Values) -> Values:
    """``= <> < <= > >=``. Of different classes, a number is less than a text, a text less than a logical; a blank takes
    the class of what it is compared with. ``rule`` is the NumPy comparison; the result holds logicals, in the shape
    that the two broadcast to, and the first error of each pair."""
    left, right = fitted(left, right)
    if _all_numbers(left) and _all_numbers(right):
        return Values(_numbers_compared(rule, left.num, right.num).astype(np.float64), LOGICAL)
    shape = common_shape(left, right)
    left, right = left.broadcast(shape), right.broadcast(shape)
    a_kinds, b_kinds = left.kinds(), right.kinds()
    a, b = _blank_as(left, a_kinds, b_kinds), _blank_as(right, b_kinds, a_kinds)
    a_class = _CLASS[np.where(a_kinds == BLANK, b_kinds, a_kinds)]
    b_class = _CLASS[np.where(b_kinds == BLANK, a_kinds, b_kinds)]
    texts = (a_class == 1) & (b_class == 1)
    if texts.any():
        a[texts], b[texts] = text_ranks(a[texts], b[texts])
    same = a_class == b_class
    held = _numbers_compared(rule, np.where(same, a, a_class), np.where(same, b, b_class)).astype(np.float64)
    errors = first_error(np.where(a_kinds == ERROR, left.num, 0.0), np.where(b_kinds == ERROR, right.num, 0.0))
    return outcome(held, errors, LOGICAL)


def _numbers_compared(rule: Comparison, a: Array, b: Array) -> npt.NDArray[np.bool_]:
    """Excel compares numbers as rounded to 15 digits: ``0.1+0.2=0.3`` is TRUE though the two doubles differ."""
    held = np.asarray(rule(a, b))
    with np.errstate(over="ignore", under="ignore"):
        gap = np.abs(a - b)
        near = (gap <= SHOWN * np.abs(a)) & (gap != 0.0)
    if near.any():
        a, b = np.broadcast_to(a, near.shape)[near], np.broadcast_to(b, near.shape)[near]
        rounded = [np.array([float(f"{x:.15g}") for x in side.tolist()]) for side in (a, b)]
        held[near] = rule(rounded[0], rounded[1])
    return held


def _all_numbers(v: Values) -> bool:
    return isinstance(v.kind, int) and v.kind in (NUMBER, BLANK)


def _blank_as(v: Values, kinds: Kinds, others: Kinds) -> Array:
    """The nums, a blank beside a text being the empty text (beside anything else its 0 will do)."""
    return np.where((kinds == BLANK) & (others == TEXT), float(TEXTS.place("")), v.num)
