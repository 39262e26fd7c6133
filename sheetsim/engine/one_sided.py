"""Totals of ranges of which one side moves: ``SUM($A1:A1)`` filled to the right grows, ``MAX(A1:A$9)`` filled down
shrinks. (What grows downwards, and may feed itself there, is in ``running_totals.py``.)

What grows is one accumulation. Of what shrinks, counts and extremes are one from the other end. But sums and products
are rounded from left to right, from each beginning anew: they cost the square of the length, as in Excel; all
beginnings go on together, one array operation a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block, clipped, reach
from sheetsim.engine.context import Context
from sheetsim.engine.running_totals import COUNTS, RUNNING, counts, cumulative, is_running, totals
from sheetsim.engine.views import ExpandingRange, Reading
from sheetsim.excel.arithmetic import Array, multiply, normal
from sheetsim.excel.arrays import Values, first_error, outcome
from sheetsim.functions import row_of
from sheetsim.functions.table import Cumulative
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Node, Ref
from sheetsim.model.values import DIV0, ERROR


class Way(NamedTuple):
    """How the range changes over a block: along which axis, and whether it grows there."""

    axis: int
    grows: bool


def is_total(node: Node, block: Block) -> bool:
    """Whether a node is a total that can be computed for many cells of its block at once."""
    return is_running(node, block) or _way(node, block) is not None


def _way(node: Node, block: Block) -> Way | None:
    found = cumulative(node)
    if found is None or block.spill or reach(found[1], block.rect) is None:
        return None
    ref, rect = found[1], block.rect
    first, last = ref.first, ref.last
    down, right = first.row_absolute != last.row_absolute, first.column_absolute != last.column_absolute
    if down == right or (rect.columns if right else rect.rows) < 2 or _turns(ref, rect, int(right)):
        return None
    if right and first.place(rect.top, rect.left)[0] != last.place(rect.top, rect.left)[0]:
        return None  # read row by row: not what was before, and one cell more
    return Way(int(right), first.column_absolute if right else first.row_absolute)


def _turns(ref: Ref, rect: Rect, axis: int) -> bool:
    """Whether the corner that moves passes the one that is fixed."""
    corners = [(rect.top, rect.left), (rect.bottom, rect.right)]
    return any(ref.first.place(*corner)[axis] > ref.last.place(*corner)[axis] for corner in corners)


class OneSidedTotal(Reading):
    """The step that computes such a total for any part of its block."""

    def __init__(self, block: Block, node: Node):
        found, way, row = cumulative(node), _way(node, block), row_of(node)
        assert found is not None
        assert way is not None
        assert row is not None
        self.what, self.ref = found
        self.way, self.rule = way, row.rule
        self.alone = ExpandingRange(block, self.ref, blanks_count=not row.passes_over_blanks)
        self.sheet = self.alone.sheet
        whole = reach(self.ref, block.rect)
        assert whole is not None
        whole = clipped(self.ref, whole, self.sheet)
        self.sheet.reserve(whole.bottom + 1, whole.right + 1)

    def __call__(self, stack: list[Values], context: Context) -> None:
        part, axis = context.part, self.way.axis
        if part.size == 1:  # a cell of a recurrence
            self.alone(stack, context)
            stack.append(self.rule(stack.pop()))
            return
        first = self.ref.first
        moves = not (first.column_absolute if axis == 0 else first.row_absolute)
        lines = range(part[1 - axis], part[3 - axis] + 1 if moves else part[1 - axis] + 1)
        found = [self._line(part, line) for line in lines]
        shape = (1, -1, 1, 1) if axis else (-1, 1, 1, 1)
        num = np.concatenate([v.num.reshape(shape) for v in found], axis=1 - axis)
        stack.append(Values(num, np.concatenate([v.kinds().reshape(shape) for v in found], axis=1 - axis)))

    def _line(self, part: Rect, line: int) -> Values:
        """The totals along one column of the part, or one row."""
        axis, grows = self.way
        begin, end = ((line, part.left), (line, part.right)) if axis else ((part.top, line), (part.bottom, line))
        one, other = self.ref.rect(*begin), self.ref.rect(*end)
        assert one is not None
        assert other is not None
        longest = other if grows else one
        num, kind = self.sheet.num[longest.slices], self.sheet.kind[longest.slices]
        moving = np.arange(one[axis + 2], other[axis + 2] + 1) if grows else np.arange(one[axis], other[axis] + 1)
        places = (moving - longest[axis]) * (1 if axis else num.shape[1])
        if not grows:
            return _from_each(self.what, num.ravel(), kind.ravel(), places)
        return totals(self.what, num.ravel(), kind.ravel(), places + (0 if axis else num.shape[1] - 1))


def _from_each(what: Cumulative, num: Array, kind: np.ndarray, starts: np.ndarray) -> Values:
    """The totals of a flat list from each of the places ``starts``, which ascend, to its end: (n, 1, 1, 1)."""
    used, starts = np.asarray(counts(what, kind)), np.minimum(starts, len(num))

    def from_end(rule: np.ufunc, cells: Array, nothing: float) -> Array:
        return np.asarray(np.append(rule.accumulate(cells[::-1])[::-1], nothing)[starts])

    count = from_end(np.add, used.astype(np.float64), 0.0)
    if what in COUNTS:
        return Values(count.reshape(-1, 1, 1, 1))
    start = RUNNING[what].start
    with np.errstate(all="ignore"):
        if what in (Cumulative.LARGEST, Cumulative.SMALLEST):
            rule = np.maximum if what is Cumulative.LARGEST else np.minimum
            found = from_end(rule, np.where(used, num, start), start)
        else:
            found = _rounded_from_each(what, num, np.flatnonzero(used), starts)
    wrong = np.where(kind == ERROR, np.arange(len(num)), len(num))
    errors = np.append(num, 0.0)[from_end(np.minimum, wrong, len(num)).astype(np.int64)]
    if what is Cumulative.MEAN:
        found = found / np.maximum(count, 1)
        errors = np.where(errors == 0, np.where(count == 0, float(DIV0), 0.0), errors)
    found, errors = np.where(count == 0, 0.0, found) + 0.0, errors.reshape(-1, 1, 1, 1)
    return outcome(found.reshape(-1, 1, 1, 1), first_error(errors))


STEPS: dict[Cumulative, Callable[[Array, Array], Array]] = {
    Cumulative.SUM: np.add,
    Cumulative.MEAN: np.add,
    Cumulative.SQUARES: np.add,
    Cumulative.PRODUCT: lambda so_far, num: normal(multiply(so_far, num)),
}


def _rounded_from_each(what: Cumulative, num: Array, used: np.ndarray, starts: np.ndarray) -> Array:
    """Sums or products from each start on: of all that have begun, one step more at each number that counts."""
    num, step = num * num if what is Cumulative.SQUARES else num, STEPS[what]
    so_far = np.full(len(starts), RUNNING[what].start)
    begun = np.searchsorted(starts, used, side="right")
    for place, many in zip(used.tolist(), begun.tolist(), strict=True):
        so_far[:many] = step(so_far[:many], num[place : place + 1])
    return so_far
