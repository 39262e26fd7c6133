"""Recurrences that are copies of one another, held against a loop in plain Python."""

from typing import Any

import pytest

from sheetsim.engine import plan as plans
from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences.recurrence import Recurrence
from sheetsim.excel.arithmetic import product
from sheetsim.workbook import Workbook

ROWS, STRIDE, COPIES = 6, 10, 5
RATE, OWN = 0.25, [0.5, 0.75, 1.5, 0.125, 2.0]


def laid_out(own_rows: list[int]) -> Workbook:
    """Copies of two columns that read one another, a row for each step. The factor that a copy reads, a fixed cell,
    stands at the head of the one whose number is given."""
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["F1"] = RATE
    for copy in range(COPIES):
        top = copy * STRIDE + 2
        first, last = top + 1, top + ROWS
        sheet[f"D{top}"] = OWN[copy]
        sheet[f"A{top}"], sheet[f"B{top}"] = (1.0, 3.0) if not copy else (f"=A{top - 4}", f"=B{top - 4}")
        sheet.fill(f"A{first}:A{last}", f"=A{top}+B{top}*$D${own_rows[copy] * STRIDE + 2}")
        sheet.fill(f"B{first}:B{last}", f"=B{top}-A{first}*$F$1")
    return book


def in_a_loop(own_rows: list[int]) -> list[list[float]]:
    a, b, found = 1.0, 3.0, []
    for copy in range(COPIES):
        for _ in range(ROWS):
            a = a + product(b, OWN[own_rows[copy]])
            b = b - product(a, RATE)
            found.append([a, b])
    return found


@pytest.mark.parametrize(
    "own_rows",
    [
        [0, 1, 2, 3, 4],  # each its own
        [0, 0, 0, 0, 0],  # all that of the first
        [0, 1, 1, 3, 3],
        [0, 3, 1, 2, 0],  # others' too
    ],
)
def test_copies(own_rows: list[int]) -> None:
    book = laid_out(own_rows)
    book.recalculate()
    assert _rows(book) == in_a_loop(own_rows)
    book["s"]["F1"] = RATE  # and once more, what was found out being known
    book.recalculate(full=True)
    assert _rows(book) == in_a_loop(own_rows)


@pytest.mark.parametrize("own_rows", [[0, 1, 2, 3, 4], [0, 0, 0, 0, 0]])
def test_copies_are_translated_once(own_rows: list[int]) -> None:
    book = laid_out(own_rows)
    book.recalculate()
    found = [each for each in plan_of(book).recurrences.values() if isinstance(each, Recurrence)]
    machines = [scan.machine for each in found for scan in each.scans if scan is not None]
    assert len(machines) == COPIES
    assert len({id(machine.registers) for machine in machines}) == 1


def test_programs_that_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_COPIES", 1)
    own_rows = list(range(COPIES))
    book = laid_out(own_rows)
    book["s"]["D2"] = "text"  # no plain arithmetic any more: line by line
    book.recalculate()
    assert str(book["s"]["A3"]) == "#VALUE!"
    book["s"]["D2"] = OWN[0]
    book.recalculate()
    assert _rows(book) == in_a_loop(own_rows)


def _rows(book: Workbook) -> list[Any]:
    tops = [copy * STRIDE + 2 for copy in range(COPIES)]
    return [row for top in tops for row in book["s"][f"A{top + 1}:B{top + ROWS}"]]
