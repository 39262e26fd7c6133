"""References of several areas: unions, intersections, the same cells of several sheets; and the rows of tables.

LibreOffice recalculates the same file, written by openpyxl; where it is known to differ, Excel's value and the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from libreoffice import agree, recalculated
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from tables import same

import sheetsim
from exporters import refresh
from sheetsim import Workbook
from sheetsim.engine.binding import bind
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Call, Node, Ref
from sheetsim.study.explanation.explaining import explain

FORMULAS = """
=SUM(Jan:Mar!A1)
=SUM(Mar:Jan!A1)
=SUM(Jan:Jan!A1:B3)
=COUNT(Jan:Mar!A1:C9)
=COUNTA(Jan:Mar!$A$1:$A$1048576)
=MAX(Jan:Mar!$A$1:$B$3,7)
=LARGE(Jan:Mar!A1:B3,2)
=MEDIAN(Jan:Mar!A1:B3)
=AND(Jan:Mar!A1)
=PRODUCT(Jan:Mar!A2)
=Jan:Mar!A1
=SUM((Jan!A1:B2,Jan!D4))
=SUM((Jan!A1:B2,Jan!B2:B3))
=SUM((Jan!A1:A3,Mar!A1:A3))
=SUM((Jan!A:A,Jan!2:2))
=COUNT((Jan!A1:A3,Jan!C1:C3))
=SMALL((Jan!A1:A3,Jan!B1:B3),2)
=LARGE((Jan!A1:A3,Jan!B1:B3),2)
=(Jan!A1,Jan!B1)
=ROWS((Jan!A1:A2,Jan!A1))
=IF(TRUE,SUM((Jan!A1,Jan!B1)),0)
=SUM(IF(TRUE,(Jan!A1,Jan!B2),0))
=AREAS((Jan!A1:B2,Jan!A3:B4,Jan!C1))
=AREAS(Jan!A1)
=INDEX((Jan!A1:B2,Jan!A3:B4),1,2,2)
=INDEX((Jan!A1:B2,Jan!A3:B4),1,2)
=INDEX((Jan!A1:B2,Jan!A3:B4),1,2,3)
=INDEX((Jan!A1:B2,Jan!A3:B4),1,2,0)
=INDEX((Jan!A1:B2,Jan!A3:B4),2,1,Jan!A1)
=SUM(INDEX((Jan!A1:B2,Jan!A3:B4),,2,2))
=SUM(INDEX((Jan!A1:B2,Jan!A3:B4),2,0,Jan!A1+1))
=SUM(Jan!A1:INDEX((Jan!A1:B2,Jan!A3:B4),1,2,2))
=SUM(Jan!A1:B3 Jan!B2:C4)
=SUM(Jan!A1:B3 Jan!B2:C4,Jan!C2)
=Jan!A1:B3 Jan!B2
=-(Jan!A1:B2 Jan!B2)*2
=Jan!A1:A3 Jan!C1:C3
=SUM(Jan!A:A Jan!2:2)
=SUM(Jan!B:B Jan!1:3)
=SUM(Jan!A1:B3 OFFSET(Jan!A1,1,0,2,2))
=SUM((Jan!$A$1:$A$3 Jan!$A$2:$C$2,Jan!C1))
=ROW(Jan!A1:C5 Jan!B2:B9)
=SUM(uni)
=SUM(first:last)
=column line
=SUM(quarter)
=SUM(ours[x])
=SUM(ours[[x]:[y]])
=SUM(ours[[#All],[x]])
=SUM(ours[[#Data]])
=COUNTA(ours[[#Headers]])
=ours[[#Totals],[y]]
=COUNTA(ours[[#Headers],[#Data],[x]:[y]])
=SUM(ours[[#Data],[#Totals],[y]])
=SUM(ours['[Not me']])
=SUM(ours[[x]:['[Not me']]])
=SUM(ours[a'#b])
=SUM(ours[it''s])
=SUM(ours[two words])
=ours[[#This Row],[x]]
=theirs[[#Totals],[q]]
=SUM(INDEX({1,-2;+3,4.5E1},2,))
=SUM(first:Jan!B3)
=SUM(Jan!A1:last)
=SUM((Jan!A2,Jan!B1):Jan!B3)
=SUM(Jan!C1:(Jan!A1,Jan!B3))
=ISREF((Jan!A1,Jan!B1))
=ISREF(Jan:Mar!A1)
=_xlfn.SHEET((Feb!A1,Feb!B1))
=_xlfn.SHEETS(Jan:Mar!A1)
=_xlfn.SHEETS((Jan!A1,Jan!B1))
=SUBTOTAL(9,(Jan!A1:A2,Jan!B2:B3))
""".strip().split("\n")

ACROSS = "an intersection of no cells is #NULL!"
TWICE = "two intersections make a union"
NAMED = "a name for a union stands for it; LibreOffice has it only as an argument that takes ranges"
ONE_BY_ONE = "functions that look at how cells lie take one area"
STORED = "LibreOffice reads no item in single brackets; Excel writes it so"
ARRAY = "what a name stands for is an array formula"
#: Formula → Excel's value, and why LibreOffice has another one.
KNOWN: dict[str, tuple[Any, str]] = {
    "=Jan!A1:A3 Jan!C1:C3": ("#NULL!", ACROSS),
    "=SUM((Jan!A1:B3,Jan!C1:C3) Jan!A2:C2)": (16.0, TWICE),
    "=AREAS(Jan!A1:B3 (Jan!A1,Jan!B2))": (2.0, TWICE),
    "=AREAS(uni)": (2.0, NAMED),
    "=INDEX(uni,3,1,2)": (3.0, NAMED),
    '=COUNTIF((Jan!A1:A3,Jan!B1:B3),">2")': ("#VALUE!", ONE_BY_ONE),
    "=SUMPRODUCT((Jan!A1:A3,Jan!B1:B3))": ("#VALUE!", ONE_BY_ONE),
    "=SUM(ours[#Data])": (135.0, STORED),
    "=SUM(twice)": (24.0, ARRAY),
    "=SUM(first:Jan!B3)": (22.0, "a range may begin at a name"),
    "=_xlfn.SHEET((Feb!A1,Feb!B1))": (2.0, "a union is a reference"),
    "=_xlfn.SHEETS((Jan!A1,Jan!B1))": (1.0, "a union is a reference"),
}

NAMES = {
    "uni": "Jan!$A$1:$A$3,Jan!$C$1:$C$3",
    "first": "Jan!$A$1",
    "last": "Jan!$B$3",
    "column": "Jan!$B$1:$B$4",
    "line": "Jan!$A$2:$D$2",
    "quarter": "Jan:Mar!$A$1",
    "twice": "Jan!$A$1:$A$3*2",
}
HEADINGS = ["x", "y", "[Not me]", "a#b", "it's", "two words"]


def written(folder: Path, formulas: list[str]) -> Path:
    """A workbook that has the formulas in column E of its last sheet."""
    book = openpyxl.Workbook()
    for number, title in enumerate(("Jan", "Feb", "Mar")):
        sheet = book.create_sheet(title)
        for row in ((1, 6, 2), (9 + number, 4, 3), (2, 11 * number, 3), (8, 5, 7, 1000)):
            sheet.append(row)
    del book["Sheet"]
    tables = book.create_sheet("tables")
    for row in (HEADINGS, *([n * k + 0.5 for k in range(1, 7)] for n in range(1, 4)), ["sum", "=SUM(B2:B4)"]):
        tables.append(row)
    tables["J1"], tables["J2"] = "q", 5
    for name, ref, titles in (("ours", "A1:F5", HEADINGS), ("theirs", "J1:J2", ["q"])):
        table = Table(displayName=name, ref=ref, totalsRowCount=int(name == "ours"))
        table._initialise_columns()
        for column, title in zip(table.tableColumns, titles, strict=True):
            column.name = title
        tables.add_table(table)
    last = book.create_sheet("formulas")
    for row, formula in enumerate(formulas, 1):
        last.cell(row, 5, formula)
    for name, text in NAMES.items():
        book.defined_names[name] = DefinedName(name, attr_text=text)
    book.save(folder / "areas.xlsx")
    return folder / "areas.xlsx"


def test_libreoffice_computes_the_same(tmp_path: Path) -> None:
    every = [*FORMULAS, *(formula for formula in KNOWN if formula not in FORMULAS)]
    path = written(tmp_path, every)
    book = sheetsim.open(path)
    book.recalculate()
    others = recalculated(path)["formulas"]
    wrong = []
    for row, formula in enumerate(every, 1):
        value, other = book["formulas"][f"E{row}"], others.cell(row, 5).value
        if not (agree(value, other) or (formula in KNOWN and same(value, KNOWN[formula][0]))):
            wrong.append(f"{formula} is {value!r}; LibreOffice has {other!r}")
    assert not wrong, "\n".join(wrong)


def test_a_recalculated_copy_keeps_their_texts(tmp_path: Path) -> None:
    path = written(tmp_path, FORMULAS)
    book = sheetsim.open(path)
    book.recalculate()
    refresh.write(book, tmp_path / "copy.xlsx")
    formulas = openpyxl.load_workbook(tmp_path / "copy.xlsx")["formulas"]
    assert [formulas.cell(row, 5).value for row in range(1, len(FORMULAS) + 1)] == FORMULAS


def test_an_exported_workbook_has_them_too(tmp_path: Path) -> None:
    book = sheetsim.open(written(tmp_path, FORMULAS))
    book.recalculate()
    book.save(tmp_path / "new.xlsx")
    again = sheetsim.open(tmp_path / "new.xlsx")
    again.recalculate()
    for row in range(1, len(FORMULAS) + 1):
        assert again["formulas"].formula_text(row - 1, 4) == FORMULAS[row - 1]
        assert same(again["formulas"][f"E{row}"], book["formulas"][f"E{row}"]), FORMULAS[row - 1]


# --- filled down ------------------------------------------------------------------------------------------------------
MONTHS = {"Jan": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "Feb": [[10, 20, 30], [40, 50, 60], [70, 80, 90]]}

#: What is filled down three rows, and the values.
FILLED = [
    ("=SUM(Jan:Feb!A1:B1)", [33, 99, 165]),
    ("=SUM(Jan:Feb!A$1:A1)", [11, 55, 132]),
    ("=SUM((Jan!A1:B1,Feb!$C$1))", [33, 39, 45]),
    ("=SUM((Jan!A$1:A1,Feb!C1))", [31, 65, 102]),
    ("=SUM(Jan!A1:B3 Jan!B1:C2)", [7, 13, 8]),  # both move: the last B3:B4, of which B4 is blank
    ("=SUM(Jan!$A$1:$C$2 Jan!A1:B1)", [3, 9, "#NULL!"]),
    ("=Jan!$B:$B Jan!1:1", [2, 5, 8]),
    ("=INDEX((Jan!A1:C1,Feb!A1:C1),1,Jan!$B$1,2)", [20, 50, 80]),
    ("=INDEX((Jan!$A$1:$C$3,Feb!$A$1:$C$3),ROW(),1,MOD(ROW(),2)+1)", [10, 4, 70]),
]


def filled(formula: str) -> Workbook:
    book = Workbook("areas")
    for title, rows in MONTHS.items():
        book.add_sheet(title).values("A1", rows)
    book.add_sheet("out")["A1:A3"] = formula
    book.recalculate()
    return book


@pytest.mark.parametrize(("formula", "expected"), FILLED)
def test_filled_down(formula: str, expected: list[Any]) -> None:
    out = filled(formula)["out"]
    assert [out[f"A{row}"] for row in (1, 2, 3)] == expected


@pytest.mark.parametrize("formula", [formula for formula, _ in FILLED])
@pytest.mark.parametrize("sheet", MONTHS)
def test_gradients_are_the_central_differences(formula: str, sheet: str) -> None:
    """All of them are linear, or flat where a cell says which area is meant."""
    pytest.importorskip("torch")
    book = filled(formula)
    found = book.torch("out").gradient("A2", f"{sheet}!A1:C3")
    for row in range(3):
        for column in range(3):
            if (sheet, row, column) == ("Jan", 0, 1) and "Jan!$B$1" in formula:
                continue
            before, ends = book[sheet].value(row, column), []
            for step in (0.5, -0.5):
                book[sheet].values(f"{'ABC'[column]}{row + 1}", [[before + step]])
                book.recalculate()
                ends.append(book["out"]["A2"])
            book[sheet].values(f"{'ABC'[column]}{row + 1}", [[before]])
            assert found[row, column] == pytest.approx(ends[0] - ends[1])


def test_what_is_in_them_counts_as_read() -> None:
    """A change on one of the sheets, of a union's areas or within an intersection is seen."""
    book = Workbook("areas")
    for title, rows in MONTHS.items():
        book.add_sheet(title).values("A1", rows)
    book["Feb"]["D1"] = "=Jan!D1+1"
    book["Jan"]["D1"] = "=SUM(Jan:Feb!A1,(B1,C1),A1:C3 B2)"
    book["Feb"]["D2"] = "=SUM(Jan:Feb!D1)"
    book["Jan"]["E1"] = "=SUM($A$1:$E$9 D1:D2)"
    for first in (1, 100):
        book["Jan"]["A1"] = first
        book.recalculate()
        total = first + 10 + 2 + 3 + 5
        assert (book["Jan"]["D1"], book["Feb"]["D2"], book["Jan"]["E1"]) == (total, 2 * total + 1, total)


def test_explain_shows_the_areas() -> None:
    shown = [[part.written for part in explain(filled(formula), "out!A2").parts] for formula, _ in FILLED[:6]]
    assert shown == [
        ["Jan!A2:B2", "Feb!A2:B2"],
        ["Jan!A1:A2", "Feb!A1:A2"],
        ["Jan!A2:B2", "Feb!C1"],
        ["Jan!A1:A2", "Feb!C2"],
        ["Jan!B2:B3"],
        ["Jan!A1:C2", "Jan!A2:B2"],
    ]


#: What would be wrong, or never done with: the formula, and what is said of it.
REFUSED = {
    "=SUM(Jan:Mar!A1)": "refers to a sheet 'Mar', which is not there",
    "=SUM((Jan!A1,Jan!B1:B2) Jan!$A$1:$B$9)": "an intersection with a union that differs in size from cell to cell",
    f"=SUM(({','.join(['A1'] * 65)}) ({','.join(['A1'] * 65)}))": "comes to more than 4,096 areas",
}


def bound(formula: str) -> Node:
    return bind(Formula.read(formula, 0, 0).tree, filled("=1")["out"], Rect(0, 0, 2, 0))


@pytest.mark.parametrize(("formula", "what"), REFUSED.items(), ids=["no sheet", "of cells that move", "of many"])
def test_refused(formula: str, what: str) -> None:
    with pytest.raises(sheetsim.FormulaError, match=what):
        bound(formula)


def test_a_reference_to_many_sheets_counts_as_many() -> None:
    book = Workbook("areas")
    for number in range(100):
        book.add_sheet(f"m{number}")["A1"] = 1
    book["m0"]["B1"] = "=SUM(m0:m99!A1)"
    book.recalculate()
    assert book["m0"]["B1"] == 100
    book["m0"]["B2"] = "=SUM(" + ",".join(["m0:m99!A1"] * 200) + ")"
    with pytest.raises(sheetsim.FormulaError, match=r"m0!B2: .*more than 16,384 operands"):
        book.recalculate()


def test_stacking_functions_take_the_areas_one_by_one() -> None:
    tree = bound("=VSTACK(Jan:Feb!A1:B2,(Jan!A1,Jan!C1))")
    assert isinstance(tree, Call)
    areas = [area.text(0, 0) for area in tree.arguments if isinstance(area, Ref)]
    assert areas == ["Jan!A1:B2", "Feb!A1:B2", "Jan!A1", "Jan!C1"]
