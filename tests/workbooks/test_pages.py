"""What is printed of a sheet with charts: none of them is cut by the end of a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_trained import build_digits, build_ratings
from test_look import BOOKS, covered, printed

from sheetsim.model.address import Rect, parse_cell
from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.charts import show

INCH = 2.54
#: Landscape, in centimetres without margins of 0.3 and 0.6 inches: width and height.
PAPERS = {None: (27.94 - 0.6 * INCH, 21.0 - 1.2 * INCH), "8": (42.0 - 0.6 * INCH, 29.7 - 1.2 * INCH)}
USUAL = 8.43  # characters
BUILT: dict[str, Callable[[], Workbook]] = {
    **BOOKS,
    "trained ratings": build_ratings,
    "trained digits": lambda: build_digits("nn"),
}


def widths(sheet: Any, area: Rect) -> float:
    """How wide an area is, in centimetres."""
    given = {at: each.width for each in sheet.column_dimensions.values() for at in range(each.min - 1, each.max)}
    return sum((given.get(at, USUAL) * 7 + 5) / 96 * INCH for at in range(area.left, area.right + 1))


def rows_a_page(sheet: Any, area: Rect) -> float:
    """So many rows of 15 points fit a page that is scaled to the area's width. (LibreOffice scales each area by itself,
    Excel all as the widest: then a page holds more.)"""
    wide, high = PAPERS[sheet.page_setup.paperSize and str(sheet.page_setup.paperSize)]
    scale = min(1.0, wide / widths(sheet, area)) if sheet.page_setup.fitToHeight == 0 else 1.0
    return high / scale / (15 / 72 * INCH)


def cut(sheet: Any) -> list[str]:
    """The charts that begin on one page and end on the next."""
    areas = printed(sheet) or [Rect(0, 0, sheet.max_row + 40, max(sheet.max_column - 1, 12))]
    heads = parse_cell(sheet.freeze_panes)[0] if sheet.freeze_panes else 0
    found = []
    for rect in covered(sheet):
        area = next((area for area in areas if area.common(rect) == rect), None)
        if area is None:
            continue  # not printed: of many epochs only a part is
        fit = rows_a_page(sheet, area) - (0 if area.top < heads else heads)
        ends = [(row - area.top) // fit for row in (rect.top, rect.bottom)]
        found += [f"{sheet.title}: {rect}"] if ends[0] != ends[1] else []
    return found


@pytest.mark.parametrize("name", list(BUILT))
def test_no_chart_is_cut(name: str, tmp_path: Path) -> None:
    BUILT[name]().save(tmp_path / "book.xlsx")
    file = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [place for sheet in file for place in cut(sheet)] == []


def test_a_chart_that_is_cut_is_seen(tmp_path: Path) -> None:
    book = Workbook("book")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1], [2], [3]])
    chart = Chart("line", "t", "C2", [Series("A1:A3", None, "y")])
    show(sheet, [chart, chart, chart])
    for page, expected in (sheet.look.page, 0), ("A1:M100", 1):
        sheet.look.page = page
        book.save(tmp_path / "book.xlsx")
        (file,) = openpyxl.load_workbook(tmp_path / "book.xlsx")
        assert len(cut(file)) == expected
