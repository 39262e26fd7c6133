"""Excel's limits: what goes beyond one is the error that Excel has, or one line that names the cell.

The values are those of Microsoft's "Excel specifications and limits" and of its pages on the functions; Python's
decimals and integers say what a remainder is, its UTF-16 what LEN counts.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from tables import assert_table, computed

from sheetsim import Workbook
from sheetsim.errors import FormulaError
from sheetsim.model import limits
from sheetsim.model.sheet import Sheet

LONG = "a" * 20_000
FACE = "\N{GRINNING FACE}"  # two of Excel's characters
SHEETS = {"in": [[LONG, "b" * 12_767, f"a{FACE}b{FACE}", 3, 1e300, -1e300, 1e18, 2.3e-308, 2.25e-308]]}

TEXTS = {
    "=LEN(in!A1&in!B1)": 32_767,
    '=in!A1&in!B1&"c"': "#VALUE!",
    "=in!A1&in!A1": "#VALUE!",
    "=CONCATENATE(in!A1,in!B1)=in!A1&in!B1": True,
    "=CONCATENATE(in!A1,in!A1)": "#VALUE!",
    "=CONCAT(in!A1,in!B1,1)": "#VALUE!",
    "=CONCAT(in!A1:B1,in!A1:B1)": "#VALUE!",
    "=LEN(CONCAT(in!A1:B1))": 32_767,
    "=IFERROR(in!A1&in!A1,0)": 0,
    "=LEN(LEFT(in!A1&in!B1,1E300))": 32_767,
    "=LEN(in!C1)": 6,
    '=LEFT(in!C1,2)="a"': True,  # half a character is none
    f'=LEFT(in!C1,3)="a{FACE}"': True,
    f'=RIGHT(in!C1,2)="{FACE}"': True,
    '=RIGHT(in!C1,1)=""': True,
    f'=RIGHT(in!C1,3)="b{FACE}"': True,
    '=MID(in!C1,3,2)="b"': True,  # from the second half of the first face on
    f'=MID(in!C1,2,2)="{FACE}"': True,
    "=LEFT(in!C1,in!E1)=in!C1": True,
    '=MID(in!C1,in!E1,1)=""': True,
    "=MID(in!C1,in!F1,1)": "#VALUE!",
    "=LEFT(in!C1,in!F1)": "#VALUE!",
}

PLACES = {
    "=OFFSET(in!A1,in!E1,0)": "#REF!",
    "=OFFSET(in!A1,in!F1,0)": "#REF!",
    "=OFFSET(in!A1,0,in!E1)": "#REF!",
    "=OFFSET(in!A1,in!G1,0)": "#REF!",
    "=OFFSET(in!A1,1E9,0)": "#REF!",
    "=OFFSET(in!A1,-1E18,-1E18)": "#REF!",
    "=SUM(OFFSET(in!A1,0,0,1E9,1))": "#REF!",
    "=SUM(OFFSET(in!A1,0,0,1,in!E1))": "#REF!",
    "=SUM(OFFSET(in!A1,0,0,in!F1,1))": "#REF!",
    "=SUM(OFFSET(in!A1,0,0,1048577,1))": "#REF!",
    "=SUM(OFFSET(in!A1,0,0,1,16385))": "#REF!",
    "=ROWS(OFFSET(in!A1,0,0,1048576,1))": 1_048_576,
    "=ROWS(OFFSET(in!A1,1,0,1048576,1))": "#REF!",
    "=ROW(OFFSET(in!A1,1048575,0))": 1_048_576,
    "=COLUMN(OFFSET(in!A1,0,16383))": 16_384,
    "=COLUMN(OFFSET(in!A1,0,16384))": "#REF!",
    "=INDEX(in!A1:D1,in!E1)": "#REF!",
    "=INDEX(in!A1:D1,1E18)": "#REF!",
    "=INDEX(in!A1:D1,in!F1)": "#VALUE!",
    "=INDEX(in!A1:D3,1E300,1)": "#REF!",
    "=ROWS(in!A1:INDEX(in!A1:A9,1E300))": "#REF!",
    "=VLOOKUP(3,in!D1:E1,in!E1,FALSE)": "#REF!",
    "=VLOOKUP(3,in!D1:E1,in!F1,FALSE)": "#VALUE!",
    "=LARGE(in!D1:E1,1E300)": "#NUM!",
    "=CHOOSE(1E300,1)": "#VALUE!",
}

NUMBERS = {
    "=1E-308/10": 0,
    "=-1E-308/10": 0,
    "=1E-308/10*1E300": 0,
    "=1E-200*1E-150": 0,
    "=(1E-200*1E-150)*1E300": 0,
    "=in!H1-in!I1": 0,  # 5e-310, which is exact in binary: no operation underflows
    "=(in!H1-in!I1)*1E300": 0,
    "=SUM(in!H1,-in!I1)*1E300": 0,
    "=1E-310": 0,
    "=1E-310*1E300": 0,
    "=in!H1": 2.3e-308,
    "=2.2250738585072014E-308": 2.0**-1022,
    "=1E-160^2": 0,
    "=POWER(10,-310)": 0,
    "=10^-310*1E300": 0,
    "=EXP(-709)": 0,
    "=1E-308%": 0,
    "=PRODUCT(1E-200,1E-150)": 0,
    "=SUMSQ(1E-160)": 0,
    "=SUMPRODUCT({1E-160},{1E-160})": 0,
    "=1E-308/10=0": True,
    "=IF(1E-308/10,1,2)": 2,
    '=1E-308/10&""': "0",
    "=MOD(1E20,7)": "#NUM!",
    "=MOD(-1E20,7)": "#NUM!",
    "=MOD(1125899999999,1)": 0,
    "=MOD(1125900000000,1)": "#NUM!",
    "=MOD(5,0)": "#DIV/0!",
    "=MOD(0,-3)": 0,
    "=MOD(0.3,0.1)": 0.3 % 0.1,  # the remainder of the doubles: just below 0.1
    "=MOD(-0.3,0.1)": -0.3 % 0.1,
}


@pytest.mark.parametrize("table", [TEXTS, PLACES, NUMBERS], ids=["texts", "places", "numbers"])
@pytest.mark.parametrize("array", [False, True], ids=["single", "array"])
def test_beyond_a_limit_stands_an_error(table, array):
    assert_table(table, SHEETS, array)


def test_a_text_that_doubles_down_60_rows_ends_as_an_error():
    book = Workbook("doubling")
    sheet = book.add_sheet("s")
    sheet["A1"] = "ab"
    sheet.fill("A2:A60", "=A1&A1")
    book.recalculate()
    assert [len(sheet[f"A{row}"]) for row in range(1, 15)] == [2**row for row in range(1, 15)]
    assert {sheet[f"A{row}"] for row in range(15, 61)} == {"#VALUE!"}


def test_small_numbers_vanish_in_a_recurrence_as_in_a_cell():
    book = Workbook("halving")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    sheet.fill("A2:A60", "=A1/1E9*2")  # down a column: the machine of plain numbers
    sheet["C1"] = 1
    for row in range(2, 61):  # each by itself, the cells in no line
        sheet[f"{'CD'[row % 2]}{row}"] = f"={'DC'[row % 2] if row > 2 else 'C'}{row - 1}/1E9*2"
    book.recalculate()
    exact = [Fraction(2, 10**9) ** step for step in range(60)]
    column = [sheet[f"A{row}"] for row in range(1, 61)]
    assert [value > 0 for value in column] == [value >= Fraction(limits.SMALLEST) for value in exact]
    assert column[1:] == [sheet[f"{'CD'[row % 2]}{row}"] for row in range(2, 61)]


def test_remainders_are_exact():
    draw = random.Random(1)
    pairs = [(draw.uniform(-1, 1) * 10 ** draw.randint(-5, 9), draw.uniform(-9, 9)) for _ in range(500)]
    got = computed([f"=MOD({n!r},{d!r})" for n, d in pairs])
    assert got == [float(Fraction(n) % Fraction(d)) for n, d in pairs]


FORMULAS = {
    "8,192 characters": ("=1" + "+1" * 4095, None),
    "8,193 characters": ("=11" + "+1" * 4095, "longer than 8192 characters"),
    "100,000 terms of &": ("=A1" + "&A1" * 100_000, "longer than 8192 characters"),
    "255 arguments": (f"=SUM({','.join('1' * 255)})", None),
    "256 arguments": (f"=SUM({','.join('1' * 256)})", "SUM is given more than 255 arguments"),
    "64 functions": ("=" + "ABS(" * 64 + "1" + ")" * 64, None),
    "65 functions": ("=" + "ABS(" * 65 + "1" + ")" * 65, "functions nested more than 64 deep"),
    "65 functions side by side": ("=" + "+".join(["ABS(1)"] * 65), None),
    "functions and parentheses": ("=" + "(IF(1," * 40 + "1" + "))" * 40, None),
}


@pytest.mark.parametrize(("formula", "fault"), FORMULAS.values(), ids=list(FORMULAS))
def test_formulas_that_excel_refuses(formula, fault):
    book = Workbook("formulas")
    sheet = book.add_sheet("s")
    if fault is None:
        put(sheet, formula)
        assert isinstance(sheet["B2"], float)
        return
    with pytest.raises(FormulaError, match=f"B2: {fault}") as refused:
        put(sheet, formula)
    assert len(str(refused.value)) < 250


def put(sheet: Sheet, formula: str) -> None:
    """Some limits are met when a formula is typed, others when it is first understood."""
    sheet["B2"] = formula
    sheet.book.recalculate()


def test_len_and_the_cuts_count_utf_16():
    draw = random.Random(2)
    words = ["".join(draw.choices(["a", "ü", "漢", FACE], k=6)) for _ in range(40)]
    encoded = [word.encode("utf-16-le") for word in words]
    sheets = {"in": [[word] for word in words]}
    rows = range(1, len(words) + 1)
    assert computed([f"=LEN(in!A{row})" for row in rows], sheets) == [len(code) / 2 for code in encoded]
    for first, count in [(1, 3), (2, 2), (3, 4), (5, 1)]:
        cut = [code[2 * first - 2 : 2 * (first + count - 1)] for code in encoded]
        whole = [piece.decode("utf-16-le", "ignore") for piece in map(without_halves, cut)]
        assert computed([f"=MID(in!A{row},{first},{count})" for row in rows], sheets) == whole


def without_halves(code: bytes) -> bytes:
    """UTF-16 without a second half at its start and a first half at its end."""
    unit = np.frombuffer(code, "<u2")
    start = len(unit) > 0 and 0xDC00 <= unit[0] < 0xE000
    end = len(unit) > start and 0xD800 <= unit[-1] < 0xDC00
    return unit[int(start) : len(unit) - int(end)].tobytes()
