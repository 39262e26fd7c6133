"""What a person types into the cells of a sheet: values, formulas, formulas filled down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sheetsim.errors import FormulaError
from sheetsim.model.address import Rect, parse_cell, parse_rect
from sheetsim.model.formula import Formula
from sheetsim.model.grid import Grid, Planned


class Typed(Grid):
    """A grid into which is typed; its formulas are kept by its workbook."""

    book: Planned

    def values(self, where: str, rows: Iterable[Iterable[Any]]) -> None:
        """A block of plain values, row by row, with ``where`` as its first cell."""
        top, left = parse_cell(where)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    self.put(top + r, left + c, value)

    def fill(self, where: str, text: str) -> None:
        """Types the formula ``text``, which begins with ``=``, into the first cell and fills it over the rest. Raises
        FormulaError, and changes nothing, where it is no formula.

        >>> from sheetsim.model.sheet import Book
        >>> sheet = Book("book").add_sheet("s")
        >>> sheet.fill("B2:B4", "=A2*2")
        >>> sheet.formula_text(3, 1)
        '=A4*2'
        """
        rect = parse_rect(where)
        if not text.startswith("="):
            raise FormulaError(f"{self.where(rect.top, rect.left)}: a formula begins with =, {text!r} does not")
        self.fill_rect(rect, self.number_typed(rect, text))

    def array(self, where: str, text: str) -> None:
        """An array formula over ``where``: typed once, its result spilled over all the cells. Raises FormulaError as
        ``fill`` does."""
        rect = parse_rect(where)
        self.array_rect(rect, self.number_typed(rect, text))

    def number_typed(self, rect: Rect, text: str) -> int:
        """The number of a formula that a person types: one that does not parse is refused at once, where it can still
        be mended. (One of a file is kept, and computed around.)"""
        try:
            return self.book.number_of(Formula.typed(text, rect.top, rect.left))
        except FormulaError as error:
            raise type(error)(f"{self.title}!{error}") from None

    def spill(self, where: str, text: str) -> None:
        """A dynamic array formula: typed into one cell, its result takes the cells below and to the right that it
        needs, more or fewer at each calculation. Where something is in its way it is ``#SPILL!``."""
        row, column = parse_cell(where)
        self.dynamic_at(row, column, self.number_typed(Rect(row, column, row, column), text))

    def type_formula(self, rect: Rect, text: str) -> None:
        """A formula typed into a cell or filled over several: a dynamic array formula where a single one calls a
        function of arrays."""
        number = self.number_typed(rect, text)
        if rect.size == 1 and self.book.formulas[number].spills:
            self.dynamic_at(rect.top, rect.left, number)
        else:
            self.fill_rect(rect, number)
