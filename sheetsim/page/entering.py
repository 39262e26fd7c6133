"""What becomes of a text that is typed or pasted into a cell."""

from __future__ import annotations

from sheetsim.errors import FormulaError, InputError, SheetsimError
from sheetsim.macros.settings import typed
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.sheet import Sheet

MOST = 1_000_000  # cells that one step changes


def enter(sheet: Sheet, row: int, column: int, text: str) -> None:
    """Puts into a cell what a person types there: a formula, a number, TRUE, an error, a text; nothing empties it. An
    apostrophe in front makes a text of anything. Raises FormulaError for a formula that cannot be read."""
    where = sheet.where(row, column)
    if text.startswith("=") and len(text) > 1:
        number = sheet.book.formula_number(text.strip(), row, column, sheet.title)
        try:
            _ = sheet.book.formulas[number].tree  # what cannot be parsed is refused here, before it stands there
        except FormulaError as error:
            raise FormulaError(f"{where}: {error}") from None
        sheet.fill_rect(Rect(row, column, row, column), number)
    elif text.startswith("'"):
        sheet.put(row, column, text[1:])
    elif text == "":
        sheet.put(row, column, None)
    else:
        try:
            value = typed(where, text)
        except InputError:
            raise InputError(f"{where}: {text!r:.40} is no number that a cell can hold") from None
        sheet.put(row, column, value)


def enter_rows(sheet: Sheet, top: int, left: int, rows: list[list[str]]) -> Rect:
    """Puts a table of texts into the cells from one on, as they come from another program's clipboard; returns the
    cells. Raises InputError where it does not fit."""
    rect = pasted(top, left, len(rows), max(map(len, rows), default=0))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            try:
                enter(sheet, top + r, left + c, text)
            except SheetsimError:
                if not text.startswith("="):
                    raise
                sheet.put(top + r, left + c, text)  # =) and the like in a text of another program
    return rect


def pasted(top: int, left: int, rows: int, columns: int) -> Rect:
    """The cells that so many rows and columns fill. Raises InputError where they leave the sheet or are too many."""
    if not rows or not columns:
        raise InputError("there is nothing to paste")
    if top + rows > MAX_ROWS or left + columns > MAX_COLUMNS:
        raise InputError(f"{rows:,} × {columns:,} cells do not fit below and right of this cell")
    if rows * columns > MOST:
        raise InputError(f"{rows:,} × {columns:,} cells are more than one step changes, {MOST:,}")
    return Rect(top, left, top + rows - 1, left + columns - 1)


def copy_cells(source: Sheet, cells: Rect, target: Sheet, into: Rect) -> None:
    """Copies cells into others, again and again where these are more: formulas as they are filled, references moved
    along. Both sheets are of one workbook. What is copied is looked at before the first cell changes."""
    contents = [[_content(source, row, column) for column in _columns(cells)] for row in _rows(cells)]
    for row, column in into.cells():
        number, value = contents[(row - into.top) % cells.rows][(column - into.left) % cells.columns]
        if number:
            target.fill_rect(Rect(row, column, row, column), number)
        else:
            target.put(row, column, value)


def _content(sheet: Sheet, row: int, column: int) -> tuple[int, object]:
    """The number of a cell's formula, or 0 and its value."""
    inside = row < sheet.rows and column < sheet.columns
    return int(sheet.formula_numbers[row, column]) if inside else 0, sheet.value(row, column)


def fill(sheet: Sheet, cells: Rect, to_the_right: bool = False) -> None:
    """Fills cells from their first row, or column: Excel's fill down and fill right."""
    if to_the_right:
        copy_cells(
            sheet, cells._replace(right=cells.left), sheet, cells._replace(left=min(cells.left + 1, cells.right))
        )
    else:
        copy_cells(sheet, cells._replace(bottom=cells.top), sheet, cells._replace(top=min(cells.top + 1, cells.bottom)))


def _rows(rect: Rect) -> range:
    return range(rect.top, rect.bottom + 1)


def _columns(rect: Rect) -> range:
    return range(rect.left, rect.right + 1)
