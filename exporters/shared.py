"""Which cells of a sheet share one formula in the file: the copies of a formula, wherever they stand.

Excel's own files have such groups: other cells, and those of other groups, stand between their cells. So a table that
is repeated a thousand times has its formulas once in the file, and reading it takes no text apart.
"""

from __future__ import annotations

import numpy as np

from exporters.formulas import Stored
from sheetsim.model.address import Rect


def shared_rects(formula: np.ndarray, stored: dict[int, Stored]) -> tuple[np.ndarray, list[Rect]]:
    """For each cell the number of its group counted from 1, 0 for none; and the rectangle around each group, whose
    upper left cell is the one with the text: some programs take that for granted. Where it is no copy, those of each
    column are a group."""
    if not formula.size:
        return np.zeros(formula.shape, np.int32), []
    height, width = formula.shape
    flat = formula.ravel(order="F")
    begins = np.append(True, flat[1:] != flat[:-1])  # of runs down a column
    begins[::height] = True
    starts = np.flatnonzero(begins)
    sizes = np.diff(starts, append=flat.size)
    number = flat[starts].astype(np.int64)
    column, top = np.divmod(starts, height)
    groups = np.zeros(starts.size, np.int32)
    rects: list[Rect] = []
    for key in (number, number * width + column):
        left = np.flatnonzero((number > 0) & (groups == 0))
        for rect, runs in _around(key[left], top[left], column[left], sizes[left]):
            of = int(number[left[runs[0]]])
            if formula[rect.top, rect.left] == of and stored[of].shareable_over(rect):
                rects.append(rect)
                groups[left[runs]] = len(rects)
    return _in_order(np.repeat(groups, sizes).reshape(formula.shape, order="F"), rects)


def _around(key: np.ndarray, top: np.ndarray, column: np.ndarray, size: np.ndarray) -> list[tuple[Rect, np.ndarray]]:
    """Of the runs of each key, if they are several cells, the rectangle around them and their places."""
    if not key.size:
        return []
    order = np.argsort(key, kind="stable")
    edges = np.flatnonzero(np.diff(key[order], prepend=-1))
    bounds = zip(
        np.minimum.reduceat(top[order], edges).tolist(),
        np.minimum.reduceat(column[order], edges).tolist(),
        np.maximum.reduceat((top + size - 1)[order], edges).tolist(),
        np.maximum.reduceat(column[order], edges).tolist(),
        strict=True,
    )
    found = zip(bounds, edges.tolist(), [*edges[1:].tolist(), key.size], strict=True)
    return [(Rect(*rect), order[first:last]) for rect, first, last in found if Rect(*rect).size > 1]


def _in_order(group: np.ndarray, rects: list[Rect]) -> tuple[np.ndarray, list[Rect]]:
    """The groups numbered as their first cells follow one another, column by column."""
    order = sorted(range(len(rects)), key=lambda place: (rects[place].left, rects[place].top))
    renumbered = np.zeros(len(rects) + 1, np.int32)
    renumbered[np.array(order, np.int64) + 1] = np.arange(1, len(rects) + 1)
    return renumbered[group], [rects[place] for place in order]
