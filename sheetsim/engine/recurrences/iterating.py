"""Circular references computed by iteration, where a workbook asks for that (``Book.iteration``).

Each cell of a circle is computed from what the others hold now, again and again, sheet by sheet and row by row as Excel
goes through them, until none changes by as much as the workbook says, or as often as it says. The first time goes from
what the cells held before, as in Excel: the values stored in a file are where it left off.

Only cells that depend on themselves are repeated; what stands before and after them is computed once, in its order.
"""

from __future__ import annotations

import numpy as np

from sheetsim.engine.blocks import Block, clipped
from sheetsim.engine.dynamic import DONE
from sheetsim.engine.order import groups
from sheetsim.engine.parts import compute_part
from sheetsim.engine.plan import Plan
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Iteration
from sheetsim.model.values import BLANK, ERROR, NUMBER, UNSUPPORTED

Cell = tuple[int, int, int]  # block, row, column: where a formula stands


class Iterating:
    """One run over a group of blocks that depend on one another, by iteration."""

    def __init__(self, plan: Plan, group: list[int], steps: Iteration):
        self.plan, self.group, self.steps = plan, group, steps
        self.members = set(group)
        sheets = {sheet.title: k for k, sheet in enumerate(plan.book.sheets)}
        placed = ((sheets[plan.blocks[i].sheet.title], *cell, i) for i in group for cell in plan.blocks[i].rect.cells())
        self.cells: list[Cell] = [(i, row, column) for _, row, column, i in sorted(placed)]
        self.number = {cell: k for k, cell in enumerate(self.cells)}

    def run(self) -> bool:
        """Computes the group; False, with nothing done, if it holds no circle. Raises NotReady."""
        needs = [self._needs(cell) for cell in self.cells]
        order = groups(needs)
        if any(self.plan.blocks[i].runtime for i in self.group):  # who needs whom is not known: all of them together
            order = [list(range(len(self.cells)))]
        if not any(len(several) > 1 or several[0] in needs[several[0]] for several in order):
            return False
        try:
            for index in self.group:
                block = self.plan.blocks[index]
                self._begin(block)
                self.plan.cell_states[index] = np.full((block.cells.rows, block.cells.columns), DONE, np.uint8)
                for reading in self.plan.programs[index].readings:
                    reading.look(whole=False)
            for several in order:
                self._compute(sorted(several), len(several) > 1 or several[0] in needs[several[0]])
        finally:
            for index in self.group:
                self.plan.cell_states.pop(index, None)
        return True

    def _compute(self, several: list[int], circle: bool) -> None:
        """Some cells once, or if they are a circle until they have settled."""
        before = self._held(several)
        for _ in range(self.steps.times if circle else 1):
            for k in several:
                index, row, column = self.cells[k]
                compute_part(self.plan, index, Rect(row, column, row, column))
            now = self._held(several)
            with np.errstate(all="ignore"):
                if circle and (np.abs(now - before) < self.steps.change).all():
                    return
            before = now

    def _held(self, several: list[int]) -> np.ndarray:
        """The numbers that the cells hold, anything else as its place or code: what changes is seen."""
        return np.array(
            [self.plan.blocks[i].sheet.num[row, column] for i, row, column in map(self.cells.__getitem__, several)]
        )

    def _begin(self, block: Block) -> None:
        """What was never computed, or could not be, begins as 0."""
        num, kind = block.sheet.num[block.cells.slices], block.sheet.kind[block.cells.slices]
        never = (kind == BLANK) | ((kind == ERROR) & (num >= UNSUPPORTED))
        num[never], kind[never] = 0.0, NUMBER

    # --- the cells ------------------------------------------------------------------------------------------------
    def _needs(self, cell: Cell) -> list[int]:
        """The formulas of the group that give what the formula in a cell reads."""
        index, row, column = cell
        block = self.plan.blocks[index]
        found: set[int] = set()
        for ref in block.refs:
            rect = ref.rect(row, column)
            if rect is None or ref.sheet is None:
                continue
            sheet = block.sheet.book[ref.sheet]
            rect = clipped(ref, rect, sheet)
            for other in self.plan.map.within(sheet.title, rect):
                if other in self.members:
                    found.update(self._givers(other, rect))
        return sorted(found)

    def _givers(self, index: int, rect: Rect) -> set[int]:
        """The formulas of a block that give cells of a rectangle: of an array formula its first cell."""
        block = self.plan.blocks[index]
        height, width = block.spill or (1, 1)
        common = rect.common(block.cells)
        top, left = block.rect.top, block.rect.left
        cells = () if common is None else common.cells()
        return {
            self.number[index, top + (r - top) // height * height, left + (c - left) // width * width] for r, c in cells
        }
