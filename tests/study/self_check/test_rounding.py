"""Which cells rounding decides: against LibreOffice, which rounds otherwise, and against small cases done by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from libreoffice import VOLATILE, disagreeing, recalculated, without_values

from sheetsim import Workbook, library
from sheetsim.macros.unrolling import unroll
from sheetsim.model.address import cell_name
from sheetsim.study.self_check.rounding import decided_by_rounding

TOLERANCE = 1e-12


def decided(book: Workbook) -> set[str]:
    return {
        f"{title}!{cell_name(row, column)}"
        for title, mask in decided_by_rounding(book, TOLERANCE).items()
        if title not in VOLATILE
        for row, column in np.argwhere(mask).tolist()
    }


def test_a_small_remainder_is_decided_by_rounding_and_its_terms_are_not() -> None:
    book = Workbook("remainder")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"] = 0.6, 3
    sheet["B1"] = "=A1+1"
    sheet["B2"] = "=B1-1.6000001"
    sheet["B3"] = "=B1-0.5"
    sheet["B4"] = "=A2-2.9999999"  # 3 counts, and is exact
    book.recalculate()
    assert decided(book) == {"s!B2"}


def test_what_follows_a_number_that_rounding_has_taken_over() -> None:
    book = Workbook("chaos")
    sheet = book.add_sheet("s")
    sheet["A1"] = 0.3
    sheet.fill("A2:A80", "=4*A1*(1-A1)")  # doubles a deviation each time: 1e-12 after 12 steps, 1e-9 after 22
    book.recalculate()
    rows = sorted(int(cell.split("A")[1]) for cell in decided(book))
    assert 8 <= rows[0] <= 20
    assert set(range(30, 81)) <= set(rows)


def test_the_workbook_stays_as_it_is() -> None:
    book = library.build("graddesc")
    before = [(sheet.num.tobytes(), sheet.kind.tobytes()) for sheet in book]
    decided_by_rounding(book, TOLERANCE)
    assert [(sheet.num.tobytes(), sheet.kind.tobytes()) for sheet in book] == before
    assert not book.changed


@pytest.mark.parametrize(("epochs", "updated", "differ"), [(20, False, True), (40, False, True), (20, True, False)])
def test_wherever_libreoffice_differs_rounding_decides(
    epochs: int, updated: bool, differ: bool, tmp_path: Path
) -> None:
    book = library.build("graddesc")
    for sheet in book.sheets:
        if "reset" in sheet.buttons:
            book.press(sheet.title, "reset")
    unroll(book, epochs, updated)
    book.save(tmp_path / "built.xlsx")
    without_values(tmp_path / "built.xlsx", tmp_path / "bare.xlsx")
    found = set(disagreeing(book, recalculated(tmp_path / "bare.xlsx")))
    assert bool(found) is differ
    assert {cell.split("!")[0] for cell in found} <= {"adam_ann"}
    assert found <= decided(book)
