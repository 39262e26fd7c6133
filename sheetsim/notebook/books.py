"""A workbook: what it is, and a line for each of its sheets."""

from __future__ import annotations

from sheetsim.model.sheet import Book, Sheet
from sheetsim.notebook.markup import code, esc, line, quiet, strong, table, whole

MOST = 40  # sheets that are listed
WORDS = 10  # names of a sheet that are listed


def of_book(book: Book) -> str:
    """Its name, what it shows, its sheets with their names and buttons."""
    count = len(book.sheets)
    rows = [[strong(sheet.title), esc(sheet.about), *_counts(sheet), _buttons(sheet), _words(sheet)] for sheet in book]
    pieces = [line(strong(book.name), quiet(f"a workbook of {count} sheet{'' if count == 1 else 's'}"))]
    if book.about:
        pieces.append(line(esc(book.about)))
    if rows:
        headings = ["sheet", "what it shows", "cells", "formula cells", "buttons", "names"]
        used = [at for at in range(len(headings)) if at < 1 or any(row[at] for row in rows)]
        kept = [[row[at] for at in used] for row in rows[:MOST]]
        numeric = [place for place, at in enumerate(used) if at in (2, 3)]
        pieces.append(table([headings[at] for at in used], kept, numeric))
    if count > MOST:
        pieces.append(line(quiet(f"and {count - MOST} more sheets")))
    pieces += [line(quiet(warning)) for warning in book.warnings]
    if book.sheets:
        title = book.sheets[-1].title
        pieces.append(
            line(quiet("a sheet:"), code(f"book[{title!r}]"), quiet("a cell:"), code(f"book[{title + '!A1'!r}]"))
        )
    return whole(*pieces)


def _counts(sheet: Sheet) -> tuple[str, str]:
    return (f"{sheet.used}" if sheet.rows else ""), f"{int(sheet.computed().sum()):,}"


def _buttons(sheet: Sheet) -> str:
    return esc(", ".join(sheet.buttons))


def _words(sheet: Sheet) -> str:
    words = sheet.words()
    return esc(", ".join(words[:WORDS]) + (", …" if len(words) > WORDS else ""))
