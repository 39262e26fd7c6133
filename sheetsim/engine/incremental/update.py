"""A recalculation after few changes: of each block only the cells that depend on them, in the order of the plan.

From each changed cell go the blocks that read it, and of these the cells whose reference means it (``regions.py``).
They are computed, and only those that have another value now are looked at in turn: where a change comes to nothing,
nothing more is done. What may have another value without any change (RAND, NOW) is computed each time.

Every cell that is left as it was has the same formula and the same operands as before, so it has the same bits.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

import numpy as np

from sheetsim.engine.context import Context
from sheetsim.engine.dynamic import NotReady
from sheetsim.engine.incremental.readers import Readers, merged
from sheetsim.engine.incremental.regions import Region, of_rows
from sheetsim.engine.order import reached
from sheetsim.engine.parts import compute_block, compute_part, forget, pieces, stretches
from sheetsim.engine.plan import Plan
from sheetsim.engine.program import Program
from sheetsim.engine.recurrences.recurrence import recurrence_of
from sheetsim.engine.views import RangeView
from sheetsim.errors import CycleError, FormulaError
from sheetsim.excel.arrays import filled, trapping
from sheetsim.excel.calendar import counted_since
from sheetsim.functions import row_of
from sheetsim.functions.lifting import Uneven
from sheetsim.model.address import Rect
from sheetsim.model.grid import Grid
from sheetsim.model.nodes import walk

Change = tuple[Grid, Rect]


def update(plan: Plan, changes: Iterable[Change], progress: Callable[[int], None] | None = None) -> bool:
    """Computes what depends on some changed cells, and what is never at rest, of a plan whose cells held their results
    before. False where that cannot be done so: then everything is to be computed."""
    plan.fresh = False  # until it is done
    try:
        with trapping(), counted_since(plan.book.days_since):
            Update(plan, progress).run(changes)
    except (NotReady, CycleError, FormulaError, Uneven):
        return False
    plan.fresh = True
    return True


class Update:
    """One recalculation of what has changed."""

    def __init__(self, plan: Plan, progress: Callable[[int], None] | None):
        self.plan, self.progress = plan, progress
        self.readers = readers_of_plan(plan)
        self.dirty: dict[int, Region] = {}  # of each block the cells that are to be computed
        self.ahead: list[int] = []  # the groups that hold such blocks, as a heap
        self.waiting: list[int] = []  # blocks that may have to be computed, the last ones of the order first

    def run(self, changes: Iterable[Change]) -> None:
        """Computes group after group. Raises NotReady where a reference known at run time has come to point at what is
        still to be computed."""
        plan = self.plan
        plan.runs += 1
        plan.steps = 0
        for sheet, rect in dict.fromkeys(changes):
            self._spread(sheet, Region(rect))
        for index in self.readers.restless:
            self._add(index, Region(plan.blocks[index].rect))
        if self.readers.runtime:
            roots = [*self.dirty, *self.readers.runtime]
            self.waiting = sorted(reached(self.readers.dependents, roots), key=plan.group_of.__getitem__, reverse=True)
            plan.done.difference_update(self.waiting)
        while self.ahead:
            number = heapq.heappop(self.ahead)
            while self.waiting and plan.group_of[self.waiting[-1]] < number:
                plan.done.add(self.waiting.pop())
            self._compute(plan.order[number])
        plan.done.update(self.waiting)

    def _add(self, index: int, region: Region) -> None:
        number = self.plan.group_of[index]
        if merged(self.dirty, index, region):
            heapq.heappush(self.ahead, number)

    def _spread(self, sheet: Grid, changed: Region, source: int | None = None, group: Iterable[int] = ()) -> None:
        """What reads cells that have changed is to be computed, but for the blocks of the group that has been."""
        for index, region in self.readers.of(sheet, changed, source):
            if index not in group:
                self._add(index, region)

    def _compute(self, group: list[int]) -> None:
        found = {index: self.dirty.pop(index) for index in group if index in self.dirty}
        if not found:
            return
        plan = self.plan
        if plan.waits_for_itself(group):
            whole = {index: Region(plan.blocks[index].cells) for index in group}
            before = {index: self._held(index, region) for index, region in whole.items()}
            if plan.book.iteration is None:
                for index in group:
                    forget(plan.blocks[index])
            recurrence_of(plan, group).run()
            changed: dict[int, Region | None] = {
                index: self._difference(index, region, *before[index]) for index, region in whole.items()
            }
        else:
            ((index, region),) = found.items()
            changed = {index: self._compute_region(index, region)}
        if self.progress:
            self.progress(sum(region.size for region in found.values()))
        for index, moved in changed.items():
            if moved is not None:
                self._spread(plan.blocks[index].sheet, moved, index, group)

    def _compute_region(self, index: int, region: Region) -> Region | None:
        """Computes some cells of a block; answers those of them that have changed."""
        plan, block, program = self.plan, self.plan.blocks[index], self.plan.programs[index]
        if block.spill is not None or (region.rows is None and region.rect == block.rect):
            before = self._held(index, region := Region(block.cells))
            plan.pointed.pop(index, None)
            compute_block(plan, index)
            return self._difference(index, region, *before)
        if region.rows is not None and not can_pick(program):
            region = Region(region.rect)
        before = self._held(index, region)
        for reading in program.readings:
            reading.look(whole=False)
        if region.rows is not None:
            self._compute_rows(index, region)
        else:
            for part in stretches(program, region.rect):
                for _, piece in pieces(plan, index, part):
                    compute_part(plan, index, piece)
        return self._difference(index, region, *before)

    def _compute_rows(self, index: int, region: Region) -> None:
        """Some rows of a block at once, which may lie far apart."""
        plan, block = self.plan, self.plan.blocks[index]
        result = plan.programs[index].run(Context(plan, block, region.rect, region.rows))
        result = filled(result.corner())
        kind = result.kind if isinstance(result.kind, int) else result.kind[:, :, 0, 0]
        block.sheet.num[region.places], block.sheet.kind[region.places] = result.num[:, :, 0, 0], kind

    def _held(self, index: int, region: Region) -> tuple[np.ndarray, np.ndarray]:
        sheet, places = self.plan.blocks[index].sheet, region.places
        return sheet.num[places].copy(), sheet.kind[places].copy()

    def _difference(self, index: int, region: Region, num: np.ndarray, kind: np.ndarray) -> Region | None:
        """The cells of a region that hold something else than before; some more perhaps."""
        sheet, places = self.plan.blocks[index].sheet, region.places
        other = (sheet.num[places] != num) | (sheet.kind[places] != kind)
        (rows,) = other.any(axis=1).nonzero()
        if not len(rows):
            return None
        columns = other.any(axis=0).nonzero()[0] + region.rect.left
        down = rows + region.rect.top if region.rows is None else region.rows[rows]
        return of_rows(down, int(columns[0]), int(columns[-1]))


def readers_of_plan(plan: Plan) -> Readers:
    """Who reads what in a plan; found once."""
    if not isinstance(plan.readers, Readers):
        plan.readers = Readers(plan)
    return plan.readers


def can_pick(program: Program) -> bool:
    """Whether a program can be run for some rows of its block alone: all it reads are views, and no function asks where
    it stands."""
    if program.cell_by_cell or program.block.spill or program.lacking:
        return False
    rows = [row for row in map(row_of, walk(program.block.tree)) if row is not None]
    if any(row.context or row.counted for row in rows):
        return False
    return all(type(reading) is RangeView and not reading.far for reading in program.readings)
