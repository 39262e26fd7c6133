"""What cannot be computed is an unsupported value with its reason, what depends on it is so through it, and nothing
else is: worked out by hand, cell by cell."""

from __future__ import annotations

from typing import Any

import pytest

from sheetsim import InputError, UnknownFunction, Workbook
from sheetsim.model.address import parse_rect
from sheetsim.model.values import Unsupported
from sheetsim.solver.solving import solve

#: A1 is 2, A2 cannot be computed, A3 is 6. What a formula beside them comes to: None where it depends on A2.
FORMULAS: dict[str, Any] = {
    "=A1+A3": 8.0,
    "=A1+A2": None,
    "=-A2": None,
    '=A2&"x"': None,
    "=A2=A2": None,
    "=SUM(A1:A3)": None,
    "=SUM(A1,A3)": 8.0,
    "=COUNT(A1:A3)": None,
    "=COUNTA(A1:A3)": None,
    "=COUNTBLANK(A1:A9)": None,
    '=COUNTIF(A1:A3,">1")': None,
    "=ISERROR(A2)": None,
    "=ISNUMBER(A2)": None,
    "=ISBLANK(A2)": None,
    "=IFERROR(A2,0)": None,
    "=IFERROR(A1/0,A3)": 6.0,
    "=IFERROR(A1,A2)": 2.0,
    "=IFNA(A2,0)": None,
    "=IF(A1>1,A3,A2)": 6.0,
    "=IF(A1>1,A2,A3)": None,
    "=IF(A2,1,1)": None,
    "=CHOOSE(2,A2,A3)": 6.0,
    "=CHOOSE(A2,1,1)": None,
    "=INDEX(A1:A3,3)": 6.0,
    "=INDEX(A1:A3,2)": None,
    "=INDEX(NOSUCH(A1),3)": None,
    "=INDEX(HSTACK(NOSUCH(A1),2,3),3)": None,
    "=INDEX(HSTACK(A2,2,3),3)": 3.0,
    "=MATCH(6,A1:A3,0)": None,
    "=MATCH(6,A3:A4,0)": 1.0,
    "=VLOOKUP(2,B1:C3,2,FALSE)": 2.0,
    "=VLOOKUP(3,B1:C3,2,FALSE)": None,
    "=VLOOKUP(6,A1:B3,2,FALSE)": None,
    "=XLOOKUP(4,B1:B3,C1:C3)": 6.0,
    "=XLOOKUP(3,B1:B3,C1:C3)": None,
    "=MATCH(2,A1:A3,0)": 1.0,  # found before it
    "=MATCH(2,A1:A3)": None,
    "=XMATCH(6,A1:A3,0,-1)": 3.0,
    "=XMATCH(2,A1:A3,0,-1)": None,
    "=VLOOKUP(2,A1:B3,2,FALSE)": 2.0,
    "=VLOOKUP(2,A1:B3,2)": None,
    "=XLOOKUP(2,A1:A3,B1:B3)": 2.0,
    "=XLOOKUP(9,A1:A3,B1:B3,7)": None,
    "=ROWS(A1:A3)": 3.0,
    "=ROW(A2)": 2.0,
    "=SUM(OFFSET(A1,2,0))": 6.0,
    "=SUM(OFFSET(A1,1,0))": None,
    "=SUMPRODUCT((A1:A3>1)*1)": None,
    "=SUM(A1:INDEX(A1:A3,2))": None,
    "=1/0+A1": "#DIV/0!",
    "=NOSUCH(A1)": None,
    "=IF(A1>1,7,NOSUCH(A1))": 7.0,
    "=IF(A1<1,7,NOSUCH(A1))": None,
}

#: What is not computed, and what the reason says.
LACKING = {
    "=CUBEVALUE(A1)": "the function CUBEVALUE in s!E1",
    "=1+": "a formula that is not read: expected a value before the end in s!E1",
    "=SQRT(1,2)": "a formula that is not read: SQRT takes 1 argument, 2 given in s!E1",
    "=nowhere!A1": "a formula that is not read: refers to a sheet 'nowhere', which is not there in s!E1",
    "=[1]Sheet1!A1": "a reference to another file, no value of which is stored: [1]Sheet1! in s!E1",
    "='[1]my sheet'!A1": "a reference to another file, no value of which is stored: '[1]my sheet'! in s!E1",
    "=[1]!rate": "a reference to another file, no value of which is stored: [1]!rate in s!E1",
    "=E1": "the circular reference s!E1 → s!E1 in s!E1",
    "=1+OFFSET(E1,0,0)": "the circular reference s!E1 → s!E1 in s!E1",
}


def book() -> Workbook:
    made = Workbook("test")
    sheet = made.add_sheet("s")
    sheet["A1"], sheet["A2"], sheet["A3"] = 2, "=NOSUCH(A1)", "=A1*3"
    sheet.values("B1", [[2], [3], [4]])
    sheet.fill("C1:C3", "=A1")
    return made


@pytest.mark.parametrize("array", [False, True], ids=["single", "array"])
def test_what_depends_on_it(array: bool) -> None:
    made = book()
    for row, formula in enumerate(FORMULAS, 1):
        made["s"].array(f"E{row}", formula) if array else made["s"].fill(f"E{row}", formula)
    made.recalculate()
    got = [None if isinstance(value, Unsupported) else value for (value,) in made["s"][f"E1:E{len(FORMULAS)}"]]
    assert dict(zip(FORMULAS, got, strict=True)) == FORMULAS


@pytest.mark.parametrize("formula", LACKING)
def test_the_reason(formula: str) -> None:
    """Put there as a file puts it: what a person types that does not parse is refused at once."""
    sheet = book().sheet("s")
    sheet.fill_rect(parse_rect("E1"), sheet.book.formula_number(formula, 0, 4, "s"))
    sheet["F1"] = "=IFERROR(SUM(E1:E2),0)"
    assert [str(value.reason) for value in (sheet["E1"], sheet["F1"])] == [LACKING[formula]] * 2
    assert sheet["A3"] == 6.0


def test_running_totals() -> None:
    """In one pass down a column, and continued line by line: all from the cell on."""
    sheet = book()["s"]
    sheet.fill("E1:E3", "=COUNT(A$1:A1)")
    sheet.fill("F1:F3", "=SUM(A$1:A1)")
    sheet["H1"] = "=NOSUCH(1)"
    sheet.fill("H2:H4", "=COUNT(H$1:H1)+1")
    assert sheet["E1:F3"] == [[1.0, 2.0], ["#UNSUPPORTED!"] * 2, ["#UNSUPPORTED!"] * 2]
    assert sheet["H2:H4"] == [["#UNSUPPORTED!"]] * 3


def test_cells_by_their_reasons() -> None:
    made = book()
    made.recalculate()
    assert made.unsupported() == {"the function NOSUCH in s!A2": ["s!A2", "s!C2"]}


def test_around_a_circle_all_is_computed() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A1"], sheet["B1"], sheet["C1"] = "=B1+1", "=C1+1", "=A1+1"
    sheet["D1"], sheet["E1"], sheet["F1"] = "=A1*2", "=F1+1", 5
    sheet.fill("A3:A9", "=A2+1")
    assert sheet["A1:F1"] == [["#UNSUPPORTED!"] * 4 + [6.0, 5.0]]
    assert sheet["A9"] == 7.0
    assert list(sheet.book.unsupported()) == ["the circular reference s!A1 → s!B1 → s!C1 → s!A1 in s!A1"]
    sheet["C1"] = 1
    assert sheet["A1:D1"] == [[3.0, 2.0, 1.0, 6.0]]


# --- read after a change ----------------------------------------------------------------------------------------------
def test_a_computed_cell_is_never_read_old() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A1"], sheet["A2"] = 2, "=A1*2"
    assert sheet["A2"] == 4.0
    sheet["A1"] = 3
    assert sheet["A1"] == 3.0
    assert sheet.book.changed  # an input is what was put there
    assert sheet["A1:A2"] == [[3.0], [6.0]]
    assert not sheet.book.changed
    sheet["A1"] = 4
    assert sheet.frame("A1:A2")[4.0].tolist() == [8.0]


# --- torch and the Solver ---------------------------------------------------------------------------------------------
def test_torch_refuses_what_depends_on_it() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    made = book()
    made["s"]["E1"] = "=COUNT(C1:C3)"
    tensors = made.torch("s")
    assert tensors["C3"].item() == 6.0
    assert tensors.gradient("C3", "A1").tolist() == [[3.0]]
    for cell in ("A2", "C2", "E1"):
        with pytest.raises(InputError, match=rf"s!{cell} cannot be computed: the function NOSUCH in s!A2"):
            tensors[cell]
    with pytest.raises(UnknownFunction, match="NOSUCH"):
        made.torch("s", strict=True)


def test_the_solver_refuses_what_depends_on_it() -> None:
    pytest.importorskip("scipy", reason="SciPy is not installed")
    made = book()
    made["s"]["E1"], made["s"]["E2"] = "=(A1-5)^2", "=(A1-5)^2+A2"
    assert round(solve(made, "s", cells="A1", minimise="E1", engine="differences").after, 6) == 0.0
    with pytest.raises(InputError, match=r"s!E2 cannot be computed: the function NOSUCH in s!A2"):
        solve(made, "s", cells="A1", minimise="E2")
