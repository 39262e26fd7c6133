"""The contents of a sheet: dense arrays of values and formulas.

The arrays are in column order, so that a filled column is one run of memory; which cells share a formula is an array
too (``formula_numbers``), and that is all that the planner needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from sheetsim.errors import FormulaError, InputError
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, cell_name
from sheetsim.model.formula import Formula
from sheetsim.model.values import BLANK, decode, encode

LARGEST = 2**28  # cells in the rectangle that holds a sheet's contents; beyond it memory would not do
MOST_NOTED = 10_000  # changes that are told from one another; with more, everything is computed again


class Planned:
    """The formulas of a workbook's sheets, and what was made of them, which may no longer hold once they change."""

    planned: object = None  # what an engine made of the formulas, dropped when one changes
    changed: bool = False  # since the last calculation
    overwritten: bool = False  # more than is noted has changed since then

    def __init__(self) -> None:
        super().__init__()
        self.formulas: list[Formula] = [Formula(())]  # 0 stands for none
        self._numbers: dict[str, int] = {}
        self.noted: list[tuple[Grid, Rect]] = []  # inputs that have changed since the last calculation

    def formulas_changed(self) -> None:
        """Drops the plan."""
        self.planned, self.changed = None, True

    def formula_number(self, text: str, row: int, column: int, sheet: str) -> int:
        """The number under which the formula typed as ``text`` into a cell is kept; copies share one."""
        try:
            formula = Formula.read(text, row, column)
        except FormulaError as error:
            raise type(error)(f"{sheet}!{error}") from None
        return self.number_of(formula)

    def number_of(self, formula: Formula) -> int:
        """The number of a formula in ``formulas``; one that means the same everywhere (its key) is kept once."""
        number = self._numbers.get(formula.key)
        if number is None:
            number = self._numbers[formula.key] = len(self.formulas)
            self.formulas.append(formula)
        return number

    def values_changed(self, sheet: Grid, rect: Rect) -> None:
        """Notes cells that hold other values now: whoever writes into a sheet's arrays says so here."""
        self.changed = True
        if self.planned is None or self.overwritten:
            return
        if len(self.noted) == MOST_NOTED:
            self.overwritten = True
        self.noted.append((sheet, rect))

    def settled(self) -> None:
        """After a calculation: all cells hold what follows from the inputs."""
        self.changed = self.overwritten = False
        self.noted.clear()


class Grid:
    """``num`` and ``kind`` hold the values (see ``values.py``), ``formula_numbers`` the number of each cell's formula
    in the workbook, 0 where there is none; all three are (rows, columns) in column order."""

    book: Planned

    def __init__(self, title: str):
        self.title: str = title
        self.num: npt.NDArray[np.float64] = np.zeros((0, 0), order="F")
        self.kind: npt.NDArray[np.uint8] = np.zeros((0, 0), dtype=np.uint8, order="F")
        self.formula_numbers: npt.NDArray[np.int32] = np.zeros((0, 0), dtype=np.int32, order="F")
        self.arrays: dict[tuple[int, int], tuple[Rect, int]] = {}  # array formulas: first cell → (cells, formula)
        self.dynamic: set[tuple[int, int]] = set()  # those of them whose cells are as many as their result has
        self.blocked: set[tuple[int, int]] = set()  # and those of these whose result has no room: #SPILL!
        self.data_tables: list[Rect] = []  # what-if tables of a file: their values stay as its program computed them
        self.rows: int = 0  # the part in use
        self.columns: int = 0

    def where(self, row: int, column: int) -> str:
        """Sheet and address of a cell, as messages name it: ``adam!H4``."""
        return f"{self.title}!{cell_name(row, column)}"

    # --- room -------------------------------------------------------------------------------------------------------
    def reserve(self, rows: int, columns: int) -> None:
        """Makes room for that many rows and columns without using them."""
        if rows > MAX_ROWS or columns > MAX_COLUMNS:
            raise InputError(
                f"{self.title}: a sheet ends at row {MAX_ROWS:,} and column XFD; {rows:,} × {columns:,} needed"
            )
        have_rows, have_columns = self.num.shape
        if rows <= have_rows and columns <= have_columns:
            return
        rows, columns = _grown(have_rows, rows, MAX_ROWS), _grown(have_columns, columns, MAX_COLUMNS)
        if rows * columns > LARGEST:
            last = cell_name(rows - 1, columns - 1)
            raise InputError(f"{self.title}: cells as far apart as A1 and {last} need more memory than there is")
        for name in ("num", "kind", "formula_numbers"):
            old = getattr(self, name)
            new = np.zeros((rows, columns), dtype=old.dtype, order="F")
            new[:have_rows, :have_columns] = old
            setattr(self, name, new)
        self.book.planned = None

    def _use(self, rect: Rect) -> np.ndarray:
        """Makes cells part of those in use, and free of formulas. Returns their part of ``formula_numbers``."""
        covered = [first for first, (area, _) in self.arrays.items() if area.meets(rect)]
        for first in [first for first in covered if first in self.dynamic]:
            self.spread(first, (1, 1))  # what is in its way it finds out when it is computed
        covered = [first for first in covered if self.arrays[first][0].meets(rect)]
        for first in covered:
            if rect.common(area := self.arrays[first][0]) != area:
                raise InputError(
                    f"{self.where(rect.top, rect.left)}: part of the array formula in {area} cannot change"
                )
        self.reserve(rect.bottom + 1, rect.right + 1)
        if rect.bottom >= self.rows or rect.right >= self.columns:
            self.book.planned = None  # A:A now means more cells
        self.rows = max(self.rows, rect.bottom + 1)
        self.columns = max(self.columns, rect.right + 1)
        cells: np.ndarray = self.formula_numbers[rect.slices]
        if covered or cells.any():
            cells[...] = 0
            for first in covered:
                del self.arrays[first]
                self.dynamic.discard(first)
                self.blocked.discard(first)
            self.book.planned = None
        return cells

    def _use_every(self, rect: Rect, rows: int, count: int) -> np.ndarray:
        """The same for a rectangle and its copies, one every so many rows below it; their part has the shape (copies,
        columns, rows)."""
        whole = rect._replace(bottom=rect.bottom + (count - 1) * rows)
        if any(area.meets(whole) for area, _ in self.arrays.values()):
            for copy in range(count):
                self._use(rect.shifted(copy * rows, 0))
        self._use(rect.shifted((count - 1) * rows, 0))  # what is in use begins at A1: with the last all are
        cells = _every(self.formula_numbers, rect, rows, count)
        if cells.any():
            cells[...] = 0
            self.book.planned = None
        return cells

    # --- putting things there ---------------------------------------------------------------------------------------
    def put(self, row: int, column: int, value: Any) -> None:
        """A plain value into one cell (None empties it); a formula that stood there is gone."""
        try:
            num, kind = encode(value)
        except (TypeError, OverflowError) as error:
            raise InputError(f"{self.where(row, column)}: {error}") from None
        if value is None and (row >= self.rows or column >= self.columns):
            return  # blank already: does not make the sheet any larger
        self._use(rect := Rect(row, column, row, column))
        self.num[row, column], self.kind[row, column] = num, kind
        self.book.values_changed(self, rect)

    def fill_rect(self, rect: Rect, number: int) -> None:
        """Puts the formula of that number into every cell of ``rect``."""
        self._use(rect)[...] = number
        self.book.formulas_changed()

    def fill_every(self, rect: Rect, rows: int, numbers: npt.NDArray[np.int32]) -> None:
        """Puts a formula into every cell of ``rect``, and of its copies, one every so many rows below it: into each of
        them the one of its own number."""
        self._use_every(rect, rows, len(numbers))[...] = numbers[:, None, None]
        self.book.formulas_changed()

    def put_every(self, rect: Rect, rows: int, num: npt.NDArray[np.float64], kind: int) -> None:
        """The same with plain values of one kind, as ``encode`` has them."""
        self._use_every(rect, rows, len(num))
        _every(self.num, rect, rows, len(num))[...] = num[:, None, None]
        _every(self.kind, rect, rows, len(num))[...] = kind
        self.book.changed = self.book.overwritten = True

    def array_rect(self, rect: Rect, number: int) -> None:
        """Puts the formula of that number over all of ``rect`` as one array formula."""
        self._use(rect)
        self.arrays[rect.top, rect.left] = (rect, number)
        self.book.formulas_changed()

    def dynamic_at(self, row: int, column: int, number: int) -> None:
        """Puts the formula of that number into one cell as a dynamic array formula: it spreads over the cells below and
        to the right that its result needs."""
        self.array_rect(Rect(row, column, row, column), number)
        self.dynamic.add((row, column))

    def spread(self, first: tuple[int, int], size: tuple[int, int]) -> None:
        """Gives the dynamic array formula in ``first`` so many rows and columns; the cells that it had become blank."""
        area, number = self.arrays[first]
        self.num[area.slices], self.kind[area.slices] = 0.0, BLANK
        wide = Rect(*first, first[0] + size[0] - 1, first[1] + size[1] - 1)
        self.reserve(wide.bottom + 1, wide.right + 1)
        self.rows, self.columns = max(self.rows, wide.bottom + 1), max(self.columns, wide.right + 1)
        self.arrays[first] = (wide, number)
        self.book.planned = None

    # --- reading back -----------------------------------------------------------------------------------------------
    def value(self, row: int, column: int) -> Any:
        """The value of a cell counted from 0: None, float, str, bool or ExcelError; None beyond the cells in use."""
        if row >= self.rows or column >= self.columns:
            return None
        return decode(self.num[row, column], int(self.kind[row, column]))

    def empty_row(self, row: int, column: int) -> int:
        """The first row from that one down whose cell is blank: where a list goes on."""
        while self.value(row, column) is not None:
            row += 1
        return row

    def formula_text(self, row: int, column: int) -> str | None:
        """The formula in a cell as it is typed there (for an array formula, in each of its cells), or None."""
        if row < self.rows and column < self.columns and (number := int(self.formula_numbers[row, column])):
            return self.book.formulas[number].text(row, column)
        for (top, left), (area, number) in self.arrays.items():
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return self.book.formulas[number].text(top, left)
        return None

    def block(self, rect: Rect) -> list[list[Any]]:
        """The values of a rectangle, row by row."""
        columns = range(rect.left, rect.right + 1)
        return [[self.value(row, column) for column in columns] for row in range(rect.top, rect.bottom + 1)]

    def computed(self) -> np.ndarray:
        """Which cells in use hold a formula, those of array formulas among them: bools of shape (rows, columns)."""
        has: np.ndarray = self.formula_numbers[: self.rows, : self.columns] != 0
        for area, _ in self.arrays.values():
            has[area.slices] = True
        return has

    def not_computed(self) -> np.ndarray:
        """Which cells in use hold results that no formula here computes, those of data tables: bools as above."""
        has = np.zeros((self.rows, self.columns), bool)
        for area in self.data_tables:
            has[area.slices] = True
        has &= ~self.computed() & (self.kind[: self.rows, : self.columns] != BLANK)
        return has

    def held(self) -> np.ndarray:
        """Which cells in use hold something, a formula that gives a blank among it: bools of shape (rows, columns)."""
        return np.asarray(self.computed() | (self.kind[: self.rows, : self.columns] != BLANK))

    def cells(self) -> Iterator[tuple[int, int]]:
        """The places, row and column, of the cells that hold something, row by row."""
        for row, column in np.argwhere(self.held()):
            yield int(row), int(column)


def _every(cells: np.ndarray, rect: Rect, rows: int, count: int) -> np.ndarray:
    """The part of an array that a rectangle and its copies are, one every so many rows below it: a view of shape
    (copies, columns, rows)."""
    part = cells[rect.top : rect.bottom + 1 + (count - 1) * rows, rect.left : rect.right + 1]
    return sliding_window_view(part, rect.rows, axis=0, writeable=True)[::rows]


def _grown(have: int, wanted: int, most: int) -> int:
    """How many rows or columns to make room for: half as many again, so that a list seldom moves as it grows."""
    return have if wanted <= have else min(most, max(wanted, have + have // 2))
