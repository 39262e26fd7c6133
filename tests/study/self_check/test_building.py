"""A self-check added to a workbook: every kind of value, what is listed, what the file says, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from libreoffice import VOLATILE, recalculated
from test_check_sheet import headline, saved

from exporters import xlsx
from sheetsim import Workbook, check, library
from sheetsim.errors import InputError
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError
from sheetsim.study.self_check.building import NOT_YET, add_self_check, has_self_check, regions_of, store


# --- every kind of value ----------------------------------------------------------------------------------------------
def mixed() -> Workbook:
    """Texts, empty texts, logicals, errors, zeros and an array formula, in one region and beside one another."""
    book = Workbook("mixed")
    sheet = book.add_sheet("it's mixed")
    sheet.values("A1", [[0], [1], [2], [3], [None], ["word"]])
    sheet.fill("C1:C6", '=IF(A1=0,"none",IF(A1=1,TRUE,IF(A1=2,1/0,IF(A1=3,NA(),A1))))')
    sheet.fill("D1:D6", '=IF(ISNUMBER(A1),A1,"")')
    sheet.fill("E1:E6", "=A1>1")
    sheet.array("F1:F6", "=A1:A6*2")
    book.recalculate()
    return book


def test_all_kinds_of_values_agree(tmp_path: Path) -> None:
    file = recalculated(saved(mixed(), tmp_path))
    assert headline(file) == "All 24 cells agree with sheetsim"
    assert file["check"]["F11"].value == 0


@pytest.mark.parametrize(
    ("cell", "value", "differ"),
    [
        ("A1", 1, 3),  # a text becomes TRUE, 0 becomes 1 and its double 2
        ("A2", 3, 4),  # TRUE becomes an error; 1, FALSE and 2 become others
        ("A3", 0, 4),  # an error becomes a text
        ("A6", "other", 1),  # a text another; the double of either is #VALUE!
        ("C3", "=SQRT(-1)", 0),  # errors are of one kind, but for #N/A
        ("C4", "=SQRT(-1)", 1),
        ("C2", 1, 1),  # TRUE is not 1
        ("E1", 0, 1),
        ("D1", "zero", 1),
    ],
)
def test_kinds_of_values_are_told_apart(cell: str, value: Any, differ: int) -> None:
    """By the engine itself, which knows what each of the functions does in other programs."""
    book = mixed()
    added = add_self_check(book)
    book["it's mixed"][cell] = value
    book.recalculate()
    assert added["B5"] == differ


def test_a_number_lost_is_no_small_difference() -> None:
    book = mixed()
    added = add_self_check(book)
    book["it's mixed"]["D1:D6"] = "text"
    book.recalculate()
    assert added["F11"] == "not a number"


# --- what is listed ---------------------------------------------------------------------------------------------------
def test_values_stand_at_the_addresses_of_their_cells() -> None:
    book = library.build("graddesc")
    add_self_check(book)
    adam, values = book["adam"], book["values adam"]
    assert values["E4:M32"] == adam["E4:M32"]
    assert not values.computed().any()
    assert values["A4"] is None  # an input
    assert values["E3"] == adam["E3"] == "pred"


def test_many_regions_of_a_sheet_are_one() -> None:
    book = Workbook("many")
    sheet = book.add_sheet("s")
    sheet["B30"] = sheet["B31"] = "a heading"  # no value, and not to be compared as one
    for row in [*range(1, 30), *range(32, 60)]:
        sheet[f"B{row}"] = f"={row}+A1*{row}"
    book.recalculate()
    assert [str(region.rect) for region in regions_of(sheet, sheet.computed())] == ["B1:B59"]
    assert add_self_check(book)["D11:E11"] == [[57.0, 0.0]]


def test_takes_no_title_that_is_taken() -> None:
    book = Workbook("titles")
    long = "a sheet with a title of 31 sign"
    for title in ("check", "values check", long, f"values {long}"[:31]):
        book.add_sheet(title)["A1"] = "=1+1"
    book.recalculate()
    added = add_self_check(book)
    assert added.title == book.sheets[0].title == "check 2"
    assert max(len(sheet.title) for sheet in book) == 31
    book.recalculate()
    assert added["A1"] == "All 4 cells agree with sheetsim"


@pytest.mark.parametrize("name", library.names())
def test_the_original_sheets_stay_as_they_are(name: str) -> None:
    book, plain = library.build(name), library.build(name)
    add_self_check(book)
    for sheet in plain:
        if sheet.title not in VOLATILE:
            assert [list(book[sheet.title].cells())] == [list(sheet.cells())]
            used = slice(sheet.rows), slice(sheet.columns)
            assert book[sheet.title].num[used].tobytes() == sheet.num[used].tobytes()


def test_own_ratings_count_apart_only_what_their_blanks_make() -> None:
    book = library.build("collab_filter", ratings=[(1, 1, 4), (1, 2, 3), (2, 1, 5), (2, 3, 2), (3, 2, 1), (3, 3, 5)])
    added = add_self_check(book)
    reasons = {row[2] for row in added["A11:H60"] if row[2] and "LibreOffice" in str(row[2])}
    assert reasons
    assert all("SUMXMY2" in reason for reason in reasons)


# --- the file ---------------------------------------------------------------------------------------------------------
def test_the_file_says_that_nothing_is_calculated_yet(tmp_path: Path) -> None:
    """A program that shows stored results must not show that all agree."""
    saved(library.build("entropy_example"), tmp_path)
    assert headline(openpyxl.load_workbook(tmp_path / "saved.xlsx", data_only=True)) == NOT_YET
    file = openpyxl.load_workbook(tmp_path / "saved.xlsx")
    assert file.calculation.fullCalcOnLoad is True
    assert file.sheetnames[0] == "check"
    links = {cell: link.location for cell in ("B11", "D11") if (link := file["check"][cell].hyperlink)}
    assert links == {"B11": "softmax!C3:D7", "D11": "'values softmax'!C3:D7"}


def test_green_and_red_are_conditions(tmp_path: Path) -> None:
    saved(library.build("entropy_example"), tmp_path)
    page = openpyxl.load_workbook(tmp_path / "saved.xlsx")["check"]
    found = {
        (str(rules.sqref), rule.formula[0]): rule.dxf.fill.bgColor.rgb[2:]
        for rules in page.conditional_formatting
        for rule in rules.rules
    }
    assert found["A1:H1", "$B$5<>0"] == "F8C9C4"
    assert found["A1:H1", "AND($B$5=0,AND($B$8=1,$C$8=1))"] == "CDEBCF"
    assert found["A1:H1", "AND($B$5=0,NOT(AND($B$8=1,$C$8=1)))"] == "FFEBB0"
    assert found["D11:G19", "$E11<>0"] == "F8C9C4"
    assert found["H11:H19", "$E11<>0"] == "F8C9C4"


def test_an_unknown_colour_is_refused(tmp_path: Path) -> None:
    book = Workbook("colours")
    book.add_sheet("s").colour("A1", "A1>0", "mauve")
    with pytest.raises(InputError, match="no colour 'mauve'; there are good, bad, apart"):
        xlsx.write(book, tmp_path / "out.xlsx")


def test_a_file_read_back_knows_its_check_and_recalculates_to_the_same(tmp_path: Path) -> None:
    saved(library.build("entropy_example"), tmp_path)
    book = library.open(tmp_path / "saved.xlsx")
    assert has_self_check(book)
    book.recalculate()
    assert book["check"]["A1"] == "All 75 cells agree with sheetsim"


def test_check_compares_it_with_a_definition_that_has_its_check_too(tmp_path: Path) -> None:
    saved(library.build("entropy_example"), tmp_path)
    ours = library.build("entropy_example")
    add_self_check(ours)
    assert check(tmp_path / "saved.xlsx", ours).ok


# --- what is refused --------------------------------------------------------------------------------------------------
def test_refuses_a_second_check() -> None:
    book = library.build("entropy_example")
    add_self_check(book)
    with pytest.raises(InputError, match="has a self-check already"):
        add_self_check(book)


def test_refuses_a_workbook_that_computes_nothing() -> None:
    book = Workbook("still")
    book.add_sheet("s")["A1"] = 1
    with pytest.raises(InputError, match="computes nothing"):
        add_self_check(book)
    assert [sheet.title for sheet in book] == ["s"]


def test_refuses_a_file(tmp_path: Path) -> None:
    library.build("entropy_example").save(tmp_path / "e.xlsx")
    with pytest.raises(InputError, match=r"e\.xlsx: a self-check can be added"):
        add_self_check(library.open(tmp_path / "e.xlsx"))


def test_errors_are_stored_as_errors() -> None:
    sheet: Sheet = mixed()["it's mixed"]
    stored = store(sheet, sheet.computed(), [])
    assert stored["C3"] == ExcelError("#DIV/0!")
    assert isinstance(stored["C4"], ExcelError)
