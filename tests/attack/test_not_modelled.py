"""What a file asks for and sheetsim does not do is said, in a line, by every command that opens it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from book_by_hand import MAIN, read_cells, write
from conftest import Run
from zips import members

from sheetsim.reading.book import read

SHEETS = '<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets>'
CELLS = '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>4</v></c></row>'

#: What A1*10 is for A1 = 1, 2, 3, as Excel writes it: the first cell of the table says what it is, the others only hold
#: their values. D1 depends on the table; the values of D1 and B1 are stale.
TABLE = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*10</f><v>0</v></c><c r="D1"><f>B2+B4</f><v>0</v></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="dataTable" ref="B2:B4" dtr="0" r1="A1"/><v>10</v></c></row>'
    '<row r="3"><c r="A3"><v>2</v></c><c r="B3"><v>20</v></c></row>'
    '<row r="4"><c r="A4"><v>3</v></c><c r="B4"><v>30</v></c></row>'
)

SAID = {
    "precision": ('<calcPr fullPrecision="0"/>', "asks for the precision displayed"),
    "precision in words": ('<calcPr fullPrecision="false"/>', "asks for the precision displayed"),
    "manual": ('<calcPr calcMode="manual" calcOnSave="0"/>', "is calculated by hand"),
}
UNSAID = {
    "nothing": "",
    "what Excel writes": '<calcPr calcId="191029"/>',
    "what LibreOffice writes": '<calcPr iterateCount="100" refMode="A1" iterate="false" iterateDelta="0.001"/>',
    "what could be asked, not asked": '<calcPr calcMode="auto" fullPrecision="1" iterate="0"/>',
    "iteration, which is done": '<calcPr iterate="1" iterateCount="5"/>',
    "1904, which is done": '<workbookPr date1904="1"/>',
}
COMMANDS = {
    "recalc": ("recalc", "{}", "--out", "{}.out.xlsx"),
    "check": ("check", "{}"),
    "check --json": ("check", "{}", "--json"),
    "explain": ("explain", "{}", "s!B1"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", SAID)
def test_what_is_not_done_is_said(kind: str, command: str, run: Run, tmp_path: Path) -> None:
    setting, line = SAID[kind]
    path = write(tmp_path / "in.xlsx", CELLS, SHEETS + setting)
    ran = run(*(argument.format(path) for argument in COMMANDS[command]))
    assert ran.status == 0
    assert ran.err.startswith(f"sheetsim: {path} {line}")
    assert ran.err.count("\n") == 1
    assert command != "check --json" or json.loads(ran.out)["ok"]


@pytest.mark.parametrize("kind", UNSAID)
def test_nothing_is_said_of_what_is_done(kind: str, run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "in.xlsx", CELLS, UNSAID[kind] + SHEETS)
    assert run("check", path).err == ""
    assert read(path).warnings == []


def test_the_rules_of_lotus(run: Run, tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetPr transitionEvaluation="1"/><sheetData>{CELLS}</sheetData></worksheet>'
    ran = run("check", write(tmp_path / "in.xlsx", "", sheet=sheet))
    assert "asks for formulas in s to be evaluated as Lotus 1-2-3 does" in ran.err


@pytest.mark.parametrize(("setting", "value"), [('iterate="1" iterateCount="5"', 10), ('iterate="0"', 5), ("", 5)])
def test_a_circle_is_computed_where_iteration_is_asked_for(
    setting: str, value: float, run: Run, tmp_path: Path
) -> None:
    """Five times from the 5 that is stored; else it is not computed, and the 5 stays."""
    path = write(
        tmp_path / "in.xlsx", '<row r="1"><c r="A1"><f>A1+1</f><v>5</v></c></row>', f"{SHEETS}<calcPr {setting}/>"
    )
    ran = run("recalc", path, "--out", tmp_path / "out.xlsx")
    assert ran.status == (0 if value == 10 else 3)
    assert ("the circular reference s!A1 → s!A1" in ran.out) == (value == 5)
    assert read(tmp_path / "out.xlsx")["s"]["A1"] == value
    assert run("recalc", path, "--strict", "--out", tmp_path / "out2.xlsx").status == (0 if value == 10 else 2)


@pytest.mark.parametrize(("since_1904", "days"), [("0", 45366.5), ("1", 45366.5 - 1462)])
def test_dates_by_either_calendar(since_1904: str, days: float, run: Run, tmp_path: Path) -> None:
    """2024-03-15 12:00 is day 45,366.5 since 1900, and 1,462 days less since 1904."""
    cells = '<row r="1"><c r="A1" t="d"><v>2024-03-15T12:00:00</v></c><c r="B1"><f>A1*2</f><v>0</v></c></row>'
    path = write(tmp_path / "in.xlsx", cells, f'<workbookPr date1904="{since_1904}"/>{SHEETS}')
    assert run("recalc", path, "--out", tmp_path / "out.xlsx").status == 0
    assert read(tmp_path / "out.xlsx")["s"]["B1"] == 2 * days


# --- data tables ------------------------------------------------------------------------------------------------------
def test_a_data_table_is_kept_and_said(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "in.xlsx", TABLE)
    ran = run("recalc", path, "--out", tmp_path / "out.xlsx")
    assert ran.status == 0
    assert ran.err.startswith(f"sheetsim: {path} has data tables, which sheetsim does not compute: s!B2:B4; ")
    assert "\n3 cells of data tables not computed\n" in ran.out
    assert ran.out.startswith("2 formula cells computed")
    after = read(tmp_path / "out.xlsx")["s"]
    assert after["B1:B4"] == [[10], [10], [20], [30]]
    assert after["D1"] == 40
    assert b'<f t="dataTable" ref="B2:B4" dtr="0" r1="A1"/><v>10</v>' in members(tmp_path / "out.xlsx")["xl/s.xml"]


def test_a_check_reports_its_cells_as_not_checked(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "in.xlsx", TABLE.replace("<v>0</v>", "<v>10</v>", 1).replace("<v>0</v>", "<v>40</v>", 1))
    ran = run("check", path)
    assert ran.status == 1  # as for any cell that cannot be checked
    assert "not checked: 3 cells\n" in ran.out
    assert "data tables      3  s!B2:B4" in ran.out
    assert "2 of 5 computed cells equal, bit for bit, 3 not checked" in ran.out
    report = json.loads(run("check", path, "--json").out)
    assert (report["ok"], report["differences"]) == (False, [])
    assert report["unsupported"] == {"data tables": ["s!B2:B4"]}
    assert run("check", path, "--out", tmp_path / "report.xlsx").status == 1


def test_many_data_tables_are_one_line(tmp_path: Path) -> None:
    sheet = read_cells(
        tmp_path,
        "".join(
            f'<row r="{r}"><c r="A{r}"><f t="dataTable" ref="A{r}" r1="B1"/><v>{r}</v></c></row>' for r in range(1, 10)
        ),
    )
    (line,) = sheet.book.warnings
    assert "s!A1, s!A2, s!A3, s!A4, s!A5 and 4 more;" in line


@pytest.mark.parametrize(("ref", "cells"), [("A1:XFD1048576", ["A1"]), ("B5:C9", []), ("A1", ["A1"])])
def test_a_data_table_may_name_more_than_there_is(ref: str, cells: list[str], tmp_path: Path) -> None:
    sheet = read_cells(tmp_path, f'<row r="1"><c r="A1"><f t="dataTable" ref="{ref}" r1="B1"/><v>5</v></c></row>')
    assert sheet.not_computed().tolist() == [[bool(cells)]]
    assert sheet["A1"] == 5


def test_a_data_table_without_a_place(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "in.xlsx", '<row r="1"><c r="A1"><f t="dataTable" ref="nowhere"/><v>5</v></c></row>')
    ran = run("check", path)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert f"{path}: s!A1: " in ran.err
