"""The ways to compute a recurrence, each against a plain Python loop with products in exact fractions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from exact import times

from sheetsim import Sheet, Workbook
from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences.recurrence import Recurrence
from sheetsim.engine.recurrences.scan import Scan, _compiled

ROWS = 400

State = tuple[float, float]
Row = Callable[[float, float, float], State]


def sign(x: float) -> int:
    return (x > 0) - (x < 0)


def cube(x: float) -> float:
    return times(times(x, x), x)


D1 = 0.3
#: What stands in A2 and below, and in B2 and below; the same for the row above's a and b and the row's own c in Python.
RECURRENCES: list[tuple[str, str, Row]] = [
    ("=A1*0.9+0.1*B1", "=B1+1", lambda a, b, c: (times(a, 0.9) + times(0.1, b), b + 1)),
    ("=A1*1.0000001-B1/7", "=-B1+A1%", lambda a, b, c: (times(a, 1.0000001) - b / 7, -b + a / 100)),
    (
        "=SQRT(ABS(A1*B1))+1",
        "=INT(A1*3)-SIGN(B1)",
        lambda a, b, c: (math.sqrt(abs(times(a, b))) + 1, math.floor(times(a, 3)) - float(sign(b))),
    ),
    (
        "=A1^2/(1+A1^2)+B1",
        "=B1^3/(1+ABS(B1^3))",
        lambda a, b, c: (times(a, a) / (1 + times(a, a)) + b, cube(b) / (1 + abs(cube(b)))),
    ),
    (
        "=IF(A1>B1,A1/4,A1+B1)",
        "=IF(A1<=2,B1*1.5,IF(A1=3,0,B1/3))",
        lambda a, b, c: (a / 4 if a > b else a + b, times(b, 1.5) if a <= 2 else 0.0 if a == 3 else b / 3),
    ),
    (
        "=IF(A1<>B1,A1+0.1,0)",
        "=IF(B1>=50,1,B1+$D$1)",
        lambda a, b, c: (a + 0.1 if a != b else 0.0, 1.0 if b >= 50 else b + D1),
    ),
    ("=+A1+$D$1*C2", "=B1*0.5+C2", lambda a, b, c: (a + times(D1, c), times(b, 0.5) + c)),
]


def expected(row: Row, sheet: Sheet) -> np.ndarray:
    """The two columns by a plain loop."""
    states = [(1.25, 2.5)]
    for c in sheet[f"C2:C{ROWS}"]:
        states.append(row(*states[-1], c[0]))
    return np.array(states, dtype=np.float64)


def sheet_of(first: str, second: str) -> Sheet:
    sheet = Workbook("test").add_sheet("s")
    sheet["A1"], sheet["B1"], sheet["D1"] = 1.25, 2.5, 0.3
    sheet.values("C1", np.random.default_rng(0).normal(size=(ROWS, 1)).tolist())
    sheet.fill(f"A2:A{ROWS}", first)
    sheet.fill(f"B2:B{ROWS}", second)
    return sheet


def recurrences(sheet: Sheet) -> list[Recurrence]:
    found = list(plan_of(sheet.book).recurrences.values())
    assert found
    return found


def without_scans(sheet: Sheet) -> None:
    for group in recurrences(sheet):
        group.scans = [None] * len(group.scans)


def computed(sheet: Sheet) -> np.ndarray:
    sheet.book.recalculate()
    return sheet.num[:ROWS, :2].copy()


@pytest.mark.parametrize(("first", "second", "row"), RECURRENCES)
def test_the_scan_is_the_plain_loop(first: str, second: str, row: Row) -> None:
    sheet = sheet_of(first, second)
    assert np.array_equal(computed(sheet), expected(row, sheet))
    assert all(isinstance(scan, Scan) for group in recurrences(sheet) for scan in group.scans)


@pytest.mark.parametrize(("first", "second", "row"), RECURRENCES)
def test_the_compiled_scan_is_the_plain_loop(
    first: str, second: str, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    if _compiled() is None:
        pytest.skip("Numba is not installed")
    monkeypatch.setattr("sheetsim.engine.recurrences.scan.WORTH_COMPILING", 0)
    sheet = sheet_of(first, second)
    assert np.array_equal(computed(sheet), expected(row, sheet))


@pytest.mark.parametrize(("first", "second", "row"), RECURRENCES)
def test_line_by_line_is_the_plain_loop(first: str, second: str, row: Row) -> None:
    sheet = sheet_of(first, second)
    computed(sheet)  # makes the plan
    without_scans(sheet)
    assert np.array_equal(computed(sheet), expected(row, sheet))


#: Recurrences that are more than plain arithmetic, or stop being it on the way.
OTHERS = [
    ("=A1&B1", "=B1+1"),
    ("=MAX(A1:B1)", "=B1+1"),
    ("=A1+B1", "=1/(B1-2.5)"),
    ("=A1*1e30", "=B1+A1*0"),
    ("=SQRT(A1-B1)", "=B1+0.001"),
    ("=A1>B1", "=B1+1"),
    ("=IF(A1*3=3.75,A1*(1+2^-52),A1-1)", "=IF(B1/3*3=B1,B1+0.1,0)"),
]


@pytest.mark.parametrize(("first", "second"), OTHERS)
def test_errors_and_texts_fall_back(first: str, second: str) -> None:
    sheet = sheet_of(first, second)
    computed(sheet)
    found = [sheet.value(row, column) for row in range(ROWS) for column in (0, 1)]
    without_scans(sheet)
    computed(sheet)
    assert [sheet.value(row, column) for row in range(ROWS) for column in (0, 1)] == found


def test_upwards_and_leftwards() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A50"], sheet["Z60"] = 1, 1
    sheet.fill("A1:A49", "=A2*1.1")
    sheet.fill("A60:Y60", "=B60+1")
    sheet.book.recalculate()
    expected = 1.0
    for _ in range(49):
        expected *= 1.1
    assert sheet["A1"] == pytest.approx(expected, rel=1e-14)
    assert sheet["A60"] == 26.0
