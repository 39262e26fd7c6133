"""Which cells of a sheet have which style: rectangles, as a column of 100,000 cells mostly has one style."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheetsim.model.address import Rect
from sheetsim.model.limits import MAX_COLUMNS

Places = npt.NDArray[np.int64]
MOST = 1 << 20  # rectangles; in a sheet of more, cells are drawn plain


class Areas:
    """Rectangles of cells and the number of each one's style: ``add`` cells, row by row, then ask ``painted``."""

    def __init__(self) -> None:
        self.columns: list[tuple[Rect, int]] = []  # whole columns, which rows and single cells lie over
        self.lines: list[tuple[int, int]] = []  # whole rows and their numbers, which single cells lie over
        self._runs: list[Places] = []
        self._count = 0
        self.rects: Places = np.zeros((0, 5), np.int64)  # top, bottom, left, right, number

    def add(self, rows: Places, columns: Places, numbers: Places) -> None:
        """Cells and the numbers of their styles: those beside one another become one."""
        if not rows.size or self._count > MOST:
            return
        ends = (np.diff(rows) != 0) | (np.diff(columns) != 1) | (np.diff(numbers) != 0)
        first, last = np.flatnonzero(np.append(True, ends)), np.flatnonzero(np.append(ends, True))
        found = np.stack([rows[first], rows[first], columns[first], columns[last], numbers[first]], axis=1)
        self._runs.append(_piled(found))
        self._count += len(self._runs[-1])

    def finish(self) -> None:
        """Puts together what lies one under the other, in pieces that were added one after the other, too."""
        if self._count <= MOST and self._runs:
            found = _piled(np.concatenate(self._runs))
            self.rects = found if self.columns or self.lines else found[found[:, 4] > 0]
        if self.lines:
            rows, numbers = np.array(self.lines).T
            edges = np.zeros_like(rows), np.full_like(rows, MAX_COLUMNS - 1)
            self.rects = np.concatenate([_piled(np.stack([rows, rows, *edges, numbers], axis=1)), self.rects])
        self._runs, self.lines = [], []

    def painted(self, rect: Rect) -> npt.NDArray[np.int32]:
        """The numbers of the styles of a rectangle, of its shape."""
        numbers = np.zeros(rect.shape, np.int32)
        top, bottom, left, right, _ = self.rects.T
        meets = (top <= rect.bottom) & (bottom >= rect.top) & (left <= rect.right) & (right >= rect.left)
        own = [(Rect(top, left, bottom, right), number) for top, bottom, left, right, number in self._met(meets)]
        for area, number in [*self.columns, *own]:
            if inside := area.common(rect):
                numbers[inside.shifted(-rect.top, -rect.left).slices] = number
        return numbers

    def around(self, numbers: list[int]) -> list[Rect]:
        """The least rectangle that holds all cells with one of these styles, none if there is none; those of whole
        columns are not cells."""
        top, bottom, left, right, _ = found = self.rects[np.isin(self.rects[:, 4], numbers)].T
        return [Rect(int(top.min()), int(left.min()), int(bottom.max()), int(right.max()))] if found.size else []

    def _met(self, meets: npt.NDArray[np.bool_]) -> list[list[int]]:
        found: list[list[int]] = self.rects[meets].tolist()
        return found


def _piled(found: Places) -> Places:
    """Rectangles of which those of equal width and number that join one under the other are one."""
    top, bottom, left, right, number = found.T
    found = found[np.lexsort((top, number, right, left))]
    top, bottom, left, right, number = found.T
    apart = (np.diff(left) != 0) | (np.diff(right) != 0) | (np.diff(number) != 0) | (top[1:] != bottom[:-1] + 1)
    first, last = np.flatnonzero(np.append(True, apart)), np.flatnonzero(np.append(apart, True))
    joined = found[first]
    joined[:, 1] = bottom[last]
    return joined
