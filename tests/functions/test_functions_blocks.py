"""A filled formula is computed for all its cells at once: each must be what the formula is in a book of its own, and
what LibreOffice makes of it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from libreoffice import agree, as_stored, recalculated, write_rows

from sheetsim import Workbook
from sheetsim.model.address import cell_name
from sheetsim.model.formula import Formula
from sheetsim.model.values import ExcelError

DATA = [
    [1, 4, ExcelError("#N/A"), "ant", 3],
    [2.5, None, 5, "bee", 1],
    [-3, "abc", 0, "cat", 2],
    [0, "12", 1, "dog", 0],
    [7, True, 2, "eel", None],
    [10, -2, ExcelError("#DIV/0!"), "fox", 4],
    [None, 3, 1.5, None, 1],
] * 6

TOP, LEFT, ROWS, COLUMNS = 1, 1, 39, 4  # B2:E40

FORMULAS = """
=d!A1*d!B2-d!$A$1 | =1/d!A1 | =-d!B1% | =d!A1^d!B1 | =d!A1^2 | =d!A1&d!B1&"x" | =d!A1=d!B1 | =d!D1>="cat" | =d!A1<d!B1
=SUM(d!A1:B3) | =SUM(d!A$1:A1) | =SUM(d!$A$1:A1) | =AVERAGE(d!A1:$A$3) | =SUM(d!A:A)+d!A1 | =SUM(d!1:1)
=IF(d!A1>0,d!B1,d!C1) | =IF(d!A1>0,,d!C1) | =IFERROR(d!C1,d!A1) | =SUM(IF(d!A1>0,d!B1,d!C1))
=CHOOSE(d!E1,d!A1,d!B1,"x")
=MATCH(d!A1,d!$A$1:$A$42,0) | =MATCH(d!A1,d!$E$1:$E$42,d!E1) | =MATCH(d!A1,d!A1:A5,1) | =MATCH(d!D1,d!$D$1:$D$9,0)
=VLOOKUP(d!A1,d!$A$1:$E$7,d!E1,FALSE) | =VLOOKUP(d!A1,d!A$1:E7,2,d!E1) | =HLOOKUP(d!A1,d!$A$1:$E$7,2,d!E1)
=INDEX(d!$A$1:$E$7,d!E1,d!E2) | =INDEX(d!$A$1:$E$7,ROW()-1,2) | =SUM(INDEX(d!$A$1:$B$7,d!E1,0)) | =INDEX(d!A1:B3,2,1)
=SUM(INDEX(d!$A$1:$B$7,d!E1,1)) | =SUM(INDEX(d!$A$1:$B$7,ROW()-1,0))
=XLOOKUP(d!A1,d!$A$1:$A$42,d!$B$1:$B$42,"none",d!E1-1) | =XLOOKUP(d!D1,d!$D$1:$D$42,d!$A$1:$A$42,,0,-1)
=COUNTIF(d!$A$1:$A$42,d!A1) | =COUNTIF(d!A1:B5,d!B1) | =SUMIF(d!$B$1:$B$42,d!B1,d!$A$1:$A$42)
=COUNTIF(d!A1:A6,{1;2.5})
=AVERAGEIF(d!A1:A9,">0",d!B1:B9) | =SUMIFS(d!$A$1:$A$42,d!$E$1:$E$42,">"&d!E1,d!$B$1:$B$42,d!B1)
=SUMPRODUCT(d!A1:A3,d!B1:B3) | =SUMPRODUCT((d!$A$1:$A$9>d!A1)*1) | =SUMXMY2(d!A1:A3,d!B1:B3)
=SUM(COUNTIF(d!$A$1:$A$9,{1,2.5}))+d!A1
=MAX(d!A1:A3,d!B1) | =MIN(d!A1:C1) | =COUNT(d!A1:D2) | =COUNTA(d!A1:D2) | =PRODUCT(d!A1:A3)
=STDEV.S(d!A1:A4) | =VAR.P(d!A1:B3)
=MEDIAN(d!A1:A5) | =LARGE(d!A1:A5,d!E1) | =SUM(LARGE(d!A1:A6,{1,2})) | =AND(d!A1>0,d!B1) | =OR(d!A1:B1) | =NOT(d!A1)
=ROUND(d!A1/3,d!E1) | =MOD(d!A1,d!E1) | =POWER(d!A1,d!E1) | =LOG(d!A1,d!E1) | =CEILING.MATH(d!A1,d!E1,d!B1)
=EXP(d!A1*100)
=LN(d!A1) | =SQRT(d!A1) | =TANH(d!A1) | =LEN(d!D1) | =LEFT(d!D1,d!E1) | =MID(d!D1,d!E1,2)
=ISBLANK(d!A1) | =ISERROR(d!C1)
=ROW() | =COLUMN() | =ROW(d!A1) | =ROWS(d!A1:A3) | =OFFSET(d!A1,1,0) | =OFFSET(d!$A$1,ROW()-1,COLUMN()-2)
=OFFSET(d!A1,-1,0)
=CONCAT(d!A1:B2,d!E1) | =SUM(OFFSET(d!A1,0,0,d!E1,1)) | =SUM(OFFSET(d!$A$1,d!E1,0,3,1)) | =SUM(OFFSET(d!A5,0,0,-3,2))
=d!$A$1:$A$42 | =d!A$1:A$42+1
=MMULT(d!A1:A1,d!$E$1:$E$1) | =SUM(MMULT(d!A1:A2,d!$E$1:$F$1)) | =TRANSPOSE(d!A1:A3)
"""


EACH = [formula.strip() for line in FORMULAS.split("\n") for formula in line.split("|") if formula.strip()]
CELLS = [(TOP + k // COLUMNS, LEFT + k % COLUMNS) for k in range(ROWS * COLUMNS)]


def book(data: list[list[Any]] = DATA) -> Workbook:
    found = Workbook("blocks")
    found.add_sheet("d").values("A1", data)
    found.add_sheet("s")
    return found


@pytest.mark.parametrize("formula", EACH)
def test_a_filled_formula_is_the_formula_of_each_cell(formula):
    filled = book()
    filled["s"].fill("B2:E40", formula)
    filled.recalculate()
    read = Formula.read(formula, TOP, LEFT)
    for row, column in random.Random(formula).sample(CELLS, 24):
        alone = book()
        alone["s"][cell_name(row, column)] = read.text(row, column)
        alone.recalculate()
        assert repr(filled["s"].value(row, column)) == repr(alone["s"].value(row, column)), cell_name(row, column)


# --- beside LibreOffice -----------------------------------------------------------------------------------------------
#: Without logicals, which LibreOffice reads as numbers, texts that look like numbers, and errors.
PLAIN = [
    [1, 4, 6, "ant", 3],
    [2.5, None, 5, "bee", 1],
    [-3, "abc", 0, "cat", 2],
    [0, 12, 1, "dog", 4],
    [7, 0.5, 2, "eel", None],
    [10, -2, -4, "fox", 4],
    [None, 3, 1.5, None, 1],
] * 6

#: What a formula must not hold to be compared, and why: other tests have Excel's values of these.
APART = {
    "LOOKUP(": "it does not find a blank among numbers, has no XLOOKUP, and another search in what is not in order",
    "MATCH(d!A1": "it does not find a blank among numbers, and has another search in what is not in order",
    "d!E1,d!E2)": "of INDEX(…,0,0) it takes the cell of the own row and column",
    "SUMXMY2(": "it does not pass over blanks and texts",
    "POWER(": "0^0 is 1",
    "-3,2)": "no OFFSET goes upwards",
}


def is_error(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("#")


def test_a_filled_formula_is_what_libreoffice_computes(tmp_path: Path) -> None:
    """Which error it is other tests say: LibreOffice has some of its own."""
    compared = [formula for formula in EACH if not any(part in formula for part in APART)]
    assert len(compared) == 76
    frame = openpyxl.Workbook()
    write_rows(frame.active, PLAIN)
    frame.active.title = "d"
    for number, formula in enumerate(compared):
        sheet, read = frame.create_sheet(f"s{number}"), Formula.read(formula, TOP, LEFT)
        for row, column in CELLS:
            sheet.cell(row + 1, column + 1, as_stored(read.text(row, column)))
    frame.save(tmp_path / "filled.xlsx")
    theirs = recalculated(tmp_path / "filled.xlsx")
    wrong = []
    for number, formula in enumerate(compared):
        filled = book(PLAIN)
        filled["s"].fill("B2:E40", formula)
        filled.recalculate()
        for row, column in CELLS:
            value, other = filled["s"].value(row, column), theirs[f"s{number}"].cell(row + 1, column + 1).value
            if not (agree(value, other) or (is_error(value) and is_error(other))):
                wrong.append(f"{cell_name(row, column)} of {formula} is {value!r}; LibreOffice has {other!r}")
    assert not wrong, "\n".join(wrong)
