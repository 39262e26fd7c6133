"""The ``<f>`` elements of a worksheet → numbers of formulas in the workbook.

Files hold a filled column in one of two ways. Excel writes the text once, in a master cell, and the other cells point
to it (a *shared* formula): as a ``Formula`` is relative to its cell anyway, they get the master's number. Most other
programs write every cell's text; cutting each into tokens would take most of the reading time, so the formula of the
cell above is asked first how it would read here (``Pattern``), and then those met earlier in its column that are like
it but for numbers: where copies of a whole table stand under one another, it is one of these.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from sheetsim.errors import FormulaError, InputError, LimitError
from sheetsim.model.address import MAX_ROWS, Rect, cell_name, column_name, parse_rect
from sheetsim.model.formula import Formula
from sheetsim.model.limits import LONGEST_FORMULA
from sheetsim.model.nodes import Corner, Ref, quoted
from sheetsim.model.sheet import Sheet
from sheetsim.model.tokens import Token
from sheetsim.reading.rows.scan import MOST_GROUPS

_DIGITS = re.compile("[0-9]+")
LONGEST_ROW = 8  # digits: with so many it is no row
MOST_LIKE = 1 << 12  # formulas of a sheet that are remembered by their texts without numbers


class Pattern(NamedTuple):
    """How a formula reads in one column, its rows left open: ``C%d+D%d*$A$1`` and what to add to a row for each."""

    number: int
    text: str
    offsets: tuple[int, ...]
    first: int  # between these rows every reference stays on the sheet
    last: int

    def reads(self, row: int, text: str) -> bool:
        """Whether ``text`` is what filling the formula down to ``row`` gives."""
        return self.first <= row <= self.last and self.text % tuple([row + offset for offset in self.offsets]) == text


def pattern(formula: Formula, number: int, column: int) -> Pattern:
    """The pattern of a formula in a column.

    >>> pattern(Formula.read("C4+D4*$A$1", 3, 4), 1, 4).text
    'C%d+D%d*$A$1'
    """
    pieces, offsets = [], []
    for _, piece in formula.tokens:
        if isinstance(piece, Ref):
            corners = [piece.first] if piece.shape == "cell" else [piece.first, piece.last]
            offsets += [corner.row + 1 for corner in corners if not corner.row_absolute]
            where = "" if piece.sheet is None else quoted(piece.sheet).replace("%", "%%") + "!"
            pieces.append(where + ":".join(_open(corner, piece.shape, column) for corner in corners))
        else:
            pieces.append(piece.replace("%", "%%"))
    first, last = 1 - min(offsets, default=1), MAX_ROWS - max(offsets, default=1)
    return Pattern(number, "".join(pieces), tuple(offsets), max(0, first), min(MAX_ROWS - 1, last))


def _open(corner: Corner, shape: str, column: int) -> str:
    """One corner as it reads in a column; %d stands for a row that moves."""
    letters = ("$" if corner.column_absolute else "") + column_name(corner.place(0, column)[1])
    digits = f"${corner.row + 1}" if corner.row_absolute else "%d"
    return digits if shape == "rows" else letters if shape == "columns" else letters + digits


class Form(NamedTuple):
    """A formula whose rows may be others: its tokens, and of the numbers in its text those that are none of rows."""

    tokens: tuple[Token, ...]
    digits: tuple[str | None, ...]  # None for a row

    def rows(self, text: str) -> list[int] | None:
        """The rows, counted from 0, in a text that is the same but for its numbers; None if others differ too."""
        found = _DIGITS.findall(text)
        if len(found) != len(self.digits) or len(text) >= LONGEST_FORMULA:
            return None
        if any(wanted is not None and wanted != digits for wanted, digits in zip(self.digits, found, strict=True)):
            return None
        rows = [
            int(each) - 1 if len(each) < LONGEST_ROW else -1
            for each, wanted in zip(found, self.digits, strict=True)
            if wanted is None
        ]
        return rows if rows and min(rows) >= 0 and max(rows) < MAX_ROWS else None


def form(formula: Formula) -> Form | None:
    """The form of a formula; None where its text has numbers in names, texts or titles of sheets.

    >>> found = form(Formula.read("LOG10(B2)*C$3", 1, 0))
    >>> found.digits, found.rows("LOG10(B7)*C$4"), found.rows("LOG12(B7)*C$4")
    (('10', None, None), [6, 3], None)
    """
    digits: list[str | None] = []
    for kind, piece in formula.tokens:
        if isinstance(piece, Ref):
            if piece.sheet and _DIGITS.search(piece.sheet):
                return None
            digits += [None] * {"cell": 1, "columns": 0}.get(piece.shape, 2)
        elif kind in ("function", "number"):
            digits += _DIGITS.findall(piece)
        elif _DIGITS.search(piece):
            return None
    return Form(formula.tokens, tuple(digits))


def with_rows(tokens: tuple[Token, ...], rows: list[int], row: int) -> tuple[Token, ...]:
    """The tokens of a formula in a row, given those of one whose text is the same but for the rows it refers to, and
    these rows as they follow one another.

    >>> tokens = Formula.read("SUM(B2:B$9)*C2", 1, 0).tokens
    >>> Formula(with_rows(tokens, [4, 6, 0], 3)).text(3, 0)
    '=SUM(B5:B$7)*C1'
    """
    left = iter(rows)

    def moved(corner: Corner) -> Corner:
        absolute, there = corner.row_absolute, next(left)
        return Corner(there if absolute else there - row, corner.column, absolute, corner.column_absolute)

    found: list[Token] = []
    for kind, piece in tokens:
        if isinstance(piece, Ref) and piece.shape != "columns":
            first = moved(piece.first)
            piece = Ref(piece.sheet, first, first if piece.shape == "cell" else moved(piece.last), piece.shape)
        found.append((kind, piece))
    return tuple(found)


class FormulaReader:
    """The formulas of one sheet. ``arrays`` collects its array formulas, as ``Sheet.arrays`` holds them, and
    ``data_tables`` the places of its what-if tables: Excel's own loop over the sheet, not a formula."""

    def __init__(self, sheet: Sheet, where: str):
        self.book = sheet.book
        self.where = where
        self.arrays: dict[tuple[int, int], tuple[Rect, int]] = {}
        self.data_tables: list[Rect] = []
        self._shared: dict[str | None, int] = {}
        self._by_group = np.zeros(0, np.int32)  # the same of those whose group is a small number
        self._above: dict[int, int] = {}  # column → the number of the last formula met in it
        self._patterns: dict[int, Pattern] = {}
        self._like: dict[tuple[int, str], int | Pattern] = {}  # by column and text without numbers
        self._forms: dict[tuple[int, str], Form | None] = {}  # by the same, of those met with other rows

    def number(self, row: int, column: int, text: str, attributes: dict[str, str]) -> int:
        """The number of the formula that ``<f attributes>text</f>`` gives a cell; 0 if it gives none of its own."""
        kind = attributes.get("t") if attributes else None
        if kind == "shared":
            return self._of_group(row, column, text, attributes)
        if kind == "array":
            self._add_array(row, column, text, attributes)
            return 0
        if kind == "dataTable":
            self.data_tables.append(self._area(row, column, attributes))
            return 0
        return self._of_text(row, column, text)

    def _of_group(self, row: int, column: int, text: str, attributes: dict[str, str]) -> int:
        group = attributes.get("si")
        found = self._shared.get(group)
        if not text or text.isspace():
            if found is None:
                raise InputError(f"{self._cell(row, column)}: shared formula {group} has no master before this cell")
            formula = self.book.formulas[found]
            formula.copied_unread = formula.copied_unread or formula.tokens[0][0] == "unread"
            return found
        number = self._of_text(row, column, text)
        if found is None or "ref" in attributes:  # the master; other cells may still carry a text of their own
            self._share(group, number)
        return number

    def _share(self, group: str | None, number: int) -> None:
        self._shared[group] = number
        if group is not None and group.isdecimal() and (place := int(group[:9])) < MOST_GROUPS and str(place) == group:
            if place >= len(self._by_group):
                more = max(place + 1, 2 * len(self._by_group), 64) - len(self._by_group)
                self._by_group = np.pad(self._by_group, (0, more))
            self._by_group[place] = number

    def shares(self, group: str | None) -> bool:
        """Whether a shared formula of that name has been met."""
        return group in self._shared

    def knows(self, groups: np.ndarray) -> np.ndarray:
        """Whether shared formulas have been met, by the numbers of their groups."""
        known: np.ndarray = groups < len(self._by_group)
        known[known] = self._by_group[groups[known]] > 0
        return known

    def copies(self, groups: np.ndarray) -> np.ndarray:
        """The numbers of the formulas that cells share, by the numbers of their groups, all of which are known."""
        found: np.ndarray = self._by_group[groups]
        for number in np.flatnonzero(np.bincount(found)).tolist():
            formula = self.book.formulas[number]
            formula.copied_unread = formula.copied_unread or formula.tokens[0][0] == "unread"
        return found

    def _add_array(self, row: int, column: int, text: str, attributes: dict[str, str]) -> None:
        area = self._area(row, column, attributes)
        number = self._of_text(row, column, text)
        if (area.top, area.left) != (row, column) or not number:
            reason = f"the array formula in {area} has no text or does not start here"
            raise InputError(f"{self._cell(row, column)}: {reason}")
        self.arrays[row, column] = (area, number)

    def _area(self, row: int, column: int, attributes: dict[str, str]) -> Rect:
        try:
            return parse_rect(attributes.get("ref") or cell_name(row, column))
        except InputError as error:
            raise InputError(f"{self._cell(row, column)}: {error}") from None

    def _of_text(self, row: int, column: int, text: str) -> int:
        known = self._patterns.get(column)
        if known is not None and known.reads(row, text):
            return known.number
        if not text.strip():
            return 0
        number = self._number_like(row, column, text)
        if self._above.get(column) == number and (known is None or known.number != number):
            self._patterns[column] = pattern(self.book.formulas[number], number, column)
        self._above[column] = number
        return number

    def _number_like(self, row: int, column: int, text: str) -> int:
        """The number of a formula: that of one met before in the column which reads so here, else it is read."""
        key = column, _DIGITS.sub("0", text)
        known = self._like.get(key)
        if isinstance(known, Pattern) and known.reads(row, text):
            return known.number
        number = self._with_other_rows(key, row, text) or self._read(row, column, text)
        if known == number:
            self._like[key] = pattern(self.book.formulas[number], number, column)
        elif known is not None or len(self._like) < MOST_LIKE:
            self._like[key] = number
            if known is not None and key not in self._forms:
                self._forms[key] = form(self.book.formulas[number])
        return number

    def _with_other_rows(self, key: tuple[int, str], row: int, text: str) -> int:
        """The number of a formula like one met before, but for the rows that it refers to; 0 if it has to be read."""
        found = self._forms.get(key)
        rows = found.rows(text) if found else None
        return self.book.number_of(Formula(with_rows(found.tokens, rows, row))) if found and rows else 0

    def _read(self, row: int, column: int, text: str) -> int:
        """The number of a formula; one in a form that is not read is kept as it is. Raises LimitError."""
        shown = text if text.startswith("=") else "=" + text
        try:
            return self.book.formula_number(shown, row, column, self.where)
        except LimitError as error:
            raise LimitError(" ".join(str(error).split())) from None
        except FormulaError as error:
            why = str(error).removeprefix(f"{self._cell(row, column)}: ").rpartition(" in =")[0]
            return self.book.number_of(Formula.unread(shown, " ".join(why.split()) or "not a formula"))

    def _cell(self, row: int, column: int) -> str:
        return f"{self.where}!{cell_name(row, column)}"
