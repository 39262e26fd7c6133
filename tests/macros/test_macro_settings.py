"""Settings: what is typed on either side of the sign, and which cells are meant."""

from __future__ import annotations

from typing import Any

import pytest

from sheetsim.errors import InputError, NotFound
from sheetsim.macros.settings import cells_meant, free, setting, typed_setting
from sheetsim.model.values import ExcelError
from sheetsim.workbook import Workbook


@pytest.mark.parametrize(
    ("text", "expected"),
    [("lr=0.1", ("lr", 0.1)), (" lr = 1e-3 ", ("lr", 0.001)), ("D2=-2", ("D2", -2.0))],
)
def test_setting(text: str, expected: tuple[str, float]) -> None:
    assert setting(text) == expected


@pytest.mark.parametrize("text", ["lr", "=1", "lr=", "lr=much", "lr=0,1", "lr=nan", "lr=inf", "lr=1=2", ""])
def test_a_bad_setting(text: str) -> None:
    with pytest.raises(InputError, match=r"expected NAME=NUMBER, such as lr=0\.1"):
        setting(text)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("B1=2", "B1", 2.0),
        ("B1 = -1.5e3", "B1", -1500.0),
        ("rate=5%", "rate", 0.05),
        ("B1=$1,000", "B1", 1000.0),
        ("Sheet1!B1=TRUE", "Sheet1!B1", True),
        ("B1=false", "B1", False),
        ("B1=hello", "B1", "hello"),
        ("B1=a=b", "B1", "a=b"),
        ("'a=b'!B1=2", "'a=b'!B1", 2.0),
        ("'it''s = it'!B1=2", "'it''s = it'!B1", 2.0),
        ('B1="007"', "B1", "007"),
        ('B1="TRUE"', "B1", "TRUE"),
        ('B1="=A1"', "B1", "=A1"),
        ('B1=""', "B1", ""),
        ("B1=0,1", "B1", "0,1"),
        ("B1=1_000", "B1", "1_000"),
    ],
)
def test_a_value_is_what_a_spreadsheet_takes_it_for(text: str, name: str, value: Any) -> None:
    found = typed_setting(text)
    assert (found, type(found[1])) == ((name, value), type(value))


def test_an_error_can_be_set() -> None:
    value = typed_setting("B1=#n/a")[1]
    assert (value, type(value)) == (ExcelError("#N/A"), ExcelError)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("B1", "--set 'B1': expected CELL=VALUE"),
        ("=1", "--set '=1': expected CELL=VALUE"),
        ("B1=", "--set 'B1=': expected CELL=VALUE"),
        ("B1= ", "--set 'B1= ': expected CELL=VALUE"),
        ("", "--set '': expected CELL=VALUE"),
        ("B1==A1*2", r"--set B1: '=A1\*2' is a formula"),
        ("B1=1e999", "--set B1: '1e999' is no number that a cell can hold"),
        ("B1=nan", "--set B1: 'nan' is no number"),
    ],
)
def test_what_cannot_be_set(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        typed_setting(text)


# --- which cells ------------------------------------------------------------------------------------------------------
def example() -> Workbook:
    book = Workbook("b")
    first, second = book.add_sheet("one"), book.add_sheet("it's two")
    book.define_name("rate", "one!$B$1")
    second.name("own", "$B$2")
    for sheet in (first, second):
        sheet.name("both", "$B$3")
        sheet["A1"] = 1
    first["A2"] = "=A1*2"
    book.define_name("constant", "0.5")
    return book


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("one!B1", "one!B1"),
        ("ONE!b1:c2", "one!B1:C2"),
        ("'it''s two'!B1", "it's two!B1"),
        ("rate", "one!B1"),
        ("it's two!rate", "one!B1"),
        ("own", "it's two!B2"),
        ("one!both", "one!B3"),
    ],
)
def test_the_cells_meant(name: str, where: str) -> None:
    sheet, rect = cells_meant(example(), name)
    assert f"{sheet.title}!{rect}" == where


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("B1", NotFound, "'B1' names no sheet, and is no name of the workbook; write SHEET!B1, the sheets are one, "),
        ("nosuch", NotFound, "'nosuch' names no sheet, and is no name of the workbook"),
        ("three!B1", NotFound, "b has no sheet 'three'; it has one, it's two"),
        ("one!nosuch", NotFound, "one has no name or cell 'nosuch'"),
        ("both", InputError, "'both' is a name on several sheets; write SHEET!both, the sheets are one, it's two"),
        ("constant", InputError, "the name constant stands for 0.5, which is no range of cells"),
    ],
)
def test_no_cells_are_meant(name: str, error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        cells_meant(example(), name)


def test_in_a_workbook_of_one_sheet_it_need_not_be_named() -> None:
    book = Workbook("b")
    book.add_sheet("s")
    assert str(cells_meant(book, "B1")[1]) == "B1"


@pytest.mark.parametrize(
    ("cells", "message"),
    [("one!A2", "--set x: one!A2 holds the formula =A1\\*2"), ("one!A1:B1048576", "2,097,152 cells are too many")],
)
def test_cells_that_are_not_free(cells: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        free("--set x", *cells_meant(example(), cells))
