"""A sheet, or some of its cells, as a grid: letters and numbers, frozen heads, the look of the exported file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sheetsim.excel.calendar import counted_since
from sheetsim.model.address import Rect, cell_name, column_name
from sheetsim.model.ranges import Range
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError, Unsupported
from sheetsim.notebook.markup import esc, line, quiet, strong, whole
from sheetsim.page.looks import Looks, freeze, heights, merged, text_of, together, widths

ROWS, COLUMNS = 40, 24  # that are shown, frozen ones not counted
FEW = 6  # rows and columns more than that are shown all the same, if they are the last
FROZEN = 8  # rows that are kept in sight at most
HEIGHT, WIDTH = 20.0, 64.0  # pixels, of a row and a column that are given none
NUMBERS = 44  # pixels: the column of row numbers
LONGEST = 1_000  # characters of a text or a formula that are shown
LETTER = 6.4  # pixels, about
GAP = 8  # pixels left and right of a text


def of_sheet(sheet: Sheet) -> str:
    """A sheet from its first cell on."""
    head = (
        strong(sheet.title),
        quiet(f"of {sheet.book.name}: {sheet.used if sheet.rows else 'empty'}, {_counted(sheet)}"),
    )
    return whole(line(*head), line(quiet(sheet.about)) if sheet.about else "", of_cells(sheet, sheet.used))


def of_range(some: Range) -> str:
    """A range, the frozen rows of its sheet above it."""
    sheet = some.sheet
    assert isinstance(sheet, Sheet)
    rows, columns = some.shape
    return whole(line(strong(some.address), quiet(f"{rows:,} × {columns:,}")), of_cells(sheet, some.rect))


def of_cells(sheet: Sheet, rect: Rect) -> str:
    """The grid of some cells, as many as fit, and a word on the rest."""
    sheet.book.refresh()
    rows, columns = (
        most if size > most + FEW else size for size, most in zip(rect.shape, (ROWS, COLUMNS), strict=True)
    )
    seen = Rect(rect.top, rect.left, rect.top + rows - 1, rect.left + columns - 1)
    with counted_since(sheet.book.days_since):
        return _Grid(sheet, seen).html() + _rest(sheet, rect, seen)


def _counted(sheet: Sheet) -> str:
    count = int(sheet.computed().sum())
    return f"{count:,} formula cell{'' if count == 1 else 's'}"


def _rest(sheet: Sheet, rect: Rect, seen: Rect) -> str:
    """What is not shown, and how it is."""
    left = []
    if seen.bottom < rect.bottom:
        left.append(f"rows {seen.top + 1} to {seen.bottom + 1} of {rect.bottom + 1:,}")
    if seen.right < rect.right:
        left.append(f"columns {column_name(seen.left)} to {column_name(seen.right)} of {column_name(rect.right)}")
    if not left:
        return ""
    top = seen.bottom + 1 if seen.bottom < rect.bottom else rect.top
    first = column_name(seen.right + 1 if top == rect.top else rect.left)
    more = f"{first}{top + 1}:{cell_name(rect.bottom, rect.right)}"
    return line(quiet(f"{', '.join(left)}; sheet[{more!r}] shows more"))


class _Grid:
    """The table of a rectangle of cells."""

    def __init__(self, sheet: Sheet, rect: Rect):
        self.sheet, self.rect = sheet, rect
        self.heights, self.widths = heights(sheet), widths(sheet)
        frozen = freeze(sheet)[0]
        self.frozen = range(frozen) if frozen <= FROZEN else range(0)
        above = Rect(0, rect.left, max(len(self.frozen) - 1, 0), rect.right)
        self.above, self.looks = Looks(sheet, above), Looks(sheet, rect)
        self.columns = [column for column in range(rect.left, rect.right + 1) if self._width(column)]
        parts = [(each, each.common(rect)) for each in merged(sheet, rect)]  # drawn as one, as far as they are seen
        self.merged = {(part.top, part.left): (each, part) for each, part in parts if part and self._starts(part)}
        self.covered = {cell for _, part in self.merged.values() for cell in part.cells()} - self.merged.keys()

    def html(self) -> str:
        """Frozen rows first, which stay in sight, then the others; hidden rows are left out."""
        letters = "".join(f"<th>{column_name(column)}</th>" for column in self.columns)
        sizes = "".join(f'<col style="width:{self._width(column):.0f}px">' for column in self.columns)
        rows = [row for row in range(self.rect.top, self.rect.bottom + 1) if row not in self.frozen]
        lines = [*self._frozen_lines(), *(self._line(row, self.looks) for row in rows if self._height(row))]
        return (
            f'<div class="box"><table class="grid"><colgroup><col style="width:{NUMBERS}px">{sizes}</colgroup>'
            f'<thead><tr><th class="r corner"></th>{letters}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
        )

    def _frozen_lines(self) -> Iterator[str]:
        offset = HEIGHT + 1
        for row in self.frozen:
            if self._height(row):
                last = " last" if row == self.frozen[-1] else ""
                yield self._line(row, self.above, f"top{last}", f"top:{offset:.0f}px")
                offset += self._height(row)

    def _height(self, row: int) -> float:
        return self.heights.get(row, HEIGHT)

    def _width(self, column: int) -> float:
        return self.widths.get(column, WIDTH)

    def _starts(self, part: Rect) -> bool:
        """Whether the first of some cells is not hidden."""
        return bool(self._height(part.top) and self._width(part.left))

    def _line(self, row: int, looks: Looks, kind: str = "", place: str = "") -> str:
        cells, column = [], self.rect.left
        while column <= self.rect.right:
            hidden = (row, column) in self.covered or not self._width(column)
            text, span = ("", 1) if hidden else self._cell(row, column, looks)
            cells.append(text)
            column += span
        attributes = f' class="{kind}"' if kind else ""
        style = f"height:{self._height(row):.0f}px;{place}"
        return f'<tr{attributes} style="{style}"><th class="r">{row + 1}</th>{"".join(cells)}</tr>'

    def _cell(self, row: int, column: int, looks: Looks) -> tuple[str, int]:
        """A cell, and how many columns wide: a text runs on over blank cells beside it, as in a spreadsheet."""
        sheet = self.sheet
        value, formula = sheet.value(row, column), sheet.formula_text(row, column)
        style, code = looks.at(row, column)
        if (row, column) in self.merged:
            whole, part = self.merged[row, column]
            shown = text_of(value, code, together(sheet, whole))[:LONGEST]
            down = sum(bool(self._height(each)) for each in range(part.top, part.bottom + 1))
            span = part.columns
        else:
            shown, down = text_of(value, code, looks.width(column))[:LONGEST], 1
            span = self._span(row, column, shown, looks) if _is_text(value) and not style.get("wrap") else 1
        across = sum(bool(self._width(each)) for each in range(column, column + span))
        spans = ("colspan", across), ("rowspan", down)
        attributes = _attributes(value, style) + "".join(f' {word}="{size}"' for word, size in spans if size > 1)
        title = self._title(row, column, value, formula, shown)
        return f"<td{attributes}{title}>{esc(shown)}</td>", span

    def _span(self, row: int, column: int, text: str, looks: Looks) -> int:
        wanted, room, span = len(text) * LETTER + GAP, self._width(column), 1
        while room < wanted and column + span <= self.rect.right:
            beside = column + span
            if self.sheet.value(row, beside) is not None or self.sheet.formula_text(row, beside):
                break
            if looks.at(row, beside)[0].get("fill") or (row, beside) in self.covered:
                break
            room, span = room + self._width(beside), span + 1
        return span

    def _title(self, row: int, column: int, value: Any, formula: str | None, shown: str) -> str:
        """What shows where the pointer rests: the address, all digits, the formula, the sheet's own remark."""
        if value is None and formula is None:
            return ""
        where = cell_name(row, column)
        lines = [f"{where} = {value!r}" if isinstance(value, float) else where]
        if isinstance(value, str) and (len(shown) * LETTER + GAP > self._width(column) or value != shown):
            lines.append(value[:LONGEST])
        if isinstance(value, Unsupported):
            lines.append(f"not computed: {value.reason}")
        lines += [text[:LONGEST] for text in (formula, self.sheet.look.comments.get(where)) if text]
        return f' title="{esc(chr(10).join(lines))}"'


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, ExcelError)


def _attributes(value: Any, style: dict[str, Any]) -> str:
    """The classes and the style of a cell: numbers stand right, logicals and errors in the middle."""
    kinds = ["n"] if isinstance(value, float) else ["m"] if isinstance(value, bool | ExcelError) else []
    given = []
    for word, kind, name in ("fill", "f", "--f"), ("ink", "k", "--k"):
        if style.get(word):
            kinds.append(kind)
            given.append(f"{name}:{style[word]}")
    if style.get("wrap"):
        kinds.append("w")
    for word, css in (
        ("bold", "font-weight:600"),
        ("italic", "font-style:italic"),
        ("underline", "text-decoration:underline"),
        ("rule", "border-bottom-color:#9a9a9a"),
    ):
        if style.get(word):
            given.append(css)
    if style.get("align"):
        given.append(f"text-align:{style['align']}")
    if style.get("size"):
        given.append(f"font-size:{style['size']}pt")
    classes = f' class="{" ".join(kinds)}"' if kinds else ""
    return classes + (f' style="{esc(";".join(given))}"' if given else "")
