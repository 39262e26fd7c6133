"""The sentences that a sheet of ours begins with: what to look at, and what to try."""

from __future__ import annotations

from sheetsim.model.sheet import Sheet

INDENTED = '"  "@'  # a text apart from the number before it


def begin(sheet: Sheet, *sentences: str) -> None:
    """Puts the sentences at the head of a sheet, a row each; they run on over the empty cells to their right.

    >>> from sheetsim.workbook import Workbook
    >>> sheet = Workbook("demo").add_sheet("s")
    >>> begin(sheet, "Look at the last column.", "Try a rate of 2.")
    >>> sheet["A1:A2"], sheet.introduction
    ([['Look at the last column.'], ['Try a rate of 2.']], 2)
    """
    sheet.values("A1", [[sentence] for sentence in sentences])
    sheet.style(f"A1:A{len(sentences)}", "prose")
    sheet.introduction = len(sentences)
