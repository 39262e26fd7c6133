"""What the torch engine has computed so far, in pieces, and the reading of cells from them.

Tensors that carry gradients must not be written into. So each part of a block that is computed at once is a piece of
its own, and so is each rectangle of inputs; a reference is a view of one piece, or is put together from several. Cells
that no piece gives do not depend on the inputs: there the sheet's own values stand.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from sheetsim.address import Rect
from sheetsim.arrays import Kinds, Values, uniform
from sheetsim.sheet import Sheet, Workbook
from sheetsim.torch_live import Either, Live
from sheetsim.values import BLANK


class Memory:
    """Which piece gives each cell, and the pieces of one evaluation."""

    def __init__(self, book: Workbook, dtype: torch.dtype, device: torch.device):
        self.book, self.dtype, self.device = book, dtype, device
        self.owner = {s.title: np.zeros((s.rows, s.columns), np.int32) for s in book.sheets}  # number + 1, or 0
        self.places: list[tuple[Sheet, Rect]] = []
        self.nums: list[Tensor] = []  # of shape (rows, columns)
        self.kinds: list[int | Kinds] = []
        self.blanks: list[Tensor] = []

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

    def store(self, piece: int, num: Tensor, kind: int | Kinds) -> None:
        self.nums[piece], self.kinds[piece] = num, kind

    def reads_live(self, sheet: Sheet, rect: Rect) -> bool:
        """Whether some cell of a rectangle has a piece."""
        return bool(self.owner[sheet.title][rect.top : rect.bottom + 1, rect.left : rect.right + 1].any())

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
    """Certain cells of a sheet, of any shape of four axes; made once, it reads in every evaluation."""

    def __init__(self, memory: Memory, sheet: Sheet, rows: np.ndarray, columns: np.ndarray):
        self.memory = memory
        self.shape = np.broadcast_shapes(rows.shape, columns.shape)
        owner = memory.owner[sheet.title]
        inside = (rows >= 0) & (columns >= 0) & (rows < owner.shape[0]) & (columns < owner.shape[1])
        at = (np.where(inside, rows, 0), np.where(inside, columns, 0)) if owner.size else None
        owners = np.zeros(self.shape, np.int32) if at is None else np.where(inside, owner[at], 0)
        self.pieces = [int(number) - 1 for number in np.unique(owners) if number]
        self.fixed = _constants(sheet, owners == 0, at, inside)
        self.kinds_known: dict[tuple[int, ...], tuple[list[int | Kinds], int | Kinds]] = {}
        self.cut: tuple[slice, slice] | None = None
        self.turned = False
        if self.pieces:
            self.index = self._index(rows, columns, owners)
            if len(self.pieces) == 1 and owners.all():
                self._find_cut(rows, columns)
            else:
                self.rest = torch.as_tensor(self.fixed.num.flatten(), dtype=memory.dtype, device=memory.device)
            self.index_tensor = torch.as_tensor(self.index.ravel(), device=memory.device)

    def _index(self, rows: np.ndarray, columns: np.ndarray, owners: np.ndarray) -> np.ndarray:
        """The place of each cell in all pieces laid end to end, the constants first unless there are none."""
        start = 0 if owners.all() and len(self.pieces) == 1 else owners.size
        index = np.arange(owners.size).reshape(self.shape)
        for piece in self.pieces:
            rect = self.memory.places[piece][1]
            mine = owners == piece + 1
            within = (rows - rect.top) * rect.columns + columns - rect.left + start
            index = np.where(mine, within, index)
            start += rect.size
        return index

    def _find_cut(self, rows: np.ndarray, columns: np.ndarray) -> None:
        """Where the cells are a rectangle of one piece, a view of it will do."""
        down, right = rows.ravel(), columns.ravel()
        if 1 not in (rows.shape[0], rows.shape[2]) or 1 not in (columns.shape[1], columns.shape[3]):
            return
        if down.size * right.size != np.prod(self.shape) or (np.diff(down) != 1).any() or (np.diff(right) != 1).any():
            return
        rect = self.memory.places[self.pieces[0]][1]
        top, left = int(down[0]) - rect.top, int(right[0]) - rect.left
        self.cut = slice(top, top + down.size), slice(left, left + right.size)
        self.turned = self.shape[1] > 1 and self.shape[2] > 1

    def __call__(self) -> Either:
        if not self.pieces:
            return self.fixed
        nums = [self.memory.nums[piece] for piece in self.pieces]
        if self.cut is not None:
            view = nums[0][self.cut]
            num = (view.T if self.turned else view).reshape(self.shape)
        elif len(nums) == 1 and len(self.index) and self.index.size == nums[0].numel() == 1:
            num = nums[0].reshape(self.shape)
        else:
            parts = [n.reshape(-1) for n in nums]
            flat = parts[0] if not hasattr(self, "rest") else torch.cat([self.rest, *parts])
            num = flat.index_select(0, self.index_tensor).reshape(self.shape)
        return Live(num, self._kind(), True)

    def _kind(self) -> int | Kinds:
        """The kinds of the cells; of pieces whose kinds are as before, known."""
        kinds = [self.memory.kinds[piece] for piece in self.pieces]
        if len(kinds) == 1 and isinstance(kinds[0], int) and not hasattr(self, "rest"):
            return kinds[0]
        key = tuple(k if isinstance(k, int) else -id(k) for k in kinds)
        if key not in self.kinds_known:
            self.kinds_known.clear()
            self.kinds_known[key] = kinds, self._kinds_of(kinds)
        return self.kinds_known[key][1]

    def _kinds_of(self, kinds: list[int | Kinds]) -> int | Kinds:
        sizes = [self.memory.places[piece][1].size for piece in self.pieces]
        full = [np.full(n, k, np.uint8) if isinstance(k, int) else k.ravel() for k, n in zip(kinds, sizes, strict=True)]
        own = [self.fixed.kinds().ravel()] if hasattr(self, "rest") else []
        return uniform(np.concatenate([*own, *full])[self.index])


def _constants(sheet: Sheet, mine: np.ndarray, at: tuple[np.ndarray, np.ndarray] | None, inside: np.ndarray) -> Values:
    """The cells as the sheet holds them, those beyond its end and those of pieces as blanks."""
    if at is None:
        return Values(np.zeros(mine.shape), BLANK, True)
    seen = mine & inside
    num, kind = np.where(seen, sheet.num[at], 0.0), np.where(seen, sheet.kind[at], np.uint8(BLANK))
    return Values(num, uniform(kind), True)
