"""Reading a workbook: what the file holds is what the ``Workbook`` shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from book_by_hand import column, write
from openpyxl.workbook.defined_name import DefinedName as OpenpyxlName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table as OpenpyxlTable

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.names import DefinedName, Table
from sheetsim.model.sheet import Sheet
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook


# --- against openpyxl -----------------------------------------------------------------------------------------------
def by_openpyxl(path: Path) -> None:
    """A workbook that uses what openpyxl can write."""
    book = openpyxl.Workbook()
    one, two = book.active, book.create_sheet("second sheet")
    assert one is not None
    for row in range(1, 41):
        one.append(
            [
                row,
                row / 7,
                f"text {row % 3}",
                row % 2 == 0,
                "#N/A",
                f"=A{row}*$B$1",
                f"=F{row}&\"100%\"&'second sheet'!A1",
            ]
        )
    two["C5"], two["A1"], two["B2"] = "=Sheet!A1^2", -1.5e-300, "=SUM(Sheet!A1:A40)"
    two["D1"] = ArrayFormula("D1:E2", "=Sheet!A1:B2*2")
    book.create_sheet("empty")
    book.save(path)


def test_same_as_openpyxl(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    by_openpyxl(path)
    ours, theirs = read(path), openpyxl.load_workbook(path)
    assert [sheet.title for sheet in ours.sheets] == [sheet.title for sheet in theirs.worksheets]
    for sheet in ours.sheets:
        assert_sheet_is(sheet, theirs[sheet.title])
    assert (ours["empty"].rows, ours["empty"].columns) == (0, 0)
    assert ours.name == "book"
    assert ours.source == path


def assert_sheet_is(ours: Sheet, theirs: Any, cached: Any = None) -> None:
    """Formulas and constants as in ``theirs``, and all values as in ``cached`` if given; no cell more, none less."""
    filled = set()
    for cell in (cell for row in theirs.iter_rows() for cell in row if cell.value is not None):
        row, column = cell.row - 1, cell.column - 1
        wanted = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
        is_formula = isinstance(wanted, str) and wanted.startswith("=")
        found = ours.formula_text(row, column) if is_formula else ours.value(row, column)
        assert found == wanted, f"{ours.title}!{cell.coordinate}"
        assert cached is None or ours.value(row, column) == cached[cell.coordinate].value, (
            f"{ours.title}!{cell.coordinate}"
        )
        filled.add((row, column))
    inside_arrays = set(cells_of_arrays(ours))
    assert set(ours.cells()) - inside_arrays == filled - inside_arrays


def cells_of_arrays(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """openpyxl shows an array formula in its first cell alone."""
    for area, _ in sheet.arrays.values():
        yield from product(range(area.top, area.bottom + 1), range(area.left, area.right + 1))


def test_cached_values_as_openpyxl_reads_them(tmp_path: Path) -> None:
    cells = column(
        '<f t="shared" ref="A1:A3" si="0">B1*2-$C$1</f><v>-3.5</v>', '<f t="shared" si="0"/><v>7</v>', "<f>A2/0</f><v/>"
    )
    cells += (
        '<row r="4"><c r="A4" t="str"><f>"a"&amp;1</f><v>a1</v></c><c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    cells += (
        '<row r="5"><c r="A5" t="b"><f>1=1</f><v>1</v></c><c r="B5" t="s"><v>2</v></c><c r="C5"><v>1E-3</v></c></row>'
    )
    path = write(tmp_path / "book.xlsx", cells)
    texts, cached = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    assert_sheet_is(read(path)["s"], texts["s"], cached["s"])
    assert cached["s"]["A1"].value == -3.5


# --- names and tables -----------------------------------------------------------------------------------------------
def test_names(tmp_path: Path) -> None:
    book = (
        '<sheets><sheet name="chart" r:id="r2"/><sheet name="s" r:id="r0"/></sheets><definedNames>'
        '<definedName name="lr" localSheetId="1">s!$A$1</definedName><definedName name="lr">0.1</definedName>'
        '<definedName name="solver_cvg" localSheetId="1" hidden="1">0.0001</definedName>'
        '<definedName name="plain" localSheetId="1">0.0001</definedName>'
        '<definedName name="Gone" localSheetId="1">s!#REF!</definedName></definedNames>'
    )
    read_book = read(write(tmp_path / "book.xlsx", "", book))
    assert [sheet.title for sheet in read_book.sheets] == ["s"]
    assert read_book.names == {
        ("s", "lr"): DefinedName("lr", "s!$A$1", "s"),
        ("", "lr"): DefinedName("lr", "0.1"),
        ("s", "solver_cvg"): DefinedName("solver_cvg", "0.0001", "s", hidden=True),
        ("s", "plain"): DefinedName("plain", "0.0001", "s"),
        ("s", "gone"): DefinedName("Gone", "s!#REF!", "s"),
    }


def test_names_and_tables_by_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("id", "name"), (1, "a"), (2, "b")):
        sheet.append(row)
    sheet.add_table(OpenpyxlTable(displayName="Table1", ref="A1:B3"))
    sheet.defined_names["own"] = OpenpyxlName("own", attr_text="Sheet!$A$1")
    book.defined_names["all"] = OpenpyxlName("all", attr_text="Sheet!$B$1", hidden=True)
    book.save(tmp_path / "book.xlsx")
    found = read(tmp_path / "book.xlsx")
    assert found.tables == {"table1": Table("Table1", "Sheet", Rect(0, 0, 2, 1), ("id", "name"))}
    assert set(found.names) == {("sheet", "own"), ("", "all")}
    assert found.names["", "all"].hidden


# --- what cannot be read --------------------------------------------------------------------------------------------
BAD_BOOKS = [
    ('<sheets><sheet name="s" r:id="r0"/><sheet name="S" r:id="r0"/></sheets>', "has two sheets called 'S'"),
    ('<sheets><sheet name="s" r:id="r9"/></sheets>', "its sheet 's' is not in the file"),
    (
        '<sheets><sheet name="s" r:id="r0"/></sheets><definedNames><definedName name="n" localSheetId="1">1'
        "</definedName></definedNames>",
        "n is a name of sheet 1, of 1",
    ),
]


@pytest.mark.parametrize(("book", "expected"), BAD_BOOKS)
def test_bad_workbook(book: str, expected: str, tmp_path: Path) -> None:
    path = write(tmp_path / "given.xlsx", "", book)
    with pytest.raises(InputError, match=re.escape(expected)) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


# --- the lecture's own workbooks ------------------------------------------------------------------------------------
COUNTS = {"graddesc": 1_623, "collab_filter": 12_937, "entropy_example": 75}


def computed_cells(book: Workbook) -> int:
    return sum(int(sheet.computed().sum()) for sheet in book.sheets)


@pytest.mark.parametrize("name", COUNTS)
def test_original_has_all_its_formula_cells(name: str, original: Callable[[str], Path]) -> None:
    assert computed_cells(read(original(name))) == COUNTS[name]


@pytest.mark.parametrize("name", ["graddesc", "entropy_example"])  # the third is one that openpyxl refuses
def test_original_is_as_openpyxl_reads_it(name: str, original: Callable[[str], Path]) -> None:
    path = original(name)
    ours, texts, cached = read(path), openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for sheet in ours.sheets:
        assert_sheet_is(sheet, texts[sheet.title], cached[sheet.title])


def test_original_names_and_tables(original: Callable[[str], Path]) -> None:
    graddesc, collab = read(original("graddesc")), read(original("collab_filter"))
    assert graddesc.names["adam", "const"] == DefinedName("const", "adam!$C$1", "adam")
    assert graddesc.names["momentum", "gradtarget"].text == "momentum!#REF!"
    assert collab.names["bias", "solver_cvg"] == DefinedName("solver_cvg", "0.0001", "bias", hidden=True)
    assert collab.tables["table1"].rect == Rect(24, 0, 38, 6)
