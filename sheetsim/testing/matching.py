"""``assert_matches``: cells of a sheet against numbers of a test's own, and the words of a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sheetsim.checking.findings import Difference, Report
from sheetsim.errors import InputError
from sheetsim.library import open as open_book
from sheetsim.macros.settings import cells_meant
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.named_cells import place_of
from sheetsim.model.sheet import Book, Sheet
from sheetsim.study.explanation.headings import heading
from sheetsim.testing.given import Given, given
from sheetsim.testing.mismatch import MOST, Mismatch, cut, distances, table, value_text
from sheetsim.testing.nearness import Nearness
from sheetsim.testing.sides import Piece, compared

HEADINGS = ("cell", "called", "formula", "expected", "got", "relative", "ulps", "follows from")
Where = str | Mapping[str, Any]


def opened(what: str | Path | Book | Sheet) -> Book:
    """The calculated workbook that is meant by a name, a path, itself or one of its sheets."""
    if not isinstance(what, str | Path | Book | Sheet):
        raise InputError(f"a workbook, its name, a path or a sheet is needed, not a {type(what).__name__}")
    book = what if isinstance(what, Book) else what.book if isinstance(what, Sheet) else open_book(what)
    book.refresh()
    return book


def match(what: str | Path | Book | Sheet, where: Where, got: Any, near: Nearness) -> None:
    """Raises Mismatch if cells hold something else than is given for them; see ``assertions.py``."""
    if isinstance(where, str) and isinstance(got, Book | Sheet):
        return _match_books(opened(what), *_place(what, opened(what), where), got, near)
    asked = {where: got} if isinstance(where, str) else where
    if not isinstance(asked, Mapping) or not all(isinstance(cells, str) for cells in asked):
        raise InputError(f"the cells are a text such as 'adam!E5:E10', not a {type(where).__name__}")
    if not asked:
        raise InputError("no cells are named: there is nothing to compare")
    if asked is where and got is not None:
        raise InputError("the values stand in the dictionary, beside their cells; a third argument is not looked at")
    book = opened(what)
    pieces = [_piece(*_place(what, book, cells), values, cells) for cells, values in asked.items()]
    report = compared(book, pieces, near, "what was given")
    if report.differences:
        precision = max((piece.given.precision for piece in pieces), key=near.relative)
        raise Mismatch(_message(_named(asked), report, book, near.said(precision)), report, book)
    return None


def _place(what: Any, book: Book, where: str) -> tuple[Sheet, Rect]:
    sheet, cells = place_of(what, where) if isinstance(what, Sheet) and "!" not in where else cells_meant(book, where)
    return sheet, cells


def _named(asked: Mapping[str, Any]) -> str:
    return ", ".join(list(asked)[:3]) + (", …" if len(asked) > 3 else "")


# --- what is given, in the shape of its cells -------------------------------------------------------------------------
def _piece(sheet: Sheet, cells: Rect, values: Any, where: str) -> Piece:
    try:
        found = given(values)
    except InputError as error:
        raise InputError(f"what is given for {where}: {error}") from None
    if found.headings is not None and found.shape == (cells.rows - 1, cells.columns):
        cells = _below_headings(sheet, cells, found.headings, where)
    fits = [cells.shape, *([(cells.size,)] if 1 in cells.shape else []), *([()] if cells.size == 1 else [])]
    if found.shape not in fits:
        shape = " × ".join(map(str, found.shape)) or "a single value"
        wrong = f"{where} has {cells.rows:,} × {cells.columns:,} cells, what is given for it has the shape {shape}"
        raise Mismatch(wrong, Report(f"the workbook {sheet.book.name}", "what was given", []), sheet.book)
    num, kind = found.num.reshape(cells.shape), found.kind.reshape(cells.shape)
    return Piece(sheet, cells, Given(num, kind, found.precision, None, found.nan_is_blank))


def _below_headings(sheet: Sheet, cells: Rect, headings: list[Any], where: str) -> Rect:
    """The cells without their first row, if that has a frame's headings."""
    top = cells._replace(bottom=cells.top)
    theirs = ["" if value is None else value for value in sheet.block(top)[0]]
    if theirs != headings:
        wrong = f"{where}: the headings are {theirs}, those of the frame {headings}"
        raise Mismatch(wrong, Report(f"the workbook {sheet.book.name}", "what was given", []), sheet.book)
    return cells._replace(top=cells.top + 1)


# --- another workbook -------------------------------------------------------------------------------------------------
def _match_books(book: Book, sheet: Sheet, cells: Rect, other: Book | Sheet, near: Nearness) -> None:
    """The same cells of another workbook. All else that both have is looked at only to find where it begins."""
    theirs = opened(other)
    own = other if isinstance(other, Sheet) else theirs[sheet.title]
    inside = _piece(sheet, cells, own.block(cells), f"{sheet.title}!{cells}")
    asked = compared(book, [inside], near, f"the workbook {theirs.name}")
    if not asked.differences:
        return
    pieces = []
    for each in book.sheets:
        match = own if each is sheet else theirs.find_sheet(each.title)
        if match is not None and each.rows and each.columns:
            used = Rect(0, 0, each.rows - 1, each.columns - 1)
            pieces.append(_piece(each, used, match.block(used), each.title))
    report = compared(book, [*pieces, inside], near, asked.against)
    wanted = {each.where for each in asked.differences}
    kept = wanted | {each.cause for each in report.differences if each.where in wanted and each.cause}
    for one in report.sheets:
        one.differences = [each for each in one.differences if each.where in kept]
    raise Mismatch(
        _message(f"{sheet.title}!{cells}", report, book, near.said("float64"), len(wanted), cells.size), report, book
    )


# --- the words --------------------------------------------------------------------------------------------------------
def _message(
    where: str, report: Report, book: Book, limits: str, count: int | None = None, size: int | None = None
) -> str:
    found = report.differences
    count, size = len(found) if count is None else count, report.computed if size is None else size
    head = f"{where} of {book.name}: {count:,} of {size:,} cells differ by more than {limits}"
    first = sorted(found, key=lambda each: each.cause is not None)  # those in which something begins
    lines = table(HEADINGS, [_row(book, each) for each in first[:MOST]])
    rest = [f"  … and {len(found) - MOST:,} more"] if len(found) > MOST else []
    return "\n".join([head, *lines, *rest, *_causes(book, found)])


def _row(book: Book, each: Difference) -> tuple[str, ...]:
    place = parse_rect(each.cell)
    called = cut(heading(book[each.sheet], place))
    sides = value_text(each.expected), value_text(each.got)
    return each.where, called, cut(each.formula or ""), *sides, *distances(each), each.cause or ""


def _causes(book: Book, found: Iterable[Difference]) -> list[str]:
    """The first precedent that differs too, of as many as follow from one."""
    by_place = {each.where: each for each in found}
    lines = []
    for cause, count in Counter(each.cause for each in by_place.values() if each.cause).most_common(3):
        each = by_place[cause]
        called = heading(book[each.sheet], parse_rect(each.cell))
        cell = f"{cause} ({called})" if called else cause
        sides = f"expected {value_text(each.expected)}, got {value_text(each.got)}"
        others = "1 other follows" if count == 1 else f"{count:,} others follow"
        formula = f" {cut(each.formula)}" if each.formula else ""
        lines.append(f"  first differs {cell}{formula}: {sides}; {others} from it")
    return lines
