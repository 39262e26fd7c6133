"""What the steps of a button carry from one epoch to the next, as formulas.

A macro copies values; here the same steps are followed with cells in place of values. Every cell then has a history:
what it was before the macro (the *old* epoch), perhaps something in between, and what it is afterwards (the *new*
epoch). A step that reads a cell gets the old epoch's cell, the new epoch's, or – where it sees what is neither – the
formula by which it was last calculated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.buttons import Append, Clear, Copy, If, Macro, Recalculate, Set, Step
from sheetsim.model.formula import Formula
from sheetsim.model.named_cells import cells_of
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet

Cell = tuple[int, int]


class At(NamedTuple):
    """Cells of the old epoch or of the new one, by where the sheet has them."""

    rect: Rect
    new: bool


Expression = tuple[str | At, ...]  # a formula in pieces: text, and cells of the two epochs


class Moment(NamedTuple):
    """A step, when it is done, and under which conditions, each with the time at which it is looked at."""

    time: int
    step: Copy | Set | Clear | Append | Recalculate
    conditions: tuple[tuple[int, str], ...]


class Write(NamedTuple):
    """What a step puts into a cell; None empties it."""

    time: int
    value: Expression | None


class Carried:
    """One press of a button, followed symbolically.

    ``switch`` is the address of a cell: where it is true, an epoch starts from the weights that the one before worked
    out. Raises InputError for steps that formulas cannot do.
    """

    def __init__(self, sheet: Sheet, macro: Macro, switch: str):
        self.sheet, self.switch = sheet, switch
        self.moments = list(_moments(macro.steps))
        self.recalculated = [moment.time for moment in self.moments if isinstance(moment.step, Recalculate)]
        self.times: dict[Cell, list[int]] = defaultdict(list)  # when the macro writes into a cell
        for moment in self.moments:
            if isinstance(moment.step, Copy | Set | Clear):
                for cell in cells_within(cells_of(sheet, moment.step.target)):
                    self.times[cell].append(moment.time)
        self._refuse_stale()
        self.reached = self._reached()
        self.writes: dict[Cell, list[Write]] = defaultdict(list)
        self.appended: list[tuple[Rect, Expression]] = []  # a list, and what one epoch adds to it
        for moment in self.moments:
            self._follow(moment)

    @property
    def carried(self) -> dict[Cell, Expression | None]:
        """What the new epoch has in each cell that the macro writes."""
        return {cell: writes[-1].value for cell, writes in self.writes.items()}

    def changes(self, rect: Rect) -> bool:
        """Whether some cell of a rectangle may differ from epoch to epoch."""
        return any(cell in self.reached for cell in cells_within(rect))

    # --- what depends on what ---------------------------------------------------------------------------------------
    def _refuse_stale(self) -> None:
        last = max((time for times in self.times.values() for time in times), default=0)
        if self.times and last > max(self.recalculated, default=0):
            raise InputError(f"{self.sheet.title}: a button can be unrolled only if it recalculates at its end")

    def _reached(self) -> dict[Cell, set[int]]:
        """Each cell that depends on what the macro writes, and when that is written."""
        dependents = self._dependents()
        reached: dict[Cell, set[int]] = defaultdict(set)
        for written, times in self.times.items():
            waiting, seen = [written], {written}
            while waiting:
                cell = waiting.pop()
                reached[cell].update(times)
                fresh = [other for other in dependents.get(cell, ()) if other not in seen and other not in self.times]
                seen.update(fresh)
                waiting += fresh
        return dict(reached)

    def _dependents(self) -> dict[Cell, list[Cell]]:
        found: dict[Cell, list[Cell]] = defaultdict(list)
        for row, column in self.sheet.cells():
            number = int(self.sheet.formula[row, column])
            for _, piece in self.sheet.book.formulas[number].tokens:
                rect = own_cells(self.sheet, piece, row, column)
                for precedent in cells_within(rect) if rect else ():
                    found[precedent].append((row, column))
        return found

    # --- the steps --------------------------------------------------------------------------------------------------
    def _follow(self, moment: Moment) -> None:
        time, step, conditions = moment
        if isinstance(step, Recalculate):
            return
        if isinstance(step, Append | Clear) and conditions:
            raise InputError(f"{self.sheet.title}: a formula cannot lengthen a list or empty a cell on a condition")
        target = cells_of(self.sheet, step.target)
        if isinstance(step, Append):
            source = cells_of(self.sheet, step.source)
            self.appended.append((target, self._read(source, time)))
            return
        for cell, value in self._values(step, target, time):
            for when, condition in reversed(conditions):
                assert value is not None
                test = self._resolved(Formula.read(condition, 0, 0), (0, 0), when, self._calculated(when))
                value = ("IF(", *test, ",", *value, ",", *self._read(Rect(*cell, *cell), time), ")")
            self.writes[cell].append(Write(time, value))

    def _values(self, step: Copy | Set | Clear, target: Rect, time: int) -> Iterator[tuple[Cell, Expression | None]]:
        if not isinstance(step, Copy):
            value = None if isinstance(step, Clear) else self._set(step.value, time)
            yield from ((cell, value) for cell in cells_within(target))
            return
        source = cells_of(self.sheet, step.source)
        if (source.rows, source.columns) != (target.rows, target.columns):
            raise InputError(f"{self.sheet.title}: {source} cannot be copied to {target}, which has another shape")
        for to, cell in zip(cells_within(target), cells_within(source), strict=True):
            yield to, self._switched(cell, time)

    def _set(self, value: float | str, time: int) -> Expression:
        if isinstance(value, str) and value.startswith("="):
            return self._resolved(Formula.read(value, 0, 0), (0, 0), time, self._calculated(time))
        if isinstance(value, str):
            return ('"' + value.replace('"', '""') + '"',)
        return (str(value).upper(),)  # 0.1, 1E-05, TRUE

    def _switched(self, source: Cell, time: int) -> Expression:
        """The source of a copy. One that only hands on what the row above worked out (``=H31``) is what *enters* the
        last row; its formula one row further down is what the last row worked out."""
        old = self._read(Rect(*source, *source), time)
        tokens = self.sheet.book.formulas[self._formula(source)].tokens
        if len(tokens) != 1 or not isinstance(ref := tokens[0][1], Ref) or ref.first.row_absolute:
            return old
        below = ref.rect(source[0] + 1, source[1])
        assert below is not None
        return ("IF(", self.switch, ",", *self._read(below, time), ",", *old, ")")

    # --- what a step sees -------------------------------------------------------------------------------------------
    def _calculated(self, time: int) -> int:
        """When what is seen at a time was calculated; 0 is before the macro."""
        return max((when for when in self.recalculated if when < time), default=0)

    def _read(self, rect: Rect, time: int) -> Expression:
        return self._seen(rect, time, self._calculated(time))

    def _seen(self, rect: Rect, time: int, calculated: int) -> Expression:
        """Cells as they are at a time, the formulas among them as they were calculated."""
        if rect.size == 1:
            return self._cell((rect.top, rect.left), time, calculated)
        pieces = [self._cell(cell, time, calculated) for cell in cells_within(rect)]
        epochs = {piece[0].new if len(piece) == 1 and isinstance(piece[0], At) else None for piece in pieces}
        if len(epochs) > 1 or None in epochs:
            raise InputError(f"{self.sheet.title}: a step reads {rect} while only a part of it is new")
        return (At(rect, bool(epochs.pop())),)

    def _cell(self, cell: Cell, time: int, calculated: int) -> Expression:
        here = Rect(*cell, *cell)
        written = cell in self.times
        number = 0 if written else self._formula(cell)
        now = calculated if number else time
        times = self.times[cell] if written else self.reached.get(cell, ())
        if all(when >= now for when in times):
            return (At(here, new=False),)
        if all(when < now for when in times):
            return (At(here, new=True),)
        if written:
            value = [write.value for write in self.writes[cell] if write.time < now][-1]
            return ("(", *value, ")") if value is not None else ('""',)
        return ("(", *self._resolved(self.sheet.book.formulas[number], cell, calculated, calculated), ")")

    def _resolved(self, formula: Formula, cell: Cell, time: int, calculated: int) -> Expression:
        """A formula, with each of its references as it is seen at a time."""
        pieces: list[str | At] = []
        for _, piece in formula.tokens:
            rect = own_cells(self.sheet, piece, *cell)
            if rect is None:
                pieces.append(piece.text(*cell) if isinstance(piece, Ref) else piece)
            else:
                pieces += self._seen(rect, time, calculated)
        return tuple(pieces)

    def _formula(self, cell: Cell) -> int:
        row, column = cell
        inside = row < self.sheet.rows and column < self.sheet.columns
        return int(self.sheet.formula[row, column]) if inside else 0


def cells_within(rect: Rect) -> Iterator[Cell]:
    """The cells of a rectangle, row by row."""
    for row in range(rect.top, rect.bottom + 1):
        for column in range(rect.left, rect.right + 1):
            yield row, column


def own_cells(sheet: Sheet, piece: str | Ref, row: int, column: int) -> Rect | None:
    """The cells of its own sheet that a piece of the formula in (row, column) means, a reference or a name; None for
    any other piece. Raises InputError for whole rows and columns, which would take in every epoch."""
    if isinstance(piece, Ref):
        if piece.sheet is not None and piece.sheet.casefold() != sheet.title.casefold():
            return None
        if piece.shape in ("columns", "rows"):
            raise InputError(f"{sheet.where(row, column)}: {piece.text(row, column)} would take in every epoch")
        return piece.rect(row, column)
    home, _, word = piece.rpartition("!")
    if home.strip("'").casefold() not in ("", sheet.title.casefold()) or not sheet.book.find_name(word, sheet.title):
        return None
    try:
        return cells_of(sheet, word)
    except InputError:  # a name for a number, or for cells of another sheet
        return None


def _moments(steps: tuple[Step, ...]) -> Iterator[Moment]:
    """The steps in a row, those of an If under its condition. Time counts from 1."""
    time = 0

    def flat(steps: tuple[Step, ...], conditions: tuple[tuple[int, str], ...]) -> Iterator[Moment]:
        nonlocal time
        for step in steps:
            time += 1
            if isinstance(step, If):
                yield from flat(step.steps, (*conditions, (time, step.condition)))
            elif isinstance(step, Recalculate) and conditions:
                raise InputError("a button that recalculates on a condition cannot be unrolled")
            else:
                yield Moment(time, step, conditions)

    return flat(steps, ())
