"""Cells that are alike: an index of ranges, built once, so that a question asked in each row costs what it finds.

``COUNTIF(A$1:A$20000,A1)`` filled down asks 20,000 times. Gone through each time, the column is read 400 million times;
sorted once, each answer is a stretch of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds
from sheetsim.excel.calendar import FROM_1900_TO_1904, offset
from sheetsim.excel.number_text import text_number
from sheetsim.model.values import NUMBER, TEXT, TEXTS

Places = npt.NDArray[np.int64]
Key = tuple[int, float]  # kind and num: equal for all cells that a criterion cannot tell apart


class OfTexts:
    """What a rule makes of texts, by their places in ``values.TEXTS``; each text is asked once in the life of the
    process."""

    def __init__(self, rule: Callable[[str], float]):
        self.rule = rule
        self.known, self.count = np.empty(1024), 0

    def __call__(self, places: Array) -> Array:
        """The results for an array of places, of the same shape."""
        at = places.astype(np.int64)
        needed = int(at.max(initial=-1)) + 1
        if needed > len(self.known):
            self.known = np.append(self.known, np.empty(2 * needed - len(self.known)))
        for place in range(self.count, needed):
            self.known[place] = self.rule(TEXTS[place])
        self.count = max(self.count, needed)
        return self.known[at]


def _worth(text: str) -> float:
    worth = text_number(text)
    return np.nan if worth is None else worth


folded = OfTexts(lambda text: float(TEXTS.place(text.casefold())))  # the place of the same text in lower case
_WORTHS = {first: OfTexts(_worth) for first in (0, FROM_1900_TO_1904)}  # dates differ by the year they count from


def worths(places: Array) -> Array:
    """The numbers that texts look like, NaN for none, by their places; in the shape of ``places``."""
    return _WORTHS[offset()](places)


def alike(num: Array, kinds: Kinds) -> tuple[Kinds, Array]:
    """The keys of cells, arrays of the same shape: texts without regard to case, numbers in texts as numbers."""
    texts = np.asarray(kinds == TEXT)
    num, kinds = np.array(num), np.array(kinds)
    if texts.any():
        places = num[texts]
        worth = worths(places)
        plain = np.isnan(worth)
        num[texts] = np.where(plain, folded(places), worth)
        kinds[texts] = np.where(plain, np.uint8(TEXT), np.uint8(NUMBER))
    return kinds, num


class Index:
    """Where in ranges of one size, laid over one another, stand which keys."""

    def __init__(self, ranges: list[tuple[Array, Kinds]]):
        """The nums and kinds of each range, of shape (height, width)."""
        columns = [column.ravel() for num, kinds in ranges for column in alike(num, kinds)]
        order = np.lexsort(columns[::-1])  # stable: equal cells stay in their order, row by row
        self.rows, self.columns = np.divmod(order, ranges[0][0].shape[1])
        columns = [column[order] for column in columns]
        new = np.ones(len(order), bool)
        if len(order):
            new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
        starts = np.flatnonzero(new)
        ends = [*starts[1:].tolist(), len(order)] if len(order) else []
        keys = zip(*(column[starts].tolist() for column in columns), strict=True)
        self.found = dict(zip(keys, zip(starts.tolist(), ends, strict=True), strict=True))

    def places(self, *keys: Key) -> tuple[Places, Places]:
        """The rows and the columns of the cells that hold these keys, one of each range, row by row."""
        start, end = self.found.get(tuple(part for key in keys for part in key), (0, 0))
        return self.rows[start:end], self.columns[start:end]
