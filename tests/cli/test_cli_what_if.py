"""``recalc --set --watch``: what becomes of cells if others change. The expected numbers are plain Python's."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from conftest import Run

import sheetsim
from sheetsim.reading.book import read


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A loan: rate, years and sum; what is owed each year; a text and a logical that a formula asks for."""
    book = sheetsim.Workbook("plan")
    sheet = book.add_sheet("Sheet1")
    sheet.values("A1", [["rate", 0.05], ["years", 10.0], ["sum", 1000.0], ["paid", True]])
    book.define_name("rate", "Sheet1!$B$1")
    sheet["B5"], sheet["C1"] = "=B3*(1+rate)^B2", '=IF(B4,"paid",A1)'
    sheet["D1"] = "=RAND()*0+RAND()*B1"
    book.add_sheet("other")["A1"] = "=Sheet1!B5*2"
    book.save(tmp_path / "plan.xlsx")
    return tmp_path / "plan.xlsx"


def table(out: str) -> dict[str, list[str]]:
    """Cell → before, after, change."""
    return {words[0]: words[-3:] for line in out.splitlines() if "!" in line and len(words := line.split()) > 3}


def test_before_and_after(plan: Path, run: Run) -> None:
    ran = run(
        "recalc", plan, "--set", "Sheet1!B3=2000", "--set", "rate=10%", "--watch", "Sheet1!B5", "--watch", "other!A1"
    )
    assert (ran.status, ran.err) == (0, "")
    found = table(ran.out)
    assert list(found) == ["Sheet1!B3", "Sheet1!B1", "Sheet1!B5", "other!A1"]
    assert found["Sheet1!B3"] == ["1000.0", "2000.0", "+1000"]
    assert found["Sheet1!B1"] == ["0.05", "0.1", "+0.05"]
    before, after = 1000 * 1.05**10, 2000 * 1.1**10
    assert list(map(float, found["Sheet1!B5"])) == pytest.approx([before, after, after - before], rel=1e-5)
    assert list(map(float, found["other!A1"])) == pytest.approx([2 * before, 2 * after, 2 * (after - before)], rel=1e-5)
    assert [path.name for path in plan.parent.iterdir()] == ["plan.xlsx"]


@pytest.mark.parametrize(
    ("setting", "after"),
    [("B4=FALSE", "rate"), ("B4=0", "rate"), ("B4=text", "#VALUE!"), ("B4=#N/A", "#N/A"), ("A1=5%", None)],
)
def test_every_kind_of_value(setting: str, after: str | None, plan: Path, run: Run) -> None:
    ran = run("recalc", plan, "--set", f"Sheet1!{setting}", "--watch", "Sheet1!C1")
    line = next(line for line in ran.out.splitlines() if "Sheet1!C1" in line)
    assert line.split()[2:] == (["paid", after, "other"] if after else ["paid", "paid"])


def test_a_range_is_watched_cell_by_cell_and_an_input_too(plan: Path, run: Run) -> None:
    ran = run("recalc", plan, "--watch", "Sheet1!B1:B3")
    assert ran.status == 0
    assert [line.split()[:3] for line in ran.out.splitlines() if "an input" in line] == [
        ["Sheet1!B1", "an", "input"],
        ["Sheet1!B2", "an", "input"],
        ["Sheet1!B3", "an", "input"],
    ]


def test_the_settings_are_in_the_file_that_is_written(plan: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    assert run("recalc", plan, "--set", "Sheet1!B3=2000", "--set", "Sheet1!Z30=far away", "--out", out).status == 0
    sheet = read(out)["Sheet1"]
    assert (sheet["B3"], sheet["Z30"]) == (2000.0, "far away")
    cells = openpyxl.load_workbook(out, data_only=True)["Sheet1"]
    assert cells["B5"].value == pytest.approx(2000 * 1.05**10, rel=1e-12)
    assert (cells["B3"].value, cells["Z30"].value) == (2000, "far away")
    assert read(plan)["Sheet1"]["B3"] == 1000.0


def test_random_cells_differ_by_the_settings_alone(plan: Path, run: Run) -> None:
    ran = run("recalc", plan, "--set", "Sheet1!B2=11", "--watch", "Sheet1!D1")
    before, after = table(ran.out)["Sheet1!D1"][-2:]
    assert before == after  # no change: the last column is empty


def test_before_is_what_the_file_would_give_even_if_it_stores_nothing(run: Run, tmp_path: Path) -> None:
    frame = openpyxl.Workbook()
    frame.active["A1"], frame.active["A2"] = 2, "=A1*2"
    frame.save(tmp_path / "plain.xlsx")
    ran = run("recalc", tmp_path / "plain.xlsx", "--set", "A1=3", "--watch", "A2")
    assert table(ran.out)["Sheet!A2"] == ["4.0", "6.0", "+2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "Sheet1!B5=1"], "--set Sheet1!B5: Sheet1!B5 holds the formula =B3*(1+rate)^B2"),
        (["--set", "B1=1"], "'B1' names no sheet, and is no name of the workbook"),
        (["--set", "nosuch=1"], "'nosuch' names no sheet"),
        (["--set", "Sheet9!B1=1"], "plan has no sheet 'Sheet9'"),
        (["--set", "rate"], "--set 'rate': expected CELL=VALUE"),
        (["--set", "rate="], "--set 'rate=': expected CELL=VALUE"),
        (["--set", "rate==A1"], "is a formula"),
        (["--set", "rate=1e400"], "is no number that a cell can hold"),
        (["--set", "rate=1", "--set", "nosuch=1"], "'nosuch' names no sheet"),
        (["--watch", "nosuch"], "'nosuch' names no sheet"),
        (["--watch", "Sheet1!A1:B1000"], "at most 1,000 cells can be printed"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(
    arguments: list[str], message: str, plan: Path, run: Run, tmp_path: Path
) -> None:
    ran = run("recalc", plan, *arguments, "--out", tmp_path / "new.xlsx")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err
    assert not (tmp_path / "new.xlsx").exists()


def test_a_calculation_that_nobody_sees_is_refused(plan: Path, run: Run) -> None:
    ran = run("recalc", plan, "--set", "rate=1")
    assert (ran.status, ran.err) == (2, "sheetsim: give --out, to write the result, or --watch, to print cells of it\n")


@pytest.mark.parametrize(("count", "cells"), [(5, [1, 2, 3, 4, 5]), (1, [1])])
def test_an_array_that_grows_or_shrinks_by_a_setting(count: int, cells: list[float], tmp_path: Path, run: Run) -> None:
    book = sheetsim.Workbook("rows")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 3.0, "=SEQUENCE(A1)"
    book.save(tmp_path / "rows.xlsx")
    ran = run("recalc", tmp_path / "rows.xlsx", "--set", f"s!A1={count}", "--out", tmp_path / "new.xlsx")
    assert (ran.status, ran.err) == (0, "")
    stored = openpyxl.load_workbook(tmp_path / "new.xlsx", data_only=True)["s"]
    assert [cell.value for (cell,) in stored["B1:B9"] if cell.value is not None] == cells
