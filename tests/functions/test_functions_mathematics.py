"""More functions of mathematics and trigonometry: Microsoft's examples, definitions, and Excel's own last bits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from tables import assert_table, computed, shown

from sheetsim import Workbook
from sheetsim.functions.families.mathematics.combinations import combinations
from sheetsim.functions.families.mathematics.numerals import roman_number, roman_numeral

DOCUMENTED = {
    "=ACOSH(1)": 0,
    "=ACOSH(10)": shown(2.9932228, 7),
    "=ACOT(2)": shown(0.4636, 4),
    "=ACOTH(6)": shown(0.168, 3),
    '=ARABIC("LVII")': 57,
    '=ARABIC("mcmxii")': 1912,
    "=ASINH(-2.5)": shown(-1.647231146, 9),
    "=ASINH(10)": shown(2.99822295, 8),
    "=ATAN2(1,1)": shown(0.785398163, 9),
    "=ATAN2(-1,-1)": shown(-2.35619449, 8),
    "=ATAN2(-1,-1)*180/PI()": -135,
    "=ATANH(0.76159416)": shown(1.00000001, 7),
    "=ATANH(-0.1)": shown(-0.100335348, 9),
    "=BASE(7,2)": "111",
    "=BASE(100,16)": "64",
    "=BASE(15,2,10)": "0000001111",
    "=CEILING(2.5,1)": 3,
    "=CEILING(-2.5,-2)": -4,
    "=CEILING(-2.5,2)": -2,
    "=CEILING(1.5,0.1)": 1.5,
    "=CEILING(0.234,0.01)": 0.24,
    "=CEILING.PRECISE(4.3)": 5,
    "=CEILING.PRECISE(-4.3)": -4,
    "=CEILING.PRECISE(4.3,2)": 6,
    "=CEILING.PRECISE(4.3,-2)": 6,
    "=CEILING.PRECISE(-4.3,2)": -4,
    "=COMBIN(8,2)": 28,
    "=COMBINA(4,3)": 20,
    "=COMBINA(10,3)": 220,
    "=COT(30)": shown(-0.156, 3),
    "=COTH(2)": shown(1.037, 3),
    "=CSC(15)": shown(1.538, 3),
    "=CSCH(1.5)": shown(0.4696, 4),
    '=DECIMAL("FF",16)': 255,
    '=DECIMAL("111",2)': 7,
    '=DECIMAL("zap",36)': 45745,
    "=EVEN(1.5)": 2,
    "=EVEN(3)": 4,
    "=EVEN(2)": 2,
    "=EVEN(-1)": -2,
    "=FACT(5)": 120,
    "=FACT(1.9)": 1,
    "=FACT(0)": 1,
    "=FACT(-1)": "#NUM!",
    "=FACTDOUBLE(6)": 48,
    "=FACTDOUBLE(7)": 105,
    "=FLOOR(3.7,2)": 2,
    "=FLOOR(-2.5,-2)": -2,
    "=FLOOR(2.5,-2)": "#NUM!",
    "=FLOOR(1.58,0.1)": 1.5,
    "=FLOOR(0.234,0.01)": 0.23,
    "=FLOOR.PRECISE(-3.2,-1)": -4,
    "=FLOOR.PRECISE(3.2,1)": 3,
    "=FLOOR.PRECISE(-3.2,1)": -4,
    "=GCD(5,2)": 1,
    "=GCD(24,36)": 12,
    "=GCD(7,1)": 1,
    "=GCD(5,0)": 5,
    "=ISO.CEILING(-4.3,2)": -4,
    "=LCM(5,2)": 10,
    "=LCM(24,36)": 72,
    "=MDETERM({1,3,8,5;1,3,6,1;1,1,1,0;7,3,10,2})": shown(88, 9),
    "=MDETERM({3,6,1;1,1,0;3,10,2})": shown(1, 12),
    "=MDETERM({1,3,8,5;1,3,6,1})": "#VALUE!",
    "=INDEX(MINVERSE({4,-1;2,0}),1,2)": 0.5,
    "=MROUND(10,3)": 9,
    "=MROUND(-10,-3)": -9,
    "=MROUND(1.3,0.2)": shown(1.4, 12),
    "=MROUND(5,-2)": "#NUM!",
    "=MROUND(6.05,0.1)": shown(6.0, 12),
    "=MROUND(7.05,0.1)": shown(7.1, 12),
    "=MULTINOMIAL(2,3,4)": 1260,
    "=ODD(1.5)": 3,
    "=ODD(3)": 3,
    "=ODD(2)": 3,
    "=ODD(-1)": -1,
    "=ODD(-2)": -3,
    "=PERMUT(100,3)": 970200,
    "=PERMUT(3,2)": 6,
    "=PERMUTATIONA(3,2)": 9,
    "=PERMUTATIONA(2,2)": 4,
    "=QUOTIENT(5,2)": 2,
    "=QUOTIENT(4.5,3.1)": 1,
    "=QUOTIENT(-10,3)": -3,
    "=ROMAN(499,0)": "CDXCIX",
    "=ROMAN(499,1)": "LDVLIV",
    "=ROMAN(499,2)": "XDIX",
    "=ROMAN(499,3)": "VDIV",
    "=ROMAN(499,4)": "ID",
    "=SEC(45)": shown(1.90359, 5),
    "=SECH(45)": shown(5.73e-20, 21),
    "=SERIESSUM(PI()/4,0,2,{1,-0.5,0.041666667,-0.001388889})": shown(0.707103, 6),
    "=SQRTPI(1)": shown(1.772454, 6),
    "=SQRTPI(2)": shown(2.506628, 6),
}

#: Cells of workbooks that Excel saved, and what follows from its rules.
EXCEL = {
    "=COS(PI()/2)": 6.1257422745431e-17,
    "=SIN(PI())": 1.22514845490862e-16,
    "=SIN(2*PI())": -2.45029690981724e-16,
    "=COS(1.5*PI())": -1.83772268236293e-16,
    "=COT(2^20)": 2.855757895123916,
    "=SEC(2^20)": 1.0595370908563435,
    "=SECH(10)": 9.079985933781724e-05,
    "=ACOT(10)": 0.09966865249116204,
    "=SIN(134217728)": "#NUM!",
    "=COT(0)": "#DIV/0!",
    "=ACOT(0)": math.pi / 2,
    "=ACOTH(1)": "#NUM!",
    "=ATAN2(0,0)": "#DIV/0!",
    "=FLOOR(1,0)": "#DIV/0!",
    "=FLOOR(0,0)": 0,
    "=CEILING(1,0)": 0,
    "=EVEN(0)": 0,
    "=ODD(0)": 1,
    "=FACT(170)": float(math.factorial(170)),
    "=FACT(171)": "#NUM!",
    "=FACTDOUBLE(-1)": 1,
    "=FACTDOUBLE(301)": "#NUM!",
    "=COMBIN(3,10)": "#NUM!",
    "=COMBINA(3,10)": 66,
    "=COMBINA(0,0)": 1,
    "=COMBINA(0,5)": "#NUM!",
    "=GCD(7.5,4.5,7.7)": 1,
    "=GCD(0,0)": 0,
    "=GCD(-7.5,5)": "#NUM!",
    "=LCM(0,5)": 0,
    "=LCM(9999999999999,10)": 99999999999990,
    "=LCM(1E+100,1E+50)": "#NUM!",
    "=LCM(in!D1,in!D2)": "#VALUE!",  # nothing but blanks
    "=LCM(in!D1,5)": 5,  # a blank cell by itself is left out,
    "=LCM(in!D1:D2)": 0,  # in a range it is 0
    "=LCM(,5)": "#N/A",
    "=GCD(TRUE,2)": "#VALUE!",
    '=GCD("8",2)': 2,
    '=LCM("2024-01-10",7)': 317107,
    '=LCM(" 2024-01-10 ",7)': "#VALUE!",
    "=MULTINOMIAL(-1,2)": "#NUM!",
    "=SERIESSUM(0,0,2,{1,2,3})": "#NUM!",
    "=SERIESSUM(TRUE,0,1,{1,2})": "#VALUE!",
    "=SERIESSUM(-1,0,2,{1,2,3})": 6,
    "=QUOTIENT(1,0)": "#DIV/0!",
    "=QUOTIENT(TRUE,1)": "#VALUE!",
    "=ROMAN(0)": "",
    "=ROMAN(4000)": "#VALUE!",
    "=ROMAN(499,TRUE)": "CDXCIX",
    "=ROMAN(499,FALSE)": "ID",
    '=ARABIC("")': 0,
    '=ARABIC("-IV")': -4,
    '=ARABIC("abc")': "#VALUE!",
    "=BASE(7,1)": "#NUM!",
    '=DECIMAL("2",2)': "#NUM!",
    "=MUNIT(0)": "#VALUE!",
    "=SUM(MUNIT(4))": 4,
    "=MINVERSE({1,2;2,4})": "#NUM!",
    '=MDETERM({1,"x";2,3})': "#VALUE!",
    "=SUMX2MY2({1;2},{3,4})": -20,
    "=SUMXMY2({1,2;3,4},{4,3,2,1})": 20,
    "=SUMX2PY2({1,2,3},{1,2})": "#N/A",
}

#: Texts that are numbers where a number is wanted, as in a cell that they are typed into.
TEXTS = {
    '=INT("1,000.7")': 1000,
    '=TRUNC("$2.9")': 2,
    '=SIGN("-5%")': -1,
    '=EXP("0%")': 1,
    '=FLOOR.MATH("2024-01-10",7)': 45297,
    '=INT("1/10/2024 6:00 PM")': 45301,
    '=ROUND("12:00",2)': 0.5,
    '=SIGN("(5)")': -1,
    '="1 1/2"+0': 1.5,
    '="10-Jan-2024"+0': 45301,
    '="January 10, 2024"+0': 45301,
    '="Jan 2024"+0': 45292,
    '="2/29/1900"+0': 60,
    '="2/29/2023"+0': "#VALUE!",
    '="13/1/2024"+0': "#VALUE!",
    '="6 pm"+0': 0.75,
    '="25:00"+0': 25 / 24,
    '="12:60"+0': "#VALUE!",
    '="1/1/29"+0': 47119,
    '="1/1/30"+0': 10959,
    '="-2024-01-10"+0': "#VALUE!",
    '="abc 12:00"+0': "#VALUE!",
}


@pytest.mark.parametrize("table", [DOCUMENTED, EXCEL, TEXTS], ids=["documented", "excel", "texts"])
def test_functions_of_mathematics(table):
    assert_table(table)


def test_combinations_are_exact_while_a_double_can_be():
    found = [(n, k) for n in range(57) for k in range(n + 1)]
    n, k = (np.array(each, float) for each in zip(*found, strict=True))
    assert combinations(n, k).tolist() == [float(math.comb(*pair)) for pair in found]


def test_more_combinations_are_near():
    pairs = [(1000, 200), (1029, 514), (60, 30), (10**6, 3), (10**9, 2)]
    for n, k in pairs:
        got = float(combinations(np.array([float(n)]), np.array([float(k)]))[0])
        assert abs(Fraction(got) / math.comb(n, k) - 1) < 1e-13


@pytest.mark.parametrize("form", range(5))
def test_roman_numerals_are_read_back(form):
    """The concise ones too: a sign before a larger one is taken off, however far it is above."""
    assert [roman_number(roman_numeral(number, form)) for number in range(4000)] == list(range(4000))


def test_a_column_of_whole_numbers_is_one_array():
    """Each function of this family on a filled column is what it is cell by cell."""
    book = Workbook("column")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[float(n)] for n in range(40)])
    calls = ["FACT(A1)", "COMBIN(A1,3)", "GCD(A1,12)", "LCM(A1,12)", "ROMAN(A1)", "BASE(A1,7)", "SIN(A1)", "EVEN(A1)"]
    for place, call in enumerate(calls):
        sheet.fill(f"{chr(66 + place)}1:{chr(66 + place)}40", f"={call}")
    book.recalculate()
    for place, call in enumerate(calls):
        column = [row[0] for row in sheet[f"{chr(66 + place)}1:{chr(66 + place)}40"]]
        assert column == computed([f"={call.replace('A1', str(n))}" for n in range(40)])
