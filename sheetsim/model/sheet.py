"""Book and Sheet: contents only. What is done with them stands above: ``Workbook`` in ``sheetsim/workbook.py``.

A sheet is defined the way a person builds it: type a value, type a formula, fill it down, name a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import CELLS, Rect, cell_name, column_index, parse_rect
from sheetsim.model.buttons import Macro
from sheetsim.model.grid import Planned
from sheetsim.model.look import Look, Styled
from sheetsim.model.names import Named
from sheetsim.model.nodes import Ref, quoted, unquoted
from sheetsim.model.ranges import Cell, Range, is_many, rows_given
from sheetsim.model.typed import Typed
from sheetsim.outside import Live

if TYPE_CHECKING:
    import pandas as pd


_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})\Z")

COMPANION = "sheetsim_companion"  # the hidden name of a sheet beside the workbook's own
LONGEST_TITLE = 31  # characters: Excel takes no more


def _is_formula(text: str) -> bool:
    return text.startswith("=") and len(text) > 1


class Iteration(NamedTuple):
    """How circular references are computed: at most ``times``, until no number changes by ``change`` or more."""

    times: int = 100
    change: float = 0.001


class Sheet(Typed, Styled, Live):
    """One sheet: its cells by address, its looks, its names and buttons, and what is said of it."""

    def __init__(self, book: Book, title: str):
        super().__init__(title)
        self.book: Book = book
        self.look: Look = Look()
        self.about: str = ""  # a sentence on what it shows, for the contents
        self.introduction: int = 0  # so many rows at its top say, in sentences, what to look at and what to try
        self.buttons: dict[str, Macro] = {}
        self.epoch_rows: str = ""  # what one epoch computes, headings first: shown row by row on request
        self.watch: dict[str, str] = {}  # what to show after each epoch: a label and a formula
        self.goals: dict[str, str] = {}  # where what is watched is to go: its label and a formula
        self.aliases: dict[str, str] = {}  # words for cells that have no defined name
        self.headings: dict[str, str] = {}  # what cells are called for which the sheet shows no heading
        self.hidden_rows: set[int] = set()  # counted from 0
        self.filtered_rows: set[int] = set()  # those of them that a filter hides
        self.prose: list[Rect] = []  # other people's sentences in the original, labels it lacks: counted, not compared

    def __setitem__(self, where: str, value: Any) -> None:
        """Types a value, or a formula that begins with ``=``, into a cell; into a range one for all, or as many as it
        has cells: rows, an array, a frame. A formula for all of them is filled over them; one that calls a function of
        arrays (``Formula.spills``) into a single cell, as ``"=SORT(A1:A9)"``, is a dynamic array formula."""
        sheet, rect, _ = self._meant(where)
        if isinstance(value, str) and _is_formula(value):
            return sheet.type_formula(rect, value)
        if not is_many(value):
            for row, column in rect.cells():
                sheet.put(row, column, value)
            return None
        rows = rows_given(sheet.where(rect.top, rect.left), rect, value)
        for (row, column), each in zip(rect.cells(), chain.from_iterable(rows), strict=True):
            if isinstance(each, str) and _is_formula(each):
                sheet.type_formula(Rect(row, column, row, column), each)
            else:
                sheet.put(row, column, each)
        return None

    def __getitem__(self, where: str) -> Any:
        """The value of a cell, ``sheet["C1"]``: None, float, str, bool or ExcelError; of a range, ``"A1:B9"``, a
        ``Range``, the list of its rows. Names mean their cells, ``sheet["lr"]``, and ``"A:B"`` whole columns as far as
        they are in use.

        After a change all is calculated before a computed cell is read, as a spreadsheet does it: an old value would
        look like any other, and an error would have every reader call what is meant anyway. (``value`` and ``block``
        give what the cells hold, as last calculated: for code that goes over many cells, or in the middle of a change.)
        """
        sheet, rect, many = self._meant(where)
        sheet._settle(rect)
        return Range(sheet, rect) if many else sheet.value(rect.top, rect.left)

    def formula(self, where: str) -> str | None:
        """The formula of a cell, or None: ``sheet.formula("H5")``. Those of a range are ``sheet["H5:I9"].formulas()``.

        >>> import sheetsim
        >>> adam = sheetsim.build("graddesc")["adam"]
        >>> adam.formula("H5"), adam.formula("lr")
        ('=C5-J5*$D$2/SQRT(L5)', None)
        """
        sheet, rect, _ = self._meant(where)
        if rect.size > 1:
            raise InputError(f"{where} is {rect.size:,} cells: sheet[{where!r}].formulas() gives their formulas")
        return sheet.formula_text(rect.top, rect.left)

    def place(self, target: str) -> tuple[Sheet, Rect]:
        """The cells that a name or an address means, seen from this sheet, and the sheet that has them: a name may
        stand for cells of another. Raises NotFound."""
        found = self.book.find_name(target, self.title)
        if found is None:
            try:
                return self, parse_rect(self.aliases.get(target.casefold(), target))
            except InputError:
                have = f"; it has {', '.join(self.words())}" if self.words() else ""
                raise NotFound(f"{self.title} has no name or cell {target!r}{have}") from None
        tree, rect = found.tree, found.cells
        if not isinstance(tree, Ref) or rect is None:
            raise InputError(f"{self.title}: the name {target} stands for {found.text}, which is no range of cells")
        return self if tree.sheet is None else self.book.sheet(tree.sheet), rect

    def words(self) -> list[str]:
        """The words that mean cells of this sheet: its own names, hidden ones left out, and its aliases."""
        own = {n.name for n in self.book.names.values() if n.sheet == self.title and not n.hidden}
        return sorted({*own, *self.aliases})

    def _meant(self, where: str) -> tuple[Sheet, Rect, bool]:
        """The sheet and the cells that ``sheet[where]`` means, and whether these are a range."""
        if not isinstance(where, str):
            raise InputError(f"{self.title}: cells go by an address or a name, sheet['H4'], not by {where!r:.40}")
        if CELLS.match(where):
            return self, parse_rect(where), ":" in where
        title, mark, target = where.rpartition("!")
        if mark:
            return self.book.sheet(unquoted(title))._meant(target)
        if whole := _COLUMNS.match(where):
            first, last = sorted(column_index(letters) for letters in whole.groups())
            return self, Rect(0, first, max(self.rows - 1, 0), last), True
        sheet, rect = self.place(where)
        return sheet, rect, rect.size > 1

    def __iter__(self) -> Iterator[Cell]:
        """The cells that hold something, row by row, each with its address, value and formula."""
        self._settle(self.used)
        for row, column in self.cells():
            yield Cell(cell_name(row, column), self.value(row, column), self.formula_text(row, column))

    def __len__(self) -> int:
        """How many cells hold something."""
        return int(self.held().sum())

    def __bool__(self) -> bool:
        """True, for an empty sheet too: it is there."""
        return True

    def _ipython_key_completions_(self) -> list[str]:
        """What the tab key offers behind ``sheet["``."""
        return [*self.words(), str(self.used)]

    @property
    def used(self) -> Rect:
        """The cells in use, from A1 on; A1 alone of an empty sheet."""
        return Rect(0, 0, max(self.rows - 1, 0), max(self.columns - 1, 0))

    # --- reading back ---------------------------------------------------------------------------------------------
    def _settle(self, rect: Rect) -> None:
        """Has the workbook calculate, if a cell was changed and one of these is computed."""
        area = rect.common(Rect(0, 0, self.rows - 1, self.columns - 1)) if self.book.changed else None
        if area is None:
            return
        if self.formula_numbers[area.slices].any() or any(area.meets(spread) for spread, _ in self.arrays.values()):
            self.book.refresh()

    def __repr__(self) -> str:
        used = Rect(0, 0, self.rows - 1, self.columns - 1) if self.rows and self.columns else "empty"
        return f"<Sheet {self.title!r} of {self.book.name!r}: {used}, {int(self.computed().sum()):,} formula cells>"

    def frame(self, where: str | None = None) -> pd.DataFrame:
        """The cells of ``where``, or all in use, as a pandas DataFrame, its first row as the headings."""
        import pandas as pd

        if where is None and not (self.rows and self.columns):
            return pd.DataFrame()
        sheet, rect, _ = (self, self.used, True) if where is None else self._meant(where)
        sheet._settle(rect)
        headings, *rows = sheet.block(rect)
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


class Book(Planned, Named, Live):
    """Sheets in order, their defined names and tables, and the formulas of them all.

    >>> book = Book("demo")
    >>> sheet = book.add_sheet("s")
    >>> sheet.fill("A2:A4", "=A1^2")
    >>> [formula.text(3, 0) for formula in book.formulas[1:]]
    ['=A3^2']
    """

    def __init__(self, name: str):
        super().__init__()
        self.name: str = name
        self.about: str = ""  # a line on what it shows
        self.sheets: list[Sheet] = []
        self.source: Path | None = None  # the file that it was read from
        self.as_read: object = None  # what is kept of that (``reading/as_read.py``)
        self.warnings: list[str] = []  # what that file asks for and sheetsim does not do, a line each
        self.days_since: int = 1900  # the year that its dates are counted from: 1900 or 1904
        self.calculate_on_opening: bool = False  # the program that opens the file is to trust no value stored in it
        self.random: np.random.Generator = np.random.default_rng()
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

    def __len__(self) -> int:
        """How many sheets there are."""
        return len(self.sheets)

    def __bool__(self) -> bool:
        """True, without sheets too: it is there."""
        return True

    def __contains__(self, sheet: object) -> bool:
        """Whether it has this sheet, or one of that title."""
        return self.find_sheet(sheet) in self.sheets if isinstance(sheet, str) else sheet in self.sheets

    def __getitem__(self, title: str) -> Sheet:
        return self.sheet(title)

    def sheet(self, title: str) -> Sheet:
        """The sheet of a title, capitals aside. Raises NotFound."""
        found = self.find_sheet(title)
        if found is None:
            have = ", ".join(sheet.title for sheet in self.sheets)
            raise NotFound(f"{self.name} has no sheet {title!r}; it has {have}")
        return found

    def _ipython_key_completions_(self) -> list[str]:
        """What the tab key offers behind ``book["``: sheets, and the words for their cells."""
        words = [f"{quoted(sheet.title)}!{word}" for sheet in self.sheets for word in sheet.words()]
        return [*(sheet.title for sheet in self.sheets), *words]

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
