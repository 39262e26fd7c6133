"""Names and tables of a workbook: words that stand for cells."""

from __future__ import annotations

from dataclasses import dataclass

from sheetsim.model.address import Rect


@dataclass(frozen=True)
class DefinedName:
    """A name: ``text`` is what it stands for, a formula without ``=``; ``sheet`` the one it belongs to, or None."""

    name: str
    text: str
    sheet: str | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its first row holds the column names; ``totals`` says whether its last row holds totals."""

    name: str
    sheet: str
    rect: Rect
    columns: tuple[str, ...]
    headings: bool = True
    totals: bool = False
