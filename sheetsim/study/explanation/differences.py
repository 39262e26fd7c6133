"""Gradients by differences: each formula's own slopes, multiplied along the way from the cell back to the inputs.

The slope of a formula by one of the cells that it reads is a central difference of that formula alone, everything else
staying as it is. What is asked for is their product along each way, summed over all ways: the chain rule, from the end
to the beginning, as autograd does it.
"""

from __future__ import annotations

import numpy as np

from sheetsim.engine.order import reached
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.errors import InputError, SheetsimError
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import NUMBER
from sheetsim.study.explanation.evaluation import Alone, calmly
from sheetsim.study.explanation.places import read_by

STEP = float(np.finfo(float).eps) ** (1 / 3)  # of a number itself: where errors of rounding and of the line are equal
MOST = 20_000  # slopes that are worked out

Cell = tuple[str, int, int]


def by_differences(book: Book, sheet: Sheet, row: int, column: int) -> dict[str, np.ndarray]:
    """∂cell/∂every cell that it depends on, for each sheet an array (rows, columns): 0 for numbers that it does not
    depend on, NaN for what is no number. Raises InputError where that are too many."""
    plan = plan_of(book)
    graph = Graph(plan)
    root = graph.number_of(sheet, row, column)
    arrays = {s.title: np.where(s.kind[: s.rows, : s.columns] == NUMBER, 0.0, np.nan) for s in book.sheets}
    with calmly(book):
        graph.grow(root)
        slopes = np.zeros(len(graph.cells))
        slopes[root] = 1.0
        for number in reversed(reached(graph.edges, [root])):  # a cell after all that read it
            if slopes[number]:
                for precedent, slope in graph.slopes(number):
                    slopes[precedent] += slopes[number] * slope
    for (title, r, c), slope in zip(graph.cells, slopes.tolist(), strict=True):
        if r < arrays[title].shape[0] and c < arrays[title].shape[1]:
            arrays[title][r, c] = slope
    return arrays


class Graph:
    """The cells that a cell depends on, numbered, and the cells that each reads itself."""

    def __init__(self, plan: Plan):
        self.plan, self.book = plan, plan.book
        self.cells: list[Cell] = []
        self.edges: list[list[int]] = []
        self._numbers: dict[Cell, int] = {}

    def number_of(self, sheet: Sheet, row: int, column: int) -> int:
        """The number of a cell, which joins the graph."""
        cell = (sheet.title, row, column)
        if cell not in self._numbers:
            self._numbers[cell] = len(self.cells)
            self.cells.append(cell)
            self.edges.append([])
        return self._numbers[cell]

    def grow(self, root: int) -> None:
        """Takes in all cells that lead to a cell. Raises InputError where they are too many, or form a circle."""
        at, count = root, 0
        while at < len(self.cells):
            self.edges[at] = self._reads(at)
            count += len(self.edges[at])
            if count > MOST:
                raise InputError(
                    f"by differences it would take more than {2 * MOST:,} calculations; torch does it at once"
                )
            at += 1

    def _reads(self, number: int) -> list[int]:
        title, row, column = self.cells[number]
        index = self.plan.map.within(title, Rect(row, column, row, column))
        if not index:
            return []
        found: dict[int, None] = {}
        for read in read_by(self.plan.blocks[index[0]], row, column):
            if read.area is None:
                continue
            sheet, rect = read.area
            if sheet not in self.book.sheets:
                continue  # of another file
            held = rect.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1))
            if held is not None:
                for r, c in np.argwhere(sheet.kind[held.slices] == NUMBER).tolist():
                    if (sheet.title, held.top + r, held.left + c) != (title, row, column):
                        found[self.number_of(sheet, held.top + r, held.left + c)] = None
        return list(found)

    def slopes(self, number: int) -> list[tuple[int, float]]:
        """The slopes of a cell's formula by each cell that it reads; those that are none are left out."""
        title, row, column = self.cells[number]
        if not self.edges[number]:
            return []
        block = self.plan.blocks[self.plan.map.within(title, Rect(row, column, row, column))[0]]
        try:
            alone = Alone(block, row, column)
        except SheetsimError:
            return []
        found = [(precedent, self._slope(alone, *self.cells[precedent])) for precedent in self.edges[number]]
        return [(precedent, slope) for precedent, slope in found if np.isfinite(slope)]

    def _slope(self, alone: Alone, title: str, row: int, column: int) -> float:
        num: np.ndarray = self.book[title].num
        before = float(num[row, column])
        step = STEP * (abs(before) or 1.0)
        ends = []
        try:
            for end in (before - step, before + step):
                num[row, column] = end
                ends.append((end, alone.number()))
        finally:
            num[row, column] = before
        (low, at_low), (high, at_high) = ends
        return float((at_high - at_low) / (high - low))
