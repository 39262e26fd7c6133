"""What the torch engine has computed so far, in pieces, and the reading of cells from them.

Tensors that carry gradients must not be written into. So each part of a block that is computed at once is a piece of
its own, and so is each rectangle of inputs; a reference is a view of one piece, or is put together from several. Cells
that no piece gives do not depend on the inputs: there the sheet's own values stand.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Kinds, Values, uniform
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK
from sheetsim.tensors.traced import Traced


class Memory:
    """Which piece gives each cell, and the pieces of one evaluation."""

    def __init__(self, book: Book, dtype: torch.dtype, device: torch.device):
        self.book, self.dtype, self.device = book, dtype, device
        self.owner = {s.title: np.zeros((s.rows, s.columns), np.int32) for s in book.all_sheets()}  # number + 1, or 0
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

    def reader(self, sheet: Sheet, rect: Rect) -> Reader:
        """What reads a rectangle as the array that a single cell sees: of shape (1, 1, rows, columns)."""
        rows, columns = np.arange(rect.top, rect.bottom + 1), np.arange(rect.left, rect.right + 1)
        return reader_of(self, sheet, rows.reshape(1, 1, -1, 1), columns.reshape(1, 1, 1, -1))

    def read(self, sheet: Sheet, rect: Rect) -> Values:
        """A rectangle as the array that a single cell sees."""
        return self.reader(sheet, rect)()


# --- reading ----------------------------------------------------------------------------------------------------------
Reader = Callable[[], Values]  # of certain cells: found once, it serves in every evaluation


def reader_of(memory: Memory, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> Reader:
    """What reads the cells of a sheet at these places, (rows, 1, height, 1) and (1, columns, 1, width)."""
    cut = _cut(memory, sheet, rows, columns)
    if cut is not None:
        return cut
    owners, constants = _owners(memory, sheet, rows, columns)
    pieces = [int(number) - 1 for number in np.unique(owners) if number]
    if not pieces:
        return lambda: constants
    return Gathered(memory, pieces, _places(memory, pieces, owners, rows, columns), constants)


class Cut:
    """A rectangle of one piece, as nearly all that is read: a view of it will do."""

    def __init__(self, memory: Memory, piece: int, down: slice, right: slice, shape: tuple[int, ...]):
        self.memory, self.piece, self.down, self.right, self.shape = memory, piece, down, right, shape
        self.turned = shape[1] > 1 and shape[2] > 1  # (1, columns, height, 1): the piece has its rows first
        self.known: tuple[int | Kinds, int | Kinds] | None = None  # kinds of the piece, and what they come to here

    def __call__(self) -> Traced:
        return Traced(self._numbers().reshape(self.shape), self._kind(), True)

    def _numbers(self) -> Tensor:
        piece = self.memory.nums[self.piece]
        if self.down.stop - self.down.start == 1 < len(piece):
            return self.memory.row(self.piece, self.down.start)[self.right]
        part = piece[self.down, self.right]
        return part.T if self.turned else part

    def _kind(self) -> int | Kinds:
        kind = self.memory.kinds[self.piece]
        if isinstance(kind, int):
            return kind
        if self.known is None or kind is not self.known[0]:
            part = kind[self.down, self.right]
            self.known = kind, uniform((part.T if self.turned else part).reshape(self.shape))
        return self.known[1]


def _cut(memory: Memory, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> Cut | None:
    """The cells as a rectangle of one piece, where they are that."""
    shape = np.broadcast_shapes(rows.shape, columns.shape)
    down, right = _run(rows, 0, 2), _run(columns, 1, 3)
    if down is None or right is None or (down[1] - down[0]) * (right[1] - right[0]) != np.prod(shape):
        return None
    area = memory.owner[sheet.title][slice(*down), slice(*right)]
    first = int(area.flat[0]) if area.size else 0
    if not first or area.shape != (down[1] - down[0], right[1] - right[0]) or (area != first).any():
        return None
    rect = memory.places[first - 1][1]
    cut = slice(down[0] - rect.top, down[1] - rect.top), slice(right[0] - rect.left, right[1] - rect.left)
    return Cut(memory, first - 1, *cut, shape)


def _run(places: np.ndarray, block: int, window: int) -> tuple[int, int] | None:
    """First and last + 1 of the rows or columns, where they follow upon one another along one axis."""
    if places.shape[block] > 1 and places.shape[window] > 1:
        return None
    flat = places.ravel()
    if flat[0] < 0 or (flat.size > 1 and (flat[1:] - flat[:-1] != 1).any()):
        return None
    return int(flat[0]), int(flat[0]) + flat.size


class Gathered:
    """Cells of several pieces, or some that no piece gives. The ``constants``, one for each cell, and after them the
    pieces are laid end to end, and the cells picked from there by their ``places``."""

    def __init__(self, memory: Memory, pieces: list[int], places: np.ndarray, constants: Values):
        self.memory, self.pieces, self.places, self.constants = memory, pieces, places, constants
        self.first = torch.as_tensor(constants.num.ravel(), dtype=memory.dtype, device=memory.device)
        self.picked = torch.as_tensor(places.ravel(), device=memory.device)
        self.known: tuple[list[int | Kinds], int | Kinds] | None = None  # kinds of the pieces, and of the cells

    def __call__(self) -> Traced:
        laid = torch.cat([self.first, *(self.memory.nums[piece].reshape(-1) for piece in self.pieces)])
        return Traced(laid.index_select(0, self.picked).reshape(self.places.shape), self._kind(), True)

    def _kind(self) -> int | Kinds:
        kinds = [self.memory.kinds[piece] for piece in self.pieces]
        if self.known is None or any(a is not b for a, b in zip(kinds, self.known[0], strict=True)):
            sizes = [self.memory.places[piece][1].size for piece in self.pieces]
            full = [
                np.broadcast_to(k, n) if isinstance(k, int) else k.ravel() for k, n in zip(kinds, sizes, strict=True)
            ]
            laid = np.concatenate([self.constants.kinds().ravel(), *full]).astype(np.uint8)
            self.known = kinds, uniform(laid[self.places])
        return self.known[1]


def _owners(memory: Memory, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, Values]:
    """The number + 1 of the piece that gives each cell, and the cells that none gives (0) as the sheet holds them;
    those beyond its end, and those of pieces, are blanks there."""
    owner = memory.owner[sheet.title]
    inside = (rows >= 0) & (columns >= 0) & (rows < owner.shape[0]) & (columns < owner.shape[1])
    if not owner.size:
        return np.zeros(inside.shape, np.int32), Values(np.zeros(inside.shape), BLANK, True)
    at = (np.where(inside, rows, 0), np.where(inside, columns, 0))
    owners = np.where(inside, owner[at], 0)
    held = inside & (owners == 0)
    num, kind = np.where(held, sheet.num[at], 0.0), np.where(held, sheet.kind[at], np.uint8(BLANK))
    return owners, Values(num, uniform(kind), True)


def _places(memory: Memory, pieces: list[int], owners: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Where each cell is found: among as many constants as there are cells, or in one of the pieces after them."""
    places, start = np.arange(owners.size).reshape(owners.shape), owners.size
    for piece in pieces:
        rect = memory.places[piece][1]
        within = (rows - rect.top) * rect.columns + columns - rect.left
        places = np.where(owners == piece + 1, within + start, places)
        start += rect.size
    return places
