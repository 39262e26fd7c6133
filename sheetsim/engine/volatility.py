"""Cells that change at every calculation: those that hold RAND or its like, and all that depend on them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheetsim.engine.order import reached, turned
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.functions import row_of
from sheetsim.model.nodes import Ref, walk
from sheetsim.model.sheet import Book

Bools = npt.NDArray[np.bool_]


def volatile_cells(book: Book) -> dict[str, Bools]:
    """Which cells hold RAND or its like, or depend on such a cell: a mask for each sheet."""
    plan: Plan = plan_of(book)
    volatile = with_dependents(plan, np.array([is_volatile(plan, i) for i in range(len(plan.blocks))], bool))
    masks = {sheet.title: np.zeros((sheet.rows, sheet.columns), bool) for sheet in book.sheets}
    for i in np.flatnonzero(volatile).tolist():
        cells = plan.blocks[i].cells
        masks[plan.blocks[i].sheet.title][cells.slices] = True
    return masks


def with_dependents(plan: Plan, blocks: Bools) -> Bools:
    """These blocks and all that depend on them."""
    found = blocks.copy()
    if found.any():
        found[reached(turned(all_edges(plan)), np.flatnonzero(blocks).tolist())] = True
    return found


def all_edges(plan: Plan) -> list[list[int]]:
    """The precedents of each block. What an OFFSET points at is not among them: it counts as reading all of the sheets
    that it names, so that a value drawn anew is never called wrong."""
    edges = [list(found) for found in plan.edges]
    for block in plan.blocks:
        if block.runtime:
            named = {node.sheet for node in walk(block.tree) if isinstance(node, Ref)}
            edges[block.index] += [other.index for other in plan.blocks if other.sheet.title in named]
    return edges


def is_volatile(plan: Plan, index: int) -> bool:
    """Whether a block itself holds RAND or its like."""
    rows = map(row_of, walk(plan.blocks[index].tree))
    return any(row is not None and row.volatile for row in rows)
