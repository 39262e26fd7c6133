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

DOWN, RIGHT, UP, LEFT = (0, 1), (1, 1), (0, -1), (1, -1)  # (axis, sign)


class Stretch(NamedTuple):
    """Lines that have the same blocks: first and last line, and the blocks in the order within a line."""

    first: int
    last: int
    blocks: list[int]


class Lines:
    """A direction in which a group can be read, and its stretches of lines, in the order of reading."""

    def __init__(self, axis: int, sign: int, stretches: list[Stretch]):
        self.axis, self.sign, self.stretches = axis, sign, stretches

    def part(self, block: Block, line: int) -> Rect:
        """The cells of a block in one line."""
        if self.axis == 0:
            return block.rect._replace(top=line, bottom=line)
        return block.rect._replace(left=line, right=line)

    def of(self, stretch: Stretch) -> range:
        """The numbers of the lines of a stretch, in the order of reading."""
        return range(stretch.first, stretch.last + 1)[:: self.sign]


def extent(rect: Rect, axis: int) -> tuple[int, int]:
    return (rect.top, rect.bottom) if axis == 0 else (rect.left, rect.right)


def find_lines(plan: Plan, group: list[int]) -> Lines | None:
    """The first direction in which the group can be read line by line, or None."""
    blocks = [plan.blocks[i] for i in group]
    if any(block.spread or block.runtime for block in blocks) or len({block.sheet.title for block in blocks}) > 1:
        return None
    for axis, sign in (DOWN, RIGHT, UP, LEFT):
        order = _line_order(plan, group, axis, sign)
        if order is not None:
            return Lines(axis, sign, _stretches(plan, order, axis, sign))
    return None


def _line_order(plan: Plan, group: list[int], axis: int, sign: int) -> list[int] | None:
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
                    needs = _needs(block, ref, target[1], plan.blocks[other], axis, sign)
                    if needs == "later":
                        return None
                    if needs == "same":
                        same_line[place[index]].append(place[other])
    order = groups(same_line)
    if any(len(members) > 1 or members[0] in same_line[members[0]] for members in order):
        return None
    return [group[members[0]] for members in order]


def _needs(block: Block, ref: Ref, rect: Rect, other: Block, axis: int, sign: int) -> str:
    """Whether a block needs from another only earlier lines, its own line too, or later ones."""
    start, stop = extent(block.rect, axis)
    common = rect.common(other.cells)
    if common is None:
        return "earlier"
    low, high = extent(common, axis)
    if sign < 0:  # read upwards or leftwards: mirror
        start, stop, low, high = -stop, -start, -high, -low
    if high < start:
        return "earlier"
    ahead = _furthest(ref, axis, sign, start)
    if ahead is None:  # fixed lines: all must be past when the block's first line comes
        return "same" if high == start else "later"
    if ahead > 0:
        return "later"
    return "same" if ahead == 0 and low <= stop else "earlier"


def _furthest(ref: Ref, axis: int, sign: int, start: int) -> int | None:
    """How many lines ahead of its own a reference reaches at the most, over lines from ``start`` on; None if both its
    corners are fixed. A fixed corner is furthest ahead of the first line."""
    ends: list[int] = []
    fixed = 0
    for corner in (ref.first, ref.last):
        absolute, line = (corner.row_absolute, corner.row) if axis == 0 else (corner.column_absolute, corner.column)
        ends.append(line * sign - start if absolute else line * sign)
        fixed += absolute
    return None if fixed == 2 else max(ends)


def _stretches(plan: Plan, order: list[int], axis: int, sign: int) -> list[Stretch]:
    """Cuts the lines where a block begins or ends."""
    spans = {index: extent(plan.blocks[index].rect, axis) for index in order}
    cuts = sorted({first for first, _ in spans.values()} | {last + 1 for _, last in spans.values()})
    result = []
    for first, after in itertools.pairwise(cuts):
        active = [index for index in order if spans[index][0] <= first <= spans[index][1]]
        if active:
            result.append(Stretch(first, after - 1, active))
    return result[::sign]
