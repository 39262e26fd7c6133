"""The parts of a workbook that depend on chosen inputs, computed by torch as often as one likes.

The blocks, their programs and their order are those of the NumPy engine; only their steps differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.engine.numpy_engine import recalculate, schedule
from sheetsim.engine.parts import cells_given, over_cells
from sheetsim.engine.paths import moved_by, needed_by
from sheetsim.engine.plan import plan_of
from sheetsim.engine.program import Program
from sheetsim.engine.recurrences.recurrence import recurrence_of
from sheetsim.engine.volatility import all_edges
from sheetsim.errors import InputError
from sheetsim.excel.arrays import trapping
from sheetsim.excel.calendar import counted_since
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ERROR, ITERATED, LOGICAL, NUMBER, Reason, Unsupported, decode, reason_code
from sheetsim.tensors import steps as torch_steps
from sheetsim.tensors.memory import Memory
from sheetsim.tensors.steps import TorchContext
from sheetsim.tensors.traced import Traced, torch_backend

Place = tuple[str, Rect]  # a sheet's title, and a rectangle on it


class Tape:
    """The parts of a workbook's blocks that depend on chosen inputs, ready to be computed again and again.

    ``inputs`` are rectangles of cells that hold numbers; ``wanted``, where given, are the cells that matter: what they
    do not need is left out. Everything else stands as the NumPy engine computed it last.
    """

    def __init__(
        self,
        book: Book,
        inputs: Iterable[Place],
        wanted: Iterable[Place] | None = None,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = "cpu",
    ):
        if book.changed:
            recalculate(book)
        self.book, self.plan = book, plan_of(book)
        if not self.plan.runs:
            recalculate(book)
        self.memory = Memory(book, dtype, torch.device(device))
        self.inputs = [self._claim_input(book[title], rect) for title, rect in inputs]
        self.iterated: dict[int, float] = {}  # pieces that have no derivative, and the code that says why
        self.parts = self._parts(None if wanted is None else list(wanted))

    def run(self, tensors: Sequence[Tensor]) -> None:
        """Computes all parts from the inputs, one tensor (rows, columns) for each rectangle."""
        self.memory.forget()
        for piece, tensor in zip(self.inputs, tensors, strict=True):
            self.memory.nums[piece] = tensor
        for piece, code in self.iterated.items():
            self.memory.store(piece, torch.full_like(self.memory.blanks[piece], code), ERROR)
        with trapping(), counted_since(self.book.days_since):
            for piece, program, context in self.parts:
                num, kind = over_cells(program.run(context), context.block, context.part)
                self.memory.store(piece, _as_tensor(num, self.memory), kind)

    def start(self) -> list[Tensor]:
        """The inputs as the workbook holds them."""
        return [self._held(*self.memory.places[piece]) for piece in self.inputs]

    def _held(self, sheet: Sheet, rect: Rect) -> Tensor:
        area = sheet.num[rect.top : rect.bottom + 1, rect.left : rect.right + 1]
        return torch.tensor(area, dtype=self.memory.dtype, device=self.memory.device)

    def _claim_input(self, sheet: Sheet, rect: Rect) -> int:
        kind = sheet.kind[rect.top : rect.bottom + 1, rect.left : rect.right + 1]
        numbers = (kind == NUMBER) & ~sheet.computed()[rect.top : rect.bottom + 1, rect.left : rect.right + 1]
        if self.memory.owner[sheet.title][rect.top : rect.bottom + 1, rect.left : rect.right + 1].any():
            raise InputError(f"{sheet.title}!{rect}: some of these cells are among the inputs already")
        piece = self.memory.claim(sheet, rect, numbers)
        self.memory.kinds[piece] = NUMBER if numbers.all() else np.array(kind)
        return piece

    # --- which parts ------------------------------------------------------------------------------------------------
    def _parts(self, wanted: list[Place] | None) -> list[tuple[int, Program, TorchContext]]:
        edges = all_edges(self.plan)
        chosen = moved_by(self.plan, edges, [self.memory.places[piece] for piece in self.inputs])
        if wanted is not None:
            chosen &= needed_by(edges, [i for title, rect in wanted for i in self.plan.map.within(title, rect)])
        read = {i for index in chosen for i in edges[index]}
        programs = {index: Program(self.plan.blocks[index], torch_steps) for index in chosen}
        found = []
        self._claim_iterated(chosen)
        for index, part in schedule(self.plan):
            if index not in chosen:
                continue
            block, cells = self.plan.blocks[index], part
            if wanted is not None and index not in read and block.spill is None:  # of the last blocks what is wanted
                around = _common(part, [rect for title, rect in wanted if title == block.sheet.title])
                if around is None:
                    continue
                cells = around
            piece = self.memory.claim(block.sheet, cells_given(block, cells))
            found.append((piece, programs[index], TorchContext(self.plan, block, cells, self.memory)))
        return found

    def _claim_iterated(self, chosen: set[int]) -> None:
        """Circular references that were computed by iteration: a step back and forth has no derivative here, and what
        depends on them has none."""
        for group in self.plan.order:
            if chosen.isdisjoint(group) or not self.plan.waits_for_itself(group):
                continue
            if recurrence_of(self.plan, group).iterated:
                for index in group:
                    block = self.plan.blocks[index]
                    code = reason_code(Reason(ITERATED, f"{block.sheet.title}!{block.cells}", block.where()))
                    self.iterated[self.memory.claim(block.sheet, block.cells)] = code


def _common(part: Rect, wanted: list[Rect]) -> Rect | None:
    """A rectangle around the cells of a part that are wanted; None if none are."""
    shared = [both for rect in wanted if (both := part.common(rect))]
    if not shared:
        return None
    tops, lefts, bottoms, rights = zip(*shared, strict=True)
    return Rect(min(tops), min(lefts), max(bottoms), max(rights))


def _as_tensor(num: Any, memory: Memory) -> Tensor:
    """What the cells of a part have come to; of a step such as ISERROR that is a constant, without a gradient."""
    return torch_backend(memory.dtype, memory.device).constant(num)


def no_number(where: str, value: Any) -> InputError:
    """What to say of a cell that holds no number, or that cannot be computed."""
    if isinstance(value, Unsupported):
        return InputError(f"{where} cannot be computed: {value.reason}")
    return InputError(f"{where} holds {value!r}, not a number")


class Objective:
    """A cell as a function of others, with its gradient: what an optimiser asks for.

    ``inputs`` are (sheet title, rectangle) pairs of cells that hold numbers, ``output`` is (sheet title, row, column),
    counted from 0. Calling it with the n inputs in order, row by row, gives the cell's value and its gradient (n,).
    Raises InputError when the cell holds no number.
    """

    def __init__(self, book: Book, inputs: Iterable[Place], output: tuple[str, int, int]):
        title, row, column = output
        self.sheet, self.rect = book[title], Rect(row, column, row, column)
        self.tape = Tape(book, inputs, [(title, self.rect)])
        self.shapes = [(rect.rows, rect.columns) for _, rect in (self.tape.memory.places[p] for p in self.tape.inputs)]
        self.read = self.tape.memory.reader(self.sheet, self.rect)

    def start(self) -> np.ndarray:
        """The inputs as the workbook holds them."""
        return np.concatenate([t.numpy().ravel() for t in self.tape.start()])

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        sizes = [rows * columns for rows, columns in self.shapes]
        parts = [part.view(shape) for part, shape in zip(torch.split(leaf, sizes), self.shapes, strict=True)]
        self.tape.run(parts)
        found = self.read()
        if int(found.kinds().flat[0]) not in (NUMBER, LOGICAL):
            value = decode(float(found.host.num.flat[0]), int(found.kinds().flat[0]))
            raise no_number(self.sheet.where(self.rect.top, self.rect.left), value)
        if not isinstance(found, Traced) or not found.num.requires_grad:
            return float(found.num.flatten()[0]), np.zeros(len(x))
        value = found.num.flatten()[0]
        (gradient,) = torch.autograd.grad(value, leaf)
        return value.item(), gradient.numpy()
