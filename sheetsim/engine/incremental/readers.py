"""Who reads what: the references of all blocks by the sheet and the cells that they mean."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheetsim.engine.incremental.regions import Region, joined, readers_of
from sheetsim.engine.order import reads, turned
from sheetsim.engine.plan import Plan
from sheetsim.functions import row_of
from sheetsim.model.address import Rect
from sheetsim.model.grid import Grid
from sheetsim.model.nodes import Ref, walk

STEADY = ("ROW", "COLUMN", "INDIRECT")  # they ask where they stand, and answer as long as their arguments do not change


class Readers:
    """The references of a plan: made once for it."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.lists: dict[str, list[tuple[Rect, int, Ref]]] = {sheet.title: [] for sheet in plan.book.all_sheets()}
        for block in plan.blocks:
            for ref in block.refs:
                place = reads(block, ref)
                if place is not None:
                    self.lists[place[0].title].append((place[1], block.index, ref))
        self.edges = {
            title: np.array([rect for rect, _, _ in found], np.int64).reshape(-1, 4).T
            for title, found in self.lists.items()
        }
        self.of_block: dict[int, list[tuple[int, Ref]]] = {}
        self.runtime = [block.index for block in plan.blocks if block.runtime]
        self.restless = [block.index for block in plan.blocks if is_restless(plan, block.index)]
        self._turned: tuple[object, list[list[int]]] = (None, [])

    def of(self, sheet: Grid, changed: Region, source: int | None = None) -> Iterator[tuple[int, Region]]:
        """The blocks that read some cells that have changed, each with those of its cells that do. ``source`` is the
        block that gives the cells, if one does: who reads of it is looked up once."""
        if source is None:
            found = self._meeting(sheet, changed.rect)
        else:
            if source not in self.of_block:
                self.of_block[source] = self._meeting(sheet, self.plan.blocks[source].cells)
            found = self.of_block[source]
        for index, ref in found:
            region = readers_of(ref, self.plan.blocks[index].rect, changed)
            if region is not None:
                yield index, region
        for index in self.runtime:
            pointed = self.plan.pointed.get(index)  # what a program of plain numbers computed, nobody noted
            region = Region(self.plan.blocks[index].rect) if pointed is None else pointed.readers(sheet, changed)
            if region is not None:
                yield index, region

    def _meeting(self, sheet: Grid, rect: Rect) -> list[tuple[int, Ref]]:
        """The blocks and references that mean some cell of a rectangle."""
        top, left, bottom, right = self.edges[sheet.title]
        meets = (top <= rect.bottom) & (bottom >= rect.top) & (left <= rect.right) & (right >= rect.left)
        listed = self.lists[sheet.title]
        return [listed[k][1:] for k in np.flatnonzero(meets).tolist()]

    @property
    def dependents(self) -> list[list[int]]:
        """Of each block those that depend on it, by what the plan knows now."""
        if self._turned[0] is not self.plan.order:
            self._turned = self.plan.order, turned(self.plan.dynamic.known)
        return self._turned[1]


def is_restless(plan: Plan, index: int) -> bool:
    """Whether a block may have another value though no cell that it reads has changed: it draws numbers, tells the
    time, or asks of the workbook what is no cell's value (hidden rows, titles of sheets)."""
    rows = [row for row in map(row_of, walk(plan.blocks[index].tree)) if row is not None]
    return any(row.volatile or row.counted or (row.context and row.name not in STEADY) for row in rows)


def merged(dirty: dict[int, Region], index: int, region: Region) -> bool:
    """Adds cells to those of a block that are to be computed; whether the block is a new one."""
    new = index not in dirty
    dirty[index] = joined(dirty.get(index), region)
    return new
