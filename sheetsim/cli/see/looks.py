"""How the cells of a sheet look: number formats, colours and bold letters, of a definition or of a file."""

from __future__ import annotations

from typing import Any, NamedTuple

from sheetsim.excel.number_formats import BadFormat, formatted, formatted_text
from sheetsim.excel.number_formats.general import general
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError, Unsupported
from sheetsim.page.looks import Looks as WindowLooks

GENERAL = "General"


class CellLook(NamedTuple):
    """The number format of a cell, the colours of its letters and of its ground (six hexadecimal digits, or ""), and
    whether it is bold."""

    code: str = GENERAL
    ink: str = ""
    fill: str = ""
    bold: bool = False

    @property
    def style(self) -> str:
        """As Rich writes it: ``bold #7A3B00 on #FCD9B0``. Without a ground of its own, the ink is the terminal's: that
        may be dark."""
        colours = f"#{self.ink or '000000'} on #{self.fill}" if self.fill else ""
        return f"{'bold ' if self.bold else ''}{colours}".strip()


class Looks:
    """The look of each cell of some of a sheet's."""

    def __init__(self, sheet: Sheet, rect: Rect):
        self.looks = WindowLooks(sheet, rect)

    def of(self, row: int, column: int) -> CellLook:
        """The look of a cell."""
        style, code = self.looks.at(row, column)
        ink, fill = (style.get(word, "").removeprefix("#") for word in ("ink", "fill"))
        return CellLook(code or GENERAL, ink, fill, bool(style.get("bold")))


def displayed(value: Any, code: str) -> str:
    """A value as its cell shows it: a number in its number format.

    >>> displayed(0.125, "0.0%"), displayed(1 / 3, "General"), displayed(True, "General"), displayed(None, "0")
    ('12.5%', '0.333333333', 'TRUE', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Unsupported | ExcelError):
        return str(value)
    try:
        if isinstance(value, str):
            return formatted_text(value, code)
        return general(value) if code == GENERAL else formatted(value, code)
    except BadFormat:
        return value if isinstance(value, str) else general(value)
