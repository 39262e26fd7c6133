"""Ranks, moments, regression, tests of hypotheses, totals by number: the examples of Microsoft's pages."""

from __future__ import annotations

import openpyxl
import pytest
from tables import DIV0, assert_table, shown

from sheetsim import Workbook
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.reading.book import read

NUM = type(DIV0)("#NUM!")
OFFICES = [
    [2310, 2, 2, 20, 142000], [2333, 2, 2, 12, 144000], [2356, 3, 1.5, 33, 151000], [2379, 3, 2, 43, 150000],
    [2402, 2, 3, 53, 139000], [2425, 4, 2, 23, 169000], [2448, 2, 1.5, 99, 126000], [2471, 2, 2, 34, 142900],
    [2494, 3, 3, 23, 163000], [2517, 4, 4, 55, 169000], [2540, 2, 3, 22, 149000],
]  # fmt: skip
ERRORS = [
    [DIV0, 82], [72, 65], [30, 95], [NUM, 63], [31, 53], [96, 71], [32, 55], [81, 83], [33, 100], [53, 91], [34, 89]
]  # fmt: skip
UNITS = [33100, 47300, 69000, 102000, 150000, 220000]
PRICES = [133890, 135000, 135790, 137300, 138130, 139100, 139900, 141120, 141890, 143230, 144000, 145290]
MIXED = [[10, 0], [7, 0.2], [9, 0.5], [2, 0.4], ["none", True], [None, None]]
SHEETS = {
    "offices": OFFICES,
    "errors": ERRORS,
    "units": [[month, sold] for month, sold in enumerate(UNITS, 11)],
    "prices": [[month, price] for month, price in enumerate(PRICES, 1)],
    "mixed": MIXED,
    "chance": [[58, 35, 45.35, 47.65], [11, 25, 17.56, 18.44], [10, 23, 16.09, 16.91]],
    "grades": [[89, 1], [93, 2], [96, 2], [85, 3], [91, 1], [88, 1]],
    "sums": [[120], [10], [150], [23]],
}
STRENGTHS = "{1345,1301,1368,1322,1310,1370,1318,1350,1303,1299}"
SKEWED, MEANS = "{3,4,5,2,3,4,5,6,4,7}", "{4,5,8,7,11,4,3}"
RANKED = "{1,2,3,6,6,6,7,8,9}"
QUARTERS, LESS = "{6,7,15,36,39,40,41,42,43,47,49}", "{13,12,11,8,4,3,2,1,1,1}"
LINE = "{2;3;9;1;8;7;5},{6;5;11;7;5;4;4}"

RANKS = {
    f"=PERCENTILE.EXC({RANKED},0.25)": 2.5,
    f"=PERCENTILE.EXC({RANKED},0)": "#NUM!",
    f"=PERCENTILE.EXC({RANKED},0.01)": "#NUM!",
    "=PERCENTILE.INC({1,3,2,4},0.3)": shown(1.9, 12),
    "=PERCENTILE({1,3,2,4},0.3)": shown(1.9, 12),
    f"=PERCENTRANK.EXC({RANKED},7)": 0.7,
    f"=PERCENTRANK.EXC({RANKED},5.43)": 0.381,
    f"=PERCENTRANK.EXC({RANKED},5.43,1)": 0.3,
    f"=PERCENTRANK.INC({LESS},2)": 0.333,
    f"=PERCENTRANK({LESS},4)": 0.555,
    f"=PERCENTRANK.INC({LESS},8)": 0.666,
    f"=PERCENTRANK.INC({LESS},5)": 0.583,
    f"=PERCENTRANK.INC({LESS},14)": "#N/A",
    "=QUARTILE.INC({1,2,4,7,8,9,10,12},1)": 3.5,
    "=QUARTILE({1,2,4,7,8,9,10,12},1)": 3.5,
    f"=QUARTILE.EXC({QUARTERS},1)": 15,
    f"=QUARTILE.EXC({QUARTERS},3)": 43,
    "=RANK.AVG(94,{89,88,92,101,94,97,95})": 4,
    "=RANK.EQ(7,{7,3.5,3.5,1,2},1)": 5,
    "=RANK.EQ(3.5,{7,3.5,3.5,1,2},1)": 3,
    "=RANK(3.5,{7,3.5,3.5,1,2},1)": 3,
    "=RANK(9,{7,3.5})": "#N/A",
    "=RANK.AVG(3.5,{7,3.5,3.5,1,2})": 2.5,
    "=TRIMMEAN({4,5,6,7,2,3,4,5,1,2,3},0.2)": shown(3.778, 3),
    "=MODE.SNGL({5.6,4,4,3,2,4})": 4,
    "=MODE({5.6,4,4,3,2,4})": 4,
    "=MODE(1,2,3)": "#N/A",
    "=SUM(MODE.MULT({1,2,3,4,3,2,1,2,3,5,6,1}))": 6,
    "=SUM(FREQUENCY({79,85,78,85,50,81,95,88,97},{70,79,89})*{1;10;100;1000})": 1 + 20 + 400 + 2000,
    "=PROB({0,1,2,3},{0.2,0.3,0.1,0.4},2)": 0.1,
    "=PROB({0,1,2,3},{0.2,0.3,0.1,0.4},1,3)": shown(0.8, 12),
    "=MAXIFS(grades!A1:A6,grades!B1:B6,1)": 91,
    "=MINIFS(grades!A1:A6,grades!B1:B6,1)": 88,
    '=MINIFS(grades!A1:A6,grades!B1:B6,">9")': 0,
}
MOMENTS = {
    f"=SKEW({SKEWED})": shown(0.359543, 6),
    f"=SKEW.P({SKEWED})": shown(0.303193, 6),
    f"=KURT({SKEWED})": shown(-0.151799637, 9),
    f"=GEOMEAN({MEANS})": shown(5.476987, 6),
    f"=HARMEAN({MEANS})": shown(5.028376, 6),
    "=GEOMEAN(1,-1)": "#NUM!",
    f"=DEVSQ({MEANS})": 48,
    "=AVEDEV({4,5,6,7,5,4,3})": shown(1.020408, 6),
    "=AVERAGEA(mixed!A1:A5)": 5.6,
    "=MAXA(mixed!B1:B5)": 1,
    "=MINA(FALSE,0.2,0.5)": 0,
    "=MINA(mixed!A1:A6)": 0,
    f"=STDEVA({STRENGTHS})": shown(27.46391572, 8),
    f"=STDEVPA({STRENGTHS})": shown(26.05455814, 8),
    f"=VARA({STRENGTHS})": shown(754.27, 2),
    f"=VARPA({STRENGTHS})": shown(678.84, 2),
    # Excel's own sums, and its deviations where these would cancel ("improved" since Excel 2003)
    "=VAR.S(1,2,5)": 4.333333333333334,
    "=STDEV.S(1,1.2,1.3,0.7)": 0.264575131106459,
    "=VAR.S(1000000001,1000000002,1000000003)": 1,
    "=STDEV.P(0.1,0.1,0.1)": shown(0, 12),
}
LINES = {
    "=CORREL({3,2,4,5,6},{9,7,12,15,17})": shown(0.997054486, 9),
    "=PEARSON({9,7,5,3,1},{10,6,1,5,3})": shown(0.699379, 6),
    f"=RSQ({LINE})": shown(0.05795, 5),
    f"=SLOPE({LINE})": shown(0.305556, 6),
    "=INTERCEPT({2,3,9,1,8},{6,5,11,7,5})": shown(0.0483871, 7),
    f"=STEYX({LINE})": shown(3.305719, 6),
    "=COVARIANCE.P({3,2,4,5,6},{9,7,12,15,17})": 5.2,
    "=COVAR({3,2,4,5,6},{9,7,12,15,17})": 5.2,
    "=COVARIANCE.S({2,4,8},{5,11,12})": shown(9.666666667, 9),
    "=FORECAST.LINEAR(30,{6,7,9,15,21},{20,28,31,38,40})": shown(10.607253, 6),
    "=FORECAST(30,{6,7,9,15,21},{20,28,31,38,40})": shown(10.607253, 6),
    "=SLOPE({1,2},{1,2,3})": "#N/A",
    "=SLOPE({1,2},{3,3})": "#DIV/0!",
    "=INDEX(LINEST({1;9;5;7},{0;4;2;3}),1)": 2,
    "=INDEX(LINEST({1;9;5;7},{0;4;2;3}),2)": 1,
    "=SUM(LINEST({3100;4500;4400;5400;7500;8100},{1;2;3;4;5;6})*{9,1})": shown(11000, 6),
    "=INDEX(LOGEST(units!B1:B6,units!A1:A6),1)": shown(1.46327563, 8),
    "=INDEX(LOGEST(units!B1:B6,units!A1:A6),2)": shown(495.304770, 6),
    "=ROUND(GROWTH(units!B1:B6,units!A1:A6,17),0)": 320197,
    "=ROUND(GROWTH(units!B1:B6,units!A1:A6,18),0)": 468536,
    "=ROUND(TREND(prices!B1:B12,prices!A1:A12,13),0)": 146172,
    "=ROUND(TREND(prices!B1:B12,,13),0)": 146172,
    "=LINEST({1;2;3},{1;2})": "#REF!",
    "=LINEST(mixed!A3:A5,{1;2;3})": "#VALUE!",
    "=LOGEST({1;-2;3})": "#NUM!",
    "=INDEX(LINEST({1;2;3},{1,1;2,2;3,3}),1,1)": 0,  # told by the other already
}
STATISTICS = [
    [-234.2371645, 2553.21066, 12529.76817, 27.64138737, 52317.83051],
    [13.26801148, 530.6691519, 400.0668382, 5.429374042, 12237.3616],
    [0.996747993, 970.5784629, "#N/A", "#N/A", "#N/A"],
    [459.7536742, 6, "#N/A", "#N/A", "#N/A"],
    [1732393319, 5652135.316, "#N/A", "#N/A", "#N/A"],
]
WHOLE = "LINEST(offices!E1:E11,offices!A1:D11,TRUE,TRUE)"
LINES |= {
    f"=INDEX({WHOLE},{row},{column})": value if isinstance(value, str) else pytest.approx(value, rel=1e-8)
    for row, line in enumerate(STATISTICS, 1)
    for column, value in enumerate(line, 1)
}
TESTS = {
    "=T.TEST({3,4,5,8,9,1,2,4,5},{6,19,3,2,14,4,5,17,1},2,1)": shown(0.196016, 6),
    "=TTEST({3,4,5,8,9,1,2,4,5},{6,19,3,2,14,4,5,17,1},2,1)": shown(0.196016, 6),
    "=T.TEST({1,2},{1,2,3},2,1)": "#N/A",
    "=T.TEST({1,2},{1,2,3},3,2)": "#NUM!",
    "=Z.TEST({3,6,7,8,6,5,4,2,1,9},4)": shown(0.090574, 6),
    "=ZTEST({3,6,7,8,6,5,4,2,1,9},6)": shown(0.863043, 6),
    "=F.TEST({6,7,9,15,21},{20,28,31,38,40})": shown(0.648318, 6),
    "=FTEST({6,7,9,15,21},{20,28,31,38,40})": shown(0.648318, 6),
    "=CHISQ.TEST(chance!A1:B3,chance!C1:D3)": shown(0.000308, 6),
    "=CHITEST(chance!A1:B3,chance!C1:D3)": shown(0.000308, 6),
    "=CHISQ.TEST(1,1)": "#N/A",
}
TOTALS = {
    "=SUBTOTAL(9,sums!A1:A4)": 303,
    "=SUBTOTAL(1,sums!A1:A4)": 75.75,
    "=SUBTOTAL(103,sums!A1:A5)": 4,
    "=SUBTOTAL(12,sums!A1:A5)": "#VALUE!",
    "=SUM(SUBTOTAL({9,2},sums!A1:A4))": 307,
    "=AGGREGATE(4,6,errors!A1:A11)": 96,
    "=AGGREGATE(14,6,errors!A1:A11,3)": 72,
    "=AGGREGATE(15,6,errors!A1:A11)": "#VALUE!",
    "=AGGREGATE(12,6,errors!A1:A11,errors!B1:B11)": 68,
    "=AGGREGATE(4,4,errors!A1:A11)": "#DIV/0!",
    "=AGGREGATE(14,6,sums!A1:A4/(sums!A1:A4<100),1)": 23,
}


@pytest.mark.parametrize(
    "table", [RANKS, MOMENTS, LINES, TESTS, TOTALS], ids="ranks moments lines tests totals".split()
)
def test_series(table):
    assert_table(table, SHEETS)


def totals() -> Workbook:
    """A1:A6: 1 2 3, the total of these, "x" and 10; row 2 is hidden."""
    book = Workbook("totals")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1], [2], [3], [None], ["x"], [10]])
    sheet["A4"] = "=SUBTOTAL(9,A1:A3)"
    sheet.hidden_rows = {1}
    return book


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUBTOTAL(9,A1:A6)", 16),
        ("=SUBTOTAL(109,A1:A6)", 14),
        ("=SUBTOTAL(103,A1:A6)", 4),
        ("=SUBTOTAL(2,A:A)", 4),
        ("=SUBTOTAL(9,OFFSET(A1,0,0,6,1))", 16),
        ("=SUBTOTAL(109,A1:INDEX(A1:A6,6))", 14),
        ('=SUBTOTAL(9,INDIRECT("A1:A6"))', 16),
        ("=SUBTOTAL(9,(A1:A2,A4:A6))", 13),
        ("=SUMPRODUCT(SUBTOTAL(109,OFFSET(A1,ROW(A1:A6)-1,0)))", 14),
        ("=AGGREGATE(9,0,OFFSET(A1,0,0,6,1))", 16),
        ("=AGGREGATE(9,4,A1:A6)", 22),
        ("=AGGREGATE(9,0,A1:A6)", 16),
        ("=AGGREGATE(9,5,A1:A6)", 20),
        ("=AGGREGATE(9,1,A1:A6)", 14),
        ("=SUM(A1:A6)", 22),
    ],
)
def test_totals_pass_over_totals_and_hidden_rows(formula, value):
    book = totals()
    book["s"]["C9"] = formula
    book.recalculate()
    assert book["s"]["C9"] == value


def test_totals_filled_down():
    sheet = totals()["s"]
    sheet.fill("B1:B6", "=SUBTOTAL(3,A$1:A1)")
    sheet.book.recalculate()
    assert sheet["B1:B6"] == [[1], [2], [3], [3], [4], [5]]


def test_rows_hidden_in_a_file(tmp_path):
    """Row 2 by the filter, row 7 by hand: SUBTOTAL(9) leaves out the former, SUBTOTAL(109) both."""
    source = openpyxl.Workbook()
    rows = [["n"], [1], [2], [4]]
    for row in rows:
        source.active.append(row)
    source.active["C5"], source.active["C6"] = "=SUBTOTAL(9,A2:A4)", "=SUBTOTAL(109,A2:A4)"
    source.active["A7"] = 8
    source.active["C7"], source.active["C8"] = "=SUBTOTAL(9,A2:A7)", "=SUBTOTAL(109,A2:A7)"
    source.active.auto_filter.ref = "A1:A4"
    source.active.row_dimensions[2].hidden = source.active.row_dimensions[7].hidden = True
    source.save(tmp_path / "hidden.xlsx")
    book = read(tmp_path / "hidden.xlsx")
    recalculate(book)
    assert [row[0] for row in book.sheets[0]["C5:C8"]] == [6, 6, 14, 6]
