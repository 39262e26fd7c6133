"""The parts of blocks in an order in which each comes after what it reads: whole blocks, or lines, or single cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheetsim.engine.parts import cells_of
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.cell_by_cell import CellByCell
from sheetsim.engine.recurrences.lines import find_lines
from sheetsim.excel.arrays import trapping
from sheetsim.model.address import Rect

Part = tuple[int, Rect]  # the number of a block, and those of its cells that are computed at once


def schedule(plan: Plan) -> list[Part]:
    """The parts of a plan that has just been run: what only a run can tell, where an OFFSET points, is in its order."""
    return [part for group in plan.order for part in _of_group(plan, group)]


def _of_group(plan: Plan, group: list[int]) -> Iterator[Part]:
    if not plan.waits_for_itself(group):
        yield from _of_block(plan, group[0])
        return
    lines = find_lines(plan, group)
    if lines is None:
        yield from _cell_by_cell(plan, group)
        return
    for stretch in lines.stretches:
        for line in range(stretch.first, stretch.last + 1)[:: lines.sign]:
            for index in stretch.blocks:
                yield from _cut(plan, index, lines.part(plan.blocks[index], line))


def _of_block(plan: Plan, index: int) -> Iterator[Part]:
    yield from _cut(plan, index, plan.blocks[index].rect)


def _cut(plan: Plan, index: int, part: Rect) -> Iterator[Part]:
    """A part, in single cells where the program asks for them."""
    if not plan.programs[index].cellwise:
        yield index, part
        return
    for cell in cells_of(part):
        yield index, cell


def _cell_by_cell(plan: Plan, group: list[int]) -> Iterator[Part]:
    """The group is computed once more, to see in which order its cells go. Random numbers stay as they were drawn."""
    walk = CellByCell(plan, group)
    held = [(cells, cells.copy()) for index in group for cells in _held(plan, index)]
    plan.done[group] = False
    with trapping():
        walk.run()
    plan.done[group] = True
    for cells, before in held:
        cells[...] = before
    yield from ((index, Rect(row, column, row, column)) for index, row, column in walk.order)


def _held(plan: Plan, index: int) -> tuple[np.ndarray, np.ndarray]:
    """What the cells of a block hold, numbers and kinds, as views."""
    sheet, rect = plan.blocks[index].sheet, plan.blocks[index].cells
    area = (slice(rect.top, rect.bottom + 1), slice(rect.left, rect.right + 1))
    return sheet.num[area], sheet.kind[area]
