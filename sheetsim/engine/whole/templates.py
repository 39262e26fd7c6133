"""Groups of blocks translated once for all their copies, as they stand under one another in a training of many epochs.

Copies have the same instructions. Those that read fixed cells, or ranges, or cells so many rows above, may mean other
rows in each copy: of these a template notes by which reference of the group they read, and each copy sets in its own.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.lines import DOWN, Lines, Stretch, find_lines
from sheetsim.engine.recurrences.machine import LOAD, Machine
from sheetsim.engine.recurrences.translating import TOTALS, WIDEST, Page, TooMuch, Translator
from sheetsim.engine.whole.forms import Forms
from sheetsim.engine.whole.program import LONGEST, Segment
from sheetsim.functions import row_of
from sheetsim.functions.table import Scanned
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Node, Ref, walk
from sheetsim.model.values import LOGICAL


class Patch(NamedTuple):
    """An instruction, counted from the first of its template, that reads what a reference of the group means."""

    at: int
    ref: int


class Template(NamedTuple):
    """The segments of a group, and what differs in its copies. ``pinned`` are references that mean the same in all."""

    segments: list[Segment]
    patches: list[Patch]
    pinned: set[int]


class Copy(NamedTuple):
    """A group as a copy of others: the ``key`` is the same for all that have one template, and where they differ is the
    row from which their places are counted, and the rows that their references mean, as these stand in the formulas."""

    key: Hashable
    top: int
    rows: tuple[int, ...]


def copy_of(plan: Plan, forms: Forms, group: list[int]) -> Copy | None:
    """What a group is a copy of; None for what has no template."""
    if not all(map(plan.programs.can_wait, group)):
        return None
    if not plan.waits_for_itself(group):
        block = plan.blocks[group[0]]
        (top, left, bottom, right), form = block.rect, forms.of(block)
        return Copy((block.sheet.title, form.number, left, right, bottom - top), top, form.rows)
    blocks = _members(plan, group)
    found, (top, *_), title = [forms.of(block) for block in blocks], blocks[0].rect, blocks[0].sheet.title
    if any(block.sheet.title != title for block in blocks):
        return None
    pairs = zip(found, blocks, strict=True)
    key = title, *((form.tight, block.rect.shifted(-top, 0)) for form, block in pairs)
    return Copy(key, top, tuple(row for form in found for row in form.rows))


def _members(plan: Plan, group: list[int]) -> list[Block]:
    """The blocks of a group, in the same order in all copies."""
    return sorted((plan.blocks[index] for index in group), key=lambda block: block.rect)


class Templates:
    """Templates of groups of a plan, for one machine."""

    def __init__(self, plan: Plan, pages: dict[str, Page]):
        self.plan, self.pages = plan, pages
        self.machine = Machine()

    def of(self, group: list[int]) -> Template | None:
        """The template of a group; None if it is more than plain arithmetic, or better served by NumPy."""
        began = len(self.machine.code)
        try:
            return self._of(group)
        except TooMuch:
            del self.machine.code[began:]
            return None

    def _of(self, group: list[int]) -> Template:
        blocks, itself = _members(self.plan, group), self.plan.waits_for_itself(group)
        template = Template([], [], set())
        if not itself:
            rect = blocks[0].rect
            if rect.size > LONGEST:
                raise TooMuch
            self._segment(template, blocks, Stretch(rect.top, rect.bottom, group), Lines(DOWN, []), shares=False)
            return template
        lines = find_lines(self.plan, group)
        if lines is None or lines.axis != DOWN.axis:
            raise TooMuch
        for stretch in lines.stretches:
            self._segment(template, blocks, stretch, lines, shares=True)
        return template

    def _segment(self, template: Template, blocks: list[Block], stretch: Stretch, lines: Lines, shares: bool) -> None:
        """The formulas of a stretch of lines of a group. ``shares``: see ``Marking``."""
        code, (first, last, order) = self.machine.code, stretch
        begin = len(code)
        start = template.segments[0].begin if template.segments else begin
        marking = Marking(self.machine, self.pages, DOWN.axis, first, last, guarded=True)
        for block in (self.plan.blocks[index] for index in order):
            part = lines.part(block, first)
            if part.size > WIDEST:
                raise TooMuch
            before = sum(len(other.refs) for other in blocks[: blocks.index(block)])
            marking.begin(self.plan, block, before, shares)
            for row, column in part.cells():
                marking.cell(block.sheet, block.tree, row, column)
        template.patches.extend(Patch(at - start, ref) for at, ref in marking.marks)
        template.pinned.update(marking.pinned)
        at, count = (first if lines.sign > 0 else last), last - first + 1
        template.segments.append(Segment(begin, len(code), at, count, lines.sign))


class Marking(Translator):
    """A translator that marks which instructions read what a reference means."""

    def begin(self, plan: Plan, block: Block, before: int, shares: bool) -> None:
        """Goes on to the formula of a block; the references of so many blocks stand before its own. ``shares``: whether
        what moves with a cell is so many rows above it in all copies; then it is loaded once for all."""
        self.plan, self.shares = plan, shares
        self.numbers = {id(ref): before + k for k, ref in enumerate(block.refs)}
        nodes = list(walk(block.tree))
        if len(self.numbers) < len(block.refs) or {id(n) for n in nodes if isinstance(n, Ref)} != set(self.numbers):
            raise TooMuch
        self.tests = {id(node.arguments[0]) for node in nodes if _scanned(node) is Scanned.SELECT}  # type: ignore[union-attr]

    def __init__(self, *given: Any, **named: Any):
        super().__init__(*given, **named)
        self.marks: list[tuple[int, int]] = []
        self.pinned: set[int] = set()

    def _load(self, ref: Ref, row: int, column: int) -> int:
        self.number = self.numbers[id(ref)]
        if id(ref) in self.tests and (known := self._logical(ref, row, column)) is not None:
            self.pinned.add(self.number)
            return self.machine.constant(known)
        return super()._load(ref, row, column)

    def _once(self, what: int, place: int) -> int:
        if what != LOAD or not self.shares:
            self.held.pop((what, place), None)
        before = len(self.machine.code)
        register = super()._once(what, place)
        if len(self.machine.code) > before:
            self.marks.append((before, self.number))
        return register

    def _area(self, ref: Ref, row: int, column: int, most: int, blanks: bool = True) -> Rect:
        if ref.shape != "range" or ref.first.row_absolute != ref.last.row_absolute:
            raise TooMuch
        mark = len(self.machine.code), self.numbers[id(ref)]
        rect = super()._area(ref, row, column, most, blanks)
        if rect != ref.rect(row, column):
            raise TooMuch  # cut at the last cell in use: other copies may be cut elsewhere
        self.marks.append(mark)
        return rect

    def _looks(self, node: Node, operands: list[int], row: int, column: int) -> int | None:
        """Only sums: what else looks at a range asks for the kinds of its cells, which are not known yet."""
        return super()._looks(node, operands, row, column) if _scanned(node) in TOTALS else None

    def _take(self, ref: Ref, place: int, row: int, column: int) -> int:
        raise TooMuch

    def _logical(self, ref: Ref, row: int, column: int) -> float | None:
        """What a fixed cell holds that is typed, and a logical: as a condition it is 1 or 0."""
        rect, (sheet, _, _) = ref.rect(row, column), self._page(ref)
        if rect is None or not ref.first.row_absolute or sheet.kind[rect.slices] != LOGICAL:
            return None
        return None if self.plan.map.within(sheet.title, rect) else float(sheet.num[rect.top, rect.left])


def _scanned(node: Node) -> Scanned | None:
    """What the machine knows of a call."""
    row = row_of(node)
    return None if row is None else row.scanned


def patched(code: np.ndarray, template: Template, rows: np.ndarray) -> np.ndarray:
    """The instructions of a template for all its copies, of shape (copies, instructions, 4); ``rows`` has the rows that
    the references of each copy mean, the template's first."""
    begin, end = template.segments[0].begin, template.segments[-1].end
    copies = np.repeat(code[np.newaxis, begin:end], len(rows), axis=0)
    for at, ref in template.patches:
        copies[:, at, 2] += rows[:, ref] - rows[0, ref]
    return copies
