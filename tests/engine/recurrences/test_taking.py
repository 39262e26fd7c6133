"""``INDEX`` of what earlier rows of a recurrence left, against a plain Python loop: scanned, compiled, line by line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exact import times

from sheetsim import Sheet, Workbook
from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences.machine import _compiled
from sheetsim.engine.recurrences.recurrence import Recurrence

ROWS = 300
WAYS = ["scanned", "compiled", "line by line"]


def places() -> list[int]:
    """For each row from the second on, one of the rows above it."""
    random = np.random.default_rng(0)
    return [int(random.integers(1, row)) for row in range(2, ROWS + 1)]


def sheet_of(first: str, second: str, at: list[Any]) -> Sheet:
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", [[1.25, 2.5]])
    sheet.values("C2", [[place] for place in at])
    sheet.values("D1", [[0.1], [0.2], [0.3]])
    sheet.fill(f"A2:A{ROWS}", first)
    sheet.fill(f"B2:B{ROWS}", second)
    return sheet


def computed(sheet: Sheet, way: str, monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    if way == "compiled":
        if _compiled() is None:
            pytest.skip("Numba is not installed")
        monkeypatch.setattr("sheetsim.engine.recurrences.machine.WORTH_COMPILING", 0)
    sheet.book.recalculate()
    for group in plan_of(sheet.book).recurrences.values():
        assert isinstance(group, Recurrence)
        if way == "line by line":
            group.scans = [None] * len(group.scans)
        else:
            assert all(scan is not None for scan in group.scans)
    sheet.book.recalculate()
    return sheet[f"A2:B{ROWS}"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fixed", [False, True])
def test_what_an_earlier_row_left(way: str, fixed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    at = places()
    other = "INDEX($D$1:$D$3,2)" if fixed else "INDEX(A$1:A1,$C2)"
    sheet = sheet_of(f"=INDEX(A$1:A1,$C2)*0.5+{other}", "=INDEX(B$1:B1,$C2)+A2/100", at)
    a, b = [1.25], [2.5]
    for place in at:
        a.append(times(a[place - 1], 0.5) + (0.2 if fixed else a[place - 1]))
        b.append(b[place - 1] + a[-1] / 100)
    assert computed(sheet, way, monkeypatch) == [[x, y] for x, y in zip(a[1:], b[1:], strict=True)]


@pytest.mark.parametrize("way", WAYS)
def test_places_that_are_none(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a place are left out; what is beyond the rows above is an error, and so is what reads it."""
    at: list[Any] = [1] * (ROWS - 1)
    at[1], at[3], at[5], at[6] = 1.9, 6, -1, 7
    sheet = sheet_of("=INDEX(A$1:A1,$C2)+1", "=B1*0.5", at)
    rows = computed(sheet, way, monkeypatch)
    expected = [2.25] * (ROWS - 1)
    expected[3], expected[5], expected[6] = "#REF!", "#VALUE!", "#VALUE!"
    assert [a if isinstance(a, float) else str(a) for a, _ in rows] == expected


@pytest.mark.parametrize("way", ["scanned", "line by line"])
def test_a_text_and_a_blank_among_what_is_looked_up(way: str) -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", [["text"], [None], [3]])
    sheet.values("C4", [[2], [3], [1], [6]])
    sheet.fill("A4:A7", '=INDEX(A$1:A3,$C4)&""' if way == "line by line" else "=INDEX(A$1:A3,$C4)+1")
    sheet.book.recalculate()
    found = [str(row) if not isinstance(row, float) else row for (row,) in sheet["A4:A7"]]
    assert found == (["", "3", "text", "text"] if way == "line by line" else [1, 4, "#VALUE!", "#VALUE!"])
