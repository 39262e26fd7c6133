"""The register machine of recurrences against the engine's general way, line by line, on the same sheets."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim import Sheet, Workbook
from sheetsim.numpy_engine import plan_of
from sheetsim.recurrence import Recurrence
from sheetsim.scan import Scan, _compiled

ROWS = 400

#: Recurrences of plain arithmetic: what stands in A2 and below, and in B2 and below.
RECURRENCES = [
    ("=A1*0.9+0.1*B1", "=B1+1"),
    ("=A1*1.0000001-B1/7", "=-B1+A1%"),
    ("=SQRT(ABS(A1*B1))+1", "=INT(A1*3)-SIGN(B1)"),
    ("=A1^2/(1+A1^2)+B1", "=B1^3/(1+ABS(B1^3))"),
    ("=IF(A1>B1,A1/4,A1+B1)", "=IF(A1<=2,B1*1.5,IF(A1=3,0,B1/3))"),
    ("=IF(A1<>B1,A1+0.1,0)", "=IF(B1>=50,1,B1+$D$1)"),
    ("=+A1+$D$1*C2", "=B1*0.5+C2"),
]


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


@pytest.mark.parametrize(("first", "second"), RECURRENCES)
def test_scan_equals_line_by_line(first: str, second: str) -> None:
    sheet = sheet_of(first, second)
    fast = computed(sheet)
    assert all(isinstance(scan, Scan) for group in recurrences(sheet) for scan in group.scans)
    without_scans(sheet)
    assert np.array_equal(computed(sheet), fast)


@pytest.mark.parametrize(("first", "second"), RECURRENCES)
def test_compiled_equals_plain(first: str, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if _compiled() is None:
        pytest.skip("Numba is not installed")
    sheet = sheet_of(first, second)
    plain = computed(sheet)
    monkeypatch.setattr("sheetsim.scan.WORTH_COMPILING", 0)
    assert np.array_equal(computed(sheet), plain)


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
