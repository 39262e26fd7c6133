"""The cells that a word means: a defined name, an alias, an address."""

from __future__ import annotations

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.buttons import Copy
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet


def cells_of(sheet: Sheet, target: str) -> Rect:
    """The cells that a name or an address means in a sheet. Raises NotFound."""
    where, rect = place_of(sheet, target)
    if where is not sheet:
        raise InputError(f"{sheet.title}: the name {target} stands for cells of another sheet, {where.title}!{rect}")
    return rect


def place_of(sheet: Sheet, target: str) -> tuple[Sheet, Rect]:
    """The cells that a name or an address means, seen from a sheet, and the sheet that has them: a name may stand for
    cells of another. Raises NotFound."""
    found = sheet.book.find_name(target, sheet.title)
    if found is None:
        try:
            return sheet, parse_rect(sheet.aliases.get(target.casefold(), target))
        except InputError:
            names = [n.name for n in sheet.book.names.values() if n.sheet == sheet.title and not n.hidden]
            have = f"; it has {', '.join(sorted({*names, *sheet.aliases}))}" if names or sheet.aliases else ""
            raise NotFound(f"{sheet.title} has no name or cell {target!r}{have}") from None
    tree = Formula.read("=" + found.text, 0, 0).tree
    rect = tree.rect(0, 0) if isinstance(tree, Ref) else None
    if not isinstance(tree, Ref) or rect is None:
        raise InputError(f"{sheet.title}: the name {target} stands for {found.text}, which is no range of cells")
    return sheet if tree.sheet is None else sheet.book[tree.sheet], rect


def copied_cells(sheet: Sheet, step: Copy) -> tuple[Rect, Rect]:
    """From which cells to which a step copies. Raises InputError where their shapes differ."""
    source, target = cells_of(sheet, step.source), cells_of(sheet, step.target)
    if source.shape != target.shape:
        raise InputError(f"{sheet.title}: {source} cannot be copied to {target}, which has another shape")
    return source, target
