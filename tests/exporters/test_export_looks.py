"""Looks, comments and links in exported files, as openpyxl reads them back."""

import zipfile

import openpyxl
import pytest
from small_books import new, written

from sheetsim.errors import InputError, OutputError
from sheetsim.model.look import Chart, Series


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


# --- what goes wrong ------------------------------------------------------------------------------------------------
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
