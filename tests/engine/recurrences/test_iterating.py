"""Circular references by iteration, against loops in plain Python that go through the cells as Excel does."""

from __future__ import annotations

from pathlib import Path

import pytest
from libreoffice import recalculated

from sheetsim import InputError, Workbook
from sheetsim.model.sheet import Iteration, Sheet
from sheetsim.reading.book import read


def sheet_with(count: int, change: float, cells: dict[str, object]) -> Sheet:
    sheet = Workbook("test").add_sheet("s")
    sheet.book.iteration = Iteration(count, change)
    for where, value in cells.items():
        sheet[where] = value
    return sheet


def test_a_counter_counts_on() -> None:
    sheet = sheet_with(7, 0.001, {"A1": "=A1+1", "B1": "=A1*2"})
    assert sheet["A1:B1"] == [[7.0, 14.0]]
    sheet.book.recalculate()
    assert sheet["A1:B1"] == [[14.0, 28.0]]


@pytest.mark.parametrize(("count", "change"), [(100, 1e-3), (100, 1e-12), (3, 1e-12), (1, 1e-3)])
def test_two_cells_that_settle(count: int, change: float) -> None:
    sheet = sheet_with(count, change, {"A1": "=1+B1*0.5", "B1": "=A1*0.5+C1", "C1": 3, "D1": "=A1+B1"})
    a = b = 0.0
    for _ in range(count):
        before = a, b
        a = 1 + b * 0.5
        b = a * 0.5 + 3
        if max(abs(a - before[0]), abs(b - before[1])) < change:
            break
    assert sheet["A1:D1"] == [[a, b, 3.0, a + b]]


def test_cells_are_gone_through_row_by_row() -> None:
    """B1 is computed before A2, though it was written after it and needs it."""
    sheet = sheet_with(4, 1e-9, {"A2": "=B1*0.5+1", "B1": "=A2*0.5+1"})
    upper = lower = 0.0
    for _ in range(4):
        upper = lower * 0.5 + 1
        lower = upper * 0.5 + 1
    assert [sheet["B1"], sheet["A2"]] == [upper, lower]


def test_only_the_circle_is_repeated() -> None:
    """A9 stands behind the circle and before it on the sheet; the chain of C is no circle."""
    sheet = sheet_with(50, 1e-9, {"A1": "=B9+1", "B9": "=B8*0.5", "B8": "=B9*0.5+4", "C1": 1})
    sheet.fill("C2:C9", "=C1+B8*0")
    assert sheet["A1"] == pytest.approx(8 / 3 + 1, abs=1e-8)
    assert sheet["C9"] == 1.0
    assert sheet["A1"] == sheet["B9"] + 1


def test_a_formula_that_cannot_be_computed_stays_one() -> None:
    sheet = sheet_with(5, 1e-3, {"A1": "=A1+NOSUCH(1)", "B1": "=B1+1"})
    assert sheet["A1:B1"] == [["#UNSUPPORTED!", 5.0]]
    sheet["C1"] = 1
    assert sheet["A1:B1"] == [["#UNSUPPORTED!", 10.0]]


def test_torch_has_no_derivative_of_it() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    sheet = sheet_with(50, 1e-9, {"A1": "=A1*0.5+C1", "B1": "=A1*2", "C1": 3, "D1": "=C1*2"})
    tensors = sheet.book.torch("s")
    assert tensors["D1"].item() == 6.0
    with pytest.raises(InputError, match="s!B1 cannot be computed: the circular reference"):
        tensors["B1"]


def test_a_file_asks_for_it_and_is_read_so(tmp_path: Path) -> None:
    sheet = sheet_with(7, 0.25, {"A1": "=A1+1"})
    sheet.book.save(tmp_path / "counter.xlsx")
    assert (sheet["A1"], read(tmp_path / "counter.xlsx").iteration) == (7.0, Iteration(7, 0.25))


def test_libreoffice_settles_at_the_same(tmp_path: Path) -> None:
    """As near as the change that both are told to stop at."""
    cells = {"A1": "=1+B1*0.5", "B1": "=A1*0.5+C1", "C1": 3, "D1": "=A1+B1", "E1": "=COS(E1)"}
    sheet = sheet_with(1000, 1e-9, cells)
    sheet.book.save(tmp_path / "circles.xlsx")
    theirs = recalculated(tmp_path / "circles.xlsx")["s"]
    assert sheet["A1:E1"][0] == pytest.approx([cell.value for cell in theirs[1]], abs=1e-7)
