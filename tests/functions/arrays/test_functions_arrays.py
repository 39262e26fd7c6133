"""Functions that make arrays, cut them, join them, sort and filter them: the examples of Microsoft's pages, the rules
that these state, and sorting by plain Python."""

from __future__ import annotations

import random

import pytest
from tables import CELLS, assert_table

from sheetsim import Workbook

SHEETS = {
    "in": CELLS,
    "grid": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]],
    "sales": [
        ["East", "Tom", "Apple", 6380],
        ["West", "Fred", "Grape", 5619],
        ["North", "Amy", "Pear", 4565],
        ["South", "Sal", "Banana", 5323],
        ["East", "Fritz", "Apple", 4394],
    ],
    "list": [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]],
    "gaps": [["Ben", "Peter", None], ["John", None, 5]],
}

#: What each formula answers, all of it: text joined by | within rows and by ; between them.
ANSWERS = {
    "=SEQUENCE(4)": "1;2;3;4",
    "=SEQUENCE(2,3)": "1|2|3;4|5|6",
    "=SEQUENCE(2,2,10,-5)": "10|5;0|-5",
    "=SEQUENCE(,3)": "1|2|3",
    "=SEQUENCE(0)": "#CALC!",
    "=SEQUENCE(-1)": "#VALUE!",
    "=SEQUENCE(2000000)": "#VALUE!",
    "=TAKE(grid!A1:D3,2)": "1|2|3|4;5|6|7|8",
    "=TAKE(grid!A1:D3,,2)": "1|2;5|6;9|10",
    "=TAKE(grid!A1:D3,-2)": "5|6|7|8;9|10|11|12",
    "=TAKE(grid!A1:D3,2,-1)": "4;8",
    "=TAKE(grid!A1:D3,9,9)": "1|2|3|4;5|6|7|8;9|10|11|12",
    "=TAKE(grid!A1:D3,0)": "#CALC!",
    "=DROP(grid!A1:D3,2)": "9|10|11|12",
    "=DROP(grid!A1:D3,,2)": "3|4;7|8;11|12",
    "=DROP(grid!A1:D3,-2)": "1|2|3|4",
    "=DROP(grid!A1:D3,1,-3)": "5;9",
    "=DROP(grid!A1:D3,3)": "#CALC!",
    "=CHOOSEROWS(grid!A1:D3,1,3,1)": "1|2|3|4;9|10|11|12;1|2|3|4",
    "=CHOOSEROWS(grid!A1:D3,{-1,-2})": "9|10|11|12;5|6|7|8",
    "=CHOOSEROWS(grid!A1:D3,4)": "#VALUE!",
    "=CHOOSEROWS(grid!A1:D3,0)": "#VALUE!",
    "=CHOOSECOLS(grid!A1:D3,4,1)": "4|1;8|5;12|9",
    "=HSTACK(grid!A1:B3,grid!D1:D2)": "1|2|4;5|6|8;9|10|#N/A",
    '=VSTACK(grid!A1:B1,{"x","y","z"},7)': "1|2|#N/A;x|y|z;7|#N/A|#N/A",
    "=TOCOL(grid!A1:B2)": "1;2;5;6",
    "=TOCOL(grid!A1:B2,,TRUE)": "1;5;2;6",
    "=TOROW(gaps!A1:C2,1)": "Ben|Peter|John|5",
    "=TOROW(in!C1:C4,2)": "1|5",
    "=TOROW(in!C1:C5,3)": "1|5",
    "=TOROW(in!C1:C4,4)": "#VALUE!",
    "=WRAPROWS(list!A1:A7,3)": "a|b|c;d|e|f;g|#N/A|#N/A",
    "=WRAPROWS(list!A1:A2,3)": "a|b",
    "=WRAPCOLS(list!A1:A2,2)": "a;b",
    '=WRAPROWS(list!A1:A7,3,"x")': "a|b|c;d|e|f;g|x|x",
    "=WRAPCOLS(list!A1:A7,3)": "a|d|g;b|e|#N/A;c|f|#N/A",
    "=WRAPROWS(grid!A1:D3,2)": "#VALUE!",
    "=WRAPCOLS(list!A1:A7,0)": "#NUM!",
    "=EXPAND(grid!A1:B2,3,3)": "1|2|#N/A;5|6|#N/A;#N/A|#N/A|#N/A",
    '=EXPAND(grid!A1:B2,3,,"-")': "1|2;5|6;-|-",
    "=EXPAND(grid!A1:B2,1)": "#VALUE!",
    '=FILTER(sales!A1:D5,sales!C1:C5="Apple")': "East|Tom|Apple|6380;East|Fritz|Apple|4394",
    '=FILTER(sales!A1:D5,(sales!C1:C5="Apple")*(sales!D1:D5>5000))': "East|Tom|Apple|6380",
    '=FILTER(sales!A1:B5,sales!D1:D5>9999,"none")': "none",
    "=FILTER(sales!A1:B5,sales!D1:D5>9999)": "#CALC!",
    "=FILTER(grid!A1:D3,grid!A2:D2>6)": "3|4;7|8;11|12",
    "=FILTER(grid!A1:D3,{1;0})": "#VALUE!",
    "=FILTER(in!C1:C3,in!C1:C3>0)": "#N/A",
    "=SORT(sales!D1:D5)": "4394;4565;5323;5619;6380",
    "=SORT(sales!B1:D5,3,-1)": "Tom|Apple|6380;Fred|Grape|5619;Sal|Banana|5323;Amy|Pear|4565;Fritz|Apple|4394",
    "=SORT(sales!C1:D5,{1,2},{1,-1})": "Apple|6380;Apple|4394;Banana|5323;Grape|5619;Pear|4565",
    "=SORT({3,1,2},,,TRUE)": "1|2|3",
    "=SORT({3,1,2},,-1,TRUE)": "3|2|1",
    "=SORT(sales!C1:D5,3)": "#VALUE!",
    "=SORT(sales!C1:D5,1,2)": "#VALUE!",
    '=SORT({"b";2;TRUE;"A";#N/A;1;FALSE})': "1;2;A;b;FALSE;TRUE;#N/A",
    '=SORT({"b";2;TRUE;"A";1},1,-1)': "TRUE;b;A;2;1",
    "=SORTBY(sales!B1:B5,sales!D1:D5)": "Fritz;Amy;Sal;Fred;Tom",
    "=SORTBY(sales!B1:B5,sales!A1:A5,1,sales!D1:D5,-1)": "Tom;Fritz;Amy;Sal;Fred",
    "=SORTBY(sales!B1:B5,sales!A1:A4)": "#VALUE!",
    "=UNIQUE(sales!A1:A5)": "East;West;North;South",
    "=UNIQUE(sales!A1:A5,,TRUE)": "West;North;South",
    "=UNIQUE({1,2,1,3},TRUE)": "1|2|3",
    '=UNIQUE({"a";"A";"b"})': "a;b",
    '=UNIQUE({1,"x";1,"y";1,"x"})': "1|x;1|y",
}


@pytest.mark.parametrize("formula", ANSWERS)
def test_every_element_of_the_answer(formula: str) -> None:
    book = Workbook("arrays")
    for title, rows in SHEETS.items():
        book.add_sheet(title).values("A1", rows)
    expected = [row.split("|") for row in ANSWERS[formula].split(";")]
    height, width = len(expected), len(expected[0])
    sheet = book.add_sheet("s")
    sheet.array(f"A1:{'ABCDEFG'[width]}{height + 1}", formula)  # one more row and column: beyond the end is #N/A
    book.recalculate()
    shown = [[_shown(sheet.value(r, c)) for c in range(width)] for r in range(height)]
    assert shown == expected
    if height > 1 and width > 1:
        assert {sheet.value(height, c) for c in range(width + 1)} == {"#N/A"}


def _shown(value: object) -> str:
    return str(value).upper() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


#: Within other formulas an array is taken whole, in a cell of its own only its first element is seen.
WITHIN = {
    "=SUM(SEQUENCE(10,10))": 5050,
    "=SUM(SEQUENCE(3)*2)": 12,
    "=SUM(FILTER(in!A1:A6,in!A1:A6>1))": 19.5,
    "=COUNTA(UNIQUE(in!I1:I3))": 2,
    "=INDEX(SORT(in!J1:J6,1,-1),2)": 4,
    "=SUM(TAKE(SORT(in!J1:J6),-2))": 9,
    "=ROWS(VSTACK(in!A1:A6,in!J1:J6))": 12,
    "=SUMPRODUCT(SEQUENCE(3),SEQUENCE(3))": 14,
    "=IFERROR(SUM(FILTER(in!A1:A6,in!A1:A6>99)),-1)": -1,
    "=SUM(RANDARRAY(3,4,5,5,TRUE))": 60,
    "=COUNT(RANDARRAY(3,4))": 12,
    "=RANDARRAY(1,1,2,1)": "#VALUE!",
    "=RANDARRAY(1,1,0.5,3,TRUE)": "#VALUE!",
}


def test_within_other_formulas() -> None:
    assert_table(WITHIN)


def test_filled_down_each_cell_has_an_array_of_its_own() -> None:
    book = Workbook("down")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[n] for n in (1, 4, 2)])
    sheet.fill("B1:B3", "=SUM(SEQUENCE(A1))")
    sheet.fill("C1:C3", "=SUM(TAKE(A$1:A$3,A1))")
    sheet.fill("D1:D3", "=SEQUENCE(A1,1,A1)")  # in a cell of its own the first element
    book.recalculate()
    assert sheet["D1:D3"] == [[1], [4], [2]]
    assert sheet["B1:C3"] == [[1, 1], [10, 7], [3, 5]]


def test_random_arrays_lie_between_their_limits() -> None:
    book = Workbook("random")
    sheet = book.add_sheet("s")
    sheet.array("A1:D50", "=RANDARRAY(50,4,-2,7,TRUE)")
    book.recalculate()
    found = {value for row in sheet["A1:D50"] for value in row}
    assert found == set(range(-2, 8)), "200 draws of ten numbers leave none out but once in 10^8"


def test_sorted_as_python_sorts() -> None:
    generator = random.Random(5)
    rows = [[generator.randrange(9), generator.choice("abcDEF"), k] for k in range(300)]
    book = Workbook("sorted")
    sheet = book.add_sheet("s")
    sheet.values("A1", rows)
    sheet.array("E1:G300", "=SORT(A1:C300,{2,1},{-1,1})")
    book.recalculate()
    expected = sorted(sorted(rows, key=lambda row: row[0]), key=lambda row: row[1].casefold(), reverse=True)
    assert sheet["E1:G300"] == expected


def test_as_files_store_it() -> None:
    book = Workbook("anchor")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=SEQUENCE(4)"
    sheet["B1"] = "=SUM(_xlfn.ANCHORARRAY(A1))"
    book.recalculate()
    assert sheet["B1"] == 10
