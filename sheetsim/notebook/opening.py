"""A widget made: of which workbook, and what it shows first."""

from __future__ import annotations

from typing import Any

from sheetsim.errors import InputError
from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Book, Sheet
from sheetsim.notebook.live import Alive
from sheetsim.page.looks import freeze
from sheetsim.page.windows import address
from sheetsim.study.explanation.meant import area_meant
from sheetsim.support.extras import need
from sheetsim.workbook import Workbook

HEIGHTS = (160, 4000)  # pixels


def widget(thing: Book | Sheet, where: str | None = None, height: int = 480) -> Any:
    """The widget of a workbook, or of it with a sheet opened; ``where`` is the cell chosen first. Raises InputError
    where anywidget is not installed, or for a height that is none; NotFound for a cell that is not there."""
    need("anywidget", "notebook", "the widget")
    from sheetsim.notebook.widget import SheetWidget

    book = thing.book if isinstance(thing, Sheet) else thing
    if not isinstance(book, Workbook):
        raise InputError(f"{book.name}: a widget shows a Workbook, not a {type(book).__name__}")
    if not HEIGHTS[0] <= height <= HEIGHTS[1]:
        raise InputError(f"height {height}: from {HEIGHTS[0]} to {HEIGHTS[1]} pixels")
    return SheetWidget(Alive.of(book), thing, _place(thing, where), height)


def _place(thing: Book | Sheet, where: str | None) -> str:
    """The cells chosen first, ``adam!H5``; empty where the page itself chooses."""
    book, own = (thing.book, thing) if isinstance(thing, Sheet) else (thing, None)
    if where is not None:
        titled = own is None and book.find_sheet(where)
        return _place(titled, None) if titled else address(*area_meant(book, where, own))
    if own is None:
        return ""
    return f"{own.title}!{cell_name(*freeze(own))}"
