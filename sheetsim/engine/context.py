"""Where a program runs: which part of its block, and what it may read there at run time."""

from __future__ import annotations

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.dynamic import Run
from sheetsim.excel.arrays import Values, first_error, uniform, with_errors
from sheetsim.functions.places import Reference
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, REF


class Context:
    """Where a program runs: which part of its block, and what it may read."""

    def __init__(self, run: Run, block: Block, part: Rect):
        self.run, self.block, self.part, self.book = run, block, part, run.book
        rect = block.rect
        self.row_slice = slice(part.top - rect.top, part.bottom - rect.top + 1)
        self.column_slice = slice(part.left - rect.left, part.right - rect.left + 1)
        self.shape = (part.rows, part.columns, 1, 1)

    @property
    def rows(self) -> np.ndarray:
        """The sheet row of each cell, of shape (rows, 1, 1, 1)."""
        return np.arange(self.part.top, self.part.bottom + 1).reshape(-1, 1, 1, 1)

    @property
    def columns(self) -> np.ndarray:
        """The sheet column of each cell, of shape (1, columns, 1, 1)."""
        return np.arange(self.part.left, self.part.right + 1).reshape(1, -1, 1, 1)

    def read(self, ref: Reference) -> Values:
        """The cells that a reference known at run time points at; ``#REF!`` where they lie outside the sheet."""
        rows, columns = places(ref)
        return with_errors(self._held(ref.sheet, rows, columns), self.errors(ref, rows, columns))

    def errors(self, ref: Reference, rows: np.ndarray, columns: np.ndarray) -> np.ndarray | None:
        """The errors of a reference, ``#REF!`` where it points outside the sheet among them."""
        if rows.min() >= 0 and columns.min() >= 0 and rows.max() < MAX_ROWS and columns.max() < MAX_COLUMNS:
            return ref.errors
        bad = (rows < 0) | (rows >= MAX_ROWS) | (columns < 0) | (columns >= MAX_COLUMNS)
        off = np.where(bad.any(axis=(2, 3), keepdims=True), float(REF), 0.0)
        return first_error(ref.errors, off)

    def window(self, sheet: Sheet, rect: Rect) -> Values:
        """A rectangle as the array that one cell sees, the cells beyond all that the sheet holds as blanks."""
        num, kind = held_of(sheet, rect)
        return Values(num[None, None], uniform(kind[None, None]), True)

    def _held(self, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> Values:
        """The cells at these places; those beyond all that the sheet holds are blank, and not looked at."""
        height, width = sheet.num.shape
        if rows.min() >= 0 and columns.min() >= 0 and rows.max() < height and columns.max() < width:
            return self._gather(sheet, rows, columns)
        held = (rows >= 0) & (columns >= 0) & (rows < height) & (columns < width)
        if not held.any():
            return Values(np.zeros(held.shape), BLANK, True)
        some = tuple(axis[0] for axis in np.nonzero(held))  # a held place stands in for those that are not
        row, column = (np.broadcast_to(places, held.shape) for places in (rows, columns))
        found = self._gather(sheet, np.where(held, row, row[some]), np.where(held, column, column[some]))
        return Values(np.where(held, found.num, 0.0), uniform(np.where(held, found.kinds(), np.uint8(BLANK))), True)

    def _gather(self, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> Values:
        rect = Rect(int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max()))
        self.run.require(sheet, rect, rows, columns)
        at = columns * sheet.num.shape[0] + rows  # the arrays hold a column after the other
        kind = uniform(sheet.kind[rect.slices])
        if not isinstance(kind, int):
            kind = uniform(sheet.kind.ravel(order="K").take(at))
        return Values(sheet.num.ravel(order="K").take(at), kind, True)


def places(ref: Reference) -> tuple[np.ndarray, np.ndarray]:
    """The rows, of shape (rows, columns, h, 1), and the columns, (rows, columns, 1, w), that a reference points at."""
    rows = ref.top + np.arange(ref.height).reshape(1, 1, -1, 1)
    return rows, ref.left + np.arange(ref.width).reshape(1, 1, 1, -1)


def held_of(sheet: Sheet, rect: Rect) -> tuple[np.ndarray, np.ndarray]:
    """The nums and kinds of a rectangle: a view where the sheet holds all of it, otherwise a copy with blanks."""
    num, kind = sheet.num[rect.slices], sheet.kind[rect.slices]
    if num.shape == rect.shape:
        return num, kind
    wide_num, wide_kind = np.zeros(rect.shape, order="F"), np.full(rect.shape, BLANK, np.uint8, order="F")
    wide_num[: num.shape[0], : num.shape[1]], wide_kind[: num.shape[0], : num.shape[1]] = num, kind
    return wide_num, wide_kind
