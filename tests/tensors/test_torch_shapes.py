"""Shapes of dependence in torch: chains, running totals, windows, offsets; values and gradients as by NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tables import same
from test_torch_formulas import TINY, near

from sheetsim.model.values import NUMBER
from sheetsim.workbook import Workbook


def _chain_down(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 1.5, 0.9
    sheet.fill("A2:A9", "=A1*$B$1+ROW()")
    sheet["F1"] = "=A9"


def _chain_up(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A9"], sheet["B1"] = 1.5, 0.9
    sheet.fill("A1:A8", "=A2*$B$1")
    sheet["F1"] = "=A1"


def _chain_right(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"] = 1.5, 0.9
    sheet.fill("B1:E1", "=A1*$A$2+A1^2")
    sheet["F1"] = "=SUM(A1:E1)"


def two_sheets(book: Workbook) -> None:
    """Each sheet reads the other's row above: cell by cell."""
    one, other = book.add_sheet("s"), book.add_sheet("other")
    one["A1"], other["A1"] = 1.5, 0.5
    one.fill("A2:A5", "=other!A1*1.1")
    other.fill("A2:A5", "=s!A2+0.1*other!A1^2")
    one["F1"] = "=other!A5"


def _running_totals(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [None], [1.5], ["x"], [3.5]])
    for column, name in zip("BCDEGHI", ("SUM", "AVERAGE", "MAX", "MIN", "SUMSQ", "PRODUCT", "COUNTA"), strict=True):
        sheet.fill(f"{column}1:{column}5", f"={name}(A$1:A1)")
    sheet["F1"] = "=SUM(B1:E5)+B3*C5+SUM(G1:I5)"


def _running_recurrence(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet["A1"] = 1.5
    sheet.fill("A2:A6", "=0.5*SUM(A$1:A1)+1/A1")
    sheet["F1"] = "=A6"


def _growing(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [1.0], [1.5], [4.0], [3.5]])
    sheet.fill("B1:B5", "=SUMSQ(A$1:A1)")
    sheet["F1"] = "=SUMPRODUCT(A1:A5,B1:B5)"


def _windows(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0, 1.0], [1.0, 0.5], [1.5, 3.0], [4.0, 1.2], [3.5, 2.2], [1.1, 0.7]])
    sheet.fill("C1:D4", "=SUMSQ(A1:A3)*$B2")
    sheet["F1"] = "=SUM(C1:D4)"


def _array_formula(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0, 1.0], [1.0, 0.5], [1.5, 3.0]])
    sheet.array("C1:E3", "=MMULT(A1:B3,TRANSPOSE(A1:B3))")
    sheet["F1"] = "=SUMSQ(C1:E3)"


def _intersection(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [1.0], [1.5]])
    sheet.fill("B1:B5", "=A$1:A$3*2")
    sheet["F1"] = "=B1+B3"


def _offset_chain(book: Workbook) -> None:
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [1.0], [1.5]])
    sheet.fill("B2:B6", "=OFFSET(B2,-1,0)*A$2+OFFSET(A$1,MOD(ROW(),3),0)")
    sheet["F1"] = "=SUM(B1:B6)"


SHAPES = [
    _chain_down,
    _chain_up,
    _chain_right,
    two_sheets,
    _running_totals,
    _running_recurrence,
    _growing,
    _windows,
    _array_formula,
    _intersection,
    _offset_chain,
]


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_dependence(shape: Any) -> None:
    book = Workbook("shapes")
    shape(book)
    book.recalculate()
    sheet, twin = book["s"], book.torch("s")
    for other in book.sheets:
        for row, column in np.argwhere(other.computed()).tolist():
            where = other.where(row, column)
            found, expected = twin.value(where), other.value(row, column)
            assert same(found, near(expected)), where
    rows, columns = np.argwhere((sheet.kind[: sheet.rows, :2] == NUMBER) & ~sheet.computed()[:, :2]).T
    assert len(rows)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        held, ends = sheet.num[row, column], []
        for sign in (1, -1):
            sheet.put(row, column, held + sign * TINY)
            book.recalculate()
            ends.append(sheet["F1"])
        sheet.put(row, column, held)
        cell = sheet.where(row, column).partition("!")[2]
        assert twin.gradient("F1", cell)[0, 0] == pytest.approx((ends[0] - ends[1]) / (2 * TINY), rel=1e-5, abs=1e-6)
