"""New numbers into the plain rows of a worksheet's XML, those of a stretch at once.

Where a cell holds a number or nothing and gets a number, the element of its value is exchanged and every other byte
stays. Rows in which anything else changes are left to ``splice.py``, which goes from cell to cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exporters.markup import number_texts
from sheetsim.reading.rows.digits import Bools, Floats, Places
from sheetsim.reading.rows.plain import PLAIN, PlainRows


class Numbers(NamedTuple):
    """Of each cell whether it changes, whether only its number does, and that number: arrays of (rows, columns); of
    each row how many of its cells change."""

    changed: Bools
    only: Bools
    num: Floats
    counts: Places

    def places(self, found: PlainRows, part: slice) -> tuple[Places, Places, Bools]:
        """The rows and columns of some cells, and which of them change."""
        rows, columns = found.numbers[found.of_row[part]], found.column[part]
        height, width = self.changed.shape
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        changed = np.zeros(rows.size, bool)
        changed[inside] = self.changed[rows[inside], columns[inside]]
        return rows, columns, changed

    def able(self, found: PlainRows) -> Bools:
        """In which rows nothing changes but numbers."""
        rows, columns, changed = self.places(found, slice(None))
        able = found.plain.copy()
        at = np.flatnonzero(changed)
        exchanged = self.only[rows[at], columns[at]] & (found.type[at] == PLAIN) & (found.slot[at] >= 0)
        able[found.of_row[at[~exchanged]]] = False
        same_row = np.diff(found.of_row) == 0
        able[found.of_row[1:][same_row & (np.diff(columns) <= 0)]] = False  # out of order
        here = np.bincount(found.of_row[at], minlength=able.size)
        inside = able & (found.numbers < len(self.changed))
        due = np.zeros(able.size, np.int64)
        due[inside] = self.counts[found.numbers[inside]]
        able &= here == due
        return able

    def edits(self, found: PlainRows, first: int, last: int) -> tuple[Places, Places, list[bytes]]:
        """What is to be exchanged in the rows from ``first`` up to ``last``: from which byte of the part up to which,
        and for what."""
        part = found.cells_of(first, last)
        rows, columns, changed = self.places(found, part)
        texts = [f"<v>{text}</v>" for text in number_texts(self.num[rows[changed], columns[changed]])]
        start, end = (found.at + places[part][changed] for places in (found.slot, found.slot_end))
        return start, end, "\n".join(texts).encode().split(b"\n") if texts else []


def edited(text: bytes, done: int, end: int, edits: tuple[Places, Places, list[bytes]]) -> bytes:
    """A text from ``done`` to ``end``, edited."""
    starts, ends, new = edits
    pieces = [b""] * (2 * len(new) + 1)
    pieces[::2] = [
        text[first:last] for first, last in zip([done, *ends.tolist()], [*starts.tolist(), end], strict=True)
    ]
    pieces[1::2] = new
    return b"".join(pieces)
