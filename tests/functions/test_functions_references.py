"""References as texts, texts as references, and lookups: Microsoft's examples and Excel's own ways."""

from __future__ import annotations

from tables import assert_table

import sheetsim
from sheetsim import Workbook

DOCUMENTED = {
    "=ADDRESS(2,3)": "$C$2",
    "=ADDRESS(2,3,2)": "C$2",
    "=ADDRESS(2,3,2,FALSE)": "R2C[3]",
    '=ADDRESS(2,3,1,FALSE,"[Book1]Sheet1")': "'[Book1]Sheet1'!R2C3",
    '=ADDRESS(2,3,1,FALSE,"EXCEL SHEET")': "'EXCEL SHEET'!R2C3",
    '=ADDRESS(2,3,,,"in")': "in!$C$2",
    "=ADDRESS(1/0,1)": "#DIV/0!",
    "=XMATCH(4,{1,3,5},1)": 3,
    "=XMATCH(4,{1,3,5},-1)": 2,
    "=XMATCH(4,{5,1,3},-1)": 3,
    '=XMATCH("gra",{"Grape","Gravel"},0)': "#N/A",
    '=XMATCH("gra?e",{"Gravel","Grape"},2)': 2,
    '=XMATCH("x",{"x","y","x"},0,-1)': 3,
    '=XMATCH("^b",{"ab","ba","bb"},3)': 2,
    '=XMATCH("^b",{"ab","ba","bb"},3,-1)': 3,
    '=XLOOKUP("^b",{"ab","ba","bb"},{1,2,3},"none",3)': 2,
    "=XMATCH(1,{1,2;3,4})": "#VALUE!",
    "=XMATCH(1,{1,2},4)": "#VALUE!",
    "=MATCH(4,{9,5,3},-1)": 2,
    "=MATCH(10,{9,5,3},-1)": "#N/A",
    "=MATCH(5,{9,5,5,3},-1)": 3,
    "=LOOKUP(4.19,{4.14,4.19,5.17,5.77,6.39})": 4.19,
    '=LOOKUP(5.75,{4.14,4.19,5.17,5.77},{"red","orange","yellow","green"})': "yellow",
    "=LOOKUP(0,{4.14,4.19})": "#N/A",
    '=LOOKUP("C",{"a","b","c","d";1,2,3,4})': 3,
    '=LOOKUP("bump",{"a",1;"b",2;"c",3})': 2,
    '=HYPERLINK("http://example.com","shown")': "shown",
    '=HYPERLINK("http://example.com")': "http://example.com",
    "=SUM(OFFSET(in!E3,0,0,-2,1))": 6,
    "=SUM(OFFSET(in!E3,0,0,2.9,-1))": 8,
    "=SUM(OFFSET(in!E3,0,0,0,1))": "#REF!",
    "=SUM(OFFSET(in!E3,-9,0))": "#REF!",
    "=INDEX(in!E1:F6,2,2,1)": 7,
    "=INDEX(in!E1:F6,2,2,2)": "#REF!",
    "=SUM(INDEX(in!E1:F6,2,1,1):in!E3)": 6,
    "=SUM(INDEX({1,2,3},1,0,1))": 6,
    "=FORMULATEXT(in!A1)": "#N/A",
    "=FORMULATEXT(H40)": '=FORMULATEXT(in!A1)&"_xlfn.x"',
    '=FORMULATEXT(in!A1)&"_xlfn.x"': "#N/A",
}


def test_documented_examples() -> None:
    place = list(DOCUMENTED).index('=FORMULATEXT(in!A1)&"_xlfn.x"') + 1
    assert_table({formula.replace("H40", f"H{place}"): value for formula, value in DOCUMENTED.items()})


def test_references_of_texts() -> None:
    book = Workbook("indirect")
    sheet, other = book.add_sheet("s"), book.add_sheet("a b")
    sheet.values("A1", [["B1", 10], ["B2", 20], ["B1:B2", 30], ["rate", 40], ["nothing", 50], ["'a b'!A1", 60]])
    other["A1"] = "=s!B1+s!B2"
    book.define_name("rate", "s!$B$4")
    sheet.fill("C1:C6", "=SUM(INDIRECT(A1))")
    sheet["D1"] = '=INDIRECT("R2C2",FALSE)'
    sheet["D2"] = '=INDIRECT("R[1]C[-2]",FALSE)'
    sheet["D3"] = '=SUM(INDIRECT("B:B"))'
    sheet["D4"] = "=COUNTA(INDIRECT(\"'a b'!A\"&1))"
    sheet["D5"] = '=INDIRECT("C6")+1'
    sheet["D6"] = "=ROW(INDIRECT(A2))"
    book.recalculate()
    wrong = sheetsim.ExcelError("#REF!")
    assert [row[0] for row in sheet["C1:C6"]] == [10, 20, 30, 40, wrong, 30]
    assert [row[0] for row in sheet["D1:D6"]] == [20, 30, 210, 1, 31, 2]
    sheet["A1"] = "C2"  # from now on it waits for another cell of its own column
    sheet["B1"] = 11
    book.recalculate()
    assert [row[0] for row in sheet["C1:C6"]] == [20, 20, 31, 40, wrong, 31]
