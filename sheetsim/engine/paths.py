"""What lies between inputs and results: the blocks that some cells move, and those that some blocks need."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.engine.order import reached, reads, turned
from sheetsim.engine.plan import Plan
from sheetsim.engine.volatility import is_volatile
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet

Area = tuple[Sheet, Rect]


def moved_by(plan: Plan, edges: list[list[int]], change: Sequence[Area]) -> set[int]:
    """The blocks that depend on the cells to change. Random numbers stay as they were drawn last."""
    drawn = {i for i in range(len(plan.blocks)) if is_volatile(plan, i)}
    # what looks up its place may point anywhere
    first = [i for i, block in enumerate(plan.blocks) if block.runtime or refers(plan, i, change)]
    return set(reached(turned(edges), first, seen=drawn))


def refers(plan: Plan, index: int, change: Sequence[Area]) -> bool:
    """Whether a formula of the block names some of the cells."""
    block = plan.blocks[index]
    places = [place for place in (reads(block, ref) for ref in block.refs) if place is not None]
    return any(sheet is changed and rect.meets(cells) for sheet, rect in places for changed, cells in change)


def needed_by(edges: list[list[int]], last: list[int]) -> set[int]:
    """These blocks and all that they need."""
    return set(reached(edges, last))
