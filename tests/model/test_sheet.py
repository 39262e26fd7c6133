"""What a sheet holds and how it is built."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetsim import ExcelError, FormulaError, InputError, NotFound, Sheet, Workbook
from sheetsim.model.address import parse_rect
from sheetsim.model.values import NUMBER


@pytest.fixture
def sheet() -> Sheet:
    return Workbook("book").add_sheet("s")


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (1, 1.0),
        (0.1, 0.1),
        (True, True),
        ("text", "text"),
        ("", ""),
        ("=", "="),
        (None, None),
        (ExcelError("#N/A"), "#N/A"),
        (float("inf"), "#NUM!"),
    ],
)
def test_a_value_comes_back(sheet: Sheet, given: Any, held: Any) -> None:
    sheet["B2"] = given
    assert sheet["B2"] == held
    assert type(sheet["B2"]) is type(held) or isinstance(sheet["B2"], ExcelError)


def test_a_value_of_no_use_is_refused(sheet: Sheet) -> None:
    with pytest.raises(InputError, match="s!B2: a cell cannot hold a dict"):
        sheet["B2"] = {}


def test_emptying_cells_does_not_make_a_sheet_larger(sheet: Sheet) -> None:
    sheet["A1"] = 1
    sheet["A1:Z99"] = None
    assert (sheet.rows, sheet.columns, sheet["A1"]) == (1, 1, None)


def test_a_fill_gives_each_cell_its_own_formula(sheet: Sheet) -> None:
    sheet.fill("B2:C4", "= (A1 + $A1)*A$1-$A$1 ")
    assert sheet.formula_text(1, 1) == "= (A1 + $A1)*A$1-$A$1 "
    assert sheet.formula_text(3, 2) == "= (B3 + $A3)*B$1-$A$1 "
    assert sheet.formula_text(0, 0) is None
    assert int(sheet.computed().sum()) == 6


def test_copies_of_a_formula_are_kept_once(sheet: Sheet) -> None:
    for row in range(2, 50):
        sheet[f"B{row}"] = f"=A{row - 1}*2"
    assert len(sheet.book.formulas) == 2  # the first stands for none


def test_a_value_takes_the_place_of_a_formula(sheet: Sheet) -> None:
    sheet.fill("A1:A3", "=ROW()")
    sheet["A2"] = 7
    sheet.book.recalculate()
    assert [sheet[f"A{row}"] for row in (1, 2, 3)] == [1.0, 7.0, 3.0]


def test_part_of_an_array_formula_cannot_change(sheet: Sheet) -> None:
    sheet.array("A1:B2", "={1,2;3,4}")
    with pytest.raises(InputError, match="part of the array formula in A1:B2 cannot change"):
        sheet["A1"] = 5
    sheet["A3"] = "=7"
    with pytest.raises(InputError, match="part of the array formula in A1:B2 cannot change"):
        sheet.fill("A2:A3", "=1")
    assert sheet.formula_text(2, 0) == "=7"
    sheet.fill("A1:B2", "=1")
    assert sheet.arrays == {}


def test_a_formula_that_cannot_be_read_changes_nothing(sheet: Sheet) -> None:
    sheet["A1"] = 3
    with pytest.raises(FormulaError, match=r"s!A1: cannot read '\?\?' in =\?\?"):
        sheet["A1"] = "=??"
    assert sheet["A1"] == 3.0


@pytest.mark.parametrize("where", ["", "1A", "A0", "AAAA1", "XFE1", "A1048577", "A1:", "Ä1"])
def test_an_address_that_is_none_is_refused(sheet: Sheet, where: str) -> None:
    with pytest.raises(InputError):
        sheet[where] = 1


def test_frame_has_the_sheets_own_headings(sheet: Sheet) -> None:
    sheet.values("B2", [["x", None, "y"], [1, 2, "a"], [None, True, 3]])
    frame = sheet.frame("B2:D4")
    assert list(frame.columns) == ["x", "", "y"]
    assert frame.iloc[1, 1] is True
    assert frame.iloc[0].tolist() == [1.0, 2.0, "a"]


def test_cells_lists_what_is_there(sheet: Sheet) -> None:
    sheet["C1"] = 1
    sheet.fill("A2", "=C1")
    sheet.array("B3:C3", "={1,2}")
    assert list(sheet.cells()) == [(0, 2), (1, 0), (2, 1), (2, 2)]


def test_sheets_are_found_without_regard_to_case() -> None:
    book = Workbook("book")
    sheet = book.add_sheet("Data")
    assert book["dATA"] is sheet
    with pytest.raises(NotFound, match="book has no sheet 'other'; it has Data"):
        book["other"]
    with pytest.raises(InputError, match="two sheets called 'DATA'"):
        book.add_sheet("DATA")


def test_names_belong_to_a_sheet_or_to_all() -> None:
    book = Workbook("book")
    one, two = book.add_sheet("one"), book.add_sheet("two's")
    one.name("lr", "$D$2")
    two.name("lr", "$D$3")
    book.define_name("LR", "one!$A$1")
    found = [book.find_name("lr", title) for title in ("one", "two's", None)]
    assert [name.text for name in found if name] == ["one!$D$2", "'two''s'!$D$3", "one!$A$1"]


@pytest.mark.parametrize("inside", ["", "B3:C3"])
def test_copies_are_written_at_once_as_they_are_one_by_one(inside: str) -> None:
    one, other = Workbook("one").add_sheet("s"), Workbook("other").add_sheet("s")
    for sheet in (one, other):
        sheet.fill("A1:D9", "=E1+1")
        if inside:
            sheet.array(inside, "={1,2}")
        sheet.book.recalculate()
        numbers = [sheet.book.formula_number(text, 1, 1, "s") for text in ("=A2", "=A$1", "=A2")]
        rect = parse_rect("B2:C3")
        if sheet is one:
            sheet.fill_every(rect, 3, np.array(numbers, np.int32))
            sheet.put_every(parse_rect("D1"), 4, np.array([7.0, 8.0]), NUMBER)
        else:
            for k, number in enumerate(numbers):
                sheet.fill_rect(rect.shifted(3 * k, 0), number)
            sheet.put(0, 3, 7)
            sheet.put(4, 3, 8)
        sheet.book.recalculate()
    texts = [[sheet.formula_text(*cell) for cell in parse_rect("A1:E12").cells()] for sheet in (one, other)]
    assert texts[0] == texts[1]
    assert one["A1:E12"] == other["A1:E12"]
    assert (one.rows, one.columns, one.arrays) == (other.rows, other.columns, other.arrays)
