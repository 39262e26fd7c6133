"""References as views of the sheets' arrays: no copies, four-dimensional as ``arrays.py`` describes.

A reference that moves with its cell has as many rows as the block, one that is fixed has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.engine.blocks import FAR, Block, clipped, reach
from sheetsim.engine.context import Context, held_of
from sheetsim.excel.arrays import Values, error_value, uniform
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref
from sheetsim.model.values import BLANK, REF

Stack = list[Any]


class Reading:
    """A step that reads cells, and what it is told before it runs."""

    __slots__ = ()

    def attach(self) -> None:
        """Once, when all sheets have their final size."""

    def look(self, whole: bool) -> None:
        """Before a whole block, or before parts of one (not ``whole``), whose cells change in between."""


class RangeView(Reading):
    """A reference as a view of its sheet's arrays, cut to the part of the block that is being computed.

    A reference that goes far beyond the cells in use (``A:A`` where blanks count) gives what is held of it with blanks
    around, made for each part anew: room in the sheet for all of it would be a gigabyte for a hundred columns."""

    __slots__ = ("blanks_count", "empty", "far", "kind", "known", "num", "rect", "ref", "region", "shape", "sheet")

    def __init__(self, block: Block, ref: Ref, blanks_count: bool):
        """``blanks_count`` says whether blank cells matter to what is computed: if not, ``A:A`` ends with the last cell
        in use."""
        assert ref.sheet is not None
        self.sheet = block.sheet.book[ref.sheet]
        self.ref, self.blanks_count = ref, blanks_count
        self.known: int | None = None
        rect = reach(ref, block.rect)
        assert rect is not None
        self.rect = rect = rect if blanks_count else clipped(ref, rect, self.sheet, alone=block.rect.size == 1)
        self.empty = rect.top >= self.sheet.rows or rect.left >= self.sheet.columns
        self.far = rect.bottom >= self.sheet.rows + FAR or rect.right >= self.sheet.columns + FAR
        if not (self.empty or self.far):
            self.sheet.reserve(rect.bottom + 1, rect.right + 1)
        rows, height = _axis(block.rect.rows, ref.first.row_absolute, rect.rows)
        columns, width = _axis(block.rect.columns, ref.first.column_absolute, rect.columns)
        self.shape = (rows, columns, height, width)

    def attach(self) -> None:
        """Makes the views. Beyond all that is held there is nothing to view."""
        if self.empty:
            self.num, self.kind = np.broadcast_to(0.0, self.shape), np.broadcast_to(np.uint8(BLANK), self.shape)
            self.region = self.kind[:1, :1, 0, 0]
            return
        self.region = self.sheet.kind[self.rect.slices]
        if not self.far:
            top, left, _, _ = self.rect
            self.num = _windows(self.sheet.num, top, left, self.shape)
            self.kind = _windows(self.sheet.kind, top, left, self.shape)

    def at(self, block: Block) -> RangeView:
        """The same reference in a copy of the block that is as large."""
        return RangeView(block, self.ref, self.blanks_count)

    def look(self, whole: bool) -> None:
        """Notes whether all cells are of one kind, and stay so while the block is computed."""
        found = uniform(self.region) if whole and (self.empty or not self.far) else None
        self.known = found if isinstance(found, int) else None

    def __call__(self, stack: Stack, context: Context) -> None:
        cut = (
            context.row_slice if self.shape[0] > 1 else slice(None),
            context.column_slice if self.shape[1] > 1 else slice(None),
        )
        if self.far and not self.empty:
            stack.append(self._with_blanks(*cut))
            return
        kind = self.known
        stack.append(Values(self.num[cut], uniform(self.kind[cut]) if kind is None else kind, True))

    def _with_blanks(self, down: slice, right: slice) -> Values:
        """What the cells of a part of the block see, from a copy of the cells that they see together."""
        rows, columns, height, width = self.shape
        first_row, last_row, _ = down.indices(rows)
        first_column, last_column, _ = right.indices(columns)
        top, left = self.rect.top + first_row, self.rect.left + first_column
        shape = (last_row - first_row, last_column - first_column, height, width)
        seen = Rect(top, left, top + shape[0] + height - 2, left + shape[1] + width - 2)
        num, kind = (_windows(a, 0, 0, shape) for a in held_of(self.sheet, seen))
        return Values(num, uniform(kind), True)


def _windows(cells: np.ndarray, top: int, left: int, shape: tuple[int, int, int, int]) -> np.ndarray:
    """What each cell of a block sees of an array from one of its places on, as a view: from cell to cell the window
    moves on by one, where there is more than one."""
    down, right = cells.strides
    at = top * down + left * right
    seen: np.ndarray = np.ndarray(shape, cells.dtype, cells.T, at, (down, right, down, right))
    seen.flags.writeable = False
    return seen


def _axis(cells: int, fixed: bool, extent: int) -> tuple[int, int]:
    """(block axis, window axis) of a reference that covers ``extent`` rows over a block of ``cells`` rows."""
    return (1, extent) if fixed else (cells, extent - cells + 1)


class ExpandingRange(Reading):
    """A reference with one corner fixed and one that moves, as ``A$1:A5``: its size differs from cell to cell, so the
    block is computed cell by cell. Serves references that leave the sheet, too: there the value is ``#REF!``."""

    def __init__(self, block: Block, ref: Ref, blanks_count: bool):
        assert ref.sheet is not None
        self.ref, self.sheet, self.blanks_count = ref, block.sheet.book[ref.sheet], blanks_count

    def __call__(self, stack: Stack, context: Context) -> None:
        stack.append(seen_at(self.ref, context, self._cells))

    def _cells(self, rect: Rect, context: Context) -> Values:
        if not self.blanks_count:
            rect = clipped(self.ref, rect, self.sheet, alone=True)
        return context.window(self.sheet, rect)


def seen_at(ref: Ref, context: Context, answer: Callable[[Rect, Context], Any]) -> Any:
    """What ``answer`` makes of the cells that a reference means at ``context``; ``#REF!`` where it leaves the sheet."""
    rect = ref.rect(context.part.top, context.part.left)
    return error_value(REF) if rect is None else answer(rect, context)


def changes_size(ref: Ref, block: Block) -> bool:
    """Whether the copies of a reference over a block are of different sizes: one corner fixed, one moving."""
    first, last = ref.first, ref.last
    return (first.row_absolute != last.row_absolute and block.rect.rows > 1) or (
        first.column_absolute != last.column_absolute and block.rect.columns > 1
    )
