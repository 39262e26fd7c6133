"""What the torch engine has computed so far, in pieces, and the reading of cells from them.

Tensors that carry gradients must not be written into. So each part of a block that is computed at once is a piece of
its own, and so is each rectangle of inputs; a reference is a view of one piece, or is put together from several. Cells
that no piece gives do not depend on the inputs: there the sheet's own values stand.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Kinds, Values, uniform
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK
from sheetsim.tensors.live import Either, Live


class Memory:
    """Which piece gives each cell, and the pieces of one evaluation."""

    def __init__(self, book: Book, dtype: torch.dtype, device: torch.device):
        self.book, self.dtype, self.device = book, dtype, device
        self.owner = {s.title: np.zeros((s.rows, s.columns), np.int32) for s in book.sheets}  # number + 1, or 0
        self.places: list[tuple[Sheet, Rect]] = []
        self.nums: list[Tensor] = []  # of shape (rows, columns)
        self.kinds: list[int | Kinds] = []
        self.blanks: list[Tensor] = []
        self._rows: dict[int, tuple[Tensor, ...]] = {}

    def claim(self, sheet: Sheet, rect: Rect, cells: np.ndarray | None = None) -> int:
        """A new piece for a rectangle (or only for those ``cells`` of it), to be stored before it is read."""
        self.places.append((sheet, rect))
        self.blanks.append(torch.zeros((), dtype=self.dtype, device=self.device).expand(rect.rows, rect.columns))
        self.nums.append(self.blanks[-1])
        self.kinds.append(BLANK)
        area = self.owner[sheet.title][rect.top : rect.bottom + 1, rect.left : rect.right + 1]
        area[... if cells is None else cells] = len(self.places)
        return len(self.places) - 1

    def forget(self) -> None:
        """Before an evaluation: no tensor of the last one must be met again."""
        self.nums = list(self.blanks)
        self._rows.clear()

    def row(self, piece: int, row: int) -> Tensor:
        """One row of a piece. All rows are taken apart at once: were each its own view, every one of them would ask for
        a gradient as large as the piece."""
        if piece not in self._rows:
            self._rows[piece] = self.nums[piece].unbind(0)
        return self._rows[piece][row]

    def store(self, piece: int, num: Tensor, kind: int | Kinds) -> None:
        """Keeps what a piece came to: ``num`` (rows, columns) and its kinds."""
        self.nums[piece], self.kinds[piece] = num, kind
        self._rows.pop(piece, None)  # an intersection may look at its own cells before it finds that they do not count

    def where(self, sheet: Sheet, row: int, column: int) -> tuple[int, int, int] | None:
        """The piece that gives a cell, and the cell's row and column in it."""
        owner = self.owner[sheet.title]
        inside = row < owner.shape[0] and column < owner.shape[1]
        piece = int(owner[row, column]) - 1 if inside else -1
        if piece < 0:
            return None
        rect = self.places[piece][1]
        return piece, row - rect.top, column - rect.left

    def read(self, sheet: Sheet, rect: Rect) -> Either:
        """A rectangle as the array that a single cell sees: of shape (1, 1, rows, columns)."""
        rows, columns = np.arange(rect.top, rect.bottom + 1), np.arange(rect.left, rect.right + 1)
        return Reader(self, sheet, rows.reshape(1, 1, -1, 1), columns.reshape(1, 1, 1, -1))()


class Reader:
    """Certain cells of a sheet, of any shape of four axes; made once, it reads in every evaluation.

    Nearly always the cells are a rectangle of one piece, and a view of it will do (``cut``). Otherwise all pieces are
    laid end to end after the constants, and the cells picked out (``index``).
    """

    def __init__(self, memory: Memory, sheet: Sheet, rows: np.ndarray, columns: np.ndarray):
        self.memory = memory
        self.shape = np.broadcast_shapes(rows.shape, columns.shape)
        self.cut = self._find_cut(memory.owner[sheet.title], rows, columns)
        if self.cut is None:
            self._find_index(sheet, rows, columns)
        self.known: tuple[list[int | Kinds], int | Kinds] | None = None

    def _find_cut(self, owner: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[slice, slice] | None:
        down, right = _run(rows, 0, 2), _run(columns, 1, 3)
        if down is None or right is None or (down[1] - down[0]) * (right[1] - right[0]) != np.prod(self.shape):
            return None
        area = owner[slice(*down), slice(*right)]
        first = int(area.flat[0]) if area.size else 0
        if not first or area.shape != (down[1] - down[0], right[1] - right[0]) or (area != first).any():
            return None
        self.pieces = [first - 1]
        self.turned = self.shape[1] > 1 and self.shape[2] > 1
        rect = self.memory.places[first - 1][1]
        return slice(down[0] - rect.top, down[1] - rect.top), slice(right[0] - rect.left, right[1] - rect.left)

    def _find_index(self, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> None:
        owner = self.memory.owner[sheet.title]
        inside = (rows >= 0) & (columns >= 0) & (rows < owner.shape[0]) & (columns < owner.shape[1])
        at = (np.where(inside, rows, 0), np.where(inside, columns, 0)) if owner.size else None
        owners = np.zeros(self.shape, np.int32) if at is None else np.where(inside, owner[at], 0)
        self.pieces = [int(number) - 1 for number in np.unique(owners) if number]
        self.fixed = _constants(sheet, owners == 0, at, inside)
        if not self.pieces:
            return
        memory, start = self.memory, owners.size
        self.rest = torch.as_tensor(self.fixed.num.ravel(), dtype=memory.dtype, device=memory.device)
        self.index = np.arange(owners.size).reshape(self.shape)
        for piece in self.pieces:
            rect = memory.places[piece][1]
            within = (rows - rect.top) * rect.columns + columns - rect.left
            self.index = np.where(owners == piece + 1, within + start, self.index)
            start += rect.size
        self.index_tensor = torch.as_tensor(self.index.ravel(), device=memory.device)

    def __call__(self) -> Either:
        if not self.pieces:
            return self.fixed
        return Live(self._numbers().reshape(self.shape), self._kind(), True)

    def _numbers(self) -> Tensor:
        nums = self.memory.nums
        if self.cut is None:
            flat = torch.cat([self.rest, *(nums[piece].reshape(-1) for piece in self.pieces)])
            return flat.index_select(0, self.index_tensor)
        piece, (down, right) = self.pieces[0], self.cut
        if down.stop - down.start == 1 < len(nums[piece]):
            return self.memory.row(piece, down.start)[right]
        return nums[piece][self.cut].T if self.turned else nums[piece][self.cut]

    def _kind(self) -> int | Kinds:
        """The kinds of the cells; known already, where those of the pieces are as they were."""
        kinds = [self.memory.kinds[piece] for piece in self.pieces]
        if self.cut is not None and isinstance(kinds[0], int):
            return kinds[0]
        if self.known is None or any(a is not b for a, b in zip(kinds, self.known[0], strict=True)):
            self.known = kinds, self._kinds_of(kinds)
        return self.known[1]

    def _kinds_of(self, kinds: list[int | Kinds]) -> int | Kinds:
        if self.cut is not None:
            part = np.asarray(kinds[0])[self.cut]
            return uniform((part.T if self.turned else part).reshape(self.shape))
        sizes = [self.memory.places[piece][1].size for piece in self.pieces]
        full = [np.full(n, k, np.uint8) if isinstance(k, int) else k.ravel() for k, n in zip(kinds, sizes, strict=True)]
        return uniform(np.concatenate([self.fixed.kinds().ravel(), *full])[self.index])


def _run(places: np.ndarray, block: int, window: int) -> tuple[int, int] | None:
    """First and last + 1 of the rows or columns, where they follow upon one another along one axis."""
    if places.shape[block] > 1 and places.shape[window] > 1:
        return None
    flat = places.ravel()
    if flat[0] < 0 or (flat.size > 1 and (flat[1:] - flat[:-1] != 1).any()):
        return None
    return int(flat[0]), int(flat[0]) + flat.size


def _constants(sheet: Sheet, mine: np.ndarray, at: tuple[np.ndarray, np.ndarray] | None, inside: np.ndarray) -> Values:
    """The cells as the sheet holds them, those beyond its end and those of pieces as blanks."""
    if at is None:
        return Values(np.zeros(mine.shape), BLANK, True)
    seen = mine & inside
    num, kind = np.where(seen, sheet.num[at], 0.0), np.where(seen, sheet.kind[at], np.uint8(BLANK))
    return Values(num, uniform(kind), True)
