"""The ways to compute a recurrence, each against a plain Python loop with products in exact fractions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from exact import times
from tables import same

from sheetsim import Sheet, Workbook
from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences.machine import FIXED, LOAD, _compiled
from sheetsim.engine.recurrences.recurrence import Recurrence
from sheetsim.engine.recurrences.scan import Scan
from sheetsim.model.values import ExcelError

ROWS = 400

State = tuple[float, float]
Row = Callable[[float, float, float], State]


def sign(x: float) -> int:
    return (x > 0) - (x < 0)


def cube(x: float) -> float:
    return times(times(x, x), x)


D1 = 0.3
#: What stands in A2 and below, and in B2 and below; the same for the row above's a and b and the row's own c in Python.
RECURRENCES: list[tuple[str, str, Row]] = [
    ("=A1*0.9+0.1*B1", "=B1+1", lambda a, b, c: (times(a, 0.9) + times(0.1, b), b + 1)),
    ("=A1*1.0000001-B1/7", "=-B1+A1%", lambda a, b, c: (times(a, 1.0000001) - b / 7, -b + a / 100)),
    (
        "=SQRT(ABS(A1*B1))+1",
        "=INT(A1*3)-SIGN(B1)",
        lambda a, b, c: (math.sqrt(abs(times(a, b))) + 1, math.floor(times(a, 3)) - float(sign(b))),
    ),
    (
        "=A1^2/(1+A1^2)+B1",
        "=B1^3/(1+ABS(B1^3))",
        lambda a, b, c: (times(a, a) / (1 + times(a, a)) + b, cube(b) / (1 + abs(cube(b)))),
    ),
    (
        "=IF(A1>B1,A1/4,A1+B1)",
        "=IF(A1<=2,B1*1.5,IF(A1=3,0,B1/3))",
        lambda a, b, c: (a / 4 if a > b else a + b, times(b, 1.5) if a <= 2 else 0.0 if a == 3 else b / 3),
    ),
    (
        "=IF(A1<>B1,A1+0.1,0)",
        "=IF(B1>=50,1,B1+$D$1)",
        lambda a, b, c: (a + 0.1 if a != b else 0.0, 1.0 if b >= 50 else b + D1),
    ),
    (
        "=IF(A1-B1,A1*0.5,B1)",
        "=IF(C2,B1+C2,2)",
        lambda a, b, c: (times(a, 0.5) if a - b else b, b + c if c else 2.0),
    ),
    ("=+A1+$D$1*C2", "=B1*0.5+C2", lambda a, b, c: (a + times(D1, c), times(b, 0.5) + c)),
]


def expected(row: Row, sheet: Sheet) -> np.ndarray:
    """The two columns by a plain loop."""
    states = [(1.25, 2.5)]
    for c in sheet[f"C2:C{ROWS}"]:
        states.append(row(*states[-1], c[0]))
    return np.array(states, dtype=np.float64)


def sheet_of(first: str, second: str) -> Sheet:
    sheet = Workbook("test").add_sheet("s")
    sheet["A1"], sheet["B1"], sheet["D1"] = 1.25, 2.5, 0.3
    sheet.values("C1", np.random.default_rng(0).normal(size=(ROWS, 1)).tolist())
    sheet.fill(f"A2:A{ROWS}", first)
    sheet.fill(f"B2:B{ROWS}", second)
    return sheet


def recurrences(sheet: Sheet) -> list[Recurrence]:
    found = list(plan_of(sheet.book).recurrences.values())
    assert found
    return found


def without_scans(sheet: Sheet) -> None:
    for group in recurrences(sheet):
        group.scans = [None] * len(group.scans)


def computed(sheet: Sheet) -> np.ndarray:
    sheet.book.recalculate()
    return sheet.num[:ROWS, :2].copy()


@pytest.mark.parametrize(("first", "second", "row"), RECURRENCES)
def test_the_scan_is_the_plain_loop(first: str, second: str, row: Row) -> None:
    sheet = sheet_of(first, second)
    assert np.array_equal(computed(sheet), expected(row, sheet))
    assert all(isinstance(scan, Scan) for group in recurrences(sheet) for scan in group.scans)


@pytest.mark.parametrize(("first", "second", "row"), RECURRENCES)
def test_the_compiled_scan_is_the_plain_loop(
    first: str, second: str, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    if _compiled() is None:
        pytest.skip("Numba is not installed")
    monkeypatch.setattr("sheetsim.engine.recurrences.machine.WORTH_COMPILING", 0)
    sheet = sheet_of(first, second)
    assert np.array_equal(computed(sheet), expected(row, sheet))


@pytest.mark.parametrize(("first", "second", "row"), RECURRENCES)
def test_line_by_line_is_the_plain_loop(first: str, second: str, row: Row) -> None:
    sheet = sheet_of(first, second)
    computed(sheet)  # makes the plan
    without_scans(sheet)
    assert np.array_equal(computed(sheet), expected(row, sheet))


def test_a_line_loads_each_cell_once() -> None:
    sheet = sheet_of("=B1*$D$1+$D$1/B1", "=A1*A1+A2*$D$1-A2")
    computed(sheet)
    (scan,) = (scan for one in recurrences(sheet) for scan in one.scans)
    assert scan is not None
    loads = [(what, place) for what, _, place, _ in scan.machine.code if what in (LOAD, FIXED)]
    assert len(loads) == len(set(loads)) == 3  # B1, D1 and A1: what A2 is has just been computed


def as_text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def alike(x: float, y: float) -> bool:
    """Whether Excel calls two numbers equal: it compares 15 digits."""
    return float(f"{x:.14e}") == float(f"{y:.14e}")


#: Recurrences that are more than plain arithmetic, or stop being it on the way; for each of the two columns what it
#: reads of the row above, and the same in Python.
OTHERS: list[tuple[tuple[str, str], tuple[str, str], tuple[Callable[..., Any], Callable[..., Any]]]] = [
    (("=A1&B1", "=B1+1"), ("ab", "b"), (lambda a, b: as_text(a) + as_text(b), lambda b: b + 1)),
    (("=MAX(A1:B1)", "=B1+1"), ("ab", "b"), (max, lambda b: b + 1)),
    (("=A1+B1", "=1/(B1-2.5)"), ("ab", "b"), (lambda a, b: a + b, lambda b: 1 / (b - 2.5))),
    (("=A1*1e30", "=B1+A1*0"), ("a", "ba"), (lambda a: times(a, 1e30), lambda b, a: b + a * 0)),
    (("=SQRT(A1-B1)", "=B1+0.001"), ("ab", "b"), (lambda a, b: math.sqrt(a - b), lambda b: b + 0.001)),
    (("=A1>B1", "=B1+1"), ("ab", "b"), (lambda a, b: isinstance(a, bool) or a > b, lambda b: b + 1)),
    (
        ("=IF(A1*1E+200*1E+200,A1,1)", "=B1+1"),
        ("a", "b"),
        (lambda a: a if times(times(a, 1e200), 1e200) else 1, lambda b: b + 1),
    ),
    (
        ("=IF(A1*3=3.75,A1*(1+2^-52),A1-1)", "=IF(B1/3*3=B1,B1+0.1,0)"),
        ("a", "b"),
        (
            lambda a: times(a, 1 + 2.0**-52) if alike(times(a, 3), 3.75) else a - 1,
            lambda b: b + 0.1 if alike(times(b / 3, 3), b) else 0.0,
        ),
    ),
]


def outcome(rule: Callable[..., Any], operands: list[Any]) -> Any:
    """What a cell shows: the first error that it reads, or an error of its own."""
    errors = [operand for operand in operands if isinstance(operand, ExcelError)]
    if errors:
        return errors[0]
    try:
        return rule(*operands)
    except ZeroDivisionError:
        return ExcelError("#DIV/0!")
    except (ValueError, OverflowError):  # a root of a negative number, a number too large
        return ExcelError("#NUM!")


@pytest.mark.parametrize("scanned", [True, False])
@pytest.mark.parametrize(("formulas", "read", "rules"), OTHERS)
def test_errors_and_texts_fall_back(
    formulas: tuple[str, str], read: tuple[str, str], rules: tuple[Callable[..., Any], ...], scanned: bool
) -> None:
    sheet = sheet_of(*formulas)
    if not scanned:
        computed(sheet)
        without_scans(sheet)
    computed(sheet)
    above: dict[str, Any] = {"a": 1.25, "b": 2.5}
    for row in range(1, ROWS):
        results = [outcome(rule, [above[name] for name in names]) for rule, names in zip(rules, read, strict=True)]
        above = dict(zip("ab", results, strict=True))
        for column, expected in enumerate(results):
            found = sheet.value(row, column)
            assert same(found, expected), f"{sheet.where(row, column)} is {found!r}, not {expected!r}"


def test_upwards_and_leftwards() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet["A50"], sheet["Z60"] = 1, 1
    sheet.fill("A1:A49", "=A2*1.1")
    sheet.fill("A60:Y60", "=B60+1")
    sheet.book.recalculate()
    expected = 1.0
    for _ in range(49):
        expected *= 1.1
    assert sheet["A1"] == pytest.approx(expected, rel=1e-14)
    assert sheet["A60"] == 26.0
