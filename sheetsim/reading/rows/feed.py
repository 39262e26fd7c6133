"""A worksheet's XML on its way to its reader: the parser gets all but the rows that are plain, which are read at once.

Whole rows are taken out of what the parser is given, so that for it nothing is missing and what it says of the rest
holds: the root and its namespaces, what stands before and after the rows, and every row that is not plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from sheetsim.reading.rows.digits import Bools
from sheetsim.reading.rows.plain import PlainRows
from sheetsim.reading.rows.scan import plain_rows
from sheetsim.reading.sheet_walk import SheetWalk

Take = Callable[[PlainRows, int, int], bool]

BEGIN, END, ROW_END = b"<sheetData>", b"</sheetData", b"</row>"
MOST_KEPT = 2**23  # bytes of one row, beyond which nothing is said of it
MOST_ATTRIBUTES = 1_000  # different ones of rows
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']""")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")


class RowFeed:
    """What a part's pieces are handed to in place of the parser of a walk: ``Package.feed(part, walk.parser(),
    RowFeed(walk, take).parse)``.

    ``take`` is given the rows that are plain, those from one place up to another; it says whether it took them, which
    it does all or not at all. ``able`` says beforehand which of the plain rows it may take.
    """

    def __init__(self, walk: SheetWalk, take: Take, able: Callable[[PlainRows], Bools]):
        self.walk, self.take, self.able = walk, take, able
        self.at = 0  # the byte of the part at which ``kept`` begins
        self.kept = b""  # of what was handed over, what is not read yet
        self.given = 0  # bytes that the parser got
        self.hand_over = self._before
        self.accepted: set[bytes] = set()  # what follows the number of a row and the parser has found nothing in

    def parse(self, data: bytes, final: bool) -> None:
        """The next piece. Raises ExpatError and InputError."""
        if final:
            self._stop(data)
            self.walk.expat.Parse(b"", True)
        else:
            self.hand_over(data)

    def _stop(self, data: bytes) -> None:
        """From here on all goes to the parser."""
        self.hand_over = self._rest
        self._rest(data)

    def _rest(self, data: bytes) -> None:
        data, self.kept = self.kept + data, b""
        self._give(data, self.at)
        self.at += len(data)

    def _give(self, data: bytes, at: int) -> None:
        """Has the parser read what stands at a byte of the part."""
        self.walk.left_out = at - self.given
        self.given += len(data)
        self.walk.expat.Parse(data, False)

    def _before(self, data: bytes) -> None:
        """Up to where the rows begin. A part that the rows' element does not begin as usual, or that is in another
        encoding, is for the parser alone."""
        self.kept += data
        at = self.kept.find(BEGIN)
        if at < 0:
            if len(self.kept) > MOST_KEPT:
                self._stop(b"")
            return
        encoding = _ENCODING.search(self.kept[:at])
        begin = at + len(BEGIN)
        head, rest, self.kept = self.kept[:begin], self.kept[begin:], b""
        self._give(head, 0)
        self.at = begin
        if self.walk.rows_at != at or (encoding and encoding[1].lower() not in _UTF8):
            self._stop(rest)
            return
        self.hand_over = self._rows
        self._rows(rest)

    def _rows(self, data: bytes) -> None:
        """Whole rows; a comment ends it all."""
        self.kept += data
        end = self.kept.find(END)
        last = self.kept.rfind(ROW_END, 0, None if end < 0 else end)
        whole = 0 if last < 0 else last + len(ROW_END)
        rows = self.kept[:whole]
        known = not _alien(self.kept[whole:])
        if known:
            self.kept = self.kept[whole:]
            known = not rows or self._read(rows)
            self.at += whole
        if not known or end >= 0 or len(self.kept) > MOST_KEPT:
            self._stop(b"")

    def _read(self, text: bytes) -> bool:
        """Reads rows; False if from there on only the parser knows where it stands."""
        found = plain_rows(text)
        if found is None:
            return self._parsed(text, self.at) and not _alien(text)
        found.at = self.at
        plain = found.plain & self.able(found)
        for row in np.flatnonzero(plain & ~found.alone()).tolist():
            plain[row] = found.attributes_of(row) in self.accepted
        edges = [0, *(np.flatnonzero(np.diff(plain)) + 1).tolist(), plain.size]
        for first, last in pairwise(edges):
            if plain[first] and self.take(found, first, last):
                continue
            begin, end = int(found.ends[first]), int(found.ends[last])
            if not self._parsed(text[begin:end], self.at + begin):
                self._give(text[end:], self.at + end)
                return False
            self._accept(found, first, last)
        return True

    def _parsed(self, rows: bytes, at: int) -> bool:
        """Has the parser read rows; whether it then stands among the rows again."""
        self._give(rows, at)
        return self.walk.among_rows()

    def _accept(self, found: PlainRows, first: int, last: int) -> None:
        """What the parser read without a word means nothing in other rows either, but for namespaces and hidden ones,
        which the reader notes."""
        for row in (np.flatnonzero(found.plain[first:last]) + first).tolist():
            attributes = found.attributes_of(row)
            if len(self.accepted) < MOST_ATTRIBUTES and b"xmlns" not in attributes and b"hidden" not in attributes:
                self.accepted.add(attributes)


def _alien(text: bytes) -> bool:
    """Whether there is a comment in it, or something like it: what looks like a row in one is none."""
    return b"<!" in text or b"<?" in text
