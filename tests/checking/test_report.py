"""The report as a workbook: colours, comments and links, read back from its file with openpyxl."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from exporters import xlsx
from exporters.styles import FOUND
from sheetsim.api import check
from sheetsim.checking import report as report_file
from sheetsim.checking.findings import WORDS
from sheetsim.model.values import ExcelError
from sheetsim.workbook import Workbook


def example(title: str = "s") -> Workbook:
    book = Workbook("example")
    sheet = book.add_sheet(title)
    sheet.values("A1", [[1.5, "a text", True], [0.1 + 0.2, "=1", False], [3, "#N/A", ExcelError("#N/A")]])
    sheet.fill("E1:E3", "=A1*2")
    sheet["F1"] = "=RAND()"
    sheet["F2"] = "=NOSUCH(1)"
    sheet.num[1, 5], sheet.kind[1, 5] = 4.0, 1
    for row, value in enumerate([3.0, 0.6000000000000001, 6.0]):
        sheet.num[row, 4], sheet.kind[row, 4] = value, 1
    return book


def written(theirs: Workbook, folder: Path, ours: Workbook | None = None) -> Any:
    xlsx.write(report_file.report_book(check(theirs, ours), theirs), folder / "report.xlsx")
    return openpyxl.load_workbook(folder / "report.xlsx")


def colour(cell: Any) -> str | None:
    return cell.fill.fgColor.rgb[2:] if cell.fill.patternType else None


def test_each_cell_has_the_colour_of_its_state(tmp_path: Path) -> None:
    book = example()
    book["s"].num[2, 4] = 7.0
    sheet = written(book, tmp_path)["s"]
    assert {where: colour(sheet[where]) for where in ("A1", "D1", "E1", "E3", "F1", "F2")} == {
        "A1": None,
        "D1": None,
        "E1": FOUND["equal"],
        "E3": FOUND["different"],
        "F1": FOUND["volatile"],
        "F2": FOUND["not checked"],
    }


def test_every_state_but_a_plain_one_has_a_colour_and_a_meaning() -> None:
    assert set(report_file.MEANING) == set(WORDS) - {"empty"}
    assert set(FOUND) == set(WORDS) - {"empty", "constant"}


def test_the_values_are_those_stored_in_the_original_to_the_last_bit(tmp_path: Path) -> None:
    book = example()
    book["s"].num[1, 4] = np.nextafter(0.6000000000000001, 1)
    sheet = written(book, tmp_path)["s"]
    got = [[sheet.cell(row, column).value for column in range(1, 6)] for row in (1, 2, 3)]
    assert got == [
        [1.5, "a text", True, None, 3.0],
        [0.30000000000000004, "=1", False, None, np.nextafter(0.6000000000000001, 1)],
        [3, "#N/A", "#N/A", None, 6],
    ]
    assert [sheet[where].data_type for where in ("B2", "B3", "C3")] == ["s", "s", "e"]


def test_a_difference_has_a_comment(tmp_path: Path) -> None:
    theirs, ours = example(), example()
    theirs["s"].num[0, 4] = np.nextafter(3.0, 4)
    theirs["s"]["E2"] = "=A2*3"
    theirs["s"]["H9"] = 5
    ours["s"]["A4"] = 6
    sheet = written(theirs, tmp_path, ours)["s"]
    comments = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert comments == {
        "E1": "differs in: value\nformula: =A1*2\nexpected: 3.0000000000000004\ngot: 3.0\napart: 1 ULP",
        "E2": "differs in: formula\nexpected: =A2*3\ngot: =A2*2",
        "H9": "differs in: missing cell\nexpected: 5.0\ngot: nothing",
        "A4": "differs in: extra cell\nexpected: nothing\ngot: 6.0",
    }
    assert [colour(sheet[where]) for where in ("H9", "A4")] == [FOUND["missing"], FOUND["extra"]]


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(value for value in row if value is not None) for row in sheet.iter_rows(values_only=True)]


def test_the_first_sheet(tmp_path: Path) -> None:
    theirs, ours = example(), example()
    theirs["s"].num[0, 4] = 3.5
    theirs.define_name("rate", "s!$A$1")
    frame = written(theirs, tmp_path, ours)
    assert frame.sheetnames == ["check", "s"]
    rows = rows_of(frame["check"])
    assert ("s", 4, 3, 1, 9, 0, 1, 0) in rows
    assert ("different", report_file.MEANING["different"]) in rows
    assert ("s", "E1", "value", "3.5", "3.0", "relative difference 0.14", "=A1*2") in rows
    assert ("rate", "name", "s!$A$1", "nothing") in [row[-4:] for row in rows]
    texts = " ".join(str(value) for row in rows for value in row)
    assert "3 of 4 computed cells equal, bit for bit; 2 differences" in texts


def test_links_lead_to_the_cells(tmp_path: Path) -> None:
    theirs, ours = example("my sheet"), example("my sheet")
    theirs["my sheet"].num[0, 4] = 3.5
    first = written(theirs, tmp_path, ours)["check"]
    links = {(cell.coordinate, cell.value): cell.hyperlink.location for row in first for cell in row if cell.hyperlink}
    assert set(links.values()) == {"'my sheet'!A1", "'my sheet'!E1"}
    assert [value for (where, value), target in links.items() if target.endswith("E1")] == ["E1"]
    assert all(re.match(r"[AB]\d+", where) for where, _ in links)


def test_unsupported_functions_are_listed(tmp_path: Path) -> None:
    assert ("NOSUCH", 1, "used in s!F2") in rows_of(written(example(), tmp_path)["check"])


@pytest.mark.parametrize("title", ["check", "CHECK", "a" * 40, "a/b", "'a'", "a\tb"])
def test_titles_that_the_report_cannot_have(title: str, tmp_path: Path) -> None:
    frame = written(example(title), tmp_path, example(title))
    assert len(frame.sheetnames) == 2
    assert frame.worksheets[1]["A1"].value == 1.5
    targets = [cell.hyperlink.location for row in frame["check"] for cell in row if cell.hyperlink]
    assert all(frame.sheetnames[1] in target.replace("''", "'") for target in targets)


def test_sheets_that_one_side_lacks(tmp_path: Path) -> None:
    theirs, ours = example(), example()
    theirs.add_sheet("theirs")["B2"] = 1
    ours.add_sheet("ours")["B2"] = 1
    frame = written(theirs, tmp_path, ours)
    assert frame.sheetnames == ["check", "s", "theirs", "ours"]
    assert (frame["theirs"]["B2"].value, frame["ours"]["B2"].value) == (1, None)
    assert colour(frame["ours"]["B2"]) == FOUND["extra"]


def test_a_very_long_list_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_file, "MOST", 2)
    theirs, ours = example(), example()
    ours["s"].values("J1", [[1], [2], [3]])
    frame = written(theirs, tmp_path, ours)
    assert ("and 1 more, coloured in the sheets",) in rows_of(frame["check"])
    assert sum(cell.comment is not None for row in frame["s"] for cell in row) == 2
    assert colour(frame["s"]["J3"]) == FOUND["extra"]


def test_texts_that_xml_cannot_hold(tmp_path: Path) -> None:
    book = Workbook("odd")
    book.add_sheet("s").values("A1", [["a\x01b", "x" * 40_000]])
    sheet = written(book, tmp_path)["s"]
    assert sheet["A1"].value == "a_x0001_b"  # as files spell it; openpyxl leaves it so
    assert len(sheet["B1"].value) == report_file.LONGEST


def test_the_originals(original: Callable[[str], Path], run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("check", original("graddesc"), "--out", tmp_path / "report.xlsx").status == 0
    frame = openpyxl.load_workbook(tmp_path / "report.xlsx")
    values = openpyxl.load_workbook(original("graddesc"), data_only=True)
    for sheet in values:
        for row in sheet:
            for cell in row:
                assert frame[sheet.title][cell.coordinate].value == cell.value
    assert colour(frame["adam"]["H4"]) == FOUND["equal"]
    assert colour(frame["Sheet1"]["A1"]) == FOUND["prose"]
