"""Labels of ours on the lecture's sheets, only where the original has nothing: no comparison with it counts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheetsim.model.address import parse_rect
from sheetsim.model.sheet import Sheet
from workbooks.shared.layout import Area


def labels(sheet: Sheet, texts: Mapping[str, str], style: str = "label") -> None:
    """Puts texts into cells: ``labels(sheet, {"U41": "RMSE"})``."""
    for cell, text in texts.items():
        sheet[cell] = text
        sheet.prose.append(parse_rect(cell))
        sheet.style(cell, style)


def headings(sheet: Sheet, area: Area, texts: Iterable[str]) -> None:
    """Headings over the columns of an area."""
    above = area.above().rect
    cells = [str(above._replace(left=column, right=column)) for column in range(above.left, above.right + 1)]
    labels(sheet, dict(zip(cells, texts, strict=True)), "heading")


def numbered(letter: str, area: Area) -> list[str]:
    """A name for each column of an area: u1, u2, …"""
    return [f"{letter}{number}" for number in range(1, area.rect.columns + 1)]
