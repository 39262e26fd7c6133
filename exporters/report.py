"""A check as a workbook to look at: the original's grid, each cell coloured by what the check found of it.

The values are those that the original stores, without its formulas: a picture of the check, not a copy of the file.
Written row by row, so that a large original needs no more memory than its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from exporters.markup import number_text
from exporters.styles import FACE, INK, QUIET, Font, new_frame
from sheetsim.checking.findings import WORDS, Difference, Report, SheetReport
from sheetsim.model.address import column_name, parse_cell
from sheetsim.model.nodes import quoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ExcelError
from sheetsim.support.atomic import replacing

COLOURS = {
    "equal": "D9EDD6",
    "prose": "E8E8E8",
    "volatile": "DCEAF7",
    "not checked": "FFF3C4",
    "different": "F2A9A2",
    "missing": "F8C892",
    "extra": "F8C892",
}
MEANING = {
    "equal": "computed; the value has the same bits and the formula means the same",
    "constant": "a plain value that is the same",
    "prose": "a sentence in words of its own, not compared",
    "volatile": "changes at every calculation; only the formula is compared",
    "not checked": "needs a function that sheetsim does not have",
    "different": "another value or another formula; the comment says which",
    "missing": "only the original has it",
    "extra": "only the other side has it",
}
MOST = 5_000  # differences that are listed and commented on; all are coloured
LONGEST = 32_000  # characters of a text in a cell; Excel's own limit is a little higher
ONE_PAGE_WIDE = 30  # columns
FORBIDDEN = re.compile(r"[\\/*?:\[\]]")  # in a sheet's title
COLUMNS = (20, 11, 11, 22, 22, 11, 11, 13)  # the widths of the first sheet, in characters
COUNTS = ("sheet", "computed", "equal", "different", "constants", "prose", "volatile", "not checked")

Progress = Callable[[int], None]
Cell = Any  # openpyxl's cells are not typed


def write(report: Report, original: Book, path: str | Path, progress: Progress | None = None) -> None:
    """Writes the report on ``original`` to ``path``, whole or not at all. ``progress`` is told how many more cells are
    written. Raises OutputError where the file cannot be written."""
    with replacing(path) as temporary:
        frame = new_frame(write_only=True)
        titles = _titles(report)
        worksheets = [frame.create_sheet(title) for title in ["check", *titles.values()]]
        with _closing(worksheets):
            _Summary(worksheets[0], report, titles).write()
            for sheet, worksheet in zip(report.sheets, worksheets[1:], strict=True):
                _Grid(worksheet, sheet, original.find_sheet(sheet.title)).write(progress)
            frame.save(temporary)


@contextmanager
def _closing(worksheets: list[WriteOnlyWorksheet]) -> Iterator[None]:
    """After a failure closes the temporary files that openpyxl writes sheets to; it would complain of them later."""
    try:
        yield
    except BaseException:
        for worksheet in worksheets:
            if worksheet._writer is not None and not worksheet.closed:
                with suppress(Exception):  # the first failure is the one to tell
                    worksheet.close()
                with suppress(Exception):
                    worksheet._writer.cleanup()
        raise


def _titles(report: Report) -> dict[str, str]:
    """Sheet's title → its title in the report, where the first sheet is called "check" already."""
    taken = {"check"}
    titles = {}
    for sheet in report.sheets:
        title = wanted = FORBIDDEN.sub("_", sheet.title)[:31]
        number = 1
        while title.casefold() in taken:
            number += 1
            title = f"{wanted[:26]} ({number})"
        taken.add(title.casefold())
        titles[sheet.title] = title
    return titles


class _Page:
    """A worksheet that is written from top to bottom."""

    def __init__(self, worksheet: WriteOnlyWorksheet):
        self.worksheet = worksheet
        self.styles: dict[object, Any] = {}
        worksheet.page_setup.orientation = "landscape"

    def print_on_pages_as_wide_as_the_sheet(self) -> None:
        self.worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.worksheet.page_setup.fitToHeight = 0

    def append(self, cells: Iterable[Cell | None]) -> None:
        self.worksheet.append(cells)

    def cell(self, value: Any, fill: str | None = None, side: str | None = None, **font: Any) -> Cell:
        """A cell; each look is made once and then copied, for a sheet may have a million cells."""
        cell = _filled(WriteOnlyCell(self.worksheet), value)
        key = (fill, side, tuple(sorted(font.items())))
        if key not in self.styles:
            cell.font = Font(name=FACE, **{"size": 11, "color": INK, **font})
            cell.alignment = Alignment(vertical="top", horizontal=side)
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)
            self.styles[key] = copy(cell._style)
        cell._style = self.styles[key]
        return cell


def _filled(cell: Cell, value: Any) -> Cell:
    """Puts a value into a cell as what it is. openpyxl by itself would round numbers to 16 digits, and take a text
    such as ``=1`` for a formula and ``#N/A`` for an error."""
    if isinstance(value, float):
        cell._value, cell.data_type = number_text(value), "n"
    elif isinstance(value, ExcelError) or not isinstance(value, str):
        cell.value = value
    else:
        cell._value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:LONGEST], "s"
    return cell


class _Grid(_Page):
    """One sheet: its stored values, coloured."""

    def __init__(self, worksheet: WriteOnlyWorksheet, report: SheetReport, sheet: Sheet | None):
        super().__init__(worksheet)
        self.report, self.sheet = report, sheet
        places = ((parse_cell(d.cell), d) for d in report.differences[:MOST] if d.cell)
        self.comments = {place: _comment(difference) for place, difference in places}

    def write(self, progress: Progress | None) -> None:
        rows, columns = self.report.states.shape
        if columns <= ONE_PAGE_WIDE:
            self.print_on_pages_as_wide_as_the_sheet()
        for column in range(columns):
            self.worksheet.column_dimensions[column_name(column)].width = self._width(column)
        for row in range(rows):
            self.append(self._cells(row, self.report.states[row].tolist()))
            if progress:
                progress(columns)

    def _width(self, column: int) -> float:
        """Wide enough to see what a column holds; Excel shows as many digits as fit."""
        if self.sheet is None or column >= self.sheet.columns:
            return 10
        texts = [self._value(int(row), column) for row in np.flatnonzero(self.sheet.kind[:60, column])]
        longest = max((len(str(value)) for value in texts if value is not None), default=0)
        return float(min(max(longest + 2, 6), 14))

    def _cells(self, row: int, states: list[int]) -> Iterator[Cell | None]:
        for column, state in enumerate(states):
            value = self._value(row, column)
            if value is None and not state:
                yield None
                continue
            cell = self.cell(value, COLOURS.get(WORDS[state]))
            if (row, column) in self.comments:
                cell.comment = self.comments[row, column]
            yield cell

    def _value(self, row: int, column: int) -> Any:
        return None if self.sheet is None else self.sheet.value(row, column)


def _comment(difference: Difference) -> Comment:
    text = "\n".join(f"{label}: {value}" for label, value in _facts(difference))
    return Comment(ILLEGAL_CHARACTERS_RE.sub(" ", text)[:LONGEST], "sheetsim", height=120, width=360)


def _facts(difference: Difference) -> Iterator[tuple[str, object]]:
    yield "differs in", difference.what if difference.what in ("value", "formula") else f"{difference.what} cell"
    if difference.formula and difference.what != "formula":
        yield "formula", difference.formula
    yield "expected", _shown(difference.expected)
    yield "got", _shown(difference.got)
    if difference.ulps is not None:
        yield "apart", f"{difference.ulps:,} ULP"


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, float) else str(value)


class _Summary(_Page):
    """The first sheet: what was compared, how many cells are what, the colours, the differences."""

    def __init__(self, worksheet: WriteOnlyWorksheet, report: Report, titles: dict[str, str]):
        super().__init__(worksheet)
        self.report, self.titles = report, titles

    def write(self) -> None:
        for column, width in enumerate(COLUMNS):
            self.worksheet.column_dimensions[column_name(column)].width = width
        self.print_on_pages_as_wide_as_the_sheet()
        self._head()
        self._counts()
        self._legend()
        self._lacking()
        self._differences()

    def _head(self) -> None:
        verdict = f"{self.report.equal:,} of {self.report.computed:,} computed cells equal, bit for bit"
        found = len(self.report.differences)
        self.append([self.cell("Check, cell by cell", bold=True, size=14, color="1F3864")])
        self.append([self.cell(f"{self.report.original} against {self.report.against}", color=QUIET)])
        self.append([self.cell(f"{verdict}; {found:,} difference{'' if found == 1 else 's'}", bold=True)])
        self.append([])

    def _headings(self, names: Iterable[str], numeric: tuple[str, ...] = ()) -> None:
        """Headings, to the right over numbers."""
        sides = [(name, "right" if name in numeric else None) for name in names]
        self.append([self.cell(name, side=side, bold=True, color=QUIET) for name, side in sides])

    def _counts(self) -> None:
        self._headings(COUNTS, COUNTS[1:])
        for s in self.report.sheets:
            counts = (s.computed, s.equal, len(s.differences), s.constants, s.prose, s.volatile, s.lacking)
            fills = [COLOURS["different"] if k == 2 and count else None for k, count in enumerate(counts)]
            cells = [self.cell(count, fill) for count, fill in zip(counts, fills, strict=True)]
            self.append([self._link(s.title, s.title, "A1"), *cells])
        self.append([])

    def _legend(self) -> None:
        self._headings(["colour"])
        for word, meaning in MEANING.items():
            self.append([self.cell(word, COLOURS.get(word)), self.cell(meaning)])
        self.append([])

    def _lacking(self) -> None:
        for name, cells in self.report.lacking.items():
            more = f" and {len(cells) - 20:,} more" if len(cells) > 20 else ""
            self.append([self.cell(name, COLOURS["not checked"]), self.cell(f"used in {', '.join(cells[:20])}{more}")])
        if self.report.lacking:
            self.append([])

    def _differences(self) -> None:
        differences = self.report.differences
        if not differences:
            return
        self._headings(["sheet", "cell", "differs in", "expected", "got", "ULP apart", "formula"])
        for d in differences[:MOST]:
            sheet = self.cell(d.sheet) if d.what == "name" else self._link(d.sheet, d.sheet, "A1")
            is_cell = d.cell and d.what != "name"
            cell = self._link(d.cell, d.sheet, d.cell) if is_cell else self.cell(d.cell)
            shown = [self.cell(_shown(side)) for side in (d.expected, d.got)]
            ulps = None if d.ulps is None else f"{d.ulps:,}"
            self.append([sheet, cell, self.cell(d.what), *shown, self.cell(ulps), self.cell(d.formula)])
        if len(differences) > MOST:
            self.append([self.cell(f"and {len(differences) - MOST:,} more, coloured in the sheets", color=QUIET)])

    def _link(self, text: str, sheet: str, where: str) -> Cell:
        """A cell that leads to another; openpyxl fills in its own place as it writes it."""
        cell = self.cell(text, color="1F4E79", underline="single")
        cell._hyperlink = Hyperlink(ref="", location=f"{quoted(self.titles[sheet])}!{where}")
        return cell
