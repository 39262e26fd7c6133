"""The cells that a word means: a defined name, an alias, an address."""

from __future__ import annotations

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Error, Ref
from sheetsim.model.sheet import Sheet


def cells_of(sheet: Sheet, target: str) -> Rect:
    """The cells that a name or an address means in a sheet. Raises NotFound."""
    found = sheet.book.find_name(target, sheet.title)
    if found is None:
        try:
            return parse_rect(sheet.aliases.get(target.casefold(), target))
        except InputError:
            names = [n.name for n in sheet.book.names.values() if n.sheet == sheet.title and not n.hidden]
            have = f"; it has {', '.join(sorted({*names, *sheet.aliases}))}" if names or sheet.aliases else ""
            raise NotFound(f"{sheet.title} has no name or cell {target!r}{have}") from None
    tree = Formula.read("=" + found.text, 0, 0).tree
    rect = tree.rect(0, 0) if isinstance(tree, Ref) else None
    if rect is None or isinstance(tree, Error):
        raise InputError(f"{sheet.title}: the name {target} stands for {found.text}, which is no range of cells")
    title = tree.sheet if isinstance(tree, Ref) else None
    if title is not None and sheet.book[title] is not sheet:
        raise InputError(f"{sheet.title}: the name {target} stands for cells of another sheet, {found.text}")
    return rect
