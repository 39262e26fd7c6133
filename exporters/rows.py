"""A sheet's rows as XML, straight from its arrays: formula and value side by side, whole rows of numbers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from exporters.cells import Cells, Formulas
from exporters.markup import cell_text, kept_space, number_texts
from exporters.metadata import DYNAMIC
from exporters.shared import shared_rects
from sheetsim.model.address import cell_name, column_name
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, NUMBER, TEXT, TEXTS

LOT = 1 << 16  # cells at a time: enough to be quick, few enough to stay small
REPEATING = 0.7  # of so many numbers fewer are different: then it takes less time to find out which
MOST_KNOWN = 1 << 8  # rows whose cells are remembered: tables that are repeated are seldom higher
ONE_BY_ONE, TEXT_OF_TABLE, LOOK = -1, -2, -3  # how cells are written that are no numbers of a kind
ROW = "\0"  # stands for the number of a row that is still to come


class Lot(NamedTuple):
    """Cells that are to be written, row by row: arrays with one entry for each."""

    row: np.ndarray
    column: np.ndarray
    num: np.ndarray
    kind: np.ndarray
    style: np.ndarray
    formula: np.ndarray
    group: np.ndarray
    computed: np.ndarray


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
        corners = np.array([(rect.top, rect.left) for rect in self.rects] or [(-1, -1)])
        self.tops, self.lefts = corners.T
        self.lot = max(1, LOT // max(1, styles.shape[1]))
        self.known: dict[bytes, str] = {}  # rows by their cells, with gaps
        self.repeating = True  # whether numbers occur more than once
        self.letters = [column_name(column) for column in range(styles.shape[1])]

    def xml(self, progress: Callable[[int], None] | None = None) -> Iterator[str]:
        """The rows, some at a time; ``progress`` is told of each lot how many cells it had."""
        for top in range(0, len(self.styles), self.lot):
            cells = self.cells(top, top + self.lot)
            if cells.row.size:
                yield "".join(self.rows(cells))
            if progress:
                progress(cells.row.size)

    def cells(self, top: int, bottom: int) -> Lot:
        """The cells of some rows that are to be written, row by row."""
        style = self.styles[top:bottom]
        arrays = (self.sheet.num, self.sheet.kind, self.formula, self.group, self.computed)
        num, kind, formula, group, computed = (self.part(array, top, style.shape) for array in arrays)
        row, column = np.nonzero((kind != BLANK) | computed | (style != 0))
        found = (array[row, column] for array in (num, kind, style, formula, group, computed))
        return Lot(row + top, column, *found)

    def part(self, array: np.ndarray, top: int, shape: tuple[int, int]) -> np.ndarray:
        """Some rows of ``array``, with zeros where a look reaches beyond the cells in use."""
        rows = max(0, min(shape[0], self.sheet.rows - top))
        part = array[top : top + rows, : self.sheet.columns]
        return part if part.shape == shape else np.pad(part, ((0, shape[0] - rows), (0, shape[1] - part.shape[1])))

    def rows(self, lot: Lot) -> Iterator[str]:
        """Their ``<row>`` elements. Rows that are alike but for their numbers are one text with gaps."""
        forms = self.forms(lot)
        texts = self.texts(lot, forms)
        edges = np.flatnonzero(np.diff(lot.row, prepend=-1))
        ends = np.append(edges[1:], lot.row.size)
        cells = np.stack([lot.column, lot.style, forms])
        alike = _alike(cells, edges, ends)
        text = ""
        for first, last, row, same in zip(
            edges.tolist(), ends.tolist(), lot.row[edges].tolist(), alike.tolist(), strict=True
        ):
            if not same:
                key = cells[:, first:last].tobytes()
                text = self.known.get(key) or self.gapped(lot, forms, first, last)
                if len(self.known) < MOST_KNOWN:
                    self.known[key] = text
            written = text.replace(ROW, str(row + 1)) % tuple(texts[first:last])
            yield self.heightened(row, written) if row in self.heights else written

    def forms(self, lot: Lot) -> np.ndarray:
        """How each cell is written: a number and nothing else as 0, a number whose formula is that of a group as the
        number of the group; a plain text, which stands in the file's table, and a look without anything have numbers
        of their own; all others are written one by one."""
        at = np.maximum(lot.group - 1, 0)
        first = (lot.group > 0) & (self.tops[at] == lot.row) & (self.lefts[at] == lot.column)
        other = (lot.kind != NUMBER) | (lot.computed & (lot.group == 0)) | first
        forms: np.ndarray = np.where(other, ONE_BY_ONE, lot.group)
        forms[(lot.kind == TEXT) & ~lot.computed] = TEXT_OF_TABLE
        forms[(lot.kind == BLANK) & ~lot.computed] = LOOK
        return forms

    def texts(self, lot: Lot, forms: np.ndarray) -> list[str]:
        """What fills the gaps: numbers, and whole cells."""
        texts = self.numbers(lot.num)
        shared = np.flatnonzero(forms == TEXT_OF_TABLE)
        for place, *cell in zip(
            shared.tolist(), *(array[shared].tolist() for array in (lot.row, lot.column, lot.num)), strict=True
        ):
            texts[place] = self.markup.number_of_text(*cell)
        single = np.flatnonzero(forms == ONE_BY_ONE)
        for place, *cell in zip(single.tolist(), *(array[single].tolist() for array in lot), strict=True):
            texts[place] = self.cell(*cell)
        return texts

    def numbers(self, nums: np.ndarray) -> list[str]:
        """Their texts, each made once, unless most of those before were met only once."""
        if not self.repeating:
            return number_texts(nums)
        bits, places = np.unique(nums.view(np.int64), return_inverse=True)
        self.repeating = bits.size < REPEATING * nums.size
        texts: list[str] = np.array(number_texts(bits.view(np.float64)), dtype=object)[places].tolist()
        return texts

    def gapped(self, lot: Lot, forms: np.ndarray, first: int, last: int) -> str:
        """A row as a text with a gap for each cell, and ``ROW`` for its number."""
        cells = zip(*(array[first:last].tolist() for array in (lot.column, lot.style, forms)), strict=True)
        inside = "".join("%s" if cell[2] == ONE_BY_ONE else self.gapped_cell(*cell) for cell in cells)
        return f'<row r="{ROW}">{inside}</row>'

    def gapped_cell(self, column: int, style: int, form: int) -> str:
        """One of them. ``%.0s`` takes a text and shows nothing of it."""
        start = f'<c r="{self.letters[column]}{ROW}"' + (f' s="{style}"' if style else "")
        if form == LOOK:
            return f"{start}/>%.0s"
        if form == TEXT_OF_TABLE:
            return f'{start} t="s"><v>%s</v></c>'
        return f"{start}>" + (f'<f t="shared" si="{form - 1}"/>' if form else "") + "<v>%s</v></c>"

    def heightened(self, row: int, written: str) -> str:
        """A row counted from 0 with the height in points that is its own."""
        return written.replace(">", f' ht="{self.heights[row]:g}" customHeight="1">', 1)

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


def _alike(cells: np.ndarray, edges: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Of each row, whether it has the same cells as the one before; ``cells`` (properties, cells) says what they are,
    ``edges`` and ``ends`` where the rows begin and end."""
    sizes = ends - edges
    alike = np.append([False], sizes[1:] == sizes[:-1])
    before = np.arange(cells.shape[1]) - np.repeat(np.append(0, sizes[:-1]), sizes)  # the same place a row earlier
    differs = (cells != cells[:, np.maximum(before, 0)]).any(axis=0)
    alike &= ~np.logical_or.reduceat(differs, edges)
    return alike


def extent(styles: np.ndarray) -> str:
    """The rectangle from A1 to the last cell written, as the file's ``<dimension>``."""
    rows, columns = styles.shape
    return f"A1:{cell_name(max(rows, 1) - 1, max(columns, 1) - 1)}"
