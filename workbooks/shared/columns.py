"""A sheet of one row a step, or a row an example, written by the names of its columns.

A formula says ``{b}-lr*{gradient}``, where ``b`` and ``gradient`` are columns of the same row, and ``{step_above}`` the
cell in the row above; which letters these are follows from the order of the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsim.model.address import column_name
from sheetsim.model.sheet import Sheet


@dataclass(frozen=True)
class Column:
    """A column: what formulas call it, its heading, its formula for a row (empty: typed numbers), its looks."""

    name: str
    heading: str
    formula: str = ""
    style: str = "activation"
    format: str = "#,##0.0000"
    width: float = 11.0


@dataclass(frozen=True)
class Table:
    """Columns beside one another from A on, in rows that all have the same formulas. ``first`` and ``last`` are the
    first and the last of these rows; the headings stand two rows above, and between them the row that the first one
    takes up: where the steps start. (Rows that do not go on from one another have none: ``steps`` is False.)

    >>> steps = Table([Column("w", "w", "={new_above}"), Column("new", "new w", "={w}-0.1*{w}")], first=6, last=8)
    >>> steps.typed("={w}-0.1*{w}"), steps.typed("={new_above}"), steps.down("new"), steps.start("new")
    ('=A6-0.1*A6', '=B5', 'B6:B8', 'B5')
    """

    columns: Sequence[Column]
    first: int
    last: int
    steps: bool = True

    def letters(self, name: str) -> str:
        """The letters of a column."""
        return column_name([column.name for column in self.columns].index(name))

    def typed(self, formula: str) -> str:
        """A formula as it stands in the first row, to be filled down."""
        here = {column.name: f"{self.letters(column.name)}{self.first}" for column in self.columns}
        above = {f"{column.name}_above": f"{self.letters(column.name)}{self.first - 1}" for column in self.columns}
        return formula.format_map(here | above)

    def down(self, name: str) -> str:
        """A column from its first row to its last."""
        return f"{self.letters(name)}{self.first}:{self.letters(name)}{self.last}"

    def start(self, *names: str) -> str:
        """Neighbouring columns in the row above the first."""
        return self._row(names, self.first - 1)

    def end(self, *names: str) -> str:
        """Neighbouring columns in the last row."""
        return self._row(names, self.last)

    def _row(self, names: Sequence[str], row: int) -> str:
        ends = [f"{self.letters(name)}{row}" for name in (names[0], names[-1])]
        return ends[0] if len(names) == 1 else ":".join(ends)

    @property
    def area(self) -> str:
        """All of it, from the row where the steps start."""
        return f"A{self.first - 1}:{column_name(len(self.columns) - 1)}{self.last}"

    def write(self, sheet: Sheet) -> None:
        """Headings, formulas and looks."""
        above = self.first - 1 - self.steps
        sheet.values(f"A{above}", [[column.heading for column in self.columns]])
        sheet.style(f"A{above}:{column_name(len(self.columns) - 1)}{above}", "heading")
        for column in self.columns:
            cells = self.down(column.name)
            if column.formula:
                sheet.fill(cells, self.typed(column.formula))
            sheet.style(cells, column.style)
            sheet.number_format(f"{cells},{self.start(column.name)}" if self.steps else cells, column.format)
            sheet.width(self.letters(column.name), column.width)
            if self.steps:  # what stands right above the first row is no heading
                sheet.headings[f"{self.start(column.name)}:{self.end(column.name)}"] = column.heading
