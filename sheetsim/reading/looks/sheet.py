"""One worksheet's XML → how the sheet looks, in a single pass: what its cells hold is passed over."""

from __future__ import annotations

import re
from array import array

import numpy as np

from sheetsim.errors import InputError
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, cell_name, parse_cell, parse_rect
from sheetsim.reading.looks.areas import Areas
from sheetsim.reading.looks.conditions import Conditions
from sheetsim.reading.package import local, whole
from sheetsim.reading.rows.digits import Bools, digits
from sheetsim.reading.rows.plain import PlainRows
from sheetsim.reading.sheet_walk import SheetWalk

PADDING = 5 / 7  # of a column's width in a file, in digits, is left empty: 5 of the 7 pixels that a digit is wide
BEYOND = 256  # columns beyond the last one in use whose widths are kept
FROZEN = 200, 60  # rows and columns that may be kept in sight: of more, nothing else would be seen
MOST_MERGED = 20_000
MOST_HEIGHTS = 20_000  # rows that are not as high as the others
HIGHEST = 409.0  # points: Excel takes no more
USUAL_HEIGHT = 15.0  # points: of rows for which a file says nothing
MOST_NUMBER = 65_535  # of a style: Excel takes 65,490
_ATTRIBUTE = re.compile(r"""\s([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_STYLE = int.from_bytes(b' s="', "little")
_ADDRESS = len('<c r="')
_ON = ("1", "true")


class LookReader(SheetWalk):
    """Collects the look of one sheet, of which ``columns`` are in use. ``areas`` are the numbers of its cells' styles,
    ``widths`` those of columns in digits and ``heights`` those of rows in points, where they are not as usual, 0 where
    hidden; ``freeze`` the first cell that scrolls; ``drawings`` the relationships of what lies over the cells."""

    def __init__(self, where: str, columns: int):
        super().__init__(where)
        self.in_use = columns
        self.areas = Areas()
        self.conditions = Conditions()
        self.widths: dict[int, float] = {}
        self.heights: dict[int, float] = {}
        self.usual_height = USUAL_HEIGHT
        self.freeze: str | None = None
        self.gridlines = True
        self.tab: dict[str, str] | None = None
        self.merged: list[Rect] = []
        self.drawings: list[str] = []
        self._seen_from = 0, 0
        self._places = array("i"), array("i"), array("i")  # rows, columns and styles of cells that the parser read
        self._known: dict[bytes, dict[str, str]] = {}

    # --- before the rows --------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """At the root: all that stands before the rows is listened to."""
        self.listen(self._start_head, None, None)

    def _start_head(self, name: str, attributes: dict[str, str]) -> None:
        if not name.startswith(self.space):
            return
        match name[len(self.space) :]:
            case "sheetData":
                self.start_rows()
            case "sheetFormatPr":
                self._usual(attributes)
            case "sheetView":
                self.gridlines = attributes.get("showGridLines", "1") not in ("0", "false")
                self._seen_from = _cell(attributes.get("topLeftCell", "A1"))
            case "pane" if attributes.get("state") in ("frozen", "frozenSplit"):
                self._freeze(attributes)
            case "tabColor":
                self.tab = attributes
            case "col":
                self._columns(attributes)

    def _usual(self, attributes: dict[str, str]) -> None:
        """Rows and columns for which nothing else is said."""
        self.usual_height = _number(attributes.get("defaultRowHeight")) or USUAL_HEIGHT
        width = _number(attributes.get("defaultColWidth"))
        if width is not None:
            self.widths = dict.fromkeys(range(self.in_use + BEYOND), max(width - PADDING, 0.0))

    def _freeze(self, attributes: dict[str, str]) -> None:
        down, across = (_number(attributes.get(word, "0")) or 0.0 for word in ("ySplit", "xSplit"))
        if not down and not across:
            return
        row, column = self._seen_from  # what is above is not seen at all where that is not the first
        down, across = (down and down + row), (across and across + column)
        if down <= FROZEN[0] and across <= FROZEN[1]:
            self.freeze = cell_name(int(down), int(across))

    def _columns(self, attributes: dict[str, str]) -> None:
        first, last = whole(attributes.get("min", "")), whole(attributes.get("max", ""))
        if first is None or last is None or not 1 <= first <= last <= MAX_COLUMNS:
            return
        if number := whole(attributes.get("style", "0")):
            self.areas.columns.append((Rect(0, first - 1, MAX_ROWS - 1, last - 1), min(number, MOST_NUMBER)))
        width = 0.0 if attributes.get("hidden") in _ON else _number(attributes.get("width"))
        if width is not None:
            for column in range(first - 1, min(last, self.in_use + BEYOND)):
                self.widths[column] = max(min(width, 255.0) - PADDING, 0.0)

    # --- the rows -----------------------------------------------------------------------------------------------------
    def start_row(self, attributes: dict[str, str]) -> None:
        """Notes how high a row is, and its style."""
        super().start_row(attributes)
        self._row(self.row, attributes)

    def start_cell(self, attributes: dict[str, str]) -> None:
        """Notes the style of a cell."""
        super().start_cell(attributes)
        number = whole(attributes.get("s", "0")) or 0
        for places, each in zip(self._places, (self.row, self.column, min(number, MOST_NUMBER)), strict=True):
            places.append(each)

    def able(self, found: PlainRows) -> Bools:
        """Of plain rows all can be taken."""
        return found.plain

    def take(self, found: PlainRows, first: int, last: int) -> bool:
        """The same for plain rows from ``first`` up to ``last``, all at once."""
        self._put()
        part = found.cells_of(first, last)
        of_row, columns = found.of_row[part], found.column[part]
        letters = 1 + (columns >= 26) + (columns >= 27 * 26)
        behind = found.tag[part] + _ADDRESS + letters + found.digits[of_row] + 1
        said = (found.words[behind] & np.uint64(0xFFFFFFFF)) == np.uint64(_STYLE)
        _, numbers = digits(found.words[behind + 4])
        styles = np.where(said, np.minimum(numbers, MOST_NUMBER), 0).astype(np.int64)
        self.areas.add(found.numbers[of_row], columns, styles)
        for row in (np.flatnonzero(~found.alone()[first:last]) + first).tolist():
            self._row(int(found.numbers[row]), self._attributes(found.attributes_of(row)))
        self.row, self.column = int(found.numbers[last - 1]), int(columns[-1]) if columns.size else -1
        return True

    def _attributes(self, text: bytes) -> dict[str, str]:
        """Those of a row's start tag that stand behind its number; the parser has read others like them."""
        found = self._known.get(text)
        if found is None:
            found = {name: one or other for name, one, other in _ATTRIBUTE.findall(text.decode("utf-8", "replace"))}
            if len(self._known) < 1_000:
                self._known[text] = found
        return found

    def _row(self, row: int, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _ON:
            self._high(row, 0.0)
        elif (height := _number(attributes.get("ht"))) is not None and abs(height - self.usual_height) > 0.5:
            self._high(row, min(height, HIGHEST))
        if attributes.get("customFormat") in _ON and (number := whole(attributes.get("s", ""))):
            self.areas.lines.append((row, min(number, MOST_NUMBER)))

    def _high(self, row: int, height: float) -> None:
        if len(self.heights) < MOST_HEIGHTS:
            self.heights[row] = height

    def _put(self) -> None:
        """Hands over the cells that the parser has read, in their turn."""
        rows, columns, numbers = (np.frombuffer(each, np.int32).astype(np.int64) for each in self._places)
        self.areas.add(rows, columns, numbers)
        self._places = array("i"), array("i"), array("i")

    # --- behind the rows ----------------------------------------------------------------------------------------------
    def end_rows(self) -> None:
        """From here on: what is merged, what is coloured on a condition, what lies over the cells."""
        self._put()
        self.areas.finish()
        self.listen(self._start_tail, self._end_tail, self.pieces.append)

    def _start_tail(self, name: str, attributes: dict[str, str]) -> None:
        self.pieces.clear()
        if not name.startswith(self.space):
            return
        match name[len(self.space) :]:
            case "mergeCell" if len(self.merged) < MOST_MERGED:
                self._merge(attributes.get("ref", ""))
            case "drawing":
                self.drawings += [value for word, value in attributes.items() if local(word) == "id"]
            case tag:
                self.conditions.start(tag, attributes)

    def _end_tail(self, name: str) -> None:
        if name.startswith(self.space):
            self.conditions.end(name[len(self.space) :], "".join(self.pieces))

    def _merge(self, text: str) -> None:
        try:
            rect = parse_rect(text)
        except InputError:  # what is not one is not merged
            return
        if rect.size > 1:
            self.merged.append(rect)


def _cell(text: str) -> tuple[int, int]:
    try:
        return parse_cell(text)
    except InputError:
        return 0, 0


def _number(text: str | None) -> float | None:
    """A size as files write it; None for what is none."""
    try:
        size = float(text or "")
    except ValueError:
        return None
    return size if 0 <= size < 1e6 else None
