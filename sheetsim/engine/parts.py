"""One part of a block computed, and its results put into the cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheetsim.engine.blocks import Block, shown, swept
from sheetsim.engine.context import Context
from sheetsim.engine.plan import Plan
from sheetsim.engine.program import Program
from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import Kinds, Values, error_value, filled, uniform
from sheetsim.excel.backend import NUMPY, Backend, Numbers
from sheetsim.functions.lifting import Uneven
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref
from sheetsim.model.values import BLANK, ERROR, NA, SPILL, UNSUPPORTED, VALUE

Part = tuple[int, Rect]  # the number of a block, and those of its cells that are computed at once
STRETCH = 8192  # cells worked on at once: their temporary arrays fit the cache
MOST = 1 << 20  # cells that one row of a stretch may look at; with more, a block is computed some columns at a time


def compute_block(plan: Plan, index: int) -> None:
    """A block that does not depend on itself: all of it, a stretch of rows at a time."""
    if plan.programs.can_wait(index) and copied(plan.blocks[index]):
        return
    rect, program = plan.blocks[index].rect, plan.programs[index]
    for reading in program.readings:
        reading.look(whole=True)
    if program.cell_by_cell:
        for _, cell in pieces(plan, index, rect):
            compute_part(plan, index, cell)
        return
    for part in stretches(program, rect):
        compute_part(plan, index, part)


def copied(block: Block) -> bool:
    """Computes a block of which each formula is a reference to one cell, as ``=A4``: for that it needs no program. All
    that it reads must be held, and be in place. Whether it is such a block."""
    ref = block.tree
    if not isinstance(ref, Ref) or ref.shape != "cell" or block.rect.size > STRETCH:
        return False
    there, seen = block.sheet.book[ref.sheet or ""], swept(ref, block.rect).slices
    result = filled(Values(there.num[seen], uniform(there.kind[seen])))
    area = block.rect.slices
    block.sheet.num[area], block.sheet.kind[area] = result.num, result.kind
    return True


def stretches(program: Program, rect: Rect) -> Iterator[Rect]:
    """Some cells of a block in pieces that fit the cache."""
    wide = min(rect.columns, max(1, MOST // program.window))
    stretch = max(1, STRETCH // (wide * program.window))
    for left in range(rect.left, rect.right + 1, wide):
        right = min(left + wide - 1, rect.right)
        for top in range(rect.top, rect.bottom + 1, stretch):
            yield Rect(top, left, min(top + stretch - 1, rect.bottom), right)


def pieces(plan: Plan, index: int, rect: Rect) -> Iterator[Part]:
    """Cells of a block in parts: all of them, or each by itself where the program asks for that."""
    if not plan.programs[index].cell_by_cell:
        yield index, rect
        return
    for row in range(rect.top, rect.bottom + 1):
        for column in range(rect.left, rect.right + 1):
            yield index, Rect(row, column, row, column)


def compute_part(plan: Plan, index: int, part: Rect) -> None:
    """Computes one part of a block and stores it."""
    block, program = plan.blocks[index], plan.programs[index]
    try:
        result = program.run(Context(plan, block, part))
    except Uneven:
        if part.size == 1:  # the elements of an array are arrays of different sizes: no cell can hold that
            store(block, part, error_value(VALUE))
            return
        program.cell_by_cell = True
        for _, cell in pieces(plan, index, part):
            compute_part(plan, index, cell)
        return
    except FormulaError as error:
        raise FormulaError(f"{block.where()}: {error}, in {shown(block.text())}") from None
    store(block, part, result)


def forget(block: Block) -> None:
    """Empties a block's cells, so that nothing computed before can pass for a result."""
    area = block.cells.slices
    block.sheet.num[area], block.sheet.kind[area] = 0.0, BLANK


def forget_all(plan: Plan) -> None:
    """Empties the cells of all blocks that are not done."""
    if plan.done:
        for block in plan.blocks:
            if block.index not in plan.done:
                forget(block)
        return
    for sheet in plan.book.all_sheets():
        at = plan.map.at[sheet.title]
        given = at.T > 0  # a column after the other, as they are held
        for cells, empty in (sheet.num, 0.0), (sheet.kind, BLANK):
            cells.T[: at.shape[1], : at.shape[0]][given] = empty


def store(block: Block, part: Rect, result: Values) -> None:
    """Puts the result of a part into its cells."""
    num, kind = over_cells(result, block, part)
    cells = cells_given(block, part)
    area = (slice(cells.top, cells.bottom + 1), slice(cells.left, cells.right + 1))
    block.sheet.num[area], block.sheet.kind[area] = num, kind


def cells_given(block: Block, part: Rect) -> Rect:
    """The cells that a part of a block gives: those of its formulas, or all that its array formulas lie over."""
    if block.spill is None:
        return part
    height, width = block.spill
    return part._replace(bottom=part.bottom + height - 1, right=part.right + width - 1)


def over_cells(result: Values, block: Block, part: Rect) -> tuple[Numbers, int | Kinds]:
    """What the cells hold of the result of a part: numbers of shape (rows, columns), and their kinds."""
    shape = (part.rows, part.columns)
    if block.spill is not None:
        if block.dynamic:
            size = (result.num.shape[2], result.num.shape[3])
            lacking = size == (1, 1) and result.only(ERROR) and result.num.flat[0] >= UNSUPPORTED
            block.wanted = block.spill if lacking else size
            if not settled(block):
                result = error_value(SPILL)  # at last, if something is in its way; else it is computed again
        result = filled(_cut(result, *block.spill))
        kinds = _laid_out(result.kinds(), NUMPY, shape, block.spill, ERROR)
        return _laid_out(result.num, result.backend, shape, block.spill, float(NA)), kinds
    result = filled(result.corner())
    num, kind = result.num[:, :, 0, 0], result.kind
    if not isinstance(kind, int):
        kind = np.broadcast_to(kind[:, :, 0, 0], shape)
    return num if num.shape == shape else result.backend.broadcast(num, shape), kind


def settled(block: Block) -> bool:
    """Whether a dynamic array formula has the cells that its result needs."""
    return block.wanted == block.spill and (block.rect.top, block.rect.left) not in block.sheet.blocked


def _cut(v: Values, height: int, width: int) -> Values:
    """Arrays without what lies beyond the cells that they are for."""
    kind = v.kind if isinstance(v.kind, int) else v.kind[:, :, :height, :width]
    return v.of(v.num[:, :, :height, :width], kind)


def _laid_out(a: Numbers, backend: Backend, shape: tuple[int, int], spill: tuple[int, int], beyond: float) -> Numbers:
    """The arrays of some array formulas over the cells of each: a row or column repeats; ``beyond`` an array's end is
    ``#N/A``. Shape (rows, columns | height, width) → (rows · height, columns · width)."""
    height, width = (size if n == 1 else min(size, n) for size, n in zip(spill, a.shape[2:], strict=True))
    laid = backend.broadcast(a[:, :, :height, :width], (*shape, height, width))
    if (height, width) != spill:
        laid = backend.pad(laid, spill[0] - height, spill[1] - width, beyond)
    return backend.transposed(laid, (0, 2, 1, 3)).reshape(shape[0] * spill[0], shape[1] * spill[1])
