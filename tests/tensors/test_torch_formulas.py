"""One formula at a time in torch: values as the NumPy engine's, gradients as central differences, by the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from array_cases import CASES as ARRAYS
from money_cases import CASES as MONEY
from statistics_cases import CASES as STATISTICS
from tables import same

from sheetsim.errors import InputError
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.table import Gradient
from sheetsim.model.address import parse_rect
from sheetsim.workbook import Workbook

pytest.importorskip("torch", reason="torch is not installed")

from sheetsim.tensors import rules as torch_rules

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
=SUMSQ((A1:B2,C3))    =STDEV((A1:A4,C1:D2))*AREAS((A1,B2))    =PRODUCT(A1:C2 B1:B4)    =LARGE((A1:A2,C4),2)^2
=INDEX((A1:B2,B3:C4),2,1,COUNT(A1:B1))^2    =INDEX((A1:B2,B3:C4),2,1,2)^2    =PRODUCT($A$1:$B$4 A1:C2)
=ROW(A3)*A1+COLUMN()+ROWS(A1:A4)*COLUMNS(A1:C1)    =A1:A4*2    =AND(A1>1,B1<1)*A1    =OR(A1>9,B1>9)+A1    =NOT(A1>1)+B1
=ISBLANK(D1)*A1    =ISTEXT(D2)*A1    =ISNUMBER(A1)*A1    =ISLOGICAL(D3)*A1    =ISNONTEXT(A1)*A1    =ISNA(A1)+A1
=ISERR(D4)+A1
=LEN(D2)*A1    =LEN(CONCATENATE(D2,"b"))*A1    =LEN(CONCAT(D2))*A1    =LEN(UPPER(D2)&LOWER(D2)&TRIM(D2))*A1
=LEN(LEFT(D2,1)&MID(D2,1,1)&RIGHT(D2,1))*A1    =LARGE(A1:C4,2)*SMALL(B1:B4,1)
=SQRTPI(A1)    =ASINH(A1)    =ACOSH(A1)    =ATANH(B1)    =SEC(A1)    =CSC(A1)    =COT(A1)    =SECH(A1)    =CSCH(A1)
=COTH(A1)    =ACOT(A1)    =ACOT(-A1)    =ACOTH(A1)    =ATAN2(A1,B1)    =ATAN2(-A1,B1)    =ERF(B1)    =ERF(B1,A2)
=ERF.PRECISE(B1)    =ERFC(B1)    =ERFC.PRECISE(B1)    =CONVERT(A1,"mi","km")    =CONVERT(A1,"F","C")
=CEILING(A4,C1)    =FLOOR(A4,B1)    =MROUND(A4,B1)    =CEILING.PRECISE(A4,C1)    =FLOOR.PRECISE(A4,B1)
=ISO.CEILING(A4,C1)    =EVEN(A1)+ODD(B1)*A2    =QUOTIENT(A4,B1)*A1    =SERIESSUM(A1,B1,C1,A2:A4)
=BESSELJ(A1,0)    =BESSELJ(A1,2)    =BESSELY(A1,0)    =BESSELY(A1,1)    =BESSELI(A1,0)    =BESSELI(A1,3)
=BESSELK(A1,0)    =BESSELK(A1,1)    =MDETERM(A1:C3)    =SUM(MINVERSE(A1:C3))    =INDEX(MINVERSE(A1:B2),1,2)
=IFS(A1>9,B1,A1>1,C1*A1)    =SWITCH(2,1,A1,2,B1*C1,A4)    =SWITCH(9,1,A1,B1)    =N(A1)*B1    =N(D2)+A1
=SUM(IF(A1>1,A1:A3,B1))    =SUM(CHOOSE(2,A1,B1:B4))    =SUM(A1:CHOOSE(2,A2,A3))    =FACT(A4)*A1+COMBIN(A4,B2)*B1
=GCD(A4,A1)*A1+LCM(A4,A1)    =ISEVEN(A1)*A1+ISODD(A1)*B1    =XOR(A1>1,B1>1)*A1    =TYPE(A1)*A1    =DELTA(A1,B1)*A1
=GESTEP(A1,B1)*A1    =BITAND(5,3)*A1    =IMABS(COMPLEX(A1,B1))*0+A1    =LEN(BASE(A4,2))*A1    =SUM(MUNIT(2))*A1
=DECIMAL("11",2)*A1    =LEN(ROMAN(A4))*A1+ARABIC("X")    =ISREF(A1)*A1    =ISFORMULA(A1)+A1    =SHEET()*A1+SHEETS()
=ERROR.TYPE(1/0)*A1    =CELL("row",A3)*A1    =LEN(DEC2BIN(A4))*A1+BIN2DEC("11")    =MULTINOMIAL(A1,A4)*A1
=PERMUT(A4,A3)*A1    =FACTDOUBLE(A4)+A1    =COMBINA(A4,A3)+A1    =PERMUTATIONA(A4,A3)+A1    =TRUE()*A1    =FALSE()+A1
=STDEV.P(A1)+B1    =STDEV(A1,A1)*A2    =IF(A1<9,B1,SQRT(A1-A1))    =IF(A1<9,B1,(A1-A1)^0.5)    =IF(A1<9,B1,ASIN(A1/A1))
"""
CASES = [part.strip() for line in FORMULAS.strip().splitlines() for part in line.split("    ") if part.strip()]
#: Functions of complex numbers and of digits, which are texts.
COMPLEX = (
    "ABS AGINARY ARGUMENT CONJUGATE COS COSH COT CSC CSCH EXP LN LOG10 LOG2 REAL SEC SECH SIN SINH SQRT TAN SUM PRODUCT"
).split()
DIGITS = "BIN2HEX BIN2OCT DEC2HEX DEC2OCT HEX2BIN HEX2DEC HEX2OCT OCT2BIN OCT2DEC OCT2HEX".split()
CASES += [f'=LEN(IM{name}("3+4i"))*A1' for name in COMPLEX]
CASES += [f'=LEN(IM{name}("3+4i","2"))*A1' for name in ("DIV", "SUB", "POWER")]
CASES += [f"=LEN({name}(11))*A1" for name in DIGITS]
CASES += [f"={name}(5,3)*A1" for name in ("BITOR", "BITXOR", "BITLSHIFT", "BITRSHIFT")] + ['=LEN(INFO("recalc"))*A1']
CASES += [
    f"=D{name}(A1:C4,2,A1:A4)*A2" for name in "SUM PRODUCT MAX MIN AVERAGE COUNT COUNTA VAR VARP STDEV STDEVP".split()
]
CASES += ["=DGET(A1:C4,3,A1:A2)^2", "=DSUM(A1:C4,2,A1:A3)*B2"]
CASES += MONEY
TINY = 1e-6
CASES += STATISTICS + ARRAYS


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
DRAWN = ["=A1*RAND()^0", "=A1*RANDBETWEEN(2,2)", "=SUM(RANDARRAY(2,2,1,1))*A1"]

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


#: Families of which most answers have no derivative that is not 0.
OF_TEXTS = ("dates", "text", "references", "lookup")


def test_the_cases_use_every_function() -> None:
    import re

    used = {name for case in CASES for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", case)}
    flat = {name for name, row in FUNCTIONS.items() if row.family in OF_TEXTS and row.gradient is Gradient.FLAT}
    assert set(FUNCTIONS) - used - flat == {"ANCHORARRAY"}
    assert {*LOOKED_UP, *NO_NUMBER, *DRAWN} <= set(CASES)


def test_every_function_has_a_torch_rule_or_is_flat() -> None:
    assert [name for name, row in FUNCTIONS.items() if row.gradient is Gradient.NONE] == []


def test_the_table_and_the_torch_rules_name_the_same_functions() -> None:
    stated = {kind: {name for name, row in FUNCTIONS.items() if row.gradient is kind} for kind in Gradient}
    assert set(torch_rules.OF_TENSORS) == stated[Gradient.RULE]
    assert set(torch_rules.RULES) == stated[Gradient.RULE] | stated[Gradient.SHARED]


def test_a_function_without_a_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(torch_rules.RULES, "TANH")
    book = planted("=TANH(A1)")
    book["s"]["G1"], book["s"]["G2"] = "=F1*B1", "=A1*B1"
    found = book.torch("s")
    for cell in ("F1", "G1"):
        reason = f"s!{cell} cannot be computed: torch has no rule for the function TANH in s!F1"
        with pytest.raises(InputError, match=reason):
            found.gradient(cell, "A1:B1")
    assert found.gradient("G2", "A1:B1").tolist() == [[book["s"]["B1"], book["s"]["A1"]]]  # nothing of it is in there


def test_dates_are_those_of_the_workbook() -> None:
    book = planted("=YEAR(A1+2000)+A1")
    book.days_since = 1904
    book.recalculate()
    found = book.torch("s")
    assert found["F1"].item() == book["s"]["F1"] == 1909 + book["s"]["A1"]


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
