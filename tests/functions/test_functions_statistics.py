"""Sums, counts, extremes and moments: documentation examples, and which kinds of value count where."""

from __future__ import annotations

import pytest
from tables import CELLS, assert_table, shown

STRENGTHS = [[1345], [1301], [1368], [1322], [1310], [1370], [1318], [1350], [1303], [1299]]
SHEETS = {
    "strengths": STRENGTHS,
    "pairs": [[2, 6], [3, 5], [9, 11], [1, 7], [8, 5], [7, 4], [5, 4]],
    "homes": [[100000, 7000], [200000, 14000], [300000, 21000], [400000, 28000]],
    "five": [[10, 15, 32], [7], [9], [27], [2]],
    "data": [[5], [15], [30]],
    "prices": [[3.2, 3.5], [4.5, 6.2]],
    "in": CELLS,
}

#: The examples of Microsoft's pages on these functions.
DOCUMENTED = {
    "=STDEV.S(strengths!A1:A10)": shown(27.46391572, 8),
    "=STDEV.P(strengths!A1:A10)": shown(26.05455814, 8),
    "=VAR.S(strengths!A1:A10)": shown(754.27, 2),
    "=VAR.P(strengths!A1:A10)": shown(678.84, 2),
    "=SUMX2MY2(pairs!A1:A7,pairs!B1:B7)": -55,
    "=SUMX2PY2(pairs!A1:A7,pairs!B1:B7)": 521,
    "=SUMXMY2(pairs!A1:A7,pairs!B1:B7)": 79,
    "=SUMX2MY2({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})": -55,
    "=AVERAGE(five!A1:A5)": 11,
    "=AVERAGE(five!A1:A5,5)": 10,
    "=AVERAGE(five!A1:C1)": 19,
    "=MAX(five!A1:A5)": 27,
    "=MAX(five!A1:A5,30)": 30,
    "=MIN(five!A1:A5)": 2,
    "=MIN(five!A1:A5,0)": 0,
    "=PRODUCT(data!A1:A3)": 2250,
    "=PRODUCT(data!A1:A3,2)": 4500,
    "=SUMSQ(3,4)": 25,
    '=SUMIF(homes!A1:A4,">160000",homes!B1:B4)': 63000,
    '=SUMIF(homes!A1:A4,">160000")': 900000,
    "=SUMIF(homes!A1:A4,300000,homes!B1:B4)": 21000,
    '=SUMIF(homes!A1:A4,">"&250000,homes!B1:B4)': 49000,
    '=AVERAGEIF(homes!B1:B4,"<23000")': 14000,
    '=AVERAGEIF(homes!A1:A4,"<250000")': 150000,
    '=AVERAGEIF(homes!A1:A4,"<95000")': "#DIV/0!",
    '=AVERAGEIF(homes!A1:A4,">250000",homes!B1:B4)': 24500,
}

#: "If an argument is an array or reference, only numbers in it count; empty cells, logicals and text are ignored";
#: "logicals and text representations of numbers that you type directly into the list of arguments are counted".
WHAT_COUNTS = {
    "=SUM(in!B1:B6)": 2.5,
    "=SUM(in!K1:K6)": 1,
    "=SUM(in!B4)": 0,
    '=SUM("12")': 12,
    '=SUM("12",TRUE,1)': 14,
    "=SUM(TRUE)": 1,
    "=SUM(in!K1)": 0,
    '=SUM("abc")': "#VALUE!",
    '=SUM({1,"2",TRUE})': 1,
    "=SUM(in!C1:C6)": "#N/A",
    "=SUM(,)": 0,
    "=SUM(in!D1:D6)": 0,
    "=SUM(in!A1:A6,in!E1:E6,in!F1:F6)": 73.5,
    "=AVERAGE(in!B1:B6)": 2.5 / 3,
    "=AVERAGE(in!D1:D6)": "#DIV/0!",
    "=AVERAGE(in!B3)": "#DIV/0!",
    '=AVERAGE("4",TRUE)': 2.5,
    "=AVERAGE(1,)": 0.5,
    "=COUNT(in!B1:B6)": 3,
    "=COUNT(in!C1:C6)": 2,
    "=COUNT(in!K1:K6)": 1,
    "=COUNT(in!H1:H6)": 6,
    '=COUNT("12",TRUE,"abc",#N/A)': 2,
    "=COUNT(1,)": 2,
    '=COUNT({1,"2",TRUE})': 1,
    "=COUNTA(in!B1:B6)": 5,
    "=COUNTA(in!C1:C6)": 5,
    "=COUNTA(in!D1:D6)": 0,
    "=COUNTA(in!D1)": 0,
    "=COUNTA(1,)": 2,
    '=COUNTA("",in!D1:D6)': 1,
    "=COUNTBLANK(in!B1:B6)": 1,
    "=MAX(in!D1:D6)": 0,
    "=MAX(in!K1:K2)": 0,
    "=MAX(in!K1:K2,TRUE)": 1,
    '=MAX("5",2)': 5,
    "=MAX(in!B1:B6)": 4,
    "=MIN(in!B1:B6)": -2,
    "=MIN(in!D1:D6,5)": 5,
    "=MIN(in!D1:D6)": 0,
    "=MAX(in!C1:C6)": "#N/A",
    "=PRODUCT(in!D1:D6)": 0,
    "=PRODUCT(in!B1:B6)": -4,
    '=PRODUCT("3",TRUE,2)': 6,
    "=SUMSQ(in!B1:B6)": 20.25,
    "=STDEV.S(5)": "#DIV/0!",
    "=STDEV.P(5)": 0,
    "=STDEV.P(in!D1:D6)": "#DIV/0!",
    "=VAR.S(in!D1:D6)": "#DIV/0!",
    "=VAR.S(1,2)": 0.5,
    "=VAR.P(1,TRUE)": 0,
    "=STDEV.S(in!C1:C6)": "#N/A",
    "=MEDIAN(in!A1:A6)": 1.75,
    "=SMALL(in!A1:A6,1)": -3,
    "=LARGE(in!A1:A6,7)": "#NUM!",
    "=SUM(LARGE(in!A1:A6,{1,2}))": 17,
    # the branch of IF and the cell of INDEX are cells still, whose texts are skipped
    "=SUM(IF(TRUE,in!B4,0))": 0,
    "=SUM(INDEX(in!B1:B6,4))": 0,
    "=SUM(CHOOSE(1,in!A1:A6))": 17.5,
    "=SUM(in!B4+0)": 12,
}

#: Pairs of which one side is no number do not count; products of what is no number are 0.
PAIRS = {
    "=SUMXMY2(in!A1:A6,in!B1:B6)": 9 + 42.25 + 144,
    "=SUMX2PY2(in!A1:A6,in!B1:B6)": 17 + 49.25 + 104,
    "=SUMX2MY2(in!A1:A6,in!B1:B6)": -15 + 48.75 + 96,
    "=SUMXMY2(in!A1:A6,in!D1:D6)": 0,
    "=SUMXMY2(3,5)": 4,
    "=SUMXMY2(in!A1:A6,in!E1:E5)": "#N/A",
    "=SUMXMY2(in!A1:A6,in!C1:C6)": "#N/A",
    "=SUMXMY2({1,2},{TRUE,5})": 9,
    "=SUMPRODUCT(in!A1:A6,in!B1:B6)": 4 + 3.5 - 20,
    "=SUMPRODUCT(in!A1:A6,in!D1:D6)": 0,
    "=SUMPRODUCT(in!A1:A6,in!E1:E5)": "#VALUE!",
    "=SUMPRODUCT(in!A1:A6,in!C1:C6)": "#N/A",
    "=SUMPRODUCT(in!A1:A6)": 17.5,
    "=SUMPRODUCT(in!A1:A6>0)": 0,
    "=SUMPRODUCT(--(in!A1:A6>0))": 4,
    "=SUMPRODUCT((in!A1:A6>0)*in!E1:E6)": 20,
    "=SUMPRODUCT(in!A1:A6^2)": 165.25,
    "=SUMPRODUCT(3,4)": 12,
    "=SUMPRODUCT({1,2;3,4},{1,2;3,4})": 30,
    "=SUMPRODUCT(1/COUNTIF(in!E1:E6,in!E1:E6))": 5,
}

#: In an array formula everything goes element by element, and arrays of logicals do not add up by themselves.
ARRAYS = {
    "=SUM(in!A1:A6*in!E1:E6)": 1 + 7.5 - 9 + 49 + 90,
    "=SUM(in!A1:A6>0)": 0,
    "=SUM(--(in!A1:A6>0))": 4,
    "=SUM(IF(in!A1:A6>0,in!E1:E6))": 20,
    '=SUM(IF(in!A1:A6>0,in!E1:E6,"x"))': 20,
    "=MAX(IF(in!A1:A6<7,in!A1:A6))": 2.5,
    '=AVERAGE(IF(in!I1:I6="x",in!A1:A6))': -1,
    "=SUM(IFERROR(in!C1:C6,10))": 36,
    "=COUNT(1/(in!A1:A6>0))": 4,
    "=AND(in!E1:E6>0)": True,
    "=OR(in!E1:E6>9)": False,
    "=SUM(LEN(in!G1:G6))": 18,
    "=SUM(in!A1:A3+in!E1:F1)": 6 * 5 + 1,
    "=SUM({1;2;3}+{1;2})": "#N/A",
    "=SUM(IFERROR({1;2;3}+{1;2},0))": 6,
    "=SUM(TRANSPOSE(in!E1:E6)*in!F1:F6)": 28 * 28,
    "=STDEV.S(IF(in!A1:A6>5,in!A1:A6))": shown(2.12132034, 8),
    "=SUM(CHOOSE({1,2},in!A1:A6,in!E1:E6))": 45.5,
}


@pytest.mark.parametrize("table", [DOCUMENTED, WHAT_COUNTS, PAIRS], ids=["documented", "what counts", "pairs"])
def test_sums_counts_and_moments(table):
    assert_table(table, SHEETS)


def test_array_formulas():
    assert_table(ARRAYS, array=True)


def test_matrix_product():
    assert_table(
        {"=MMULT({1,3;7,2},{2,0;0,2})": 2, "=SUM(MMULT({1,3;7,2},{2,0;0,2}))": 26, "=MMULT(2,3)": 6}, array=True
    )
    wrong = {
        "=MMULT(in!A1:A3,in!A1:A3)": "#VALUE!",
        "=MMULT(in!B1:B2,{1})": "#VALUE!",
        '=MMULT({1,"a"},{1;2})': "#VALUE!",
    }
    assert_table(wrong, array=True)
