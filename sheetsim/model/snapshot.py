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

    def cells(self, title: str, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """``num`` and ``kind`` of the first cells of a sheet, which may have grown or shrunk since: both (rows,
        columns), blank where it had no cells. Copies, Fortran order.

        >>> book = Book("doc"); book.add_sheet("s")["A1"] = 2.0
        >>> Snapshot.of(book).cells("s", 1, 2)[0].tolist()
        [[2.0, 0.0]]
        """
        num, kind = self.values[title]
        used = (slice(min(rows, num.shape[0])), slice(min(columns, num.shape[1])))
        cells = np.zeros((rows, columns), order="F"), np.zeros((rows, columns), np.uint8, order="F")
        cells[0][used], cells[1][used] = num[used], kind[used]
        return cells

    def put_back(self) -> None:
        """Gives the workbook the copied values again."""
        self.book.overwritten = True
        for sheet in self.book.sheets:
            num, kind = self.values[sheet.title]
            for first in [
                first for first in sheet.dynamic if sheet.arrays[first] != self.arrays[sheet.title].get(first)
            ]:
                area, _ = self.arrays[sheet.title].get(first, (Rect(*first, *first), 0))
                sheet.spread(first, (area.rows, area.columns))
            sheet.num[: num.shape[0], : num.shape[1]], sheet.kind[: num.shape[0], : num.shape[1]] = num, kind
