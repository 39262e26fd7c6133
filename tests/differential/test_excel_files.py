"""Workbooks that Excel saved, recalculated from copies without a value of a formula: 102 files, a few functions each.

``excel_files.csv`` lists the cells that differ, by workbook, each with the reason: ``cells`` names them, ``*`` any of
the workbook; ``most`` is how many there may be. A line says ``not yet`` where sheetsim lacks what the cells need: they
are not counted into the share of right cells, and it goes when that is there. ``tests/differential/excel_files.py``
prints what differs now, with ``--table`` the lines that are needed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from excel_files import FOLDER, Cell, Outcome, close, files, outcome

from sheetsim.model.values import ExcelError

SHARE = 0.99  # of all cells that are not volatile
NOT_YET = "not yet"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the workbooks that Excel saved are not here (../shared)")


class Line(NamedTuple):
    """Cells of a workbook that may differ."""

    workbook: str
    cells: str
    most: int
    reason: str

    def covers(self, cell: Cell) -> bool:
        return self.cells == "*" or cell.where in self.cells.split()


def lines() -> list[Line]:
    path = Path(__file__).with_name("excel_files.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return [Line(row["workbook"], row["cells"], int(row["most"]), row["reason"]) for row in csv.DictReader(file)]


LINES = lines()
outcome_of = cache(outcome)


def of(path: Path) -> list[Line]:
    return [line for line in LINES if line.workbook == path.stem]


def unlisted(path: Path, found: Outcome) -> Iterator[Cell]:
    yield from (cell for cell in found.differing if not any(line.covers(cell) for line in of(path)))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_a_workbook(path: Path) -> None:
    found = outcome_of(path)
    if found.refused:
        assert any(line.reason == f"{NOT_YET}: {found.refused}" for line in of(path)), found.refused
    assert not [f"{c.where} {c.formula} is {c.ours!r}, not {c.stored!r}" for c in unlisted(path, found)]
    for line in of(path):
        covered = found.cells if found.refused else sum(map(line.covers, found.differing))
        assert covered <= line.most, line
        assert covered or line.reason.startswith(NOT_YET), f"nothing of it differs any more: {line}"


def test_nearly_all_cells_are_right() -> None:
    cells = right = 0
    for path in files():
        found = outcome_of(path)
        pending = [line for line in of(path) if line.reason.startswith(NOT_YET)]
        left_out = sum(any(line.covers(cell) for line in pending) for cell in found.differing)
        cells += 0 if found.refused else found.cells - left_out
        right += 0 if found.refused else found.cells - len(found.differing)
    assert right >= SHARE * cells > 0, f"{right:,} of {cells:,}"


def test_every_line_is_of_a_workbook_and_gives_a_reason() -> None:
    assert {line.workbook for line in LINES} <= {path.stem for path in files()}
    assert all(line.reason and line.most > 0 for line in LINES)


@pytest.mark.parametrize(
    ("ours", "stored", "same"),
    [
        (1.0, 1.0 + 1e-10, True),
        (1.0, 1.0 + 1e-8, False),
        (0.0, 1e-20, False),
        (1.0, True, False),
        ("1", 1.0, False),
        (ExcelError("#N/A"), ExcelError("#N/A"), True),
        (ExcelError("#N/A"), ExcelError("#VALUE!"), False),
        (ExcelError("#UNSUPPORTED!"), 1.0, False),
    ],
)
def test_the_comparison_sees_a_difference(ours: object, stored: object, same: bool) -> None:
    assert close(ours, stored) is same
