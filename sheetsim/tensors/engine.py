"""The torch engine as a user sees it: ``book.torch("basic")`` gives tensors, and gradients of any cell by any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ERROR, NUMBER, TEXT, Unsupported, decode
from sheetsim.tensors.tape import Objective, Place, Tape
from sheetsim.tensors.traced import torch_backend


class TorchBook:
    """A workbook computed by torch: ``book.torch("basic")``. Cells of ``sheet`` go by their address alone, others as
    ``"dotprod!V41"``.

    >>> import sheetsim
    >>> basic = sheetsim.open("graddesc").torch("basic")
    >>> basic
    <TorchBook graddesc, sheet basic, torch.float64 on cpu>
    >>> basic["F4"]                                         # err^2 of the first point, a tensor
    tensor(430.3379, dtype=torch.float64, grad_fn=<SelectBackward0>)
    """

    def __init__(self, tape: Tape, sheet: Sheet, tensors: Sequence[Tensor]):
        self.tape, self.sheet = tape, sheet
        tape.run(tensors)

    def __repr__(self) -> str:
        memory = self.tape.memory
        return f"<TorchBook {self.tape.book.name}, sheet {self.sheet.title}, {memory.dtype} on {memory.device}>"

    def __getitem__(self, where: str) -> Tensor:
        """A cell as a tensor without axes, or a range as one of shape (rows, columns). Logicals are 1 and 0, blanks 0.

        Raises InputError where a cell holds a text or an error, or cannot be computed: then it says why.
        """
        sheet, rect = self._place(where)
        found = self.tape.memory.read(sheet, rect)
        self._refuse(sheet, rect, found.kinds())
        num = torch_backend(self.tape.memory.dtype, self.tape.memory.device).constant(found.num)
        return num[0, 0, 0, 0] if rect.size == 1 else num[0, 0]

    def value(self, where: str) -> Any:
        """A cell as a Python value: float, str, bool, None or an Excel error."""
        sheet, rect = self._place(where)
        found = self.tape.memory.read(sheet, rect)
        return decode(float(found.host.num.flat[0]), int(found.kinds().flat[0]))

    def gradient(self, cell: str, by: str) -> np.ndarray:
        """∂cell/∂each cell of the range ``by``, of its shape (rows, columns), float64.

        ``by`` may be inputs or computed cells: of these the gradient says what a change of theirs would do to
        ``cell``, everything before them staying as it is. Cells that ``cell`` does not depend on have 0.
        Raises InputError if ``cell`` is several cells or holds no number, or if one of ``by`` holds no number.

        >>> import sheetsim
        >>> basic = sheetsim.open("graddesc").torch("basic")
        >>> basic.gradient("F4", "C4:D4").round(4)               # by the intercept and the slope of its row
        array([[ -41.4892, -580.8484]])
        >>> basic["K4"].item(), basic["L4"].item()               # de/db and de/da, as the lecture derives them
        (-41.48917384488354, -580.8484338283695)
        """
        output = self[cell]
        if output.ndim:
            raise InputError(f"{cell}: the gradient is of one cell, not of a range")
        sheet, rect = self._place(by)
        places = [[self._piece(sheet, r, c) for c in range(rect.left, rect.right + 1)] for r in rows_of(rect)]
        pieces = sorted({place[0] for row in places for place in row if place is not None})
        nums = [self.tape.memory.nums[piece] for piece in pieces]
        known: list[Tensor | None] = [None] * len(nums)
        if output.requires_grad:
            tracked = [k for k, num in enumerate(nums) if num.requires_grad]
            if tracked:
                grads = torch.autograd.grad(output, [nums[k] for k in tracked], retain_graph=True, allow_unused=True)
                for k, grad in zip(tracked, grads, strict=True):
                    known[k] = grad
        by_piece = dict(zip(pieces, known, strict=True))
        return np.array([[_element(by_piece, place) for place in row] for row in places])

    # --- places -----------------------------------------------------------------------------------------------------
    def _place(self, where: str) -> tuple[Sheet, Rect]:
        return _place(self.tape.book, self.sheet, where)

    def _piece(self, sheet: Sheet, row: int, column: int) -> tuple[int, int, int] | None:
        place = self.tape.memory.where(sheet, row, column)
        kind = sheet.kind[row, column] if row < sheet.rows and column < sheet.columns else NUMBER
        if place is None and kind in (TEXT, ERROR):
            raise _no_number(sheet.where(row, column), sheet.value(row, column))
        return place

    def _refuse(self, sheet: Sheet, rect: Rect, kinds: np.ndarray) -> None:
        wrong = np.argwhere((kinds[0, 0] == TEXT) | (kinds[0, 0] == ERROR))
        if len(wrong):
            row, column = rect.top + int(wrong[0][0]), rect.left + int(wrong[0][1])
            where = sheet.where(row, column)
            raise _no_number(where, self.value(where))


def _no_number(where: str, value: Any) -> InputError:
    if isinstance(value, Unsupported):
        return InputError(f"{where} cannot be computed: {value.reason}")
    return InputError(f"{where} holds {value!r}, not a number")


def _place(book: Book, own: Sheet, where: str) -> tuple[Sheet, Rect]:
    """``A1:B2``, ``dotprod!V41``, ``'it''s mine'!A1``, ``lr`` → the sheet and the cells."""
    title, mark, target = where.rpartition("!")
    return (book.sheet(unquoted(title)) if mark else own).place(target)


def rows_of(rect: Rect) -> range:
    """The row numbers of a rectangle, counted from 0, last one included."""
    return range(rect.top, rect.bottom + 1)


def _element(grads: dict[int, Tensor | None], place: tuple[int, int, int] | None) -> float:
    grad = None if place is None else grads[place[0]]
    return 0.0 if grad is None or place is None else float(grad[place[1], place[2]])


def torch_book(
    book: Book,
    sheet: str | None = None,
    inputs: dict[str, Tensor] | None = None,
    dtype: torch.dtype = torch.float64,
    device: torch.device | str = "cpu",
) -> TorchBook:
    """The workbook computed by torch; see ``Workbook.torch``."""
    if not book.sheets:
        raise InputError(f"{book.name} has no sheets")
    own = book[sheet] if sheet is not None else book.sheets[0]
    if str(device).startswith("cuda") and not torch.cuda.is_available():
        raise InputError("device cuda: there is no CUDA device here")
    places = [_input_place(book, own, where) for where in inputs or {}]
    if inputs is None:
        places = [(s.title, Rect(0, 0, s.rows - 1, s.columns - 1)) for s in book.sheets if s.rows and s.columns]
    wanted = None if sheet is None else [(own.title, Rect(0, 0, own.rows - 1, own.columns - 1))]
    tape = Tape(book, places, wanted, dtype, device)
    if inputs is None:
        return TorchBook(tape, own, [t.requires_grad_() for t in tape.start()])
    tensors = [
        _shaped(where, t, rect, dtype, device) for (where, t), (_, rect) in zip(inputs.items(), places, strict=True)
    ]
    return TorchBook(tape, own, tensors)


def _input_place(book: Book, own: Sheet, where: str) -> Place:
    sheet, rect = _place(book, own, where)
    inside = rect.bottom < sheet.rows and rect.right < sheet.columns
    area = (slice(rect.top, rect.bottom + 1), slice(rect.left, rect.right + 1))
    if not inside or (sheet.kind[area] != NUMBER).any() or sheet.computed()[area].any():
        raise InputError(f"{sheet.title}!{rect}: the inputs are cells that hold plain numbers")
    return sheet.title, rect


def _shaped(where: str, tensor: Tensor, rect: Rect, dtype: torch.dtype, device: Any) -> Tensor:
    tensor = torch.as_tensor(tensor)
    if tensor.numel() != rect.size:
        raise InputError(f"{where} has {rect.size} cells, the tensor given for it {tensor.numel()} elements")
    return tensor.to(dtype=dtype, device=device).reshape(rect.rows, rect.columns)


__all__ = ["Objective", "TorchBook", "torch_book"]
