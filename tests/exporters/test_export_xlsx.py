"""Formulas and values as .xlsx, read back by openpyxl, pandas and LibreOffice."""

import errno
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from libreoffice import recalculated
from openpyxl.worksheet.formula import ArrayFormula

from exporters import cells, xlsx
from exporters.formulas import Stored
from sheetsim.errors import InputError, OutputError
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.formula import Formula
from sheetsim.model.look import Chart, Series
from sheetsim.model.names import Table
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, ERROR, LACKING, ExcelError, encode
from sheetsim.workbook import Workbook


def new() -> tuple[Workbook, Sheet]:
    book = Workbook("demo")
    return book, book.add_sheet("s")


def compute(sheet: Sheet, where: str, *values: object) -> None:
    """Gives computed cells, down a column, the values that an engine would."""
    first = openpyxl.utils.cell.coordinate_to_tuple(where)
    for step, value in enumerate(values):
        place = first[0] - 1 + step, first[1] - 1
        sheet.num[place], sheet.kind[place] = encode(value)


def sample() -> Workbook:
    """x, 2x + 1 and running sums, with everything else that a sheet can have."""
    book, sheet = new()
    sheet.values("A1", [["x", "y", "sum", "text", "logical", "error", "array"]])
    sheet.values("A2", [[number] for number in range(1, 6)])
    sheet["I1"] = 2
    sheet.fill("B2:B6", "=A2*$I$1+1")
    compute(sheet, "B2", 3, 5, 7, 9, 11)
    sheet["C2"] = "=B2"
    sheet.fill("C3:C6", "=C2+B3")
    compute(sheet, "C2", 3, 8, 15, 24, 35)
    sheet.fill("D2:D6", '=" <"&A2&"> "')
    compute(sheet, "D2", *(f" <{number}> " for number in range(1, 6)))
    sheet.fill("E2:E6", "=A2>3")
    compute(sheet, "E2", False, False, False, True, True)
    sheet.fill("F2:F6", "=1/(A2-1)")
    compute(sheet, "F2", ExcelError("#DIV/0!"), 1, 0.5, 1 / 3, 0.25)
    sheet.array("G2:G6", "=A2:A6*A2:A6")
    compute(sheet, "G2", 1, 4, 9, 16, 25)
    other = book.add_sheet("other sheet")
    other.fill("A1:A3", "=s!A2+factor")
    compute(other, "A1", 4, 5, 6)
    book.define_name("factor", "3")
    sheet.name("factor", "$I$1")
    sheet.name("solver_adj", "s!$I$1", hidden=True)
    return book


def written(book: Workbook, folder: Path) -> Path:
    path = folder / "out.xlsx"
    xlsx.write(book, path)
    return path


def part(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(path) as file:
        return file.read(name).decode()


# --- what other readers see -----------------------------------------------------------------------------------------
def test_formulas_as_openpyxl_reads_them(tmp_path):
    book = sample()
    read = openpyxl.load_workbook(written(book, tmp_path))
    assert read.sheetnames == ["s", "other sheet"]
    for sheet in book.sheets:
        for row, column in sheet.cells():
            cell = read[sheet.title].cell(row + 1, column + 1)
            formula = sheet.formula_text(row, column)
            if (row, column) in sheet.arrays:
                assert isinstance(cell.value, ArrayFormula)
                assert (cell.value.ref, cell.value.text) == ("G2:G6", formula)
            elif sheet.formula[row, column]:
                assert cell.value == formula
            else:
                assert cell.value == sheet.value(row, column)


def test_values_as_openpyxl_reads_them(tmp_path):
    book = sample()
    read = openpyxl.load_workbook(written(book, tmp_path), data_only=True)
    for sheet in book.sheets:
        for row, column in sheet.cells():
            assert read[sheet.title].cell(row + 1, column + 1).value == sheet.value(row, column)


def test_values_as_pandas_reads_them(tmp_path):
    frame = pd.read_excel(written(sample(), tmp_path), sheet_name="s")
    assert frame["y"].tolist() == [3, 5, 7, 9, 11]
    assert frame["array"].tolist() == [1, 4, 9, 16, 25]
    assert frame["text"].tolist() == [f" <{number}> " for number in range(1, 6)]


def test_numbers_come_back_bit_for_bit(tmp_path):
    book, sheet = new()
    bits = np.random.default_rng(0).integers(-(2**63), 2**63, 2000, dtype=np.int64).view(np.float64)
    numbers = [*bits[np.isfinite(bits)].tolist(), 5e-324, 1.7976931348623157e308, -0.0, 2.0, 1e15, 123456789012345680.0]
    sheet.values("A1", [[number] for number in numbers])
    cells = openpyxl.load_workbook(written(book, tmp_path))["s"]["A"]
    assert [struct.pack("d", cell.value) for cell in cells] == [struct.pack("d", number) for number in numbers]


def test_texts_come_back(tmp_path):
    texts = ["=1+1", " blanks ", "two\nlines", "a & <b> \"c\" 'd'", "Žižek 数 😀", "#N/A", "007", "TRUE", "_x0041_"]
    book, sheet = new()
    for row, text in enumerate(texts):
        sheet.put(row, 0, text)
    cells = openpyxl.load_workbook(written(book, tmp_path))["s"]["A"]
    assert [cell.value for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_text_with_control_characters_is_escaped(tmp_path):
    book, sheet = new()
    sheet["A1"] = "bell\x07 return\r half \ud800"
    xml = part(written(book, tmp_path), "xl/sharedStrings.xml")
    assert "bell_x0007_ return_x000D_ half _xD800_" in xml


def test_equal_texts_are_stored_once(tmp_path):
    book, sheet = new()
    sheet["A1:A5"] = "same"
    assert 'count="5" uniqueCount="1"' in part(written(book, tmp_path), "xl/sharedStrings.xml")


# --- how formulas are stored ----------------------------------------------------------------------------------------
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
    sheet.num[1, 0], sheet.kind[1, 0] = LACKING, ERROR
    assert sheet.kind[0, 0] == BLANK
    xml = part(written(book, tmp_path))
    assert '<c r="A1"><f t="shared" ref="A1:A2" si="0">1+1</f></c>' in xml
    assert '<c r="A2" t="e"><f t="shared" si="0"/><v>#NAME?</v></c>' in xml


# --- the rest of the workbook ---------------------------------------------------------------------------------------
def test_names(tmp_path):
    read = openpyxl.load_workbook(written(sample(), tmp_path))
    assert read.defined_names["factor"].attr_text == "3"
    own = read["s"].defined_names
    assert (own["factor"].attr_text, own["factor"].hidden) == ("s!$I$1", None)
    assert own["solver_adj"].hidden


def test_tables(tmp_path):
    book, sheet = new()
    sheet.values("A1", [["user id", "rating"], [1, 5], [2, 3]])
    book.tables["ratings"] = Table("ratings", "s", Rect(0, 0, 2, 1), ("user id", "rating"))
    table = openpyxl.load_workbook(written(book, tmp_path))["s"].tables["ratings"]
    assert (table.ref, table.column_names) == ("A1:B3", ["user id", "rating"])


def test_looks(tmp_path):
    book, sheet = new()
    sheet.values("A1", [["lr", 0.1], ["loss", 2]])
    sheet.style("A1:A2", "label")
    sheet.style("B1:B3", "parameter")
    sheet.style("B2", "loss")
    sheet.number_format("B2:B2", "0.00")
    sheet.width("A:B", 12.5)
    sheet.look.freeze = "B2"
    read = openpyxl.load_workbook(written(book, tmp_path))["s"]
    names = [read[cell].style for cell in ("A1", "B1", "B2", "B3", "C1")]
    assert names == ["label", "parameter", "loss", "parameter", "Normal"]
    assert (read["B2"].number_format, read["B1"].number_format) == ("0.00", "General")
    assert read["B1"].fill.fgColor.rgb == "00FCD9B0"
    assert (read.column_dimensions["A"].width, read.column_dimensions["B"].width) == (12.5, 12.5)
    assert read.freeze_panes == "B2"


def test_sentences_wrap_in_wide_columns_only(tmp_path):
    book, sheet = new()
    sheet["A1"] = sheet["B1"] = sheet["B2"] = "a sentence that is longer than the column is wide, so it goes on below"
    sheet.width("B:B", 40)
    sheet.style("A1:B2", "note")
    read = openpyxl.load_workbook(written(book, tmp_path))["s"]
    assert not read["A1"].alignment.wrap_text
    assert read["B1"].alignment.wrap_text
    assert read.row_dimensions[1].height == 30


def test_a_look_over_whole_columns_does_not_fill_them(tmp_path):
    book, sheet = new()
    sheet["A1"] = 1
    sheet.style("A1:C1048576", "input")
    read = openpyxl.load_workbook(written(book, tmp_path))["s"]
    assert read["C50"].style == "input"
    assert read.max_row < 1000


def test_an_unknown_style_is_named(tmp_path):
    book, sheet = new()
    sheet.style("A1", "fancy")
    with pytest.raises(InputError, match=r"no style 'fancy'; there are title, heading, "):
        written(book, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_same_book_gives_the_same_bytes(tmp_path):
    xlsx.write(sample(), tmp_path / "a.xlsx")
    xlsx.write(sample(), tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


WRITES = """
import sys, sheetsim
from exporters import xlsx
book = sheetsim.open("entropy_example")
xlsx.write(book, sys.argv[1])
book["entropy"].link("A1", "s!A1" + chr(1))
try:
    xlsx.write(book, sys.argv[1])
except sheetsim.OutputError as error:
    print(sys.modules["openpyxl"].LXML, str(error).partition(": ")[2])
"""


def test_the_same_with_lxml_and_without(tmp_path):
    """openpyxl spells XML with lxml where that is installed, and minds control characters earlier."""
    pytest.importorskip("lxml")
    said = {}
    for lxml in ("True", "False"):
        command = [sys.executable, "-c", WRITES, tmp_path / lxml]
        environment = {**os.environ, "OPENPYXL_LXML": lxml}
        said[lxml] = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    message = "a title, link, format or condition holds a control character, which no .xlsx can\n"
    assert said == {lxml: f"{lxml} {message}" for lxml in said}
    assert (tmp_path / "True").read_bytes() == (tmp_path / "False").read_bytes()


def test_the_values_are_not_to_be_recalculated_on_opening(tmp_path):
    xml = part(written(sample(), tmp_path), "xl/workbook.xml")
    assert "<calcPr" in xml
    assert "fullCalcOnLoad" not in xml


def test_progress_counts_the_cells(tmp_path):
    book, told = sample(), []
    xlsx.write(book, tmp_path / "out.xlsx", told.append)
    assert sum(told) == sum(1 for sheet in book.sheets for _ in sheet.cells())


def test_an_empty_sheet_and_an_empty_row(tmp_path):
    book, sheet = new()
    book.add_sheet("empty")
    sheet["C3"] = 1
    read = openpyxl.load_workbook(written(book, tmp_path))
    assert read["s"]["C3"].value == 1
    assert read["empty"]["A1"].value is None


# --- what goes wrong ------------------------------------------------------------------------------------------------
def test_ctrl_c_leaves_the_old_file(tmp_path, monkeypatch):
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    old = written(sample(), tmp_path).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        xlsx.write(sample(), tmp_path / "out.xlsx", interrupt)
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [old]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    old = written(sample(), tmp_path).read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zipfile._ZipWriteFile, "write", full)
    with pytest.raises(OutputError, match=r"out\.xlsx: No space left on device$"):
        written(sample(), tmp_path)
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [old]


@pytest.mark.parametrize("title", ["a/b", "a:b", "[x]", "", "x" * 32, "'a", "a'", "a\nb", "a\x00"])
def test_a_title_that_excel_forbids(tmp_path, title):
    book = Workbook("demo")
    book.add_sheet(title)
    with pytest.raises(OutputError, match=r"cannot write .*out\.xlsx: (Invalid character|Excel refuses)"):
        written(book, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "look",
    [
        lambda sheet: sheet.chart(Chart("line", "a\x00b", "D1", [Series("A1:A2", None, "y")])),
        lambda sheet: sheet.link("A1", "s!A\x011"),
        lambda sheet: sheet.colour("A1", 'A1="\x02"', "bad"),
        lambda sheet: sheet.number_format("A1", "0\x03"),
    ],
)
def test_a_control_character_that_cannot_be_escaped(tmp_path, look):
    book, sheet = new()
    sheet["A1:A2"] = 1
    look(sheet)
    with pytest.raises(OutputError, match="holds a control character"):
        written(book, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_comments(tmp_path):
    texts = {"B2": "two\nlines, a & <b>", "C9": "bell \x07"}
    book, sheet = new()
    book.add_sheet("without")
    for cell, text in texts.items():
        sheet.comment(cell, text)
    read = openpyxl.load_workbook(written(book, tmp_path))
    assert {cell: read["s"][cell].comment.text for cell in texts} == texts | {"C9": "bell _x0007_"}
    assert [name for name in zipfile.ZipFile(tmp_path / "out.xlsx").namelist() if "comment" in name.casefold()] == [
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
    ]


def test_a_comment_on_no_cell():
    with pytest.raises(InputError, match="'nowhere' is not a cell address"):
        new()[1].comment("nowhere", "lost")


def test_a_link_from_no_cell():
    with pytest.raises(InputError, match="'nowhere' is not a cell address"):
        new()[1].link("nowhere", "s!A1")


def test_a_book_without_sheets(tmp_path):
    with pytest.raises(OutputError, match="demo has no sheets"):
        written(Workbook("demo"), tmp_path)


def test_a_text_too_long_for_a_cell(tmp_path):
    book, sheet = new()
    sheet["B3"] = "x" * (cells.LONGEST + 1)
    with pytest.raises(OutputError, match=r"^s!B3 holds a text of 32,768 characters"):
        written(book, tmp_path)


# --- LibreOffice ----------------------------------------------------------------------------------------------------
def test_libreoffice_computes_the_same_from_our_formulas(tmp_path):
    book = sample()
    read = recalculated(written(book, tmp_path))
    for sheet in book.sheets:
        for row, column in sheet.cells():
            value, ours = read[sheet.title].cell(row + 1, column + 1).value, sheet.value(row, column)
            digits = pytest.approx(ours, rel=1e-14) if isinstance(ours, float) else ours  # it saves 15 digits
            assert value == digits, f"{sheet.title}!{cell_name(row, column)}"


def test_libreoffice_really_recalculates(tmp_path):
    book, sheet = new()
    sheet["A1"] = "=1+1"
    compute(sheet, "A1", 12345)  # a wrong value, which the test above would have to notice
    assert recalculated(written(book, tmp_path))["s"]["A1"].value == 2


def test_libreoffice_knows_the_newer_functions(tmp_path):
    book, sheet = new()
    sheet.values("A1", [[1], [2], [4]])
    formulas = "=VAR.P(A1:A3)*9", "=CEILING.MATH(A3/3)", '=IFNA(NA(),"none")', '=CONCAT(A1:A3,"x")'
    for row, formula in enumerate(formulas):
        sheet[f"B{row + 1}"] = formula
    read = recalculated(written(book, tmp_path))["s"]
    assert [cell.value for cell in read["B"]] == [pytest.approx(14), 2, "none", "124x"]
