"""Where references known only at run time pointed: ``OFFSET($B$3,$L3,M$2)`` in each cell of its block.

Without it every change would have all of them computed again. Noted while they are read (``context.py``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheetsim.engine.blocks import Block
from sheetsim.engine.incremental.regions import Places, Region, of_rows
from sheetsim.model.address import Rect, around
from sheetsim.model.grid import Grid
from sheetsim.model.sheet import Sheet

MOST = 1 << 22  # cells of a block whose places are noted one by one
FEW = 64  # columns of a change that are looked for one by one


class Pointed:
    """What the cells of one block pointed at when they were computed last, and perhaps more."""

    def __init__(self, block: Block):
        self.block = block
        self.exact: list[tuple[Sheet, npt.NDArray[np.int32]]] = []  # of each reference: the place that each cell read
        self.around: dict[str, Rect] = {}  # of all else: a rectangle that holds it, by sheet
        self.within: dict[str, Rect] = {}  # a rectangle that holds all, by sheet

    def note(self, which: int, part: Rect, rows: Places | None, sheet: Sheet, rect: Rect, at: np.ndarray) -> None:
        """The reference number ``which`` of a part, or of some rows of it, read cells of ``rect``: those at the places
        ``at``, counted down the columns of the sheet, of shape (rows, columns, height, width)."""
        block = self.block.rect
        self.within[sheet.title] = around([rect, self.within.get(sheet.title, rect)])
        alone = at.shape[2:] == (1, 1) and which <= len(self.exact) and (part.size > 1 or block.size == 1)
        if not alone or block.size > MOST or self.block.spill:
            self.around[sheet.title] = around([rect, self.around.get(sheet.title, rect)])
            return
        if which == len(self.exact):
            self.exact.append((sheet, np.full(block.shape, -1, np.int32, order="F")))
        if self.exact[which][0] is not sheet:
            self.around[sheet.title] = around([rect, self.around.get(sheet.title, rect)])
            return
        down: slice | np.ndarray = slice(part.top - block.top, part.bottom - block.top + 1)
        if rows is not None:
            down = rows - block.top
        self.exact[which][1][down, part.left - block.left : part.right - block.left + 1] = at[:, :, 0, 0]

    def readers(self, sheet: Grid, changed: Region) -> Region | None:
        """The cells of the block that pointed at some cell that has changed."""
        within, coarse = self.within.get(sheet.title), self.around.get(sheet.title)
        if within is None or not within.meets(changed.rect):
            return None
        if coarse is not None and coarse.meets(changed.rect):
            return Region(self.block.rect)
        found = np.zeros(0, np.int64)
        for where, at in self.exact:
            if where is sheet:
                if changed.rect.columns > FEW:
                    return Region(self.block.rect)
                found = np.union1d(found, self._rows(at, changed.rect, sheet.num.shape[0]))
        if not len(found):
            return None
        return of_rows(found + self.block.rect.top, self.block.rect.left, self.block.rect.right)

    def _rows(self, at: np.ndarray, changed: Rect, height: int) -> np.ndarray:
        seen = np.zeros(at.shape[0], bool)
        for column in range(changed.left, changed.right + 1):
            low, high = column * height + changed.top, column * height + changed.bottom
            seen |= ((at == low) if low == high else (at >= low) & (at <= high)).any(axis=1)
        return np.flatnonzero(seen)
