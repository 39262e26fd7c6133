"""Where things stand on the sheet ``compare``, and on the sheets of the optimizers that it refers to."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from sheetsim.errors import InputError, NotFound
from sheetsim.macros.epoch_places import DONE, HEADINGS
from sheetsim.model.address import Rect, cell_name, column_name, parse_rect
from sheetsim.model.look import ROW
from sheetsim.model.named_cells import cells_of
from sheetsim.model.nodes import quoted
from sheetsim.model.sheet import Book, Sheet

COMPARED = {"error": "rms error", "b": "b", "a": "a"}  # and how it is headed
TITLES = {"error": "rms error of b and a on all points", "b": "b, the intercept", "a": "a, the slope"}  # of pictures
FAR, HIGH = 3, 100  # times the start's distance from the goal, times its error: what is further off is not drawn
FIRST = 7  # the row of the first optimizer
WIDTH, HEIGHT = 12.2, 9.2  # centimetres of a chart; three stand side by side
CHART_ROWS = ceil(HEIGHT / ROW)


def optimizers(book: Book) -> list[Sheet]:
    """The sheets to be compared: those that watch b and a and know where they are to go."""
    found = found_optimizers(book)
    if not found:
        raise InputError(f"{book.name} has no optimizers to compare; graddesc has, for one")
    return found


def found_optimizers(book: Book) -> list[Sheet]:
    """The same; none, if there are none."""
    return [sheet for sheet in book.sheets if {"b", "a"} <= {*sheet.watch} & {*sheet.goals}]


class EpochTable(NamedTuple):
    """Where an unrolled sheet lists its epochs: the rows of the list, and the column of each heading."""

    first: int
    last: int
    columns: dict[str, int]


def epoch_table(sheet: Sheet) -> EpochTable:
    """The table that ``unroll`` put beside the epochs: its first heading says so. Raises NotFound where none is."""
    first = HEADINGS + 1
    left = next((column for column in range(sheet.columns) if sheet.value(HEADINGS, column) == DONE), None)
    if left is None:
        raise NotFound(f"{sheet.book.name}!{sheet.title} has no table of its epochs; it is not unrolled")
    headings = {str(sheet.value(HEADINGS, column)): column for column in range(left, sheet.columns)}
    last = first
    while isinstance(sheet.value(last + 1, left), float):
        last += 1
    return EpochTable(first, last, headings)


@dataclass(frozen=True)
class Optimizer:
    """One of the sheets that are compared, and the table of its epochs."""

    sheet: Sheet
    table: EpochTable

    def at(self, cells: str) -> str:
        """Cells of the sheet as a formula on another one refers to them."""
        return f"{quoted(self.sheet.title)}!{cells}"

    def named(self, name: str) -> str:
        """The cells of one of the sheet's own names, likewise."""
        return self.at(str(cells_of(self.sheet, name)))

    def first(self, heading: str) -> str:
        """The cell of the table's first line: where the training starts."""
        return self.at(cell_name(self.table.first, self.table.columns[heading]))

    @property
    def switched(self) -> bool:
        """Whether a switch decides which weights an epoch starts from."""
        return self.sheet.book.find_name("updated", self.sheet.title) is not None

    @property
    def points(self) -> tuple[str, str]:
        """x and y: the first two columns of what an epoch computes."""
        rows = parse_rect(self.sheet.epoch_rows)
        x, y = (Rect(rows.top + 1, column, rows.bottom, column) for column in (rows.left, rows.left + 1))
        return self.at(x.fixed), self.at(y.fixed)

    @property
    def start(self) -> tuple[str, str]:
        """The cells of the weights that the training starts from: intercept, slope."""
        return self.first("b"), self.first("a")


def layout_of(book: Book) -> Layout:
    """Raises InputError for a workbook without optimizers, NotFound for one that is not unrolled."""
    sheets = optimizers(book)
    table = epoch_table(sheets[0])
    return Layout(len(sheets), table.last - table.first)


@dataclass(frozen=True)
class Layout:
    """Where things stand, for so many optimizers and epochs done. Rows are counted from 1, columns from 0."""

    optimizers: int
    epochs: int

    @property
    def start(self) -> int:
        """The row below the optimizers."""
        return FIRST + self.optimizers

    @property
    def goal(self) -> int:
        """The row of the values that are to be found."""
        return self.start + 1

    @property
    def charts(self) -> int:
        """The first row that the charts cover."""
        return self.goal + 2

    @property
    def first(self) -> int:
        """The row of the start, below two rows of headings."""
        return self.charts + CHART_ROWS + 2

    @property
    def last(self) -> int:
        """The row of the last epoch."""
        return self.first + self.epochs

    @property
    def drawn(self) -> int:
        """The row of the start in what the charts draw, below a line of text and one of headings."""
        return self.last + 4

    @property
    def right(self) -> int:
        """The last column: the epochs, and three numbers of each optimizer with a blank column after two of them."""
        return 2 + 3 * self.optimizers

    def column(self, what: str, number: int = 0) -> str:
        """The column of an optimizer's error, b or a in the table; behind the last b and a stands the goal."""
        begin = {"error": 1, "b": 1 + self.optimizers, "a": 2 + 2 * self.optimizers}[what]
        return column_name(begin + number)

    def down(self, column: str, first: int | None = None) -> str:
        """All epochs of a column."""
        top = first or self.first
        return f"{column}{top}:{column}{top + self.epochs}"

    def each(self, column: str) -> str:
        """All optimizers of a column of the summary."""
        return f"{column}{FIRST}:{column}{self.start - 1}"
