"""Reading a workbook: what the file holds is what the ``Workbook`` shows."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import ORIGINALS
from openpyxl.workbook.defined_name import DefinedName as OpenpyxlName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table as OpenpyxlTable

from sheetsim.errors import FormulaError, InputError
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.formula import Formula
from sheetsim.model.names import DefinedName, Table
from sheetsim.model.sheet import Sheet
from sheetsim.reading import package
from sheetsim.reading.book import read
from sheetsim.reading.sheet_formulas import pattern
from sheetsim.workbook import Workbook

TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = (
    "<si><t>plain</t></si><si><t/></si><si><r><t>rich </t></r><r><t>text</t></r>"
    "<rPh sb='0' eb='1'><t>spoken</t></rPh></si>"
    "<si><t xml:space='preserve'> two_x000A_lines, _x005F_x000A_ </t></si>"
)


CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/strings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def relations(*links: tuple[str, str]) -> str:
    """A .rels part; the ids are r0, r1, …"""
    inside = "".join(
        f'<Relationship Id="r{i}" Type="{TYPE}{kind}" Target="{to}"/>' for i, (kind, to) in enumerate(links)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def write(path: Path, cells: str, book: str = "", sheet: str | None = None) -> Path:
    """A workbook of one sheet, ``s``, by hand: ``cells`` is what stands in its <sheetData>."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "s.xml"), ("sharedStrings", "strings.xml"), ("chartsheet", "c.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}">'
        + (book or '<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets>')
        + "</workbook>",
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{STRINGS}</sst>',
        "xl/s.xml": sheet or f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def read_cells(tmp_path: Path, cells: str) -> Sheet:
    return read(write(tmp_path / "book.xlsx", cells))["s"]


def formulas(sheet: Sheet) -> dict[str, str]:
    texts = {cell_name(row, column): sheet.formula_text(row, column) for row, column in sheet.cells()}
    return {cell: text for cell, text in texts.items() if text is not None}


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


# --- values ---------------------------------------------------------------------------------------------------------
VALUES = [
    ('<c r="A1"><v>0.1</v></c>', 0.1),
    ('<c r="A1" t="n"><v> 24.960097789510424\n</v></c>', 24.960097789510424),
    ('<c r="A1"><v>-4.9406564584124654E-324</v></c>', -5e-324),
    ('<c r="A1" t="b"><v>1</v></c>', True),
    ('<c r="A1" t="b"><v>false</v></c>', False),
    ('<c r="A1" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
    ('<c r="A1" t="e"><v>#SPILL!</v></c>', "#VALUE!"),
    ('<c r="A1" t="s"><v>0</v></c>', "plain"),
    ('<c r="A1" t="s"><v>1</v></c>', ""),
    ('<c r="A1" t="s"><v>2</v></c>', "rich text"),
    ('<c r="A1" t="s"><v>3</v></c>', " two\nlines, _x000A_ "),
    ('<c r="A1" t="str"><v>a &lt;&amp; b</v></c>', "a <& b"),
    ('<c r="A1" t="str"><f>""</f><v></v></c>', ""),
    ('<c r="A1" t="inlineStr"><is><t>in</t></is></c>', "in"),
    ('<c r="A1" t="inlineStr"><is><r><t>a </t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c>', "a b"),
    ('<c r="A1" t="inlineStr"><is><t/></is></c>', ""),
    ('<c r="A1" t="d"><v>2018-11-08</v></c>', 43412.0),
    ('<c r="A1" t="d"><v>1900-02-28T12:00:00Z</v></c>', 59.5),
    ('<c r="A1"><f>1+1</f><v>2</v></c>', 2.0),
    ('<c r="A1"><f>1+1</f><v/></c>', None),
    ('<c r="A1"><f>1+1</f></c>', None),
    ('<c r="A1" t="str"><f>1+1</f></c>', None),
    ('<c r="A1"><f t="dataTable" ref="A1:A3" r1="B1"/><v>5</v></c>', 5.0),
]


@pytest.mark.parametrize(("cell", "expected"), VALUES)
def test_value(cell: str, expected: Any, tmp_path: Path) -> None:
    value = read_cells(tmp_path, f'<row r="1">{cell}</row>')["A1"]
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool)


def test_date_in_the_calendar_of_1904(tmp_path: Path) -> None:
    book = '<workbookPr date1904="1"/><sheets><sheet name="s" r:id="r0"/></sheets>'
    path = write(tmp_path / "book.xlsx", '<row r="1"><c r="A1" t="d"><v>1904-01-02</v></c></row>', book)
    assert read(path)["s"]["A1"] == (datetime.date(1904, 1, 2) - datetime.date(1904, 1, 1)).days


# --- where cells are ------------------------------------------------------------------------------------------------
PLACES = [
    ("addresses", '<row r="2"><c r="B2"><v>1</v></c><c r="AA2"><v>2</v></c></row>', {"B2": 1, "AA2": 2}),
    (
        "no addresses",
        "<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>",
        {"A1": 1, "C1": 2, "A2": 3},
    ),
    (
        "some addresses",
        '<row r="5"><c r="C5"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>',
        {"C5": 1, "D5": 2, "A6": 3},
    ),
    (
        "any order",
        '<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row><row r="1"><c r="C1"><v>3</v></c></row>',
        {"B3": 1, "A3": 2, "C1": 3},
    ),
    ("another row's address", '<row r="5"><c r="A15"><v>1</v></c><c r="A5"><v>2</v></c></row>', {"A15": 1, "A5": 2}),
    ("only a style", '<row r="1"><c r="A1"><v>1</v></c><c r="Z9" s="3"/></row>', {"A1": 1}),
    ("given twice", '<row r="1"><c r="A1"><f>1</f><v>1</v></c><c r="A1"><v>2</v></c></row>', {"A1": 2}),
    ("pretty-printed", '\n <row r="1">\n  <c r="A1">\n   <v>1</v>\n  </c>\n </row>\n', {"A1": 1}),
    ("the last cell", '<row r="1048576"><c r="A1048576"><v>1</v></c></row>', {"A1048576": 1}),
]


@pytest.mark.parametrize(("cells", "expected"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_places(cells: str, expected: dict[str, float], tmp_path: Path) -> None:
    sheet = read_cells(tmp_path, cells)
    assert {cell_name(*cell): sheet.value(*cell) for cell in sheet.cells()} == expected


def test_prefixed_elements(tmp_path: Path) -> None:
    xml = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>'
        "</x:sheetData><x:extLst><x:ext><x:c r='B2'><x:f>not ) a formula</x:f></x:c></x:ext></x:extLst></x:worksheet>"
    )
    sheet = read(write(tmp_path / "book.xlsx", "", sheet=xml))["s"]
    assert formulas(sheet) == {"A1": "=1+1"}
    assert sheet["A1"] == 2


def test_elements_after_the_cells_do_not_count(tmp_path: Path) -> None:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData/><extLst><c r="A1"><v>1</v></c></extLst></worksheet>'
    assert read(write(tmp_path / "book.xlsx", "", sheet=xml))["s"].rows == 0


# --- formulas -------------------------------------------------------------------------------------------------------
def column(*inside: str, row: int = 1) -> str:
    """Cells of column A, one below another."""
    return "".join(f'<row r="{r}"><c r="A{r}">{cell}</c></row>' for r, cell in enumerate(inside, row))


FORMULAS = [
    (
        "shared",
        column('<f t="shared" ref="A1:A3" si="0">B1+$C$9</f>', '<f t="shared" si="0"/>', '<f t="shared" si="0"> </f>'),
        {"A1": "=B1+$C$9", "A2": "=B2+$C$9", "A3": "=B3+$C$9"},
    ),
    (
        "member with a text of its own",
        column('<f t="shared" ref="A1:A3" si="0">B1</f>', '<f t="shared" si="0">C7</f>', '<f t="shared" si="0"/>'),
        {"A1": "=B1", "A2": "=C7", "A3": "=B3"},
    ),
    (
        "number of a group used again",
        column(
            '<f t="shared" ref="A1:A2" si="0">B1</f>',
            '<f t="shared" si="0"/>',
            '<f t="shared" ref="A3" si="0">C3</f>',
            '<f t="shared" si="0"/>',
        ),
        {"A1": "=B1", "A2": "=B2", "A3": "=C3", "A4": "=C4"},
    ),
    (
        "plain, filled down",
        column(*(f'<f>B{r}*2%&amp;"%d"&amp;SUM(D$1:D{r},E:E,2:2)</f>' for r in range(1, 6))),
        {f"A{r}": f'=B{r}*2%&"%d"&SUM(D$1:D{r},E:E,2:2)' for r in range(1, 6)},
    ),
    (
        "plain, a break in the column",
        column("<f>B1</f>", "<f>B2</f>", "<f>B3</f>", "<f>B5</f>", "<f>B5</f>", "<f>$B6</f>"),
        {"A1": "=B1", "A2": "=B2", "A3": "=B3", "A4": "=B5", "A5": "=B5", "A6": "=$B6"},
    ),
    ("spelling is kept", column("<f>sum( b1 )</f>", "<f>sum( B2 )</f>"), {"A1": "=sum( B1 )", "A2": "=sum( B2 )"}),
    ("an equals sign in the file", column("<f>=B1</f>"), {"A1": "=B1"}),
    ("empty", column("<f/><v>1</v>"), {}),
    (
        "array",
        column('<f t="array" ref="A1:B2">C1:D2*2</f><v>1</v>') + '<row r="2"><c r="B2"><v>4</v></c></row>',
        dict.fromkeys(("A1", "A2", "B1", "B2"), "=C1:D2*2"),
    ),
    ("array of one cell", column('<f t="array" ref="A1">SUM(B1:B2*2)</f><v>1</v>'), {"A1": "=SUM(B1:B2*2)"}),
]


@pytest.mark.parametrize(("cells", "expected"), [row[1:] for row in FORMULAS], ids=[row[0] for row in FORMULAS])
def test_formulas(cells: str, expected: dict[str, str], tmp_path: Path) -> None:
    assert formulas(read_cells(tmp_path, cells)) == expected


def test_copies_share_one_number(tmp_path: Path) -> None:
    cells = column(*(f"<f>B{r}+C{r}*$D$1</f>" for r in range(1, 101)))
    sheet = read_cells(tmp_path, cells)
    assert len(sheet.book.formulas) == 2
    assert set(sheet.formula[:, 0]) == {1}


def test_array_formula_keeps_its_cached_values(tmp_path: Path) -> None:
    cells = column('<f t="array" ref="A1:A2">B1:B2</f><v>1</v>', "<v>4</v>")
    sheet = read_cells(tmp_path, cells)
    assert sheet.arrays == {(0, 0): (Rect(0, 0, 1, 0), 1)}
    assert (sheet["A1"], sheet["A2"]) == (1, 4)
    assert not sheet.formula.any()
    assert sheet.computed().sum() == 2


PATTERNS = ["=C4+D4*$A$1", '=SUM(C$1:C4)&"50%"', "='a b%'!C4", "=A:B+4:5+$4:$4", "=C4:D9%", "=C1-C9", "=TRUE"]


@pytest.mark.parametrize("text", PATTERNS)
def test_pattern_reads_what_filling_gives(text: str) -> None:
    """A pattern claims the texts that ``Formula`` gives, all of them, and no others."""
    formula = Formula.read(text, 3, 5)
    found = pattern(formula, 1, 5)
    for row in [*range(12), *range(1_048_560, 1_048_576)]:
        filled = formula.text(row, 5)[1:]
        assert found.reads(row, filled) == ("#REF!" not in filled)
        assert not found.reads(row, filled + " ")


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
BAD_CELLS = [
    ('<row r="1"><c r="A0"><v>1</v></c></row>', InputError, "s: 'A0' is not a cell address"),
    ('<row r="1"><c r="XFE1"><v>1</v></c></row>', InputError, "s: 'XFE1' is not"),
    ('<row r="1"><c r="1"><v>1</v></c></row>', InputError, "s: '1' is not"),
    ('<row r="x"/>', InputError, "s: 'x' is not a row number"),
    ('<row r="0"/>', InputError, "s: '0' is not a row number"),
    (f'<row r="{"9" * 5000}"/>', InputError, "s: '99999999999999999999' is not a row number"),
    ('<row r="1048577"/>', InputError, "s: '1048577' is not a row number"),
    ("<c><v>1</v></c>", InputError, "s: a cell stands outside of any row"),
    ('<row r="1"/><c r="A1"><v>1</v></c>', InputError, "s: a cell stands outside of any row"),
    ('<row r="1"><c r="A1"><c r="B1"/></c></row>', InputError, "s: a cell stands inside another"),
    ('<row r="1"><row r="2"/></row>', InputError, "s: a row stands inside row 1"),
    ('<row r="1048576"/><row><c><v>1</v></c></row>', InputError, "s: a sheet ends at row"),
    ('<row r="1"><c r="B1"><v>one</v></c></row>', InputError, "s!B1: 'one' is not a number"),
    ('<row r="1"><c r="B1"><v>NaN</v></c></row>', InputError, "s!B1: its value is not a finite number"),
    ('<row r="1"><c r="B1"><v>1e999</v></c></row>', InputError, "s!B1: its value is not a finite number"),
    ('<row r="1"><c r="B1" t="s"><v>4</v></c></row>', InputError, "s!B1: there is no shared string '4' among 4"),
    ('<row r="1"><c r="B1" t="s"><v>-1</v></c></row>', InputError, "s!B1: there is no shared string '-1'"),
    ('<row r="1"><c r="B1" t="b"><v>2</v></c></row>', InputError, "s!B1: '2' is not a logical value"),
    ('<row r="1"><c r="B1" t="d"><v>soon</v></c></row>', InputError, "s!B1: 'soon' is not a date"),
    ('<row r="1"><c r="B1" t="odd"><v>1</v></c></row>', InputError, "s!B1: no cell has the type 'odd'"),
    (column('<f t="shared" si="7"/>'), InputError, "s!A1: shared formula 7 has no master before this cell"),
    (column('<f t="shared" si="0"/>', '<f t="shared" ref="A1:A2" si="0">B2</f>'), InputError, "s!A1: shared formula 0"),
    (column('<f t="array" ref="oops">1</f>'), InputError, "s!A1: 'oops' is not a cell address"),
    (column('<f t="array" ref="B2:C3">1</f>'), InputError, "s!A1: the array formula in B2:C3"),
    (column('<f t="array" ref="A1"/>'), InputError, "s!A1: the array formula in A1 has no text"),
    (column("<f>1+\n~2</f>"), FormulaError, "s!A1: cannot read '~2' in =1+ ~2"),
    (column("<f>[1]Sheet1!A1*2</f>"), FormulaError, "s!A1: refers to another file"),
    (column("<f>'[1]Sheet 1'!A1*2</f>"), FormulaError, "s!A1: refers to another file"),
]


@pytest.mark.parametrize(("cells", "error", "expected"), BAD_CELLS)
def test_bad_cell_is_named_in_one_line(cells: str, error: type[Exception], expected: str, tmp_path: Path) -> None:
    path = write(tmp_path / "given.xlsx", cells)
    with pytest.raises(error) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {expected}")
    assert "\n" not in str(caught.value)


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


def test_formulas_are_not_parsed(tmp_path: Path) -> None:
    """A formula of good tokens in bad order is the planner's fault to find; reading stays quick."""
    assert formulas(read_cells(tmp_path, column("<f>1+*2)</f>"))) == {"A1": "=1+*2)"}


def test_progress_counts_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "CHUNK", 1000)
    path = write(tmp_path / "book.xlsx", column(*["<v>1</v>"] * 200))
    seen: list[int] = []
    book = read(path, seen.append)
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert seen[-1] == 200
    assert book["s"].num[:200, 0].sum() == 200  # a text cut by the end of a chunk is whole again


# --- the lecture's own workbooks ------------------------------------------------------------------------------------
COUNTS = {"graddesc": 1_623, "collab_filter": 12_937, "entropy_example": 75}


def original(name: str) -> Path:
    path = ORIGINALS / f"{name}.xlsx"
    if not path.exists():
        pytest.skip(f"{name}.xlsx, an original of the lecture, is not beside the project")
    return path


def computed_cells(book: Workbook) -> int:
    return sum(int(sheet.computed().sum()) for sheet in book.sheets)


@pytest.mark.parametrize("name", COUNTS)
def test_original_has_all_its_formula_cells(name: str) -> None:
    assert computed_cells(read(original(name))) == COUNTS[name]


@pytest.mark.parametrize("name", ["graddesc", "entropy_example"])  # the third is one that openpyxl refuses
def test_original_is_as_openpyxl_reads_it(name: str) -> None:
    path = original(name)
    ours, texts, cached = read(path), openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for sheet in ours.sheets:
        assert_sheet_is(sheet, texts[sheet.title], cached[sheet.title])


def test_original_names_and_tables() -> None:
    graddesc, collab = read(original("graddesc")), read(original("collab_filter"))
    assert graddesc.names["adam", "const"] == DefinedName("const", "adam!$C$1", "adam")
    assert graddesc.names["momentum", "gradtarget"].text == "momentum!#REF!"
    assert collab.names["bias", "solver_cvg"] == DefinedName("solver_cvg", "0.0001", "bias", hidden=True)
    assert collab.tables["table1"].rect == Rect(24, 0, 38, 6)
