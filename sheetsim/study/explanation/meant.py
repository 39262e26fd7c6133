"""Which cells a text means: an address, a range, a name; with its sheet, where there are several."""

from __future__ import annotations

from sheetsim.errors import InputError
from sheetsim.macros.settings import cells_meant
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.named_cells import place_of
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Book, Sheet


def area_meant(book: Book, where: str, own: Sheet | None = None) -> tuple[Sheet, Rect]:
    """``adam!H4:I32``, ``adam!lr``, a name of the workbook → sheet and cells. Without a sheet before it, it is seen
    from ``own``, or from the only sheet that there is. Raises InputError, and NotFound for what is not there."""
    title, mark, rest = where.rpartition("!")
    if mark:
        return place_of(book[unquoted(title)], rest)
    if own is not None:
        return place_of(own, rest)
    if not book.sheets:
        raise InputError(f"{book.name} has no sheets with cells")
    if len(book.sheets) > 1 and _is_address(rest):
        have = ", ".join(sheet.title for sheet in book.sheets)
        raise InputError(f"{where!r} names no sheet; write SHEET!{rest}, the sheets are {have}")
    return cells_meant(book, where)


def cell_meant(book: Book, where: str) -> tuple[Sheet, int, int]:
    """The same for a single cell: sheet, row, column. Raises InputError for several."""
    sheet, rect = area_meant(book, where)
    if rect.size != 1:
        raise InputError(f"{where}: {rect.size:,} cells; one is wanted")
    return sheet, rect.top, rect.left


def _is_address(text: str) -> bool:
    try:
        parse_rect(text)
    except InputError:
        return False
    return True
