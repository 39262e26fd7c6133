"""Names and table references as the formulas of a sheet see them."""

from __future__ import annotations

from typing import Any

import pytest
from tables import same

from sheetsim import FormulaError, Workbook
from sheetsim.model.address import parse_rect
from sheetsim.model.names import DefinedName, Table


@pytest.fixture
def book() -> Workbook:
    book = Workbook("test")
    one, two = book.add_sheet("one"), book.add_sheet("two")
    one.values("A1", [["Sex", "Age", "Fare"], ["f", 20, 1.5], ["m", 30, 2.5], ["f", 40, 4]])
    one.values("A5", [["total", 90, 8]])
    two["A1"] = 5
    book.tables["table1"] = Table("Table1", "one", parse_rect("A1:C5"), ("Sex", "Age", "Fare"), totals=True)
    book.define_name("rate", "two!$A$1")
    book.define_name("rate", "one!$B$2", sheet="one")
    book.define_name("twice", "rate*2")
    book.tables["bare"] = Table("Bare", "one", parse_rect("B2:C2"), ("[it's]", "a#b"), headings=False)
    book.names["", "parts"] = DefinedName("parts", "one!$B$2:$B$4,one!$C$4")
    book.names["", "doubled"] = DefinedName("doubled", "one!$B$2:$B$4*2")
    book.names["", "both"] = DefinedName("both", "one:two!$B$2")
    book.define_name("ages", "one!$B$2:$B$4")
    book.define_name("second", "one!$A$3:$C$3")
    book.define_name("top", "one!$B$2")
    book.define_name("bottom", "one!$B$4")
    book.define_name("below", "one!A2")  # relative to A1: the cell one further down
    return book


def test_a_relative_name_goes_around_the_edge(book: Workbook) -> None:
    """Files hold the cell above, as seen from A1, as the last cell of the column."""
    book.define_name("above", "one!A1048576")
    book.define_name("before", "two!XFD1")
    book["one"]["B6"] = "=above*2"
    book["two"]["C1"] = "=before+1"
    book["two"]["B1"] = 6
    book.recalculate()
    assert (book["one"]["B6"], book["two"]["C1"]) == (180.0, 7.0)


def test_a_name_may_stand_for_a_number(book: Workbook) -> None:
    book["one"].name("rate", "0.05")
    book["one"]["B9"] = "=rate*2"
    book.recalculate()
    assert book["one"]["B9"] == 0.1


#: (sheet, cell, formula, value)
FORMULAS: list[tuple[str, str, str, Any]] = [
    ("two", "B1", "=rate", 5.0),
    ("one", "E2", "=rate", 20.0),
    ("one", "E2", "=RATE+two!rate", 25.0),
    ("two", "B1", "=one!rate", 20.0),
    ("two", "B1", "=twice", 10.0),
    ("two", "B2", "=one!B2&rate", "205"),
    ("one", "B9", "=below", 0.0),
    ("one", "B1", "=COUNTA(below)", 1.0),
    ("one", "E3", "=Table1[[#This Row],[Age]]", 30.0),
    ("one", "E3", "=[@Age]*2", 60.0),
    ("one", "E3", '=Table1[@Sex]&"!"', "m!"),
    ("two", "B1", "=SUM(Table1[Age])", 90.0),
    ("two", "B1", "=SUM(Table1[[Age]:[Fare]])", 98.0),
    ("two", "B1", "=Table1[[#Totals],[Fare]]", 8.0),
    ("two", "B1", "=Table1[[#Headers],[Fare]]", "Fare"),
    ("two", "B1", "=ROWS(Table1[#All])", 5.0),
    ("two", "B1", "=ROWS(Table1)", 3.0),
    ("two", "B1", "=COLUMNS(Table1[])", 3.0),
    ("two", "B1", "=SUM(Nowhere[Age])", "#REF!"),
    ("two", "B1", "=nothing", "#NAME?"),
    ("two", "B1", "=[0]!rate", 5.0),
    ("two", "B1", "=Table1[[#Headers],[Sex]:[Age]] Table1[[#All],[Age]]", "Age"),
    ("two", "B1", "=Bare[#Totals]", "#REF!"),
    ("two", "B1", "=SUM(Bare[[#Data],[#Totals]])", 21.5),
    ("two", "B1", "=SUM(Bare['[it''s']])", 20.0),
    ("two", "B1", "=SUM(Bare[a'#b])", 1.5),
    ("two", "B1", "=SUM(Bare[#Headers])", "#REF!"),
    ("one", "E5", "=Table1[@Age]", "#VALUE!"),  # the totals' row is none of the table's own
    ("one", "E1", "=Table1[@Age]", "#VALUE!"),
    ("one", "E9", "=SUM(Table1[@])", "#VALUE!"),
    ("two", "B1", "=SUM(doubled)", 180.0),
    ("two", "B1", "=SUM(doubled+1)", 183.0),
    ("two", "B1", "=INDEX(doubled,2)", 60.0),
    ("two", "B1", "=SUM(ages)", 90.0),
    ("two", "B3", "=ages", 30.0),  # a plain reference stays one: its cell in the same row
    ("two", "B1", "=SUM(parts)", 94.0),
    ("two", "B1", "=AREAS(parts)", 2.0),
    ("two", "B1", "=ages second", 30.0),
    ("two", "B1", "=SUM(top:bottom)", 90.0),
    ("two", "B9", "=SUM(both)", 20.0),
]


@pytest.mark.parametrize(("sheet", "cell", "formula", "expected"), FORMULAS)
def test_what_a_name_means(book: Workbook, sheet: str, cell: str, formula: str, expected: Any) -> None:
    book[sheet][cell] = formula
    book.recalculate()
    assert same(book[sheet][cell], expected)


def test_a_column_that_the_table_lacks_is_a_fault(book: Workbook) -> None:
    book["two"]["B1"] = "=SUM(Table1[Height])"
    with pytest.raises(FormulaError, match="two!B1: the table Table1 has no column 'Height'"):
        book.recalculate(strict=True)


def test_a_name_that_stands_for_itself_is_a_fault(book: Workbook) -> None:
    book.define_name("loop", "loop+1")
    book["two"]["B1"] = "=loop"
    with pytest.raises(FormulaError, match="in a circle: loop → loop"):
        book.recalculate()
