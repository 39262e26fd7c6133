"""Two sides of one workbook: what its sheets hold, and what a test gives for some of their cells.

The result is a report like that of ``sheetsim check``, over the cells given; each difference knows the one from which
it follows, as far as both sides have the cells between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from sheetsim.checking.findings import DIFFERENT, EMPTY, EQUAL, Difference, Report, SheetReport
from sheetsim.engine.plan import plan_of
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, NUMBER, decode
from sheetsim.testing.given import Given
from sheetsim.testing.nearness import Nearness, ulps_between
from sheetsim.testing.tracing import trace


class Piece(NamedTuple):
    """Cells of a sheet, and what is given for them, of their shape."""

    sheet: Sheet
    cells: Rect
    given: Given


def held(sheet: Sheet, cells: Rect) -> tuple[np.ndarray, np.ndarray]:
    """The values that cells hold, and their kinds; blank beyond the part of the sheet that is in use."""
    num, kind = np.zeros(cells.shape), np.full(cells.shape, BLANK, np.uint8)
    inside = cells.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1)) if sheet.rows and sheet.columns else None
    if inside is not None:
        own = inside.shifted(-cells.top, -cells.left)
        num[own.slices], kind[own.slices] = sheet.num[inside.slices], sheet.kind[inside.slices]
    return num, kind


def compared(book: Book, pieces: list[Piece], near: Nearness, what: str) -> Report:
    """The report on all pieces; ``what`` says what is given. Cells that are given twice count as the last one says."""
    sheets: dict[str, SheetReport] = {}
    found: dict[str, dict[tuple[int, int], Difference]] = {}
    for piece in pieces:
        title = piece.sheet.title
        report = sheets.setdefault(title, SheetReport(title, states=np.zeros((piece.sheet.rows, 0), np.uint8)))
        report.states = _grown(report.states, piece)
        num, kind = held(piece.sheet, piece.cells)
        same = near.same(num, kind, piece.given)
        report.states[piece.cells.slices] = np.where(same, EQUAL, DIFFERENT)
        report.near += int((same & (kind == NUMBER) & (num != piece.given.num)).sum())
        here = found.setdefault(title, {})
        for place in [place for place in here if _within(piece.cells, place)]:
            del here[place]
        here.update(_differences(piece, num, kind, same))
    for title, report in sheets.items():
        report.differences = [found[title][place] for place in sorted(found[title])]
        report.computed, report.equal = int((report.states != EMPTY).sum()), int((report.states == EQUAL).sum())
    reports = list(sheets.values())
    trace(reports, plan_of(book))
    precision = max((piece.given.precision for piece in pieces), key=near.relative, default="float64")
    return Report(f"the workbook {book.name}", what, reports, tolerance=near.relative(precision))


def _within(cells: Rect, place: tuple[int, int]) -> bool:
    return cells.top <= place[0] <= cells.bottom and cells.left <= place[1] <= cells.right


def _grown(states: np.ndarray, piece: Piece) -> np.ndarray:
    """Room for the sheet's own cells, and for those that are given beyond them."""
    shape = [
        max(*sizes)
        for sizes in zip(
            states.shape,
            (piece.sheet.rows, piece.sheet.columns),
            (piece.cells.bottom + 1, piece.cells.right + 1),
            strict=True,
        )
    ]
    grown = np.full(shape, EMPTY, np.uint8)
    grown[: states.shape[0], : states.shape[1]] = states
    return grown


def _differences(
    piece: Piece, num: np.ndarray, kind: np.ndarray, same: np.ndarray
) -> Iterator[tuple[tuple[int, int], Difference]]:
    sheet, cells, given = piece
    places = np.argwhere(~same)
    countable = (kind == NUMBER) & (given.kind == NUMBER) & np.isfinite(given.num)
    ulps = np.zeros(num.shape, np.uint64)
    ulps[countable] = ulps_between(num[countable], given.num[countable], given.precision)
    for row, column in places.tolist():
        at = cells.top + row, cells.left + column
        formula = sheet.formula_text(*at)
        yield (
            at,
            Difference(
                sheet.title,
                cell_name(*at),
                "value",
                formula,
                decode(num[row, column], int(kind[row, column])),
                _got(given, row, column),
                int(ulps[row, column]) if countable[row, column] else None,
                _copies(sheet, *at) if formula else "",
            ),
        )


def _got(given: Given, row: int, column: int) -> Any:
    kind = int(given.kind[row, column])
    return float(given.num[row, column]) if kind == NUMBER else decode(given.num[row, column], kind)


def _copies(sheet: Sheet, row: int, column: int) -> str:
    """What a formula shares with its copies; of an array formula its cells."""
    if row < sheet.rows and column < sheet.columns and (number := int(sheet.formula_numbers[row, column])):
        return sheet.book.formulas[number].key
    return next(str(area) for area, _ in sheet.arrays.values() if _within(area, (row, column)))
