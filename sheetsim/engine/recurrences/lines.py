"""Reading a group of blocks line by line: in which direction, and in which order within a line.

Most groups of blocks that depend on one another can be read so: every cell needs only cells of earlier lines, or of its
own line in some order of the blocks. A line is a row (read down or up) or a column (read right or left).
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

from sheetsim.engine.blocks import Block
from sheetsim.engine.order import groups, reads
from sheetsim.engine.plan import Plan
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref


class Direction(NamedTuple):
    """A way to read a sheet: the lines are rows (axis 0) or columns (1), by rising (sign 1) or falling number (−1)."""

    axis: int
    sign: int

    def line(self, row: int, column: int) -> int:
        """The number of a cell's line; negated where numbers fall, so that what is read later has the larger one."""
        return (row, column)[self.axis] * self.sign

    def ends(self, rect: Rect) -> tuple[tuple[int, int], tuple[int, int]]:
        """The first and the last cell of a rectangle as it is read."""
        first, last = (rect.top, rect.left), (rect.bottom, rect.right)
        return (first, last) if self.sign > 0 else (last, first)


DOWN, RIGHT, UP, LEFT = Direction(0, 1), Direction(1, 1), Direction(0, -1), Direction(1, -1)


class Stretch(NamedTuple):
    """Lines that have the same blocks: first and last line, and the blocks in the order within a line."""

    first: int
    last: int
    blocks: list[int]


class Lines:
    """A direction in which a group can be read, and its stretches of lines, in the order of reading."""

    def __init__(self, direction: Direction, stretches: list[Stretch]):
        self.axis, self.sign = direction
        self.stretches = stretches

    def part(self, block: Block, line: int) -> Rect:
        """The cells of a block in one line."""
        if self.axis == 0:
            return block.rect._replace(top=line, bottom=line)
        return block.rect._replace(left=line, right=line)

    def of(self, stretch: Stretch) -> range:
        """The numbers of the lines of a stretch, in the order of reading."""
        return range(stretch.first, stretch.last + 1)[:: self.sign]


def find_lines(plan: Plan, group: list[int]) -> Lines | None:
    """The first direction in which the group can be read line by line, or None."""
    blocks = [plan.blocks[i] for i in group]
    if any(block.spill or block.runtime for block in blocks) or len({block.sheet.title for block in blocks}) > 1:
        return None
    for direction in (DOWN, RIGHT, UP, LEFT):
        order = _line_order(plan, group, direction)
        if order is not None:
            return Lines(direction, _stretches(plan, order, direction))
    return None


def _line_order(plan: Plan, group: list[int], direction: Direction) -> list[int] | None:
    """The blocks so that within a line each comes after those it needs; None if the direction does not fit."""
    place = {index: k for k, index in enumerate(group)}
    same_line: list[list[int]] = [[] for _ in group]
    for index in group:
        block = plan.blocks[index]
        for ref in block.refs:
            target = reads(block, ref)
            if target is None or target[0] is not block.sheet:
                continue
            for other in plan.map.within(target[0].title, target[1]):
                if other in place:
                    ahead = _lines_ahead(block, ref, target[1], plan.blocks[other], direction)
                    if ahead > 0:  # cells of a line that is read later
                        return None
                    if ahead == 0:
                        same_line[place[index]].append(place[other])
    order = groups(same_line)
    if any(len(members) > 1 or members[0] in same_line[members[0]] for members in order):
        return None
    return [group[members[0]] for members in order]


def _lines_ahead(block: Block, ref: Ref, rect: Rect, other: Block, direction: Direction) -> int:
    """How many lines ahead of its own a formula of the block looks at the most for cells of another: 0 if as far as its
    own line, negative if only back. ``rect`` is all that the reference reaches from the block.

    ``=SUM(C$2:C3)``, filled into B4 to B6 and read down, looks no further than the line before, as C3 moves along::

            B              C
        2                  ┐ ┐ ┐
        3                  ┘ │ │
        4   =SUM(C$2:C3)     ┘ │      -1
        5   =SUM(C$2:C4)       ┘      -1
        6   =SUM(C$2:C5)              -1

    A corner that moves along is as far ahead of every line; a fixed one, as C$2 here, is ever further behind. So none
    of the formulas looks further ahead than that of the block's first line.
    """
    common = rect.common(other.cells)
    assert common is not None  # the map of blocks says that the reference reaches the other
    first, _ = direction.ends(block.rect)
    _, last = direction.ends(common)
    furthest = max(direction.line(*corner.place(*first)) for corner in (ref.first, ref.last))
    return min(furthest, direction.line(*last)) - direction.line(*first)


def _stretches(plan: Plan, order: list[int], direction: Direction) -> list[Stretch]:
    """Cuts the lines where a block begins or ends."""
    rects = {index: plan.blocks[index].rect for index in order}
    rows = direction.axis == 0
    spans = {i: (rect.top, rect.bottom) if rows else (rect.left, rect.right) for i, rect in rects.items()}
    cuts = sorted({first for first, _ in spans.values()} | {last + 1 for _, last in spans.values()})
    result = []
    for first, after in itertools.pairwise(cuts):
        active = [index for index in order if spans[index][0] <= first <= spans[index][1]]
        if active:
            result.append(Stretch(first, after - 1, active))
    return result[:: direction.sign]
