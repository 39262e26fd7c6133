"""The rows of a worksheet's XML that are written as nearly every program writes them, all of a stretch at once.

``<row r="7"><c r="A7" s="2"><f t="shared" si="0"/><v>0.5</v></c></row>``: no spaces between elements, the row's number
and the cell's address first, a value of a usual type. Where all tags stand is found by NumPy, and whether each may
follow the one before it is looked up in a table, so that no Python is run for a cell. A row with anything else in it is
named as one that is not plain, and the XML parser reads it: this here only says less often "I know" than the parser,
never something else.
"""

from __future__ import annotations

import re

import numpy as np

from sheetsim.model.limits import MAX_COLUMNS, MAX_ROWS
from sheetsim.reading.rows.digits import ROOM, Bools, Places, Words, digits, mask, words
from sheetsim.reading.rows.plain import (
    BEFORE_NUMBER,
    ENTITIES,
    NAMES,
    NO_FORMULA,
    OF_GROUP,
    OWN,
    PLAIN,
    Bytes,
    PlainRows,
)

MOST_GROUPS = 1 << 22  # shared formulas of a sheet that are numbered higher are read by the parser
MOST_KINDS = 64  # different attributes of the cells of a stretch, beside their addresses

_NONE, _ROW, _ROW_END, _CELL, _CELL_END, _VALUE, _VALUE_END, _FORMULA, _FORMULA_END = range(9)
_CLOSED = 16  # added to an element that is closed in itself: <c r="A1"/>
_TAGS = {
    _ROW: b'<row r="',
    _ROW_END: b"</row>",
    _CELL: b'<c r="',
    _CELL_END: b"</c>",
    _VALUE: b"<v",
    _VALUE_END: b"</v>",
    _FORMULA: b"<f",
    _FORMULA_END: b"</f>",
}
_AFTER = {
    _ROW: (_CELL, _CELL + _CLOSED, _ROW_END),
    _ROW_END: (_ROW,),
    _CELL: (_FORMULA, _FORMULA + _CLOSED, _VALUE, _VALUE + _CLOSED, _CELL_END),
    _CELL + _CLOSED: (_CELL, _CELL + _CLOSED, _ROW_END),
    _CELL_END: (_CELL, _CELL + _CLOSED, _ROW_END),
    _VALUE: (_VALUE_END,),
    _VALUE_END: (_CELL_END,),
    _FORMULA: (_FORMULA_END,),
    _VALUE + _CLOSED: (_CELL_END,),
    _FORMULA + _CLOSED: (_VALUE, _VALUE + _CLOSED, _CELL_END),
    _FORMULA_END: (_VALUE, _VALUE + _CLOSED, _CELL_END),
}
_STYLE_AND_TYPE = re.compile(rb'"(?: s="[0-9]{1,9}")?(?: t="(n|s|str|b|e)")? ?/?>')
_TYPES = {None: PLAIN} | {name.encode(): number for number, name in enumerate(NAMES)}
_ALIEN = list(b"!?")
_COPY = b'<f t="shared" si="'
_FORMULA_TAG = re.compile(rb'<f((?: (?:t|ref|si|ca|aca|bx|r1|r2|dt2D|dtr|del1|del2)="[A-Za-z0-9:]*")*) ?/?>')
_ATTRIBUTE = re.compile(rb' (\w+)="([^"]*)"')


def _word(text: bytes) -> int:
    return int.from_bytes(text[:8], "little")


def _tables() -> tuple[Bytes, Words, Words, Bools]:
    """The tag by the two bytes behind its ``<``; of each tag what its first eight bytes are and which of them count;
    which may follow which."""
    by_bytes = np.zeros(1 << 16, np.uint8)
    for tag, text in _TAGS.items():
        for end in (b" ", b">", b"/") if tag in (_FORMULA, _VALUE) else (b"",):
            by_bytes[_word((text + end)[1:3])] = tag
    word = np.array([_word(_TAGS.get(tag, b"")) for tag in range(9)], np.uint64)
    count = np.array([len(_TAGS.get(tag, b"")) for tag in range(9)])
    follows = np.zeros((2 * _CLOSED, 2 * _CLOSED), bool)
    for tag, others in _AFTER.items():
        follows[tag, list(others)] = True
    return by_bytes, word, mask(count), follows


_BY_BYTES, _WORD, _COUNTED, _FOLLOWS = _tables()


def plain_rows(text: bytes) -> PlainRows | None:
    """What whole rows hold, the text beginning with one and ending with one; None if nothing can be said of it."""
    return _Scan(text).rows() if _is_text(text) else None


def _is_text(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        found = text.decode()
    except UnicodeDecodeError:
        return False
    return "\ufffe" not in found and "\uffff" not in found


class _Scan:
    """One stretch of rows on its way into ``PlainRows``."""

    def __init__(self, text: bytes):
        self.text = text
        self.padded = text + bytes(ROOM)
        self.bytes = np.frombuffer(self.padded, np.uint8)
        self.words = words(self.padded)
        self.starts = np.flatnonzero(self.bytes == ord("<"))
        self.ends = np.flatnonzero(self.bytes == ord(">"))

    def rows(self) -> PlainRows | None:
        starts, ends = self.starts, self.ends
        if not starts.size or starts.size != ends.size or starts[0] or ends[-1] != len(self.text) - 1:
            return None
        if (starts > ends).any() or (ends[:-1] > starts[1:]).any():  # < or > stands elsewhere than around a tag
            return None
        if np.isin(self.bytes[starts + 1], _ALIEN).any():  # what looks like a row in a comment is none
            return None
        tags, wrong = self._tags()
        rows = np.flatnonzero(tags == _ROW)
        if not rows.size or rows[0] or tags[-1] != _ROW_END:
            return None
        of_tag = np.cumsum(tags == _ROW) - 1
        plain = np.ones(rows.size, bool)
        plain[of_tag[np.flatnonzero(wrong)]] = False
        plain[of_tag[np.flatnonzero(wrong[:-1]) + 1]] = False  # what stands between two rows spoils both
        control = np.flatnonzero(self.bytes[: len(self.text)] < 32)
        plain[np.searchsorted(starts[rows], [*control, *self._entities()], "right") - 1] = False
        numbers, head, head_end = self._row_numbers(rows, plain)
        return self._cells(tags, rows, of_tag, plain, numbers, head, head_end)

    def _entities(self) -> list[int]:
        """Where there is one that only the parser knows."""
        if b"&" not in self.text or self.text.count(b"&") == sum(map(self.text.count, ENTITIES)):
            return []
        return [found.start() for found in re.finditer(rb"&(?!(?:lt|gt|quot|apos|amp);)", self.text)]

    def _tags(self) -> tuple[Bytes, Bools]:
        """The kind of each tag, and whether it is wrong: unknown, or not to be followed by what follows it."""
        first = self.words[self.starts]
        tags = _BY_BYTES[(first >> np.uint64(8)) & np.uint64(0xFFFF)]
        tags[(first & _COUNTED[tags]) != _WORD[tags]] = _NONE
        closed = (self.bytes[self.ends - 1] == ord("/")) & (tags != _NONE)
        tags[closed] += _CLOSED
        between = self.starts[1:] - self.ends[:-1] - 1
        holds = (tags[:-1] == _VALUE) | (tags[:-1] == _FORMULA)
        wrong = np.zeros(tags.size, bool)
        wrong[:-1] = ~_FOLLOWS[tags[:-1], tags[1:]] | ((between > 0) & ~holds)
        value = np.flatnonzero((tags == _VALUE) | (tags == _VALUE + _CLOSED))
        size = self.ends[value] - self.starts[value]  # <v>, <v/> and <v />
        spaced = (self.bytes[self.starts[value] + 2] == ord(" ")) & (size != len("<v />") - 1)
        wrong[value] |= spaced | (size > len("<v />") - 1) | ((tags[value] == _VALUE) & (size != len("<v>") - 1))
        wrong[-1] = tags[-1] != _ROW_END
        return tags, wrong

    def _row_numbers(self, rows: Places, plain: Bools) -> tuple[Places, Words, Places]:
        """The number of each row counted from 0, its digits as a word, and how many these are."""
        at = self.starts[rows] + BEFORE_NUMBER
        word = self.words[at]
        count, value = digits(word)
        first = word & np.uint64(0xFF)
        number = value.astype(np.int64)
        plain &= (self.bytes[at + count] == ord('"')) & (count > 0) & (count < 8)
        plain &= (first != ord("0")) & (number <= MAX_ROWS)
        return number - 1, word & mask(count), count

    def _cells(
        self,
        tags: Bytes,
        rows: Places,
        of_tag: Places,
        plain: Bools,
        numbers: Places,
        head: Words,
        head_end: Places,
    ) -> PlainRows:
        """What is in the cells."""
        at = np.flatnonzero((tags & (_CLOSED - 1)) == _CELL)
        of_row = of_tag[at]
        start, end = self.starts[at], self.ends[at]
        column, behind = self._columns(start, of_row, plain)
        count = head_end[of_row]
        plain[of_row[(self.words[behind] & mask(count)) != head[of_row]]] = False  # the address is another row's
        types = self._types(behind + count, end, of_row, plain)
        following = np.append(tags, [_NONE] * 5)
        formula_at = following[at + 1] & (_CLOSED - 1)
        has_formula = (formula_at == _FORMULA) & (tags[at] == _CELL)
        closed = has_formula & (following[at + 1] == _FORMULA + _CLOSED)
        open_ = tags[at] == _CELL
        value_at = at + 1 + np.where(has_formula, np.where(closed, 1, 2), 0)
        has_value = (following[value_at] == _VALUE) & open_
        shut = (following[value_at] == _VALUE + _CLOSED) & open_
        starts, ends = np.append(self.starts, [0] * 5), np.append(self.ends, [0] * 5)
        value_end = starts[value_at + 1]
        empty = shut | (has_value & (value_end == ends[value_at] + 1))
        plain[of_row[empty & (types != PLAIN)]] = False
        filled = has_value & ~empty
        slot_end = np.where(shut, ends[value_at] + 1, np.where(has_value, ends[value_at + 1] + 1, starts[value_at]))
        found = PlainRows(
            text=self.text,
            ends=np.append(self.starts[rows], len(self.text)),
            tag_ends=self.ends[rows] + 1,
            digits=head_end,
            numbers=numbers,
            plain=plain,
            of_row=of_row,
            column=column,
            type=types,
            tag=start,
            tag_end=end + 1,
            slot=np.where(open_, starts[value_at], -1),
            slot_end=np.where(open_, slot_end, -1),
            value=np.where(filled, ends[value_at] + 1, -1),
            value_end=np.where(filled, value_end, -1),
            empty=empty,
            words=self.words,
            formula=np.zeros(at.size, np.uint8),
            group=np.zeros(at.size, np.int64),
            formula_tag=np.where(has_formula, starts[at + 1], -1),
            formula_text=np.where(has_formula, ends[at + 1] + 1, -1),
            formula_end=np.where(has_formula, starts[at + 2], -1),
        )
        found.formula_end[closed] = found.formula_text[closed]
        self._find_groups(found, np.flatnonzero(closed))
        found.formula[has_formula & (found.formula == NO_FORMULA)] = OWN
        self._find_attributes(found)
        return found

    def _columns(self, start: Places, of_row: Places, plain: Bools) -> tuple[Places, Places]:
        """The column of each cell, and where the row's number begins in its address."""
        at = start + len(b'<c r="')
        word = self.words[at]
        letters = [((word >> np.uint64(8 * place)) & np.uint64(0xFF)).astype(np.int64) - 64 for place in range(3)]
        known = [(letter > 0) & (letter <= 26) for letter in letters]
        second = known[0] & known[1]
        third = second & known[2]
        column = letters[0]
        column = np.where(second, column * 26 + letters[1], column)
        column = np.where(third, column * 26 + letters[2], column)
        plain[of_row[~known[0] | (column > MAX_COLUMNS)]] = False
        return column - 1, at + 1 + second + third

    def _types(self, start: Places, end: Places, of_row: Places, plain: Bools) -> Bytes:
        """The type of each cell, by what stands behind its address; the different ones are few."""
        size = end + 1 - start
        parts = [self.words[start + 8 * n] & mask(np.clip(size - 8 * n, 0, 8)) for n in range(3)]
        types = np.zeros(start.size, np.uint8)
        left = np.flatnonzero(size <= 24)
        plain[of_row[size > 24]] = False
        for _ in range(MOST_KINDS):
            if not left.size:
                break
            one = left[0]
            same = parts[0][left] == parts[0][one]
            for part in parts[1:]:
                same &= part[left] == part[one]
            found = _STYLE_AND_TYPE.fullmatch(self.text[start[one] : end[one] + 1])
            if found is None:
                plain[of_row[left[same]]] = False
            else:
                types[left[same]] = _TYPES[found[1]]
            left = left[~same]
        plain[of_row[left]] = False
        return types

    def _find_groups(self, found: PlainRows, at: Places) -> None:
        """Which of the formulas that are closed in themselves are copies of a shared one, and of which."""
        start = found.formula_tag[at]
        same = (self.words[start] == _word(_COPY)) & (self.words[start + 8] == _word(_COPY[8:]))
        same &= (self.words[start + 16] & np.uint64(0xFFFF)) == _word(_COPY[16:])
        at, start = at[same], start[same] + len(_COPY)
        word = self.words[start]
        count, value = digits(word)
        ends = (self.bytes[start + count] == ord('"')) & (found.formula_text[at] == start + count + 3)
        known = ends & (count > 0) & ((count == 1) | ((word & np.uint64(0xFF)) != ord("0"))) & (value < MOST_GROUPS)
        at = at[known]
        found.formula[at], found.group[at] = OF_GROUP, value[known].astype(np.int64)

    def _find_attributes(self, found: PlainRows) -> None:
        """Those of the formulas that are written out."""
        own = np.flatnonzero((found.formula == OWN) & (found.formula_text - found.formula_tag != len(b"<f>")))
        for cell in own.tolist():
            tag = _FORMULA_TAG.fullmatch(self.text, found.formula_tag[cell], found.formula_text[cell])
            pairs = _ATTRIBUTE.findall(tag[1]) if tag else []
            attributes = {name.decode(): value.decode() for name, value in pairs}
            if tag is None or len(attributes) < len(pairs):
                found.plain[found.of_row[cell]] = False
            else:
                found.attributes[cell] = attributes
