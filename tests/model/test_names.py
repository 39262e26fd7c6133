"""Formulas over tables, and names of a sheet and of the workbook."""

from __future__ import annotations

import pytest

from sheetsim import Workbook
from sheetsim.errors import FormulaError, SheetsimError
from sheetsim.model.formula import Formula
from sheetsim.model.names import Table
from sheetsim.model.nodes import TableRef


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T[Sex]", TableRef("T", (), "Sex", "Sex")),
        ("[@Sex]", TableRef(None, ("#This Row",), "Sex", "Sex")),
        ("T[@Sex]", TableRef("T", ("#This Row",), "Sex", "Sex")),
        ("T[[#This Row],[Sex]]", TableRef("T", ("#This Row",), "Sex", "Sex")),
        ("T[[a]:[b]]", TableRef("T", (), "a", "b")),
        ("T[#Totals]", TableRef("T", ("#Totals",), None, None)),
        ("T[[#Headers],[#Data],[a b]]", TableRef("T", ("#Headers", "#Data"), "a b", "a b")),
        ("T['#odd]", TableRef("T", (), "#odd", "#odd")),
        ("T[]", TableRef("T", (), None, None)),
    ],
)
def test_table_references(text, expected):
    assert Formula.read("=" + text, 0, 0).tree == expected


def table_book() -> Workbook:
    """A table People in B2:D6 with headings and totals, and the formulas beside it."""
    book = Workbook("people")
    sheet = book.add_sheet("s")
    sheet.values(
        "B2", [["Name", "Sex", "Age"], ["Ann", "f", 30], ["Bob", "m", 40], ["Cid", "m", 50], ["Total", None, 120]]
    )
    from sheetsim.model.address import parse_rect

    book.tables["people"] = Table("People", "s", parse_rect("B2:D6"), ("Name", "Sex", "Age"), totals=True)
    return book


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUM(People[Age])", 120.0),
        ("=SUM(people[AGE])", 120.0),
        ("=People[@Age]", 40.0),
        ("=[@Age]+0", 40.0),
        ("=People[[#This Row],[Age]]", 40.0),
        ("=People[Age]", 40.0),  # implicit intersection
        ("=People[[#Totals],[Age]]", 120.0),
        ("=People[[#Headers],[Age]]", "Age"),
        ("=COUNTA(People[#Headers])", 3.0),
        ("=COUNTA(People)", 9.0),
        ("=COUNTA(People[])", 9.0),
        ("=ROWS(People[#All])", 5.0),
        ("=ROWS(People[[#Headers],[#Data],[Age]])", 4.0),
        ("=ROWS(People[[#Data],[#Totals],[Age]])", 4.0),
        ("=COLUMNS(People[[Name]:[Sex]])", 2.0),
        ('=COUNTIF(People[Sex],"m")', 2.0),
        ("=SUMIF(People[Sex],[@Sex],People[Age])", 90.0),
        ("=SUM(Absent[Age])", "#REF!"),
    ],
)
def test_formulas_over_a_table(formula, expected):
    book = table_book()
    book["s"]["F4"] = formula
    book.recalculate()
    assert book["s"]["F4"] == expected


def test_a_column_that_the_table_lacks_is_refused():
    book = table_book()
    book["s"]["F4"] = "=SUM(People[Height])"
    with pytest.raises(FormulaError, match=r"s!F4.*no column 'Height'"):
        book.recalculate(strict=True)


def test_names_of_a_sheet_come_before_those_of_the_workbook():
    book = Workbook("names")
    one, two = book.add_sheet("one"), book.add_sheet("two")
    one["A1"], two["A1"] = 1, 2
    book.define_name("lr", "one!$A$1")
    two.name("lr", "$A$1")
    book.define_name("twice", "lr*2")
    for sheet in (one, two):
        sheet["B1"] = "=LR"
        sheet["B2"] = "=one!lr+two!lr"
        sheet["B3"] = "=twice"
    book.recalculate()
    assert [one["B1"], two["B1"]] == [1, 2]
    assert [one["B2"], two["B2"]] == [3, 3]
    assert [one["B3"], two["B3"]] == [2, 4]


@pytest.mark.parametrize(
    ("target", "expected"), [("5", 5), ('"x"', "x"), ("{1,2}", 1), ("one!$A$1:$A$2", 1), ("SUM(one!$A:$A)", 3)]
)
def test_what_a_name_may_stand_for(target, expected):
    book = Workbook("names")
    book.add_sheet("one").values("A1", [[1], [2]])
    book.define_name("it", target)
    book["one"]["C1"] = "=it"
    book.recalculate()
    assert book["one"]["C1"] == expected


def test_a_name_that_stands_for_itself_is_refused():
    book = Workbook("names")
    book.define_name("a", "b+1")
    book.define_name("b", "a+1")
    book.add_sheet("s")["A1"] = "=a"
    with pytest.raises(SheetsimError, match="s!A1: names that stand for one another in a circle: a → b → a"):
        book.recalculate()
