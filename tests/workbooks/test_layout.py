"""Where blocks of cells stand; and that every sheet's columns are wide enough for what is in them."""

from __future__ import annotations

from typing import Any

import pytest

from sheetsim.model.address import cell_name, parse_cell
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks import WORKBOOKS
from workbooks.graddesc import workbook as graddesc
from workbooks.shared.layout import Area, count, turned

USUAL = 8.43  # the width of a column that is given none
PADDING = 0.72  # of a column's width is left empty
BOLD = {"heading", "label", "result"}
CODES = {
    "General": "",
    '0.0000;-0.0000;0.0000;"  "@': ".4f",
    "0": ".0f",
    "0.0": ".1f",
    "0.00%": ".2%",
    "0.00": ".2f",
    "0.000": ".3f",
    "0.0000": ".4f",
    "0.000000": ".6f",
    "#,##0": ",.0f",
    "#,##0.00": ",.2f",
    "#,##0.0000": ",.4f",
    '0;-0;"·"': ".0f",
    "0_0": ".0f",
    "0.00E+00": ".2E",
    "[=0]0;0E+00": ".0E",
}


# --- blocks -----------------------------------------------------------------------------------------------------------
def test_an_area_as_formulas_write_it() -> None:
    area = Area.at("B25", rows=15, columns=5)
    assert (area.first, area.down, area.across) == ("B25", "$B25", "B$25")
    assert (area.first_row, area.row) == ("B25:F25", "$B25:$F25")
    assert (area.column, area.fixed) == ("B$25:B$39", "$B$25:$F$39")


def test_areas_beside_an_area() -> None:
    area = Area.at("B25", rows=15, columns=5)
    beside = [area.above(), area.before(), area.below(gap=1, rows=2), area.right_of(gap=1, columns=2)]
    assert [str(one) for one in beside] == ["B24:F24", "A25:A39", "B41:F42", "H25:I39"]


@pytest.mark.parametrize(("area", "rest"), [("B2", "B3:B4"), ("AA10", "AA11:AA12")])
def test_the_rest_of_a_column(area: str, rest: str) -> None:
    assert str(Area.at(area, rows=3).after_first()) == rest


def test_the_rest_of_a_row() -> None:
    assert str(Area.at("B2", rows=1, columns=3).after_first()) == "C2:D2"


@pytest.mark.parametrize(("rows", "columns", "last"), [(4, 1, "B5"), (1, 4, "E2")])
def test_counting(rows: int, columns: int, last: str) -> None:
    book = Workbook("book")
    sheet = book.add_sheet("s")
    count(sheet, Area.at("B2", rows, columns))
    book.recalculate()
    assert (sheet["B2"], sheet[last]) == (1, 4)
    assert sheet.formula_text(*parse_cell("B2")) is None


def test_turned() -> None:
    assert turned([(1, 2, 3), (4, 5, 6)]) == [[1, 4], [2, 5], [3, 6]]


# --- looks ------------------------------------------------------------------------------------------------------------
def look_of(layers: list[tuple[Any, str]], row: int, column: int) -> str:
    found = ""
    for rect, name in layers:  # later ones over earlier ones
        if rect.top <= row <= rect.bottom and rect.left <= column <= rect.right:
            found = name
    return found


def needed(sheet: Sheet, row: int, column: int) -> float:
    """The width that a cell's value takes, in digits; 0 where it may run over or is rounded to fit."""
    value, code = sheet.value(row, column), look_of(sheet.look.formats, row, column)
    wider = 1.08 if look_of(sheet.look.styles, row, column) in BOLD else 1.0
    if isinstance(value, float) and code == ";;;":  # shows nothing: only the shade counts
        return 0
    if isinstance(value, float):
        shown = format(value, CODES[code]) if code else f"{value:.0f}"  # without a code decimals are left out
        return wider * (len(shown) + (code == "0_0")) + PADDING
    if isinstance(value, str) and sheet.value(row, column + 1) is not None:
        return wider * len(value) * 0.9  # letters are narrower than digits
    return 0


def too_narrow(book: Workbook) -> list[str]:
    return [
        f"{sheet.title}!{cell_name(row, column)}"
        for sheet in book.sheets
        for row, column in sheet.cells()
        if needed(sheet, row, column) > sheet.look.widths.get(column, USUAL)
    ]


@pytest.mark.parametrize("name", list(WORKBOOKS))
def test_every_column_is_wide_enough(name: str) -> None:
    book = WORKBOOKS[name]()
    book.recalculate()
    assert too_narrow(book) == []


@pytest.mark.parametrize("title", ["basic", "momentum", "rmsprop", "adam", "adam_ann"])
def test_every_column_is_wide_enough_after_the_buttons(title: str) -> None:
    book = graddesc.build()
    book.recalculate()
    for button in ("reset", "run", "run"):
        book.press(title, button)
        assert too_narrow(book) == []


def test_a_narrow_column_is_seen() -> None:
    book = WORKBOOKS["entropy_example"]()
    book.recalculate()
    book["softmax"].width("C", 3)
    assert "softmax!C8" in too_narrow(book)


@pytest.mark.parametrize("name", list(WORKBOOKS))
def test_every_computed_fraction_has_a_number_format(name: str) -> None:
    book = WORKBOOKS[name]()
    book.recalculate()
    for sheet in book.sheets:
        for row, column in sheet.cells():
            value = sheet.value(row, column)
            if isinstance(value, float) and round(value, 9) != round(value, 2):
                where = sheet.where(row, column)
                assert look_of(sheet.look.formats, row, column) or where in GENERAL, where


#: Constants and rates: shown with all the digits that they were typed with.
GENERAL = {"basic!F1", "momentum!D2", "adam_ann!D2"}
