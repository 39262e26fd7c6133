"""``show``, ``explain`` and ``gradient`` as a user meets them; the numbers expected are worked out here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from conftest import Run
from openpyxl.styles import Font, PatternFill
from places import ROOT

import sheetsim
from sheetsim.cli.see.looks import displayed

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")


@pytest.fixture
def loan(tmp_path: Path) -> Path:
    """A file with formats and colours, formulas, a cell that cannot be computed, and no stored values."""
    frame = openpyxl.Workbook()
    sheet = frame.active
    sheet.title = "plan"
    for row in (["rate", 0.05], ["sum", 1000], ["owed", "=B2*(1+B1)^2"], ["lacks", "=NOSUCH(B1)+B2"]):
        sheet.append(row)
    sheet["B1"].number_format, sheet["B3"].number_format = "0.0%", "#,##0.00"
    sheet["B1"].fill, sheet["A1"].font = PatternFill("solid", fgColor="FCD9B0"), Font(bold=True)
    frame.save(tmp_path / "loan.xlsx")
    return tmp_path / "loan.xlsx"


def grid(out: str) -> dict[str, list[str]]:
    """Row number → its cells, those that are blank left out."""
    return {line.split()[0]: line.split()[1:] for line in out.splitlines() if re.match(r" *\d+ ", line)}


# --- show -------------------------------------------------------------------------------------------------------------
def test_a_sheet_has_letters_numbers_and_formats(run: Run) -> None:
    ran = run("show", "graddesc", "adam", "A3:G5")
    assert ran.status == 0
    heads, *_ = [line.split() for line in ran.out.splitlines() if line.strip()]
    assert heads == list("ABCDEFG")
    found = grid(ran.out)
    assert found["3"] == ["x", "y", "b", "a", "pred", "de/db", "de/da"]
    b, a = 29.713174380227404, 1.9455616332946517  # what the file begins with
    de = 2 * (a * 14 + b - 58)
    assert found["4"] == ["14", "58", f"{b:.4f}", f"{a:.4f}", f"{a * 14 + b:.2f}", f"{de:.2f}", f"{de * 14:.2f}"]


def test_formulas_instead_of_values(run: Run) -> None:
    found = grid(run("show", "graddesc", "adam", "C4:H5", "--formulas").out)
    assert found["5"] == ["=H4", "=I4", "=C5+D5*A5", "=2*(D5*A5+C5-B5)", "=F5*A5", "=C5-J5*$D$2/SQRT(L5)"]


def test_what_if(run: Run, loan: Path) -> None:
    ran = run("show", loan, "plan", "A1:B3", "--set", "B1=10%")
    assert "with plan!B1 = 0.1" in ran.out
    assert grid(ran.out) == {"1": ["rate", "10.0%"], "2": ["sum", "1000"], "3": ["owed", "1,210.00"]}


def test_a_name_is_a_range_too(run: Run) -> None:
    assert grid(run("show", "graddesc", "adam", "lr").out) == {"2": ["0.1"]}


def test_a_long_sheet_says_what_is_left(run: Run) -> None:
    ran = run("show", "collab_filter", "movielens_emb")
    assert "rows 1 to 40 of" in ran.out
    assert "give a range to see others: A41:…" in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("show graddesc nosuch", "graddesc has no sheet 'nosuch'"),
        ("show graddesc adam A0", "adam has no name or cell 'A0'"),
        ("show graddesc adam A1:XFD1048576", "at most 100,000 can be shown"),
        ("show graddesc adam --set adam!H4=1", "holds the formula"),
        ("gradient graddesc basic!F4", "Missing option '--by'"),
        ("gradient graddesc basic!F4 --by nosuch", "basic has no name or cell 'nosuch'"),
        ("gradient graddesc basic!F4 --by A1:Z999", "--json prints any number"),
        ("gradient graddesc basic!F4 --by C4 --engine abacus", "torch or differences, not by 'abacus'"),
        ("gradient graddesc F4 --by C4", "names no sheet; write SHEET!F4"),
        ("explain graddesc adam!H4 --depth 101", "Invalid value for '--depth'"),
        ("explain graddesc adam!H4 --set adam!lr", "expected CELL=VALUE"),
    ],
)
def test_what_cannot_be_shown(arguments: str, message: str, run: Run) -> None:
    ran = run(*arguments.split())
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err


def shown_in(loan: Path, **environment: str) -> str:
    """What ``show`` prints where a terminal is said to be."""
    command = [sys.executable, "-m", "sheetsim", "show", str(loan), "plan", "A1:B2"]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment}
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=True).stdout


def test_colours_are_for_terminals_alone(loan: Path) -> None:
    orange = "48;2;252;217;176"  # FCD9B0
    assert orange in shown_in(loan, FORCE_COLOR="1", COLORTERM="truecolor")
    assert orange not in shown_in(loan, FORCE_COLOR="1", COLORTERM="truecolor", NO_COLOR="1")
    assert "\x1b" not in shown_in(loan)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.125, "0.0%", "12.5%"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (45301.0, "d mmm yyyy", "10 Jan 2024"),
        (2.5e-9, "General", "2.5E-09"),
        ("x", '"<"@">"', "<x>"),
        (True, "0.00", "TRUE"),
        (sheetsim.ExcelError("#N/A"), "0.00", "#N/A"),
        (5.0, "not [a format", "5"),
        (None, "0.00", ""),
    ],
)
def test_values_in_their_formats(value: object, code: str, text: str) -> None:
    assert displayed(value, code) == text


# --- explain ----------------------------------------------------------------------------------------------------------
def test_the_formula_with_its_numbers(run: Run) -> None:
    out = run("explain", "graddesc", "adam!H6", "--no-gradients").out
    assert "numbers   29.6910 − (−0.6873 · 0.1 / √53.5130) = 29.7004\n" in out
    assert "gradient" not in out


@needs_torch
def test_the_tree(run: Run) -> None:
    lines = run("explain", "graddesc", "adam!H6", "--depth", "3").out.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("comes from"))
    assert lines[start].split() == ["comes", "from", "name", "value", "gradient", "origin"]
    assert lines[start + 1].split()[:3] == ["├─", "C6", "b"]
    assert any(line.startswith("│  └─ H5") for line in lines)
    assert any("(J1, K1: elsewhere in this tree)" in line for line in lines)


def test_json_is_what_python_gives(run: Run) -> None:
    ran = run("explain", "entropy_example", "entropy!D2", "--json", "--depth", "2")
    assert json.loads(ran.out) == sheetsim.explain("entropy_example", "entropy!D2", depth=2).to_json()


def test_json_is_nothing_but_json(run: Run, loan: Path) -> None:
    found = json.loads(run("explain", loan, "B3", "--json", "--set", "B1=1").out)
    assert (found["value"], found["numbers"]) == (4000.0, "=1000*(1+1)^2")


def test_of_a_file_with_a_cell_that_cannot_be_computed(run: Run, loan: Path) -> None:
    ran = run("explain", loan, "B4", "--depth", "2")
    assert ran.status == 0
    assert "not computed: the function NOSUCH" in ran.out
    assert "├─ B1" in ran.out
    assert "plan!B3 = 1102.5" in run("explain", loan, "B3").out


def test_a_range(run: Run) -> None:
    out = run("explain", "graddesc", "adam!H4:I32").out
    assert out.startswith("adam!H4:I32: 29 × 2 cells, 58 numbers from ")
    assert "formula   =C4-J4*$D$2/SQRT(L4)   filled over adam!H4:I32 (58 cells)\n" in out
    assert "NumPy     adam[" in out
    assert "adam!L4:M32" in out


@pytest.mark.parametrize("name", sheetsim.names())
def test_a_cell_of_every_sheet(name: str, run: Run) -> None:
    book = sheetsim.build(name)
    for sheet in book:
        if sheet.title == "data":
            continue  # random numbers
        for row, column in np.argwhere(sheet.computed())[-1:].tolist():
            where = sheet.where(row, column).rpartition("!")[2]
            ran = run("explain", name, f"{sheet.title}!{where}", "--depth", "2", "--no-gradients")
            assert (ran.status, ran.err) == (0, "")
            assert repr(sheet.value(row, column)) in ran.out


# --- gradient ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("engine", [pytest.param("torch", marks=needs_torch), "differences"])
def test_the_gradient_is_a_grid(engine: str, run: Run) -> None:
    ran = run("gradient", "graddesc", "basic!F4", "--by", "C4:D4", "--engine", engine)
    (b, a), (x, y) = sheetsim.build("graddesc")["basic"]["C4:D4"][0], (14, 58)
    error = a * x + b - y
    assert f"by basic!C4:D4, by {engine}" in ran.out
    assert list(map(float, grid(ran.out)["4"])) == pytest.approx([2 * error, 2 * error * x], rel=1e-5)


def test_the_gradient_as_json(run: Run) -> None:
    ran = run("gradient", "graddesc", "adam!H32", "--by", "lr", "--set", "adam!lr=0.5", "--json")
    found = json.loads(ran.out)
    assert (found["cell"], found["by"]) == ("adam!H32", "adam!D2")
    ends = []
    for rate in (0.499999, 0.500001):
        book = sheetsim.build("graddesc")
        book["adam"]["D2"] = rate
        ends.append(book["adam"]["H32"])
    assert found["values"][0][0] == pytest.approx((ends[1] - ends[0]) / 2e-6, rel=1e-4)
