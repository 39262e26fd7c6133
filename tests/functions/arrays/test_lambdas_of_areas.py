"""Dynamic arrays, LET and LAMBDA beside what cannot be computed, and given references of several areas."""

from __future__ import annotations

from typing import Any

import pytest

from sheetsim import Workbook
from sheetsim.errors import CycleError, UnknownFunction

UNSUPPORTED = "#UNSUPPORTED!"


def answers(formulas: list[str]) -> list[Any]:
    """What each formula gives: a value, or the rows of an array. ``K1`` and ``L2`` cannot be computed."""
    book = Workbook("areas")
    sheet, other = book.add_sheet("one"), book.add_sheet("two")
    sheet.values("A1", [[1, 2], [2, 3], [3, 4]])
    other.values("A1", [[10], [20]])
    sheet["K1"], sheet["L1"], sheet["L2"], sheet["L3"] = '=CUBEVALUE("x")', 1, '=CUBEVALUE("x")', 3
    for place, formula in enumerate(formulas):
        sheet.spill(f"E{1 + 20 * place}", formula)
    book.recalculate()
    rects = [sheet.arrays[20 * place, 4][0] for place in range(len(formulas))]
    return [sheet.value(rect.top, rect.left) if rect.size == 1 else sheet.block(rect) for rect in rects]


AREAS = {
    "=LET(x,1,SUM((A1:A2,A3),x))": 7,
    "=LET(r,(A1:A2,A3),SUM(r))": 6,
    "=LET(r,(A1:A2,A3),AREAS(r))": 2,
    "=LET(r,(A1:A2,A3),INDEX(r,1,1,2))": 3,
    "=LET(r,(A1:A2,A3),r+1)": "#VALUE!",
    "=LET(r,A1:A3,SUM(r A2:B3))": 5,
    "=LET(x,2,x*SUM(one:two!A1))": 22,
    "=LET(x,2,SUM(one:two!A1,x))": 13,
    "=MAP(A1:A3,LAMBDA(x,SUM((A1:A2,A3),x)))": [[7], [8], [9]],
    "=VSTACK(one:two!A1:A2)": [[1], [2], [10], [20]],
}

LACKING = {
    "=VSTACK(A1:A2,K1)": [[1], [2], [UNSUPPORTED]],
    "=FILTER(L1:L3,A1:A3>1)": [[UNSUPPORTED], [3]],
    "=FILTER(L1:L3,A1:A3>2)": 3,
    "=FILTER(A1:A3,L1:L3)": UNSUPPORTED,
    "=TAKE(L1:L3,1)": 1,
    "=TAKE(A1:A3,K1)": UNSUPPORTED,
    "=CHOOSEROWS(L1:L3,1,3)": [[1], [3]],
    "=CHOOSEROWS(L1:L3,K1)": UNSUPPORTED,
    "=SORT(L1:L3)": [[UNSUPPORTED]] * 3,  # where it would stand is not known
    "=UNIQUE(L1:L3)": [[UNSUPPORTED]] * 3,
    "=MAP(L1:L3,LAMBDA(x,IFERROR(x,0)))": [[1], [UNSUPPORTED], [3]],
    "=SCAN(0,L1:L3,LAMBDA(a,x,a+x))": [[1], [UNSUPPORTED], [UNSUPPORTED]],
    "=BYROW(L1:L3,LAMBDA(r,COUNT(r)))": [[1], [UNSUPPORTED], [1]],
    "=LET(x,K1,IFERROR(x,0))": UNSUPPORTED,
    "=LET(x,1,IFERROR(CUBEVALUE(x),7))": UNSUPPORTED,
    "=LET(x,1,IF(x=1,2,CUBEVALUE(x)))": 2,
    "=SEQUENCE(K1)": UNSUPPORTED,
}


@pytest.mark.parametrize("table", [AREAS, LACKING], ids=["areas", "lacking"])
def test_answers(table: dict[str, Any]) -> None:
    assert dict(zip(table, answers(list(table)), strict=True)) == table


def test_a_spilled_array_that_cannot_be_computed_any_more_keeps_its_cells_and_says_why() -> None:
    book = Workbook("kept")
    sheet = book.add_sheet("s")
    sheet["A1"] = 3
    sheet["B1"] = "=SEQUENCE(A1)"
    book.recalculate()
    sheet["A1"] = "=CUBEVALUE(1)"
    book.recalculate()
    assert sheet["B1:B3"] == [[UNSUPPORTED]] * 3
    assert book.unsupported() == {"the function CUBEVALUE in s!A1": ["s!A1", "s!B1", "s!B2", "s!B3"]}


def test_a_function_in_let_that_is_not_there_is_refused_if_strict() -> None:
    book = Workbook("strict")
    book.add_sheet("s")["A1"] = "=LET(x,1,CUBEVALUE(x))"
    with pytest.raises(UnknownFunction, match=r"CUBEVALUE \(s!A1\)"):
        book.recalculate(strict=True)


def test_a_circle_beside_an_array_that_gets_its_cells() -> None:
    book = Workbook("circle")
    sheet = book.add_sheet("s")
    sheet["A1"] = 2
    sheet["B1"] = "=SEQUENCE(A1)"
    sheet["D1"] = "=D1"
    with pytest.raises(CycleError):
        book.recalculate(strict=True)
    book.recalculate()
    assert sheet["B1:B2"] == [[1], [2]]
    assert sheet["D1"] == UNSUPPORTED
