"""New values into a worksheet's XML, every other byte left as it was.

The walk that reading goes by says which cell stands where; only the cells that changed are written anew, and cells and
rows that the file lacks are put in where they belong. The result goes out row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import takewhile
from operator import itemgetter
from typing import IO, NamedTuple
from xml.parsers import expat

import numpy as np

from exporters.splice_rows import Numbers, edited
from sheetsim.errors import InputError
from sheetsim.model.address import cell_name, parse_rect
from sheetsim.reading.own_elements import Handler
from sheetsim.reading.package import CHUNK, local
from sheetsim.reading.rows.feed import RowFeed
from sheetsim.reading.rows.plain import PlainRows
from sheetsim.reading.sheet_walk import SheetWalk

_UTF8 = ("utf-8", "utf8")
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_START_TAG = re.compile(rb"<([^\s/>]+)(?:" + _ATTRIBUTE.pattern + rb")*\s*/?>")
_STALE = (b"t", b"vm")  # the value's type, and what Excel 365 knows of it
_TAG = re.compile(r"<(/?)(?=[a-z])")


class Content(NamedTuple):
    """What a cell is to hold (see ``cells.py``): its type and value, and its formula, None to keep the file's."""

    type: str
    value: str
    formula: str | None


class StartTag(NamedTuple):
    """A start tag as it stands in the file, or the whole element if it is closed in itself (``<c/>``)."""

    start: int
    text: bytes
    name: str
    prefix: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    @property
    def closed(self) -> bool:
        """Whether no end tag follows."""
        return self.text.endswith(b"/>")

    def attributes(self) -> dict[bytes, tuple[int, int]]:
        """Where each attribute stands in ``text``, with the space before it."""
        return {found[1]: found.span() for found in _ATTRIBUTE.finditer(self.text)}

    def without(self, names: Iterable[bytes]) -> bytes:
        """Its text with some attributes left out."""
        return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], self.text)


def single_bytes(xml: bytes) -> bytes:
    """The same document in UTF-8 if it is in UTF-16. In all other encodings that expat reads, markup is as in ASCII."""
    if xml[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\0" not in xml[:2]:
        return xml
    encoding = "utf-16" if xml[:1] > b"<" else "utf-16-le" if xml[:1] == b"<" else "utf-16-be"
    text = xml.decode(encoding).encode()
    return _DECLARATION.sub(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', text)


class Splicer(SheetWalk):
    """Copies one sheet's XML to ``out`` with the cells in ``changes`` (row, columns; both ascending) as ``content``
    says; ``numbers`` tells which of them are numbers in place of numbers. ``where`` names the sheet in messages."""

    def __init__(
        self,
        xml: bytes,
        changes: Iterable[tuple[int, list[int]]],
        content: Callable[[int, int], Content],
        numbers: Numbers,
        out: IO[bytes],
        where: str,
    ):
        super().__init__(where)
        self.xml, self.content, self.numbers, self.out = xml, content, numbers, out
        self.changes = list(changes)[::-1]  # the next row is the last
        self.wanted: list[int] = []  # the columns yet to come in this row, the next one last
        self.edits: list[tuple[int, int, bytes]] = []
        self.done = 0  # so far has been copied
        self.utf8 = True
        self.rows_tag = self.row_tag = StartTag(0, b"", "", "")
        self.entered = -1  # the row that the file's row element was found to be
        self.last = -1  # the column of the last cell
        self.numbered = self.open = self.added = False
        self.changing = False  # whether this cell is to change
        self.parts: list[tuple[str, int, int]] = []  # its formula and value, and where they stand
        self.cell_start = self.part_start = 0

    def run(self) -> None:
        """Copies everything. Raises InputError."""
        try:
            self.xml = single_bytes(self.xml)
            parser = self.parser()
            parser.XmlDeclHandler = self._declaration
            feed = RowFeed(self, self._take, self.numbers.able)
            for start in range(0, len(self.xml), CHUNK):
                feed.parse(self.xml[start : start + CHUNK], False)
            feed.parse(b"", True)
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise InputError(f"{self.where}: not well-formed XML ({error})") from None
        if self.changes:
            raise InputError(f"{self.where}: it has no place for cells")
        self._flush()
        self.out.write(memoryview(self.xml)[self.done :])

    def _declaration(self, _: str, encoding: str | None, __: int) -> None:
        self.utf8 = encoding is None or encoding.casefold() in _UTF8

    def _take(self, found: PlainRows, first: int, last: int) -> bool:
        """Changes plain rows, unless they are out of order, or rows that the file lacks belong before one of them."""
        rows = found.numbers[first:last]
        due = [row for row, _ in takewhile(lambda change: change[0] <= rows[-1], reversed(self.changes))]
        if rows[0] <= self.entered or (np.diff(rows) <= 0).any() or not np.isin(due, rows).all():
            return False
        self._flush()
        end = found.at + int(found.ends[last])
        self.out.write(edited(self.xml, self.done, end, self.numbers.edits(found, first, last)))
        self.done, self.row, self.entered, self.open = end, int(rows[-1]), int(rows[-1]), False
        del self.changes[len(self.changes) - len(due) :]
        return True

    # --- events ---------------------------------------------------------------------------------------------------
    def handlers(self) -> tuple[dict[str, Handler], dict[str, Handler]]:
        """The walk's own, which also note where the parts of a cell begin and end."""
        starts, ends = super().handlers()
        for tag in ("f", "v", "is"):
            starts[tag], ends[tag] = self._noting_start(starts[tag]), self._noting_end(tag, ends[tag])
        return starts, ends

    def _noting_start(self, handler: Handler) -> Handler:
        def start(attributes: dict[str, str]) -> None:
            handler(attributes)
            self.part_start = self.here()

        return start

    def _noting_end(self, tag: str, handler: Handler) -> Handler:
        def end() -> None:
            handler()
            if self.changing:
                self.parts.append((tag, self.part_start, self._end_of(self._start_tag(self.part_start))))

        return end

    def start_other(self, name: str, attributes: dict[str, str]) -> None:
        """Widens the extent that the sheet states."""
        if name == self.space + "dimension" and self.changes and "ref" in attributes:
            self._widen(self._start_tag(self.here()), attributes["ref"])

    def start_rows(self) -> None:
        """Notes where the rows begin."""
        super().start_rows()
        self.rows_tag = self._start_tag(self.here())

    def start_row(self, attributes: dict[str, str]) -> None:
        """Notes the row. Which it is, its first cell may say."""
        super().start_row(attributes)
        self.row_tag = self._start_tag(self.here())
        self.numbered, self.open, self.added, self.last = "r" in attributes, False, False, -1

    def start_cell(self, attributes: dict[str, str]) -> None:
        """Puts in the cells that the file lacks before this one."""
        row = self.row
        super().start_cell(attributes)
        if self.row != row and (self.numbered or self.open):
            raise InputError(f"{self.where}!{cell_name(self.row, self.column)} stands in row {row + 1}")
        self._enter_row()
        if self.column <= self.last:
            raise InputError(f"{self.where}!{cell_name(self.row, self.column)} does not stand in order")
        self.last = self.column
        self.cell_start = self.here()
        self._insert(self.cell_start, self._new_cells(self.row_tag.prefix, before=self.column))
        self.changing = bool(self.wanted) and self.wanted[-1] == self.column
        self.parts.clear()

    def end_cell(self) -> None:
        """Changes the cell if it is to change."""
        super().end_cell()
        if self.changing:
            self.wanted.pop()
            tag = self._start_tag(self.cell_start)
            self.edits.append((tag.start, self._end_of(tag), self._changed(tag)))

    def end_row(self) -> None:
        """Puts in the cells that the file lacks at the end of the row."""
        super().end_row()
        self._enter_row()
        self._close(self.row_tag, self._new_cells(self.row_tag.prefix, before=None))
        if self.added and b"spans" in (attributes := self.row_tag.attributes()):  # which columns a row uses: a hint
            start, end = (self.row_tag.start + place for place in attributes[b"spans"])
            self.edits.append((start, end, b""))
        self._flush()

    def end_rows(self) -> None:
        """Puts in the rows that the file lacks at the end."""
        super().end_rows()
        self._close(self.rows_tag, self._new_rows(before=None))

    def _enter_row(self) -> None:
        """Puts in the rows that the file lacks before this one, now that its number is known."""
        if self.open:
            return
        if self.row <= self.entered:
            raise InputError(f"{self.where}: row {self.row + 1} does not stand in order")
        self.entered, self.open = self.row, True
        self._insert(self.row_tag.start, self._new_rows(before=self.row))
        self.wanted = self.changes.pop()[1][::-1] if self.changes and self.changes[-1][0] == self.row else []

    # --- edits ----------------------------------------------------------------------------------------------------
    def _encoded(self, markup: str) -> bytes:
        return markup.encode() if self.utf8 else markup.encode("ascii", "xmlcharrefreplace")

    def _insert(self, at: int, markup: str) -> None:
        if markup:
            self.edits.append((at, at, self._encoded(markup)))

    def _close(self, tag: StartTag, markup: str) -> None:
        """Puts ``markup`` at the end of the element that ends here; ``<row/>`` becomes ``<row>…</row>``."""
        if not markup:
            return
        if tag.closed:
            self.edits.append((tag.end - 2, tag.end, self._encoded(f">{markup}</{tag.name}>")))
        else:
            self._insert(self.here(), markup)

    def _flush(self) -> None:
        edits = sorted(self.edits)  # what is put in before a cell comes before the cell
        end = edits[-1][1] if edits else self.done
        self.out.write(self._edited(self.done, end, edits))  # at once: to compress each cell by itself takes longer
        self.done = end
        self.edits.clear()

    def _start_tag(self, start: int) -> StartTag:
        tag = _START_TAG.match(self.xml, start)
        if tag is None:
            raise InputError(f"{self.where}: the element at byte {start:,} cannot be read")
        name = tag[1].decode()
        return StartTag(start, tag[0], name, name[: -len(local(name))])

    def _end_of(self, tag: StartTag) -> int:
        """Where the element ends whose end is met now.

        Only the start tag tells whether it is ``<f/>`` or ends with the ``</f>`` that stands here: after ``<f/>`` the
        end tag of another element may stand here.
        """
        return tag.end if tag.closed else self.xml.index(b">", self.here()) + 1

    def _widen(self, tag: StartTag, stated: str) -> None:
        """The sheet's stated extent must cover new cells: some readers stop there."""
        try:
            old = parse_rect(stated)
        except InputError as error:
            raise InputError(f"{self.where}: its stated extent: {str(error)[:80]}") from None
        bottom = max(old.bottom, self.changes[0][0])
        right = max(old.right, *(columns[-1] for _, columns in self.changes))
        new = old._replace(bottom=bottom, right=right, top=min(old.top, self.changes[-1][0]))
        new = new._replace(left=min(old.left, *(columns[0] for _, columns in self.changes)))
        if new != old:
            start, end = (tag.start + place for place in tag.attributes()[b"ref"])
            self.edits.append((start, end, f' ref="{new}"'.encode()))

    # --- markup ---------------------------------------------------------------------------------------------------
    def _changed(self, tag: StartTag) -> bytes:
        """This cell with its new value: its attributes but the type, its formula, and what else is inside, as they
        stood."""
        content = self.content(self.row, self.column)
        formulas = [place for kind, *place in self.parts if kind == "f"]
        values = [place for kind, *place in self.parts if kind != "f"]
        start = formulas[0][0] if formulas else tag.end
        after = formulas[0][1] if formulas else tag.end
        edits = [(start, end, b"") for start, end in values]
        if content.formula is not None:
            edits.append((start, after, self._encoded(self._prefixed(content.formula, tag.prefix))))
        place = values[0][0] if values else after
        edits.append((place, place, self._encoded(self._prefixed(content.value, tag.prefix))))
        end = tag.end if tag.closed else self.here()
        inside = self._edited(tag.end, end, sorted(edits, key=itemgetter(0, 1)))
        stale = _STALE if content.formula is None else (*_STALE, b"cm")  # whether the formula is a dynamic one
        head = tag.without(stale).rstrip(b"/>") + content.type.encode()
        if not inside:
            return head + b"/>"
        return head + b">" + inside + (f"</{tag.name}>".encode() if tag.closed else self.xml[end : self._end_of(tag)])

    def _edited(self, start: int, end: int, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
        pieces = []
        for first, last, new in edits:
            pieces += [self.xml[start:first], new]
            start = last
        return b"".join([*pieces, self.xml[start:end]])

    def _new_cells(self, prefix: str, before: int | None) -> str:
        """Cells that the file's row lacks, up to a column."""
        cells = []
        while self.wanted and (before is None or self.wanted[-1] < before):
            cells.append(self._new_cell(self.row, self.wanted.pop(), prefix))
        self.added = self.added or bool(cells)
        return "".join(cells)

    def _new_rows(self, before: int | None) -> str:
        """Rows that the file lacks, up to a row."""
        rows, prefix = [], self.rows_tag.prefix
        while self.changes and (before is None or self.changes[-1][0] < before):
            row, columns = self.changes.pop()
            cells = "".join(self._new_cell(row, column, prefix) for column in columns)
            rows.append(f'<{prefix}row r="{row + 1}">{cells}</{prefix}row>')
        return "".join(rows)

    def _new_cell(self, row: int, column: int, prefix: str) -> str:
        content = self.content(row, column)
        inside = (content.formula or "") + content.value
        return self._prefixed(f'<c r="{cell_name(row, column)}"{content.type}>{inside}</c>', prefix)

    def _prefixed(self, markup: str, prefix: str) -> str:
        """``<v>`` → ``<x:v>`` where the file names its elements so. In a text ``<`` is escaped."""
        return _TAG.sub(rf"<\1{prefix}", markup) if prefix else markup
