"""The plan of a workbook: its blocks, their programs, the order in which to compute them, and what is done so far.

Data that others read and run: ``numpy_engine.py`` recalculates by it, ``tensors/`` computes gradients along it,
``study/`` explains by it.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sheetsim.engine.blocks import Block, blocks_of, shown
from sheetsim.engine.context import Context
from sheetsim.engine.dynamic import DONE, Learning, NotReady
from sheetsim.engine.incremental.pointed import Pointed
from sheetsim.engine.order import Map, reached
from sheetsim.engine.program import Program
from sheetsim.engine.together.forms import is_plain
from sheetsim.engine.together.sweeps import sweeps_of
from sheetsim.errors import FormulaError, LimitError, UnknownFunction
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import FORM, FUNCTION
from sheetsim.support.collecting import collecting_later

MOST_COPIES = 1 << 14  # programs that are kept, of those that are made from others: they take 50 MB


class Plan:
    """The blocks of a workbook with their programs, and the groups in which to compute them."""

    def __init__(self, book: Book):
        self.book = book
        self.blocks = blocks_of(book)
        sweeps = sweeps_of(book, self.blocks)
        self.programs = Programs(self.blocks, sweeps.beyond())
        self.lacks = [reason for program in self.programs.early.values() for reason in program.lacking]
        self.lacking = bool(self.lacks)  # whether some cell may hold an unsupported value
        self.circles = False  # whether circular references are computed around, or by iteration
        self.map = Map(book.all_sheets(), self.blocks)
        self.edges = sweeps.edges(self.map, [i for i in self.programs.early if not self.blocks[i].refs])
        self.dynamic = Learning(self.blocks, self.edges)
        self.reorder()
        self.done: set[int] = set()  # the blocks that hold their results
        self.cell_states: dict[int, np.ndarray] = {}  # of blocks that are computed cell by cell: what is done
        self.recurrences: dict[tuple[int, ...], object] = {}  # how each group that depends on itself is computed
        self.alike: dict[object, object] = {}  # what groups that are copies of one another share: recurrences/copies.py
        self.steps = 0  # that LAMBDAs have taken in this run
        self.elsewhere = False  # whether something was computed of which is not kept what it depends on
        self.fresh = False  # whether every cell holds its result, but for what depends on the changes noted since
        self.days_since = book.days_since  # the year that dates were counted from in the last run
        self.pointed: dict[int, Pointed] = {}  # where references known at run time pointed, by block
        self.readers: object = None  # who reads what: incremental/readers.py
        self.repeated: dict[int, tuple[list[int], int]] | None = None  # blocks and their copies: whole/repeated.py
        self.forms: object = None  # what formulas have in common: whole/forms.py
        self.whole: object = None  # it as programs of plain numbers: whole/stages.py
        self.runs = 0  # how often it was run: what one run knows the next must not take for granted

    def reorder(self) -> None:
        """Makes the order anew, by all that is known."""
        self.order = self.dynamic.order()
        self.group_of = {block: k for k, group in enumerate(self.order) for block in group}

    def waits_for_itself(self, group: list[int]) -> bool:
        """Whether some cell of the group may depend on another."""
        return len(group) > 1 or self.dynamic.needs_itself(group[0])

    def first(self, blocks: list[int]) -> list[list[int]]:
        """The groups to compute before these blocks are done, theirs among them, what comes first at the end."""
        found = reached(self.dynamic.known, blocks, self.done)
        self.done.difference_update(found)  # for the walk they counted as seen
        return [self.order[k] for k in dict.fromkeys(self.group_of[i] for i in reversed(found))]

    def require(self, sheet: Sheet, rect: Rect, rows: np.ndarray, columns: np.ndarray) -> None:
        """Raises NotReady if cells that a reference points at are yet to be computed."""
        waiting = [i for i in self.map.within(sheet.title, rect) if i not in self.done]
        if not waiting:
            return
        at = self.map.at[sheet.title]
        inside = (rows < at.shape[0]) & (columns < at.shape[1])
        exact = np.where(inside, at[np.where(inside, rows, 0), np.where(inside, columns, 0)], 0)
        pending = [i for i in waiting if (exact == i + 1).any()]
        cells = [cell for i in pending for cell in self._pending_cells(i, exact == i + 1, rows, columns)]
        if cells or any(i not in self.cell_states for i in pending):
            raise NotReady(pending, cells)

    def note(self, context: Context, sheet: Sheet, rect: Rect, at: np.ndarray) -> None:
        """Notes where a reference of a block points."""
        index = context.block.index
        if self.blocks[index] is not context.block:  # a formula computed elsewhere, as a criterion is for each record:
            self.elsewhere = True
            return
        if index not in self.pointed:
            self.pointed[index] = Pointed(self.blocks[index])
        self.pointed[index].note(context.pointed, context.part, context.picked, sheet, rect, at)
        context.pointed += 1

    def _pending_cells(
        self, i: int, mine: np.ndarray, rows: np.ndarray, columns: np.ndarray
    ) -> list[tuple[str, int, int]]:
        state, block = self.cell_states.get(i), self.blocks[i]
        if state is None:
            return []
        r, c = np.broadcast_to(rows, mine.shape)[mine], np.broadcast_to(columns, mine.shape)[mine]
        todo = state[r - block.cells.top, c - block.cells.left] != DONE
        return sorted({(block.sheet.title, int(a), int(b)) for a, b in zip(r[todo], c[todo], strict=True)})


class Programs:
    """The programs of a plan's blocks. Of a formula of which it is known beforehand what will become of it, the program
    is made when somebody asks: a recurrence may need none."""

    def __init__(self, blocks: list[Block], beyond: Collection[int]):
        """``beyond`` are the blocks that refer to more room in some sheet than there is."""
        self.blocks, self._beyond = blocks, beyond
        self._waits: dict[int, bool] = {}  # by the identity of what a formula means, which blocks keep alive
        self._alike: dict[tuple[int, tuple[int, int]], Program] = {}  # one for all copies of a size
        self.early = {block.index: _program(block) for block in blocks if not self._can_wait(block)}
        self._made = dict(self.early)
        self._copies: dict[int, Program] = {}  # some of those that are quickly made again
        for program in self.early.values():
            for reading in program.readings:
                reading.attach()

    def __getitem__(self, index: int) -> Program:
        return self._made.get(index) or self._copies.get(index) or self._program(index, self.blocks[index])

    def can_wait(self, index: int) -> bool:
        """Whether nothing has to be known of a block's program before it runs: it lacks nothing, and all cells that it
        reads are held."""
        return index not in self.early

    def _program(self, index: int, block: Block) -> Program:
        key = id(block.tree), block.rect.shape
        like = self._alike.get(key)
        found = None if like is None else like.at(block)
        if found is None:
            found = self._made[index] = self._alike[key] = Program(block)
        else:
            if len(self._copies) == MOST_COPIES:
                self._copies.clear()
            self._copies[index] = found
        for reading in found.readings:
            reading.attach()
        return found

    def _can_wait(self, block: Block) -> bool:
        """Whether a program lacks nothing, and needs no more room in any sheet than there is."""
        bound = block.bound
        waits = bound.pattern is not None or self._waits.get(id(bound))
        if waits is None:
            waits = self._waits[id(bound)] = is_plain(bound.tree)
        return waits and block.spill is None and block.index not in self._beyond


def _program(block: Block) -> Program:
    try:
        return Program(block)
    except LimitError:
        raise
    except FormulaError as error:
        block.lack(error)
        return Program(block)


def refuse_lacking(plan: Plan) -> None:
    """Raises UnknownFunction, or FormulaError, if some formula cannot be computed as it stands: names the cells."""
    functions: dict[str, list[str]] = {}
    for reason in plan.lacks:
        if reason.kind == FUNCTION:
            functions.setdefault(reason.what, []).append(reason.where)
    if functions:
        parts = [f"{name} ({', '.join(cells[:3])})" for name, cells in sorted(functions.items())]
        noun = "a function" if len(parts) == 1 else "functions"
        message = f"{plan.book.name} uses {noun} that sheetsim does not have: {'; '.join(parts)}"
        raise UnknownFunction(message, {name: cells[:3] for name, cells in functions.items()})
    for i, program in plan.programs.early.items():
        for reason in program.lacking:
            what = reason.what if reason.kind == FORM else reason.cause
            raise FormulaError(f"{reason.where}: {what}, in {shown(plan.blocks[i].text())}")


def plan_of(book: Book) -> Plan:
    """The plan of a workbook, made anew only when a formula has changed."""
    plan = book.planned
    if not isinstance(plan, Plan):
        with collecting_later():
            plan = book.planned = Plan(book)
    return plan
