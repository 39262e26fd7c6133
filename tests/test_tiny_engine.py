"""The engine in one file computes the lecture's graddesc to the last bit, and reads formulas as Excel does.

Its oracles: sheetsim's own engine, whose cells are those that Excel stored; the stored values themselves where the
lecture's workbooks are at hand; whole numbers of any size for products; central differences and torch for slopes.
"""

from __future__ import annotations

import ast
import importlib.util
import math
import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import openpyxl
import pytest
from places import ROOT

import sheetsim

FILE = ROOT / "examples" / "tiny_engine.py"

#: graddesc's sheets with the formula cells of each; ``data`` draws random numbers.
SHEETS = {"basic": 351, "momentum": 294, "rmsprop": 264, "adam": 325, "adam_ann": 331}
#: adam_ann's names: the one thing in these sheets that the tiny engine does not read.
NAMES = {"avg_grad2": "N33", "prev_grad2": "N3"}


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tiny_engine", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tiny = load()


def value(text: str) -> float:
    number: float = tiny.Sheet({"A1": text})["A1"]
    return number


def bits(number: Any) -> str:
    assert isinstance(number, float)
    return struct.pack(">d", number).hex()


@pytest.fixture(scope="module")
def book() -> sheetsim.Workbook:
    return sheetsim.open("graddesc")


def formulas(book: sheetsim.Workbook, title: str) -> dict[str, str]:
    sheet = book[title]
    found = {tiny.name(cell): text for cell in sheet.cells() if (text := sheet.formula_text(*cell))}
    for word, cell in NAMES.items():
        found = {where: text.replace(word, cell) for where, text in found.items()}
    return found


def recomputed(book: sheetsim.Workbook, title: str) -> Any:
    """A sheet of graddesc typed into the tiny engine: its numbers and its formulas, without its computed values."""
    typed = formulas(book, title)
    given = {tiny.name(cell): book[title].value(*cell) for cell in book[title].cells()}
    return tiny.Sheet({where: n for where, n in given.items() if isinstance(n, float) and where not in typed} | typed)


# --- numbers ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("title", SHEETS)
def test_equals_the_engine(book: sheetsim.Workbook, title: str) -> None:
    ours, cells = recomputed(book, title), formulas(book, title)
    assert len(cells) == SHEETS[title]
    assert {cell: bits(ours[cell]) for cell in cells} == {cell: bits(book[title][cell]) for cell in cells}


@pytest.mark.parametrize("title", SHEETS)
def test_equals_what_excel_stored(book: sheetsim.Workbook, title: str, original: Callable[[str], Path]) -> None:
    stored = openpyxl.load_workbook(original("graddesc"), data_only=True)[title]
    ours, cells = recomputed(book, title), formulas(book, title)
    assert {cell: ours[cell] for cell in cells} == {cell: stored[cell].value for cell in cells}


def rounded(number: Fraction, mantissa: int) -> Fraction:
    """To so many bits, half to even."""
    unit = Fraction(2) ** (math.frexp(float(number))[1] - mantissa)
    return round(number / unit) * unit


def test_products_are_rounded_twice() -> None:
    draw = np.random.default_rng(1)
    a, b = draw.normal(size=(2, 40_000)) * 10.0 ** draw.integers(-9, 9, (2, 40_000))
    products = [Fraction(x) * Fraction(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    expected = np.array([float(rounded(rounded(product, 64), 53)) for product in products])
    assert (expected != a * b).sum() > 5
    np.testing.assert_array_equal(tiny.product(a, b), expected)


def test_powers_are_products_from_the_left() -> None:
    assert value("=0.199*1.39") != 0.199 * 1.39
    assert value("=1.39^3") == value("=1.39*1.39*1.39")


def test_sums_run_from_the_left() -> None:
    numbers = np.random.default_rng(0).normal(size=200).tolist()
    total = 0.0
    for number in numbers:
        total += number
    assert total != float(np.sum(numbers))  # pairwise
    cells = {f"A{row}": number for row, number in enumerate(numbers, 1)}
    assert tiny.Sheet({**cells, "B1": "=SUM(A1:A200)"})["B1"] == total


PRECEDENCE = {  # as Excel's documentation of operators has it: sign, ^, * /, + -; equals from the left
    "=-2^2": 4,
    "=0-2^2": -4,
    "=1-2^2": -3,
    "=2^3^2": 64,
    "=-2^3^2": 64,
    "=2*3^2": 18,
    "=2+3*4": 14,
    "=(2+3)*4": 20,
    "=10-2-3": 5,
    "=10-(2-3)": 11,
    "=2/4/2": 0.25,
    "=2*6/3*2": 8,
    "=3--2": 5,
    "=3*-2": -6,
    "=--5": 5,
    "=(-2)^3": -8,
    "=1.5E-3": 0.0015,
    "=SUM(1,2,3)*2": 12,
    "=-SUM(1,2)^2": 9,
    "=sqrt( 16 ) + 1": 5,
    "=COUNT(7,8,9)": 3,
    "=SUMSQ(3,4)": 25,
    "=0*-1": 0,
}


@pytest.mark.parametrize("text", PRECEDENCE)
def test_precedence(text: str) -> None:
    assert bits(value(text)) == bits(float(PRECEDENCE[text]))


# --- blocks and order -------------------------------------------------------------------------------------------------
def test_copies_of_a_formula_are_one_tree() -> None:
    filled = tiny.parse("=C4+D4*$A$1+SUM(B$2:B$3)", (3, 4))
    assert filled == tiny.parse("=C9+D9*$A$1+SUM(B$2:B$3)", (8, 4))
    assert filled != tiny.parse("=C9+D9*$A$2+SUM(B$2:B$3)", (8, 4))


def planned(contents: dict[str, object]) -> list[list[str]]:
    return [list(map(tiny.name, block)) for block in tiny.Sheet(contents).plan]


def test_a_block_that_does_not_depend_on_itself_is_one_step() -> None:
    """Precedents first, whatever the columns' order."""
    down = [[f"{column}{row}" for row in range(1, 5)] for column in "CBA"]
    assert planned({"D1:D4": 2, "A1:A4": "=B1+1", "B1:B4": "=C1*2", "C1:C4": "=D1-$D$1"}) == down


def test_a_recurrence_goes_row_by_row() -> None:
    contents = {"A1": 1, "A2:A4": "=B1", "B1:B4": "=A1*2", "C1:C4": "=B1+1"}
    assert planned(contents) == [["B1"], ["A2"], ["B2"], ["A3"], ["B3"], ["A4"], ["B4"], ["C1", "C2", "C3", "C4"]]
    assert [tiny.Sheet(contents)[f"C{row}"] for row in range(1, 5)] == [3, 5, 9, 17]


def test_a_recurrence_through_the_row_below() -> None:
    sheet = tiny.Sheet({"A1:A4": "=A2/2", "A5": 16})
    assert [sheet[f"A{row}"] for row in range(1, 6)] == [1, 2, 4, 8, 16]


def test_a_step_does_no_work_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand rows of one block: the rule of each operator is called once."""
    calls: list[int] = []
    rule, slopes = tiny.RULES["*"]
    monkeypatch.setitem(tiny.RULES, "*", (lambda a, b: calls.append(a.size) or rule(a, b), slopes))
    sheet = tiny.Sheet({"A1:A10000": 3, "B1:B10000": "=A1*2"})
    assert (sheet["B10000"], calls) == (6, [10_000])


REFUSED = {
    "division by zero": ({"A1:A2": 0, "B2": "=1/A2"}, "B2: cannot be computed, divide by zero encountered in divide"),
    "too large a product": ({"A1": "=1E200*1E200"}, "A1: cannot be computed, overflow encountered in multiply"),
    "an operator for a function": ({"A1": "=*(2,3)"}, "A1: cannot go on at *, in =*(2,3)"),
    "an empty cell": ({"A1": "=B1+1"}, "A1: cannot be computed, an empty cell is read"),
    "half a formula": ({"A1": "=1+"}, "A1: cannot go on at the end, in =1+"),
    "two formulas": ({"A1": "=1 2"}, "A1: cannot go on at 2.0, in =1 2"),
    "an open parenthesis": ({"A1": "=SUM(1,2"}, "A1: a parenthesis is not closed, in =SUM(1,2"),
    "an unknown function": ({"A1": "=RAND()"}, "A1: cannot go on at RAND, in =RAND()"),
    "a text": ({"A1": "learn"}, "A1: cannot go on at LEARN, in learn"),
    "an expanding range": (
        {"A1:A3": 1, "B1:B3": "=SUM(A$1:A1)"},
        "B1:B3: a range has both ends fixed or neither, it does not expand here, in =SUM(A$1:A1)",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(kind: str) -> None:
    contents, message = REFUSED[kind]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        tiny.Sheet(contents)


CIRCLES: dict[str, dict[str, object]] = {
    "A1 → A1": {"A1": "=A1+1"},
    "A1 → C1 → B1 → A1": {"A1": "=C1", "B1": "=A1+1", "C1": "=SUM(B1:B2)"},
    "A1 → A2 → A3 → A4 → A1": {"A1:A3": "=A2", "A4": "=A1"},
}


def chain(error: pytest.ExceptionInfo[Exception]) -> str:
    """The cells of a circle, told from its first in the alphabet on: it may be entered anywhere."""
    *cells, again = str(error.value).removeprefix("circular reference: ").replace("s!", "").split(" → ")
    assert again == cells[0]
    first = cells.index(min(cells))
    return " → ".join(cells[first:] + cells[: first + 1])


@pytest.mark.parametrize("circle", CIRCLES)
def test_a_circle_is_told_cell_by_cell_as_the_engine_does(circle: str) -> None:
    with pytest.raises(ValueError, match="circular reference: ") as ours:
        tiny.Sheet(CIRCLES[circle])
    sheet = sheetsim.Workbook("circle").add_sheet("s")
    for area, content in CIRCLES[circle].items():
        sheet.fill(area, str(content))
    with pytest.raises(sheetsim.CycleError) as theirs:
        sheet.book.recalculate(strict=True)
    assert (chain(ours), chain(theirs)) == (circle, circle)


# --- slopes -----------------------------------------------------------------------------------------------------------
SLOPES = {"basic": ("F33", "F1"), "momentum": ("L33", "J1"), "rmsprop": ("H32", "D2"), "adam": ("I32", "L1")}


@pytest.mark.parametrize("row", [4, 17, 32])
def test_slopes_are_those_that_the_lecture_derives(book: sheetsim.Workbook, row: int) -> None:
    basic = recomputed(book, "basic")
    assert basic.gradient(f"F{row}", f"C{row}") == basic[f"K{row}"]
    assert basic.gradient(f"F{row}", f"D{row}") == pytest.approx(basic[f"L{row}"], rel=1e-14)


@pytest.mark.parametrize("title", SLOPES)
def test_slopes_through_all_rows_are_those_of_torch(book: sheetsim.Workbook, title: str) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    of, by = SLOPES[title]
    expected = book.torch(title).gradient(of, by).item()
    assert expected != 0
    assert recomputed(book, title).gradient(of, by) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("text", "slope"),
    {
        "=A1+A1": 2,
        "=5-A1": -1,
        "=A1*A1*2": 12,
        "=A1/4": 0.25,
        "=6/A1": -6 / 9,
        "=A1^3": 27,
        "=2^A1": 8 * math.log(2),
        "=-A1": -1,
        "=SQRT(A1)": 0.5 / math.sqrt(3),
        "=SUM(A1:A2,A1)": 2,
        "=SUMSQ(A1:A2)": 6,
        "=COUNT(A1:A2)": 0,
        "=$A$1*A2": 4,
    }.items(),
)
def test_slope_of_each_rule(text: str, slope: float) -> None:
    """By the rules of differentiation, at A1 = 3 and A2 = 4."""
    assert tiny.Sheet({"A1": 3, "A2": 4, "B1": text}).gradient("B1", "A1") == pytest.approx(slope, rel=1e-15)


def test_a_fixed_cell_gathers_the_slopes_of_all_rows() -> None:
    sheet = tiny.Sheet({"A1": 2, "A2": 3, "A3": 4, "B1:B3": "=A1*$C$1", "C1": 5, "D1": "=SUM(B1:B3)"})
    assert sheet.gradient("D1", "C1") == 9


# --- the file ---------------------------------------------------------------------------------------------------------
def test_it_runs_and_needs_numpy_alone(tmp_path: Path) -> None:
    code = f"import runpy, sys; runpy.run_path({str(FILE)!r}, run_name='__main__'); print('sheetsim' in sys.modules)"
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    *shown, imported = done.stdout.splitlines()
    assert imported == "False"
    assert shown[0].split() == ["=-2^2", "Excel", "4.0", "Python", "-4"]
    assert any({"E7", "F4:F7", "F8"} <= set(line.split()) for line in shown)


def test_no_formula_runs_as_python() -> None:
    names = {node.id for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert not names & {"eval", "exec", "compile", "__import__"}
