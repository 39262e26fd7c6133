"""What before what: dependencies between blocks, and the order in which to compute them.

Blocks that depend on one another form a group (a strongly connected component of the graph); every other block is a
group of its own. Groups come out with precedents before dependents.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sheetsim.engine.blocks import WHOLE, Block, clipped, swept
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet

FEW = 1024  # cells of a rectangle: a set of so many costs less than counting them by block


class Map:
    """Which block gives each cell: ``at[sheet]`` holds block index + 1, 0 where there is none."""

    def __init__(self, sheets: Iterable[Sheet], blocks: list[Block]):
        self.at = {s.title: np.zeros((s.rows, s.columns), np.int32, order="F") for s in sheets}
        for block in blocks:
            top, left, bottom, right = block.cells
            self.at[block.sheet.title][top : bottom + 1, left : right + 1] = block.index + 1
        self._known: dict[tuple[str, Rect], list[int]] = {}

    def within(self, sheet: str, rect: Rect) -> list[int]:
        """The blocks that give some cell of a rectangle."""
        at = self.at[sheet]
        if rect.size == 1:
            inside = rect.top < at.shape[0] and rect.left < at.shape[1]
            only = int(at[rect.top, rect.left]) if inside else 0
            return [only - 1] if only else []
        key = (sheet, rect)
        if key not in self._known:
            seen = at[rect.slices].ravel()
            found = sorted(set(seen.tolist())) if seen.size <= FEW else np.flatnonzero(np.bincount(seen)).tolist()
            self._known[key] = [i - 1 for i in found if i]
        return self._known[key]


def reads(block: Block, ref: Ref) -> tuple[Sheet, Rect] | None:
    """The sheet and all the cells that one reference of a block means: those copies that leave the sheet read nothing.
    None if all do."""
    assert ref.sheet is not None
    sheet = block.sheet.book[ref.sheet]
    rect = swept(ref, block.rect).common(WHOLE)
    return None if rect is None else (sheet, clipped(ref, rect, sheet))


def precedents(block: Block, where: Map) -> list[int]:
    """The blocks whose cells a block reads."""
    found: set[int] = set()
    for ref in block.refs:
        place = reads(block, ref)
        if place is not None:
            found.update(where.within(place[0].title, place[1]))
    return sorted(found)


def groups(edges: list[list[int]]) -> list[list[int]]:
    """Strongly connected components, precedents first (Kosaraju's algorithm). ``edges[i]`` are the precedents of i.

    A walk along dependents is done with a node after all that depend on it. Backwards that is an order in which some
    node of each group comes before all that depend on the group: from there, what the node needs is in the groups found
    before or in its own.
    """
    done = reached(turned(edges), reversed(range(len(edges))))
    seen: set[int] = set()
    found: list[list[int]] = []
    for node in reversed(done):
        if node in seen:
            continue
        if seen.issuperset(edges[node]):  # as is most often so: all that it needs is there
            seen.add(node)
            found.append([node])
        else:
            found.append(reached(edges, [node], seen))
    return found


def turned(edges: list[list[int]]) -> list[list[int]]:
    """The dependents of each node from its precedents."""
    result: list[list[int]] = [[] for _ in edges]
    for node, others in enumerate(edges):
        for other in others:
            result[other].append(node)
    return result


def reached(edges: list[list[int]], roots: Iterable[int], seen: set[int] | None = None) -> list[int]:
    """The nodes that edges lead to from the roots, these included, each after those that it leads to (but in a circle).
    Those ``seen`` before are left out, and the others join them.

    The walk goes into depth with a stack of its own: chains of a hundred thousand nodes are no deeper than Python
    allows.
    """
    seen = set() if seen is None else seen
    found: list[int] = []
    for root in roots:
        path = [] if root in seen else [(root, iter(edges[root]))]
        seen.add(root)
        while path:
            node, others = path[-1]
            for other in others:
                if other not in seen:
                    seen.add(other)
                    path.append((other, iter(edges[other])))
                    break
            else:
                found.append(node)
                path.pop()
    return found
