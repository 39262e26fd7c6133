"""Functions of databases: Microsoft's examples, and what criteria mean. Excel's own cells are in ``exactness.csv``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tables import NA, assert_table, shown

from sheetsim import Workbook

#: Microsoft's orchard: criteria in A1:F3, the list in A5:E11.
ORCHARD: list[list[Any]] = [
    ["Tree", "Height", "Age", "Yield", "Profit", "Height"],
    ["=Apple", ">10", None, None, None, "<16"],
    ["=Pear", None, None, None, None, None],
    [None, None, None, None, None, None],
    ["Tree", "Height", "Age", "Yield", "Profit", None],
    ["Apple", 18, 20, 14, 105, None],
    ["Pear", 12, 12, 10, 96, None],
    ["Cherry", 13, 14, 9, 105, None],
    ["Apple", 14, 15, 10, 75, None],
    ["Pear", 9, 8, 8, 77, None],
    ["Apple", 8, 9, 6, 45, None],
]
LIST = "oaks!A5:E11"

DOCUMENTED = {
    f'=DSUM({LIST},"Profit",oaks!A1:A2)': 225,
    f'=DSUM({LIST},"Profit",oaks!A1:F3)': 75 + 96 + 77,
    f'=DCOUNT({LIST},"Age",oaks!A1:F2)': 1,
    f'=DCOUNTA({LIST},"Profit",oaks!A1:F2)': 1,
    f'=DMAX({LIST},"Profit",oaks!A1:A3)': 105,
    f'=DMIN({LIST},"Profit",oaks!A1:B2)': 75,
    f'=DAVERAGE({LIST},"Yield",oaks!A1:B2)': 12,
    f"=DAVERAGE({LIST},3,{LIST})": 13,
    f'=DSTDEV({LIST},"Yield",oaks!A1:A3)': shown(2.96648, 5),
    f'=DSTDEVP({LIST},"Yield",oaks!A1:A3)': shown(2.6533, 4),
    f'=DVAR({LIST},"Yield",oaks!A1:A3)': shown(8.8, 1),
    f'=DVARP({LIST},"Yield",oaks!A1:A3)': shown(7.04, 2),
    f'=DPRODUCT({LIST},"Yield",oaks!A1:F3)': 800,
    f'=DGET({LIST},"Yield",oaks!A1:A3)': "#NUM!",
    f'=DGET({LIST},"Yield",oaks!A1:F2)': 10,
}

ASKED: list[list[Any]] = [
    ["name", "n", "name", "none", "NAME", 1, "n", None],
    ["be", "=", "=be", "x", "<>b*", 5, "<>", "x"],
    [None, None, None, None, None, None, None, None],
    ["name", "n", 1, "who", None, None, None, None],
    ["bee", 1, 5, True, None, None, None, None],
    ["Bear", None, 6, "text", None, None, None, None],
    ["be", "a", 5, None, None, None, None, None],
    ["ant", 4, "x", NA, None, None, None, None],
]
RULES = {
    '=DCOUNTA(q!A4:D8,"name",q!A1:A2)': 3,  # a text without a sign asks for what begins with it
    '=DCOUNTA(q!A4:D8,"name",q!C1:C2)': 1,
    '=DCOUNTA(q!A4:D8,"name",q!E1:E2)': 1,
    '=DCOUNTA(q!A4:D8,"name",q!B1:B2)': 1,  # "=" asks for blanks, "<>" for all others
    '=DCOUNTA(q!A4:D8,"name",q!G1:G2)': 3,
    '=DCOUNTA(q!A4:D8,"name",q!A1:A3)': 4,  # an empty row asks for nothing
    '=DCOUNTA(q!A4:D8,"name",q!D1:D2)': 0,  # no such heading
    '=DCOUNTA(q!A4:D8,"name",q!H1:H2)': 0,
    "=DCOUNTA(q!A4:D8,,q!F1:F2)": 2,  # without a field, the records
    "=DCOUNT(q!A4:D8,,q!F1:F2)": 2,
    '=DSUM(q!A4:D8,"1",q!F1:F2)': 10,  # the number 1 is the heading "1"
    "=DSUM(q!A4:D8,2.9,q!F1:F2)": 1,
    '=DSUM(q!A4:D8,"nowhere",q!F1:F2)': "#VALUE!",
    "=DSUM(q!A4:D8,5,q!F1:F2)": "#VALUE!",
    "=DCOUNTA(q!A4:D8,TRUE,q!F1:F2)": 2,  # the first field
    "=DSUM(q!A4:D8*1,1,q!F1:F2)": "#VALUE!",  # cells are wanted
    "=DSUM(q!A4:D8,0,q!F1:F2)": "#VALUE!",
    "=DSUM(q!A4:D8,1/0,q!F1:F2)": "#DIV/0!",
    "=DSUM(q!A4:D4,2,q!F1:F2)": "#VALUE!",
    "=DSUM(q!A4:D8,2,q!F1)": "#VALUE!",
    "=DSUM(q!A4:D8,4,q!A1:A3)": "#N/A",
    "=DCOUNT(q!A4:D8,4,q!A1:A3)": 0,
    "=DCOUNTA(q!A4:D8,4,q!A1:A3)": 3,
    "=DGET(q!A4:D8,1,q!C1:C2)": "be",
    "=DGET(q!A4:D8,4,q!C1:C2)": "#VALUE!",
    "=DAVERAGE(q!A4:D8,2,q!C1:C2)": "#DIV/0!",
    "=DMAX(q!A4:D8,2,q!C1:C2)": 0,
    "=DPRODUCT(q!A4:D8,2,q!C1:C2)": 0,
    "=DSTDEV(q!A4:D8,2,q!C1:C2)": "#DIV/0!",
}


@pytest.mark.parametrize("table", [DOCUMENTED, RULES], ids=["documented", "rules"])
def test_functions_of_databases(table: dict[str, Any]) -> None:
    assert_table(table, {"oaks": ORCHARD, "q": ASKED})


def test_a_filled_column_has_criteria_and_fields_of_its_own() -> None:
    sheet = Workbook("book").add_sheet("s")
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 5, (40, 3)).astype(float)
    sheet.values("A1", [["k", "x", "y"], *rows.tolist()])
    sheet.values("E1", [["k", "field"]] + [["k", ("x", "y")[n % 2]] for n in range(5)])
    for n in range(5):
        sheet.values(f"H{2 * n + 1}", [["k"], [n]])
    sheet.fill(
        "M1:M9",
        "=DSUM($A$1:$C$41,1+COUNT($A$2:A3),H1:H2)",
    )
    sheet.fill("N2:N6", "=DSUM($A$1:$C$41,F2,$H$3:$H$4)")
    sheet.book.recalculate()
    for n in range(5):
        assert sheet[f"N{n + 2}"] == rows[rows[:, 0] == 1, 1 + n % 2].sum()
    assert sheet["M1"] == rows[rows[:, 0] == 0, 2].sum()
    assert sheet["M3"] == "#VALUE!"  # there is no fourth field


TREES: list[list[Any]] = [
    ["Tree", "Height", "Yield", "Profit"],
    ["Apple", 18, 14, 105],
    ["Pear", 12, 10, 96],
    ["Cherry", 13, 9, 105],
    ["Apple", 14, 10, 75],
    ["Pear", 9, 8, 77],
    ["Apple", 8, 6, 45],
]
#: A formula under a heading that the list does not have (or under none), written for the first record → which records.
COMPUTED = {
    ("above", "=C2>AVERAGE($C$2:$C$7)"): [1, 2, 4],
    (None, "=D2/B2>7"): [2, 3, 5],
    ("which", '=A2="pear"'): [2, 5],
    ("which", "=INDEX(B2:C2,1)>12"): [1, 3, 4],
    ("which", "=SUM(OFFSET(C2,0,0))=10"): [2, 4],
    ("which", "=1/(B2-9)>0"): [1, 2, 3, 4],  # an error is no truth
    ("which", "=$B$2>17"): [1, 2, 3, 4, 5, 6],
    ("which", "=A2"): [],
}


@pytest.mark.parametrize(("heading", "formula"), COMPUTED)
def test_criteria_may_be_formulas_of_the_first_record(heading: str | None, formula: str) -> None:
    book = Workbook("orchard")
    sheet = book.add_sheet("s")
    sheet.values("A1", TREES)
    sheet["F1"], sheet["F2"] = heading, formula
    sheet["G1"], sheet["G2"] = "Tree", "Apple"
    sheet["H1"], sheet["H2"] = '=DSUM(A1:D7,"Profit",F1:F2)', "=DCOUNT(A1:D7,4,F1:F2)"
    sheet["H3"], sheet["H4"] = "=SUM(DSUM(A1:D7,{3,4},F1:F2)*{0,1})", "=DSUM(A1:D7,4,F1:G2)"
    book.recalculate()
    found = [TREES[row] for row in COMPUTED[heading, formula]]
    total, of_apples = sum(row[3] for row in found), sum(row[3] for row in found if row[0] == "Apple")
    assert [sheet[f"H{row}"] for row in range(1, 5)] == [total, len(found), total, of_apples]


def test_of_what_criteria_choose_there_is_a_gradient() -> None:
    pytest.importorskip("torch")
    book = Workbook("orchard")
    sheet = book.add_sheet("s")
    sheet.values("A1", TREES)
    sheet["F2"], sheet["H1"] = "=D2/B2>7", '=SUM(DSUM(A1:D7,{"Yield","Profit"},F1:F2)*{1,2})'
    book.recalculate()
    chosen = [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]
    assert book.torch("s").gradient("H1", "C2:D7").tolist() == [[held, 2 * held] for held in chosen]
