"""Arrays of unequal size, and references where a single value is wanted.

What goes beyond the shorter array is ``#N/A`` (Microsoft: "Guidelines and examples of array formulas"). A range where
one value is wanted means its cell in the formula's own row or column, whether it is typed, or comes of INDEX or OFFSET.
Of an array of references, as OFFSET makes one, a function answers each, and LibreOffice is asked for the answers.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from libreoffice import agree, theirs
from tables import CELLS, assert_table

from sheetsim import Workbook
from sheetsim.errors import SheetsimError
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.arguments import Want
from sheetsim.model.formula import Formula

MISSING = {
    '=IFNA(MID("abc",{1;2;3},{1;2}),"none")': ["a", "bc", "none"],
    '=IFNA(LEFT({"abc";"de"},{1;2;3}),"none")': ["a", "de", "none"],
    '=IFNA(RIGHT({"abc";"de"},{1;2;3}),"none")': ["c", "de", "none"],
    '=MID("abcd",{1;2;3},2)': ["ab", "bc", "cd"],
    '=MID("abcd",{1;2;0},{1;-1;1})': ["a", "#VALUE!", "#VALUE!"],
    "=IFNA({1;2;3}+{1;2},0)": [2, 4, 0],
    '=IFNA({"a";"b";"c"}&{1;2},0)': ["a1", "b2", 0],
    "=IFNA(MOD({5;7;9},{3;4}),-1)": [2, 3, -1],
    "=IFNA(POWER({2;3;4},{2;3}),-1)": [4, 27, -1],
    "=IFNA(ROUND({1.25;2.55;3},{1;0}),-1)": [1.3, 3, -1],
    "=IFNA(LOG({100;8;1},{10;2}),-1)": [2, 3, -1],
    "=IFNA(IF({TRUE;FALSE;TRUE},{1;2},{3;4;5}),-1)": [1, 4, -1],
    "=IFNA(CHOOSE({1;2;1},{1;2},{3;4;5}),-1)": [1, 4, -1],
    "=IFNA(MATCH({1;2;3},{1;2;3;4},{0;1}),-1)": [1, 2, -1],
    "=IFNA(INDEX({1,2;3,4;5,6},{1;2;3},{1;2}),-1)": [1, 4, -1],
    "=IFNA(VLOOKUP({1;3;5},{1,2;3,4;5,6},{2;1},0),-1)": [2, 3, -1],
    "=IFNA(LARGE({1;2;3},{1;2;3})+{1;1},-1)": [4, 3, -1],
}


#: Filled down three rows; in the second and third a range of a whole column has left the sheet.
BEYOND = {
    "=A1:A1048576": 10,
    "=A1:A1048576%": 0.1,
    "=LEN(A1:A1048576)": 2,
    "=SUM(A1:A1048576)": 60,
    "=ROWS(A1:A1048576)": 1_048_576,
    "=A1:B1048576+1": "#VALUE!",
}


@pytest.mark.parametrize("formula", BEYOND)
def test_what_leaves_the_sheet_on_the_way_down_is_no_reference(formula):
    book = Workbook("fits")
    sheet = book.add_sheet("s")
    for row in (1, 2, 3):
        sheet[f"A{row}"] = 10 * row
    sheet.fill("D1:D3", formula)
    book.recalculate()
    assert [sheet[f"D{row}"] for row in (1, 2, 3)] == [BEYOND[formula], "#REF!", "#REF!"]


@pytest.mark.parametrize("formula", list(MISSING))
def test_what_is_missing_is_not_available(formula):
    expected = MISSING[formula]
    book = Workbook("fits")
    sheet = book.add_sheet("s")
    sheet.array("B2:B4", formula)
    book.recalculate()
    assert [sheet[f"B{row}"] for row in (2, 3, 4)] == expected


#: A cell shows what the function makes of the first reference; another function around it takes all answers.
ARRAYS_OF_REFERENCES = {
    "=SUM(OFFSET(in!A1:A3,{0;1},0))": 0.5,
    "=SUM(SUM(OFFSET(in!A1:A3,{0;1},0)))": 0.5 - 0.5,
    "=SUM(OFFSET(in!A1,{0;2;4},0))": 1,
    "=SUM(SUM(OFFSET(in!A1,{0;2;4},0)))": 1 - 3 + 7,
    "=SUM(OFFSET(in!A1,0,0,{1;2;3},1))": 1,
    "=SUM(SUM(OFFSET(in!A1,0,0,{1;2;3},1)))": 1 + 3.5 + 0.5,
    "=SUM(SUM(OFFSET(in!A1:A3,{0;1},{0,4})))": 0.5 - 0.5 + 7 + 11,
    "=COUNT(OFFSET(in!A1:A3,{0;1;2},{0;1}))": 3,
    "=MAX(SUM(OFFSET(in!A1:A3,{0;1;2},0)))": 4,
    '=SUMIF(OFFSET(in!A1:A3,{0;1},0),">0")': 3.5,
    '=SUM(SUMIF(OFFSET(in!A1:A3,{0;1},0),">0"))': 3.5 + 2.5,
    "=ROWS(OFFSET(in!A1:A3,{0;1},0))": 3,
    "=SUM(1*OFFSET(in!A1,{0;2;4},0))": "#VALUE!",
    "=SUM(SUM(OFFSET(in!A1:A3,{0;-1},0)))": "#REF!",
    "=SUM(SUM(OFFSET(OFFSET(in!A1,{0;1},0),1,0)))": 2.5 - 3,
}


def test_each_of_an_array_of_references_is_answered():
    assert_table(ARRAYS_OF_REFERENCES, array=True)


#: Where LibreOffice answers otherwise: the rows of the array and not of its references, ``#VALUE!`` beyond the sheet,
#: and no array of references of an array of references.
OTHERWISE = (
    "=ROWS(OFFSET(in!A1:A3,{0;1},0))",
    "=SUM(SUM(OFFSET(in!A1:A3,{0;-1},0)))",
    "=SUM(SUM(OFFSET(OFFSET(in!A1,{0;1},0),1,0)))",
)


def test_libreoffice_answers_the_same():
    formulas = [formula for formula in ARRAYS_OF_REFERENCES if formula not in OTHERWISE]
    values = [ARRAYS_OF_REFERENCES[formula] for formula in formulas]
    others = theirs({"in": CELLS}, formulas, array=True)
    wrong = [
        f"{formula} is {value!r}; LibreOffice has {other!r}"
        for formula, value, other in zip(formulas, values, others, strict=True)
        if not agree(value if isinstance(value, str) else float(value), other)
    ]
    assert not wrong, "\n".join(wrong)


TABLE = [[row, 10 * row, row % 3] for row in range(1, 10)]
OWN_ROW = {
    "=INDEX(A$1:B$9,0,2)": [10 * row for row in range(1, 10)],
    "=INDEX(A$1:A$9,0)": list(range(1, 10)),
    "=INDEX($A$1:$B$9,,2)": [10 * row for row in range(1, 10)],
    "=INDEX(A$1:B$9,0,2)+1": [10 * row + 1 for row in range(1, 10)],
    "=INDEX(A$3:B$5,0,2)": [10 * row if 3 <= row <= 5 else "#VALUE!" for row in range(1, 10)],
    "=INDEX(A$1:B$9,C1,2)": [10 * (row % 3 or row) for row in range(1, 10)],
    "=INDEX(A1:B3,C1,1)": [row + (row % 3 - 1 if row % 3 else 0) for row in range(1, 10)],
    "=INDEX(A$1:B$9,2,0)": ["#VALUE!"] * 9,  # a row, and no cell of it in this column
    "=INDEX(A$1:B$9,2)": ["#VALUE!"] * 9,
    "=INDEX(A$1:B$9,0,0)": ["#VALUE!"] * 9,
    "=INDEX(A$1:B$9,0,3)": ["#REF!"] * 9,
    "=INDEX(A$1:B$9,-1,0)": ["#VALUE!"] * 9,
    "=OFFSET(A$1,0,1,9,1)": [10 * row for row in range(1, 10)],
    "=OFFSET($A$1,1,1,3,1)": [10 * row if 2 <= row <= 4 else "#VALUE!" for row in range(1, 10)],
    "=OFFSET(A$1,0,0,9,2)": ["#VALUE!"] * 9,
    "=-OFFSET(A$1,0,1,9,1)": [-10 * row for row in range(1, 10)],
    "=OFFSET(A1,0,1)": [10 * row for row in range(1, 10)],
    "=OFFSET(A$1,0,1,9,1)*A1": [10 * row * row for row in range(1, 10)],
    "=INDEX(OFFSET(A$1,0,0,9,2),0,2)": [10 * row for row in range(1, 10)],
    "=INDEX(INDEX(A$1:B$9,0,2),0)": [10 * row for row in range(1, 10)],
    "=SUM(INDEX(A$1:B$9,0,2))": [450] * 9,
    "=SUM(OFFSET(A$1,0,1,9,1))": [450] * 9,
    "=SUMPRODUCT(INDEX(A$1:B$9,C1,0)+1)": [11 * (row % 3) + 2 if row % 3 else 513 for row in range(1, 10)],
    "=COLUMNS(INDEX(A$1:B$9,C1,1))": [1] * 9,
    "=COUNTBLANK(INDEX(A$1:B$9,C1,0))": [0] * 9,
    "=A$1:A$9": list(range(1, 10)),
    "=A$1:INDEX(A$1:A$9,9)": list(range(1, 10)),
}


@pytest.mark.parametrize("formula", list(OWN_ROW))
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "alone"])
def test_a_reference_meets_its_own_row(formula, filled):
    rows = range(1, 10)
    found = column_h(formula, rows) if filled else [value for row in rows for value in column_h(formula, [row])]
    assert found == OWN_ROW[formula]


def column_h(formula: str, rows: Sequence[int]) -> list[Any]:
    """The values of a formula, as it stands in H1, filled into these rows of column H."""
    book = Workbook("rows")
    sheet = book.add_sheet("s")
    sheet.values("A1", TABLE)
    sheet.fill(f"H{rows[0]}:H{rows[-1]}", Formula.read(formula, 0, 7).text(rows[0] - 1, 7))
    book.recalculate()
    return [sheet[f"H{row}"] for row in rows]


def test_a_row_meets_its_own_column():
    book = Workbook("columns")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1, 2, 3], [10, 20, 30]])
    sheet.fill("A4:D4", "=INDEX($A$1:$C$2,2,0)")
    sheet.fill("A5:D5", "=OFFSET($A$1,1,0,1,3)")
    book.recalculate()
    for row in (4, 5):
        assert [sheet[f"{column}{row}"] for column in "ABCD"] == [10, 20, 30, "#VALUE!"]


def test_only_the_cell_that_is_met_is_depended_on():
    book = Workbook("chain")
    sheet = book.add_sheet("s")
    sheet["B1"] = 1
    sheet.fill("B2:B9", "=B1*2")
    sheet.fill("C1:C9", "=OFFSET($B$1,0,0,9,1)+1")
    book.recalculate()
    assert [sheet[f"C{row}"] for row in range(1, 10)] == [2.0**k + 1 for k in range(9)]


# --- a filled block, and each of its cells alone ----------------------------------------------------------------------
CONSTANTS = '{1;2;3} {1;2} {1,2} {1,2;3,4} {0;1} {1;2;3;4} {"a";"bb"} {1;#N/A} {TRUE;2} {-1;0;5}'.split()
SINGLE = '1 2 0 -1 3.5 "abc" "12" "" TRUE #N/A 1E300 -1E300 1E-308 ">1"'.split()
RANGES = "$A$1:$A$6 $B$1:$B$6 $C$1:$C$6 $E$1:$F$6 $A$1:$C$2 A1:C1 A1:B2 A$1:A1 $G$1:$G$6 $D$1:$D$6".split()
CELL = "A1 B1 C1 D1 E1 G1 K1 $A$1 $C$2".split()
#: Not those that take functions or names for values.
OTHERS = ("LET", "LAMBDA", "ANCHORARRAY")
NAMES = sorted(n for n, row in FUNCTIONS.items() if not row.volatile and not row.higher and n not in OTHERS)


class Formulas:
    """Random formulas of every function, some with arrays that do not fit one another."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed)

    def call(self, depth: int = 2) -> str:
        """A call whose arguments are mostly of the kinds that the function takes."""
        name = self.draw.choice(NAMES)
        arguments = FUNCTIONS[name].arguments
        count = self.draw.randint(arguments.least, min(arguments.most, arguments.least + 3))
        return f"{name}({','.join(self.argument(arguments.at(k).want, depth) for k in range(count))})"

    def argument(self, want: Want, depth: int) -> str:
        kind = self.draw.random()
        if want is Want.PLACE or (want in (Want.RANGE, Want.ARRAY) and kind < 0.5):
            return "in!" + self.draw.choice(RANGES)
        if kind < 0.2 and depth:
            return self.call(depth - 1)
        if kind < 0.3 and depth:
            return f"({self.argument(want, depth - 1)}{self.draw.choice('+-*/^&=<')}{self.argument(want, depth - 1)})"
        if kind < 0.6:
            return "in!" + self.draw.choice(CELL)
        return self.draw.choice(CONSTANTS if kind < 0.8 else SINGLE)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("array", [False, True], ids=["single", "array"])
def test_a_filled_block_and_its_cells_alone_are_the_same(seed, array):
    """No traceback, no other error: 10 random formulas in six rows, and in each row by itself."""
    formulas = Formulas(seed)
    for _ in range(10):
        formula = "=" + formulas.call()
        assert column_of(formula, range(6), array) == [column_of(formula, [row], array)[0] for row in range(6)], formula


def column_of(formula: str, rows: Sequence[int], array: bool) -> list[str]:
    """The values, with the kind of each, of a formula as it stands in H1, in these rows of column H."""
    book = Workbook("random")
    book.add_sheet("in").values("A1", CELLS)
    sheet, read = book.add_sheet("s"), Formula.read(formula, 0, 7)
    if read.spills:  # in a filled block the results would be in each other's way: of each its first element
        read = Formula.read(f"=INDEX({formula[1:]},1,1)", 0, 7)
    try:
        for row in rows:
            if array:
                sheet.array(f"H{row + 1}", read.text(row, 7))
            else:
                sheet[f"H{row + 1}"] = read.text(row, 7)
        book.recalculate()
    except SheetsimError as fault:  # the same for all: a reference where none can be
        return [type(fault).__name__] * len(rows)
    return [repr(sheet[f"H{row + 1}"]) for row in rows]
