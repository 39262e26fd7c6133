"""Which difference explains which: from a cell that differs back to the first cell it reads that differs, too.

A number that was changed by hand makes all that depends on it differ. Going back from each difference, along the
references of its formula, ends at the one that began it: an input, a formula that was typed over, a value that does not
follow from what its formula reads. References that only the calculation makes (``OFFSET``) are followed to where they
point by the values of that side.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sheetsim.checking.findings import DIFFERENT, SheetReport
from sheetsim.engine.blocks import Block, swept
from sheetsim.engine.numpy_engine import asked_at_run_time
from sheetsim.engine.plan import Plan
from sheetsim.model.address import Rect, cell_name

Cell = tuple[str, int, int]  # sheet in lower case, row, column


def trace_causes(reports: Sequence[SheetReport], plan: Plan) -> None:
    """Gives each difference in a value its ``cause``: the difference that it follows from. ``plan`` is of one side: the
    formulas that are followed both sides have."""
    tracing = _Tracing(reports, plan)
    for report in reports:
        places = np.argwhere(report.states >= DIFFERENT).tolist()
        first = len(report.differences) - len(places)  # before the cells' own: that the sheet is missing or extra
        for index, (row, column) in enumerate(places, first):
            if tracing.has_value_of_formula(report.title, row, column):
                root = tracing.root((report.title.casefold(), row, column))
                cause = tracing.where(root)
                if cause != report.differences[index].where:
                    report.differences[index] = replace(report.differences[index], cause=cause)


class _Differing:
    """The cells of a sheet that differ: for each column that has any, their rows in order."""

    def __init__(self, states: np.ndarray):
        differing = states >= DIFFERENT
        self.columns = np.flatnonzero(differing.any(axis=0)).tolist()
        self.rows = [np.flatnonzero(differing[:, column]).tolist() for column in self.columns]

    def first(self, rect: Rect) -> tuple[int, int] | None:
        """The first of them within a rectangle, as one reads: by rows, from the left."""
        found = []
        begin, end = bisect_left(self.columns, rect.left), bisect_left(self.columns, rect.right + 1)
        for column, rows in zip(self.columns[begin:end], self.rows[begin:end], strict=True):
            place = bisect_left(rows, rect.top)
            if place < len(rows) and rows[place] <= rect.bottom:
                found.append((rows[place], column))
        return min(found, default=None)


class _Tracing:
    def __init__(self, reports: Sequence[SheetReport], plan: Plan):
        self.titles = {report.title.casefold(): report.title for report in reports}
        self.differing = {report.title.casefold(): _Differing(report.states) for report in reports}
        found = (difference for report in reports for difference in report.differences)
        self.by_formula = {(d.sheet.casefold(), d.cell) for d in found if d.what == "value" and d.copies}
        self.plan = plan
        self.at = {title.casefold(): at for title, at in plan.map.at.items()}
        self.roots: dict[Cell, Cell] = {}

    def has_value_of_formula(self, title: str, row: int, column: int) -> bool:
        """Whether a cell differs in its value alone, beside a formula that both sides have."""
        return (title.casefold(), cell_name(row, column)) in self.by_formula

    def where(self, cell: Cell) -> str:
        title, row, column = cell
        return f"{self.titles[title]}!{cell_name(row, column)}"

    def root(self, cell: Cell) -> Cell:
        """Where the way back ends; that of cells which wait for one another, at the one from which it began."""
        way: list[Cell] = []
        seen: set[Cell] = set()
        here: Cell | None = cell
        while here is not None and here not in self.roots and here not in seen:
            way.append(here)
            seen.add(here)
            here = self.precedent(here)
        end = way[-1] if here is None else self.roots.get(here, here)
        for each in way:
            self.roots[each] = end
        return self.roots[cell]

    def precedent(self, cell: Cell) -> Cell | None:
        """The first cell which this one's formula reads and which differs, too."""
        title, row, column = cell
        if not self.has_value_of_formula(title, row, column):
            return None
        for sheet, rect in self._read_by(cell):
            place = self.differing[sheet].first(rect) if sheet in self.differing else None
            if place is not None and (sheet, *place) != cell:
                return (sheet, *place)
        return None

    def _read_by(self, cell: Cell) -> Iterator[tuple[str, Rect]]:
        """What the formula of a cell reads: what it names, and then where the references point that it makes."""
        title, row, column = cell
        at = self.at.get(title)
        inside = at is not None and row < at.shape[0] and column < at.shape[1]
        number = int(at[row, column]) if at is not None and inside else 0
        if not number:
            return
        block = self.plan.blocks[number - 1]
        typed = typed_into(block, row, column)
        yield from (((ref.sheet or title).casefold(), swept(ref, typed)) for ref in block.refs)
        if block.runtime:
            made = asked_at_run_time(self.plan, number - 1, typed)
            yield from ((sheet.title.casefold(), rect) for sheet, rect in made)


def typed_into(block: Block, row: int, column: int) -> Rect:
    """The cell whose formula gives a cell its value: of an array formula its first. Array formulas that are one block
    are each a row high."""
    if block.spill is None:
        return Rect(row, column, row, column)
    top, left = (row if block.spill[0] == 1 else block.rect.top), block.rect.left
    return Rect(top, left, top, left)
