"""One part of a block computed, and its results put into the cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.context import Site
from sheetsim.engine.plan import Plan
from sheetsim.excel.arrays import Values, filled
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ERROR, NA

Part = tuple[int, Rect]  # the number of a block, and those of its cells that are computed at once
STRETCH = 8192  # cells worked on at once: their temporary arrays fit the cache


def compute_block(plan: Plan, index: int) -> None:
    """A block that does not depend on itself: all of it, a stretch of rows at a time."""
    rect, program = plan.blocks[index].rect, plan.programs[index]
    for load in program.loads:
        load.look(whole=True)
    if program.cellwise:
        for _, cell in pieces(plan, index, rect):
            compute_part(plan, index, cell)
        return
    stretch = max(1, STRETCH // (rect.columns * program.window))
    for top in range(rect.top, rect.bottom + 1, stretch):
        compute_part(plan, index, Rect(top, rect.left, min(top + stretch - 1, rect.bottom), rect.right))


def pieces(plan: Plan, index: int, rect: Rect) -> Iterator[Part]:
    """Cells of a block in parts: all of them, or each by itself where the program asks for that."""
    if not plan.programs[index].cellwise:
        yield index, rect
        return
    for row in range(rect.top, rect.bottom + 1):
        for column in range(rect.left, rect.right + 1):
            yield index, Rect(row, column, row, column)


def compute_part(plan: Plan, index: int, part: Rect) -> None:
    """Computes one part of a block and stores it."""
    block = plan.blocks[index]
    result = plan.programs[index].run(Site(plan, block, part))
    if block.spread is None:
        _store(block.sheet, part, filled(result.corner()))
    else:
        _store_array(block, part, filled(result))


def _store(sheet: Sheet, part: Rect, result: Values) -> None:
    area = (slice(part.top, part.bottom + 1), slice(part.left, part.right + 1))
    sheet.num[area] = result.num[:, :, 0, 0]
    sheet.kind[area] = result.kind if isinstance(result.kind, int) else result.kind[:, :, 0, 0]


def _store_array(block: Block, part: Rect, result: Values) -> None:
    """Spreads each result over its cells; a row or column repeats, cells beyond the result are ``#N/A``."""
    assert block.spread is not None
    height, width = block.spread
    num = np.full((part.rows, part.columns, height, width), float(NA))
    kind = np.full(num.shape, ERROR, np.uint8)
    rows = height if result.num.shape[2] == 1 else min(height, result.num.shape[2])
    columns = width if result.num.shape[3] == 1 else min(width, result.num.shape[3])
    num[:, :, :rows, :columns] = result.num[:, :, :rows, :columns]
    kinds = result.kind if isinstance(result.kind, int) else result.kind[:, :, :rows, :columns]
    kind[:, :, :rows, :columns] = kinds
    area = (slice(part.top, part.bottom + height), slice(part.left, part.right + width))
    block.sheet.num[area] = num.transpose(0, 2, 1, 3).reshape(part.rows * height, part.columns * width)
    block.sheet.kind[area] = kind.transpose(0, 2, 1, 3).reshape(part.rows * height, part.columns * width)
