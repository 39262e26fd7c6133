"""What was changed, so that it can be taken back: undo and redo, and the way back through the epochs of a training.

A change is what became of the inputs: of every cell that holds no formula its value, of the others the formula. What
formulas come to is no part of it; they are computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet


class Cells(NamedTuple):
    """The contents of some cells: ``num``, ``kind`` and ``formula`` as a sheet holds them."""

    num: np.ndarray
    kind: np.ndarray
    formula: np.ndarray


class Side(NamedTuple):
    """A sheet before or after a change: the cells that differ, its array formulas, the part in use."""

    cells: Cells
    arrays: dict[tuple[int, int], tuple[Rect, int]]
    used: tuple[int, int]


@dataclass
class Change:
    """One step that can be taken back. ``places`` are the rows and columns that changed, of each sheet by its title,
    both of shape (cells,). ``group`` is shared by steps that one press of a key takes back together; ``epoch`` names
    the sheet whose epoch the step is, ``shown`` what was watched after it."""

    label: str
    group: int = 0
    epoch: str | None = None
    start: str | None = None  # the sheet whose training begins with this step: a Reset
    shown: list[Any] = field(default_factory=list)
    places: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    before: dict[str, Side] = field(default_factory=dict)
    after: dict[str, Side] = field(default_factory=dict)

    def put(self, book: Book, sides: dict[str, Side]) -> None:
        """Gives the cells what they hold on that side; nothing is calculated."""
        for title, (rows, columns) in self.places.items():
            sheet, side = book.sheet(title), sides[title]
            if rows.size:
                sheet.reserve(int(rows.max()) + 1, int(columns.max()) + 1)
            sheet.num[rows, columns], sheet.kind[rows, columns], sheet.formula_numbers[rows, columns] = side.cells
            sheet.arrays = dict(side.arrays)
            sheet.rows, sheet.columns = side.used
            if not self._same_formulas(title):
                book.formulas_changed()
        book.changed = book.overwritten = True

    def _same_formulas(self, title: str) -> bool:
        before, after = self.before[title], self.after[title]
        same = np.array_equal(before.cells.formula, after.cells.formula)
        return same and before.arrays == after.arrays and before.used == after.used


class _Held:
    """A copy of a part of a sheet: of the cells that are about to change, or of all."""

    def __init__(self, sheet: Sheet, rect: Rect | None):
        self.sheet, self.rect = sheet, rect
        self.arrays, self.used = dict(sheet.arrays), (sheet.rows, sheet.columns)
        self.cells = self._inputs(self._area())

    def _area(self) -> Rect:
        rect, sheet = self.rect, self.sheet
        return rect or Rect(0, 0, max(sheet.rows, 1) - 1, max(sheet.columns, 1) - 1)

    def _inputs(self, area: Rect) -> Cells:
        """The contents of an area, results left out; of cells beyond those in use, blanks."""
        found = Cells(np.zeros(area.shape), np.zeros(area.shape, np.uint8), np.zeros(area.shape, np.int32))
        sheet = self.sheet
        inside = area.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1)) if sheet.rows and sheet.columns else None
        if inside is not None:
            own = inside.shifted(-area.top, -area.left).slices
            plain = ~sheet.computed()[inside.slices] if sheet.arrays else sheet.formula_numbers[inside.slices] == 0
            found.num[own] = np.where(plain, sheet.num[inside.slices], 0.0)
            found.kind[own] = np.where(plain, sheet.kind[inside.slices], 0)
            found.formula[own] = sheet.formula_numbers[inside.slices]
        return found

    def into(self, change: Change) -> None:
        """Adds to the change what is another now."""
        area = self._area()
        now = self._inputs(area)
        then = Cells(*(_grown(part, area.shape) for part in self.cells))
        differs = np.logical_or.reduce([a != b for a, b in zip(then, now, strict=True)])
        used = self.sheet.rows, self.sheet.columns
        if differs.any() or self.arrays != self.sheet.arrays or self.used != used:
            rows, columns = np.nonzero(differs)
            title = self.sheet.title
            change.places[title] = rows + area.top, columns + area.left
            change.before[title] = Side(Cells(*(part[differs] for part in then)), self.arrays, self.used)
            change.after[title] = Side(Cells(*(part[differs] for part in now)), dict(self.sheet.arrays), used)


def _grown(part: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The same with blanks added, where a sheet has grown meanwhile."""
    if part.shape == shape:
        return part
    grown = np.zeros((max(part.shape[0], shape[0]), max(part.shape[1], shape[1])), part.dtype)
    grown[: part.shape[0], : part.shape[1]] = part
    return grown[: shape[0], : shape[1]]


@contextmanager
def changing(
    book: Book, label: str, places: Sequence[tuple[Sheet, Rect]] | None = None, **said: Any
) -> Iterator[Change]:
    """What is done to the workbook meanwhile becomes the change. ``places`` are the cells that it is about; without
    them any may change. After an exception the workbook is as it was."""
    change = Change(label, **said)
    held = [_Held(*place) for place in places] if places is not None else [_Held(sheet, None) for sheet in book.sheets]
    try:
        yield change
    except BaseException:
        for each in held:
            each.into(change)
        change.put(book, change.before)
        raise
    for each in held:
        each.into(change)


class History:
    """The changes that were made, and of those taken back the ones that can be made again."""

    def __init__(self) -> None:
        self.done: list[Change] = []
        self.undone: list[Change] = []  # the next one last
        self.groups = 0

    def new_group(self) -> int:
        """A number for the steps that belong together."""
        self.groups += 1
        return self.groups

    def add(self, change: Change) -> None:
        """Notes a change that was made. What had been taken back cannot be made again after it."""
        if change.places:
            change.group = change.group or self.new_group()
            self.done.append(change)
            self.undone.clear()

    def undo(self, book: Book) -> Change | None:
        """Takes the last step back, all changes of its group; returns the last of them. Nothing is calculated."""
        group = self.done[-1].group if self.done else None
        last = None
        while self.done and self.done[-1].group == group:
            last = self._back(book)
        return last

    def redo(self, book: Book) -> Change | None:
        """Makes the step again that was taken back last."""
        group = self.undone[-1].group if self.undone else None
        last = None
        while self.undone and self.undone[-1].group == group:
            last = self._forth(book)
        return last

    def _back(self, book: Book) -> Change:
        change = self.done.pop()
        change.put(book, change.before)
        self.undone.append(change)
        return change

    def _forth(self, book: Book) -> Change:
        change = self.undone.pop()
        change.put(book, change.after)
        self.done.append(change)
        return change

    # --- the epochs of a sheet --------------------------------------------------------------------------------------
    def epochs(self, title: str) -> tuple[int, list[Change]]:
        """How many epochs of a sheet are done, and its start and every epoch that there is, those taken back among
        them. Without a Reset the start is what stood there before the first epoch."""
        done, found = 0, []
        for at, change in enumerate([*self.done, *reversed(self.undone)]):
            if change.start == title:
                done, found = 0, [change]
            elif change.epoch == title:
                found = found or [Change("start")]
                found.append(change)
                done += at < len(self.done)
        if found and self.undone and found[0] in self.undone:  # its Reset itself was taken back: not there yet
            return 0, []
        return done, found

    def go(self, book: Book, title: str, epoch: int) -> None:
        """To the state after so many epochs of a sheet, back or forth; nothing is calculated."""
        done, found = self.epochs(title)
        epoch = max(0, min(epoch, len(found) - 1))
        while done > epoch:
            done -= self._back(book).epoch == title
        while done < epoch:
            done += self._forth(book).epoch == title
