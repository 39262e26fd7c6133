"""Where a program runs: which part of its block, and what it may read there at run time."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from sheetsim.engine.binding import bind
from sheetsim.engine.blocks import Block
from sheetsim.engine.dynamic import Run
from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import Values, first_error, uniform, with_errors
from sheetsim.functions.places import Reference
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, column_name
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, REF


class Context:
    """Where a program runs: which part of its block, and what it may read."""

    def __init__(self, run: Run, block: Block, part: Rect, picked: np.ndarray | None = None):
        """``picked`` are the rows of the part that are wanted, its first and last among them; else all are."""
        self.run, self.block, self.part, self.book, self.picked = run, block, part, run.book, picked
        self.pointed = 0  # references known at run time that were read so far
        rect = block.rect
        self.row_slice: Any = slice(part.top - rect.top, part.bottom - rect.top + 1)
        if picked is not None:
            self.row_slice = picked - rect.top
        self.column_slice = slice(part.left - rect.left, part.right - rect.left + 1)
        self.shape = (part.rows if picked is None else len(picked), part.columns, 1, 1)

    @property
    def rows(self) -> np.ndarray:
        """The sheet row of each cell, of shape (rows, 1, 1, 1)."""
        rows = np.arange(self.part.top, self.part.bottom + 1) if self.picked is None else self.picked
        return rows.reshape(-1, 1, 1, 1)

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

    def named(self, text: str, a1: bool) -> Reference | None:
        """The reference that a text names, seen from the first cell of the part; None if it names none."""
        row, column = self.part.top, self.part.left
        try:
            written = text if a1 else as_a1(text, row, column)
            tree = bind(Formula.read("=" + written, row, column).tree, self.block.sheet, Rect(row, column, row, column))
        except FormulaError:
            return None
        rect = tree.rect(row, column) if isinstance(tree, Ref) and tree.sheet is not None else None
        if rect is None:
            return None
        top, left = (np.full((1, 1, 1, 1), place, np.int64) for place in (rect.top, rect.left))
        return Reference(self.book[tree.sheet], top, left, rect.rows, rect.columns)  # type: ignore[union-attr, index]

    def window(self, sheet: Sheet, rect: Rect) -> Values:
        """A rectangle as the array that one cell sees, the cells beyond all that the sheet holds as blanks."""
        num, kind = held_of(sheet, rect)
        return Values(num[None, None], uniform(kind[None, None]), True)

    def within(self, block: Block, part: Rect) -> Context:
        """The same for a part of another block."""
        return Context(self.run, block, part)

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
        self.run.note(self, sheet, rect, at)
        kind = uniform(sheet.kind[rect.slices])
        if not isinstance(kind, int):
            kind = uniform(sheet.kind.ravel(order="K").take(at))
        return Values(sheet.num.ravel(order="K").take(at), kind, True)


_PART = re.compile(r"(?:R(?P<row>[0-9]+|\[-?[0-9]+\])?)?(?:C(?P<column>[0-9]+|\[-?[0-9]+\])?)?\Z", re.IGNORECASE)


def as_a1(text: str, row: int, column: int) -> str:
    """A reference as ``R1C1`` as it is written in the cell (row, column) otherwise. Raises FormulaError.

    >>> as_a1("R2C3", 0, 0), as_a1("s!R[1]C[-1]:R9C9", 4, 4), as_a1("C2", 0, 0)
    ('C2', 's!D6:I9', 'B:B')
    """
    sheet, mark, cells = text.rpartition("!")
    ends = [_end(part, row, column) for part in cells.split(":")]
    whole = len(ends) == 1 and not (ends[0][0] and ends[0][1])
    return sheet + mark + ":".join("".join(end) for end in (ends * 2 if whole else ends))


def _end(part: str, row: int, column: int) -> tuple[str, str]:
    """The letters and the digits of one corner, one of them empty for a whole row or column."""
    found = _PART.match(part)
    if not part or found is None:
        raise FormulaError(f"{part!r} is no reference")
    letters = digits = ""
    if part[0] in "rR":
        digits = str(_place(found["row"], row) + 1)
    if "C" in part.upper():
        place = _place(found["column"], column)
        if not 0 <= place < MAX_COLUMNS:
            raise FormulaError(f"{part!r} is beyond the sheet")
        letters = column_name(place)
    return letters, digits


def _place(written: str | None, own: int) -> int:
    if written is None:
        return own
    return own + int(written[1:-1]) if written.startswith("[") else int(written) - 1


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
