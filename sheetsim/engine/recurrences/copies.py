"""Recurrences that are copies of one another, as the epochs of a training that stand under one another: what has been
found out about one holds for the others, so many rows further down.

A copy has the same blocks in the same places to one another. Its formulas are the same; a fixed row that they refer to
is either the same, too, or has moved as far as the copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheetsim.engine.blocks import Block, swept
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.lines import Direction, Lines, Stretch, find_lines
from sheetsim.engine.recurrences.scan import Scan
from sheetsim.model.address import Rect, around
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Ref

Ways = tuple[Lines | None, list[Scan | None]]


def ways(plan: Plan, group: list[int]) -> Ways:
    """The lines in which a group can be read, if any, and of each stretch of them the scan, if there is one."""
    key = _key(plan, group)
    known = plan.alike.get(key)
    copy = known.at(plan, group) if isinstance(known, Pattern) else None
    if copy is not None:
        return copy
    lines = find_lines(plan, group)
    scans = [Scan.of(plan, lines, stretch) for stretch in lines.stretches] if lines else []
    if lines is not None and lines.axis == 0:
        whole = [scan for scan in scans if scan is not None and scan.movable]
        pattern = Pattern(plan, group, lines, whole)
        if len(whole) == len(scans) and not pattern.reads_itself_fixed():
            plan.alike[key] = pattern
    return lines, scans


class Pattern:
    """A recurrence of which there may be copies."""

    def __init__(self, plan: Plan, group: list[int], lines: Lines, scans: list[Scan]):
        self.group, self.lines, self.scans = group, lines, scans
        self.blocks = [plan.blocks[index] for index in group]

    def reads_itself_fixed(self) -> bool:
        """Whether a fixed reference, or one to several cells, may mean some of its own: the way it is read hangs on
        where."""
        box = around([block.rect for block in self.blocks])
        pairs = [(block, ref) for block in self.blocks for ref in block.refs]
        return any(ref.shape != "cell" or _fixed_in(ref, block, box) for block, ref in pairs)

    def at(self, plan: Plan, group: list[int]) -> tuple[Lines, list[Scan | None]] | None:
        """The lines and scans of another group, None where it is no copy of this one."""
        blocks = [plan.blocks[index] for index in group]
        down = blocks[0].rect.top - self.blocks[0].rect.top
        rows = self._fixed_rows(blocks, down)
        if rows is None:
            return None
        index = dict(zip(self.group, group, strict=True))
        stretches = [Stretch(a + down, b + down, [index[i] for i in order]) for a, b, order in self.lines.stretches]
        lines = Lines(Direction(self.lines.axis, self.lines.sign), stretches)
        pairs = zip(self.scans, stretches, strict=True)
        return lines, [scan.at(lines, stretch, down, rows) for scan, stretch in pairs]

    def _fixed_rows(self, blocks: Sequence[Block], down: int) -> dict[int, int] | None:
        """What the fixed rows that this one refers to are for some blocks further down; None if they are no copies."""
        rows: dict[int, int] = {}
        box = around([block.rect for block in blocks])
        height = blocks[0].sheet.num.shape[0]
        for theirs, mine in zip(self.blocks, blocks, strict=True):
            if len(theirs.refs) != len(mine.refs):
                return None
            for one, other in zip(theirs.refs, mine.refs, strict=True):
                fixed, row, seen = one.first.row_absolute, other.first.row, swept(other, mine.rect)
                if _anywhere(one) != _anywhere(other) or seen.top < 0 or seen.bottom >= height:
                    return None
                if fixed and (row - one.first.row not in (0, down) or rows.setdefault(one.first.row, row) != row):
                    return None
                if fixed and _fixed_in(other, mine, box):
                    return None
        return rows


def _fixed_in(ref: Ref, block: Block, box: Rect) -> bool:
    return ref.first.row_absolute and swept(ref, block.rect).meets(box)


def _key(plan: Plan, group: list[int]) -> Any:
    """The same for all groups that may be copies of one another."""
    blocks = [plan.blocks[index] for index in group]
    up = -blocks[0].rect.top
    formulas = plan.book.formulas
    return tuple(
        (block.sheet.title, block.rect.shifted(up, 0), block.spill, block.runtime, _tokens(formulas[block.number]))
        for block in blocks
    )


def _tokens(formula: Formula) -> tuple[Any, ...]:
    """What stands in a formula, whatever fixed rows it refers to."""
    return tuple(_anywhere(piece) if isinstance(piece, Ref) else piece for _, piece in formula.tokens)


def _anywhere(ref: Ref) -> tuple[Any, ...]:
    """A reference, whatever row it is fixed to."""
    corners = (corner._replace(row=0) if corner.row_absolute else corner for corner in (ref.first, ref.last))
    return ref.sheet, ref.shape, *corners
