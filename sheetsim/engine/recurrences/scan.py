"""The formulas of a recurrence translated for a machine that knows plain numbers only (``machine.py``).

An optimizer's sheet is one long chain: nothing in it can be computed before the row above. So each row's formulas
become a short list of instructions, and the machine runs it once a row. Of ``=A1*0.9+$D$1`` in A2, filled down:

    LOAD   A, the row above    -> r0        (r1 holds 0.9)
    TIMES  r0, r1              -> r2
    FIXED  D1                  -> r3
    ADD    r2, r3              -> r4
    STORE  r4                  -> A, this row

Only arithmetic on numbers and blanks fits, and ``INDEX`` of a part of a column that begins in a fixed row, which looks
up what an earlier row left. Anything else (texts, errors, logicals as results, other ranges, other functions) is left
to the engine's general way, and so is the line in which a result is not finite, or a place is outside its column.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.lines import Lines, Stretch
from sheetsim.engine.recurrences.machine import FIXED, LOAD, TAKE, Machine
from sheetsim.engine.recurrences.translating import WIDEST, Page, TooMuch, Translator
from sheetsim.model.address import Rect
from sheetsim.model.values import NUMBER


class Scan:
    """The instructions for one stretch of lines, and the cells that they read and write."""

    def __init__(self, plan: Plan, lines: Lines, stretch: Stretch):
        self.lines, self.stretch = lines, stretch
        self.sheet = plan.blocks[stretch.blocks[0]].sheet
        self.machine = Machine()
        pages = {self.sheet.title: Page(self.sheet)}
        translator = Translator(self.machine, pages, lines.axis, stretch.first, stretch.last, guarded=False)
        self.to_next = translator.to_next(self.sheet)
        self.written: list[Rect] = []
        for index in stretch.blocks:
            block = plan.blocks[index]
            first = lines.part(block, stretch.first)
            if first.size > WIDEST:
                raise TooMuch
            self.written.append(translator.in_all_lines(first))
            for row, column in first.cells():
                translator.cell(self.sheet, block.tree, row, column)
        self.fixed, self.moving, self.looked_up = (
            {rect for what, _, rect in translator.read if what == way} for way in (FIXED, LOAD, TAKE)
        )
        read = dict.fromkeys(rect for *_, rect in translator.read)  # must be numbers or blanks
        self.read = [rect for rect in read if all(rect.common(w) != rect for w in self.written)]

    @classmethod
    def of(cls, plan: Plan, lines: Lines, stretch: Stretch) -> Scan | None:
        """The scan of a stretch, or None if it is more than plain arithmetic."""
        try:
            return cls(plan, lines, stretch)
        except TooMuch:
            return None

    @property
    def movable(self) -> bool:
        """Whether ``at`` knows how to go on from here: all that is read are single cells, each by one kind of
        reference."""
        return not self.looked_up and self.fixed.isdisjoint(self.moving)

    def at(self, lines: Lines, stretch: Stretch, down: int, rows: Mapping[int, int]) -> Scan:
        """The scan of a copy of these lines so many rows further down; of each row that is fixed here ``rows`` has the
        one that is fixed there."""
        copy = object.__new__(Scan)
        copy.__dict__.update(self.__dict__, lines=lines, stretch=stretch)
        copy.written = [rect.shifted(down, 0) for rect in self.written]
        copy.read = [rect.shifted(rows[rect.top] - rect.top if rect in self.fixed else down, 0) for rect in self.read]
        if any(row != to for row, to in rows.items()):
            copy.machine = self.machine.with_fixed_rows(rows, self.sheet.num.shape[0])
        return copy

    def run(self, skip: int = 0) -> int:
        """Computes the stretch from the line number ``skip`` on, as far as it goes; answers how many lines it did."""
        first, last, _ = self.stretch
        for rect in self.written if not skip else ():
            self.sheet.kind[rect.slices] = NUMBER
        for rect in self.read:
            if (self.sheet.kind[rect.slices] > NUMBER).any():
                return 0
        step = self.to_next * self.lines.sign
        start = (first if self.lines.sign > 0 else last) * self.to_next + skip * step
        return self.machine.run(self.sheet.num.ravel(order="K"), start, last - first + 1 - skip, step)
