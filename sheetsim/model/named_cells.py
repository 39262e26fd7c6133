"""The cells of a sheet itself that a word means: a defined name, an alias, an address."""

from __future__ import annotations

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.buttons import Copy
from sheetsim.model.sheet import Sheet


def cells_of(sheet: Sheet, target: str) -> Rect:
    """The cells that a name or an address means in a sheet. Raises NotFound."""
    where, rect = place_of(sheet, target)
    if where is not sheet:
        raise InputError(f"{sheet.title}: the name {target} stands for cells of another sheet, {where.title}!{rect}")
    return rect


def place_of(sheet: Sheet, target: str) -> tuple[Sheet, Rect]:
    """The cells that a name or an address means, seen from a sheet, and the sheet that has them; see ``Sheet.place``.
    Raises NotFound."""
    return sheet.place(target)


def copied_cells(sheet: Sheet, step: Copy) -> tuple[Rect, Rect]:
    """From which cells to which a step copies. Raises InputError where their shapes differ."""
    source, target = cells_of(sheet, step.source), cells_of(sheet, step.target)
    if source.shape != target.shape:
        raise InputError(f"{sheet.title}: {source} cannot be copied to {target}, which has another shape")
    return source, target
