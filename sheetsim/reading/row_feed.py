"""A worksheet's XML on its way to its reader: the parser gets all but the rows that are plain, which are read at once.

Whole rows are taken out of what the parser is given, so that for it nothing is missing and what it says of the rest
holds: the root and its namespaces, what stands before and after the rows, and every row that is not plain.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from sheetsim.model.values import BLANK, NUMBER, TEXT
from sheetsim.reading.plain_rows import ERROR, LOGICAL, NAMES, OF_GROUP, OWN, SHARED, PlainRows, plain_rows
from sheetsim.reading.plain_rows import TEXT as TEXTS
from sheetsim.reading.sheet_xml import SheetReader

BEGIN, END, ROW_END = b"<sheetData>", b"</sheetData", b"</row>"
MOST_KEPT = 2**23  # bytes of one row, beyond which nothing is said of it
MOST_ATTRIBUTES = 1_000  # different ones of rows
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']""")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_PLAIN: dict[str, str] = {}


class RowFeed:
    """What a part's pieces are handed to, in place of the reader's own parser: ``Package.feed(part, reader.parser(),
    RowFeed(reader).parse)``."""

    def __init__(self, reader: SheetReader):
        self.reader = reader
        self.kept = b""  # of what was handed over, what is not read yet
        self.given = 0  # bytes that the parser got
        self.hand_over = self._before
        self.accepted: set[bytes] = set()  # what follows the number of a row and the parser has found nothing in

    def parse(self, data: bytes, final: bool) -> None:
        """The next piece. Raises ExpatError and InputError."""
        if final:
            self._stop(data)
            self.reader.expat.Parse(b"", True)
        else:
            self.hand_over(data)

    def _stop(self, data: bytes) -> None:
        """From here on all goes to the parser."""
        data, self.kept = self.kept + data, b""
        self.hand_over = self._give
        self._give(data)

    def _give(self, data: bytes) -> None:
        self.reader.expat.Parse(data, False)
        self.given += len(data)

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
        head, rest, self.kept = self.kept[: at + len(BEGIN)], self.kept[at + len(BEGIN) :], b""
        self._give(head)
        if self.reader.rows_at != at or (encoding and encoding[1].lower() not in _UTF8):
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
        rows, self.kept = self.kept[:whole], self.kept[whole:]
        if _alien(self.kept):
            self.kept = rows + self.kept
            self._stop(b"")
        elif (rows and not self._read(rows)) or end >= 0 or len(self.kept) > MOST_KEPT:
            self._stop(b"")

    def _read(self, text: bytes) -> bool:
        """Reads rows; False if from there on only the parser knows where it stands."""
        found = plain_rows(text)
        if found is None:
            return self._parsed(text) and not _alien(text)
        plain = found.plain.copy()
        for row in np.flatnonzero(plain & ~found.alone()).tolist():
            plain[row] = found.attributes_of(row) in self.accepted
        edges = [0, *(np.flatnonzero(np.diff(plain)) + 1).tolist(), plain.size]
        for first, last in pairwise(edges):
            if plain[first] and take(self.reader, found, first, last):
                continue
            rows = text[found.ends[first] : found.ends[last]]
            if not self._parsed(rows):
                self._give(text[found.ends[last] :])
                return False
            self._accept(found, first, last)
        return True

    def _parsed(self, rows: bytes) -> bool:
        """Has the parser read rows; whether it then stands among the rows again."""
        self._give(rows)
        return self.reader.among_rows()

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


def take(reader: SheetReader, found: PlainRows, first: int, last: int) -> bool:
    """Gives a reader the cells of the plain rows from ``first`` up to ``last``; False, with nothing given, if one of
    their shared formulas is there twice or is used before it stands there."""
    part = found.cells_of(first, last)
    rows, columns = found.numbers[found.of_row[part]], found.column[part]
    numbers = _formulas(reader, found, part)
    if numbers is None:
        return False
    has = found.value[part] >= 0
    nums, kinds = _values(reader, found, part, has)
    kept = has | (numbers != 0)
    reader.rows.frombytes(rows[kept].astype(np.int32).tobytes())
    reader.columns.frombytes(columns[kept].astype(np.int32).tobytes())
    reader.numbers.frombytes(numbers[kept].astype(np.int32).tobytes())
    reader.nums.frombytes(nums[kept].tobytes())
    reader.kinds.frombytes(kinds[kept].tobytes())
    reader.row, reader.column = int(found.numbers[last - 1]), int(columns[-1]) if columns.size else -1
    return True


def _formulas(reader: SheetReader, found: PlainRows, part: slice) -> np.ndarray | None:
    """The numbers of the formulas of some cells, 0 for none; None if shared ones are not as usual."""
    formulas, own = reader.formulas, (np.flatnonzero(found.formula[part] == OWN) + part.start).tolist()
    copies = np.flatnonzero(found.formula[part] == OF_GROUP)
    groups = found.group[part][copies]
    written = [cell for cell in own if found.attributes.get(cell, _PLAIN).get("t") == "shared"]
    masters = {cell: found.attributes[cell].get("si", "") for cell in written if _text(found, cell).strip()}
    if len(set(masters.values())) < len(masters) or any(map(formulas.shares, masters.values())):
        return None
    before = {int(group): cell - part.start for cell, group in masters.items() if group.isdecimal() and len(group) < 9}
    if not (formulas.knows(groups) | _stand_behind(copies, groups, before)).all():  # the parser says which one does not
        return None
    numbers = np.zeros(part.stop - part.start, np.int64)
    for cell in own:
        _stand_at(reader, found, cell)
        attributes = found.attributes.get(cell, _PLAIN)
        numbers[cell - part.start] = formulas.number(reader.row, reader.column, _text(found, cell), attributes)
    numbers[copies] = formulas.copies(groups)
    return numbers


def _stand_behind(copies: np.ndarray, groups: np.ndarray, masters: dict[int, int]) -> np.ndarray:
    """Which cells stand behind the one that holds the text of their shared formula, by its group in ``masters``."""
    if not masters:
        return np.zeros(copies.size, bool)
    named, places = np.array(sorted(masters.items())).T
    at = np.minimum(np.searchsorted(named, groups), len(named) - 1)
    behind: np.ndarray = (named[at] == groups) & (places[at] < copies)
    return behind


def _text(found: PlainRows, cell: int) -> str:
    return found.content(int(found.formula_text[cell]), int(found.formula_end[cell]))


def _values(reader: SheetReader, found: PlainRows, part: slice, has: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the cells hold: ``num`` and ``kind``."""
    type_ = found.type[part]
    nums, kinds = found.num[part].copy(), np.where(has, NUMBER, BLANK).astype(np.uint8)
    strings = np.flatnonzero(has & (type_ == SHARED))
    if strings.size:
        _refuse_unknown(reader, found, strings + part.start)
        nums[strings], kinds[strings] = np.asarray(reader.strings, np.float64)[nums[strings].astype(np.int64)], TEXT
    others = np.flatnonzero(has & np.isin(type_, (TEXTS, LOGICAL, ERROR)))
    unread = [cell - part.start for cell in found.unread if part.start <= cell < part.stop]
    for cell in [*others.tolist(), *unread]:
        _stand_at(reader, found, cell + part.start)
        reader.type = NAMES[type_[cell]]
        text = found.content(int(found.value[part][cell]), int(found.value_end[part][cell]))
        nums[cell], kinds[cell] = reader.typed(text)
    return nums, kinds


def _refuse_unknown(reader: SheetReader, found: PlainRows, cells: np.ndarray) -> None:
    """Raises InputError for the first cell whose shared string is not there."""
    wrong = cells[found.num[cells] >= len(reader.strings)]
    if wrong.size:
        _stand_at(reader, found, int(wrong[0]))
        reader.type = NAMES[SHARED]
        reader.typed(found.content(int(found.value[wrong[0]]), int(found.value_end[wrong[0]])))


def _stand_at(reader: SheetReader, found: PlainRows, cell: int) -> None:
    """Has the reader name that cell in its messages."""
    reader.row, reader.column = int(found.numbers[found.of_row[cell]]), int(found.column[cell])
