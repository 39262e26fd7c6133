"""Running totals in one pass equal a plain loop over each range, to the last bit."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import pytest

from sheetsim import Workbook
from sheetsim.excel.arithmetic import product

RUNNING = ["SUM", "SUMSQ", "PRODUCT", "COUNT", "COUNTA", "AVERAGE", "MAX", "MIN"]
VALUES: list[list[Any]] = [[0.1, 3], [0.2, "x"], [None, 1.5], [0.3, True], [-7.7, 0.7], ["t", None], [1e-9, 2]]


def plain(name: str, rows: list[list[Any]]) -> float:
    numbers = [v for row in rows for v in row if isinstance(v, int | float) and not isinstance(v, bool)]
    total = 0.0
    for number in numbers:
        total += number
    return {
        "SUM": total,
        "COUNT": float(len(numbers)),
        "COUNTA": float(sum(v is not None for row in rows for v in row)),
        "SUMSQ": reduce(add, (number * number for number in numbers), 0.0),
        "PRODUCT": reduce(product, numbers) if numbers else 0.0,
        "AVERAGE": total / max(len(numbers), 1),
        "MAX": max(numbers, default=0.0),
        "MIN": min(numbers, default=0.0),
    }[name]


@pytest.mark.parametrize("name", RUNNING)
@pytest.mark.parametrize("width", [1, 2])
def test_running(name: str, width: int) -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", VALUES)
    sheet.fill("D1:D7", f"={name}(A$1:{'AB'[width - 1]}1)")
    sheet.book.recalculate()
    for row in range(7):
        assert sheet.value(row, 3) == plain(name, [cells[:width] for cells in VALUES[: row + 1]])


def test_two_columns_of_totals_and_errors() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", [[1, 10], [2, 20], [None, 30]])
    sheet["A3"] = "=1/0"
    sheet.fill("D1:E3", "=SUM(A$1:A1)")
    sheet.fill("F1:F3", "=AVERAGE(C$1:C1)")
    sheet.book.recalculate()
    assert [[sheet.value(r, c) for c in (3, 4)] for r in range(3)] == [[1.0, 10.0], [3.0, 30.0], ["#DIV/0!", 60.0]]
    assert sheet["F3"] == "#DIV/0!"


@pytest.mark.parametrize("name", RUNNING)
def test_a_total_that_feeds_itself(name: str) -> None:
    """Each row's total is of the rows above, against a plain loop; and again after an input has changed."""
    sheet = Workbook("test").add_sheet("s")
    sheet.fill("B2:B300", f"={name}(B$1:B1)*0.001+C2")
    sheet.values("C2", [[(row * 37 % 11) / 7 - 0.5] for row in range(2, 301)])
    for start in (1.25, -3.0):
        sheet["B1"] = start
        sheet.book.recalculate()
        column = [[start]]
        for row in range(2, 301):
            column.append([product(plain(name, column), 0.001) + sheet[f"C{row}"]])
        assert sheet["B1:B300"] == column


def test_an_error_in_a_total_that_feeds_itself() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["B1"] = 3
    sheet.fill("B2:B9", "=SUM(B$1:B1)/(ROW()-4)")
    sheet.book.recalculate()
    assert [sheet[f"B{row}"] for row in (3, 4, 5, 9)] == [-1.5, "#DIV/0!", "#DIV/0!", "#DIV/0!"]


def test_a_hundred_thousand_rows() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.fill("A1:A100000", "=ROW()")
    sheet.fill("B1:B100000", "=SUM(A$1:A1)")
    sheet.book.recalculate()
    assert sheet["B100000"] == 100_000 * 100_001 / 2
