"""How the cells of a sheet look: number formats, colours and bold letters, of a definition or of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sheetsim.excel.number_formats import BadFormat, formatted, formatted_text
from sheetsim.excel.number_formats.general import general
from sheetsim.model.values import ExcelError, Unsupported

if TYPE_CHECKING:
    from openpyxl.styles.colors import Color

    from sheetsim.model.sheet import Book, Sheet

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
    """The look of each cell of a sheet."""

    def __init__(self, book: Book, sheet: Sheet):
        self.of_file = _sheet_of_file(book, sheet)
        self.sheet = sheet
        self.named = {} if self.of_file is not None else _named()

    def of(self, row: int, column: int) -> CellLook:
        """The look of a cell."""
        if self.of_file is not None:
            return _of_openpyxl(self.of_file.cell(row + 1, column + 1))
        look = CellLook()
        for rect, name in self.sheet.look.styles:
            if rect.top <= row <= rect.bottom and rect.left <= column <= rect.right:
                look = self.named.get(name, look)
        for rect, code in self.sheet.look.formats:
            if rect.top <= row <= rect.bottom and rect.left <= column <= rect.right:
                look = look._replace(code=code)
        return look


def _named() -> dict[str, CellLook]:
    """The looks of the named styles, as the files have them."""
    from exporters.styles import named_styles, report_styles

    return {
        style.name: CellLook(GENERAL, _rgb(style.font.color), _ground(style), bool(style.font.b))
        for style in [*named_styles(), *report_styles()]
    }


def _sheet_of_file(book: Book, sheet: Sheet) -> Any:
    """The sheet as openpyxl reads it; None for what is no file, or one that openpyxl does not read: its numbers are
    shown without their looks then."""
    if book.source is None:
        return None
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(book.source)[sheet.title]
    except Exception:  # whatever openpyxl stumbles over, the looks are all that is lost
        return None


def _of_openpyxl(cell: Any) -> CellLook:
    return CellLook(cell.number_format, _rgb(cell.font.color), _ground(cell), bool(cell.font.b))


def _ground(styled: Any) -> str:
    return _rgb(styled.fill.fgColor) if styled.fill.fill_type == "solid" else ""


def _rgb(colour: Color | None) -> str:
    """A colour that says its red, green and blue itself; one of a theme is left to the terminal."""
    rgb = getattr(colour, "rgb", None)
    return rgb[-6:] if isinstance(rgb, str) and len(rgb) >= 6 else ""


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
