"""Which cells of a sheet can share one formula in the file: rectangles of copies of one formula."""

from __future__ import annotations

import numpy as np

from exporters.formulas import Stored
from sheetsim.engine.blocks import runs
from sheetsim.model.address import Rect


def shared_rects(formula: np.ndarray, stored: dict[int, Stored]) -> tuple[np.ndarray, list[Rect]]:
    """For each cell the number of its group counted from 1, 0 for none; and the rectangle of each group."""
    group = np.zeros(formula.shape, dtype=np.int32)
    rects: list[Rect] = []
    for rect, number in runs(formula):
        if rect.size > 1 and stored[number].shareable_over(rect):
            rects.append(rect)
            group[rect.slices] = len(rects)
    return group, rects
