"""Totals of ranges that shrink, or grow to the right, equal a plain loop over each range, to the last bit."""

from __future__ import annotations

import random
from functools import reduce
from typing import Any

import pytest

from sheetsim import Workbook
from sheetsim.engine import one_sided
from sheetsim.excel.arithmetic import product
from sheetsim.model.address import cell_name
from sheetsim.model.values import ExcelError

NAMES = ["SUM", "SUMSQ", "PRODUCT", "COUNT", "COUNTA", "AVERAGE", "MAX", "MIN"]
KINDS: dict[str, list[Any]] = {
    "numbers": [0.1, 0.2, 0.3, -7.7, 1e-9, 1 / 3, 1e17, 3.0, -1e17, 2 / 3, 5.0, 0.7],
    "of all kinds": [0.1, None, "x", 0.3, True, -7.7, None, 1e-9, "5", 2.0, "t", None],
    "errors": [1.0, ExcelError("#N/A"), 0.5, 0.25, "x", ExcelError("#REF!"), -3.0, 0.1, None, None, 4.0, 0.2],
    "blanks": [None] * 12,
    "small and large": [1e-200, 1e-110, 1e200, 1e-300, 1e-10, 1e300, 1e10, 1e-5, 3e-308, 0.5, 1.5, -1e200],
}


def plain(name: str, cells: list[Any]) -> Any:
    if name == "COUNTA":
        return float(sum(cell is not None for cell in cells))
    numbers = [cell for cell in cells if isinstance(cell, float)]
    if name == "COUNT":
        return float(len(numbers))
    errors = [cell for cell in cells if isinstance(cell, ExcelError)]
    if errors:
        return errors[0]
    if name == "AVERAGE" and not numbers:
        return "#DIV/0!"
    total = 0.0
    for number in numbers:
        total += number * number if name == "SUMSQ" else number
    found = {
        "SUM": total,
        "SUMSQ": total,
        "PRODUCT": reduce(product, numbers) if numbers else 0.0,
        "AVERAGE": total / max(len(numbers), 1),
        "MAX": max(numbers, default=0.0),
        "MIN": min(numbers, default=0.0),
    }[name]
    return "#NUM!" if abs(found) == float("inf") else 0.0 if abs(found) < 2.0**-1022 else found


def down(cells: list[Any], width: int) -> list[list[Any]]:
    return [cells[at : at + width] for at in range(0, len(cells), width)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [1, 2, 3])
def test_shrinking_downwards(name: str, kind: str, width: int) -> None:
    cells = KINDS[kind]
    rows = len(cells) // width
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", down(cells, width))
    sheet.fill(f"H1:H{rows}", f"={name}(A1:{'ABC'[width - 1]}${rows + 5})")
    sheet.book.recalculate()
    assert [row[0] for row in sheet[f"H1:H{rows}"]] == [plain(name, cells[row * width :]) for row in range(rows)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("written", "part"), [("$A1:A1", slice(None)), ("A1:$L1", slice(None, None, -1))])
def test_along_rows(name: str, kind: str, written: str, part: slice) -> None:
    first, second = KINDS[kind], KINDS["numbers"]
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", [first, second])
    sheet.fill("A4:L5", f"={name}({written})")
    sheet.book.recalculate()
    for row, cells in ((3, first), (4, second)):
        ranges = [cells[: at + 1] if part.step is None else cells[at:] for at in range(12)]
        assert [sheet.value(row, at) for at in range(12)] == [plain(name, each) for each in ranges]


@pytest.mark.parametrize("name", NAMES)
def test_several_columns_and_a_fixed_one(name: str) -> None:
    table = down(KINDS["numbers"], 3)
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", table)
    sheet.fill("F1:H4", f"={name}(A1:A$4)")
    sheet.fill("J1:L4", f"={name}($B1:$B$4)+COLUMN()")
    sheet.fill("N1:P4", f"={name}($A1:A1)*1")
    sheet.fill("R1:T4", f"={name}($A$2:A$2)")
    sheet.book.recalculate()
    for row in range(4):
        for column in range(3):
            shrinking = [cells[column] for cells in table[row:]]
            assert sheet.value(row, 5 + column) == plain(name, shrinking)
            assert sheet.value(row, 9 + column) == plain(name, [cells[1] for cells in table[row:]]) + 10 + column
            assert sheet.value(row, 13 + column) == plain(name, table[row][: column + 1])
            assert sheet.value(row, 17 + column) == plain(name, table[1][: column + 1])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("where", "written", "cells"),
    [
        ("B1:M1", "$A1:A1", lambda at: [(0, column) for column in range(at + 1)]),  # grows to the right
        ("A1:A12", "A2:A$13", lambda at: [(row, 0) for row in range(at + 1, 13)]),  # shrinks downwards
    ],
)
def test_a_total_that_feeds_itself(name: str, where: str, written: str, cells: Any) -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A13" if where.startswith("A1:") else "A1"] = 1.5
    sheet.fill(where, f"={name}({written})*0.5")
    sheet.book.recalculate()
    for at in range(12):
        row, column = (at, 0) if where.startswith("A1:") else (0, at + 1)
        expected = product(plain(name, [sheet.value(*place) for place in cells(at)]), 0.5)
        assert sheet.value(row, column) == expected, cell_name(row, column)


def test_a_corner_that_passes_the_other() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.values("A1", [[1.0], [2.0], [4.0], [8.0]])
    sheet.fill("B1:B4", "=SUM(A1:A$2)")
    sheet.book.recalculate()
    assert sheet["B1:B4"] == [[3.0], [2.0], [6.0], [14.0]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["B1:B2000", "A2:BXX2"])
def test_one_operation_a_cell(name: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one for each pair of cells: the ranges are never gone through one by one."""
    rng = random.Random(10)
    cells = [rng.choice([0.999, 1.001, 0.5, 2.0]) for _ in range(2_000)]
    sheet = Workbook("long").add_sheet("s")
    side = where.startswith("A")
    sheet.values("A1", [cells] if side else [[cell] for cell in cells])
    sheet.fill(where, f"={name}({'$A1:A1' if side else 'A1:A$2000'})")
    monkeypatch.setattr(one_sided.ExpandingRange, "__call__", None)  # cell by cell
    sheet.book.recalculate()
    for at in range(0, 2_000, 333):
        found = sheet.value(1, at) if side else sheet.value(at, 1)
        assert found == plain(name, cells[: at + 1] if side else cells[at:])
