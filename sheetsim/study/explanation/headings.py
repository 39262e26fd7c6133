"""What a person calls a cell: its name, or the text above it or beside it."""

from __future__ import annotations

import numpy as np

from sheetsim.errors import SheetsimError
from sheetsim.model.address import Rect
from sheetsim.model.named_cells import cells_of
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import TEXT


def heading(sheet: Sheet, cells: Rect) -> str:
    """What a person takes for the name of some cells: their defined name, else what the sheet's definition calls them,
    else the nearest text above a column with no gap between, else the nearest to the left of a row, unless that is the
    heading of a column of numbers. What stands beside a matrix names one row or column of it."""
    name = _name_of(sheet, cells) or sheet.called(cells)
    if name:
        return name
    row, column = cells.top, cells.left
    if row < sheet.rows and column < sheet.columns:
        above = _nearest(sheet.kind[:row, column]) if cells.columns == 1 else None
        if above is not None:
            return str(sheet.value(above, column))
        left = _nearest(sheet.kind[row, :column]) if cells.rows == 1 else None
        if left is not None and not isinstance(sheet.value(row + 1, left), float):
            return str(sheet.value(row, left))
    return ""


def _nearest(kinds: np.ndarray) -> int | None:
    """The place of the last text, if no blank comes after it."""
    places = np.flatnonzero(kinds == TEXT)
    return int(places[-1]) if len(places) and kinds[places[-1] :].all() else None


def _name_of(sheet: Sheet, cells: Rect) -> str:
    for name in sheet.book.names.values():
        if not name.hidden and name.sheet in (sheet.title, None) and not name.name.startswith("_xlnm."):
            try:
                if name.cells == cells == cells_of(sheet, name.name):
                    return name.name
            except SheetsimError:  # a name for a number, or for cells of another sheet
                continue
    return ""
