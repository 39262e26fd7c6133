"""A snapshot: a workbook and a copy of the values that it holds now, to compare with or to put back."""

from __future__ import annotations

import numpy as np

from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book


class Snapshot:
    """A workbook and a copy of the values it holds: for each sheet ``num`` and ``kind``, both (rows, columns)."""

    def __init__(self, book: Book, values: dict[str, tuple[np.ndarray, np.ndarray]]):
        self.book, self.values = book, values
        self.arrays = {sheet.title: dict(sheet.arrays) for sheet in book.sheets}  # as far as they reach now

    @classmethod
    def of(cls, book: Book) -> Snapshot:
        """A copy of the values as they are now."""
        return cls(book, {s.title: (s.num.copy(order="F"), s.kind.copy(order="F")) for s in book.sheets})

    def put_back(self) -> None:
        """Gives the workbook the copied values again."""
        for sheet in self.book.sheets:
            num, kind = self.values[sheet.title]
            for first in [
                first for first in sheet.dynamic if sheet.arrays[first] != self.arrays[sheet.title].get(first)
            ]:
                area, _ = self.arrays[sheet.title].get(first, (Rect(*first, *first), 0))
                sheet.spread(first, (area.rows, area.columns))
            sheet.num[: num.shape[0], : num.shape[1]], sheet.kind[: num.shape[0], : num.shape[1]] = num, kind
