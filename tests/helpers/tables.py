"""The small sheet that the tables of formulas are computed on, and the way to compute them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sheetsim import Workbook
from sheetsim.model.values import ExcelError

Rows = Sequence[Sequence[Any]]

NA, DIV0, VALUE = ExcelError("#N/A"), ExcelError("#DIV/0!"), ExcelError("#VALUE!")

#: A numbers, B all kinds but logicals, C errors among numbers, D nothing, E ascending, F descending, G texts in order,
#: H dates as numbers, I texts that repeat, J numbers in no order, K logicals (LibreOffice reads those of a file as
#: numbers, so only the tables of ours look there)
CELLS: Rows = [
    [1, 4, 1, None, 1, 9, "ant", 45292, "x", 3, True],
    [2.5, None, NA, None, 3, 7, "bee", 45293, "Y", 1, False],
    [-3, "abc", DIV0, None, 3, 5, "cat", 45300, "x", 2, 1],
    [0, "12", 5, None, 5, 3, "dog", 45323, "y", 1, "TRUE"],
    [7, 0.5, None, None, 7, 3, "eel", 45350, None, 5, None],
    [10, -2, VALUE, None, 9, 1, "fox", 45400, "z*", 4, True],
]


def computed(
    formulas: Sequence[str], sheets: Mapping[str, Rows] | None = None, array: bool = False, row: int = 1
) -> list[Any]:
    """The value of each formula, all in column H of a sheet ``formulas``, the first one in ``row``."""
    book = Workbook("table")
    for title, rows in (sheets or {"in": CELLS}).items():
        book.add_sheet(title).values("A1", rows)
    sheet = book.add_sheet("formulas")
    for at, formula in enumerate(formulas, row):
        if array:
            sheet.array(f"H{at}", formula)
        else:
            sheet[f"H{at}"] = formula
    book.recalculate()
    return [sheet[f"H{at}"] for at in range(row, row + len(formulas))]


def assert_table(table: Mapping[str, Any], sheets: Mapping[str, Rows] | None = None, array: bool = False) -> None:
    """Each formula of the table has its value and its kind of value; all that differ are reported at once."""
    values = computed(list(table), sheets, array)
    wrong = [
        f"{formula} is {value!r}, not {expected!r}"
        for (formula, expected), value in zip(table.items(), values, strict=True)
        if not same(value, expected)
    ]
    assert not wrong, "\n".join(wrong)


def same(value: Any, expected: Any) -> bool:
    """Equal and of the same kind; an expected ``pytest.approx`` allows for the digits that a document shows."""
    if isinstance(expected, type(pytest.approx(1.0))):
        return isinstance(value, float) and value == expected
    if isinstance(expected, str) and expected in ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!"):
        return isinstance(value, ExcelError) and value == expected
    kind = float if isinstance(expected, int | float) and not isinstance(expected, bool) else type(expected)
    return type(value) is kind and value == expected


def shown(digits: float, places: int = 6) -> Any:
    """A number as a document shows it, rounded to so many places."""
    return pytest.approx(digits, rel=0, abs=0.51 * 10.0**-places)
