"""What before what: dependencies between blocks, and the order in which to compute them.

Blocks that depend on one another form a group (a strongly connected component of the graph); every other block is a
group of its own. Groups come out with precedents before dependents.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sheetsim.engine.blocks import Block, clipped, reach
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet


class Map:
    """Which block gives each cell: ``at[sheet]`` holds block index + 1, 0 where there is none."""

    def __init__(self, sheets: Iterable[Sheet], blocks: list[Block]):
        self.blocks = blocks
        self.at = {s.title: np.zeros((s.rows, s.columns), np.int32, order="F") for s in sheets}
        for block in blocks:
            cells = block.cells
            self.at[block.sheet.title][cells.top : cells.bottom + 1, cells.left : cells.right + 1] = block.index + 1
        self._known: dict[tuple[str, Rect], list[int]] = {}

    def within(self, sheet: str, rect: Rect) -> list[int]:
        """The blocks that give some cell of a rectangle."""
        at = self.at[sheet]
        if rect.size == 1:
            inside = rect.top < at.shape[0] and rect.left < at.shape[1]
            found = int(at[rect.top, rect.left]) if inside else 0
            return [found - 1] if found else []
        key = (sheet, rect)
        if key not in self._known:
            part = at[rect.top : rect.bottom + 1, rect.left : rect.right + 1]
            self._known[key] = [int(i) - 1 for i in np.unique(part) if i]
        return self._known[key]


def reads(block: Block, ref: Ref) -> tuple[Sheet, Rect] | None:
    """The sheet and all the cells that one reference of a block means; None if they leave the sheet."""
    assert ref.sheet is not None
    sheet = block.sheet.book[ref.sheet]
    rect = reach(ref, block.rect)
    if rect is None:  # those copies that stay on the sheet still read something
        rect = _on_sheet(ref, block.rect)
    return None if rect is None else (sheet, clipped(ref, rect, sheet))


def _on_sheet(ref: Ref, rect: Rect) -> Rect | None:
    corners = [ref.rect(r, c) for r in (rect.top, rect.bottom) for c in (rect.left, rect.right)]
    inside = [c for c in corners if c is not None]
    if not inside:
        return None
    return Rect(0, 0, max(c.bottom for c in inside), max(c.right for c in inside))


def precedents(block: Block, where: Map) -> list[int]:
    """The blocks whose cells a block reads."""
    found: set[int] = set()
    for ref in block.refs:
        place = reads(block, ref)
        if place is not None:
            found.update(where.within(place[0].title, place[1]))
    return sorted(found)


def groups(edges: list[list[int]]) -> list[list[int]]:
    """Strongly connected components, precedents first (Tarjan's algorithm with a stack of its own: chains of a
    hundred thousand blocks are no deeper than Python allows). ``edges[i]`` are the precedents of i."""
    unseen = -1
    number, low = [unseen] * len(edges), [0] * len(edges)
    on_path = [False] * len(edges)
    path: list[int] = []
    result: list[list[int]] = []
    counter = 0
    for root in range(len(edges)):
        if number[root] != unseen:
            continue
        work = [(root, 0)]
        while work:
            node, place = work.pop()
            if place == 0:
                number[node] = low[node] = counter
                counter += 1
                path.append(node)
                on_path[node] = True
            for following in range(place, len(edges[node])):
                other = edges[node][following]
                if number[other] == unseen:
                    work += [(node, following + 1), (other, 0)]
                    break
                if on_path[other]:
                    low[node] = min(low[node], number[other])
            else:
                if low[node] == number[node]:
                    result.append(_pop_group(path, on_path, node))
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
    return result


def _pop_group(path: list[int], on_path: list[bool], node: int) -> list[int]:
    group = [path.pop()]
    while group[-1] != node:
        group.append(path.pop())
    for member in group:
        on_path[member] = False
    return group[::-1]
