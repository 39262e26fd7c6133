"""A check as a workbook to look at: the original's grid, each cell coloured by what the check found of it.

The values are those that the original stores, without its formulas: a picture of the check, not a copy of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from sheetsim.checking.findings import CONSTANT, EMPTY, WORDS, Difference, Report, SheetReport
from sheetsim.checking.groups import groups_of
from sheetsim.engine.blocks import runs
from sheetsim.model.address import Rect, column_name
from sheetsim.model.nodes import quoted
from sheetsim.model.sheet import LONGEST_TITLE, Book, Sheet
from sheetsim.model.values import TEXT, TEXTS

MEANING = {
    "equal": "computed; the value has the same bits and the formula means the same",
    "constant": "a plain value that is the same",
    "prose": "a sentence in words of its own, or a label that the other side lacks; not compared",
    "volatile": "changes at every calculation; only the formula is compared",
    "not checked": "cannot be computed, is a cell of a data table, or has no value stored to compare with",
    "different": "another value or another formula; the comment says which",
    "missing": "only the original has it",
    "extra": "only the other side has it",
}
MOST = 5_000  # differences that are listed and commented on; all are coloured
LONGEST = 32_000  # characters of a text in a cell; Excel's own limit is a little higher
FORBIDDEN = r"\/*?:[]"  # in a sheet's title
WIDTHS = (20, 11, 11, 22, 22, 24, 13, 13)  # of the first sheet's columns, in characters
NARROWEST, WIDEST, LOOKED_AT = 6, 14, 60  # widths of a grid's columns, and the rows that they are made for
COUNTS = ("sheet", "computed", "equal", "different", "constants", "prose", "volatile", "not checked")
LISTED = ("sheet", "cell", "differs in", "expected", "got", "apart", "follows from", "formula")
GROUPED = (*LISTED, "cells", "the worst of them")


def report_book(report: Report, original: Book) -> Book:
    """The report on ``original`` as a workbook: a first sheet with counts and differences, then a sheet for each."""
    book = Book("check")
    titles = _titles(report)
    _Summary(book.add_sheet("check"), report, titles).write()
    for sheet in report.sheets:
        _write_grid(book.add_sheet(titles[sheet.title]), sheet, original.find_sheet(sheet.title))
    return book


def _titles(report: Report) -> dict[str, str]:
    """Sheet's title → its title in the report, which Excel accepts; the first sheet is called "check" already."""
    taken = {"check"}
    titles = {}
    for sheet in report.sheets:
        letters = ("_" if letter in FORBIDDEN or not letter.isprintable() else letter for letter in sheet.title)
        title = wanted = "".join(letters)[:LONGEST_TITLE].strip("'") or "_"
        number = 1
        while title.casefold() in taken:
            number += 1
            title = f"{wanted[: LONGEST_TITLE - 5]} ({number})"
        taken.add(title.casefold())
        titles[sheet.title] = title
    return titles


def _style(state: str) -> str:
    return f"found {state}"


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, float) else str(value)


# --- a sheet's grid ---------------------------------------------------------------------------------------------------
def _write_grid(page: Sheet, report: SheetReport, sheet: Sheet | None) -> None:
    """A sheet's stored values, coloured, and a comment on each difference."""
    page.reserve(*report.states.shape)
    page.rows, page.columns = report.states.shape
    if sheet is not None:
        used = slice(sheet.rows), slice(sheet.columns)
        page.num[used], page.kind[used] = sheet.num[used], sheet.kind[used]
        _cut_texts(page)
    for rect, state in runs(np.where(report.states == CONSTANT, EMPTY, report.states)):
        page.look.styles.append((rect, _style(WORDS[state])))
    for column in range(page.columns):
        page.look.widths[column] = _width(sheet, column)
    for difference in report.differences[:MOST]:
        if difference.cell:
            page.comment(difference.cell, "\n".join(f"{label}: {fact}" for label, fact in _facts(difference))[:LONGEST])


def _cut_texts(page: Sheet) -> None:
    """Texts longer than a file can hold, which a workbook made in Python may have."""
    texts = page.num[page.kind == TEXT]
    for place in np.unique(texts).tolist():
        if len(TEXTS[place]) > LONGEST:
            page.num[(page.kind == TEXT) & (page.num == place)] = TEXTS.place(TEXTS[place][:LONGEST])


def _width(sheet: Sheet | None, column: int) -> float:
    """Wide enough to see what a column holds; Excel shows as many digits as fit."""
    if sheet is None or column >= sheet.columns:
        return 10
    rows = np.flatnonzero(sheet.kind[: min(LOOKED_AT, sheet.rows), column]).tolist()
    longest = max((len(str(sheet.value(row, column))) for row in rows), default=0)
    return float(min(max(longest + 2, NARROWEST), WIDEST))


def _facts(difference: Difference) -> Iterator[tuple[str, object]]:
    yield "differs in", difference.what if difference.what in ("value", "formula") else f"{difference.what} cell"
    if difference.formula and difference.what != "formula":
        yield "formula", difference.formula
    yield "expected", _shown(difference.expected)
    yield "got", _shown(difference.got)
    if difference.apart:
        yield "apart", difference.apart.removesuffix(" apart")
    if difference.cause:
        yield "follows from", difference.cause


# --- the first sheet --------------------------------------------------------------------------------------------------
class _Summary:
    """The first sheet: what was compared, how many cells are what, the colours, the differences."""

    def __init__(self, sheet: Sheet, report: Report, titles: dict[str, str]):
        self.sheet, self.report, self.titles = sheet, report, titles
        self.row = 0  # the last row written

    def write(self) -> None:
        self.sheet.look.widths = dict(enumerate(WIDTHS))
        self._head()
        self._counts()
        self._legend()
        self._unsupported()
        self._differences()

    def _line(self, values: Iterable[Any], style: str = "") -> int:
        """Plain values into the next row, all in one style; returns the row's number."""
        column = -1
        for column, value in enumerate(values):
            self.sheet.put(self.row, column, value[:LONGEST] if isinstance(value, str) else value)
        if style:
            self.sheet.look.styles.append((Rect(self.row, 0, self.row, column), style))
        self.row += 1
        return self.row

    def _head(self) -> None:
        found = len(self.report.differences)
        self._line(["Check, cell by cell"], "title")
        self._line([f"{self.report.original} against {self.report.against}"], "note")
        self._line([f"{self.report.verdict}; {found:,} difference{'' if found == 1 else 's'}"], "label")
        self._line([])

    def _counts(self) -> None:
        row = self._line(COUNTS, "label right")
        self.sheet.style(f"A{row}", "label")
        for s in self.report.sheets:
            counts = (s.computed, s.equal, len(s.differences), s.constants, s.prose, s.volatile, s.unchecked)
            row = self._line([s.title, *counts])
            self.sheet.number_format(f"B{row}:{column_name(len(counts))}{row}", "#,##0")
            self._link(f"A{row}", s.title, "A1")
            if s.differences:
                self.sheet.style(f"D{row}", _style("different"))
        self._line([])

    def _legend(self) -> None:
        self._line(["colour", "what it says of a cell"], "label")
        for word, meaning in MEANING.items():
            row = self._line([word, meaning])
            if word != "constant":
                self.sheet.style(f"A{row}", _style(word))
        self._line([])

    def _unsupported(self) -> None:
        reasons = self.report.reasons
        for name, cells in self.report.unsupported.items():
            more = f" and {len(cells) - 20:,} more" if len(cells) > 20 else ""
            row = self._line([name, reasons[name], f"used in {', '.join(cells[:20])}{more}"])
            self.sheet.style(f"A{row}", _style("not checked"))
        if self.report.unsupported:
            self._line([])

    def _differences(self) -> None:
        differences = self.report.differences
        if not differences:
            return
        self._groups()
        self._line(LISTED, "label")
        for d in differences[:MOST]:
            self._linked(d, [_shown(d.expected), _shown(d.got), d.apart or None, d.cause, d.formula])
        if len(differences) > MOST:
            self._line([f"and {len(differences) - MOST:,} more, coloured in the sheets"], "note")

    def _groups(self) -> None:
        """The same in short, where cells share a formula: a line for each formula, with the worst of its cells."""
        groups = groups_of(self.report)
        if len(groups) == len(self.report.differences):
            return
        self._line(GROUPED, "label")
        for group in groups[:MOST]:
            worst, causes = group.worst, ", ".join(group.causes) or None
            sides = _shown(worst.expected), _shown(worst.got)
            facts = [*sides, worst.apart or None, causes, worst.formula, len(group.differences), worst.cell]
            self._linked(group.first, facts)
        self._line([])

    def _linked(self, d: Difference, facts: Iterable[Any]) -> None:
        """A line that begins with where a difference is, and leads there."""
        row = self._line([d.sheet or None, d.cell or None, d.what, *facts])
        if d.what != "name":
            self._link(f"A{row}", d.sheet, "A1")
            if d.cell:
                self._link(f"B{row}", d.sheet, d.cell)

    def _link(self, cell: str, sheet: str, where: str) -> None:
        self.sheet.link(cell, f"{quoted(self.titles[sheet])}!{where}")
        self.sheet.style(cell, "link")
