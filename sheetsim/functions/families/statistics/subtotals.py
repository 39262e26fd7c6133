"""SUBTOTAL and AGGREGATE: another function by its number, over the cells that hold no such total themselves and, where
that is asked for, stand in no hidden row."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arrays import Values, error_value, numbers, uniform, with_errors
from sheetsim.functions.families.statistics.lists import Mask
from sheetsim.functions.lifting import each_cell, same_everywhere
from sheetsim.functions.table import FUNCTIONS, Evidence, Gradient, function
from sheetsim.model.nodes import Call, walk
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, ERROR, VALUE

TOTALS = ("SUBTOTAL", "AGGREGATE")
BY_NUMBER = "AVERAGE COUNT COUNTA MAX MIN PRODUCT STDEV.S STDEV.P SUM VAR.S VAR.P MEDIAN MODE.SNGL".split()
WITH_K = "LARGE SMALL PERCENTILE.INC QUARTILE.INC PERCENTILE.EXC QUARTILE.EXC".split()
HIDDEN = 100  # added to the number of a function: hidden rows are left out
#: What each option of AGGREGATE leaves out: totals, hidden rows, errors.
NESTED, ROWS, ERRORS = (0, 1, 2, 3), (1, 3, 5, 7), (2, 3, 6, 7)

Places = np.ndarray


def _whole(v: Values) -> int:
    return int(np.trunc(numbers(v.host)[0].flat[0]))


# --- what is left out -------------------------------------------------------------------------------------------------
def _totals(sheet: Sheet, rows: Places, columns: Places) -> Mask:
    """Which cells hold a total."""
    height, width = sheet.formula_numbers.shape
    inside = (rows < height) & (columns < width) & (rows >= 0) & (columns >= 0)
    held = np.where(inside, sheet.formula_numbers[np.where(inside, rows, 0), np.where(inside, columns, 0)], 0)
    found = [number for number in np.unique(held) if number and _is_total(sheet, int(number))]
    return np.isin(held, found)


def _is_total(sheet: Sheet, number: int) -> bool:
    tree = sheet.book.formulas[number].tree
    return any(isinstance(node, Call) and node.name in TOTALS for node in walk(tree))


def _hidden(sheet: Sheet, rows: Places, also_by_hand: bool) -> Mask:
    """Which rows a filter hides, or ``also_by_hand``."""
    gone = sheet.hidden_rows if also_by_hand else sheet.filtered_rows
    return np.isin(rows, sorted(gone))


def _without(v: Values, out: Mask) -> Values:
    """The values, blanks in the place of those that are left out."""
    if not out.any():
        return v
    shape = np.broadcast_shapes(tuple(v.num.shape), out.shape)
    out = np.broadcast_to(out, shape)
    kinds = np.broadcast_to(v.kinds(), shape)
    num = v.backend.where(out, 0.0, v.backend.broadcast(v.num, shape))
    return v.of(num, uniform(np.where(out, np.uint8(BLANK), kinds)), v.ref)


def counted_by_subtotal(v: Values, sheet: Sheet, rows: Places, columns: Places, given: list[Values], _: Any) -> Values:
    """What SUBTOTAL looks at of a range: no totals, nothing that a filter hides, from 101 on nothing hidden."""
    return _without(v, _totals(sheet, rows, columns) | _hidden(sheet, rows, _whole(given[0]) > HIDDEN))


def counted_by_aggregate(v: Values, sheet: Sheet, rows: Places, columns: Places, given: list[Values], _: Any) -> Values:
    """What AGGREGATE looks at of a range, by its option."""
    option, out = _whole(given[1]), np.zeros((1, 1, 1, 1), bool)
    if option in NESTED:
        out = out | _totals(sheet, rows, columns)
    if option in ROWS:
        out = out | _hidden(sheet, rows, also_by_hand=True)
    return _without(v, out)


# --- the functions ----------------------------------------------------------------------------------------------------
def _wrong(v: Values) -> np.ndarray:
    """The errors in an argument that must be a number."""
    errors = numbers(v.host)[1]
    return np.zeros((1, 1, 1, 1)) if errors is None else errors


@function(
    "SUBTOTAL",
    "function, cells: range…",
    gradient=Gradient.SHARED,
    evidence=Evidence.LIBREOFFICE,
    passes_over_blanks=True,
    counted=counted_by_subtotal,
)
def subtotal(which: Values, *ranges: Values) -> Values:
    """The function of that number (1 AVERAGE … 9 SUM … 11 VAR.P) over cells that hold no subtotal, and from 101 on
    stand in no hidden row."""
    if not same_everywhere(which):
        return each_cell(subtotal, which, *ranges)
    number = _whole(which) - (HIDDEN if _whole(which) > HIDDEN else 0)
    if not 1 <= number <= 11 or _wrong(which).any():
        return with_errors(error_value(VALUE), _wrong(which))
    return FUNCTIONS[BY_NUMBER[number - 1]].rule(*ranges)  # type: ignore[no-any-return]


@function(
    "AGGREGATE",
    "function, option, cells: array…",
    gradient=Gradient.SHARED,
    evidence=Evidence.LIBREOFFICE,
    prefix="_xlfn.",
    counted=counted_by_aggregate,
)
def aggregate(which: Values, option: Values, *ranges: Values) -> Values:
    """The function of that number (1 AVERAGE … 13 MODE.SNGL, 14 LARGE … 19 QUARTILE.EXC with a rank), without what the
    option leaves out: totals, hidden rows, errors."""
    if not (same_everywhere(which) and same_everywhere(option)):
        return each_cell(aggregate, which, option, *ranges)
    number, chosen, count = _whole(which), _whole(option), len(BY_NUMBER)
    wrong = _wrong(which) + _wrong(option)
    if not 1 <= number <= count + len(WITH_K) or not 0 <= chosen <= 7 or wrong.any():
        return with_errors(error_value(VALUE), wrong)
    *cells, last = ranges
    with_k = number > count
    if with_k and len(ranges) != 2:
        return error_value(VALUE)
    looked_at = cells if with_k else [*cells, last]
    if chosen in ERRORS:
        looked_at = [_without(v, v.kinds() == ERROR) for v in looked_at]
    looked_at = [v.of(v.num, v.kind, True) for v in looked_at]
    if with_k:
        return FUNCTIONS[WITH_K[number - count - 1]].rule(*looked_at, last)  # type: ignore[no-any-return]
    return FUNCTIONS[BY_NUMBER[number - 1]].rule(*looked_at)  # type: ignore[no-any-return]
