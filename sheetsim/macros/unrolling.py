"""Epochs without a macro: under a sheet with a Run button stands what each next epoch makes of it, as live formulas.

Each time it is a copy of the whole sheet, from row 1 down to its foot, so that it reads as the lecture's sheet does:
weights and learning rate at its head, headings, a row for each point, sums at its foot. What it starts from are
formulas that refer to the copy above; they are worked out from the steps of the button itself (``carrying.py``).

Copies are counted by the epochs done, so that N epochs are N + 1 copies. Copy 0, the sheet itself, stays where it was,
what stands below its foot (a list of errors) too. Defined names keep meaning copy 0, whose head is where the whole
training is set. Beside the copies stand a table of them all and a switch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.engine.blocks import runs
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import InputError
from sheetsim.macros.carrying import Cell, Epoch, EpochCells, Expression, SymbolicPress, own_cells
from sheetsim.macros.continuing import continued
from sheetsim.macros.epoch_charts import draw, goal_of
from sheetsim.macros.epoch_places import DONE, HEADINGS, Places, every_step, places_of
from sheetsim.model.address import MAX_ROWS, Rect, cell_name
from sheetsim.model.buttons import Set, Step
from sheetsim.model.formula import Formula
from sheetsim.model.named_cells import cells_of
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.tokens import Token
from sheetsim.model.values import NUMBER, encode
from sheetsim.support.collecting import collecting_later

NOTE = "1: start from the updated weights; 0: from those that entered the last row"
MOST_CELLS = 10_000_000  # with formulas; a million of them take 0.23 GB of memory


def unroll(book: Book, epochs: int, updated: bool = False, calculate: bool = True) -> Book:
    """Unrolls every sheet that has a button ``run``, in place, and calculates the workbook; returns it.

    ``epochs`` is how often the button's steps are done: copy k, of 0 to ``epochs``, shows what the sheet would after k
    times these steps. Copy 0 is what it shows now: press Reset before for a training from its start. ``updated`` sets
    the switch on each sheet (the name ``updated``) to 1: a copy then starts from the weights that the last row of the
    one above worked out, where the button takes those that entered it. The buttons are gone. Without ``calculate`` the
    new formulas have no values yet: for who adds more and calculates then. Raises InputError for less than one epoch,
    for more than a sheet has rows for or memory holds, and for a workbook or steps that cannot be unrolled; the
    workbook is then as it was.

    >>> from sheetsim.library import build
    >>> book = unroll(build("graddesc"), epochs=3)
    >>> book["adam"].formula_text(34, 2), book["adam_ann"].formula_text(36, 3)
    ('=IF($P$1,H32,C32)', '=IF((N68/N3)>2,D2/4,D2)')
    """
    if epochs < 1:
        raise InputError(f"{book.name} can be unrolled to 1 epoch or more, not {epochs}")
    unrolled = [Unrolled(sheet) for sheet in trained(book)]
    if updated and not any(each.press.switches for each in unrolled):
        raise InputError(f"{book.name}: its Run carries the updated weights anyway; there is nothing to switch")
    _refuse_too_many(book, unrolled, epochs)
    recalculate(book)  # a button sees a calculated sheet: where a list ends may depend on it
    with collecting_later():
        for each in unrolled:
            each.write(epochs, updated)
    if calculate:
        recalculate(book)
    return book


def trained(book: Book) -> list[Sheet]:
    """The sheets that have epochs to unroll. Raises InputError if none has."""
    sheets = [sheet for sheet in book.sheets if "run" in sheet.buttons]
    if not sheets:
        raise InputError(f"{book.name} has no sheet with a Run button; there are no epochs to unroll")
    return sheets


def _refuse_too_many(book: Book, unrolled: Sequence[Unrolled], epochs: int) -> None:
    one = sum(each.cells for each in unrolled)
    most = min(MOST_CELLS // one - 1, *(each.places.most for each in unrolled))
    for each in unrolled:
        if epochs > each.places.most:
            raise InputError(
                f"{book.name}!{each.sheet.title}: {epochs:,} epochs do not fit, a sheet ends at row {MAX_ROWS:,}; "
                f"at most {most:,} do"
            )
    if epochs > most:
        raise InputError(
            f"{book.name}: {epochs:,} epochs do not fit, they are {(epochs + 1) * one:,} cells of {MOST_CELLS:,}; "
            f"at most {most:,} do"
        )


class Unrolled:
    """One sheet and its copies."""

    def __init__(self, sheet: Sheet):
        if sheet.arrays:
            raise InputError(f"{sheet.title}: array formulas cannot be unrolled")
        self.sheet, self.macro = sheet, sheet.buttons["run"]
        self.places = places_of(sheet, self.macro)
        self.switch = Rect(0, self.places.table + 1, 0, self.places.table + 1)
        self.press = SymbolicPress(sheet, self.macro, self.switch.fixed)
        self.formulas = sheet.formula_numbers[: self.places.height, : self.places.width].copy()
        for row, column in self.press.carried:
            self.formulas[row, column] = 0  # the button puts something else there
        self.runs = list(runs(self.formulas))
        self.plain = _plain(sheet, self.places, self.press.carried)
        self.numbers = _rects_of(cell for cell, value in self.plain.items() if isinstance(value, float))

    @property
    def cells(self) -> int:
        """How many cells of a copy hold something."""
        return int((self.formulas != 0).sum()) + len(self.plain)

    def write(self, epochs: int, updated: bool) -> None:
        """Writes the copies, the table and its charts into the sheet, and takes its buttons away; nothing is
        calculated."""
        sheet, places = self.sheet, self.places
        sheet.reserve(max(places.top(epochs) + places.height, HEADINGS + 2 + epochs), places.table)
        self.book, self.epochs = sheet.book, range(1, epochs + 1)
        self._lists(epochs)
        self._copies()
        sheet.look.styles += self._looks(sheet.look.styles)
        sheet.look.formats += self._looks(sheet.look.formats)
        self._numbers(epochs)
        table = self._table(epochs)
        if self.press.switches:
            self._switch(updated)
        draw(sheet, places, table)
        sheet.buttons.clear()

    def _looks(self, looks: list[tuple[Rect, str]]) -> list[tuple[Rect, str]]:
        """The parts of looks that the copies have, where these stand."""
        copy = Rect(0, 0, self.places.height - 1, self.places.width - 1)
        parts = [(part, look) for rect, look in looks if (part := rect.common(copy))]
        tops = map(self.places.top, self.epochs)
        return [(part.shifted(top, 0), look) for top in tops for part, look in parts]

    # --- the copies -------------------------------------------------------------------------------------------------
    def _copies(self) -> None:
        sheet, top = self.sheet, self.places.top
        numbers = dict.fromkeys(number for _, number in self.runs)
        own = {number: self._continued(partial(self._own, number)) for number in numbers}
        for rect, number in self.runs:
            self._fill(rect, own[number])
        same = self._continued(lambda epoch: self._typed(f"={cell_name(top(epoch - 1), 0)}", (top(epoch), 0)))
        for rect in self.numbers:  # changing one in the first copy changes it in all
            self._fill(rect, same)
        for (row, column), value in self.plain.items():
            if not isinstance(value, float) and row >= sheet.introduction:  # what to look at is said once
                self._put(row, column, *encode(value))
        for cell, expression in self.press.carried.items():
            if expression is not None:
                self._fill(Rect(*cell, *cell), self._continued(partial(self._carried, cell, expression)))

    def _continued(self, typed: Callable[[int], int]) -> npt.NDArray[np.int32]:
        return continued(self.book, self.epochs, typed)

    def _first(self, rect: Rect) -> Rect:
        """Cells of copy 0, in copy 1."""
        return rect.shifted(self.places.top(1), 0)

    def _fill(self, rect: Rect, numbers: npt.NDArray[np.int32]) -> None:
        """Puts formulas into all copies of cells."""
        self.sheet.fill_every(self._first(rect), self.places.stride, numbers)

    def _put(self, row: int, column: int, num: float | npt.NDArray[np.float64], kind: int) -> None:
        """Puts plain values into all copies of a cell."""
        cell = self._first(Rect(row, column, row, column))
        self.sheet.put_every(cell, self.places.stride, np.broadcast_to(num, len(self.epochs)), kind)

    def _carried(self, cell: Cell, expression: Expression, epoch: int) -> int:
        above, top = self.places.top(epoch - 1), self.places.top(epoch)
        return self._typed(_text(expression, above, top), (cell[0] + top, cell[1]))

    def _typed(self, text: str, cell: Cell) -> int:
        """The number of a formula that is typed into a cell."""
        return self.sheet.number_typed(Rect(*cell, *cell), text)

    def _own(self, number: int, epoch: int) -> int:
        """A formula of copy 0 as it stands in another: ``$D$2`` stays what it is where no epoch changes it, else it is
        the copy's own; so are references that move with the cell, and names."""
        formula = self.book.formulas[number]
        tokens = tuple(self._token(token, self.places.top(epoch)) for token in formula.tokens)
        return number if tokens == formula.tokens else self.book.number_of(Formula(tokens))

    def _token(self, token: Token, top: int) -> Token:
        piece = token[1]
        rect = own_cells(self.sheet, piece, 0, 0) if token[0] == "name" else None
        if rect is not None and self.press.changes(rect):
            piece = Formula.read(rect.fixed, 0, 0).tokens[0][1]
        if not isinstance(piece, Ref):
            return token
        if piece.sheet is not None and piece.sheet.casefold() != self.sheet.title.casefold():
            return "ref", _moved(piece, -top, absolute=False)  # another sheet has no copies: always the same cells
        fixed = piece.first.row_absolute and piece.last.row_absolute
        return token if fixed and not self._changes(piece) else ("ref", _moved(piece, top, absolute=True))

    def _changes(self, ref: Ref) -> bool:
        """Whether an epoch changes what a reference to fixed rows means, in any column if those move."""
        rows = (ref.first.row, ref.last.row)
        fixed = ref.first.column_absolute and ref.last.column_absolute
        columns = (ref.first.column, ref.last.column) if fixed else (0, self.places.width - 1)
        return self.press.changes(Rect(min(rows), min(columns), max(rows), max(columns)))

    # --- beside the copies ------------------------------------------------------------------------------------------
    def _lists(self, epochs: int) -> None:
        """What the button adds to a list, for as many epochs as the list has room for; the table has them all."""
        lists: dict[Rect, list[Expression]] = {}
        for target, expression in self.press.appended:
            lists.setdefault(target, []).append(expression)
        for target, expressions in lists.items():
            row = self.sheet.empty_row(target.top, target.left)
            entries = ((epoch, each) for epoch in range(1, epochs + 1) for each in expressions)
            for at, (epoch, expression) in zip(range(row, target.bottom + 1), entries, strict=False):
                above, top = self.places.top(epoch - 1), self.places.top(epoch)
                self.sheet.fill(cell_name(at, target.left), _text(expression, above, top))

    def _numbers(self, epochs: int) -> None:
        """The number of epochs done at the head of each copy, where the sheet has nothing there, or sentences that only
        the start repeats."""
        introduced = self.sheet.introduction > 1
        if not introduced and any(self.sheet.value(row, 0) is not None for row in (0, 1)):
            return
        if not introduced:
            self.sheet.values("A1", [["epochs"], [0]])
        self._put(0, 0, *encode("epochs"))
        self._put(1, 0, np.array(self.epochs, np.float64), NUMBER)
        for epoch in range(int(introduced), epochs + 1):
            top = self.places.top(epoch)
            self.sheet.look.styles.append((Rect(top, 0, top + 1, 0), "label"))
            self.sheet.look.formats.append((Rect(top + 1, 0, top + 1, 0), "0_0"))  # apart from the text beside it

    def _table(self, epochs: int) -> dict[str, Rect]:
        """A line for each copy: what the sheet shows after so many epochs, what the button sets, and where the weights
        are to go. Returns the cells of each column."""
        sheet, left, first = self.sheet, self.places.table, HEADINGS + 1
        columns = {label: self.press.afterwards(formula) for label, formula in sheet.watch.items()}
        for name in _set_by(self.macro.steps):
            columns[name] = (EpochCells(cells_of(sheet, name), Epoch.NEW),)
        goals = {goal_of(label): self.press.afterwards(formula) for label, formula in sheet.goals.items()}
        sheet.values(cell_name(HEADINGS, left), [[DONE, *columns, *goals]])
        counted = np.arange(epochs + 1, dtype=np.float64)
        sheet.put_every(Rect(first, left, first, left), 1, counted, NUMBER)
        for place, expression in enumerate(columns.values(), left + 1):
            numbers = continued(self.book, range(epochs + 1), partial(self._in_table, place, expression))
            sheet.fill_every(Rect(first, place, first, place), 1, numbers)
        goal, last = left + 1 + len(columns), first + epochs
        for place, expression in enumerate(goals.values(), goal):
            sheet.fill(cell_name(first, place), _text(expression, 0, 0))
            sheet.fill(str(Rect(first + 1, place, last, place)), f"={Rect(first, place, first, place).fixed}")
        right = goal + len(goals) - 1
        sheet.look.styles.append((Rect(HEADINGS, left, HEADINGS, right), "heading"))
        sheet.look.styles.append((Rect(first, left + 1, last, goal - 1), "result"))
        if goals:
            sheet.look.styles.append((Rect(first, goal, last, right), "input"))
        sheet.look.formats.append((Rect(first, left + 1, last, right), "#,##0.0000"))
        sheet.look.widths.update(dict.fromkeys(range(left, right + 1), 11.5))
        names = (DONE, *columns, *goals)
        return {name: Rect(first, place, last, place) for place, name in enumerate(names, left)}

    def _in_table(self, place: int, expression: Expression, epoch: int) -> int:
        top = self.places.top(epoch)
        return self._typed(_text(expression, top, top), (HEADINGS + 1 + epoch, place))

    def _switch(self, updated: bool) -> None:
        sheet, left = self.sheet, self.places.table
        sheet.values(cell_name(0, left), [["updated", float(updated)], [NOTE]])
        if sheet.book.find_name("updated", sheet.title) is None:
            sheet.name("updated", self.press.switch)
        sheet.look.styles += [
            (Rect(0, left, 0, left), "label"),
            (self.switch, "parameter"),
            (Rect(1, left, 1, left), "note"),
        ]


def _text(expression: Expression, above: int, top: int) -> str:
    """A formula whose pieces are cells of the copies that begin at ``above`` and at ``top``."""
    tops = {Epoch.OLD: above, Epoch.NEW: top}
    return "=" + "".join(
        str(piece.rect.shifted(tops[piece.epoch], 0)) if isinstance(piece, EpochCells) else piece
        for piece in expression
    )


def _set_by(steps: tuple[Step, ...]) -> list[str]:
    """The names or addresses that some step sets, each once."""
    return list(dict.fromkeys(step.target for step in every_step(steps) if isinstance(step, Set)))


def _plain(sheet: Sheet, places: Places, carried: Collection[Cell]) -> dict[Cell, Any]:
    """The cells of copy 0 that hold a plain value and keep it."""
    inside = Rect(0, 0, places.height - 1, places.width - 1)
    kept = [cell for cell in inside.cells() if not sheet.formula_numbers[cell] and cell not in carried]
    return {cell: sheet.value(*cell) for cell in kept if sheet.kind[cell]}


def _rects_of(cells: Iterable[Cell]) -> list[Rect]:
    """Some cells as rectangles."""
    listed = list(cells)
    if not listed:
        return []
    mask = np.zeros(np.max(listed, axis=0) + 1, np.int32)
    mask[tuple(np.transpose(listed))] = 1
    return [rect for rect, _ in runs(mask)]


def _moved(ref: Ref, rows: int, absolute: bool) -> Ref:
    """The reference with those of its corners moved whose row is absolute, or those whose row is not."""
    first, last = (
        corner._replace(row=corner.row + rows) if corner.row_absolute is absolute else corner
        for corner in (ref.first, ref.last)
    )
    return Ref(ref.sheet, first, last, ref.shape)
