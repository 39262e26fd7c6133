"""A workbook that checks itself: a sheet that compares, by live formulas, what is computed with what we computed.

The engine's values of all computed cells stand as plain values on sheets of their own, ``values basic`` for ``basic``,
each at the address of its cell. The sheet ``check`` has a line for each region; it counts the cells in which the
program that shows the file and the engine differ. Its formulas are array formulas, each in one cell: IF and IFERROR go
through a range cell by cell in those alone (not in SUMPRODUCT, before Excel 365), and every program has them, Google
Sheets as ARRAYFORMULA. What they cannot see is the last bit: a spreadsheet compares some 15 digits.

A program that shows the stored results of formulas without computing them would find that all agree. LibreOffice does
so with most cells of an .xlsx until it is told to compute all. So two cells tell whether it has: one with a plain
formula and one with an array formula, whose stored results are other than the formulas give. Before both are computed
nothing is green, and the headline says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.volatility import volatile_cells
from sheetsim.errors import InputError
from sheetsim.model.address import Rect, cell_name, column_name, parse_cell
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, TEXT, encode
from sheetsim.study.self_check.check_sheet import AGREES, ARRAY, FIRST, HOW_TO, NOT_YET, PLAIN, TOLERANCE, WAITS, write
from sheetsim.study.self_check.regions import Known, known_cells, regions_of
from sheetsim.study.self_check.rounding import decided_by_rounding

#: What last bits of the inputs move by more is not compared: a whole calculation has many more last bits.
ROUNDING = TOLERANCE / 10
MARK = "sheetsim_self_check"  # a hidden name: the workbook has its check already
DRAWN = "they are drawn anew at each calculation"
DECIDED = "rounding decides them: last bits of an input move them by more than a tenth of the tolerance"
VALUE_WIDTH = 12  # characters
LABEL_LENGTH = 24  # longer texts of a sheet are sentences, not headings


def has_self_check(book: Book) -> bool:
    """Whether a workbook, or the file that it was read from, has a self-check."""
    return book.find_name(MARK, None) is not None


def add_self_check(book: Book) -> Sheet:
    """Adds the sheet ``check`` (or ``check 2`` …) in front, and behind the others the values it compares with; returns
    the check. The values are those the workbook has now, so press buttons before. The headline says that it has not
    been calculated, and is to be saved so.

    Raises InputError for a workbook that computes nothing or has its check already, and for one read from a file: a
    copy of that file keeps what it holds, and takes no further sheets.

    >>> from sheetsim.library import build
    >>> book = build("entropy_example")
    >>> sheet = add_self_check(book)
    >>> sheet["A1"], sheet["A11:E11"]
    ('Not calculated by this program yet', [['softmax', 'C3:D7', 'exp, softmax', 10.0, 0.0]])
    >>> recalculate(book)
    >>> sheet["A1"]
    'All 75 cells agree with sheetsim'
    """
    if has_self_check(book):
        raise InputError(f"{book.name} has a self-check already")
    if book.source is not None:
        raise InputError(
            f"{book.source}: a self-check can be added to workbooks that sheetsim defines, not to a file's"
        )
    if book.changed:
        recalculate(book)
    volatile, decided = volatile_cells(book), decided_by_rounding(book, ROUNDING)
    known = list(known_cells(book))
    originals = list(book.sheets)
    apart = {title: mask | decided[title] for title, mask in volatile.items()}
    compared = {sheet.title: _compared(sheet, apart[sheet.title], known) for sheet in originals}
    regions = [region for sheet in originals for region in regions_of(sheet, compared[sheet.title])]
    if not regions:
        raise InputError(f"{book.name} computes nothing that could be checked")
    check = book.add_companion("check", first=True)
    check.about = "whether the program that shows this file computes what sheetsim computed, region by region"
    stored = {
        sheet.title: store(sheet, compared[sheet.title], [region.rect for region in regions if region.sheet is sheet])
        for sheet in dict.fromkeys(region.sheet for region in regions)
    }
    left_out = {
        DRAWN: volatile,
        DECIDED: {title: mask & ~volatile[title] for title, mask in decided.items()},
    }
    write(check, regions, stored, compared, known, left_out)
    book.define_name(MARK, f'"{check.title}"', hidden=True)
    book.calculate_on_opening = True
    recalculate(book)
    not_yet(book)
    return check


def _check_of(book: Book) -> Sheet | None:
    mark = book.find_name(MARK, None)
    return book.find_sheet(mark.text.strip('"')) if mark else None


def not_yet(book: Book) -> None:
    """Puts into a self-check what a file is to store: that it has not been calculated yet."""
    if check := _check_of(book):
        verdicts = {f"H{row}": WAITS for row in range(FIRST, check.rows + 1) if check[f"H{row}"] == AGREES}
        book.overwritten = True
        for cell, value in {"A1": NOT_YET, "A2": HOW_TO, PLAIN: 0.0, ARRAY: 0.0, **verdicts}.items():
            place = parse_cell(cell)
            check.num[place], check.kind[place] = encode(value)


@contextmanager
def still_to_calculate(book: Book) -> Iterator[None]:
    """Whatever sheetsim calculates meanwhile: a self-check that was still to be calculated by the program that opens
    the file is so afterwards."""
    check = _check_of(book)
    waits = check is not None and check[PLAIN] == 0
    yield
    if waits:
        not_yet(book)


# --- what is compared -------------------------------------------------------------------------------------------------
def _compared(sheet: Sheet, apart: np.ndarray, known: Iterable[Known]) -> np.ndarray:
    """Which cells are compared: the computed ones, but those left out and those listed apart."""
    mask = sheet.computed() & ~apart & (sheet.kind[: sheet.rows, : sheet.columns] != BLANK)
    for cell in known:
        if cell.sheet is sheet:
            mask[cell.row, cell.column] = False
    return np.asarray(mask)


# --- the values beside ------------------------------------------------------------------------------------------------
def store(sheet: Sheet, compared: np.ndarray, regions: Iterable[Rect]) -> Sheet:
    """The sheet ``values …``: our values, each at its cell's address, and the short texts that say what they are; in a
    region nothing but values stands, for all that stands there is compared."""
    stored = sheet.book.add_companion(f"values {sheet.title}")
    kind, num = sheet.kind[: sheet.rows, : sheet.columns], sheet.num[: sheet.rows, : sheet.columns]
    stored.reserve(sheet.rows, sheet.columns)
    stored.rows, stored.columns = sheet.rows, sheet.columns
    stored.kind[: sheet.rows, : sheet.columns] = np.where(compared, kind, BLANK)
    stored.num[: sheet.rows, : sheet.columns] = np.where(compared, num, 0.0)
    labels = (kind == TEXT) & ~sheet.computed()
    for rect in regions:
        labels[rect.slices][...] = False
    for row, column in np.argwhere(labels).tolist():
        if len(str(sheet.value(row, column))) <= LABEL_LENGTH:
            stored.put(row, column, sheet.value(row, column))
            stored.style(cell_name(row, column), "note")
    stored.width(f"A:{column_name(max(sheet.columns, 1) - 1)}", VALUE_WIDTH)
    stored.look.freeze = sheet.look.freeze
    return stored
