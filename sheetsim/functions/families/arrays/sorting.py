"""Rows and columns put in order: SORT, SORTBY.

Numbers come before texts, these before logicals, and errors after them, in the order of ERROR.TYPE; descending it is
the other way round. Blanks come last in either. Equals stay in their order.
"""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds, Values
from sheetsim.functions.families.arrays.one_cell import (
    Places,
    Wrong,
    all_numbers,
    given,
    lines,
    of_one_cell,
    table,
    truth,
    turned,
)
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import BLANK, TEXT, TEXTS, VALUE

LATER = f"{NEWER}_xlws."  # what files write before the names of SORT and FILTER


def keys(num: Array, kinds: Kinds, descending: bool) -> list[Array]:
    """Two arrays to sort a list by, the second one first: what the elements are worth among those of their kind, and
    the order of the kinds."""
    worth = num + 0.0
    texts = kinds == TEXT
    if texts.any():
        worth[texts] = _ranks(num[texts])
    order = np.where(kinds == BLANK, 9.0, kinds.astype(np.float64))
    if descending:
        worth, order = -worth, np.where(kinds == BLANK, order, -order)
    return [worth, order]


def _ranks(places: Array) -> Array:
    """The ranks of texts in the order of the alphabet, capitals aside."""
    folded = {place: TEXTS[place].casefold() for place in set(places.tolist())}
    rank = {text: k for k, text in enumerate(sorted(set(folded.values())))}
    return np.array([rank[folded[place]] for place in places.tolist()], np.float64)


def _ways(v: Values | None, count: int) -> list[bool]:
    """Whether each of some keys goes down: 1 is up, -1 down. Raises Wrong."""
    asked = np.trunc(all_numbers(v).ravel()) if v is not None and given(v) else np.array([1.0])
    if not np.isin(asked, (1.0, -1.0)).all() or len(asked) not in (1, count):
        raise Wrong(VALUE)
    return [bool(way) for way in np.broadcast_to(asked < 0, count)]


def _order(lists: list[tuple[Array, Kinds]], ways: list[bool]) -> Places:
    """The places of elements sorted by several lists, the first one foremost."""
    found = [keys(num, kinds, down) for (num, kinds), down in zip(lists, ways, strict=True)]
    return np.lexsort([key for pair in reversed(found) for key in pair])


@function("SORT", "array: array, [key: array], [order: array], [by_column]", prefix=LATER, gradient=Gradient.SHARED)
@of_one_cell
def sort(v: Values, key: Values | None = None, order: Values | None = None, by_column: Values | None = None) -> Values:
    """The rows of an array in the order of one or more of its columns, up (1) or down (-1); or the columns."""
    if truth(by_column):
        return turned(_sorted(turned(v), key, order))
    return _sorted(v, key, order)


def _sorted(v: Values, key: Values | None, order: Values | None) -> Values:
    num, kinds = table(v)
    asked = np.trunc(all_numbers(key).ravel()) if key is not None and given(key) else np.array([1.0])
    if (asked < 1).any() or (asked > num.shape[1]).any():
        raise Wrong(VALUE)
    columns = (asked - 1).astype(np.int64).tolist()
    return lines(v, _order([(num[:, c], kinds[:, c]) for c in columns], _ways(order, len(columns))), slice(None))


@function("SORTBY", "array: array, (by: array, [order])…", prefix=NEWER, gradient=Gradient.SHARED)
@of_one_cell
def sortby(v: Values, *pairs: Values) -> Values:
    """The rows (or columns) of an array in the order of other lists, up (1) or down (-1)."""
    lists = [table(by) for by in pairs[::2]]
    ways = [_ways(given_order, 1)[0] for given_order in (*pairs[1::2], *[None] * (len(lists) - len(pairs[1::2])))]
    height, width = v.num.shape[2:]
    flat = [(num.ravel(), kinds.ravel()) for num, kinds in lists]
    if all(num.shape == (height, 1) for num, _ in lists):
        return lines(v, _order(flat, ways), slice(None))
    if all(num.shape == (1, width) for num, _ in lists):
        return lines(v, slice(None), _order(flat, ways))
    raise Wrong(VALUE)
