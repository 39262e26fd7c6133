"""Formulas and values as .xlsx, read back by openpyxl, pandas and LibreOffice."""

import errno
import os
import struct
import subprocess
import sys
import zipfile
from xml.etree.ElementTree import canonicalize

import numpy as np
import openpyxl
import pandas as pd
import pytest
from libreoffice import recalculated
from openpyxl.worksheet.formula import ArrayFormula
from small_books import compute, new, part, sample, written
from zips import members

from exporters import cells, xlsx
from sheetsim.errors import OutputError
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.names import Table
from sheetsim.workbook import Workbook


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
            elif sheet.formula_numbers[row, column]:
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
    usual = bits[np.isfinite(bits) & (np.abs(bits) >= 2.0**-1022)]
    numbers = [*usual.tolist(), 2.0**-1022, 1.7976931348623157e308, 0.0, 2.0, 1e15, 123456789012345680.0]
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
    """openpyxl writes with lxml where that is installed: other spellings of the same, and control characters found
    earlier."""
    pytest.importorskip("lxml")
    said = {}
    for lxml in ("True", "False"):
        command = [sys.executable, "-c", WRITES, tmp_path / lxml]
        environment = {**os.environ, "OPENPYXL_LXML": lxml}
        said[lxml] = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    message = "a title, link, format or condition holds a control character, which no .xlsx can\n"
    assert said == {lxml: f"{lxml} {message}" for lxml in said}
    parts, others = (members(tmp_path / lxml) for lxml in said)
    assert {name: canonicalize(xml) for name, xml in parts.items()} == {
        name: canonicalize(xml) for name, xml in others.items()
    }


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
