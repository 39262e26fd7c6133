"""Who reads some cells: the formulas whose references mean one of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.engine.blocks import Block, swept
from sheetsim.engine.plan import Plan
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet

SHOWN = 12  # cells that are listed before "and so many more"


def users_of(plan: Plan, sheet: Sheet, cells: Rect) -> tuple[list[str], int]:
    """The first cells whose formulas read some cells, in the order of the sheets, and how many more there are."""
    found: list[str] = []
    count = 0
    for block in plan.blocks:
        refs = [ref for ref in block.refs if ref.sheet == sheet.title and swept(ref, block.rect).meets(cells)]
        if refs:
            hits = np.logical_or.reduce([_readers(ref, block, cells) for ref in refs])
            count += int(hits.sum())
            for r, c in np.argwhere(hits)[: SHOWN - len(found)].tolist():
                found.append(block.sheet.where(block.rect.top + r, block.rect.left + c))
    return found, count - len(found)


def _readers(ref: Ref, block: Block, cells: Rect) -> np.ndarray:
    """In which cells of a block a reference means, among others, one of these cells."""
    rect = block.rect
    rows, columns = np.arange(rect.top, rect.bottom + 1), np.arange(rect.left, rect.right + 1)
    in_rows = _meets(
        cells.top, cells.bottom, [corner.row + (0 if corner.row_absolute else rows) for corner in (ref.first, ref.last)]
    )
    sides = [corner.column + (0 if corner.column_absolute else columns) for corner in (ref.first, ref.last)]
    in_columns = _meets(cells.left, cells.right, sides)
    return np.asarray(np.broadcast_to(in_rows, len(rows))[:, None] & np.broadcast_to(in_columns, len(columns))[None, :])


def _meets(first: int, last: int, ends: list[Any]) -> np.ndarray:
    low, high = np.minimum(*ends), np.maximum(*ends)
    return np.asarray((low >= 0) & (low <= last) & (first <= high))
