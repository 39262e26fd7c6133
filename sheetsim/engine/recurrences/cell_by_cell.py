"""Computing a group cell by cell, each cell after those it needs: the way for whatever fits no line by line reading.

A depth-first walk with a stack of its own. A cell that needs itself, over however many others, is a circular
reference, reported as the chain of cells. Where the plan computes around such circles, the cells of the chain get an
unsupported value that names it, and the walk goes on.
"""

from __future__ import annotations

import numpy as np

from sheetsim.engine.blocks import Block, clipped
from sheetsim.engine.dynamic import DONE, STARTED, WAITING, NotReady
from sheetsim.engine.parts import compute_part
from sheetsim.engine.plan import Plan
from sheetsim.errors import CycleError
from sheetsim.model.address import Rect
from sheetsim.model.values import CIRCLE, ERROR, Reason, reason_code

Cell = tuple[int, int, int]  # block, row, column


class CellByCell:
    """One run over a group of blocks."""

    def __init__(self, plan: Plan, group: list[int]):
        self.plan, self.group = plan, group
        self.members = set(group)
        self.order: list[Cell] = []  # as they were computed: each after those it needs

    def run(self) -> list[Cell]:
        """Computes the group; answers its cells as they came, but those of circles. Raises CycleError for a cell that
        needs itself (``_close``), NotReady for one that needs a block outside the group that is yet to be computed."""
        for index in self.group:
            cells = self.plan.blocks[index].cells
            self.plan.cell_states[index] = np.full((cells.rows, cells.columns), WAITING, np.uint8)
            for reading in self.plan.programs[index].readings:
                reading.look(whole=False)
        try:
            for index in self.group:
                rect = self.plan.blocks[index].rect
                for row in range(rect.top, rect.bottom + 1):
                    for column in range(rect.left, rect.right + 1):
                        self._with_precedents((index, row, column))
        finally:
            for index in self.group:
                del self.plan.cell_states[index]
        return self.order

    def _state(self, cell: Cell) -> np.ndarray:
        """The states of the cells that the formula in ``cell`` gives: one, or those of an array formula."""
        block = self.plan.blocks[cell[0]]
        height, width = block.spill or (1, 1)
        r, c = cell[1] - block.rect.top, cell[2] - block.rect.left
        return self.plan.cell_states[cell[0]][r : r + height, c : c + width]

    def _with_precedents(self, first: Cell) -> None:
        stack = [first]
        path: list[Cell] = []  # the cells begun and not done, each needed by the one before
        while stack:
            cell = stack[-1]
            state = self._state(cell)
            if state.flat[0] == DONE:
                stack.pop()
                continue
            if state.flat[0] == WAITING:
                state[...] = STARTED
                path.append(cell)
            needed = self._needed(cell)
            if not needed:
                try:
                    compute_part(self.plan, cell[0], Rect(cell[1], cell[2], cell[1], cell[2]))
                except NotReady as wanted:
                    needed = self._known(wanted)
                else:
                    state[...] = DONE
                    self.order.append(cell)
                    stack.pop()
                    path.pop()
                    continue
            again = next((other for other in needed if self._state(other).flat[0] == STARTED), None)
            if again is None:
                stack += needed
            else:
                self._close(path, again)

    def _close(self, path: list[Cell], again: Cell) -> None:
        """At a cell of the path that is needed again: all from there on are a circle. Raises CycleError, unless the
        plan computes around circles: then they are done, with a value that says why they have none."""
        start = len(path) - 1
        while path[start] != again:  # from its end: a path may be long, and have many circles beside it
            start -= 1
        circle = CycleError(self._chain([*path[start:], again]))
        if not self.plan.circles:
            raise circle
        code = reason_code(Reason(CIRCLE, circle.chain, circle.cells[0]))
        for index, row, column in path[start:]:
            block = self.plan.blocks[index]
            height, width = block.spill or (1, 1)
            cells = Rect(row, column, row + height - 1, column + width - 1).slices
            block.sheet.num[cells], block.sheet.kind[cells] = code, ERROR
            self._state((index, row, column))[...] = DONE
        del path[start:]

    def _known(self, wanted: NotReady) -> list[Cell]:
        """The cells of this group that a run-time reference waits for; those of other groups go up."""
        blocks, cells = wanted.blocks, wanted.cells
        if not set(blocks) <= self.members or not cells:
            raise wanted
        found = []
        for title, row, column in cells:
            index = int(self.plan.map.at[title][row, column]) - 1
            found.append(self._owner(index, row, column))
        return found

    def _owner(self, index: int, row: int, column: int) -> Cell:
        """The formula that gives a cell: the cell itself, or the first cell of its array formula."""
        block = self.plan.blocks[index]
        height, width = block.spill or (1, 1)
        top = block.rect.top + (row - block.rect.top) // height * height
        return index, top, block.rect.left + (column - block.rect.left) // width * width

    def _needed(self, cell: Cell) -> list[Cell]:
        """The cells of the group that the formula in ``cell`` reads and that are not done."""
        index, row, column = cell
        block = self.plan.blocks[index]
        found: list[Cell] = []
        for ref in block.refs:
            rect = ref.rect(row, column)
            assert ref.sheet is not None
            sheet = block.sheet.book[ref.sheet]
            if rect is None:
                continue
            rect = clipped(ref, rect, sheet)
            for other in self.plan.map.within(sheet.title, rect):
                if other in self.members:
                    found += self._undone(other, self.plan.blocks[other], rect)
        return found

    def _undone(self, index: int, block: Block, rect: Rect) -> list[Cell]:
        common = rect.common(block.cells)
        if common is None:
            return []
        top, left = common.top - block.cells.top, common.left - block.cells.left
        states = self.plan.cell_states[index][top : top + common.rows, left : left + common.columns]
        cells = np.argwhere(states != DONE) + np.array([common.top, common.left])
        return sorted({self._owner(index, int(r), int(c)) for r, c in cells}, reverse=True)

    def _chain(self, chain: list[Cell]) -> list[str]:
        """The names of the cells from the one that is needed again to the one that needs it, and that one once more."""
        return [self.plan.blocks[index].sheet.where(row, column) for index, row, column in chain]
