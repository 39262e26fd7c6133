"""Blocks that stand under one another again and again, as the loss of each epoch of a training does: those that have
the same formula, one every so many rows, and wait for nothing any more, are computed at once.

Of ``=C4-B4`` in E4:E32, E38:E66, E72:E100 and so on, what each block sees of column C becomes one array of a row for
each cell of all of them, and the program of the first block is run on that.
"""

from __future__ import annotations

import numpy as np

from sheetsim.engine.blocks import Block, reach
from sheetsim.engine.context import Context
from sheetsim.engine.parts import STRETCH
from sheetsim.engine.plan import Plan
from sheetsim.engine.program import Program
from sheetsim.engine.views import RangeView, Stack
from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import Values, filled, uniform
from sheetsim.functions.lifting import Uneven
from sheetsim.model.nodes import Ref

FEWEST = 4  # blocks for which it pays to look whether they are ready


class Repeated:
    """The blocks of a plan that are repeated."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.families = families_of(plan)

    def compute(self, index: int) -> list[int]:
        """Computes all blocks that repeat one that is about to be computed, if they are ready too; those that were, none
        where they have to be computed one by one."""
        ready = self._ready(index)
        if len(ready) < FEWEST:
            return []
        program = self.plan.programs[index]
        if not is_movable(program):
            return []
        blocks = [self.plan.blocks[i] for i in ready]
        gap = blocks[1].rect.top - blocks[0].rect.top
        widest = max((view.shape[2] * view.shape[3] for view in program.readings), default=1)
        most = max(1, STRETCH // (widest * blocks[0].rect.size))
        try:
            for first in range(0, len(blocks), most):
                _compute(self.plan, program, blocks[first], len(blocks[first : first + most]), gap)
        except (Uneven, FormulaError):  # whoever computes them one by one says which
            return []
        return ready

    def _ready(self, index: int) -> list[int]:
        """A block and those of its family above and below that wait for nothing, one every so many rows."""
        family, place = self.families.get(index, ((), 0))
        found = [index]
        for way in (1, -1):
            at = place + way
            while 0 <= at < len(family) and self._next(found, family[at], way):
                found.insert(len(found) if way > 0 else 0, family[at])
                at += way
        return found

    def _next(self, found: list[int], index: int, way: int) -> bool:
        """Whether one more block goes on with those found."""
        plan = self.plan
        if index in plan.done or not plan.done.issuperset(plan.dynamic.known[index]):
            return False
        if len(found) == 1:
            return True
        first, second = found[:2] if way < 0 else found[-2:]
        end = found[0] if way < 0 else found[-1]
        top = {i: plan.blocks[i].rect.top for i in (first, second, end, index)}
        return (top[index] - top[end]) * way == top[second] - top[first]


def families_of(plan: Plan) -> dict[int, tuple[list[int], int]]:
    """Of each block that is repeated its family, the topmost first, and its place there; found once."""
    if plan.repeated is None:
        found: dict[tuple[object, ...], list[int]] = {}
        for block in plan.blocks:
            if plan.programs.can_wait(block.index) and not isinstance(block.tree, Ref):
                rect = block.rect
                key = id(block.tree), block.sheet.title, rect.left, rect.shape
                found.setdefault(key, []).append(block.index)
        families = [family for family in found.values() if len(family) >= FEWEST]
        for family in families:
            family.sort(key=lambda i: plan.blocks[i].rect.top)
        plan.repeated = {index: (family, place) for family in families for place, index in enumerate(family)}
    return plan.repeated


def is_movable(program: Program) -> bool:
    """Whether what a program reads are views, each of the same size wherever the block stands."""
    if program.cell_by_cell or program.lacking:
        return False
    for view in program.readings:
        if type(view) is not RangeView or view.far or view.empty or view.rect != reach(view.ref, program.block.rect):
            return False
        if view.ref.first.row_absolute != view.ref.last.row_absolute:
            return False
    return True


def _compute(plan: Plan, program: Program, first: Block, count: int, gap: int) -> None:
    """Computes so many blocks, one every ``gap`` rows from the first on, by the program of one of their family."""
    down = first.rect.top - program.block.rect.top
    context = Context(plan, program.block, program.block.rect)
    stack: Stack = []
    for step in program.steps:
        if type(step) is RangeView:
            stack.append(_seen(step, down, count, gap))
        else:
            step(stack, context)
    result = filled(stack.pop().corner())
    top, left, rows, columns = first.rect.top, first.rect.left, first.rect.rows, first.rect.columns
    for cells, values in (first.sheet.num, result.num), (first.sheet.kind, result.kind):
        there = _every(cells, top, left, (count, rows, columns, 1, 1), gap)
        if isinstance(values, np.ndarray):
            values = np.broadcast_to(values[:, :, :1, :1], (count * rows, columns, 1, 1)).reshape(there.shape)
        there[...] = values


def _seen(view: RangeView, down: int, count: int, gap: int) -> Values:
    """What the blocks see by a reference, a row for each row of each of them."""
    if view.ref.first.row_absolute:
        return Values(view.num, uniform(view.kind), True)
    top, left = view.rect.top + down, view.rect.left
    rows, *others = view.shape
    num, kind = (
        _every(cells, top, left, (count, rows, *others), gap).reshape(count * rows, *others)
        for cells in (view.sheet.num, view.sheet.kind)
    )
    return Values(num, uniform(kind), True)


def _every(cells: np.ndarray, top: int, left: int, shape: tuple[int, ...], gap: int) -> np.ndarray:
    """Views as ``views.py`` makes them of one block, of shape (rows, columns, height, width), one every ``gap`` rows:
    an axis more in front."""
    down, right = cells.strides
    strides = (down * gap, down, right, down, right)
    return np.ndarray(shape, cells.dtype, cells.T, top * down + left * right, strides)
