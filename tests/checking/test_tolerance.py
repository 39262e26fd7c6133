"""Numbers that are near enough count as equal, if that is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim.api import check
from sheetsim.errors import InputError
from sheetsim.model.values import ExcelError, encode
from sheetsim.workbook import Workbook


def example(value: object = 1000.0) -> Workbook:
    """An input, and a formula whose stored value is put there by hand."""
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 1, "=1000*A1"
    book.recalculate()
    sheet.num[0, 1], sheet.kind[0, 1] = encode(value)
    return book


@pytest.mark.parametrize(
    ("value", "tolerance", "equal"),
    [
        (1000.0, 0.0, True),
        (np.nextafter(1000.0, 2000), 0.0, False),
        (np.nextafter(1000.0, 2000), 1e-15, True),
        (1000 * (1 + 1e-12), 1.1e-12, True),
        (1000 * (1 + 1e-12), 0.9e-12, False),
        (1001.0, 0.001, True),
        (1001.1, 0.001, False),
        (-1000.0, 0.9, False),
        (0.0, 0.9, False),
        ("1000", 0.9, False),
        (True, 0.9, False),
        (ExcelError("#N/A"), 0.9, False),
        (None, 0.9, False),
    ],
)
def test_a_value_within_the_tolerance(value: object, tolerance: float, equal: bool) -> None:
    report = check(example(value), tolerance=tolerance)
    assert (report.ok, report.equal) == (equal, int(equal))
    assert report.sheets[0].near == int(equal and value != 1000.0)


def test_inputs_too() -> None:
    theirs = example()
    theirs["s"]["A1"] = 1 + 1e-13
    assert [d.where for d in check(theirs, example()).differences] == ["s!A1"]
    assert check(theirs, example(), tolerance=1e-12).ok


def test_but_not_formulas() -> None:
    theirs = example()
    theirs["s"]["B1"] = "=1000*A1+0"
    assert [d.what for d in check(theirs, example(), tolerance=0.5).differences] == ["formula"]


@pytest.mark.parametrize(
    ("tolerance", "verdict"),
    [
        (0.0, "0 of 1 computed cells equal, bit for bit"),
        (1e-12, "1 of 1 computed cells equal within 1e-12 of their size (0 of them bit for bit)"),
    ],
)
def test_the_verdict_says_in_which_way(tolerance: float, verdict: str) -> None:
    assert check(example(np.nextafter(1000.0, 0)), tolerance=tolerance).verdict == verdict


@pytest.mark.parametrize("tolerance", [-1e-12, 1.0, float("nan"), float("inf")])
def test_a_tolerance_that_says_nothing(tolerance: float) -> None:
    with pytest.raises(InputError, match="it is relative, from 0"):
        check(example(), tolerance=tolerance)
