"""A sheet's XML: the value of each kind of cell, where cells are, and which cells cannot be read."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from book_by_hand import MAIN, column, formulas, read_cells, write

from sheetsim.errors import InputError
from sheetsim.model.address import cell_name
from sheetsim.reading import package
from sheetsim.reading.book import read

# --- values ---------------------------------------------------------------------------------------------------------
VALUES = [
    ('<c r="A1"><v>0.1</v></c>', 0.1),
    ('<c r="A1" t="n"><v> 24.960097789510424\n</v></c>', 24.960097789510424),
    ('<c r="A1"><v>-2.2250738585072014E-308</v></c>', -(2.0**-1022)),
    ('<c r="A1" t="b"><v>1</v></c>', True),
    ('<c r="A1" t="b"><v>false</v></c>', False),
    ('<c r="A1" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
    ('<c r="A1" t="e"><v>#SPILL!</v></c>', "#SPILL!"),
    ('<c r="A1" t="e"><v>#WHATEVER!</v></c>', "#VALUE!"),
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
]


@pytest.mark.parametrize(("cells", "error", "expected"), BAD_CELLS)
def test_bad_cell_is_named_in_one_line(cells: str, error: type[Exception], expected: str, tmp_path: Path) -> None:
    path = write(tmp_path / "given.xlsx", cells)
    with pytest.raises(error) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: {expected}")
    assert "\n" not in str(caught.value)


def test_progress_counts_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "CHUNK", 1000)
    path = write(tmp_path / "book.xlsx", column(*["<v>1</v>"] * 200))
    seen: list[int] = []
    book = read(path, seen.append)
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert seen[-1] == 200
    assert book["s"].num[:200, 0].sum() == 200  # a text cut by the end of a chunk is whole again
