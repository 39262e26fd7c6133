"""New values into a worksheet's XML, every other byte left as it was.

An expat parser says where each row and cell stands; only the cells that changed are written anew, and cells and rows
that the file lacks are put in where they belong. The result goes out row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import IO, NamedTuple
from xml.parsers import expat

from sheetsim.errors import InputError
from sheetsim.model.address import cell_name, parse_cell, parse_rect
from sheetsim.reading.package import local

_DECLARATION = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["'][^>]*\?>""")
_START_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_STALE = re.compile(rb"""\s(?:t|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")  # the value's type, and what Excel 365 knows of it
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")  # a hint which columns a row uses
_REF = re.compile(rb"""(\sref\s*=\s*["'])([^"']*)""")
_TAG = re.compile(r"<(/?)(?=[a-z])")


class Content(NamedTuple):
    """What a cell is to hold (see ``cells.py``): its type and value, and its formula, None to keep the file's."""

    type: str
    value: str
    formula: str | None


class Cell(NamedTuple):
    """A cell in the file that is to change: where it starts, and where its parts (``f``, ``v``, …) are."""

    start: int
    row: int
    column: int
    parts: list[tuple[str, int, int]]


def utf8(xml: bytes) -> bytes:
    """The same document in UTF-8, which nearly every file uses already."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:2]:
        encoding = "utf-16" if xml[:1] > b"<" else "utf-16-le" if xml[:1] == b"<" else "utf-16-be"
    elif found := _DECLARATION.match(xml):
        encoding = found[1].decode("ascii")
    else:
        return xml
    if encoding.casefold() in ("utf-8", "utf8", "ascii", "us-ascii"):
        return xml
    text = xml.decode(encoding).encode()
    return _DECLARATION.sub(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', text)


class Splicer:
    """Copies one sheet's XML to ``out`` with the cells in ``changes`` (row, columns; both ascending) as ``content``
    says. ``where`` names the sheet in messages."""

    def __init__(
        self,
        xml: bytes,
        changes: Iterable[tuple[int, list[int]]],
        content: Callable[[int, int], Content],
        out: IO[bytes],
        where: str,
    ):
        self.xml, self.content, self.out, self.where = utf8(xml), content, out, where
        self.changes = list(changes)[::-1]  # the next row is the last
        self.wanted: list[int] = []  # the columns yet to come in this row, the next one last
        self.edits: list[tuple[int, int, bytes]] = []
        self.done = 0  # so far has been copied
        self.row, self.column, self.prefix = -1, -1, ""
        self.rows_start = self.row_start = self.depth = 0
        self.in_rows = self.added = False
        self.cell: Cell | None = None
        self.part = 0
        self.parser = expat.ParserCreate()

    def run(self) -> None:
        """Copies everything."""
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        try:
            self.parser.Parse(self.xml, True)
        except expat.ExpatError as error:
            raise InputError(f"{self.where}: not well-formed XML ({error})") from None
        self._flush()
        self.out.write(memoryview(self.xml)[self.done :])

    # --- events ---------------------------------------------------------------------------------------------------
    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag, at = local(name), self.parser.CurrentByteIndex
        if self.cell is not None:
            self.depth += 1
            self.part = at if self.depth == 1 else self.part
        elif not self.in_rows:
            self._before_rows(tag, at, name)
        elif tag == "c":
            self._start_cell(at, attributes)
        elif tag == "row":
            self._start_row(at, attributes)

    def _end(self, name: str) -> None:
        if not self.in_rows:
            return
        tag, at = local(name), self.parser.CurrentByteIndex
        if self.cell is not None and self.depth:
            if self.depth == 1:
                self.cell.parts.append((tag, self.part, self._end_of(self.part, at)))
            self.depth -= 1
        elif tag == "c" and self.cell is not None:
            self._end_cell(self.cell, self._end_of(self.cell.start, at))
        elif tag == "row":
            self._end_row(at, name)
        elif tag == "sheetData":
            self._end_rows(at, name)

    def _before_rows(self, tag: str, at: int, name: str) -> None:
        if tag == "sheetData":
            self.in_rows, self.rows_start, self.prefix = bool(self.changes), at, name[: -len(tag)]
        elif tag == "dimension" and self.changes:
            self._widen(at)

    def _start_row(self, at: int, attributes: dict[str, str]) -> None:
        row = int(attributes.get("r", self.row + 2)) - 1
        if row <= self.row:
            raise InputError(f"{self.where}: row {row + 1} does not stand in order")
        self.row, self.column, self.row_start, self.added = row, -1, at, False
        self._insert(at, self._new_rows(before=row))
        self.wanted = self.changes.pop()[1][::-1] if self.changes and self.changes[-1][0] == row else []

    def _start_cell(self, at: int, attributes: dict[str, str]) -> None:
        column = parse_cell(attributes["r"])[1] if "r" in attributes else self.column + 1
        if column <= self.column:
            raise InputError(f"{self.where}!{cell_name(self.row, column)} does not stand in order")
        self.column = column
        self._insert(at, self._new_cells(before=column))
        if self.wanted and self.wanted[-1] == column:
            self.wanted.pop()
            self.cell = Cell(at, self.row, column, [])

    def _end_cell(self, cell: Cell, end: int) -> None:
        self.edits.append((cell.start, end, self._changed(cell)))
        self.cell = None

    def _end_row(self, at: int, name: str) -> None:
        self._close(self.row_start, at, self._new_cells(before=None), name)
        if self.added:
            spans = _SPANS.search(self._start_tag(self.row_start))
            if spans:  # may no longer hold
                self.edits.append((self.row_start + spans.start(), self.row_start + spans.end(), b""))
        self._flush()

    def _end_rows(self, at: int, name: str) -> None:
        self._close(self.rows_start, at, self._new_rows(before=None), name)
        self.in_rows = False

    # --- edits ----------------------------------------------------------------------------------------------------
    def _insert(self, at: int, markup: str) -> None:
        if markup:
            self.edits.append((at, at, markup.encode()))

    def _close(self, start: int, at: int, markup: str, name: str) -> None:
        """Puts ``markup`` at the end of the element that starts at ``start``; ``<row/>`` becomes ``<row>…</row>``."""
        if not markup:
            return
        tag = self._start_tag(start)
        if tag.endswith(b"/>"):
            end = start + len(tag)
            self.edits.append((end - 2, end, f">{markup}</{name}>".encode()))
        else:
            self._insert(at, markup)

    def _flush(self) -> None:
        pieces = []
        for start, end, new in sorted(self.edits):  # what is put in before a cell comes before the cell
            pieces += [self.xml[self.done : start], new]
            self.done = end
        self.out.write(b"".join(pieces))  # at once: to compress each cell by itself takes longer
        self.edits.clear()

    def _start_tag(self, start: int) -> bytes:
        """The start tag that stands there, or the whole element if it is closed in itself (``<c/>``)."""
        tag = _START_TAG.match(self.xml, start)
        if tag is None:
            raise InputError(f"{self.where}: the element at byte {start:,} cannot be read")
        return tag[0]

    def _end_of(self, start: int, at: int) -> int:
        """Where the element that starts at ``start`` ends; the parser met its end at ``at``.

        Only the start tag tells whether it is ``<f/>`` or ends with the ``</f>`` that stands at ``at``: after ``<f/>``
        the end tag of another element may stand there.
        """
        tag = self._start_tag(start)
        return start + len(tag) if tag.endswith(b"/>") else self.xml.index(b">", at) + 1

    def _widen(self, at: int) -> None:
        """The sheet's stated extent must cover new cells: some readers stop there."""
        ref = _REF.search(self._start_tag(at))
        if not ref:
            return
        try:
            old = parse_rect(ref[2].decode())
        except InputError as error:
            raise InputError(f"{self.where}: its stated extent: {error}") from None
        bottom = max(old.bottom, self.changes[0][0])
        right = max(old.right, *(columns[-1] for _, columns in self.changes))
        new = old._replace(bottom=bottom, right=right, top=min(old.top, self.changes[-1][0]))
        new = new._replace(left=min(old.left, *(columns[0] for _, columns in self.changes)))
        if new != old:
            self.edits.append((at + ref.start(2), at + ref.end(2), str(new).encode()))

    # --- markup ---------------------------------------------------------------------------------------------------
    def _changed(self, cell: Cell) -> bytes:
        """A cell of the file with its new value: all its attributes but the type, its formula as it stood."""
        content = self.content(cell.row, cell.column)
        start = _STALE.sub(b"", self._start_tag(cell.start)).rstrip(b"/>") + content.type.encode()
        kept = {kind: self.xml[a:b] for kind, a, b in cell.parts if kind not in ("v", "is")}
        formula = kept.pop("f", b"") if content.formula is None else self._prefixed(content.formula).encode()
        kept.pop("f", None)
        inside = formula + self._prefixed(content.value).encode() + b"".join(kept.values())
        return start + (b">" + inside + f"</{self.prefix}c>".encode() if inside else b"/>")

    def _new_cells(self, before: int | None) -> str:
        """Cells that the file's row lacks, up to a column."""
        cells = []
        while self.wanted and (before is None or self.wanted[-1] < before):
            cells.append(self._new_cell(self.row, self.wanted.pop()))
        self.added = self.added or bool(cells)
        return "".join(cells)

    def _new_rows(self, before: int | None) -> str:
        """Rows that the file lacks, up to a row."""
        rows = []
        while self.changes and (before is None or self.changes[-1][0] < before):
            row, columns = self.changes.pop()
            cells = "".join(self._new_cell(row, column) for column in columns)
            rows.append(f'<{self.prefix}row r="{row + 1}">{cells}</{self.prefix}row>')
        return "".join(rows)

    def _new_cell(self, row: int, column: int) -> str:
        content = self.content(row, column)
        inside = (content.formula or "") + content.value
        return self._prefixed(f'<c r="{cell_name(row, column)}"{content.type}>{inside}</c>')

    def _prefixed(self, markup: str) -> str:
        """``<v>`` → ``<x:v>`` in a file that names its elements so. In a text ``<`` is escaped."""
        return _TAG.sub(rf"<\1{self.prefix}", markup) if self.prefix else markup
