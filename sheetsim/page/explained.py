"""An explanation as plain data, with the places that it speaks of, so that a page can mark them and lead there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.study.explanation.explaining import explain


def explained(book: Book, where: str) -> dict[str, Any]:
    """What there is to say of a cell, ``adam!H5``: the fields of ``Explanation``, and beside each range that the
    formula reads, and each cell that uses it, its place (``[sheet, top, left, bottom, right]``)."""
    try:
        found = explain(book, where)
    except NotFound as nothing:
        return {"cell": where, "empty": str(nothing)}
    own = book[unquoted(where.rpartition("!")[0])] if "!" in where else book.sheets[0]
    return {
        "cell": found.cell,
        "place": place(found.cell, own),
        "heading": found.heading,
        "value": found.value,
        "formula": found.formula,
        "block": found.block,
        "parts": [
            {
                "written": part.written,
                "heading": part.heading,
                "value": part.value,
                "origin": part.origin,
                "place": place(part.written, own),
            }
            for part in found.parts
        ],
        "numpy": found.numpy,
        "order": found.recurrence,
        "users": [{"written": user, "place": place(user, own)} for user in found.used_by],
        "more_users": found.used_by_more,
        "at_run_time": found.used_at_run_time,
        "unsupported": found.unsupported,
    }


def place(written: str, own: Sheet) -> list[Any] | None:
    """Where something written as ``adam!H5`` or ``H5:H9`` is; None if that is no place of this workbook."""
    title, mark, cells = written.rpartition("!")
    with suppress(InputError):
        sheet = own.book[unquoted(title)] if mark else own
        rect: Rect = parse_rect(cells)
        return [sheet.title, *rect]
    return None
