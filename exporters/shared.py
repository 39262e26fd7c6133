"""Which cells of a sheet can share one formula in the file: rectangles of copies of one formula."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exporters.formulas import Stored
from sheetsim.address import Rect


def rectangles(formula: np.ndarray) -> Iterator[tuple[Rect, int]]:
    """Rectangles that together cover every cell with a formula: runs down the columns, neighbours of equal height
    taken together. Yields each with its formula's number.

    >>> list(rectangles(np.array([[1, 1, 0], [1, 1, 2]])))
    [(Rect(top=0, left=0, bottom=1, right=1), 1), (Rect(top=1, left=2, bottom=1, right=2), 2)]
    """
    open_runs: dict[tuple[int, int, int], int] = {}  # (top, bottom, number) → first column
    for column in range(formula.shape[1] if len(formula) else 0):
        runs = set(_runs(formula[:, column]))
        for run in [run for run in open_runs if run not in runs]:
            yield _rect(run, open_runs.pop(run), column - 1)
        for run in sorted(runs - open_runs.keys()):
            open_runs[run] = column
    for run, left in open_runs.items():
        yield _rect(run, left, formula.shape[1] - 1)


def _runs(column: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """(first row, last row, number) of each run of cells that share a formula."""
    edges = np.flatnonzero(np.diff(column)) + 1
    tops = [0, *edges.tolist()]
    bottoms = [*(edges - 1).tolist(), len(column) - 1]
    return (run for run in zip(tops, bottoms, column[tops].tolist(), strict=True) if run[2])


def _rect(run: tuple[int, int, int], left: int, right: int) -> tuple[Rect, int]:
    top, bottom, number = run
    return Rect(top, left, bottom, right), number


def groups(formula: np.ndarray, stored: dict[int, Stored]) -> tuple[np.ndarray, list[Rect]]:
    """For each cell the number of its group counted from 1, 0 for none; and the rectangle of each group."""
    group = np.zeros(formula.shape, dtype=np.int32)
    rects: list[Rect] = []
    for rect, number in rectangles(formula):
        if rect.size > 1 and stored[number].shareable_over(rect):
            rects.append(rect)
            group[rect.top : rect.bottom + 1, rect.left : rect.right + 1] = len(rects)
    return group, rects
