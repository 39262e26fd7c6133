"""What stands in place of values that cannot be computed: which cells these are, and what the file stores there.

Nothing is kept for this while a workbook is computed: the file is read again when there is such a cell to be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import BLANK, ERROR, UNSUPPORTED, Reason, reason_of
from sheetsim.reading.book import read

Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def unsupported_mask(sheet: Sheet) -> Bools:
    """Which cells in use hold an unsupported value: bools of shape (rows, columns)."""
    used = slice(sheet.rows), slice(sheet.columns)
    return np.asarray((sheet.kind[used] == ERROR) & (sheet.num[used] >= UNSUPPORTED))


def unsupported_cells(book: Book) -> dict[Reason, list[tuple[Sheet, Places]]]:
    """The cells that the last calculation could not compute, by their reasons: of each sheet the rows and columns, of
    shape (cells, 2)."""
    found: dict[Reason, list[tuple[Sheet, Places]]] = {}
    for sheet in book.sheets:
        cells = np.argwhere(unsupported_mask(sheet))
        codes = sheet.num[cells[:, 0], cells[:, 1]]
        order = np.argsort(codes, kind="stable")  # there may be as many reasons as cells
        distinct, first = np.unique(codes[order], return_index=True)
        for code, places in zip(distinct.tolist(), np.split(cells[order], first[1:]), strict=False):
            found.setdefault(reason_of(code), []).append((sheet, places))
    return found


def without_value(sheet: Sheet) -> Bools:
    """Which cells in use have a formula and no value: where the file stores none and nothing was computed."""
    return np.asarray(sheet.computed() & (sheet.kind[: sheet.rows, : sheet.columns] == BLANK))


@contextmanager
def holding_stored(book: Book, otherwise: bool = True) -> Iterator[None]:
    """Meanwhile the cells that cannot be computed hold what the workbook's file stores of the same formulas. Where it
    stores nothing they are blank, unless ``otherwise`` is False: then they stay as they are. A file written so asks for
    a calculation when it is opened. Raises InputError if the file can no longer be read."""
    masks = {sheet.title: unsupported_mask(sheet) for sheet in book.sheets}
    if not any(mask.any() for mask in masks.values()):
        yield
        return
    ours, asked = Snapshot.of(book), book.calculate_on_opening
    before = None if book.source is None else read(book.source)
    book.calculate_on_opening = True
    try:
        book.overwritten = True
        for sheet in book.sheets:
            then = None if before is None else before.find_sheet(sheet.title)
            for row, column in np.argwhere(masks[sheet.title]).tolist():
                _hold(sheet, row, column, then, otherwise)
        yield
    finally:
        ours.put_back()
        book.calculate_on_opening = asked


def _hold(sheet: Sheet, row: int, column: int, then: Sheet | None, otherwise: bool) -> None:
    known = then is not None and row < then.rows and column < then.columns
    if then is not None and known and then.formula_text(row, column) == sheet.formula_text(row, column):
        sheet.num[row, column], sheet.kind[row, column] = then.num[row, column], then.kind[row, column]
    elif otherwise:
        sheet.num[row, column], sheet.kind[row, column] = 0.0, BLANK
