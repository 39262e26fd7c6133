"""Cells of a block that are to be computed again: a rectangle, or some rows of one.

What reads a changed cell is worked out by arithmetic on rectangles. Where a reference moves with its row, one changed
row means one row of each block that reads it, so that a list of a million rows costs as much as one of ten.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.model.address import Rect, around
from sheetsim.model.nodes import Ref

Places = npt.NDArray[np.int64]

NARROW = 8  # rows of a range that moves with its row: for more, all rows between the first and the last are taken


class Region(NamedTuple):
    """The cells of a rectangle; with ``rows`` (rising, within it) only of these rows of the sheet."""

    rect: Rect
    rows: Places | None = None

    def all_rows(self) -> Places:
        """The rows as a list, also where they are all."""
        return np.arange(self.rect.top, self.rect.bottom + 1) if self.rows is None else self.rows

    @property
    def size(self) -> int:
        """How many cells they are."""
        return (self.rect.rows if self.rows is None else len(self.rows)) * self.rect.columns

    @property
    def places(self) -> tuple[slice | Places, slice]:
        """What picks the cells out of an array of all cells."""
        down, right = self.rect.slices
        return (down if self.rows is None else self.rows), right


def of_rows(rows: Places, left: int, right: int) -> Region:
    """Some rows of some columns; where they are most of those between the first and the last, all of these."""
    rect = Rect(int(rows[0]), left, int(rows[-1]), right)
    return Region(rect, None if 2 * len(rows) >= rect.rows else rows)


def joined(one: Region | None, other: Region) -> Region:
    """The cells of both, and others perhaps: the columns between them, and rows where there are not many."""
    if one is None:
        return other
    rect = around([one.rect, other.rect])
    if one.rows is None and other.rows is None and rect.rows <= 2 * (one.rect.rows + other.rect.rows):
        return Region(rect)
    return of_rows(np.union1d(one.all_rows(), other.all_rows()), rect.left, rect.right)


def readers_of(ref: Ref, block: Rect, changed: Region) -> Region | None:
    """The cells of a block whose copy of a reference means some cell that has changed."""
    first, last, rect = ref.first, ref.last, changed.rect
    moves = not (first.column_absolute or last.column_absolute or ref.shape == "rows")
    across = _seen(block.left, block.right, rect.left, rect.right, (first.column, last.column) if moves else None)
    moves = not (first.row_absolute or last.row_absolute or ref.shape == "columns")
    offsets = (min(first.row, last.row), max(first.row, last.row)) if moves else None
    down = _seen(block.top, block.bottom, rect.top, rect.bottom, offsets)
    if across is None or down is None:
        return None
    cells = Rect(down[0], across[0], down[1], across[1])
    if changed.rows is None or offsets is None or offsets[1] - offsets[0] >= NARROW:
        return Region(cells)
    shifted = [changed.rows - offset for offset in range(offsets[0], offsets[1] + 1)]
    rows = shifted[0] if len(shifted) == 1 else np.unique(np.concatenate(shifted))
    rows = rows[np.searchsorted(rows, down[0]) : np.searchsorted(rows, down[1], side="right")]
    return of_rows(rows, cells.left, cells.right) if len(rows) else None


def _seen(first: int, last: int, low: int, high: int, offsets: tuple[int, int] | None) -> tuple[int, int] | None:
    """Along one axis: the lines of a block, from ``first`` to ``last``, that see a line from ``low`` to ``high``."""
    if offsets is not None:
        first, last = max(first, low - max(offsets)), min(last, high - min(offsets))
    return (first, last) if first <= last else None
