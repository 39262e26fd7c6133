"""A sheet's rows as XML, straight from its arrays: formula and value side by side, no object per cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from exporters.cells import Cells, Formulas
from exporters.markup import cell_text, kept_space
from exporters.metadata import DYNAMIC
from exporters.shared import shared_rects
from sheetsim.model.address import cell_name, column_name
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, TEXTS

CHUNK = 2048  # rows at a time: enough to be quick, few enough to stay small


class Strings:
    """The texts of plain cells, each once; a cell holds its number."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}  # place in the table of texts → number in the file
        self.uses = 0

    def number(self, place: float) -> int:
        """The number under which the file keeps a text, given its place in ``values.TEXTS``; counts the use."""
        self.uses += 1
        return self.numbers.setdefault(int(place), len(self.numbers))

    def xml(self) -> Iterator[str]:
        """The part of the file that holds them."""
        yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        yield '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        yield f'count="{self.uses}" uniqueCount="{len(self.numbers)}">'
        for place in self.numbers:
            text = TEXTS[place]
            yield f"<si><t{kept_space(text)}>{cell_text(text)}</t></si>"
        yield "</sst>"


class Rows:
    """Writes one sheet's ``<row>`` elements.

    ``styles`` holds the style number of each cell and may reach further than the cells in use, ``heights`` the rows
    that are not of the usual height; ``formulas`` are those of all the sheets of a book.
    """

    def __init__(
        self,
        sheet: Sheet,
        styles: np.ndarray,
        heights: dict[int, float],
        strings: Strings,
        formulas: Formulas,
    ):
        self.sheet = sheet
        self.styles = styles
        self.heights = heights
        self.formula = sheet.formula_numbers[: sheet.rows, : sheet.columns]
        self.group, self.rects = shared_rects(self.formula, formulas)
        self.markup = Cells(sheet, formulas, strings.number)
        self.computed = sheet.computed()
        self.letters = [column_name(column) for column in range(styles.shape[1])]

    def xml(self, progress: Callable[[int], None] | None = None) -> Iterator[str]:
        """The rows, some at a time; ``progress`` is told of each lot how many cells it had."""
        for top in range(0, len(self.styles), CHUNK):
            cells = self.cells(top, top + CHUNK)
            yield "".join(self.rows(cells))
            if progress:
                progress(len(cells[0]))

    def cells(self, top: int, bottom: int) -> list[list[Any]]:
        """The cells of some rows that are to be written, as eight lists: row, column, num, kind, style, formula,
        group and whether the cell is computed."""
        style = self.styles[top:bottom]
        arrays = (self.sheet.num, self.sheet.kind, self.formula, self.group, self.computed)
        num, kind, formula, group, computed = (self.part(array, top, style.shape) for array in arrays)
        row, column = np.nonzero((kind != BLANK) | computed | (style != 0))
        found = (array[row, column].tolist() for array in (num, kind, style, formula, group, computed))
        return [(row + top).tolist(), column.tolist(), *found]

    def part(self, array: np.ndarray, top: int, shape: tuple[int, int]) -> np.ndarray:
        """Some rows of ``array``, with zeros where a look reaches beyond the cells in use."""
        rows = max(0, min(shape[0], self.sheet.rows - top))
        part = array[top : top + rows, : self.sheet.columns]
        return part if part.shape == shape else np.pad(part, ((0, shape[0] - rows), (0, shape[1] - part.shape[1])))

    def rows(self, cells: list[list[Any]]) -> Iterator[str]:
        """The ``<row>`` elements of what ``cells`` gives, which goes row by row."""
        current = None
        for cell in zip(*cells, strict=True):
            if (row := cell[0]) != current:
                yield ("" if current is None else "</row>") + self.row_start(row)
                current = row
            yield self.cell(*cell)
        if current is not None:
            yield "</row>"

    def row_start(self, row: int) -> str:
        """The opening tag of a row counted from 0, with its height in points where it has one of its own."""
        height = self.heights.get(row)
        return f'<row r="{row + 1}" ht="{height:g}" customHeight="1">' if height else f'<row r="{row + 1}">'

    def cell(
        self, row: int, column: int, num: float, kind: int, style: int, formula: int, group: int, computed: bool
    ) -> str:
        """One ``<c>`` element."""
        start = f'<c r="{self.letters[column]}{row + 1}"' + (f' s="{style}"' if style else "")
        if self.sheet.dynamic and (row, column) in self.sheet.dynamic:
            start += DYNAMIC
        inside = self.formula_xml(row, column, formula, group) if computed else ""
        holds, value = self.markup.value(row, column, num, kind, computed)
        if inside or value:
            return f"{start}{holds}>{inside}{value}</c>"
        return f"{start}/>"  # only a look

    def formula_xml(self, row: int, column: int, formula: int, group: int) -> str:
        """The ``<f>`` element: shared by a group, or the cell's own. An array formula stands in its first cell only."""
        if not group:
            return self.markup.formula(row, column, formula)
        rect = self.rects[group - 1]
        if (row, column) != (rect.top, rect.left):
            return f'<f t="shared" si="{group - 1}"/>'
        return self.markup.formula(row, column, formula, f' t="shared" ref="{rect}" si="{group - 1}"')


def extent(styles: np.ndarray) -> str:
    """The rectangle from A1 to the last cell written, as the file's ``<dimension>``."""
    rows, columns = styles.shape
    return f"A1:{cell_name(max(rows, 1) - 1, max(columns, 1) - 1)}"
