"""Cumulative sums: ``SUM(A$1:A5)`` filled down a column, a range that expands by a row from cell to cell.

Computed cell by cell, such a column costs the square of its length. But a sum from left to right passes through the
sums of all shorter ranges on its way, so one accumulation gives them all, to the last bit. The same holds for the
sum of squares, the product, the counts, the mean, the largest and the smallest.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block, clipped, reach
from sheetsim.engine.context import Context
from sheetsim.engine.views import Reading
from sheetsim.excel.arithmetic import Array, product
from sheetsim.excel.arrays import Values, error_value, first_error, outcome, single, with_errors
from sheetsim.functions import row_of
from sheetsim.functions.table import Cumulative
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Call, Node, Ref
from sheetsim.model.values import BLANK, DIV0, ERROR, NUMBER, UNSUPPORTED


class Accumulation(NamedTuple):
    """How to go on from the numbers so far to one more: for numbers, for arrays, and what there is before the first."""

    step: Callable[[float, float], float]
    accumulated: Callable[[Array], Array]
    start: float


def _squares(num: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.add.accumulate(num * num)


def _products(num: Array) -> Array:
    return np.array(list(accumulate(num.tolist(), product)))


SUMMED = Accumulation(operator.add, np.add.accumulate, 0.0)
RUNNING = {
    Cumulative.SUM: SUMMED,
    Cumulative.SQUARES: Accumulation(lambda total, num: total + num * num, _squares, 0.0),
    Cumulative.PRODUCT: Accumulation(product, _products, 1.0),
    Cumulative.COUNT: SUMMED,
    Cumulative.FILLED: SUMMED,
    Cumulative.MEAN: SUMMED,
    Cumulative.LARGEST: Accumulation(max, np.maximum.accumulate, -np.inf),
    Cumulative.SMALLEST: Accumulation(min, np.minimum.accumulate, np.inf),
}


COUNTS = (Cumulative.COUNT, Cumulative.FILLED)


def counts(what: Cumulative, kind: Any) -> Any:
    """Whether cells of these kinds count; for one kind, or an array of them."""
    return kind != BLANK if what is Cumulative.FILLED else kind == NUMBER


def is_running(node: Node, block: Block) -> bool:
    """Whether a node is a running total down the rows of its block: the range's first row is fixed, its last moves."""
    found = cumulative(node)
    if found is None or block.spill or block.rect.rows < 2 or reach(found[1], block.rect) is None:
        return False
    _, ref = found
    top = ref.rect(block.rect.top, block.rect.left)
    grows = ref.first.row_absolute and not ref.last.row_absolute and top is not None and top.top == ref.first.row
    return grows and ref.first.column_absolute == ref.last.column_absolute


def cumulative(node: Node) -> tuple[Cumulative, Ref] | None:
    """What a call makes of all cells so far, and the range; None for a node of which that cannot be said."""
    row = row_of(node)
    match node:
        case Call(_, (Ref() as ref,)) if row and row.cumulative:
            return row.cumulative, ref
    return None


class Known(NamedTuple):
    """How far a total has come in one run of the plan, in the row ``bottom``: the next row continues from here."""

    run: int
    bottom: int
    value: float
    numbers: int  # how many they were
    error: float  # the first one, 0 if there is none


class RunningTotal(Reading):
    """The step that computes a running total for any part of its block."""

    def __init__(self, block: Block, node: Node):
        found = cumulative(node)
        assert found is not None
        self.block, (self.what, self.ref) = block, found
        assert self.ref.sheet is not None
        self.sheet = block.sheet.book[self.ref.sheet]
        rect = reach(self.ref, block.rect)
        assert rect is not None
        rect = clipped(self.ref, rect, self.sheet)
        self.sheet.reserve(rect.bottom + 1, rect.right + 1)
        self.known: Known | None = None

    def __call__(self, stack: list[Values], context: Context) -> None:
        if context.part.size == 1 and self.block.rect.columns == 1:  # a line of a recurrence
            stack.append(self._next(context))
            return
        left, _, right = context.part[1:]
        columns = [left] if self.ref.first.column_absolute else range(left, right + 1)
        parts = [self._column(context.part, column) for column in columns]
        if len(parts) == 1:
            stack.append(parts[0])
        else:
            num, kinds = [part.num for part in parts], [part.kinds() for part in parts]
            stack.append(Values(np.concatenate(num, axis=1), np.concatenate(kinds, axis=1)))

    def _next(self, context: Context) -> Values:
        """The total of one cell, continued from that of the row above if this run has just computed it: otherwise a
        recurrence over a running total would begin each total anew."""
        rect = self.ref.rect(context.part.top, context.part.left)
        assert rect is not None
        step, _, start = RUNNING[self.what]
        known = self.known
        if known is None or (known.run, known.bottom) != (context.run.runs, rect.bottom - 1):
            known = Known(context.run.runs, rect.top - 1, start, 0, 0.0)
        run, bottom, value, count, error = known
        new = rect._replace(top=bottom + 1).slices
        kinds = self.sheet.kind[new].ravel().tolist()
        for num, kind in zip(self.sheet.num[new].ravel().tolist(), kinds, strict=True):
            if counts(self.what, kind):
                value, count = step(value, num), count + 1
            if kind == ERROR and (self.what not in COUNTS or num >= UNSUPPORTED):  # a count passes over any other
                error = error or num
        self.known = Known(run, rect.bottom, value, count, error)
        if error:
            return error_value(int(error))
        if self.what in COUNTS:
            return single(count)
        if self.what is Cumulative.MEAN:
            return single(value / count) if count else error_value(DIV0)
        return single(value + 0.0 if count else 0.0)

    def _column(self, part: Rect, column: int) -> Values:
        """The totals of one column of the block, of shape (rows, 1, 1, 1)."""
        cells, ends = self.span(part, column)
        num, kind = self.sheet.num[cells].ravel(), self.sheet.kind[cells].ravel()  # row-major, as a range is read
        width = self.sheet.num[cells].shape[1]  # beyond what is held there are only blanks
        return totals(self.what, num, kind, (ends + 1) * width - 1)

    def span(self, part: Rect, column: int) -> tuple[tuple[slice, slice], np.ndarray]:
        """The cells that the last total of a column takes in, and the last row, counted within them, of each total."""
        first, last = self.ref.rect(part.top, column), self.ref.rect(part.bottom, column)
        assert first is not None
        assert last is not None
        return last.slices, np.arange(first.bottom, last.bottom + 1) - last.top


def totals(what: Cumulative, num: Array, kind: np.ndarray, ends: np.ndarray) -> Values:
    """The running totals at the places ``ends`` of a flat list, of shape (rows, 1, 1, 1)."""
    used, error = np.asarray(counts(what, kind)), kind == ERROR
    count = np.cumsum(used)[ends]
    if what in COUNTS:
        return with_errors(
            Values(_four(count.astype(np.float64))), _from_the_first(error & (num >= UNSUPPORTED), num, ends)
        )
    _, accumulated, start = RUNNING[what]
    with np.errstate(all="ignore"):
        found = accumulated(np.where(used, num, start))[ends]
    errors = _from_the_first(error, num, ends)
    if what is Cumulative.MEAN:
        found = found / np.maximum(count, 1)
        errors = first_error(errors, _four(np.where(count == 0, float(DIV0), 0.0)))
    return outcome(_four(np.where(count == 0, 0.0, found) + 0.0), errors)


def _from_the_first(error: np.ndarray, num: Array, ends: np.ndarray) -> Array | None:
    """The first of some errors in every total that takes it in, 0 before; None if there is none."""
    if not error.any():
        return None
    first = error.argmax()
    return _four(np.where(ends >= first, num[first], 0.0))


def _four(column: Array) -> Array:
    return column.reshape(-1, 1, 1, 1)
