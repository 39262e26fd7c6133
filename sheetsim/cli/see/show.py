"""``sheetsim show``: a sheet in the terminal, as a spreadsheet program shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.files import say
from sheetsim.cli.see.opening import opened
from sheetsim.cli.what_if import Settings
from sheetsim.errors import InputError

if TYPE_CHECKING:
    from sheetsim.model.address import Rect
    from sheetsim.model.sheet import Sheet

FIRST_ROWS = 40  # that are shown of a sheet, if no range is given
MOST = 100_000  # cells of a range that are shown
LONGEST = 24  # characters of a text; a formula is shown whole


def show(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    sheet: Annotated[str, typer.Argument(help="The sheet, such as adam.")],
    cells: Annotated[
        str | None, typer.Argument(metavar="[RANGE]", help="These cells of it, or a name; else its first 40 rows.")
    ] = None,
    formulas: Annotated[bool, typer.Option("--formulas", help="Show the formulas instead of their values.")] = False,
    set_: Settings = None,
) -> None:
    """Show a sheet: its cells under their letters and numbers.

    Numbers stand in their number formats, on a terminal in the colours of the sheet; in a pipe, or where NO_COLOR is
    set, without them. Long texts are cut.

    \b
    Examples:
        sheetsim show graddesc adam
        sheetsim show graddesc adam A1:I8 --formulas
        sheetsim show graddesc adam H4:I8 --set 'adam!lr=0.5'
        sheetsim show accounts.xlsx Sheet1
    """
    from sheetsim.cli.see.looks import Looks, displayed
    from sheetsim.excel.calendar import counted_since
    from sheetsim.model.address import column_name
    from sheetsim.support import terminal

    book = opened(workbook, set_)
    own = book[sheet]
    rect = _cells(own, cells)
    looks = Looks(own, rect)
    letters = [column_name(column) for column in range(rect.left, rect.right + 1)]
    rows, styles, numeric = [], [], set()
    for row in range(rect.top, rect.bottom + 1):
        line, style = [str(row + 1)], ["dim"]
        for column, letter in enumerate(letters, rect.left):
            look, value = looks.of(row, column), own.value(row, column)
            formula = own.formula_text(row, column) if formulas else None
            with counted_since(book.days_since):
                text = formula or displayed(value, look.code)
            line.append(text if formula else terminal.cut_end(text, LONGEST))
            style.append(look.style)
            if isinstance(value, float) and not formula:
                numeric.add(letter)
        rows.append(line)
        styles.append(style)
    terminal.table("", ["", *letters], rows, ["", *numeric], styles)
    if cells is None and own.rows > rect.bottom + 1:
        say(f"rows 1 to {rect.bottom + 1:,} of {own.rows:,}; give a range to see others: A{rect.bottom + 2}:…")


def _cells(sheet: Sheet, cells: str | None) -> Rect:
    """What is to be shown. Raises InputError for an empty sheet, and for too much."""
    from sheetsim.model.address import Rect
    from sheetsim.model.named_cells import cells_of

    if cells is not None:
        rect = cells_of(sheet, cells)
        if rect.size > MOST:
            raise InputError(f"{sheet.title}!{rect}: {rect.size:,} cells; at most {MOST:,} can be shown")
        return rect
    if not (sheet.rows and sheet.columns):
        raise InputError(f"the sheet {sheet.title} is empty")
    return Rect(0, 0, min(sheet.rows, FIRST_ROWS) - 1, sheet.columns - 1)
