"""Blocks that are repeated, as the loss of each epoch of a training is: those that have the same formula, one every so
many rows, and wait for nothing any more, are computed at once.

Of ``=C4-B4`` in E4:E32, E38:E66, E72:E100 and so on, what each block sees of column C becomes one array of a row for
each cell of all of them, and the program of one block is run on that. What a reference means may move on by another
number of rows than the blocks do, as in a table with a line for each epoch.
"""

from __future__ import annotations

import numpy as np

from sheetsim.engine.blocks import Block, reach, swept
from sheetsim.engine.context import Context
from sheetsim.engine.parts import STRETCH
from sheetsim.engine.plan import Plan
from sheetsim.engine.program import Program
from sheetsim.engine.views import RangeView, Stack
from sheetsim.engine.whole.forms import forms_of
from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import Values, filled, uniform
from sheetsim.functions.lifting import Uneven
from sheetsim.model.nodes import Ref
from sheetsim.support.collecting import collecting_later

FEWEST = 4  # blocks for which it pays to look whether they are ready


class Repeated:
    """The blocks of a plan that are repeated."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.families = families_of(plan)

    def compute(self, index: int) -> list[int]:
        """Computes a block and all that repeat it and are ready, too; answers which, none where they have to be
        computed one by one."""
        ready, gaps = self._ready(index)
        if len(ready) < FEWEST:
            return []
        first, program = self.plan.blocks[ready[0]], self.plan.programs[ready[0]]
        if not is_movable(program):
            return []
        widest = max((view.shape[2] * view.shape[3] for view in program.readings), default=1)
        most = max(1, STRETCH // (widest * first.rect.size))
        try:
            for begin in range(0, len(ready), most):
                _compute(self.plan, program, begin, len(ready[begin : begin + most]), gaps)
        except (Uneven, FormulaError):  # whoever computes them one by one says which
            return []
        return ready

    def _ready(self, index: int) -> tuple[list[int], list[int]]:
        """A block and those of its family above and below that wait for nothing and follow at the same distances: from
        block to block, and of what each of their references means."""
        family, place = self.families.get(index, ((), 0))
        blocks, gaps = self.plan.blocks, list[int]()
        below, above = list[int](), list[int]()
        for side, way in (below, 1), (above, -1):
            at = place + way
            while 0 <= at < len(family) and self._waits_for_nothing(family[at]):
                pair = zip(places_of(blocks[family[at]]), places_of(blocks[family[at - way]]), strict=True)
                distances = [(new - old) * way for new, old in pair]
                gaps = gaps or distances
                if distances != gaps:
                    break
                side.append(family[at])
                at += way
        return [*reversed(above), index, *below], gaps

    def _waits_for_nothing(self, index: int) -> bool:
        plan = self.plan
        return index not in plan.done and plan.done.issuperset(plan.dynamic.known[index])


def families_of(plan: Plan) -> dict[int, tuple[list[int], int]]:
    """Of each block that is repeated its family, the topmost first, and its place there; found once."""
    if plan.repeated is None:
        with collecting_later():
            plan.repeated = _families(plan)
    return plan.repeated


def _families(plan: Plan) -> dict[int, tuple[list[int], int]]:
    forms = forms_of(plan)
    found: dict[tuple[object, ...], list[int]] = {}
    for block in plan.blocks:
        if plan.programs.can_wait(block.index) and not isinstance(block.bound.example, Ref):  # that is quickly copied
            top, left, bottom, right = block.rect
            key = forms.of(block).number, block.sheet.title, left, right, bottom - top
            found.setdefault(key, []).append(block.index)
    families = [family for family in found.values() if len(family) >= FEWEST]
    for family in families:
        family.sort(key=lambda i: plan.blocks[i].rect.top)
    return {index: (family, place) for family in families for place, index in enumerate(family)}


def places_of(block: Block) -> list[int]:
    """The first row of a block, and of what each of its references means."""
    return [block.rect.top, *(swept(ref, block.rect).top for ref in block.refs)]


def is_movable(program: Program) -> bool:
    """Whether what a program reads are views, one for each reference, of the same size wherever the block stands."""
    block = program.block
    if program.cell_by_cell or program.lacking or [view.ref for view in _views(program)] != block.refs:
        return False
    for view in program.readings:
        if type(view) is not RangeView or view.far or view.empty or view.rect != reach(view.ref, block.rect):
            return False
        if view.ref.first.row_absolute != view.ref.last.row_absolute:
            return False
    return True


def _views(program: Program) -> list[RangeView]:
    return [step for step in program.steps if type(step) is RangeView]


def _compute(plan: Plan, program: Program, begin: int, count: int, gaps: list[int]) -> None:
    """Computes so many blocks from the number ``begin`` on, by the program of the first; the numbers count from there.
    ``gaps``: see ``places_of``."""
    block = program.block
    rect, (gap, *moves) = block.rect, gaps
    seen = iter(_seen(view, begin, count, move, rect.rows) for view, move in zip(_views(program), moves, strict=True))
    context = Context(plan, block, rect)
    stack: Stack = []
    for step in program.steps:
        if type(step) is RangeView:
            stack.append(next(seen))
        else:
            step(stack, context)
    result = filled(stack.pop().corner())
    for cells, values in (block.sheet.num, result.num), (block.sheet.kind, result.kind):
        there = _every(cells, rect.top + begin * gap, rect.left, (count, *rect.shape, 1, 1), gap)
        whole = np.broadcast_to(values, (count * rect.rows, rect.columns, 1, 1))
        there[...] = whole.reshape(there.shape)


def _seen(view: RangeView, begin: int, count: int, move: int, rows: int) -> Values:
    """What the blocks see by a reference, a row for each row of each of them; one for all if it is the same."""
    if not move and view.shape[0] == 1 and view.ref.first.row_absolute:
        return Values(view.num, uniform(view.kind), True)
    top, left = view.rect.top + begin * move, view.rect.left
    shape = (count, rows, *view.shape[1:])
    num, kind = (_every(cells, top, left, (count, *view.shape), move) for cells in (view.sheet.num, view.sheet.kind))
    num, kind = (np.broadcast_to(cells, shape).reshape(count * rows, *view.shape[1:]) for cells in (num, kind))
    return Values(num, uniform(kind), True)


def _every(cells: np.ndarray, top: int, left: int, shape: tuple[int, ...], gap: int) -> np.ndarray:
    """Views as ``views.py`` makes them of one block, of shape (rows, columns, height, width), one every ``gap`` rows:
    an axis more in front."""
    down, right = cells.strides
    strides = (down * gap, down, right, down, right)
    return np.ndarray(shape, cells.dtype, cells.T, top * down + left * right, strides)
