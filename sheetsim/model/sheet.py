"""Book and Sheet: contents only. What is done with them stands above: ``Workbook`` in ``sheetsim/workbook.py``.

A sheet is defined the way a person builds it: type a value, type a formula, fill it down, name a cell. Contents are
held in dense arrays in column order, so that a filled column is one run of memory; which cells share a formula is an
array too (``formula``), and that is all that the planner needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetsim.errors import FormulaError, InputError, NotFound
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, cell_name, parse_cell, parse_rect
from sheetsim.model.buttons import Macro
from sheetsim.model.formula import Formula
from sheetsim.model.look import Look, Styled
from sheetsim.model.names import DefinedName, Table
from sheetsim.model.nodes import quoted
from sheetsim.model.values import BLANK, decode, encode

if TYPE_CHECKING:
    import pandas as pd


_CELLS = re.compile(r"\$?[A-Za-z]{1,3}\$?[0-9]+(?::\$?[A-Za-z]{1,3}\$?[0-9]+)?\Z")
COMPANION = "sheetsim_companion"  # the hidden name of a sheet beside the workbook's own
LONGEST_TITLE = 31  # characters: Excel takes no more
LARGEST = 2**28  # cells in the rectangle that holds a sheet's contents; beyond it memory would not do


class Sheet(Styled):
    """One sheet. ``num`` and ``kind`` hold the values (see ``values.py``), ``formula`` the number of each cell's
    formula in ``book.formulas``, 0 where there is none; all three are (rows, columns) in column order."""

    def __init__(self, book: Book, title: str):
        self.book = book
        self.title = title
        self.num = np.zeros((0, 0), order="F")
        self.kind = np.zeros((0, 0), dtype=np.uint8, order="F")
        self.formula = np.zeros((0, 0), dtype=np.int32, order="F")
        self.arrays: dict[tuple[int, int], tuple[Rect, int]] = {}  # array formulas: first cell → (cells, formula)
        self.rows = self.columns = 0  # the part in use
        self.look = Look()
        self.about = ""  # a sentence on what it shows, for the contents
        self.buttons: dict[str, Macro] = {}
        self.epoch_rows = ""  # what one epoch computes, headings first: shown row by row on request
        self.watch: dict[str, str] = {}  # what to show after each epoch: a label and a formula
        self.goals: dict[str, str] = {}  # where what is watched is to go: its label and a formula
        self.aliases: dict[str, str] = {}  # words for cells that have no defined name
        self.headings: dict[str, str] = {}  # what cells are called for which the sheet shows no heading
        self.prose: list[Rect] = []  # other people's sentences in the original: counted, not compared

    # --- contents -------------------------------------------------------------------------------------------------
    def reserve(self, rows: int, columns: int) -> None:
        """Makes room for that many rows and columns without using them."""
        if rows > MAX_ROWS or columns > MAX_COLUMNS:
            raise InputError(
                f"{self.title}: a sheet ends at row {MAX_ROWS:,} and column XFD; {rows:,} × {columns:,} needed"
            )
        have_rows, have_columns = self.num.shape
        if rows <= have_rows and columns <= have_columns:
            return
        rows = have_rows if rows <= have_rows else min(MAX_ROWS, max(rows, have_rows + have_rows // 2))
        columns = (
            have_columns
            if columns <= have_columns
            else min(MAX_COLUMNS, max(columns, have_columns + have_columns // 2))
        )
        if rows * columns > LARGEST:
            last = cell_name(rows - 1, columns - 1)
            raise InputError(f"{self.title}: cells as far apart as A1 and {last} need more memory than there is")
        for name in ("num", "kind", "formula"):
            old = getattr(self, name)
            new = np.zeros((rows, columns), dtype=old.dtype, order="F")
            new[:have_rows, :have_columns] = old
            setattr(self, name, new)
        self.book.planned = None

    def _use(self, rect: Rect) -> None:
        self.reserve(rect.bottom + 1, rect.right + 1)
        if rect.bottom >= self.rows or rect.right >= self.columns:
            self.book.planned = None  # A:A now means more cells
        self.rows = max(self.rows, rect.bottom + 1)
        self.columns = max(self.columns, rect.right + 1)

    def put(self, row: int, column: int, value: Any) -> None:
        """A plain value into one cell (None empties it); a formula that stood there is gone."""
        try:
            num, kind = encode(value)
        except (TypeError, OverflowError) as error:
            raise InputError(f"{self.where(row, column)}: {error}") from None
        if value is None and (row >= self.rows or column >= self.columns):
            return  # blank already: does not make the sheet any larger
        self._use(Rect(row, column, row, column))
        self._drop_formulas(Rect(row, column, row, column))
        self.num[row, column], self.kind[row, column] = num, kind
        self.book.changed = True

    def _drop_formulas(self, rect: Rect) -> None:
        cells = self.formula[rect.top : rect.bottom + 1, rect.left : rect.right + 1]
        if cells.any():
            cells[...] = 0
            self.book.planned = None
        for first, (area, _) in list(self.arrays.items()):
            if area.meets(rect):
                if rect.common(area) != area:
                    raise InputError(
                        f"{self.where(rect.top, rect.left)}: part of the array formula in {area} cannot change"
                    )
                del self.arrays[first]
                self.book.planned = None

    def values(self, where: str, rows: Iterable[Iterable[Any]]) -> None:
        """A block of plain values, row by row, with ``where`` as its first cell."""
        top, left = parse_cell(where)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    self.put(top + r, left + c, value)

    def fill(self, where: str, text: str) -> None:
        """Types the formula ``text``, which begins with ``=``, into the first cell and fills it over the rest.

        >>> sheet = Book("book").add_sheet("s")
        >>> sheet.fill("B2:B4", "=A2*2")
        >>> sheet.formula_text(3, 1)
        '=A4*2'
        """
        rect = parse_rect(where)
        if not text.startswith("="):
            raise FormulaError(f"{self.where(rect.top, rect.left)}: a formula begins with =, {text!r} does not")
        self.fill_rect(rect, self.book.formula_number(text, rect.top, rect.left, self.title))

    def fill_rect(self, rect: Rect, number: int) -> None:
        """Puts the formula of that number into every cell of ``rect``."""
        self._use(rect)
        self._drop_formulas(rect)
        self.formula[rect.top : rect.bottom + 1, rect.left : rect.right + 1] = number
        self.book.planned, self.book.changed = None, True

    def array(self, where: str, text: str) -> None:
        """An array formula over ``where``: typed once, its result spread over all the cells."""
        rect = parse_rect(where)
        self.array_rect(rect, self.book.formula_number(text, rect.top, rect.left, self.title))

    def array_rect(self, rect: Rect, number: int) -> None:
        """Puts the formula of that number over all of ``rect`` as one array formula."""
        self._use(rect)
        self._drop_formulas(rect)
        self.arrays[rect.top, rect.left] = (rect, number)
        self.book.planned, self.book.changed = None, True

    def __setitem__(self, where: str, value: Any) -> None:
        if isinstance(value, str) and value.startswith("=") and len(value) > 1:
            self.fill(where, value)
        else:
            rect = parse_rect(where)
            for row in range(rect.top, rect.bottom + 1):
                for column in range(rect.left, rect.right + 1):
                    self.put(row, column, value)

    def __getitem__(self, where: str) -> Any:
        """The value of a cell, ``sheet["C1"]``: None, float, str, bool or ExcelError; the rows of a range, ``"A1:B9"``.

        It is the value last calculated: after a change call ``book.recalculate()``.
        """
        rect = parse_rect(where)
        if ":" not in where:
            return self.value(rect.top, rect.left)
        columns = range(rect.left, rect.right + 1)
        return [[self.value(row, column) for column in columns] for row in range(rect.top, rect.bottom + 1)]

    def value(self, row: int, column: int) -> Any:
        """The value of a cell counted from 0, as ``sheet["C1"]`` gives it; None beyond the cells in use."""
        if row >= self.rows or column >= self.columns:
            return None
        return decode(self.num[row, column], int(self.kind[row, column]))

    # --- reading back ---------------------------------------------------------------------------------------------
    def formula_text(self, row: int, column: int) -> str | None:
        """The formula in a cell as it is typed there (for an array formula, in each of its cells), or None."""
        if row < self.rows and column < self.columns and (number := int(self.formula[row, column])):
            return self.book.formulas[number].text(row, column)
        for (top, left), (area, number) in self.arrays.items():
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return self.book.formulas[number].text(top, left)
        return None

    def computed(self) -> np.ndarray:
        """Which cells in use hold a formula, those of array formulas among them: bools of shape (rows, columns)."""
        has: np.ndarray = self.formula[: self.rows, : self.columns] != 0
        for area, _ in self.arrays.values():
            has[area.top : area.bottom + 1, area.left : area.right + 1] = True
        return has

    def cells(self) -> Iterator[tuple[int, int]]:
        """The cells that hold something, row by row."""
        has = self.computed() | (self.kind[: self.rows, : self.columns] != BLANK)
        for row, column in np.argwhere(has):
            yield int(row), int(column)

    def __repr__(self) -> str:
        used = Rect(0, 0, self.rows - 1, self.columns - 1) if self.rows and self.columns else "empty"
        return f"<Sheet {self.title!r} of {self.book.name!r}: {used}, {int(self.computed().sum()):,} formula cells>"

    def frame(self, where: str | None = None) -> pd.DataFrame:
        """The cells of ``where``, or all in use, as a pandas DataFrame, its first row as the headings."""
        import pandas as pd

        if where is None and not (self.rows and self.columns):
            return pd.DataFrame()
        rect = Rect(0, 0, self.rows - 1, self.columns - 1) if where is None else parse_rect(where)
        rows: list[list[Any]] = self[f"{cell_name(rect.top, rect.left)}:{cell_name(rect.bottom, rect.right)}"]
        return pd.DataFrame(rows[1:], columns=["" if heading is None else heading for heading in rows[0]])

    def called(self, cells: Rect) -> str:
        """What ``headings`` calls these cells, or ""."""
        return next((text for where, text in self.headings.items() if parse_rect(where).common(cells) == cells), "")

    def where(self, row: int, column: int) -> str:
        """Sheet and address of a cell, as messages name it: ``adam!H4``."""
        return f"{self.title}!{cell_name(row, column)}"

    @property
    def companion(self) -> bool:
        """Whether it stands beside the workbook's own sheets (contents, comparisons, a check): a hidden name says so,
        in a file too. A check of the workbook leaves such a sheet out where only one side has it."""
        return (self.title.casefold(), COMPANION) in self.book.names

    # --- names and buttons ------------------------------------------------------------------------------------------
    def name(self, name: str, target: str, hidden: bool = False) -> None:
        """A name that belongs to this sheet: ``sheet.name("lr", "$D$2")``."""
        self.book.define_name(name, target, sheet=self.title, hidden=hidden)

    def button(self, name: str, macro: Macro) -> None:
        """A button: what it does is data (see ``macros.py``)."""
        self.buttons[name] = macro


class Book:
    """Sheets in order, their defined names and tables, and the formulas of them all.

    >>> book = Book("demo")
    >>> sheet = book.add_sheet("s")
    >>> sheet.fill("A2:A4", "=A1^2")
    >>> [formula.text(3, 0) for formula in book.formulas[1:]]
    ['=A3^2']
    """

    def __init__(self, name: str):
        self.name = name
        self.about = ""  # a line on what it shows
        self.sheets: list[Sheet] = []
        self.names: dict[tuple[str, str], DefinedName] = {}  # (sheet or "", name), both in lower case
        self.tables: dict[str, Table] = {}
        self.formulas: list[Formula] = [Formula((), "")]  # 0 stands for none
        self._numbers: dict[str, int] = {}
        self.planned: object = None  # what an engine made of the formulas, dropped when one changes
        self.changed = False  # since the last calculation
        self.source: Path | None = None  # the file that it was read from
        self.calculate_on_opening = False  # the program that opens the file is to trust no value stored in it
        self.random = np.random.default_rng()
        self._by_title: dict[str, Sheet] = {}

    def __repr__(self) -> str:
        return f"<Workbook {self.name!r}: {', '.join(sheet.title for sheet in self.sheets) or 'no sheets'}>"

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.sheets)

    def add_sheet(self, title: str) -> Sheet:
        """A new, empty sheet after the others."""
        if title.casefold() in self._by_title:
            raise InputError(f"{self.name} has two sheets called {title!r}")
        sheet = Sheet(self, title)
        self.sheets.append(sheet)
        self._by_title[title.casefold()] = sheet
        return sheet

    def add_companion(self, title: str, first: bool = False) -> Sheet:
        """A new, empty sheet beside the workbook's own (see ``Sheet.companion``), after the others or before them. A
        title that is taken gets a number behind it.

        >>> book = Book("demo")
        >>> [book.add_companion("contents").title for _ in range(2)]
        ['contents', 'contents 2']
        """
        wanted, number = title[:LONGEST_TITLE], 1
        while self.find_sheet(title := wanted if number == 1 else f"{wanted[: LONGEST_TITLE - 5]} {number}"):
            number += 1
        sheet = self.add_sheet(title)
        sheet.name(COMPANION, "TRUE", hidden=True)
        if first:
            self.sheets.insert(0, self.sheets.pop())
        return sheet

    def __getitem__(self, title: str) -> Sheet:
        found = self.find_sheet(title)
        if found is None:
            have = ", ".join(sheet.title for sheet in self.sheets)
            raise NotFound(f"{self.name} has no sheet {title!r}; it has {have}")
        return found

    def find_sheet(self, title: str) -> Sheet | None:
        """The sheet of a title, capitals aside; None if there is none."""
        return self._by_title.get(title.casefold())

    def formula_number(self, text: str, row: int, column: int, sheet: str) -> int:
        """The number under which the formula typed as ``text`` into a cell is kept; copies share one."""
        try:
            formula = Formula.read(text, row, column)
        except FormulaError as error:
            raise FormulaError(f"{sheet}!{error}") from None
        return self.number_of(formula)

    def number_of(self, formula: Formula) -> int:
        """The number of a formula in ``formulas``; one that means the same everywhere (its key) is kept once."""
        number = self._numbers.get(formula.key)
        if number is None:
            number = self._numbers[formula.key] = len(self.formulas)
            self.formulas.append(formula)
        return number

    def define_name(self, name: str, text: str, sheet: str | None = None, hidden: bool = False) -> None:
        """Makes ``name`` stand for ``text`` (``adam!$C$1``), in one sheet only if ``sheet`` is given."""
        text = text.removeprefix("=")
        if sheet is not None and _CELLS.match(text):
            text = f"{quoted(sheet)}!{text}"
        key = ((sheet or "").casefold(), name.casefold())
        self.names[key] = DefinedName(name, text, sheet, hidden)
        self.planned, self.changed = None, True

    def find_name(self, name: str, sheet: str | None) -> DefinedName | None:
        """The name as seen from a sheet: its own first, then the workbook's."""
        own = self.names.get(((sheet or "").casefold(), name.casefold()))
        return own or self.names.get(("", name.casefold()))
