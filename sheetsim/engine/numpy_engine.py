"""The NumPy engine: a plan of a workbook, and its recalculation.

Each block is computed at once, a stretch of rows at a time so that what it works on stays in the processor's cache.
Groups of blocks that depend on one another go to ``recurrence.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.engine.blocks import Block, bind_block, blocks_of
from sheetsim.engine.context import NotReady, Site
from sheetsim.engine.order import Map, groups, precedents
from sheetsim.engine.program import Program
from sheetsim.engine.recurrences.cell_by_cell import DONE
from sheetsim.errors import CycleError, FormulaError, UnknownFunction
from sheetsim.excel.arrays import Values, filled
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.sheet import Sheet, Workbook
from sheetsim.model.values import BLANK, ERROR, NA, decode

STRETCH = 8192  # cells worked on at once: their temporary arrays fit the cache

Progress = Callable[[int], None]


class Plan:
    """The blocks of a workbook with their programs, and the groups in which to compute them."""

    def __init__(self, book: Workbook, collect_lacking: bool = False):
        self.book = book
        self.blocks = blocks_of(book)
        self.lacking: dict[str, list[Block]] = {}
        self.programs = [self._program(block) for block in self.blocks]
        if self.lacking and not collect_lacking:
            raise UnknownFunction(_lacking_message(book, self.lacking), _first_cells(self.lacking))
        for program in self.programs:
            for load in program.loads:
                load.attach()
        self.map = Map(book.sheets, self.blocks)
        self.edges = [precedents(block, self.map) for block in self.blocks]
        self.learned: list[tuple[int, int]] = []
        self.done = np.zeros(len(self.blocks), bool)
        self.cell_states: dict[int, np.ndarray] = {}  # of blocks that are computed cell by cell: what is done
        self.recurrences: dict[tuple[int, ...], Any] = {}
        self.order = groups(self.edges)
        self.runs = 0  # how often it was run: what one run knows the next must not take for granted

    def _program(self, block: Block) -> Program:
        missing: list[str] = []
        program = Program(block, missing)
        for name in missing:
            self.lacking.setdefault(name, []).append(block)
        return program

    # --- running ----------------------------------------------------------------------------------------------------
    def run(self, progress: Progress | None = None) -> None:
        """Computes every block. A reference known only at run time may ask for a block that comes later: then that
        is noted, the order made anew, and the run goes on; what is noted serves the next recalculation too."""
        self.runs += 1
        self.done[:] = False
        self.cell_states.clear()
        stale = bool(self.learned)  # learned by an earlier run, for other values
        for block in self.blocks:
            _forget(block)
        while not self.done.all():
            try:
                for group in self.order:
                    if not self.done[group].all():
                        self.compute(group)
                        self.done[group] = True
                        if progress:
                            progress(sum(self.blocks[i].cells.size for i in group))
            except NotReady as wanted:
                self._learn(group, wanted.blocks)
            except CycleError:
                if not stale:
                    raise
                stale = False
                self._unlearn()

    def _learn(self, group: list[int], wanted: list[int]) -> None:
        fresh = [(i, j) for i in group if self.blocks[i].runtime for j in wanted if (i, j) not in self.learned]
        if not fresh:  # would go on for ever
            raise FormulaError(f"{self.blocks[group[0]].where()}: no order found for what it refers to at run time")
        self.learned += fresh
        self._reorder()

    def _unlearn(self) -> None:
        """What an earlier run noted may no longer hold and close a circle that is none: start afresh."""
        self.learned = []
        self._reorder()
        self.done[:] = False

    def _reorder(self) -> None:
        edges = [list(e) for e in self.edges]
        for i, j in self.learned:
            edges[i].append(j)
        self.order = groups(edges)

    def waits_for_itself(self, group: list[int]) -> bool:
        """Whether some cell of the group may depend on another."""
        return len(group) > 1 or group[0] in self.edges[group[0]] or (group[0], group[0]) in self.learned

    def compute(self, group: list[int]) -> None:
        if not self.waits_for_itself(group):
            self.whole(group[0])
            return
        from sheetsim.engine.recurrences.recurrence import Recurrence

        key = tuple(group)
        if key not in self.recurrences:
            self.recurrences[key] = Recurrence(self, group)
        self.recurrences[key].run()

    def whole(self, index: int) -> None:
        """A block that does not depend on itself: all of it, a stretch of rows at a time."""
        block, program = self.blocks[index], self.programs[index]
        rect = block.rect
        for load in program.loads:
            load.look(whole=True)
        if program.cellwise:
            for row in range(rect.top, rect.bottom + 1):
                for column in range(rect.left, rect.right + 1):
                    self.part(index, Rect(row, column, row, column))
            return
        stretch = max(1, STRETCH // (rect.columns * program.window))
        for top in range(rect.top, rect.bottom + 1, stretch):
            self.part(index, Rect(top, rect.left, min(top + stretch - 1, rect.bottom), rect.right))

    def part(self, index: int, part: Rect) -> None:
        """Computes one part of a block and stores it."""
        block = self.blocks[index]
        result = self.programs[index].run(Site(self, block, part))
        if block.spread is None:
            _store(block.sheet, part, filled(result.corner()))
        else:
            _store_array(block, part, filled(result))

    def require(self, sheet: Sheet, rect: Rect, rows: np.ndarray, columns: np.ndarray) -> None:
        """Raises NotReady if cells that a reference points at are yet to be computed."""
        waiting = [i for i in self.map.within(sheet.title, rect) if not self.done[i]]
        if not waiting:
            return
        at = self.map.at[sheet.title]
        inside = (rows < at.shape[0]) & (columns < at.shape[1])
        exact = np.where(inside, at[np.where(inside, rows, 0), np.where(inside, columns, 0)], 0)
        pending = [i for i in waiting if (exact == i + 1).any()]
        cells = [cell for i in pending for cell in self._pending_cells(i, exact == i + 1, rows, columns)]
        if cells or any(i not in self.cell_states for i in pending):
            raise NotReady(pending, cells)

    def _pending_cells(
        self, i: int, mine: np.ndarray, rows: np.ndarray, columns: np.ndarray
    ) -> list[tuple[str, int, int]]:
        state, block = self.cell_states.get(i), self.blocks[i]
        if state is None:
            return []
        r, c = np.broadcast_to(rows, mine.shape)[mine], np.broadcast_to(columns, mine.shape)[mine]
        todo = state[r - block.cells.top, c - block.cells.left] != DONE
        return sorted({(block.sheet.title, int(a), int(b)) for a, b in zip(r[todo], c[todo], strict=True)})


def _forget(block: Block) -> None:
    """Empties a block's cells, so that nothing computed before can pass for a result."""
    cells = block.cells
    area = (slice(cells.top, cells.bottom + 1), slice(cells.left, cells.right + 1))
    block.sheet.num[area] = 0.0
    block.sheet.kind[area] = BLANK


def _store(sheet: Sheet, part: Rect, result: Values) -> None:
    area = (slice(part.top, part.bottom + 1), slice(part.left, part.right + 1))
    sheet.num[area] = result.num[:, :, 0, 0]
    sheet.kind[area] = result.kind if isinstance(result.kind, int) else result.kind[:, :, 0, 0]


def _store_array(block: Block, part: Rect, result: Values) -> None:
    """Spreads each result over its cells; a row or column repeats, cells beyond the result are ``#N/A``."""
    assert block.spread is not None
    height, width = block.spread
    num = np.full((part.rows, part.columns, height, width), float(NA))
    kind = np.full(num.shape, ERROR, np.uint8)
    rows = height if result.num.shape[2] == 1 else min(height, result.num.shape[2])
    columns = width if result.num.shape[3] == 1 else min(width, result.num.shape[3])
    num[:, :, :rows, :columns] = result.num[:, :, :rows, :columns]
    kinds = result.kind if isinstance(result.kind, int) else result.kind[:, :, :rows, :columns]
    kind[:, :, :rows, :columns] = kinds
    area = (slice(part.top, part.bottom + height), slice(part.left, part.right + width))
    block.sheet.num[area] = num.transpose(0, 2, 1, 3).reshape(part.rows * height, part.columns * width)
    block.sheet.kind[area] = kind.transpose(0, 2, 1, 3).reshape(part.rows * height, part.columns * width)


def _first_cells(lacking: dict[str, list[Block]]) -> dict[str, list[str]]:
    return {name: [block.where() for block in blocks[:3]] for name, blocks in lacking.items()}


def _lacking_message(book: Workbook, lacking: dict[str, list[Block]]) -> str:
    parts = [f"{name} ({', '.join(cells)})" for name, cells in sorted(_first_cells(lacking).items())]
    noun = "a function" if len(parts) == 1 else "functions"
    return f"{book.name} uses {noun} that sheetsim does not have: {'; '.join(parts)}"


# --- what others call -------------------------------------------------------------------------------------------------
def plan_of(book: Workbook, collect_lacking: bool = False) -> Plan:
    """The plan of a workbook, made anew only when a formula has changed."""
    if book.planned is None or (book.planned.lacking and not collect_lacking):
        book.planned = Plan(book, collect_lacking)
    plan: Plan = book.planned
    return plan


def recalculate(book: Workbook, progress: Progress | None = None, collect_lacking: bool = False) -> None:
    """Computes every formula of a workbook from its inputs, with Excel's arithmetic.

    ``progress`` is told how many cells each step has computed. Raises FormulaError, UnknownFunction or CycleError;
    with ``collect_lacking`` cells whose function is not in the table hold ``#LACKING!`` instead.
    """
    plan = plan_of(book, collect_lacking)
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        plan.run(progress)
    book.changed = False


def evaluate(book: Workbook, sheet: str, text: str) -> Any:
    """The value of a formula as if it stood in an empty cell of a sheet, from the values the cells hold now.

    >>> book = Workbook("demo")
    >>> book.add_sheet("s")["A1"] = 3
    >>> evaluate(book, "s", "=A1^2")
    9.0
    """
    own = book[sheet]
    formula = Formula.read(text, 0, 0)
    scratch = Block(own, Rect(0, 0, 0, 0), book.number_of(formula))
    bind_block(scratch)
    program = Program(scratch)
    for load in program.loads:
        load.attach()
    plan = object.__new__(Plan)
    plan.book, plan.done, plan.cell_states = book, np.ones(0, bool), {}
    plan.map = Map(book.sheets, [])
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        result = program.run(Site(plan, scratch, scratch.rect))
    result = filled(result.corner())
    return decode(result.num.flat[0], int(result.kinds().flat[0]))
