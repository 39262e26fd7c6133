"""Running totals: ``SUM(A$1:A5)`` filled down a column.

Computed cell by cell, such a column costs the square of its length. But a sum from left to right passes through the
sums of all shorter ranges on its way, so one accumulation gives them all, to the last bit. The same holds for the
count, the mean, the largest and the smallest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block, clipped, reach
from sheetsim.engine.context import Site
from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, outcome, single
from sheetsim.functions import row_of
from sheetsim.functions.table import Cumulative
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Call, Node, Ref
from sheetsim.model.values import DIV0, ERROR, NUMBER


def _largest(num: Array, used: np.ndarray) -> Array:
    best = np.maximum.accumulate(np.where(used, num, -np.inf))
    return np.where(np.isinf(best), 0.0, best)


def _smallest(num: Array, used: np.ndarray) -> Array:
    best = np.minimum.accumulate(np.where(used, num, np.inf))
    return np.where(np.isinf(best), 0.0, best)


def _total(num: Array, used: np.ndarray) -> Array:
    return np.asarray(np.add.accumulate(np.where(used, num, 0.0)) + 0.0)


def _count(num: Array, used: np.ndarray) -> Array:
    return np.asarray(np.cumsum(used), dtype=np.float64)


def _mean(num: Array, used: np.ndarray) -> Array:
    return _total(num, used) / np.maximum(_count(num, used), 1.0)


RUNNING: dict[Cumulative, Callable[[Array, np.ndarray], Array]] = {
    Cumulative.SUM: _total,
    Cumulative.COUNT: _count,
    Cumulative.MEAN: _mean,
    Cumulative.LARGEST: _largest,
    Cumulative.SMALLEST: _smallest,
}


def cumulative(node: Node) -> Cumulative | None:
    """What a call makes of all cells so far; None for a node of which that cannot be said."""
    row = row_of(node)
    return row.cumulative if row else None


def is_running(node: Node, block: Block) -> bool:
    """Whether a node is a running total down the rows of its block: the range's first row is fixed, its last moves."""
    if not (isinstance(node, Call) and cumulative(node) and len(node.arguments) == 1):
        return False
    ref = node.arguments[0]
    if not isinstance(ref, Ref) or block.spread or block.rect.rows < 2 or reach(ref, block.rect) is None:
        return False
    top = ref.rect(block.rect.top, block.rect.left)
    grows = ref.first.row_absolute and not ref.last.row_absolute and top is not None and top.top == ref.first.row
    return grows and ref.first.column_absolute == ref.last.column_absolute


class Known(NamedTuple):
    """How far a total has come in one run of the plan: the next row continues from here."""

    run: int
    column: int
    bottom: int
    total: float
    numbers: int
    largest: float
    smallest: float
    error: float

    def with_cells(self, bottom: int, num: list[float], kinds: list[int]) -> Known:
        """The total after the cells of one more row, from left to right."""
        run, column, _, total, count, largest, smallest, error = self
        for value, kind in zip(num, kinds, strict=True):
            if kind == NUMBER:
                total, count = total + value, count + 1
                largest, smallest = max(largest, value), min(smallest, value)
            elif kind == ERROR and not error:
                error = value
        return Known(run, column, bottom, total, count, largest, smallest, error)


class RunningTotal:
    """The step that computes a running total for any part of its block."""

    def __init__(self, block: Block, node: Node):
        assert isinstance(node, Call)
        assert isinstance(node.arguments[0], Ref)
        what = cumulative(node)
        assert what is not None
        self.block, self.ref, self.what = block, node.arguments[0], what
        assert self.ref.sheet is not None
        self.sheet = block.sheet.book[self.ref.sheet]
        rect = reach(self.ref, block.rect)
        assert rect is not None
        rect = clipped(self.ref, rect, self.sheet)
        self.sheet.reserve(rect.bottom + 1, rect.right + 1)
        self.known: Known | None = None

    def attach(self) -> None:
        """Nothing to prepare: each run reads the sheet."""

    def look(self, whole: bool) -> None:
        """Nothing to note."""

    def __call__(self, stack: list[Values], site: Site) -> None:
        if site.part.size == 1 and self.block.rect.columns == 1:  # a line of a recurrence
            stack.append(self._next(site))
            return
        columns = range(site.part.left, site.part.right + 1)
        parts = [self._column(site.part, column) for column in columns]
        if not self.ref.first.column_absolute and len(parts) > 1:
            num = np.concatenate([part.num for part in parts], axis=1)
            stack.append(Values(num, np.concatenate([part.kinds() for part in parts], axis=1)))
        else:
            stack.append(parts[0])

    def _next(self, site: Site) -> Values:
        """The total of one cell, continued from that of the row above if this run has just computed it: otherwise a
        recurrence over a running total would begin each total anew."""
        row, column = site.part.top, site.part.left
        rect = self.ref.rect(row, column)
        assert rect is not None
        known = self.known
        if known is None or (known.run, known.column, known.bottom) != (site.run.runs, rect.left, rect.bottom - 1):
            known = Known(site.run.runs, rect.left, rect.top - 1, 0.0, 0, -np.inf, np.inf, 0.0)
        cut = (slice(known.bottom + 1, rect.bottom + 1), slice(rect.left, rect.right + 1))
        num, kinds = self.sheet.num[cut].ravel().tolist(), self.sheet.kind[cut].ravel().tolist()
        self.known = known = known.with_cells(rect.bottom, num, kinds)
        return self._of(known)

    def _of(self, known: Known) -> Values:
        if known.error and self.what is not Cumulative.COUNT:
            return error_value(int(known.error))
        match self.what:
            case Cumulative.SUM:
                return single(known.total)
            case Cumulative.COUNT:
                return single(known.numbers)
            case Cumulative.MEAN:
                return single(known.total / known.numbers) if known.numbers else error_value(DIV0)
            case Cumulative.LARGEST:
                return single(known.largest if known.numbers else 0.0)
            case Cumulative.SMALLEST:
                return single(known.smallest if known.numbers else 0.0)

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
        cells = (slice(last.top, last.bottom + 1), slice(last.left, last.right + 1))
        return cells, np.arange(first.bottom, last.bottom + 1) - last.top


def totals(what: Cumulative, num: Array, kind: np.ndarray, ends: np.ndarray) -> Values:
    """The running totals at the places ``ends`` of a flat list, of shape (rows, 1, 1, 1)."""
    used, error = kind == NUMBER, kind == ERROR
    with np.errstate(all="ignore"):
        found = RUNNING[what](num, used)
    errors = _first_so_far(num, error)[ends] if error.any() and what is not Cumulative.COUNT else None
    none = np.where(_count(num, used)[ends] == 0, float(DIV0), 0.0) if what is Cumulative.MEAN else None
    wrong = first_error(errors, none)
    return outcome(_four(found[ends]), None if wrong is None else _four(wrong))


def _first_so_far(num: Array, error: np.ndarray) -> Array:
    """For each place the first error up to it, 0 before there is one."""
    first = int(error.argmax())
    return np.where(np.arange(len(num)) >= first, num[first], 0.0)


def _four(column: Array) -> Array:
    return column.reshape(-1, 1, 1, 1)
