"""The engine on whole sheets: order, recurrences, references known only at run time, circles.

Expected values are worked out by hand or in plain Python.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from places import SHARED
from tables import same
from zips import members

from exporters import csv, xlsx
from sheetsim import CycleError, FormulaError, InputError, Sheet, UnknownFunction, Workbook
from sheetsim.engine.numpy_engine import evaluate, recalculate
from sheetsim.engine.plan import plan_of
from sheetsim.model.address import cell_name
from sheetsim.reading.book import read

LONG = 100_000


def calculated(define: Callable[[Sheet], None], strict: bool = False) -> Sheet:
    """A workbook of one sheet, defined and calculated."""
    sheet = Workbook("test").add_sheet("s")
    define(sheet)
    sheet.book.recalculate(strict=strict)
    return sheet


def define(sheet: Sheet, cells: dict[str, Any]) -> None:
    """Values and fills: ``{"A1": 1, "A2:A9": "=A1+1"}``."""
    for where, content in cells.items():
        if isinstance(content, str) and content.startswith("="):
            sheet.fill(where, content)
        else:
            sheet[where] = content


def test_chains_of_any_length_in_every_direction() -> None:
    for cells, last in (
        ({"A1": 1, f"A2:A{LONG}": "=A1+1"}, f"A{LONG}"),
        ({f"A{LONG}": 1, f"A1:A{LONG - 1}": "=A2+1"}, "A1"),
    ):
        sheet = calculated(lambda s, cells=cells: define(s, cells))
        assert sheet[last] == LONG
    for cells, last in (({"A1": 1, "B1:ZZ1": "=A1+1"}, "ZZ1"), ({"ZZ1": 1, "A1:ZY1": "=B1+1"}, "A1")):
        sheet = calculated(lambda s, cells=cells: define(s, cells))
        assert sheet[last] == 702


#: (what it is, the cells, what must come out)
SHEETS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("singles in any order", {"B1": "=A2", "A2": "=C1", "C1": "=A1+1", "A1": 1, "A3": "=B1"}, {"A3": 2.0}),
    ("two blocks, each on the other's row above", {"A1": 1, "B1": 1, "A2:A9": "=B1*2", "B2:B9": "=A1+1"}, {"A9": 46.0}),
    ("a block on its own row", {"A1:A9": "=ROW()", "B1:B9": "=A1*2", "C1:C9": "=B1+A1"}, {"C9": 27.0}),
    ("a condition in a chain", {"A1": 5, "A2:A200": "=IF(A1>0,A1-1,100)"}, {"A6": 0.0, "A7": 100.0, "A107": 0.0}),
    ("both directions at once", {"A1:A9": 1, "B1:I1": 1, "B2:I9": "=A2+B1"}, {"I9": 12870.0}),
    ("an error in a chain", {"A1": 5, "A2:A9": "=6/(A1-4)"}, {"A2": 6.0, "A3": 3.0, "A4": -6.0, "A5": -0.6}),
    (
        "a zero divisor in a chain",
        {"A1": 3, "A2:A9": "=A1-1", "B1": 1, "B2:B9": "=B1/A1"},
        {"B4": 1 / 6, "B5": "#DIV/0!"},
    ),
    ("texts in a chain", {"A1": "x", "A2:A4": '=A1&"y"'}, {"A4": "xyyy"}),
    ("a logical in a chain", {"A1": 1, "A2:A4": "=A1=1"}, {"A2": True, "A3": False}),
    ("a blank in a chain", {"A2:A4": "=A1+1"}, {"A4": 3.0}),
    ("a text among the numbers", {"A1": "word", "A2:A4": "=A1+1"}, {"A2": "#VALUE!", "A4": "#VALUE!"}),
    ("a running total", {"A1:A9": "=ROW()", "B1:B9": "=SUM(A$1:A1)"}, {"B1": 1.0, "B9": 45.0}),
    ("a running total that feeds itself", {"A1": 1, "A2:A9": "=SUM(A$1:A1)"}, {"A9": 128.0}),
    ("a sum below its chain", {"A1": 1, "A2:A9": "=A1*2", "A10": "=SUM(A1:A9)"}, {"A10": 511.0}),
    ("OFFSET to what comes later", {"A1": 1, "A2:A9": "=A1+1", "B1:B8": "=OFFSET(A1,1,0)"}, {"B8": 9.0}),
    ("OFFSET to the row above", {"A1": 1, "A2:A999": "=OFFSET(A2,-1,0)+1"}, {"A999": 999.0}),
    ("OFFSET to a range", {"A1:A5": "=ROW()", "B1:B3": "=SUM(OFFSET($A$1,0,0,ROW(),1))"}, {"B1": 1.0, "B3": 6.0}),
    ("OFFSET out of the sheet", {"A1": "=OFFSET(A1,-1,0)"}, {"A1": "#REF!"}),
    ("OFFSET to nothing", {"A1": "=OFFSET(A1,50,50)"}, {"A1": 0.0}),
    ("a formula copied off the sheet", {"A2:A3": "=A1", "B1": "=A1048576", "A1": 4}, {"A3": 4.0, "B1": 0.0}),
    ("copies that leave the sheet", {"A1": 3, "B1:B3": "=A1048575+1"}, {"B1": 1.0, "B2": 1.0, "B3": "#REF!"}),
    ("a growing range beyond all cells", {"C1": 3, "B1:B3": "=SUM(C1:F$99)"}, {"B1": 3.0, "B3": 0.0}),
    ("a chain that reads beyond all cells", {"A1": 1, "A2:A4": "=A1+1+B20", "C1:C4": 100}, {"A4": 4.0}),
    ("a chain that reads an empty column", {"A1": 1, "A2:A4": "=A1+1+H2"}, {"A4": 4.0}),
    (
        "a chain over a range of one fixed corner",
        {"B1": 10, "B2": 20, "B3": 30, "B4": 40, "A4:A8": "=B1", "B5:B8": "=SUM(A$7:A5)"},
        {"A7": 40.0, "B5": 90.0, "B6": 70.0},
    ),
    ("an overflow in a condition", {"A1": 1e10, "A2:A5": "=IF(A1*1E+300>5,1,A1+1)"}, {"A2": "#NUM!"}),
    ("an overflow before SIGN", {"A1": 1e10, "A2:A5": "=SIGN(A1*1E+300)+A1"}, {"A2": "#NUM!"}),
    ("blanks of a whole column", {"A1:A5": 1, "C1": "=COUNTBLANK(A:A)", "C2": '=COUNTIF(A:A,"")'}, {"C1": 1048571.0}),
    ("an empty text counts as blank", {"A1": '=""', "A2": 0, "A3": "x", "C1": "=COUNTBLANK(A1:A4)"}, {"C1": 2.0}),
    ("unequal to, in a whole column", {"A1:A5": "=ROW()", "C1": '=COUNTIF(A:A,"<>3")'}, {"C1": 1048575.0}),
    ("INDEX beyond the cells", {"A1:A5": 1, "C1": "=INDEX(A:A,500)", "C2": "=INDEX($A$1:$A$5000,4000)"}, {"C2": 0.0}),
    (
        "long ranges, one a row lower",
        {"A1:A5": "=ROW()", "B1:B5": 10, "C1": "=SUMPRODUCT($A$2:$A$100001,$B$1:$B$100000)"},
        {"C1": 140.0},
    ),
    ("a long range compared", {"A1:A5": 1, "C1": '=SUMPRODUCT(--($A$1:$A$5000=""))'}, {"C1": 4995.0}),
    ("the own row of a growing range", {"A1:A5": "=-ROW()", "C1:C5": "=ABS(A$1:A1)"}, {"C1": 1.0, "C5": 5.0}),
    ("a total row", {"A1:A5": "=ROW()", "A6": "=SUM(A1:INDEX(A:A,ROW()-1))"}, {"A6": 15.0}),
    ("a running total of whole rows", {"A1:A3": 2, "C5:C7": "=SUM($A$1:$XFD1)"}, {"C7": 6.0}),
    ("whole columns", {"A1:A5": 2, "A9": 1, "C1": "=SUM(A:A)", "C2": "=COUNT(A:B)"}, {"C1": 11.0, "C2": 6.0}),
    ("whole rows", {"A3:C3": 2, "A1": "=SUM(3:3)", "A2": "=COUNT(3:4)"}, {"A1": 6.0, "A2": 3.0}),
]


@pytest.mark.parametrize(("cells", "expected"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS])
def test_a_sheet(cells: dict[str, Any], expected: dict[str, Any]) -> None:
    sheet = calculated(lambda s: define(s, cells))
    assert {where: sheet[where] for where, value in expected.items() if not same(sheet[where], value)} == {}


def test_a_chain_through_shuffled_cells() -> None:
    cells = [cell_name(r, c) for r in range(60) for c in range(20)]
    random.Random(0).shuffle(cells)
    sheet = calculated(lambda s: define(s, {cells[0]: 1} | {b: f"={a}+1" for a, b in itertools.pairwise(cells)}))
    assert sheet[cells[-1]] == len(cells)


def test_array_formulas_repeat_and_are_cut() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.array("A1:B3", "={1,2;3,4}")
    sheet.array("D1:D4", "=ROW(A1:A4)*2")
    sheet.array("F1:G2", "=5")
    sheet["H1"] = "=SUM(A1:B2)"
    sheet.book.recalculate()
    assert [sheet[c] for c in ("A1", "B2", "A3", "D4", "G2", "H1")] == [1.0, 4.0, "#N/A", 8.0, 5.0, 10.0]


def test_rows_of_array_formulas_are_one_block() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A1:A50"] = 3
    for row in range(1, 51):
        sheet.array(f"C{row}:E{row}", f"=A{row}*{{1,2,3}}")
    sheet.book.recalculate()
    assert [sheet["C1"], sheet["E50"]] == [3.0, 9.0]
    assert len(plan_of(sheet.book).blocks) == 1


def test_sheets_depend_on_one_another() -> None:
    book = Workbook("test")
    first, second = book.add_sheet("first"), book.add_sheet("my data")
    first["A1"] = "='my data'!A1+1"
    second["A1"] = "=B1*10"
    second["B1"] = 4
    book.recalculate()
    assert first["A1"] == 41.0


CIRCLES: list[tuple[dict[str, Any], list[str]]] = [
    ({"A1": "=A1"}, ["s!A1", "s!A1"]),
    ({"A1": "=B1+1", "B1": "=A1"}, ["s!A1", "s!B1", "s!A1"]),
    ({"A1": "=SUM(A1:A3)"}, ["s!A1", "s!A1"]),
    ({"A1": "=C1", "B2": "=A1", "C1": "=IF(TRUE,B2,0)", "D1": 1}, ["s!A1", "s!C1", "s!B2", "s!A1"]),
    ({"A1": "=OFFSET(A1,0,0)"}, ["s!A1", "s!A1"]),
    ({"B1": "=SUM($C$1:A1)"}, ["s!B1", "s!B1"]),
]


@pytest.mark.parametrize(("cells", "chain"), CIRCLES)
def test_a_circle_is_named_cell_by_cell(cells: dict[str, Any], chain: list[str]) -> None:
    with pytest.raises(CycleError) as caught:
        calculated(lambda s: define(s, cells), strict=True)
    assert caught.value.cells == chain


def test_a_circle_across_sheets() -> None:
    book = Workbook("test")
    book.add_sheet("one")["A1"] = "=two!A1"
    book.add_sheet("two")["A1"] = "=one!A1+1"
    with pytest.raises(CycleError, match="one!A1 → two!A1 → one!A1"):
        book.recalculate(strict=True)


def test_a_long_circle_is_shown_in_one_line() -> None:
    with pytest.raises(CycleError) as caught:
        calculated(lambda s: define(s, {f"A2:A{LONG}": "=A1+1", "A1": f"=A{LONG}"}), strict=True)
    assert len(caught.value.cells) == LONG + 1
    assert len(str(caught.value)) < 200


def test_what_was_learned_about_offset_does_not_outlive_its_arguments() -> None:
    """B1 points at A2, which later depends on B1 itself no more than A3 does."""
    sheet = Workbook("test").add_sheet("s")
    define(sheet, {"D1": 1, "A2": "=D2+1", "A3": "=D3+1", "B1": "=OFFSET(A1,D1,0)", "D2": 5, "D3": 7})
    sheet.book.recalculate()
    assert sheet["B1"] == 6.0
    define(sheet, {"D1": 2})
    sheet.book.recalculate()
    assert sheet["B1"] == 8.0


FAULTS: list[tuple[str, type[Exception], str]] = [
    ("=NOSUCH(1)", UnknownFunction, r"test uses a function that sheetsim does not have: NOSUCH \(s!A1\)"),
    ("=nowhere!A1", FormulaError, r"s!A1: refers to a sheet 'nowhere', which is not there, in =nowhere!A1"),
    ("=1+", FormulaError, r"s!A1: expected a value before the end in =1\+"),
    ("=SQRT(1,2)", FormulaError, r"s!A1: SQRT takes 1 argument, 2 given, in =SQRT\(1,2\)"),
    ("=IF(1)", FormulaError, r"s!A1: IF takes 2 to 3 arguments, 1 given"),
]


@pytest.mark.parametrize(("formula", "kind", "message"), FAULTS)
def test_a_fault_names_the_cell_and_the_formula(formula: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        calculated(lambda s: define(s, {"A1": formula}), strict=True)


#: Formulas of which some results are -0 in double arithmetic, one sheet for each way to compute and store them; where
#: those results are. Excel stores 0.
MINUS_ZEROS: list[tuple[str, dict[str, Any], str]] = [
    ("a cell", {"A1": "=0*-1"}, "A1"),
    ("a cell of one that is not 0", {"A1": "=ROUND(-0.4,0)", "A2": "=-1E-200*1E-200"}, "A1:A2"),
    ("a block", {"A1:A20": 0, "B1:B20": "=A1*-2.5"}, "B1:B20"),
    ("numbers among texts", {"A1:A4": 0, "B1:B4": '=IF(ROW()=2,"x",A1*-1)'}, "B3:B4"),
    ("a chain", {"A1": -1, "A2:A9": "=A1*0"}, "A2:A9"),
    ("a chain with texts", {"A1": -1, "A2:A9": '=IF(A1="x",1,A1*0)'}, "A2:A9"),
    ("both directions at once", {"A1:A9": -1, "B1:I1": -1, "B2:I9": "=(A2+B1)*0"}, "B2:I9"),
    ("a reference known only at run time", {"A1:A5": 0, "B1:B5": "=OFFSET(A1,0,0)*-1"}, "B1:B5"),
]


def signs(sheet: Sheet, where: str) -> list[float]:
    """1 or -1 for each number, zeros too."""
    rows = sheet[where] if ":" in where else [[sheet[where]]]
    return [math.copysign(1.0, value) for row in rows for value in row]


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("cells", "where"), [row[1:] for row in MINUS_ZEROS], ids=[row[0] for row in MINUS_ZEROS])
def test_no_formula_leaves_a_minus_zero(
    cells: dict[str, Any], where: str, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if compiled:
        pytest.importorskip("numba", reason="Numba is not installed")
        monkeypatch.setattr("sheetsim.engine.recurrences.machine.WORTH_COMPILING", 0)
    sheet = calculated(lambda s: define(s, cells))
    assert set(signs(sheet, where)) == {1.0}


def test_no_array_formula_leaves_a_minus_zero() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.array("A1:B3", "={0,1}*-0.5")  # one row, repeated
    sheet.array("C1:C2", "=A1:A2*-1")
    sheet.array("D1", "={0;1}*-1")  # only its first value has a cell
    sheet.book.recalculate()
    assert sheet["A1:C2"] == [[0.0, -0.5, 0.0]] * 2
    assert [signs(sheet, where) for where in ("A1:A3", "C1:C2", "D1")] == [[1.0] * 3, [1.0] * 2, [1.0]]


def test_no_file_shows_a_minus_zero(tmp_path: Path) -> None:
    sheet = calculated(lambda s: define(s, {"A1": "=0*-1"}))
    sheet.array("A2:A3", "={0}*-1")
    sheet.book.recalculate()
    [written] = csv.write(sheet.book, tmp_path)
    assert written.read_text().split() == ["0", "0", "0"]
    xlsx.write(sheet.book, tmp_path / "out.xlsx")
    values = re.findall("<v>(.*?)</v>", members(tmp_path / "out.xlsx")["xl/worksheets/sheet1.xml"].decode())
    assert values == ["0", "0", "0"]


def test_the_zero_that_excel_stored() -> None:
    """Of ``=D7*A7*(B7/C7-1)`` with negative D7 and B7 = C7."""
    path = SHARED / "excel-files" / "FINANCIAL__ISPMT.xlsx"
    if not path.exists():
        pytest.skip("the workbooks that Excel saved are not here (../shared/excel-files)")
    book = read(path)
    stored = str(book.sheets[0]["F7"])
    recalculate(book)
    assert str(book.sheets[0]["F7"]) == stored == "0.0"


def test_an_unknown_name_is_a_value() -> None:
    sheet = calculated(lambda s: define(s, {"A1": "=nothing+1", "A2": "=IFERROR(A1,3)"}))
    assert [sheet["A1"], sheet["A2"]] == ["#NAME?", 3.0]


def test_nothing_computed_before_passes_for_a_result() -> None:
    """Values planted in formula cells are gone after a recalculation."""
    sheet = Workbook("test").add_sheet("s")
    define(sheet, {"A1": 2, "A2:A5": "=A1*2", "B1": "=SUM(A1:A5)"})
    sheet.num[:, :] = 99
    sheet.num[0, 0] = 2
    sheet.book.recalculate()
    assert sheet["B1"] == 62.0


def test_volatile_cells_change_and_follow_the_seed() -> None:
    import numpy as np

    sheet = Workbook("test").add_sheet("s")
    define(sheet, {"A1:A50": "=RANDBETWEEN(1,6)", "B1:B50": "=RAND()"})
    draws = []
    for seed in (1, 1, 2):
        sheet.book.random = np.random.default_rng(seed)
        sheet.book.recalculate()
        draws.append([sheet[f"{column}{row}"] for column in "AB" for row in range(1, 51)])
    assert draws[0] == draws[1] != draws[2]
    assert set(draws[0][:50]) <= {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}
    assert all(0 <= draw < 1 for draw in draws[0][50:])


def test_a_formula_can_be_evaluated_beside_the_sheet() -> None:
    sheet = calculated(lambda s: define(s, {"A1": 3, "A2": "=A1+1"}))
    sheet.name("lr", "A2")
    assert evaluate(sheet.book, "s", "=lr*2>7") is True
    assert sheet.computed().sum() == 1
    assert math.copysign(1.0, evaluate(sheet.book, "s", "=0*-1")) == 1.0


def test_a_sheet_that_would_not_fit_in_memory_is_refused() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A1"] = 1
    with pytest.raises(InputError, match="s: cells as far apart as A1 and XFD1048576"):
        sheet["XFD1048576"] = 1


def test_progress_counts_every_formula_cell() -> None:
    sheet = Workbook("test").add_sheet("s")
    define(sheet, {"A1": 1, "A2:A50": "=A1+1", "B1:B50": "=A1*2"})
    told: list[int] = []
    sheet.book.recalculate(told.append)
    assert sum(told) == 99
