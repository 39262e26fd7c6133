"""Reading a group of blocks line by line: in which direction, and in which order within a line.

Most groups of blocks that depend on one another can be read so: every cell needs only cells of earlier lines, or of its
own line in some order of the blocks. A line is a row (read down or up) or a column (read right or left).
"""

from __future__ import annotations

import itertools
from enum import Enum, auto
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

    def span(self, rect: Rect) -> tuple[int, int]:
        """The first and the last line of a rectangle as they are read; numbers are negated where they fall, so that
        what is read later always has the larger number."""
        ends = (rect.top, rect.bottom) if self.axis == 0 else (rect.left, rect.right)
        return ends if self.sign > 0 else (-ends[1], -ends[0])


DOWN, RIGHT, UP, LEFT = Direction(0, 1), Direction(1, 1), Direction(0, -1), Direction(1, -1)


class Needed(Enum):
    """Which lines of another block must be done before a line of a block can be."""

    EARLIER = auto()  # lines read before it, and no others
    SAME = auto()  # its own line too: the other block comes first within a line
    LATER = auto()  # a line read after it: the direction does not fit


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
    if any(block.spread or block.runtime for block in blocks) or len({block.sheet.title for block in blocks}) > 1:
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
                    needed = _needed(block, ref, target[1], plan.blocks[other], direction)
                    if needed is Needed.LATER:
                        return None
                    if needed is Needed.SAME:
                        same_line[place[index]].append(place[other])
    order = groups(same_line)
    if any(len(members) > 1 or members[0] in same_line[members[0]] for members in order):
        return None
    return [group[members[0]] for members in order]


def _needed(block: Block, ref: Ref, rect: Rect, other: Block, direction: Direction) -> Needed:
    """Which lines of another block a reference asks for; ``rect`` is all that it reaches from the block's cells.

    What counts is how far ahead of its own line a formula looks. Of ``=C$3+B3`` in B4, filled and read down::

        B4   =C$3+B3    C$3 is fixed: 1 line before the block's first, ever further before those that follow
        B5   =C$3+B4    B3 moves along: always 1 line before
        B6   =C$3+B5    so the furthest ahead is −1, it only looks back

    That is EARLIER. Of ``=A4`` in B4 the furthest is 0, the formula's own line: SAME; of ``=A5`` it is 1: LATER.
    """
    common = rect.common(other.cells)
    if common is None:
        return Needed.EARLIER
    start, stop = direction.span(block.rect)
    first, last = direction.span(common)
    if last < start:  # however it is written: all of it is done when the block's first line comes
        return Needed.EARLIER
    ahead = _lines_ahead(ref, direction, start)
    if ahead is None:  # the same lines for all
        ahead = last - start
    if ahead > 0:
        return Needed.LATER
    # what begins beyond the block is not read: ``rect`` is more than that where some copies would leave the sheet
    return Needed.SAME if ahead == 0 and first <= stop else Needed.EARLIER


def _lines_ahead(ref: Ref, direction: Direction, start: int) -> int | None:
    """How many lines ahead of its own a formula looks at the most, negative if only back, over the lines from ``start``
    on: the first looks furthest ahead at a fixed corner, all equally far at one that moves along. None if both corners
    are fixed."""
    moving: list[int] = []
    fixed: list[int] = []
    for corner in (ref.first, ref.last):
        absolute, line = corner.row_absolute, corner.row
        if direction.axis == 1:
            absolute, line = corner.column_absolute, corner.column
        if absolute:
            fixed.append(line * direction.sign - start)
        else:
            moving.append(line * direction.sign)
    return max(moving + fixed) if moving else None


def _stretches(plan: Plan, order: list[int], direction: Direction) -> list[Stretch]:
    """Cuts the lines where a block begins or ends."""
    rising = Direction(direction.axis, 1)
    spans = {index: rising.span(plan.blocks[index].rect) for index in order}
    cuts = sorted({first for first, _ in spans.values()} | {last + 1 for _, last in spans.values()})
    result = []
    for first, after in itertools.pairwise(cuts):
        active = [index for index in order if spans[index][0] <= first <= spans[index][1]]
        if active:
            result.append(Stretch(first, after - 1, active))
    return result[:: direction.sign]
