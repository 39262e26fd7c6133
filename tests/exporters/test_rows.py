"""Rows as they are written: cell for cell what openpyxl reads back, whatever stands beside what."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from small_books import part

from exporters import refresh, rows
from exporters.splice_rows import Numbers
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book
from sheetsim.model.values import ExcelError
from sheetsim.reading.book import read, read_as
from sheetsim.workbook import Workbook

TEXTS = ["text", "a & <b>", " blanks ", "100 %s", "two\nlines", "é"]
NUMBERS = [0.1, 2.0, -3.0, 1e300, 1e-7, 1e15, 123456789012345680.0, 2.0**-1022, 0.0]


def mixed(seed: int) -> Workbook:
    """All kinds of cells in no order: constants, columns and blocks of formulas, an array formula, looks, heights."""
    draw = np.random.default_rng(seed)
    book = Workbook("mixed")
    sheet, other = book.add_sheet("s"), book.add_sheet("other sheet")
    other["A1"] = 0.25
    for row in range(60):
        for column in range(12):
            kind = draw.integers(8)
            if kind < 3:
                sheet.put(row, column, draw.choice(NUMBERS) if kind else draw.random())
            elif kind < 6:
                sheet.put(row, column, [str(draw.choice(TEXTS)), bool(draw.integers(2)), ExcelError("#N/A")][kind - 3])
    for text in ("=A1*2+$B$2", "='other sheet'!$A$1+A1", '=IF(A1>1,"x"&A1,1/0)', "=ROW()/7", "=A1>B1"):
        for _ in range(4):
            top, left = draw.integers(1, 50), draw.integers(13, 30)
            sheet.fill(str(Rect(top, left, top + draw.integers(1, 12), left + draw.integers(3))), text)
    sheet.array("AH2:AI4", "=A1:B3*2")
    for _ in range(10):
        top, left = draw.integers(1, 60), draw.integers(1, 30)
        sheet.style(str(Rect(top, left, top + 5, left + 3)), draw.choice(["result", "heading", "input"]))
    sheet["AF3"] = "a sentence that is long enough to be given more than one line of a cell " * 3
    sheet.style("AF3", "note")
    book.recalculate()
    return book


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_is_cell_for_cell_what_openpyxl_reads(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LOT", 500)
    book = mixed(seed)
    book.save(tmp_path / "mixed.xlsx")
    formulas, values = (openpyxl.load_workbook(tmp_path / "mixed.xlsx", data_only=only) for only in (False, True))
    for sheet in book.sheets:
        arrays = [area for area, _ in sheet.arrays.values()]
        for row in range(sheet.rows):
            for column in range(sheet.columns):
                value, formula = sheet.value(row, column), sheet.formula_text(row, column)
                place = row + 1, column + 1
                assert values[sheet.title].cell(*place).value == value
                found = formulas[sheet.title].cell(*place).value
                if not any(area.meets(Rect(row, column, row, column)) for area in arrays):
                    assert found == (value if formula is None else formula)


def test_rows_alike_are_told_from_others() -> None:
    cells = np.array([[0, 1, 0, 1, 0, 2, 0, 0, 1], [5, 5, 5, 5, 5, 5, 5, 6, 5]])
    edges, ends = np.array([0, 2, 4, 6, 7]), np.array([2, 4, 6, 7, 9])
    assert rows._alike(cells, edges, ends).tolist() == [False, True, False, False, False]


# --- copies ---------------------------------------------------------------------------------------------------------
def changed(path: Path) -> Book:
    """The workbook of a file, with other numbers in its cells."""
    book = read(path)
    for sheet in book.sheets:
        used = slice(sheet.rows), slice(sheet.columns)
        sheet.num[used][sheet.kind[used] == 1] += np.random.default_rng(0).random((sheet.kind[used] == 1).sum())
    return book


@pytest.mark.parametrize("seed", range(3))
def test_numbers_exchanged_at_once_are_as_if_cell_by_cell(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed(seed).save(tmp_path / "mixed.xlsx")
    book = changed(tmp_path / "mixed.xlsx")
    refresh.write(book, tmp_path / "at_once.xlsx")
    monkeypatch.setattr(Numbers, "able", lambda self, found: np.zeros_like(found.plain))
    refresh.write(book, tmp_path / "by_cells.xlsx")
    one, other = (part(tmp_path / name, "xl/worksheets/sheet1.xml") for name in ("at_once.xlsx", "by_cells.xlsx"))
    assert one == other != part(tmp_path / "mixed.xlsx", "xl/worksheets/sheet1.xml")
    found = openpyxl.load_workbook(tmp_path / "at_once.xlsx", data_only=True)["s"]
    assert [[cell.value for cell in line] for line in found["A1:AE40"]] == book["s"].block(Rect(0, 0, 39, 30))


def test_values_for_a_file_that_holds_none(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in range(1, 50):
        made.active.append([row, f"=A{row}/7", f"=B{row}+1", "text"])
    made.save(tmp_path / "made.xlsx")
    book = read_as(Workbook, tmp_path / "made.xlsx")
    book.recalculate()
    book.save(tmp_path / "out.xlsx")
    found = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True).active
    assert [[cell.value for cell in line] for line in found["B1:C49"]] == [[r / 7, r / 7 + 1] for r in range(1, 50)]


def test_members_that_stay_are_copied_as_they_are_compressed(tmp_path: Path) -> None:
    mixed(0).save(tmp_path / "mixed.xlsx")
    with zipfile.ZipFile(tmp_path / "mixed.xlsx") as old, zipfile.ZipFile(tmp_path / "long.xlsx", "w") as new:
        for info in old.infolist():  # the smallest there is, which no other level gives
            new.writestr(info.filename, old.read(info), zipfile.ZIP_DEFLATED, compresslevel=9)
    book = read(tmp_path / "long.xlsx")
    book["other sheet"].num[0, 0] = 0.5
    refresh.write(book, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "long.xlsx") as old, zipfile.ZipFile(tmp_path / "out.xlsx") as new:
        assert new.testzip() is None
        sizes = [
            (info.filename, info.compress_size, new.getinfo(info.filename).compress_size) for info in old.infolist()
        ]
    assert [name for name, one, other in sizes if one != other] == ["xl/worksheets/sheet2.xml"]


def test_a_file_that_became_another_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "mixed.xlsx"
    mixed(0).save(path)
    book = read(path)
    other = mixed(1)
    other.save(path)
    refresh.write(book, tmp_path / "out.xlsx")
    back = read(tmp_path / "out.xlsx")["s"]
    rows, columns = book["s"].rows, book["s"].columns
    assert back.block(Rect(0, 0, rows - 1, columns - 1)) == book["s"].block(Rect(0, 0, rows - 1, columns - 1))


def test_of_a_sheet_with_few_cells_far_apart_no_copy_is_kept(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["ZZ9000"] = 1, "=A1"
    made.save(tmp_path / "sparse.xlsx")
    book = read(tmp_path / "sparse.xlsx")
    assert book.as_read is None
    book.sheets[0].num[0, 0] = 2.0
    refresh.write(book, tmp_path / "out.xlsx")
    assert read(tmp_path / "out.xlsx").sheets[0]["A1"] == 2.0
