"""An explanation as plain data, with the places that it speaks of, so that a page can mark them and lead there."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import parse_rect
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Book
from sheetsim.study.explanation.explaining import explain

LEFT_OUT = ("tree", "summary", "pieces")  # of a range, and what a page shows by going there


def explained(book: Book, where: str, gradients: bool = False) -> dict[str, Any]:
    """What there is to say of a cell, ``adam!H5``: the fields of ``Explanation``, and beside each range that the
    formula reads, each cell that uses it and each input that moves it, its ``place`` ([sheet, top, left, bottom,
    right]). Without ``gradients``, which take longest, none are told."""
    try:
        said = explain(book, where, depth=0, gradients=gradients).to_json()
    except NotFound as nothing:
        return {"cell": where, "empty": str(nothing)}
    for part in (*said["parts"], *said["inputs"]):
        part["place"] = place(book, part["where"])
    users = [{"written": user, "place": place(book, user)} for user in said["used_by"]]
    kept = {word: value for word, value in said.items() if word not in LEFT_OUT}
    return {**kept, "place": place(book, said["cell"]), "users": users}


def place(book: Book, where: str) -> list[Any] | None:
    """Where an address with its sheet is, ``adam!H5:H9``; None if that is no place of this workbook."""
    title, mark, cells = where.rpartition("!")
    with suppress(InputError):
        sheet = book.find_sheet(title) or book.find_sheet(unquoted(title)) if mark else None
        return [sheet.title, *parse_rect(cells)] if sheet in book.sheets and sheet else None
    return None
