"""Where blocks of cells stand, and how formulas refer to them.

A sheet whose blocks grow with its data (so many users, so many factors) is laid out by placing one block beside or
below another; a formula then asks a block for the reference that it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsim.model.address import Rect, column_name, parse_cell
from sheetsim.model.sheet import Sheet


@dataclass(frozen=True)
class Area:
    """A block of cells, and the ways in which formulas refer to it.

    >>> weights = Area.at("B25", rows=15, columns=5)
    >>> str(weights), weights.first, weights.row, weights.column, weights.fixed
    ('B25:F39', 'B25', '$B25:$F25', 'B$25:B$39', '$B$25:$F$39')
    >>> str(weights.right_of(gap=1, columns=15)), str(weights.below(gap=1, rows=1))
    ('H25:V39', 'B41:F41')
    """

    rect: Rect

    @classmethod
    def at(cls, first: str, rows: int, columns: int = 1) -> Area:
        """The block of so many rows and columns whose first cell this is."""
        top, left = parse_cell(first)
        return cls(Rect(top, left, top + rows - 1, left + columns - 1))

    def right_of(self, gap: int = 0, columns: int = 1) -> Area:
        """The same rows, after ``gap`` empty columns."""
        left = self.rect.right + gap + 1
        return Area(Rect(self.rect.top, left, self.rect.bottom, left + columns - 1))

    def below(self, gap: int = 0, rows: int = 1) -> Area:
        """The same columns, after ``gap`` empty rows."""
        top = self.rect.bottom + gap + 1
        return Area(Rect(top, self.rect.left, top + rows - 1, self.rect.right))

    def above(self) -> Area:
        """The row of cells over the block, where its headings are."""
        return Area(Rect(self.rect.top - 1, self.rect.left, self.rect.top - 1, self.rect.right))

    def before(self) -> Area:
        """The column of cells to the left of the block."""
        return Area(Rect(self.rect.top, self.rect.left - 1, self.rect.bottom, self.rect.left - 1))

    def after_first(self) -> Area:
        """The block without its first cell, for a row or a column."""
        down = self.rect.columns == 1
        return Area(self.rect._replace(top=self.rect.top + down, left=self.rect.left + (not down)))

    def __str__(self) -> str:
        return str(self.rect)

    @property
    def left(self) -> str:
        """The letters of its first column."""
        return column_name(self.rect.left)

    @property
    def right(self) -> str:
        """The letters of its last column."""
        return column_name(self.rect.right)

    @property
    def top(self) -> int:
        """The number of its first row, as people count."""
        return self.rect.top + 1

    @property
    def bottom(self) -> int:
        """The number of its last row, as people count."""
        return self.rect.bottom + 1

    @property
    def first(self) -> str:
        """Its first cell, ``B25``."""
        return f"{self.left}{self.top}"

    @property
    def first_row(self) -> str:
        """Its first row, ``B25:F25``."""
        return f"{self.left}{self.top}:{self.right}{self.top}"

    @property
    def down(self) -> str:
        """The first cell, its column held fast."""
        return f"${self.first}"

    @property
    def across(self) -> str:
        """The first cell, its row held fast."""
        return f"{self.left}${self.top}"

    @property
    def row(self) -> str:
        """The first row, its columns held fast: to be filled down and across."""
        return f"${self.left}{self.top}:${self.right}{self.top}"

    @property
    def column(self) -> str:
        """The first column, its rows held fast: to be filled down and across."""
        return f"{self.left}${self.top}:{self.left}${self.bottom}"

    @property
    def fixed(self) -> str:
        """Its address, the same wherever the formula is filled: ``$B$25:$F$39``."""
        return f"${self.left}${self.top}:${self.right}${self.bottom}"


def count(sheet: Sheet, area: Area) -> None:
    """1, 2, 3, … down a column or along a row, each but the first computed from the one before."""
    sheet[area.first] = 1
    if area.rect.rows * area.rect.columns > 1:
        sheet.fill(f"{area.after_first()}", f"={area.first}+1")


def turned(table: Sequence[Sequence[float]]) -> list[list[float]]:
    """Rows as columns."""
    return [list(column) for column in zip(*table, strict=True)]
