"""Dynamic dependencies: what ``OFFSET(…)`` or ``A1:INDEX(…)`` points at is known only while it is computed.

No order of blocks can be made from what is not known yet. So a run sets out in the order that the formulas' own
references give. A reference that turns out to point at cells yet to be computed says so, with ``NotReady``; the
dependency is learned, what it waits for is computed first, and the run goes on. Only where blocks wait for one another
is the order made anew at once. The next recalculation begins with what was learned.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.order import groups
from sheetsim.errors import FormulaError
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet

WAITING, STARTED, DONE = range(3)  # the states of a cell whose block is computed cell by cell


class NotReady(Exception):
    """A reference known only at run time points at cells that are yet to be computed."""

    def __init__(self, blocks: list[int], cells: list[tuple[str, int, int]]):
        super().__init__()
        self.blocks, self.cells = blocks, cells


class Run(Protocol):
    """What a formula's evaluation context knows of the recalculation around it."""

    book: Book
    steps: int  # that functions of the workbook's own, LAMBDAs, have taken in this one
    runs: int  # how many recalculations there were, this one among them
    lacking: bool  # whether some cell may hold an unsupported value

    def require(self, sheet: Sheet, rect: Rect, rows: np.ndarray, columns: np.ndarray) -> None:
        """Raises NotReady if cells at these rows and columns, all within ``rect``, are yet to be computed."""

    def note(self, context: Any, sheet: Sheet, rect: Rect, at: np.ndarray) -> None:
        """Notes which cells, all within ``rect``, a reference known at run time points at."""


class Settled:
    """A workbook at rest: every cell holds its value, nothing is waited for."""

    runs = steps = 0
    lacking = True

    def __init__(self, book: Book):
        self.book = book

    def require(self, sheet: Sheet, rect: Rect, rows: np.ndarray, columns: np.ndarray) -> None:
        """Nothing is yet to be computed."""

    def note(self, context: Any, sheet: Sheet, rect: Rect, at: np.ndarray) -> None:
        """Nothing will be computed again."""


class Asking(Settled):
    """One at rest in which what is looked at is noted: ``found``."""

    def __init__(self, book: Book):
        super().__init__(book)
        self.found: list[tuple[Sheet, Rect]] = []

    def require(self, sheet: Sheet, rect: Rect, rows: np.ndarray, columns: np.ndarray) -> None:
        """Notes the cells."""
        self.found.append((sheet, rect))


class Learning:
    """The precedents of each block that the formulas name (``edges``), and those that runs have found (``learned``)."""

    def __init__(self, blocks: list[Block], edges: list[list[int]]):
        self.blocks, self.edges = blocks, edges
        self.known = list(edges)  # the precedents of each block, the learned ones among them
        self.learned: set[tuple[int, int]] = set()
        self.stale = False  # what is learned was so for other values, and may no longer hold

    def order(self) -> list[list[int]]:
        """The groups of blocks in which to compute, precedents first."""
        return groups(self.known)

    def begin(self) -> None:
        """Before a run: what is known is of an earlier one."""
        self.stale = bool(self.learned)

    def learn(self, group: list[int], wanted: NotReady) -> None:
        """Notes that the run-time references of a group need the blocks they asked for. Raises FormulaError where that
        is known and has not helped."""
        pairs = [(i, j) for i in group if self.blocks[i].runtime for j in wanted.blocks]
        fresh = [pair for pair in pairs if pair not in self.learned]
        if not fresh:  # would go on for ever
            where = self.blocks[group[0]].where()
            raise FormulaError(f"{where}: no order found for what it refers to at run time") from None
        self.learned.update(fresh)
        for block, precedent in fresh:
            self.known[block] = [*self.known[block], precedent]

    def forget(self) -> bool:
        """After a circle: what an earlier run noted may have closed it. False if there is nothing to forget: then it is
        a real one."""
        if not self.stale:
            return False
        self.stale, self.learned = False, set()
        self.known = list(self.edges)
        return True

    def needs_itself(self, block: int) -> bool:
        """Whether some cell of a block may depend on another of the same block."""
        return block in self.edges[block] or (block, block) in self.learned
