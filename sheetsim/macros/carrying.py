"""What the steps of a button carry from one epoch to the next, as formulas.

A macro copies values; here its steps are executed symbolically, with cells in place of values. Every cell then has a
history: what it was before the macro (the *old* epoch), perhaps something in between, and what it is afterwards (the
*new* epoch). Of a button that copies H32 to C4, recalculates, and multiplies C4 by two, with D4 as ``=C4+1``::

    time  the step          reads C4 as   reads D4 as
     1    Copy H32 to C4    old           old
     2    Recalculate       H32 of old    old
     3    Set C4 to =C4*2   H32 of old    H32 of old + 1
     4    Recalculate       new           H32 of old + 1
     5    (what follows)    new           new

A step that reads a cell gets the old epoch's cell or the new epoch's; of what is neither, a written cell stands for
what was written, a formula for its own text with its references read in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum, auto
from itertools import count
from typing import NamedTuple

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.buttons import Append, Clear, Copy, If, Macro, Recalculate, Set, Step
from sheetsim.model.formula import Formula
from sheetsim.model.named_cells import cells_of, copied_cells
from sheetsim.model.nodes import Ref, unquoted
from sheetsim.model.sheet import Sheet

Cell = tuple[int, int]


class Epoch(Enum):
    """The sheet before one press of the button and after it."""

    OLD = auto()
    NEW = auto()


class EpochCells(NamedTuple):
    """Cells of one of the two epochs, by where the sheet has them."""

    rect: Rect
    epoch: Epoch


Expression = tuple[str | EpochCells, ...]  # a formula in pieces: text, and cells of the two epochs


class TimedStep(NamedTuple):
    """A step, when it is done, and under which conditions, each with the time at which it is looked at."""

    time: int
    step: Copy | Set | Clear | Append | Recalculate
    conditions: tuple[tuple[int, str], ...]


class Write(NamedTuple):
    """What a step puts into a cell; None empties it."""

    time: int
    value: Expression | None


class SymbolicPress:
    """One press of a button, executed symbolically: what it carries into the new epoch, as formulas on the old.

    ``switch`` is the address of a cell: where it is true, an epoch starts from the weights that the one before worked
    out. (A button that carries these anyway has no use for it: ``switches`` is then False.) Raises InputError for steps
    that formulas cannot do.
    """

    def __init__(self, sheet: Sheet, macro: Macro, switch: str):
        self.sheet, self.switch = sheet, switch
        self.switches = False  # whether the switch makes a difference
        clock = count(1)
        steps = list(_timed(macro.steps, clock))
        self.end = next(clock)
        self.recalculated = [timed.time for timed in steps if isinstance(timed.step, Recalculate)]
        self.written: dict[Cell, set[int]] = defaultdict(set)  # when the macro writes into a cell
        for timed in steps:
            if isinstance(timed.step, Copy | Set | Clear):
                for cell in cells_of(sheet, timed.step.target).cells():
                    self.written[cell].add(timed.time)
        self._refuse_stale()
        self.changed = self._changed()
        self.writes: dict[Cell, list[Write]] = defaultdict(list)
        self.appended: list[tuple[Rect, Expression]] = []  # a list, and what one epoch adds to it
        for timed in steps:
            self._execute(timed)

    @property
    def carried(self) -> dict[Cell, Expression | None]:
        """What the new epoch has in each cell that the macro writes."""
        return {cell: writes[-1].value for cell, writes in self.writes.items()}

    def afterwards(self, formula: str) -> Expression:
        """A formula that is typed into A1 once the button has been pressed."""
        return self._typed(formula, self.end)

    def changes(self, rect: Rect) -> bool:
        """Whether some cell of a rectangle may differ from epoch to epoch."""
        return any(cell in self.changed for cell in rect.cells())

    # --- what depends on what ---------------------------------------------------------------------------------------
    def _refuse_stale(self) -> None:
        last = max((time for times in self.written.values() for time in times), default=0)
        if self.written and last > max(self.recalculated, default=0):
            raise InputError(f"{self.sheet.title}: a button can be unrolled only if it recalculates at its end")

    def _changed(self) -> dict[Cell, set[int]]:
        """Each cell that the macro writes or that depends on one it writes, and the times of those writes."""
        readers = self._readers()
        changed: dict[Cell, set[int]] = defaultdict(set)
        for time in {time for times in self.written.values() for time in times}:
            waiting = [cell for cell, times in self.written.items() if time in times]
            seen = set(waiting)
            while waiting:
                for formulas in readers.get(waiting.pop(), ()):
                    fresh = [cell for cell in formulas if cell not in seen and cell not in self.written]
                    seen.update(fresh)
                    waiting += fresh
            for cell in seen:
                changed[cell].add(time)
        return dict(changed)

    def _readers(self) -> dict[Cell, list[list[Cell]]]:
        """For each cell that is read, the formulas that do: a list for each range that holds it."""
        by_range: dict[Rect, list[Cell]] = defaultdict(list)
        for row, column in self.sheet.cells():
            number = int(self.sheet.formula_numbers[row, column])
            for _, piece in self.sheet.book.formulas[number].tokens:
                rect = own_cells(self.sheet, piece, row, column)
                if rect is not None:
                    by_range[rect].append((row, column))
        found: dict[Cell, list[list[Cell]]] = defaultdict(list)
        for rect, formulas in by_range.items():
            for cell in rect.cells():
                found[cell].append(formulas)
        return found

    # --- the steps --------------------------------------------------------------------------------------------------
    def _execute(self, timed: TimedStep) -> None:
        time, step, conditions = timed
        if isinstance(step, Recalculate):
            return
        if isinstance(step, Append | Clear) and conditions:
            raise InputError(f"{self.sheet.title}: a formula cannot lengthen a list or empty a cell on a condition")
        if isinstance(step, Append):
            source, target = cells_of(self.sheet, step.source), cells_of(self.sheet, step.target)
            self.appended.append((target, self._read(source, time)))
            return
        for cell, value in self._values(step, time):
            for when, condition in reversed(conditions):
                assert value is not None
                test = self._typed(condition, when)
                value = ("IF(", *test, ",", *value, ",", *self._read_cell(cell, time), ")")
            self.writes[cell].append(Write(time, value))

    def _values(self, step: Copy | Set | Clear, time: int) -> Iterator[tuple[Cell, Expression | None]]:
        """The cells of a step, and what it puts there."""
        if isinstance(step, Copy):
            source, target = copied_cells(self.sheet, step)
            for to, cell in zip(target.cells(), source.cells(), strict=True):
                yield to, self._switched(cell, time)
        else:
            value = None if isinstance(step, Clear) else self._set(step.value, time)
            yield from ((cell, value) for cell in cells_of(self.sheet, step.target).cells())

    def _set(self, value: float | str, time: int) -> Expression:
        if isinstance(value, str) and value.startswith("="):
            return self._typed(value, time)
        if isinstance(value, str):
            return ('"' + value.replace('"', '""') + '"',)
        return (str(value).upper(),)  # 0.1, 1E-05, TRUE

    def _switched(self, source: Cell, time: int) -> Expression:
        """The source of a copy. One that only hands on what the row above worked out (``=H31``) is what *enters* the
        last row; its formula one row further down is what the last row worked out."""
        old = self._read_cell(source, time)
        tokens = self.sheet.book.formulas[self._formula(source)].tokens
        if len(tokens) != 1 or not isinstance(ref := tokens[0][1], Ref) or ref.first.row_absolute:
            return old
        below = ref.rect(source[0] + 1, source[1])
        assert below is not None
        self.switches = True
        return ("IF(", self.switch, ",", *self._read(below, time), ",", *old, ")")

    # --- what a step sees -------------------------------------------------------------------------------------------
    def _read(self, rect: Rect, time: int) -> Expression:
        """Cells as a step at a time sees them. Several can stand in a formula only as a range, so those of them that
        change must all be of one epoch."""
        if rect.size == 1:
            return self._read_cell((rect.top, rect.left), time)
        changing = (cell for cell in rect.cells() if cell in self.changed)
        pieces = {piece for cell in changing for piece in self._read_cell(cell, time)}
        epochs = {piece.epoch for piece in pieces if isinstance(piece, EpochCells)} or {Epoch.OLD}
        if len(epochs) > 1 or any(isinstance(piece, str) for piece in pieces):
            raise InputError(f"{self.sheet.title}: a step reads {rect} while only a part of it is new")
        return (EpochCells(rect, epochs.pop()),)

    def _read_cell(self, cell: Cell, time: int) -> Expression:
        """One cell as a step at a time sees it: of the writes that change it in the course of the macro, none counts
        yet (old epoch), all do (new epoch), or some."""
        formula = 0 if cell in self.written else self._formula(cell)
        seen = self._calculated(time) if formula else time  # a formula shows what was there when it was calculated
        changes = self.changed.get(cell, ())
        if all(when >= seen for when in changes):
            return (EpochCells(Rect(*cell, *cell), Epoch.OLD),)
        if all(when < seen for when in changes):
            return (EpochCells(Rect(*cell, *cell), Epoch.NEW),)
        if formula:
            return ("(", *self._resolved(self.sheet.book.formulas[formula], cell, seen), ")")
        value = [write.value for write in self.writes[cell] if write.time < seen][-1]
        return ("(", *value, ")") if value is not None else ('""',)

    def _calculated(self, time: int) -> int:
        """When the formulas seen at a time were calculated; 0 is before the macro."""
        return max((when for when in self.recalculated if when <= time), default=0)

    def _typed(self, formula: str, time: int) -> Expression:
        """A formula typed into A1, its references as they are seen at a time."""
        return self._resolved(Formula.read(formula, 0, 0), (0, 0), time)

    def _resolved(self, formula: Formula, cell: Cell, time: int) -> Expression:
        """A formula, with each of its references as it is seen at a time."""
        pieces: list[str | EpochCells] = []
        for _, piece in formula.tokens:
            rect = own_cells(self.sheet, piece, *cell)
            if rect is None:
                pieces.append(piece.text(*cell) if isinstance(piece, Ref) else piece)
            else:
                pieces += self._read(rect, time)
        return tuple(pieces)

    def _formula(self, cell: Cell) -> int:
        row, column = cell
        inside = row < self.sheet.rows and column < self.sheet.columns
        return int(self.sheet.formula_numbers[row, column]) if inside else 0


def own_cells(sheet: Sheet, piece: str | Ref, row: int, column: int) -> Rect | None:
    """The cells of its own sheet that a piece of the formula in (row, column) means, a reference or a name; None for
    any other piece. Raises InputError for whole rows and columns, which would take in every epoch."""
    if isinstance(piece, Ref):
        if piece.sheet is not None and piece.sheet.casefold() != sheet.title.casefold():
            return None
        if piece.shape in ("columns", "rows"):
            raise InputError(f"{sheet.where(row, column)}: {piece.text(row, column)} would take in every epoch")
        return piece.rect(row, column)
    title, _, word = piece.rpartition("!")
    if unquoted(title).casefold() not in ("", sheet.title.casefold()) or not sheet.book.find_name(word, sheet.title):
        return None
    try:
        return cells_of(sheet, word)
    except InputError:  # a name for a number, or for cells of another sheet
        return None


def _timed(
    steps: tuple[Step, ...], clock: Iterator[int], conditions: tuple[tuple[int, str], ...] = ()
) -> Iterator[TimedStep]:
    """The steps in a row, those of an If under its condition."""
    for step in steps:
        time = next(clock)
        if isinstance(step, If):
            yield from _timed(step.steps, clock, (*conditions, (time, step.condition)))
        elif isinstance(step, Recalculate) and conditions:
            raise InputError("a button that recalculates on a condition cannot be unrolled")
        else:
            yield TimedStep(time, step, conditions)
