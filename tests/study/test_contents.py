"""The contents sheet: a line for each sheet, links that lead somewhere, a legend of what is used."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sheetsim import Workbook, check, library
from sheetsim.errors import InputError
from sheetsim.model.address import parse_rect
from sheetsim.study.contents import LEGEND, add_contents
from sheetsim.study.self_check.building import add_self_check


def written(book: Workbook, tmp_path: Path) -> Worksheet:
    add_contents(book)
    book.save(tmp_path / "book.xlsx")
    return openpyxl.load_workbook(tmp_path / "book.xlsx")["contents"]


def own() -> Workbook:
    """Two sheets, one with cells to change, and one beside them that says nothing of itself."""
    book = Workbook("own")
    book.about = "what it is about"
    first, second = book.add_sheet("it's first"), book.add_sheet("second")
    first.about, first["B2"], first["B3"], first["B4"] = "the first one", 0.5, 2, "=B2*B3"
    first.style("B2:B4", "parameter")
    first.name("rate", "$B$2")
    first.name("product", "$B$4")  # computed: not to be changed
    first.aliases = {"factor": "B3"}
    second["A1"] = 1
    second.style("A1", "input")
    book.add_companion("beside")["A1"] = 1
    return book


def test_a_line_for_each_sheet(tmp_path: Path) -> None:
    rows = list(written(own(), tmp_path).iter_rows(values_only=True))
    assert rows == [
        ("own", None, None, None),
        ("what it is about", None, None, None),
        (None, None, None, None),
        ("sheet", "what it shows", "change it there", None),
        ("it's first", "the first one", "factor B3", "rate B2"),
        ("second", None, None, None),
        (None, None, None, None),
        ("colours", "what they say of a cell", None, None),
        ("parameter", LEGEND["parameter"], None, None),
        ("input", LEGEND["input"], None, None),
    ]


def test_links_lead_to_the_sheets_and_to_the_cells_to_change(tmp_path: Path) -> None:
    sheet = written(own(), tmp_path)
    links = {cell.coordinate: cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    assert links == {
        "A5": "'it''s first'!A1",
        "C5": "'it''s first'!B3",
        "D5": "'it''s first'!B2",
        "A6": "second!A1",
    }


def test_a_sample_of_each_style_in_use(tmp_path: Path) -> None:
    sheet = written(own(), tmp_path)
    assert [sheet[cell].style for cell in ("A9", "A10")] == ["parameter", "input"]


@pytest.mark.parametrize("name", library.names())
def test_lecture_workbooks_say_what_each_sheet_shows(name: str, tmp_path: Path) -> None:
    book = library.build(name)
    sheets = [sheet.title for sheet in book]
    contents = written(book, tmp_path)
    assert contents["A2"].value == library.names()[name]
    lines = list(contents.iter_rows(min_row=5, max_row=4 + len(sheets), values_only=True))
    assert [line[0] for line in lines] == sheets
    assert all(line[1] and line[1].endswith(".") for line in lines)
    file = openpyxl.load_workbook(tmp_path / "book.xlsx")
    links = [cell.hyperlink.location for row in contents for cell in row if cell.hyperlink]
    assert len(links) >= len(sheets)
    for link in links:
        title, _, cell = link.rpartition("!")
        parse_rect(cell)
        assert title.strip("'") in file.sheetnames


def test_learning_rates_are_named_where_they_stand(tmp_path: Path) -> None:
    contents = written(library.build("graddesc"), tmp_path)
    rates = {row[0]: row[2:] for row in contents.iter_rows(min_row=5, max_row=11, values_only=True) if row[2]}
    assert rates.pop("data") == ("orange C1:C2", None, None)
    assert rates.pop("basic") == ("lr F1", "intercept C1", "slope C2")
    assert rates == dict.fromkeys(("momentum", "rmsprop", "adam", "adam_ann"), ("lr D2", "b C1", "a C2"))


def test_no_heading_above_nothing(tmp_path: Path) -> None:
    assert written(library.build("entropy_example"), tmp_path)["C4"].value is None


def test_stands_first_but_for_a_check(tmp_path: Path) -> None:
    plain, checked = library.build("entropy_example"), library.build("entropy_example")
    add_self_check(checked)
    for book in (plain, checked):
        add_contents(book)
    assert [sheet.title for sheet in plain][:2] == ["contents", "softmax"]
    assert [sheet.title for sheet in checked][:3] == ["check", "contents", "softmax"]


def test_a_check_leaves_it_out(tmp_path: Path) -> None:
    written(library.build("entropy_example"), tmp_path)
    report = check(tmp_path / "book.xlsx", library.build("entropy_example"))
    assert report.ok
    assert report.left_out == ["contents"]


def test_nothing_to_list() -> None:
    with pytest.raises(InputError, match="demo has no sheets"):
        add_contents(Workbook("demo"))


def test_a_check_may_come_after_it(tmp_path: Path) -> None:
    book = library.build("entropy_example")
    add_contents(book)
    add_self_check(book)
    assert [sheet.title for sheet in book][:3] == ["check", "contents", "softmax"]
    book.recalculate()
    assert book["check"]["A1"] == "All 75 cells agree with sheetsim"


def test_a_file_takes_no_contents(tmp_path: Path) -> None:
    library.build("entropy_example").save(tmp_path / "e.xlsx")
    with pytest.raises(InputError, match=r"e\.xlsx: contents can be added"):
        add_contents(library.open(tmp_path / "e.xlsx"))
