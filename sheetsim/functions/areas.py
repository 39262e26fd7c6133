"""References of several areas: the union ``(A1:B2,D4)``, which ``Jan:Mar!A1`` is one of, and what two references have
in common, ``A1:B9 B3:C4``.

What a formula states itself is worked out before it is computed, as nodes; what is known only at run time as places.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import product

import numpy as np

from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import Values, error_value, first_error, foremost, uniform
from sheetsim.functions.places import Reference
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS
from sheetsim.model.nodes import Binary, Corner, Error, Node, Ref, is_union
from sheetsim.model.values import ERROR, ERRORS, VALUE

MOST_AREAS = 1 << 12  # of an intersection: that of two unions has as many as both multiplied
NULL = ERRORS["#NULL!"]  # of references that have nothing in common


# --- as nodes ---------------------------------------------------------------------------------------------------------
def united(areas: Iterable[Node]) -> Node:
    """The union of some references."""
    return reduce(lambda left, right: Binary(",", left, right), areas)


def areas_of(node: Node) -> list[Node]:
    """The references that a union is made of, or the one that there is."""
    found: list[Node] = []
    while is_union(node):
        assert isinstance(node, Binary)
        found += areas_of(node.right)[::-1] if is_union(node.right) else [node.right]
        node = node.left
    return [node, *found[::-1]]


def stated_common(left: Node, right: Node) -> Node | None:
    """What two references have in common, as a reference that fills like them; None where it differs in size from cell
    to cell, or cannot be told before it is computed. Raises FormulaError where that is so of a union."""
    ones, others = areas_of(left), areas_of(right)
    if len(ones) * len(others) > MOST_AREAS:
        raise FormulaError(f"an intersection of unions that comes to more than {MOST_AREAS:,} areas")
    found = [_common_of_two(one, other) for one, other in product(ones, others)]
    some = [one for one in found if one is not None and one != Error("#NULL!")]
    if None not in found:
        return united(some) if some else Error("#NULL!")
    if len(found) > 1:
        raise FormulaError("an intersection with a union that differs in size from cell to cell")
    return None


def _common_of_two(left: Node, right: Node) -> Node | None:
    for node in (left, right):
        if isinstance(node, Error):
            return node
    if not (isinstance(left, Ref) and isinstance(right, Ref)):
        return None
    if left.sheet != right.sheet:
        return Error("#NULL!")
    rows = _common_line(_rows(left), _rows(right), MAX_ROWS)
    columns = _common_line(_columns(left), _columns(right), MAX_COLUMNS)
    if rows is None or columns is None:
        return None
    (top, bottom, row_absolute), (first, last, column_absolute) = rows, columns
    if top > bottom or first > last:
        return Error("#NULL!")
    shape = left.shape if left.shape == right.shape else "range"
    if (top, first) == (bottom, last):
        shape = "cell"
    start, end = (Corner(row, column, row_absolute, column_absolute) for row, column in ((top, first), (bottom, last)))
    return Ref(left.sheet, start, end, shape)


def stated_span(left: Node, right: Node) -> Node | None:
    """``first:last``, of two cells, as the range between them; None where it cannot be told before it is computed."""
    if isinstance(left, Ref) and isinstance(right, Ref) and (left.sheet, left.shape) == (right.sheet, "cell"):
        return Ref(left.sheet, left.first, right.first, "range") if right.shape == "cell" else None
    return None


Line = tuple[int, int, bool, bool]  # the first and last row, or column, and whether each is absolute


def _rows(ref: Ref) -> Line:
    return ref.first.row, ref.last.row, ref.first.row_absolute, ref.last.row_absolute


def _columns(ref: Ref) -> Line:
    return ref.first.column, ref.last.column, ref.first.column_absolute, ref.last.column_absolute


def _common_line(one: Line, other: Line, extent: int) -> tuple[int, int, bool] | None:
    """What two stretches of rows or columns have in common; None where that differs from cell to cell."""
    lines = [line for line in (one, other) if not (line[2] and line[3] and abs(line[1] - line[0]) == extent - 1)]
    lines = lines or [one]
    if len({absolute for line in lines for absolute in line[2:]}) > 1:
        return None
    return max(min(line[:2]) for line in lines), min(max(line[:2]) for line in lines), lines[0][2]


# --- as places --------------------------------------------------------------------------------------------------------
def common(one: Reference | Values, other: Reference | Values) -> Reference | Values:
    """What two references of a block of one cell have in common, ``#NULL!`` where that is nothing."""
    if not (isinstance(one, Reference) and isinstance(other, Reference)):
        return next((v.corner() for v in (one, other) if isinstance(v, Values) and v.only(ERROR)), error_value(VALUE))
    top, left = np.maximum(one.top, other.top), np.maximum(one.left, other.left)
    height = int((np.minimum(one.top + one.height, other.top + other.height) - top).flat[0])
    width = int((np.minimum(one.left + one.width, other.left + other.width) - left).flat[0])
    if one.sheet is not other.sheet or height <= 0 or width <= 0:
        return error_value(NULL)
    return Reference(one.sheet, top, left, height, width, first_error(one.errors, other.errors))


def joined(*parts: Values) -> Values:
    """The cells of several ranges in one row, for functions to which it does not matter how they lie."""
    shape, like = np.broadcast_shapes(*(v.num.shape[:2] for v in parts)), foremost(*parts)
    nums, kinds = [], []
    for v in parts:
        sizes = (*shape, 1, v.num.shape[2] * v.num.shape[3])
        nums.append(v.backend.broadcast(v.num.reshape(*v.num.shape[:2], 1, -1), sizes))
        kinds.append(np.broadcast_to(v.kinds().reshape(*v.num.shape[:2], 1, -1), sizes))
    return like.of(like.backend.joined(nums), uniform(np.concatenate(kinds, axis=-1)), True)
