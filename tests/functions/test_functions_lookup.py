"""MATCH, INDEX, the lookups, criteria, and references that are computed."""

from __future__ import annotations

import pytest
from tables import CELLS, assert_table

SHEETS = {
    "fruit": [["Bananas", 25], ["Oranges", 38], ["Apples", 40], ["Pears", 41]],
    "basket": [["apples", 32], ["oranges", 54], ["peaches", 75], ["apples", 86]],
    "two": [["Apples", "Lemons"], ["Bananas", "Pears"]],
    "parts": [["Axles", "Bearings", "Bolts"], [4, 4, 9], [5, 7, 10], [6, 8, 11]],
    "tax": [[9700, 0.1], [39475, 0.12], [84200, 0.22], [160725, 0.24], [204100, 0.32], [510300, 0.35], [None, 0.37]],
    "in": CELLS,
}

#: The examples of Microsoft's pages on these functions.
DOCUMENTED = {
    "=MATCH(39,fruit!B1:B4,1)": 2,
    "=MATCH(41,fruit!B1:B4,0)": 4,
    "=MATCH(40,fruit!B1:B4,-1)": "#N/A",  # not in descending order
    "=INDEX(two!A1:B2,2,2)": "Pears",
    "=INDEX(two!A1:B2,2,1)": "Bananas",
    '=COUNTIF(basket!A1:A4,"apples")': 2,
    "=COUNTIF(basket!A1:A4,basket!A3)": 1,
    "=COUNTIF(basket!A1:A4,basket!A2)+COUNTIF(basket!A1:A4,basket!A1)": 3,
    '=COUNTIF(basket!B1:B4,">55")': 2,
    '=COUNTIF(basket!B1:B4,"<>"&basket!B3)': 3,
    '=COUNTIF(basket!B1:B4,">=32")-COUNTIF(basket!B1:B4,"<=85")': 1,
    '=COUNTIF(basket!A1:A4,"*")': 4,
    '=COUNTIF(basket!A1:A4,"?????es")': 2,
    '=HLOOKUP("Axles",parts!A1:C4,2,TRUE)': 4,
    '=HLOOKUP("Bearings",parts!A1:C4,3,FALSE)': 7,
    '=HLOOKUP("B",parts!A1:C4,3,TRUE)': 5,
    '=HLOOKUP("Bolts",parts!A1:C4,4)': 11,
    '=HLOOKUP(3,{1,2,3;"a","b","c";"d","e","f"},2,TRUE)': "c",
    "=XLOOKUP(46523,tax!A1:A7,tax!B1:B7,0,1,1)": 0.22,
    "=ROWS(in!C1:E4)": 4,
    "=COLUMNS(in!C1:E4)": 3,
    "=ROWS({1,2,3;4,5,6})": 2,
    "=COLUMNS({1,2,3;4,5,6})": 3,
    "=ROW(in!C10)": 10,
    "=COLUMN(in!D10)": 4,
}

#: From the description of the three match types, and from the binary search of the notes on Excel.
MATCHES = {
    "=MATCH(5,in!E1:E6,0)": 4,
    "=MATCH(4,in!E1:E6,0)": "#N/A",
    "=MATCH(4,in!E1:E6)": 3,
    "=MATCH(3,in!E1:E6)": 3,  # the last of equals
    "=MATCH(3,in!E1:E6,0)": 2,  # the first of equals
    "=MATCH(0,in!E1:E6)": "#N/A",
    "=MATCH(99,in!E1:E6)": 6,
    "=MATCH(4,in!F1:F6,-1)": 3,
    "=MATCH(9,in!F1:F6,-1)": 1,
    "=MATCH(10,in!F1:F6,-1)": "#N/A",
    "=MATCH(0,in!F1:F6,-1)": 6,
    "=MATCH(5,in!E1:E6,)": 4,  # a type left out between its commas is 0
    "=MATCH(1,{1,0})": 1,
    "=MATCH(1,{0,1})": 2,
    "=MATCH(3,{5,3,3,3,1})": 4,  # unsorted: the equal entry that is met, then right over its equals
    '=MATCH("CAT",in!G1:G6,0)': 3,
    '=MATCH("cow",in!G1:G6)': 3,
    '=MATCH("a",in!G1:G6)': "#N/A",
    '=MATCH("zebra",in!G1:G6,1)': 6,
    '=MATCH("?o?",in!G1:G6,0)': 4,
    '=MATCH("c*",in!G1:G6,0)': 3,
    '=MATCH("z~*",in!I1:I6,0)': 6,
    '=MATCH("z*",in!I1:I6,0)': 6,
    '=MATCH("~x",{"x","~x"},0)': 2,
    '=MATCH("abc",in!B1:B6,0)': 3,
    "=MATCH(12,in!B1:B6,0)": "#N/A",  # there it is a text
    '=MATCH("12",in!B1:B6,0)': 4,
    "=MATCH(TRUE,in!K1:K6,0)": 1,
    "=MATCH(1,in!K1:K6,0)": 3,
    "=MATCH(FALSE,in!K1:K6,0)": 2,
    "=MATCH(0.5,in!B1:B6,0)": 5,
    "=MATCH(3,in!A1:B6,0)": "#N/A",  # neither a row nor a column
    "=MATCH(in!C2,in!A1:A6,0)": "#N/A",
    "=MATCH(in!C3,in!A1:A6,0)": "#DIV/0!",
    "=MATCH(3,{1,2,3},0)": 3,
    "=SUM(MATCH({1,5,9},in!E1:E6,0))": 11,
    "=SUMPRODUCT(MATCH(in!E1:E6,in!E1:E6,0))": 1 + 2 + 2 + 4 + 5 + 6,
}

LOOKUPS = {
    "=VLOOKUP(5,in!E1:G6,3,FALSE)": "dog",
    "=VLOOKUP(5,in!E1:G6,3)": "dog",
    "=VLOOKUP(6,in!E1:G6,3)": "dog",
    "=VLOOKUP(6,in!E1:G6,3,FALSE)": "#N/A",
    "=VLOOKUP(3,in!E1:G6,3,FALSE)": "bee",
    "=VLOOKUP(3,in!E1:G6,3,TRUE)": "cat",
    "=VLOOKUP(3,in!E1:G6,3,)": "bee",  # left out between its commas: FALSE
    "=VLOOKUP(0,in!E1:G6,3)": "#N/A",
    '=VLOOKUP("D*",in!G1:J6,2,FALSE)': 45323,
    "=VLOOKUP(5,in!E1:G6,4)": "#REF!",
    "=VLOOKUP(5,in!E1:G6,0)": "#VALUE!",
    "=VLOOKUP(5,in!E1:G6,2.9,FALSE)": 3,
    '=VLOOKUP(5,in!E1:G6,"x",FALSE)': "#VALUE!",
    "=VLOOKUP(in!C2,in!E1:G6,2)": "#N/A",
    "=VLOOKUP(7,in!A1:D6,4,FALSE)": 0,  # a blank that is found shows 0
    "=SUM(VLOOKUP({1,9},in!E1:F6,2,FALSE))": 10,
    "=INDEX(in!A1:A6,2)": 2.5,
    "=INDEX(in!A1:F1,5)": 1,
    "=INDEX(in!A1:F6,3,7)": "#REF!",
    "=SUM(INDEX(in!A1:A5,{2,0;1,5},1))": 2.5 + 1 + 1 + 7,  # of a whole column its first cell
    "=INDEX(in!A1:F6,7,1)": "#REF!",
    "=INDEX(in!A1:F6,-1,1)": "#VALUE!",
    "=INDEX(in!A1:F6,1,-1)": "#VALUE!",
    "=INDEX(in!A1:A6,2.9)": 2.5,
    '=INDEX(in!A1:A6,"x")': "#VALUE!",
    "=INDEX(in!B1:B6,2)": 0,
    "=SUM(INDEX(in!E1:F6,0,1))": 28,
    "=SUM(INDEX(in!E1:F6,2,0))": 10,
    "=SUM(INDEX(in!E1:F6,2))": 10,  # of a table with both, one number means the whole row
    "=SUM(INDEX(in!E1:F6,,2))": 28,
    "=SUM(INDEX(in!E1:F6,0,0))": 56,
    "=SUM(INDEX(in!E1:E6,{1,6}))": 10,
    "=INDEX({1,2;3,4},2,1)": 3,
    "=INDEX(in!C1:C6,2)": "#N/A",
    "=XLOOKUP(5,in!E1:E6,in!G1:G6)": "dog",
    "=XLOOKUP(6,in!E1:E6,in!G1:G6)": "#N/A",
    '=XLOOKUP(6,in!E1:E6,in!G1:G6,"none")': "none",
    "=XLOOKUP(6,in!E1:E6,in!G1:G6,,-1)": "dog",  # next smaller; nothing given for "not found"
    "=XLOOKUP(6,in!E1:E6,in!G1:G6,,1)": "eel",
    "=XLOOKUP(2,in!J1:J6,in!A1:A6,,0)": -3,
    "=XLOOKUP(2.5,in!J1:J6,in!A1:A6,,1)": 1,  # anywhere in the list, which need not be sorted
    "=XLOOKUP(99,in!J1:J6,in!A1:A6,,1)": "#N/A",
    "=XLOOKUP(99,in!J1:J6,in!A1:A6,,-1)": 7,
    "=XLOOKUP(3,in!E1:E6,in!G1:G6,,0,-1)": "cat",  # from the end
    "=XLOOKUP(3,in!E1:E6,in!G1:G6,,0,1)": "bee",
    "=XLOOKUP(5,in!E1:E6,in!G1:G6,,0,2)": "dog",
    '=XLOOKUP("C*",in!G1:G6,in!E1:E6,,2)': 3,
    '=XLOOKUP("c*",in!G1:G6,in!E1:E6,"none",0)': "none",
    '=XLOOKUP("CAT",in!G1:G6,in!E1:E6)': 3,
    "=XLOOKUP(in!D1,in!B1:B6,in!A1:A6)": 2.5,  # a blank finds a blank
    "=SUM(XLOOKUP(5,in!E1:E6,in!E1:F6))": 8,  # a whole row
    "=XLOOKUP(5,in!E1:E6,in!F1:F5)": "#VALUE!",
    "=XLOOKUP(5,in!E1:E6,in!F1:F6,,7)": "#VALUE!",
    "=XLOOKUP(in!C3,in!E1:E6,in!F1:F6)": "#DIV/0!",
    "=SUM(XLOOKUP({1,9},in!E1:E6,in!F1:F6))": 10,
}

#: The criterion as the documentation of COUNTIF describes it; a text that looks like a number counts as that number.
CRITERIA = {
    '=COUNTIF(in!A1:A6,">1")': 3,
    '=COUNTIF(in!A1:A6,"<=0")': 2,
    '=COUNTIF(in!A1:A6,"=7")': 1,
    "=COUNTIF(in!A1:A6,7)": 1,
    '=COUNTIF(in!A1:A6,"<>7")': 5,
    '=COUNTIF(in!B1:B6,"<>4")': 5,  # blanks and texts are not 4 either
    "=COUNTIF(in!B1:B6,12)": 1,
    '=COUNTIF(in!B1:B6,"12")': 1,
    '=COUNTIF(in!B1:B6,"<>12")': 6,  # the text "12" equals 12, and differs from it (Excel's own cells)
    '=COUNTIF(in!B1:B6,">10")': 0,
    '=COUNTIF(in!B1:B6,"=")': 1,
    '=COUNTIF(in!B1:B6,"<>")': 5,
    '=COUNTIF(in!B1:B6,"")': 1,
    "=COUNTIF(in!B1:B6,in!D1)": 0,  # a blank criterion is 0
    "=COUNTIF(in!A1:A6,in!D1)": 1,
    '=COUNTIF(in!B1:B6,"*")': 2,
    '=COUNTIF(in!I1:I6,"?")': 4,
    '=COUNTIF(in!I1:I6,"X")': 2,
    '=COUNTIF(in!I1:I6,"z~*")': 1,
    '=COUNTIF(in!I1:I6,"<y")': 2,
    '=COUNTIF(in!I1:I6,">=y")': 3,
    '=COUNTIF(in!I1:I6,"<>x")': 4,
    "=COUNTIF(in!K1:K6,TRUE)": 2,
    '=COUNTIF(in!K1:K6,"TRUE")': 2,
    "=COUNTIF(in!K1:K6,1)": 1,
    '=COUNTIF(in!C1:C6,"#N/A")': 1,
    "=COUNTIF(in!C1:C6,#DIV/0!)": 1,
    '=COUNTIF(in!A:A,">0")': 4,
    '=SUM(COUNTIF(in!I1:I6,{"x","y"}))': 4,
    '=COUNTIFS(in!A1:A6,">0",in!E1:E6,">3")': 2,
    '=SUM(COUNTIFS(in!I1:I6,{"x","y"},in!A1:A6,">0"))': 2,
    '=COUNTIFS(in!A1:A6,">0",in!E1:E5,">3")': "#VALUE!",
    '=SUMIF(in!I1:I6,"x",in!A1:A6)': -2,
    '=SUMIF(in!A1:A6,">0",in!C1:C6)': "#N/A",
    '=SUMIF(in!A1:A6,"=1",in!C1:C6)': 1,
    '=SUMIF(in!A1:A2,">0",in!E1:E6)': 4,  # as many cells as the first range has
    '=SUMIF(in!A1:A6,">0",in!B1:B6)': 4 + 0.5 - 2,
    '=SUMIFS(in!E1:E6,in!A1:A6,">0",in!I1:I6,"<>x")': 3 + 7 + 9,
    '=AVERAGEIF(in!A1:A6,">0",in!E1:E6)': 5,
    "=AVERAGEIF(in!D1:D6,0)": "#DIV/0!",
    '=AVERAGEIFS(in!E1:E6,in!A1:A6,">0",in!F1:F6,"<5")': 8,
}

REFERENCES = {
    "=OFFSET(in!A1,1,0)": 2.5,
    "=OFFSET(in!A1,-1,0)": "#REF!",
    "=OFFSET(in!A1,0,-1)": "#REF!",
    "=OFFSET(in!A1,1048576,0)": "#REF!",
    "=SUM(OFFSET(in!A1,0,0,3,1))": 0.5,
    "=SUM(OFFSET(in!A1,4,0,-3,1))": 4,  # a negative height counts upwards
    "=SUM(OFFSET(in!F1,0,0,1,-2))": 10,
    "=SUM(OFFSET(in!A1,0,0,0,1))": "#REF!",
    "=SUM(OFFSET(in!A1:A3,1,0,,))": -0.5,  # left out: as large as the reference
    "=SUM(OFFSET(in!A1:A3,1,0))": -0.5,
    "=SUM(OFFSET(in!A1:A3,1.9,0))": -0.5,
    "=SUM(OFFSET(in!A1:A3,0,4))": 7,
    "=SUM(OFFSET(in!A1,0,0,2,2):OFFSET(in!A1,3,0))": 4.5 + 12 - 12,
    "=ROW(OFFSET(in!A1,3,0))": 4,
    "=ROWS(OFFSET(in!A1,0,0,4,2))": 4,
    "=ROW(OFFSET(in!A1,-3,0))": "#REF!",
    '=OFFSET(in!A1,"x",0)': "#VALUE!",
    "=OFFSET(in!A1,in!C2,0)": "#N/A",
    "=ROWS(in!A:A)": 1048576,
    "=COLUMNS(in!1:1)": 16384,
    "=ROWS(5)": 1,
    "=SUMPRODUCT(ROW(in!A1:A6))": 21,
    "=SUMPRODUCT(COLUMN(in!B1:C1))": 5,
    "=ROWS(#REF!)": "#REF!",
}


@pytest.mark.parametrize(
    "table",
    [DOCUMENTED, MATCHES, LOOKUPS, CRITERIA, REFERENCES],
    ids=["documented", "match", "lookup", "criteria", "reference"],
)
def test_lookups(table):
    assert_table(table, SHEETS)


def test_array_formulas_ask_once_for_each_value():
    table = {
        "=SUM(COUNTIF(in!I1:I6,in!I1:I4))": 8,
        "=SUM(1/COUNTIF(in!E1:E6,in!E1:E6))": 5,
        "=SUM(SUMIF(in!I1:I6,in!I1:I4,in!A1:A6))": -2 + 2.5 - 2 + 2.5,
        "=SUM(VLOOKUP(in!E1:E6,in!E1:F6,2,0))": 9 + 7 + 7 + 3 + 3 + 1,
        "=INDEX(in!A1:A6,MATCH(1,(in!E1:E6=3)*(in!F1:F6=5),0))": -3,
        "=SUM(LARGE(in!A1:A6,ROW(in!A1:A3)))": 19.5,
        "=ROW()": 7,
        "=SUM(ROW(in!A1:A6))": 21,
    }
    assert_table(table, array=True)
