"""The groups of a plan as segments of one program over the numbers of all sheets.

On small sheets a NumPy call costs more than the arithmetic. So the machine of the recurrences runs whole plans: each
block is a segment, a short list of instructions that is run once for each of its rows. Before a run all numbers are
copied into one memory, nan in place of all else and of what is yet to be computed; a result that is not finite stops
the program, and the engine's general way computes what is left. So an error, a text or a missing digit never passes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.lines import DOWN
from sheetsim.engine.recurrences.machine import Machine, scan
from sheetsim.engine.recurrences.recurrence import recurrence_of
from sheetsim.engine.recurrences.translating import WIDEST, Page, TooMuch, Translator
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER

LONGEST = 4096  # cells of a block: a longer one is better served by NumPy
LONGEST_PLAIN = 200  # instructions of a block that plain Python runs faster than NumPy
MOST_CELLS = 256  # of a group that is computed cell by cell


class Segment(NamedTuple):
    """Where its instructions begin and end, the place of its first line, how many lines it has, and their distance."""

    begin: int
    end: int
    at: int
    lines: int
    step: int


class Memory:
    """The numbers of all sheets, one sheet after the other."""

    def __init__(self, sheets: list[Sheet]):
        self.pages: dict[str, Page] = {}
        self.slices: list[tuple[Sheet, slice]] = []
        size = 0
        for sheet in sheets:
            self.pages[sheet.title] = Page(sheet, size)
            self.slices.append((sheet, slice(size, size + sheet.num.size)))
            size += sheet.num.size
        self.cells = np.zeros(size)
        self.view = memoryview(self.cells)  # type: ignore[arg-type]
        self.kinds = [sheet.kind.tobytes(order="A") for sheet in sheets]
        wrong = [np.zeros(0, np.int64)]
        wrong += [np.flatnonzero(sheet.kind.ravel(order="K") > NUMBER) + where.start for sheet, where in self.slices]
        self.no_numbers = np.concatenate(wrong)

    def masks(self, blocks: list[Block]) -> list[tuple[Sheet, slice, np.ndarray]]:
        """Of each sheet which cells the blocks give, a column after the other."""
        found = {sheet.title: np.zeros(sheet.num.shape, bool, order="F") for sheet, _ in self.slices}
        for block in blocks:
            found[block.sheet.title][block.cells.slices] = True
        return [(sheet, where, found[sheet.title].ravel(order="K")) for sheet, where in self.slices]

    def places(self, blocks: list[Block]) -> np.ndarray:
        """Where the cells of some blocks are."""
        return np.concatenate([np.flatnonzero(mask) + where.start for _, where, mask in self.masks(blocks)])

    def as_it_was(self) -> bool:
        """Whether every cell is of the kind that it was of when the program was made."""
        return all(
            sheet.kind.tobytes(order="A") == kinds for (sheet, _), kinds in zip(self.slices, self.kinds, strict=True)
        )

    def fetch(self, still_to_compute: np.ndarray) -> None:
        """The numbers of the sheets, nan for all else and for these."""
        for sheet, where in self.slices:
            self.cells[where] = sheet.num.ravel(order="K")
        self.cells[self.no_numbers] = np.nan
        self.cells[still_to_compute] = np.nan

    def put_back(self, computed: list[tuple[Sheet, slice, np.ndarray]]) -> None:
        """Gives the sheets the numbers of cells that have been computed."""
        for sheet, where, mask in computed:
            np.copyto(sheet.num.ravel(order="K"), self.cells[where], where=mask)


class Program:
    """Some groups of a plan as segments. Each is translated by ``add``, which tells whether that can be done."""

    def __init__(self, plan: Plan, memory: Memory, compiled: bool):
        self.plan, self.memory, self.compiled = plan, memory, compiled
        self.machine = Machine()
        self.segments: list[Segment] = []
        self.groups: list[int] = []

    def add(self, number: int) -> bool:
        """Translates a group of the plan."""
        began, at = len(self.machine.code), len(self.segments)
        try:
            self._add(self.plan.order[number])
        except TooMuch:
            del self.machine.code[began:], self.segments[at:]
            return False
        self.groups.append(number)
        return True

    def _add(self, group: list[int]) -> None:
        plan = self.plan
        if plan.waits_for_itself(group):
            recurrence = recurrence_of(plan, group)
            if recurrence.iterated or any(plan.blocks[i].spill for i in group):
                raise TooMuch
            if recurrence.lines is None:
                every = sum(plan.blocks[i].rect.size for i in group)  # less than that where it holds a circle
                if len(recurrence.cells) != every or every > MOST_CELLS:
                    raise TooMuch
                for index, row, column in recurrence.cells:
                    self._segment([(index, Rect(row, column, row, column))], DOWN.axis, row, row)
                return
            lines = recurrence.lines
            for first, last, blocks in lines.stretches:
                parts = [(i, lines.part(plan.blocks[i], first)) for i in blocks]
                self._segment(parts, lines.axis, first, last, lines.sign)
            return
        (index,) = group
        rect = plan.blocks[index].rect
        if plan.blocks[index].spill or rect.size > LONGEST or rect.columns > WIDEST:
            raise TooMuch
        before = len(self.machine.code)
        self._segment([(index, rect._replace(bottom=rect.top))], DOWN.axis, rect.top, rect.bottom)
        if not self.compiled and (len(self.machine.code) - before) * rect.rows > LONGEST_PLAIN:
            raise TooMuch

    def _segment(self, parts: list[tuple[int, Rect]], axis: int, first: int, last: int, sign: int = 1) -> None:
        """The formulas in the first line of some blocks, to be run for all lines."""
        begin = len(self.machine.code)
        translator = Translator(self.machine, self.memory.pages, axis, first, last, guarded=True)
        for index, part in parts:
            block = self.plan.blocks[index]
            cells = block.sheet.kind[translator.in_all_lines(part).slices]
            if part.size > WIDEST or (cells != NUMBER).any():
                raise TooMuch
            for row, column in part.cells():
                translator.cell(block.sheet, block.tree, row, column)
        to_next = translator.to_next(self.plan.blocks[parts[0][0]].sheet)
        if axis == 1 and any(translator.to_next(sheet) != to_next for _, sheet, _ in translator.read):
            raise TooMuch
        at = (first if sign > 0 else last) * to_next
        self.segments.append(Segment(begin, len(self.machine.code), at, last - first + 1, to_next * sign))

    def finish(self) -> None:
        """After the last group: what the cells are that it computes."""
        self.blocks = [index for number in self.groups for index in self.plan.order[number]]
        blocks = [self.plan.blocks[index] for index in self.blocks]
        self.size = sum(block.rect.size for block in blocks)
        self.computed = [(sheet, where, mask) for sheet, where, mask in self.memory.masks(blocks) if mask.any()]
        self.work = sum(self.machine.work_of(s.begin, s.end) * s.lines for s in self.segments)
        if self.compiled:
            self.arguments: Any = (
                *self.machine.arrays,
                np.array(self.machine.registers),
                self.machine.tables(as_array=True),
            )
            self.table = np.array(self.segments, np.int64)
            self.lines, self.done = sum(s.lines for s in self.segments), np.zeros(len(self.segments), np.int64)
        else:
            columns = self.machine.columns
            self.parts = [(s, [column[s.begin : s.end] for column in columns]) for s in self.segments]

    def run(self, still_to_compute: np.ndarray) -> bool:
        """Computes its groups; False, with nothing changed, where a result is not a finite number. ``still_to_compute``
        are the places of what it computes and of what comes later."""
        self.memory.fetch(still_to_compute)
        if not self._run():
            return False
        self.memory.put_back(self.computed)
        return True

    def _run(self) -> bool:
        Machine.spent += self.work
        loop = Machine.compiled() if self.compiled else None
        if loop is not None:
            return int(loop(self.memory.cells, *self.arguments, self.table, self.done)) == self.lines
        view: Any = self.memory.view
        registers, tables = self.machine.registers, self.machine.tables(as_array=False)
        for (_, _, at, lines, step), (whats, tos, firsts, seconds) in self.parts:
            if scan(view, whats, tos, firsts, seconds, registers, tables, at, lines, step) < lines:
                return False
        return True
