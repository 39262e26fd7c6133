"""Commands on workbooks of which not all can be computed: what they say, what they write, how they end."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from book_by_hand import write
from conftest import Run
from places import SHARED

import sheetsim
from sheetsim.reading.book import read

#: A1 2; B1 3 × A1, stale; C1 a function that there is not, D1 depends on it; E1 a form that is not read; F1 a circle.
CELLS = (
    '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*3</f><v>0</v></c><c r="C1"><f>NOSUCH(A1)</f><v>7</v></c>'
    '<c r="D1" t="str"><f>IFERROR(C1,0)&amp;"x"</f><v>7x</v></c><c r="E1"><f>A1~2</f><v>8</v></c>'
    '<c r="F1"><f>F1+1</f><v>9</v></c></row>'
)
STORED = [[2.0, 6.0, 7.0, "7x", 8.0, 9.0]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "in.xlsx", CELLS)


def test_recalc_keeps_what_is_stored_there(path: Path, run: Run, tmp_path: Path) -> None:
    ran = run("recalc", path, "--out", tmp_path / "out.xlsx")
    assert ran.status == 3
    assert ran.out.startswith("not computed, the stored values kept: 4 cells\n")
    assert " NOSUCH " in ran.out
    assert "1 of 5 formula cells computed" in ran.out
    assert "1 other than stored" in ran.out
    assert read(tmp_path / "out.xlsx")["s"]["A1:F1"] == STORED


def test_csv_holds_what_is_stored_there(path: Path, run: Run, tmp_path: Path) -> None:
    assert run("recalc", path, "--out", tmp_path / "out.csv").status == 3
    (file,) = (tmp_path / "out").iterdir()
    assert file.read_text().strip() == "2,6,7,7x,8,9"


def test_strict_refuses(path: Path, run: Run, tmp_path: Path) -> None:
    for arguments in (["recalc", path, "--out", tmp_path / "out.xlsx"], ["check", path], ["explain", path, "s!D1"]):
        ran = run(*arguments, "--strict")
        assert (ran.status, ran.err.count("\n")) == (2, 1)
        assert "NOSUCH" in ran.err
    assert not (tmp_path / "out.xlsx").exists()
    assert run("explain", path, "s!B1", "--strict").status == 0


def test_check_counts_them_apart(path: Path, run: Run) -> None:
    ran = run("check", path)
    assert ran.status == 1
    assert "s!B1  value: expected 0.0, got 6.0" in ran.out
    assert "not checked: 4 cells\n" in ran.out
    assert "0 of 5 computed cells equal, bit for bit, 4 not checked" in ran.out
    report = json.loads(run("check", path, "--json").out)
    assert report["reasons"] == {
        "NOSUCH": 2,
        "a formula that is not read: cannot read '~2'": 1,
        "the circular reference s!F1 → s!F1": 1,
    }
    assert report["unsupported"]["NOSUCH"] == ["s!C1"]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("C1", "not computed: the function NOSUCH; the value is the one stored"),
        ("D1", "not computed: it depends on the function NOSUCH in s!C1; the value is the one stored"),
        ("E1", "not computed: a formula that is not read: cannot read '~2'; the value is the one stored"),
        ("F1", "not computed: the circular reference s!F1 → s!F1; the value is the one stored"),
        ("B1", ""),
    ],
)
def test_explain_says_why(cell: str, line: str, path: Path, run: Run) -> None:
    ran = run("explain", path, f"s!{cell}")
    assert ran.status == 0
    assert [text for text in ran.out.splitlines() if text.startswith("not computed")] == ([line] if line else [])


def test_solve_refuses_only_what_depends_on_it(path: Path, run: Run, tmp_path: Path) -> None:
    pytest.importorskip("scipy", reason="SciPy is not installed")
    options = ["--cells", "A1", "--out", tmp_path / "out.xlsx"]
    refused = run("solve", path, "s", "--minimise", "C1", *options)
    assert (refused.status, refused.err) == (2, "sheetsim: s!C1 cannot be computed: the function NOSUCH in s!C1\n")
    assert not (tmp_path / "out.xlsx").exists()
    cells = CELLS.replace("A1*3", "(A1-3)^2")
    ran = run("solve", write(path, cells), "s", "--minimise", "B1", *options)
    assert ran.status == 3
    assert "not computed, the stored values kept: 4 cells" in ran.out
    assert run("solve", path, "s", "--minimise", "B1", *options, "--strict").status == 2


def test_python_keeps_them_too_and_says_so(path: Path, tmp_path: Path) -> None:
    book = sheetsim.open(path)
    book["s"]["A1"] = 5
    with pytest.warns(UserWarning, match=r"4 cells could not be computed and keep what was stored \(.*NOSUCH in s!C1"):
        book.save(tmp_path / "out.xlsx")
    assert read(tmp_path / "out.xlsx")["s"]["A1:F1"] == [[5.0, 15.0, 7.0, "7x", 8.0, 9.0]]
    assert book["s"]["C1"] == "#UNSUPPORTED!"
    with pytest.raises(sheetsim.UnknownFunction, match="NOSUCH"):
        book.save(tmp_path / "strict.xlsx", strict=True)
    assert not (tmp_path / "strict.xlsx").exists()


def test_a_new_file_has_no_value_there_and_asks_for_a_calculation(tmp_path: Path) -> None:
    book = sheetsim.Workbook("new")
    book.add_sheet("s")["A1"], book["s"]["B1"] = "=CUBEVALUE(1)", "=1+1"
    with pytest.warns(UserWarning, match="1 cells could not be computed"):
        book.save(tmp_path / "out.xlsx")
    sheet = read(tmp_path / "out.xlsx")["s"]
    assert (sheet.value(0, 0), sheet.value(0, 1)) == (None, 2.0)
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").calculation.fullCalcOnLoad


# --- files without stored values --------------------------------------------------------------------------------------
@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """As openpyxl writes it."""
    frame = openpyxl.Workbook()
    frame.active.title = "s"
    frame.active["A1"] = 2
    for row in range(1, 200):
        frame.active[f"B{row}"] = f"=A1*{row}"
    frame.save(tmp_path / "bare.xlsx")
    return tmp_path / "bare.xlsx"


def test_there_is_nothing_to_compare_with(bare: Path, run: Run) -> None:
    ran = run("check", bare)
    assert ran.status == 1
    assert ran.out.splitlines()[-1].startswith("nothing stored to compare with")
    assert "expected" not in ran.out
    assert json.loads(run("check", bare, "--json").out)["differences"] == []


def test_explain_computes_first(bare: Path, run: Run) -> None:
    ran = run("explain", bare, "s!B3")
    assert "s!B3 = 6.0" in ran.out
    assert "does not store the values of its formulas" in ran.out


# --- files of others --------------------------------------------------------------------------------------------------
def test_every_workbook_that_excel_saved_is_recalculated() -> None:
    folder = SHARED / "excel-files"
    if not folder.is_dir():
        pytest.skip("the workbooks that Excel saved are not here (../shared/excel-files)")
    files = sorted(folder.glob("*.xlsx"))
    assert len(files) == 102
    for file in files:
        sheetsim.open(file).recalculate()
