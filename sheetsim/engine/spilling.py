"""Dynamic array formulas: their cells are as many as their result has elements, at each calculation anew.

A plan takes the cells of each formula as given. So a run goes by the sizes of the last one; where a result turns out
to have another, the formula gets its cells, the plan is made anew, and all is computed once more, until nothing changes
its size. That is known after one run where nothing has changed, after a second where something has, and after one more
for each formula whose size depends on the size of another.

A result whose cells are not free is ``#SPILL!``. So is one that has another size each time, as Excel has it of
``SEQUENCE(RANDBETWEEN(1,9))``.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sheetsim.engine.blocks import MOST_SPREAD, Block
from sheetsim.engine.parts import settled
from sheetsim.engine.plan import Plan
from sheetsim.engine.volatility import is_volatile
from sheetsim.errors import FormulaError, LimitError
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK

ROUNDS = 64  # after so many runs a formula that changes its size once more is without one,
ROUNDS_OF_RANDOM = 3  # and after so few one that is itself volatile: it would change it each time


class Spills:
    """The dynamic array formulas of a workbook in one recalculation."""

    def __init__(self, book: Book):
        self.book = book
        self.rounds = 0
        self.restless: set[tuple[str, int, int]] = set()  # those without a size

    def settled(self, plan: Plan) -> bool:
        """After a run: whether every result had the cells it needs. Where one had not, it has them now or is known to
        be blocked, and everything is to be computed again. Raises LimitError where that would never end."""
        dynamic = [block for block in plan.blocks if block.dynamic]
        if all(map(settled, dynamic)):
            return True
        self.rounds += 1
        if self.rounds > 2 * ROUNDS:
            raise LimitError(f"{dynamic[0].where()}: the sizes of the arrays do not settle")
        rooms: dict[str, Room] = {}
        waiting = [block for block in dynamic if not settled(block)]
        if self.rounds > ROUNDS_OF_RANDOM:
            self._give_up(block for block in waiting if self.rounds > ROUNDS or is_volatile(plan, block.index))
        changes = [self._resized(block, rooms) for block in waiting]
        return not any(changes)

    def _give_up(self, blocks: Iterable[Block]) -> None:
        """Notes which formulas have no size, of those that want another still."""
        for block in blocks:
            first = (block.rect.top, block.rect.left)
            if block.wanted != block.spill and first not in block.sheet.blocked:
                self.restless.add((block.sheet.title, *first))

    def _resized(self, block: Block, rooms: dict[str, Room]) -> bool:
        """Gives a formula the cells it needs if they are free. Whether that is different from before."""
        sheet, first = block.sheet, (block.rect.top, block.rect.left)
        if sheet.title not in rooms:
            rooms[sheet.title] = Room(sheet)
        room, where = rooms[sheet.title], (sheet.title, *first)
        free = where not in self.restless and room.is_free(block.cells, first, block.wanted)
        size = block.wanted if free else (1, 1)
        if (size, free) == (block.spill, first not in sheet.blocked):
            return False
        (sheet.blocked.discard if free else sheet.blocked.add)(first)
        if size != block.spill:
            room.move(block.cells, first, size)
            sheet.spread(first, size)
        return True


class Room:
    """Which cells of a sheet are taken."""

    def __init__(self, sheet: Sheet):
        self.taken = sheet.computed() | (sheet.kind[: sheet.rows, : sheet.columns] != BLANK)
        for area in [*sheet.data_tables, *(t.rect for t in sheet.book.tables.values() if t.sheet == sheet.title)]:
            self._widen(area.bottom + 1, area.right + 1)
            self.taken[area.slices] = True

    def is_free(self, own: Rect, first: tuple[int, int], size: tuple[int, int]) -> bool:
        """Whether so many cells from ``first`` on are free, but for those that the formula has (``own``)."""
        wide = _rect(first, size)
        if wide.bottom >= MAX_ROWS or wide.right >= MAX_COLUMNS:
            return False
        if wide.size > MOST_SPREAD:
            raise LimitError(f"an array of {wide.size:,} cells: more than {MOST_SPREAD:,} would take minutes")
        return bool(self.taken[wide.slices].sum() == self._within(own, wide))

    def _within(self, own: Rect, wide: Rect) -> int:
        common = own.common(wide)
        return 0 if common is None else int(self.taken[common.slices].sum())

    def move(self, own: Rect, first: tuple[int, int], size: tuple[int, int]) -> None:
        """Notes that a formula has other cells."""
        wide = _rect(first, size)
        self._widen(wide.bottom + 1, wide.right + 1)
        self.taken[own.slices] = False
        self.taken[wide.slices] = True

    def _widen(self, rows: int, columns: int) -> None:
        have = self.taken.shape
        if rows > have[0] or columns > have[1]:
            more = (max(rows, have[0] * 3 // 2) if rows > have[0] else have[0]) - have[0]
            wider = (max(columns, have[1] * 3 // 2) if columns > have[1] else have[1]) - have[1]
            self.taken = np.pad(self.taken, ((0, more), (0, wider)))


def _rect(first: tuple[int, int], size: tuple[int, int]) -> Rect:
    return Rect(*first, first[0] + size[0] - 1, first[1] + size[1] - 1)


def refuse_other_sizes(plan: Plan, groups: list[list[int]]) -> None:
    """Raises FormulaError, naming the cell, where a result of these groups has not the size it had."""
    for block in (plan.blocks[i] for group in groups for i in group):
        first = (block.rect.top, block.rect.left)
        if block.dynamic and block.wanted != block.spill and first not in block.sheet.blocked:
            raise FormulaError(f"{block.where()}: its array has another size than it had")
