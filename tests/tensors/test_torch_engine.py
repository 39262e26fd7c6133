"""The torch engine: values as the NumPy engine's, gradients as central differences, which the NumPy engine computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tables import same

import sheetsim
from sheetsim.errors import InputError, UnknownFunction
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.table import Gradient
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.values import NUMBER
from sheetsim.workbook import Workbook

torch = pytest.importorskip("torch", reason="torch is not installed")

from sheetsim.tensors import rules as torch_rules
from sheetsim.tensors.tape import Objective

CUDA = pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"))
FORMULA_CELLS = {"graddesc": 1623, "collab_filter": 12937, "collab_sigmoid": 452, "entropy_example": 75}


# --- whole workbooks --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("device", ["cpu", CUDA])
@pytest.mark.parametrize("name", FORMULA_CELLS)
def test_every_cell_of_the_workbooks(name: str, device: str) -> None:
    book = sheetsim.open(name)
    book.recalculate()
    twin = book.torch(device=device)
    worst, where, seen = 0.0, "", 0
    for sheet in book.sheets:
        found = twin.tape.memory.read(sheet, Rect(0, 0, sheet.rows - 1, sheet.columns - 1)).host
        kind, num = sheet.kind[: sheet.rows, : sheet.columns], sheet.num[: sheet.rows, : sheet.columns]
        assert (found.kinds()[0, 0] == kind).all(), f"kinds on {sheet.title}"
        computed = sheet.computed() & (kind == NUMBER)
        seen += int(sheet.computed().sum())
        gap = np.abs(found.num[0, 0] - num) / np.maximum(np.abs(num), 1e-300)
        gap[~computed | (found.num[0, 0] == num)] = 0.0
        row, column = np.unravel_index(int(gap.argmax()), gap.shape)
        if gap[row, column] > worst:
            worst, where = float(gap[row, column]), sheet.where(int(row), int(column))
    assert seen == FORMULA_CELLS[name]
    assert worst <= 1e-12, f"worst cell {where}: {worst:.1e}"


def test_the_workbooks_cells_are_torchs() -> None:
    """Not NumPy's values handed on: computed cells carry gradients."""
    for name, cells in {"graddesc": ["basic!F33", "adam!H32"], "collab_filter": ["bias!V42"]}.items():
        twin = sheetsim.open(name).torch()
        assert all(twin[cell].requires_grad for cell in cells)


def test_the_lectures_finite_differences() -> None:
    """On ``basic`` autograd of err^2 equals de/db and de/da; the columns by finite differences, h = 0.01, are off by
    exactly h and h·x², as (E + h·c)² - E² = 2cEh + c²h² says."""
    book = sheetsim.open("graddesc")
    basic = book.torch("basic")
    x = basic["A4:A32"][:, 0].detach().numpy()
    for row in range(4, 33):
        by_b, by_a = basic.gradient(f"F{row}", f"C{row}:D{row}")[0]
        assert by_b == pytest.approx(basic[f"K{row}"].item(), rel=1e-14)
        assert by_a == pytest.approx(basic[f"L{row}"].item(), rel=1e-14)
        h, square = 0.01, x[row - 4] ** 2
        scale = max(basic[f"I{row}"].item(), basic[f"B{row}"].item() ** 2) / h  # what the subtractions cancel
        assert basic[f"H{row}"].item() - by_b == pytest.approx(h, abs=1e-15 * scale)
        assert basic[f"J{row}"].item() - by_a == pytest.approx(h * square, abs=1e-15 * scale)


@pytest.mark.parametrize(
    ("sheet", "cells", "output"),
    [("dotprod", ["B25:F39", "H19:V23"], "V41"), ("bias", ["A26:F40", "H19:V24"], "V42")],
)
def test_the_solvers_objective(sheet: str, cells: list[str], output: str) -> None:
    book = sheetsim.open("collab_filter")
    place = parse_rect(output)
    objective = Objective(book, [(sheet, parse_rect(c)) for c in cells], (sheet, place.top, place.left))
    x = objective.start()
    value, gradient = objective(x)
    assert value == book[sheet][output]
    for i in range(0, len(x), 13):
        step = np.zeros_like(x)
        step[i] = 1e-6
        assert gradient[i] == pytest.approx((objective(x + step)[0] - objective(x - step)[0]) / 2e-6, abs=1e-9)
    moved = objective(x * 1.1)[0]  # computed anew, not remembered
    for area in (parse_rect(c) for c in cells):
        cut = slice(area.top, area.bottom + 1), slice(area.left, area.right + 1)
        book[sheet].num[cut] *= 1.1
    book.recalculate()
    assert moved == pytest.approx(book[sheet][output], rel=1e-13)


# --- one formula at a time --------------------------------------------------------------------------------------------
#: A1:C4 hold these numbers; D1:D4 a blank, a text, a logical and a zero.
NUMBERS = [[1.7, 0.3, 2.9], [0.6, 4.1, 0.8], [2.2, 1.3, 3.6], [5.3, 2.6, 1.9]]

FORMULAS = """
=A1+B1*C1-A2/B2    =-A1^2    =A1^B1    =(-A1)^3    =A1^-2    =B1^A1+2^A1    =A1%    =+A1    =A1*D1+B1    =A1*D3
=A1+SUM(B1:B4)/COUNT(A1:C4)    =IF(A1>1,A1*B1,C1)    =IF(A1>2,A1*B1)    =IF(A1>2,"no",C1^2)    =A1&"x"
=IFERROR(A1/D4,B1*C1)    =IFERROR(A1/B1,C1)    =IFNA(MATCH(99,A1:A4,0),C2*2)    =ISERROR(A1/D4)    =CHOOSE(2,A1,B1*2,C1)
=ABS(B1-A1)    =SQRT(A1)    =EXP(B1)    =LN(A1)    =LOG10(A1)    =LOG(A1)    =LOG(A1,C1)    =SIGN(A1)    =INT(A1)
=TANH(A1)    =SINH(A1)    =COSH(A1)    =SIN(A1)    =COS(A1)    =TAN(B1)    =ASIN(B1)    =ACOS(B1)    =ATAN(A1)
=RADIANS(A1)    =DEGREES(A1)    =POWER(A1,B1)    =PI()*A1    =MOD(A4,B1)    =MOD(-A4,C1)    =A1*RAND()^0
=ROUND(A1,1)    =ROUNDUP(A1,0)    =ROUNDDOWN(A1,0)    =TRUNC(A1)    =CEILING.MATH(A4,C1)    =FLOOR.MATH(A4,B1)
=A1*RANDBETWEEN(2,2)    =CEILING.MATH(A4)    =FLOOR.MATH(-A4,B1)    =IF(A1>99,NA(),B1)
=SUM(A1:C4)    =SUM(A1:D1,B2,3)    =SUM(A1:D4)    =SUMSQ(A1:B2)    =PRODUCT(A1:B3)    =PRODUCT(A1:D1)    =MAX(A1:C4)
=MIN(A1:C4)
=AVERAGE(A1:C4)    =AVERAGE(A1:D4)    =MEDIAN(A1:C4)    =MEDIAN(A1:A3)    =LARGE(A1:C4,3)    =SMALL(A1:C4,2)
=SUM(LARGE(A1:C4,{1,2,3}))    =SUM(SMALL(A1:D4,{1;3}))    =MAX(A1:D4)    =MIN(A1,B2:C3)
=VAR(A1:C4)    =VAR.S(A1:B4)    =VAR.P(A1:C4)    =VARP(A1:D4)    =STDEV(A1:C4)    =STDEV.S(A1:C4)    =STDEV.P(A1:C2)
=STDEVP(A1:C4)    =COUNT(A1:C4)*A1    =COUNTA(A1:D4)*A1    =COUNTBLANK(A1:D4)*A1
=SUMXMY2(A1:A4,B1:B4)    =SUMX2MY2(A1:A4,B1:B4)    =SUMX2PY2(A1:A4,D1:D4)    =SUMXMY2(A1:B4,C1:D4)
=SUMPRODUCT(A1:A4,B1:B4,C1:C4)    =SUMPRODUCT((A1:A4>1)*B1:B4)    =SUMPRODUCT(A1:D1,A2:D2)
=SUM(MMULT(A1:B4,A1:C2))    =INDEX(MMULT(A1:C2,A1:B3),2,1)    =SUMPRODUCT(TRANSPOSE(A1:A3),A4:C4)
=INDEX(A1:C4,2,3)*2    =INDEX(A1:A4,MATCH(2,A1:A4,-1))    =INDEX(A1:A4,MATCH(1,A1:A2,-1))
=SUM(INDEX(A1:C4,0,2))    =SUM(INDEX(A1:C4,{1,2},{2,3}))
=VLOOKUP(0.6,A1:C4,3,FALSE)    =VLOOKUP(0.6,A1:C4,1,FALSE)    =VLOOKUP(9,A1:C4,2)    =HLOOKUP(0.3,A1:C4,3,FALSE)
=HLOOKUP(2.9,A1:C4,1,FALSE)    =XLOOKUP(0.6,A1:A4,B1:B4)    =XLOOKUP(77,A1:A4,B1:B4,C4)
=SUM(XLOOKUP(2.2,A1:A4,B1:C4))
=SUMIF(A1:A4,">1",B1:B4)    =SUMIF(A1:A4,">1")    =SUMIFS(C1:C4,A1:A4,">1",B1:B4,"<2")    =AVERAGEIF(A1:A4,">1",B1:B4)
=SUM(SUMIF(A1:A4,{">1","<1"},B1:B4)*{1,2})    =AVERAGEIFS(C1:C4,A1:A4,">1")    =COUNTIF(A1:A4,">1")*A1
=COUNTIFS(A1:A4,">1",B1:B4,"<2")*A1    =SUM(OFFSET(A1,1,1,2,2))    =OFFSET(A1,MATCH(2.2,A1:A4,0),2)
=SUM(A1:INDEX(A1:A4,3))
=ROW(A3)*A1+COLUMN()+ROWS(A1:A4)*COLUMNS(A1:C1)    =A1:A4*2    =AND(A1>1,B1<1)*A1    =OR(A1>9,B1>9)+A1    =NOT(A1>1)+B1
=ISBLANK(D1)*A1    =ISTEXT(D2)*A1    =ISNUMBER(A1)*A1    =ISLOGICAL(D3)*A1    =ISNONTEXT(A1)*A1    =ISNA(A1)+A1
=ISERR(D4)+A1
=LEN(D2)*A1    =LEN(CONCATENATE(D2,"b"))*A1    =LEN(CONCAT(D2))*A1    =LEN(UPPER(D2)&LOWER(D2)&TRIM(D2))*A1
=LEN(LEFT(D2,1)&MID(D2,1,1)&RIGHT(D2,1))*A1    =LARGE(A1:C4,2)*SMALL(B1:B4,1)
=STDEV.P(A1)+B1    =STDEV(A1,A1)*A2    =IF(A1<9,B1,SQRT(A1-A1))    =IF(A1<9,B1,(A1-A1)^0.5)    =IF(A1<9,B1,ASIN(A1/A1))
"""
CASES = [part.strip() for line in FORMULAS.strip().splitlines() for part in line.split("    ") if part.strip()]
TINY = 1e-6


def planted(formula: str) -> Workbook:
    book = Workbook("planted")
    sheet = book.add_sheet("s")
    sheet.values("A1", NUMBERS)
    sheet.values("D1", [[None], ["text"], [True], [0.0]])
    sheet["F1"] = formula
    book.recalculate()
    return book


def central(book: Workbook, cell: str) -> np.ndarray:
    """∂F1 by each of A1:C4, by central differences of the NumPy engine."""
    sheet, found = book["s"], np.zeros((4, 3))
    for row, column in np.ndindex(4, 3):
        ends = []
        for sign in (1, -1):
            sheet.put(row, column, NUMBERS[row][column] + sign * TINY)
            book.recalculate()
            ends.append(sheet[cell])
        sheet.put(row, column, NUMBERS[row][column])
        found[row, column] = (ends[0] - ends[1]) / (2 * TINY)
    book.recalculate()
    return found


#: The cases that come to no number. A text or an error has no gradient, a logical, which counts as 1 or 0, none but 0.
NO_NUMBER: dict[str, Any] = {
    "=IF(A1>2,A1*B1)": False,
    "=ISERROR(A1/D4)": True,
    '=A1&"x"': "1.7x",
    "=INDEX(A1:A4,MATCH(2,A1:A4,-1))": "#N/A",
}

#: A cell that draws a random number stays as drawn, whatever else is in it: to torch it is a constant.
DRAWN = ["=A1*RAND()^0", "=A1*RANDBETWEEN(2,2)"]

#: Of formulas that look up a number, which a difference would move, by hand: the cell found has 1 (times what it is
#: multiplied with), all others 0.
LOOKED_UP = {
    "=INDEX(A1:A4,MATCH(1,A1:A2,-1))": {"A1": 1.0},
    "=VLOOKUP(0.6,A1:C4,3,FALSE)": {"C2": 1.0},
    "=VLOOKUP(0.6,A1:C4,1,FALSE)": {"A2": 1.0},
    "=VLOOKUP(9,A1:C4,2)": {"B4": 1.0},
    "=HLOOKUP(0.3,A1:C4,3,FALSE)": {"B3": 1.0},
    "=HLOOKUP(2.9,A1:C4,1,FALSE)": {"C1": 1.0},
    "=XLOOKUP(0.6,A1:A4,B1:B4)": {"B2": 1.0},
    "=XLOOKUP(77,A1:A4,B1:B4,C4)": {"C4": 1.0},
    "=SUM(XLOOKUP(2.2,A1:A4,B1:C4))": {"B3": 1.0, "C3": 1.0},
    "=OFFSET(A1,MATCH(2.2,A1:A4,0),2)": {"C4": 1.0},
    "=IFNA(MATCH(99,A1:A4,0),C2*2)": {"C2": 2.0},
}


@pytest.mark.parametrize("formula", CASES)
def test_value(formula: str) -> None:
    book = planted(formula)
    assert same(book.torch("s").value("F1"), near(book["s"]["F1"]))


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-13) if isinstance(value, float) else value


@pytest.mark.parametrize("formula", [case for case in CASES if case not in {*NO_NUMBER, *LOOKED_UP, *DRAWN}])
def test_gradient(formula: str) -> None:
    book = planted(formula)
    slopes = book.torch("s").gradient("F1", "A1:C4")
    np.testing.assert_allclose(slopes, central(book, "F1"), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("formula", "value"), NO_NUMBER.items())
def test_what_is_no_number_has_no_gradient(formula: str, value: Any) -> None:
    book = planted(formula)
    assert same(book["s"]["F1"], value)
    assert_no_gradient(book, value)


def assert_no_gradient(book: Workbook, value: Any) -> None:
    twin = book.torch("s")
    if isinstance(value, bool):
        assert twin["F1"].item() == value
        assert not twin.gradient("F1", "A1:C4").any()
        return
    with pytest.raises(InputError, match=rf"s!F1 holds {value!r}, not a number"):
        twin.gradient("F1", "A1:C4")


@pytest.mark.parametrize("formula", DRAWN)
def test_what_is_drawn_has_no_gradient(formula: str) -> None:
    assert not planted(formula).torch("s").gradient("F1", "A1:C4").any()


@pytest.mark.parametrize(("formula", "expected"), LOOKED_UP.items())
def test_gradient_of_lookups(formula: str, expected: dict[str, float]) -> None:
    book = planted(formula)
    wanted = np.zeros((4, 3))
    for cell, slope in expected.items():
        place = parse_rect(cell)
        wanted[place.top, place.left] = slope
    assert (book.torch("s").gradient("F1", "A1:C4") == wanted).all()


def test_the_cases_use_every_function() -> None:
    import re

    used = {name for case in CASES for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", case)}
    assert set(FUNCTIONS) - used == set()
    assert {*LOOKED_UP, *NO_NUMBER, *DRAWN} <= set(CASES)


def test_every_function_has_a_torch_rule_or_is_flat() -> None:
    assert [name for name, row in FUNCTIONS.items() if row.gradient is Gradient.NONE] == []


def test_the_table_and_the_torch_rules_name_the_same_functions() -> None:
    assert set(torch_rules.RULES) == {name for name, row in FUNCTIONS.items() if row.gradient is Gradient.RULE}


def test_a_function_without_a_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(torch_rules.RULES, "TANH")
    with pytest.raises(UnknownFunction, match=r"s!F1: TANH has no rule for torch"):
        planted("=TANH(A1)").torch("s")


#: Formulas of the blank, text, logical and zero in D1:D4, and of errors: the same value or error as the NumPy engine's.
ODD = """
=SUMXMY2(A1:A4*1E200,B1:B4)    =SUMSQ(A1:A4*1E200)
=A1/D4    =A1/D1    =A1+D2    =D1+A1    =D3+A1    =SQRT(-A1)    =LN(D4*A1)    =LN(-A1)    =(-A1)^0.5    =(A1*0)^D4
=D4^-A1
=EXP(A1*1000)    =A1*1E308*1E10    =MOD(A1,D4)    =SUM(A1/D4,1)    =SUM(A1:D4)    =AVERAGE(D1:D2,A1:A1*0)
=AVERAGE(D1:D2)
=VAR(A1)    =STDEV(A1)    =LARGE(A1:C4,99)    =SUMPRODUCT(A1:A4,B1:C4)    =SUMXMY2(A1:A4,B1:B3)    =MMULT(A1:B2,A1:C4)
=MMULT(A1:D2,A1:B4)    =IF(D2,A1,B1)    =IF(A1/D4,1,2)    =CHOOSE(9,A1,B1)    =INDEX(A1:C4,9,1)
=VLOOKUP(77,A1:C4,2,FALSE)
=VLOOKUP(1.7,A1:C4,7,FALSE)    =OFFSET(A1,-1,0)    =A1=B1    =A1&B1    =LOG(A1,1)    =ASIN(A1)    =MAX(D1:D2)*A1
=IFERROR(SQRT(-A1),A1)
=SUMIF(D1:D4,"text",A1:A4)    =AVERAGEIF(A1:A4,">99",B1:B4)    =SUM({1;2;3}+A1:A2)    =A1/(A1-A1)    =PRODUCT(D1:D2,A1)
"""
ODDITIES = [part.strip() for line in ODD.strip().splitlines() for part in line.split("    ") if part.strip()]


@pytest.mark.parametrize("formula", ODDITIES)
def test_odd_values_and_errors(formula: str) -> None:
    book = planted(formula)
    expected, twin = book["s"]["F1"], book.torch("s")
    assert same(twin.value("F1"), near(expected))
    if isinstance(expected, float):
        assert np.isfinite(twin.gradient("F1", "A1:C4")).all()
    else:
        assert_no_gradient(book, expected)


def test_no_cell_holds_a_minus_zero() -> None:
    book = planted("=D4*-A1")
    sheet = book["s"]
    sheet.array("G1:G3", "=D4*-A1:A3")
    twin = book.torch("s")
    assert not np.signbit(twin["F1:G3"].detach().numpy()).any()
    np.testing.assert_allclose(twin.gradient("G2", "D4"), [[-NUMBERS[1][0]]])


#: What shows only where several cells are computed at once: the formulas, each with the cells that it fills.
BLOCKS = [
    {"F1:F3": "=LOG(A1,Z99)"},  # to a base of 0
    {"F1:F3": '=MOD(A1,"0.4")'},
    {"F1:F3": '=CEILING.MATH(7,IF(A1>1,A1,"3"))'},
    {"F1:F3": "=LOG(A1,B1)", "G1:G3": "=MOD(F1,C1)"},
    {"F1:F3": "=SUM(A1,$A$2:$C$2*1)", "G1:G2": "=F$2", "H1:H2": "=ISERROR(F$2)"},  # no cell of A2:C2 is in column F
]


@pytest.mark.parametrize("formulas", BLOCKS)
def test_blocks_of_odd_values(formulas: dict[str, str]) -> None:
    book = planted("=0")
    for where, formula in formulas.items():
        book["s"].fill(where, formula)
    _assert_same_cells(book, "F1:H3")


@pytest.mark.parametrize("formula", ["=A1:A3+B1:B2", "=A1:C1*B1:B2", "=IF(A1:A3>1,B1:B2)", "=IFERROR(A1:A3/B1:B2,9)"])
def test_array_formulas_of_sizes_that_differ(formula: str) -> None:
    """What only one of the ranges has is #N/A."""
    book = planted("=0")
    book["s"].array("G1:I4", formula)
    _assert_same_cells(book, "G1:I4")


def _assert_same_cells(book: Workbook, where: str) -> None:
    book.recalculate()
    twin, rect = book.torch("s"), parse_rect(where)
    for row, column in np.ndindex(rect.rows, rect.columns):
        cell = book["s"].where(rect.top + row, rect.left + column)
        found, expected = twin.value(cell), book["s"].value(rect.top + row, rect.left + column)
        assert same(found, near(expected)), cell


# --- shapes of dependence ---------------------------------------------------------------------------------------------
def _chain_down(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 1.5, 0.9
    sheet.fill("A2:A9", "=A1*$B$1+ROW()")
    sheet["F1"] = "=A9"


def _chain_up(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A9"], sheet["B1"] = 1.5, 0.9
    sheet.fill("A1:A8", "=A2*$B$1")
    sheet["F1"] = "=A1"


def _chain_right(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"] = 1.5, 0.9
    sheet.fill("B1:E1", "=A1*$A$2+A1^2")
    sheet["F1"] = "=SUM(A1:E1)"


def _two_sheets(book: Workbook) -> None:
    """Each sheet reads the other's row above: cell by cell."""
    one, other = book.add_sheet("s"), book.add_sheet("other")
    one["A1"], other["A1"] = 1.5, 0.5
    one.fill("A2:A5", "=other!A1*1.1")
    other.fill("A2:A5", "=s!A2+0.1*other!A1^2")
    one["F1"] = "=other!A5"


def _running_totals(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [None], [1.5], ["x"], [3.5]])
    for column, name in zip("BCDE", ("SUM", "AVERAGE", "MAX", "MIN"), strict=True):
        sheet.fill(f"{column}1:{column}5", f"={name}(A$1:A1)")
    sheet["F1"] = "=SUM(B1:E5)+B3*C5"


def _running_recurrence(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A1"] = 1.5
    sheet.fill("A2:A6", "=0.5*SUM(A$1:A1)+1/A1")
    sheet["F1"] = "=A6"


def _growing(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [1.0], [1.5], [4.0], [3.5]])
    sheet.fill("B1:B5", "=SUMSQ(A$1:A1)")
    sheet["F1"] = "=SUMPRODUCT(A1:A5,B1:B5)"


def _windows(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0, 1.0], [1.0, 0.5], [1.5, 3.0], [4.0, 1.2], [3.5, 2.2], [1.1, 0.7]])
    sheet.fill("C1:D4", "=SUMSQ(A1:A3)*$B2")
    sheet["F1"] = "=SUM(C1:D4)"


def _array_formula(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0, 1.0], [1.0, 0.5], [1.5, 3.0]])
    sheet.array("C1:E3", "=MMULT(A1:B3,TRANSPOSE(A1:B3))")
    sheet["F1"] = "=SUMSQ(C1:E3)"


def _intersection(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [1.0], [1.5]])
    sheet.fill("B1:B5", "=A$1:A$3*2")
    sheet["F1"] = "=B1+B3"


def _offset_chain(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [1.0], [1.5]])
    sheet.fill("B2:B6", "=OFFSET(B2,-1,0)*A$2+OFFSET(A$1,MOD(ROW(),3),0)")
    sheet["F1"] = "=SUM(B1:B6)"


SHAPES = [
    _chain_down,
    _chain_up,
    _chain_right,
    _two_sheets,
    _running_totals,
    _running_recurrence,
    _growing,
    _windows,
    _array_formula,
    _intersection,
    _offset_chain,
]


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_dependence(shape: Any) -> None:
    book = Workbook("shapes")
    shape(book)
    book.recalculate()
    sheet, twin = book["s"], book.torch("s")
    for other in book.sheets:
        for row, column in np.argwhere(other.computed()).tolist():
            where = other.where(row, column)
            found, expected = twin.value(where), other.value(row, column)
            assert same(found, near(expected)), where
    rows, columns = np.argwhere((sheet.kind[: sheet.rows, :2] == NUMBER) & ~sheet.computed()[:, :2]).T
    assert len(rows)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        held, ends = sheet.num[row, column], []
        for sign in (1, -1):
            sheet.put(row, column, held + sign * TINY)
            book.recalculate()
            ends.append(sheet["F1"])
        sheet.put(row, column, held)
        cell = sheet.where(row, column).partition("!")[2]
        assert twin.gradient("F1", cell)[0, 0] == pytest.approx((ends[0] - ends[1]) / (2 * TINY), rel=1e-5, abs=1e-6)


# --- use --------------------------------------------------------------------------------------------------------------
def test_training_through_the_sheet() -> None:
    """The lecture's line fitted by torch's own optimizer, the error computed by the sheet's formulas."""
    book = sheetsim.open("graddesc")
    book["data"].fill("F1", "=SUMXMY2(basic!B4:B32,basic!A4:A32*$G$1+$G$2)")
    book["data"]["G1"], book["data"]["G2"] = 1.0, 1.0
    weights = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=50, line_search_fn="strong_wolfe")

    def error() -> Any:
        optimizer.zero_grad()
        loss = book.torch("data", inputs={"G1:G2": weights})["F1"]
        loss.backward()
        return loss

    optimizer.step(error)
    assert weights.tolist() == pytest.approx([2.0, 30.0], rel=1e-6)


@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_float32(device: str) -> None:
    twin = sheetsim.open("graddesc").torch("basic", dtype=torch.float32, device=device)
    assert twin["F33"].dtype == torch.float32
    assert twin["F33"].item() == pytest.approx(sheetsim.open("graddesc")["basic"]["F33"], rel=1e-5)


def test_random_numbers_stay_as_drawn() -> None:
    book = sheetsim.open("graddesc")
    book.recalculate()
    twin = book.torch("data")
    assert twin["B5:B33"].flatten().tolist() == [row[0] for row in book["data"]["B5:B33"]]
    assert twin.gradient("C5", "C1:C2").tolist() == [[1.0], [book["data"]["B5"]]]


def test_random_numbers_stay_as_drawn_cell_by_cell() -> None:
    """To learn the order of two sheets' cells they are computed once more."""
    book = Workbook("drawn")
    _two_sheets(book)
    book["other"].fill("A2:A5", "=s!A2+RAND()")
    book.recalculate()
    before = [row[0] for row in book["other"]["A1:A5"]]
    assert book.torch("s").value("F1") == before[-1]
    assert [row[0] for row in book["other"]["A1:A5"]] == before


def test_places() -> None:
    book = Workbook("quoted")
    book.add_sheet("it's")["A1"] = 2
    assert book.torch()["'it''s'!$A$1"].item() == book.torch()["it's!A1"].item() == 2
    assert book.torch(inputs={"'it''s'!A1": torch.tensor(3.0)})["A1"].item() == 3
    with pytest.raises(InputError, match="nothing has no sheets"):
        Workbook("nothing").torch()


BAD = [
    (lambda t: t["A3"], r"basic!A3 holds 'x', not a number"),
    (lambda t: t["A3:B4"], r"basic!A3 holds 'x', not a number"),
    (lambda t: t["nothing"], r"nothing"),
    (lambda t: t["absent!A1"], r"absent"),
    (lambda t: t.gradient("F4:F5", "C1"), r"F4:F5: the gradient is of one cell"),
    (lambda t: t.gradient("F4", "A3:A4"), r"basic!A3 holds 'x', not a number"),
]


@pytest.mark.parametrize(("use", "message"), BAD)
def test_bad_use_of_the_twin(use: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        use(sheetsim.open("graddesc").torch("basic"))


BAD_INPUTS: list[tuple[dict[str, Any], str]] = [
    ({"inputs": {"E4": torch.ones(1)}}, r"basic!E4: the inputs are cells that hold plain numbers"),
    ({"inputs": {"A3": torch.ones(1)}}, r"basic!A3: the inputs are cells"),
    ({"inputs": {"ZZ999": torch.ones(1)}}, r"basic!ZZ999: the inputs are cells"),
    ({"inputs": {"A4:A5": torch.ones(2), "A5": torch.ones(1)}}, r"basic!A5: some of these cells are among the inputs"),
    ({"inputs": {"C1:C2": torch.ones(3)}}, r"C1:C2 has 2 cells, the tensor given for it 3 elements"),
]


@pytest.mark.parametrize(("options", "message"), BAD_INPUTS)
def test_bad_inputs(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sheetsim.open("graddesc").torch("basic", **options)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_no_cuda_device() -> None:
    with pytest.raises(InputError, match="no CUDA device"):
        sheetsim.open("graddesc").torch("basic", device="cuda")


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsim.support.extras.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"the torch engine needs torch: .*pip install 'sheetsim\[torch\]'"):
        sheetsim.open("graddesc").torch("basic")
