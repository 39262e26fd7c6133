"""Functions of engineering, of information, and the younger ones of logic: Microsoft's examples, and Excel's cells."""

from __future__ import annotations

import numpy as np
import pytest
from tables import assert_table, computed, shown

from sheetsim.functions.families.engineering.bessel import bessel

DOCUMENTED = {
    "=BESSELI(1.5,1)": shown(0.981666428, 9),
    "=BESSELJ(1.9,2)": shown(0.329925829, 9),
    "=BESSELK(1.5,1)": shown(0.277387804, 9),
    "=BESSELY(2.5,1)": shown(0.145918138, 9),
    "=BIN2DEC(1100100)": 100,
    "=BIN2DEC(1111111111)": -1,
    "=BIN2HEX(11111011,4)": "00FB",
    "=BIN2HEX(1110)": "E",
    "=BIN2HEX(1111111111)": "FFFFFFFFFF",
    "=BIN2OCT(1001,3)": "011",
    "=BIN2OCT(1111111111)": "7777777777",
    "=BITAND(1,5)": 1,
    "=BITAND(13,25)": 9,
    "=BITLSHIFT(4,2)": 16,
    "=BITOR(23,10)": 31,
    "=BITRSHIFT(13,2)": 3,
    "=BITXOR(5,3)": 6,
    "=COMPLEX(3,4)": "3+4i",
    '=COMPLEX(3,4,"j")': "3+4j",
    "=COMPLEX(0,1)": "i",
    "=COMPLEX(1,0)": "1",
    '=CONVERT(1,"lbm","kg")': shown(0.4535924, 7),
    '=CONVERT(68,"F","C")': 20,
    '=CONVERT(2.5,"ft","sec")': "#N/A",
    '=CONVERT(CONVERT(100,"ft","m"),"ft","m")': shown(9.290304, 6),
    "=DEC2BIN(9,4)": "1001",
    "=DEC2BIN(-100)": "1110011100",
    "=DEC2HEX(100,4)": "0064",
    "=DEC2HEX(-54)": "FFFFFFFFCA",
    "=DEC2HEX(64,1)": "#NUM!",
    "=DEC2OCT(58,3)": "072",
    "=DEC2OCT(-100)": "7777777634",
    "=DELTA(5,4)": 0,
    "=DELTA(5,5)": 1,
    "=DELTA(0.5,0)": 0,
    "=ERF(0.745)": shown(0.70792892, 8),
    "=ERF(1)": shown(0.84270079, 8),
    "=ERF.PRECISE(0.745)": shown(0.70792892, 8),
    "=ERFC(1)": shown(0.15729921, 8),
    "=ERFC.PRECISE(1)": shown(0.15729921, 8),
    "=GESTEP(5,4)": 1,
    "=GESTEP(5,5)": 1,
    "=GESTEP(-4,-5)": 1,
    "=GESTEP(-1)": 0,
    '=HEX2BIN("F",8)': "00001111",
    '=HEX2BIN("FFFFFFFFFF")': "1111111111",
    '=HEX2DEC("A5")': 165,
    '=HEX2DEC("FFFFFFFF5B")': -165,
    '=HEX2OCT("F",3)': "017",
    '=HEX2OCT("FFFFFFFF00")': "7777777400",
    '=IMABS("5+12i")': 13,
    '=IMAGINARY("3+4i")': 4,
    '=IMAGINARY("0-j")': -1,
    "=IMAGINARY(4)": 0,
    '=IMARGUMENT("3+4i")': shown(0.92729522, 8),
    '=IMCONJUGATE("3+4i")': "3-4i",
    '=IMCOS("1+i")': "0.833730025131149-0.988897705762865i",
    '=IMCOSH("4+3i")': "-27.0349456030742+3.85115333481178i",
    '=IMDIV("-238+240i","10+24i")': "5+12i",
    '=IMEXP("1+i")': "1.46869393991589+2.28735528717884i",
    '=IMLN("3+4i")': "1.6094379124341+0.927295218001612i",
    '=IMLOG10("3+4i")': "0.698970004336019+0.402719196273373i",
    '=IMLOG2("3+4i")': "2.32192809488736+1.33780421245098i",
    '=IMPOWER("2+3i",3)': "-46+9.00000000000001i",
    '=IMPRODUCT("3+4i","5-3i")': "27+11i",
    '=IMPRODUCT("1+2i",30)': "30+60i",
    '=IMREAL("6-9i")': 6,
    '=IMSIN("4+3i")': "-7.61923172032141-6.548120040911i",
    '=IMSQRT("1+i")': "1.09868411346781+0.455089860562227i",
    '=IMSUB("13+4i","5+3i")': "8+i",
    '=IMSUM("3+4i","5-3i")': "8+i",
    "=OCT2BIN(3,3)": "011",
    "=OCT2BIN(7777777000)": "1000000000",
    "=OCT2DEC(54)": 44,
    "=OCT2DEC(7777777533)": -165,
    "=OCT2HEX(100,4)": "0040",
    "=OCT2HEX(7777777533)": "FFFFFFFF5B",
    "=ISEVEN(-1)": False,
    "=ISEVEN(2.5)": True,
    "=ISEVEN(0)": True,
    "=ISODD(5)": True,
    '=ISODD("x")': "#VALUE!",
    "=N(in!A1)": 1,
    "=N(in!B3)": 0,
    "=N(in!K1)": 1,
    "=TYPE(in!B3)": 2,
    '=TYPE("Mr. "&in!B3)': 2,
    '=TYPE(2+"x")': 16,
    "=TYPE({1,2;3,4})": 64,
    "=ERROR.TYPE(in!C2)": 7,
    "=ERROR.TYPE(1/0)": 2,
    "=ERROR.TYPE(1)": "#N/A",
    "=XOR(3>0,2<9)": False,
    "=XOR(3>12,4>6)": False,
    '=SWITCH(2,1,"Sunday",2,"Monday","No match")': "Monday",
    '=SWITCH(99,1,"Sunday",2,"Monday")': "#N/A",
    '=SWITCH(99,1,"Sunday","No match")': "No match",
    '=IFS(in!A1>89,"A",in!A1>0,"B")': "B",
    '=INFO("numfile")': 2,
    '=INFO("recalc")': "Automatic",
}

#: Cells of workbooks that Excel saved, and what follows from its rules.
EXCEL = {
    "=BESSELJ(0,0)": 1.00000000283141,
    "=BESSELJ(10,0)": -0.2459357644412996,
    "=BESSELJ(10,1)": 0.04347224965225415,  # wrong from the fifth digit on, in Excel too
    "=BESSELI(0.2,0)": 1.0100250221205638,
    "=BESSELI(-433,3)": pytest.approx(-2.12707910197399e186, rel=1e-6),  # by mpmath
    "=BESSELK(0,1)": "#NUM!",
    "=BESSELY(-1,1)": "#NUM!",
    "=BESSELJ(1,-1)": "#NUM!",
    "=BESSELJ(TRUE,1)": "#VALUE!",
    "=BIN2HEX(1100011011,-2)": "#NUM!",
    "=BIN2HEX(1100011011,1)": "FFFFFFFF1B",
    "=BIN2HEX(1100011011,11)": "#NUM!",
    "=BIN2DEC(12)": "#NUM!",
    "=DEC2BIN(512)": "#NUM!",
    "=DEC2BIN(-512.8)": "1000000000",
    "=DEC2OCT(536870912)": "#NUM!",
    "=DEC2BIN(TRUE)": "#VALUE!",
    '=HEX2DEC("")': 0,
    "=BITAND(1.5,1)": "#NUM!",
    "=BITAND(-1,1)": "#NUM!",
    "=BITLSHIFT(1,48)": "#NUM!",
    "=BITLSHIFT(16,-2)": 4,
    '=COMPLEX(1,2,"k")': "#VALUE!",
    '=COMPLEX(1,2,"")': "1+2i",
    "=COMPLEX(0.0000000000000001,0)": "0.0000000000000001",
    "=COMPLEX(1.2E-45,-3)": "1.2E-45-3i",
    '=IMSUM("1+i","1+j")': "#VALUE!",
    '=IMREAL("x")': "#NUM!",
    '=IMREAL("4i+3")': "#NUM!",
    "=IMARGUMENT(0)": "#DIV/0!",
    '=IMDIV("1+i",0)': "#NUM!",
    "=IMLN(0)": "#NUM!",
    "=IMREAL(IMSQRT(-12))": 2.12115047744981e-16,
    "=IMREAL(IMTAN(COMPLEX(12,6)))": -1.11280735120837e-05,
    "=IMPRODUCT(7,in!D1)": "0",  # a blank cell is 0
    "=IMSUM(TRUE,1)": "#VALUE!",
    "=ERF.PRECISE(TRUE)": "#VALUE!",
    "=ISODD(TRUE)": "#VALUE!",
    "=ISODD(in!D1)": False,
    "=TYPE(in!D1)": 1,
    '=CELL("address",in!B3)': "in!$B$3",
    '=CELL("col",C5:D9)': 3,
    '=CELL("row",C5:D9)': 5,
    '=CELL("contents",in!A2:A4)': 2.5,
    '=CELL("contents",in!D1)': 0,
    '=CELL("contents",in!C2)': "#N/A",
    '=CELL("type",in!D1)': "b",
    '=CELL("TYPE",in!B3)': "l",
    '=CELL("type",in!C2)': "v",
    '=CELL("nothing",in!A1)': "#VALUE!",
    "=ISREF(in!A1:B2)": True,
    "=ISREF(12)": False,
    "=ISREF(OFFSET(in!A1,6,5))": True,
    "=ISREF(in!A1:OFFSET(in!A1,1,1))": True,
    "=ISFORMULA(in!A1)": False,
    "=ISFORMULA(1)": "#VALUE!",
    "=SHEET()": 2,
    "=SHEET(in!A1)": 1,
    '=SHEET("IN")': 1,
    '=SHEET("nowhere")': "#N/A",
    "=SHEETS()": 2,
}

LOGIC = {
    "=XOR(TRUE)": True,
    "=XOR(in!K1:K6)": True,  # three are TRUE or not 0; the text TRUE in a cell does not count
    "=XOR(in!G1:G3)": "#VALUE!",
    '=AND("",TRUE)': True,
    '=OR("",FALSE)': False,
    '=AND("")': "#VALUE!",
    "=IFS(FALSE,1)": "#N/A",
    "=IFS(FALSE,1,TRUE)": "#N/A",
    "=IFS(in!C2,1,TRUE,2)": "#N/A",
    "=IFS(TRUE,1,1/0,2)": 1,
    "=SWITCH(in!C3,1,2)": "#DIV/0!",
    '=SWITCH("B","a",1,"b",2)': 2,
    "=SWITCH(in!D1,0,5)": 5,
    "=TRUE()": True,
    "=FALSE()": False,
    # what is chosen is as large as it is, and its place is known
    "=SUM(IF(FALSE,in!A1:A3,1))": 1,
    "=SUM(IF(TRUE,in!E1:E2,in!E1:F6))": 4,
    "=SUM(CHOOSE(1,1,in!A1:A3))": 1,
    "=ROWS(CHOOSE(2,in!A1,in!A1:A4))": 4,
    "=COLUMN(IF(FALSE,1,in!C1))": 3,
    "=SUM(in!E1:CHOOSE(2,in!E2,in!E3))": 7,
    "=SUM(CHOOSE(2,in!E2,in!E3):in!E1)": 7,
    "=SUM(IF(TRUE,in!E1,in!A1):in!E2)": 4,
    "=OFFSET(IF(TRUE,in!E1,in!A1),1,0)": 3,
    "=INDEX(IF(in!A1:A3>0,in!E1:E3,9),3)": 9,  # and what is computed of an array stays one
    "=INDEX(CHOOSE(2,in!A1:A3,in!E1:E3),2)": 3,
    "=INDEX(INDEX(in!E1:F3,0,1),3)": 3,
    "=ISREF(CHOOSE(1,in!A1,2))": True,
    "=ISREF(CHOOSE(2,in!A1,2))": False,
    "=ROWS(CHOOSE(9,in!A1))": "#VALUE!",
    "=SUM(in!E1:CHOOSE(9,in!A1))": "#VALUE!",
    "=SUM(CHOOSE({1,2},in!A1,in!E3))": 4,
}


@pytest.mark.parametrize("table", [DOCUMENTED, EXCEL, LOGIC], ids=["documented", "excel", "logic"])
def test_functions_of_engineering_information_and_logic(table):
    assert_table(table)


def test_a_filled_column_of_choices_of_different_sizes_is_computed_cell_by_cell():
    formulas = [f"=SUM(IF(in!E{row}>4,in!A1:A3,1))" for row in range(1, 7)]
    assert computed(formulas) == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]


#: One of a unit in another, by its definition: the international yard and pound, the SI, CODATA of 2006.
DEFINED = {
    ("lbm", "g"): 453.59237,
    ("ozm", "g"): 28.349523125,
    ("grain", "g"): 0.06479891,
    ("stone", "lbm"): 14,
    ("uk_ton", "lbm"): 2240,
    ("in", "m"): 0.0254,
    ("mi", "ft"): 5280,
    ("Nmi", "m"): 1852,
    ("survey_mi", "m"): 1609.3472186944375,
    ("ly", "m"): 9460730472580800,
    ("pc", "m"): 3.0856775812815532e16,
    ("ell", "in"): 45,
    ("Picapt", "in"): 1 / 72,
    ("pica", "in"): 1 / 6,
    ("yr", "day"): 365.25,
    ("atm", "Pa"): 101325,
    ("psi", "Pa"): 6894.757293168361,
    ("Torr", "Pa"): 133.32236842105263,
    ("mmHg", "Pa"): 133.322,
    ("lbf", "N"): 4.4482216152605,
    ("pond", "N"): 0.00980665,
    ("cal", "J"): 4.1868,
    ("c", "J"): 4.184,
    ("eV", "J"): 1.602176487e-19,
    ("BTU", "J"): 1055.05585262,
    ("HPh", "J"): 2684519.5376961729,
    ("flb", "J"): 1.3558179483314004,
    ("HP", "W"): 745.69987158227022,
    ("PS", "W"): 735.49875,
    ("ga", "T"): 1e-4,
    ("gal", "l"): 3.785411784,
    ("uk_gal", "l"): 4.54609,
    ("tbs", "tsp"): 3,
    ("barrel", "gal"): 42,
    ("bushel", "l"): 35.23907016688,
    ("GRT", "ft3"): 100,
    ("MTON", "ft3"): 40,
    ("uk_acre", "m2"): 4046.8564224,
    ("us_acre", "m2"): 4046.8726098742523,
    ("ha", "ar"): 100,
    ("Morgen", "m2"): 2500,
    ("byte", "bit"): 8,
    ("mph", "m/s"): 0.44704,
    ("kn", "m/hr"): 1852,
    ("km", "m"): 1000,
    ("km2", "m2"): 1e6,
    ("mm3", "l"): 1e-6,
    ("Mibyte", "byte"): 1048576,
    ("mK", "K"): 0.001,
    ("kel", "K"): 1,
    ("cm", "in"): 1 / 2.54,
    ("min", "sec"): 60,
    ("pc", "cm"): 3.0856775812815532e18,  # a parsec, no pico-c
}


def test_units_are_of_the_size_that_defines_them():
    pairs = list(DEFINED)
    found = computed([f'=CONVERT(1,"{one}","{other}")' for one, other in pairs])
    assert found == [pytest.approx(DEFINED[pair], rel=1e-13) for pair in pairs]


def test_units_of_other_things_do_not_go_together():
    assert_table({'=CONVERT(1,"admkn","ft")': "#N/A", '=CONVERT(1,"KM","m")': "#N/A", '=CONVERT(1,"kin","m")': "#N/A"})


@pytest.mark.parametrize(
    ("letter", "kernel", "most"), [("J", "jv", 5e-5), ("Y", "yv", 1e-7), ("I", "iv", 3e-6), ("K", "kv", 2e-7)]
)
def test_bessels_functions_are_those_of_scipy_to_the_digits_that_excel_has(letter, kernel, most):
    from scipy import special

    x, order = np.meshgrid(np.linspace(0.05, 40, 300), np.arange(9.0))
    right = getattr(special, kernel)(order, x)
    size = np.sqrt(2 / (np.pi * x)) if letter in "JY" else np.abs(right)  # of what swings about 0, as wide as it swings
    assert (np.abs(bessel(letter, x, order) - right) <= most * np.maximum(np.abs(right), size)).all()


def test_what_depends_on_looks_is_unsupported():
    from sheetsim import Workbook

    book = Workbook("looks")
    sheet = book.add_sheet("s")
    sheet["A1"] = '=CELL("width",B1)'
    sheet["A2"] = '=INFO("system")'
    book.recalculate()
    assert sheet["A1:A2"] == [["#UNSUPPORTED!"], ["#UNSUPPORTED!"]]
