"""Book and Sheet: contents only. What is done with them stands above: ``Workbook`` in ``sheetsim/workbook.py``.

A sheet is defined the way a person builds it: type a value, type a formula, fill it down, name a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sheetsim.errors import FormulaError, InputError, NotFound
from sheetsim.model.address import Rect, parse_cell, parse_rect
from sheetsim.model.buttons import Macro
from sheetsim.model.formula import Formula
from sheetsim.model.grid import Grid, Planned
from sheetsim.model.look import Look, Styled
from sheetsim.model.names import DefinedName, Table
from sheetsim.model.nodes import quoted

if TYPE_CHECKING:
    import pandas as pd


_CELLS = re.compile(r"\$?[A-Za-z]{1,3}\$?[0-9]+(?::\$?[A-Za-z]{1,3}\$?[0-9]+)?\Z")

COMPANION = "sheetsim_companion"  # the hidden name of a sheet beside the workbook's own
LONGEST_TITLE = 31  # characters: Excel takes no more


class Iteration(NamedTuple):
    """How circular references are computed: at most ``times``, until no number changes by ``change`` or more."""

    times: int = 100
    change: float = 0.001


class Sheet(Grid, Styled):
    """One sheet: its cells by address, its looks, its names and buttons, and what is said of it."""

    def __init__(self, book: Book, title: str):
        super().__init__(title)
        self.book: Book = book
        self.look = Look()
        self.about = ""  # a sentence on what it shows, for the contents
        self.introduction = 0  # so many rows at its top say, in sentences, what to look at and what to try
        self.buttons: dict[str, Macro] = {}
        self.epoch_rows = ""  # what one epoch computes, headings first: shown row by row on request
        self.watch: dict[str, str] = {}  # what to show after each epoch: a label and a formula
        self.goals: dict[str, str] = {}  # where what is watched is to go: its label and a formula
        self.aliases: dict[str, str] = {}  # words for cells that have no defined name
        self.headings: dict[str, str] = {}  # what cells are called for which the sheet shows no heading
        self.hidden_rows: set[int] = set()  # counted from 0
        self.filtered_rows: set[int] = set()  # those of them that a filter hides
        self.prose: list[Rect] = []  # other people's sentences in the original, labels it lacks: counted, not compared

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

    def array(self, where: str, text: str) -> None:
        """An array formula over ``where``: typed once, its result spilled over all the cells."""
        rect = parse_rect(where)
        self.array_rect(rect, self.book.formula_number(text, rect.top, rect.left, self.title))

    def spill(self, where: str, text: str) -> None:
        """A dynamic array formula: typed into one cell, its result takes the cells below and to the right that it
        needs, more or fewer at each calculation. Where something is in its way it is ``#SPILL!``."""
        row, column = parse_cell(where)
        self.dynamic_at(row, column, self.book.formula_number(text, row, column, self.title))

    def __setitem__(self, where: str, value: Any) -> None:
        """Types a value or a formula; one that calls a function of arrays (``Formula.spills``) into a single cell, as
        ``"=SORT(A1:A9)"``, is a dynamic array formula."""
        if isinstance(value, str) and value.startswith("=") and len(value) > 1:
            rect = parse_rect(where)
            number = self.book.formula_number(value, rect.top, rect.left, self.title)
            if rect.size == 1 and self.book.formulas[number].spills:
                self.dynamic_at(rect.top, rect.left, number)
            else:
                self.fill_rect(rect, number)
        else:
            rect = parse_rect(where)
            for row, column in rect.cells():
                self.put(row, column, value)

    def __getitem__(self, where: str) -> Any:
        """The value of a cell, ``sheet["C1"]``: None, float, str, bool or ExcelError; the rows of a range, ``"A1:B9"``.

        After a change all is calculated before a computed cell is read, as a spreadsheet does it: an old value would
        look like any other, and an error would have every reader call what is meant anyway. (``value`` and ``block``
        give what the cells hold, as last calculated: for code that goes over many cells, or in the middle of a change.)
        """
        rect = parse_rect(where)
        self._settle(rect)
        return self.block(rect) if ":" in where else self.value(rect.top, rect.left)

    # --- reading back ---------------------------------------------------------------------------------------------
    def _settle(self, rect: Rect) -> None:
        """Has the workbook calculate, if a cell was changed and one of these is computed."""
        area = rect.common(Rect(0, 0, self.rows - 1, self.columns - 1)) if self.book.changed else None
        if area is None:
            return
        if self.formula[area.slices].any() or any(area.meets(spread) for spread, _ in self.arrays.values()):
            self.book.refresh()

    def formula_text(self, row: int, column: int) -> str | None:
        """The formula in a cell as it is typed there (for an array formula, in each of its cells), or None."""
        if row < self.rows and column < self.columns and (number := int(self.formula[row, column])):
            return self.book.formulas[number].text(row, column)
        for (top, left), (area, number) in self.arrays.items():
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return self.book.formulas[number].text(top, left)
        return None

    def __repr__(self) -> str:
        used = Rect(0, 0, self.rows - 1, self.columns - 1) if self.rows and self.columns else "empty"
        return f"<Sheet {self.title!r} of {self.book.name!r}: {used}, {int(self.computed().sum()):,} formula cells>"

    def frame(self, where: str | None = None) -> pd.DataFrame:
        """The cells of ``where``, or all in use, as a pandas DataFrame, its first row as the headings."""
        import pandas as pd

        if where is None and not (self.rows and self.columns):
            return pd.DataFrame()
        rect = Rect(0, 0, self.rows - 1, self.columns - 1) if where is None else parse_rect(where)
        self._settle(rect)
        headings, *rows = self.block(rect)
        return pd.DataFrame(rows, columns=["" if heading is None else heading for heading in headings])

    def called(self, cells: Rect) -> str:
        """What ``headings`` calls these cells, or ""."""
        return next((text for where, text in self.headings.items() if parse_rect(where).common(cells) == cells), "")

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
        """A button: what it does is data (see ``buttons.py``)."""
        self.buttons[name] = macro


class Book(Planned):
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
        self.formulas: list[Formula] = [Formula(())]  # 0 stands for none
        self._numbers: dict[str, int] = {}
        self.source: Path | None = None  # the file that it was read from
        self.warnings: list[str] = []  # what that file asks for and sheetsim does not do, a line each
        self.days_since = 1900  # the year that its dates are counted from: 1900 or 1904
        self.calculate_on_opening = False  # the program that opens the file is to trust no value stored in it
        self.random = np.random.default_rng()
        self.externals: dict[str, Sheet] = {}  # by title in lower case, [1]Sheet1: what is stored of other files
        self.external_files: dict[int, str] = {}  # the files behind those numbers
        self.iteration: Iteration | None = None  # where circular references are to be computed
        self._by_title: dict[str, Sheet] = {}

    def refresh(self) -> None:
        """Before a computed cell is read that may be old: who can calculate does it here (``Workbook``)."""

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
        """The sheet of a title, capitals aside; None if there is none. ``[1]Sheet1`` is what is stored of a sheet of
        another file."""
        return self._by_title.get(title.casefold()) or self.externals.get(title.casefold())

    def all_sheets(self) -> list[Sheet]:
        """Its sheets, and what is stored of sheets of other files."""
        return [*self.sheets, *self.externals.values()]

    @property
    def data_tables(self) -> list[str]:
        """Where its sheets have data tables: ``s!B2:B9``."""
        return [f"{sheet.title}!{area}" for sheet in self.sheets for area in sheet.data_tables]

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

    def define_name(self, name: str, text: str, sheet: str | None = None, hidden: bool = False) -> None:
        """Makes ``name`` stand for ``text`` (``adam!$C$1``), in one sheet only if ``sheet`` is given."""
        text = text.removeprefix("=")
        if sheet is not None and _CELLS.match(text):
            text = f"{quoted(sheet)}!{text}"
        key = ((sheet or "").casefold(), name.casefold())
        self.names[key] = DefinedName(name, text, sheet, hidden)
        self.formulas_changed()

    def find_name(self, name: str, sheet: str | None) -> DefinedName | None:
        """The name as seen from a sheet: its own first, then the workbook's."""
        own = self.names.get(((sheet or "").casefold(), name.casefold()))
        return own or self.names.get(("", name.casefold()))
