"""How formulas are stored: copies share one, each with its value, spelled as files have it."""

import re

import openpyxl
import pytest
from small_books import new, part, sample, written

from exporters.formulas import Stored
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.names import Table
from sheetsim.model.values import BLANK, ERROR, FUNCTION, Reason, reason_code


def test_a_filled_column_is_one_shared_formula(tmp_path):
    xml = part(written(sample(), tmp_path))
    assert '<c r="B2"><f t="shared" ref="B2:B6" si="0">A2*$I$1+1</f><v>3</v></c>' in xml
    assert '<c r="B3"><f t="shared" si="0"/><v>5</v></c>' in xml
    assert '<c r="C2"><f>B2</f><v>3</v></c>' in xml
    assert '<c r="G2"><f t="array" ref="G2:G6">A2:A6*A2:A6</f><v>1</v></c>' in xml
    assert '<c r="G3"><v>4</v></c>' in xml


def test_each_kind_of_value_beside_its_formula(tmp_path):
    xml = part(written(sample(), tmp_path))
    assert 't="str"><f t="shared" ref="D2:D6" si="2">" &lt;"&amp;A2&amp;"&gt; "</f>' in xml
    assert '<v xml:space="preserve"> &lt;1&gt; </v>' in xml
    assert re.search(r'<c r="E2" t="b"><f [^>]*>A2&gt;3</f><v>0</v></c>', xml)
    assert re.search(r'<c r="F2" t="e"><f [^>]*>1/\(A2-1\)</f><v>#DIV/0!</v></c>', xml)


@pytest.mark.parametrize(
    "formula", ["=other!A1+A1", "='other'!A:A", "=T[[#This Row],[x]]", "=A1+{1,2}", "=other!lr", "=A1+other!#REF!"]
)
def test_what_cannot_be_shared_is_written_cell_by_cell(tmp_path, formula):
    book, sheet = new()
    book.add_sheet("other")
    sheet.fill("B1:B3", formula)
    xml = part(written(book, tmp_path))
    assert "shared" not in xml
    assert xml.count("<f>") == 3
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["s"]["B3"].value == sheet.formula_text(2, 1)


def test_copies_that_run_off_the_sheet_are_not_shared(tmp_path):
    book, sheet = new()
    number = book.formula_number("=A1", 1, 1, "s")
    sheet.fill_rect(Rect(0, 0, 2, 1), number)
    read = openpyxl.load_workbook(written(book, tmp_path))["s"]
    for row, column in sheet.cells():
        assert read.cell(row + 1, column + 1).value == sheet.formula_text(row, column)
    assert read["A1"].value == "=#REF!"


def test_a_formula_filled_over_a_rectangle_is_shared_over_it(tmp_path):
    book, sheet = new()
    sheet.fill("B2:F9", "=SUM(B$1:$A2)%")
    assert part(written(book, tmp_path)).count('t="shared" ref="B2:F9"') == 1
    read = openpyxl.load_workbook(tmp_path / "out.xlsx")["s"]
    for row, column in sheet.cells():
        assert read.cell(row + 1, column + 1).value == sheet.formula_text(row, column)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("=XLOOKUP(A1,B:B,C:C)", "_xlfn.XLOOKUP(A1,B:B,C:C)"),
        ("=ceiling.math(stdev.s(A1:A3))", "_xlfn.CEILING.MATH(_xlfn.STDEV.S(A1:A3))"),
        ("=_xlfn.VAR.P(A1)", "_xlfn.VAR.P(A1)"),
        ("=SORT(A1:A3)", "_xlfn._xlws.SORT(A1:A3)"),
        ('=SUM(A1)&"IFNA("', 'SUM(A1)&"IFNA("'),
        ("=@A1:A9+1", "_xlfn.SINGLE(A1:A9)+1"),
        ("=@INDEX(A1:A9,2):B3*2", "_xlfn.SINGLE(INDEX(A1:A9,2):B3)*2"),
        ("=-@(A1:A9)%", "-_xlfn.SINGLE((A1:A9))%"),
        ("=IF(@A:A>@B:B,1,2)", "IF(_xlfn.SINGLE(A:A)>_xlfn.SINGLE(B:B),1,2)"),
        ("=IF(A1;{1,2;3,4};3)", "IF(A1,{1,2;3,4},3)"),
        ("=T[@x]*T[[#Headers],[y]]", "T[[#This Row],[x]]*T[[#Headers],[y]]"),
        ("=[@x]", "T[[#This Row],[x]]"),
        ("=SUM(T[x])%", "SUM(T[x])%"),
    ],
)
def test_formulas_as_files_spell_them(typed, stored):
    book, sheet = new()
    book.tables["t"] = Table("T", "s", Rect(0, 0, 9, 1), ("x", "y"))
    assert Stored(Formula.read(typed, 0, 0)).text(0, 0, sheet) == stored


def test_values_that_are_not_there_or_not_excels(tmp_path):
    book, sheet = new()
    sheet["A1:A2"] = "=1+1"
    sheet.num[1, 0], sheet.kind[1, 0] = reason_code(Reason(FUNCTION, "NOSUCH", "s!A2")), ERROR
    assert sheet.kind[0, 0] == BLANK
    xml = part(written(book, tmp_path))
    assert '<c r="A1"><f t="shared" ref="A1:A2" si="0">1+1</f></c>' in xml
    assert '<c r="A2" t="e"><f t="shared" si="0"/><v>#NAME?</v></c>' in xml
