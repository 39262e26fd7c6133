"""Where things stand on the sheet ``compare``, and on the sheets that it refers to."""

from __future__ import annotations

from dataclasses import dataclass

from sheetsim.address import Rect, cell_name, column_name, parse_rect
from sheetsim.comparing import EpochTable
from sheetsim.macros import cells_of
from sheetsim.nodes import quoted
from sheetsim.sheet import Sheet

FIRST = 7  # the row of the first optimizer
CHART_ROWS = 18


@dataclass(frozen=True)
class Optimizer:
    """One of the sheets that are compared, and the table of its epochs."""

    sheet: Sheet
    table: EpochTable

    def at(self, cells: str) -> str:
        return f"{quoted(self.sheet.title)}!{cells}"

    def named(self, name: str) -> str:
        return self.at(str(cells_of(self.sheet, name)))

    def first(self, heading: str) -> str:
        """The cell of the table's first epoch: where the training starts."""
        return self.at(cell_name(self.table.first, self.table.columns[heading]))

    @property
    def points(self) -> tuple[str, str]:
        """x and y: the first two columns of what an epoch computes."""
        rows = parse_rect(self.sheet.epoch_rows)
        x, y = (Rect(rows.top + 1, column, rows.bottom, column) for column in (rows.left, rows.left + 1))
        return self.at(x.fixed), self.at(y.fixed)

    @property
    def start(self) -> tuple[str, str]:
        return self.first("b"), self.first("a")


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
        return self.start + 1

    @property
    def charts(self) -> int:
        return self.goal + 2

    @property
    def first(self) -> int:
        """The row of epoch 0, below two rows of headings."""
        return self.charts + CHART_ROWS + 2

    @property
    def last(self) -> int:
        return self.first + self.epochs

    @property
    def drawn(self) -> int:
        """The row of epoch 0 in what the charts draw, below a line of text and one of headings."""
        return self.last + 4

    @property
    def right(self) -> int:
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
