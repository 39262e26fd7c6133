"""How a sheet of ours begins: a sentence or two that say what to look at and what to try."""

from __future__ import annotations

from sheetsim.model.sheet import Sheet


def opening(sheet: Sheet, cell: str, sentence: str) -> None:
    """Puts the sentence into a cell of an empty row, where it runs on to the right, in grey."""
    sheet[cell] = sentence
    sheet.style(cell, "note")
