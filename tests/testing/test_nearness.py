"""What is given, and when it is near: against Python's own doubles, ``math.ulp`` and torch's types."""

from __future__ import annotations

from datetime import date
from math import inf, nan, nextafter
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sheetsim.errors import InputError
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NUMBER, TEXT, ExcelError
from sheetsim.testing.given import given
from sheetsim.testing.nearness import Nearness, ulps_between


def up(number: float, steps: int) -> float:
    """The double so many further up, one at a time."""
    for _ in range(steps):
        number = nextafter(number, inf)
    return number


@pytest.mark.parametrize("number", [1.0, -1.0, 0.1, -1e300, 5e-324, 0.0, -5e-324, 2.0 - 2**-52])
@pytest.mark.parametrize("steps", [0, 1, 3, 40])
def test_ulps_are_counted_one_by_one(number: float, steps: int) -> None:
    for pair in ((number, up(number, steps)), (up(number, steps), number)):
        assert ulps_between(*(np.array([each]) for each in pair)).tolist() == [steps]


def test_ulps_across_the_whole_line() -> None:
    largest = np.finfo(float).max
    assert ulps_between(np.array([-largest]), np.array([largest])).tolist() == [2 * (2**63 - 2**52 - 1)]
    assert ulps_between(np.array([0.0]), np.array([-0.0])).tolist() == [0]


@pytest.mark.parametrize(("precision", "kind"), [("float32", np.float32), ("float16", np.float16)])
def test_ulps_of_other_precisions(precision: str, kind: Any) -> None:
    for start in (1.0, -3.0, 0.0):
        number = kind(start)
        for steps in range(5):
            pair = np.array([float(kind(start))]), np.array([float(number)])
            assert ulps_between(*pair, precision).tolist() == [steps]
            number = np.nextafter(number, kind(np.inf))


#: expected, got, the limits, whether it matches
PAIRS: list[tuple[float, float, dict[str, Any], bool]] = [
    (1.0, 1.0 + 1e-13, {}, True),
    (1.0, 1.0 + 1e-11, {}, False),
    (1.0, 1.0 + 1e-11, {"rtol": 1e-10}, True),
    (1e-30, 2e-30, {"rtol": 0.4}, False),  # relative to the larger one
    (1e-30, 2e-30, {"rtol": 0.5}, True),
    (1e-30, 2e-30, {"atol": 1e-29}, True),
    (1.0, up(1.0, 4), {"ulps": 4}, True),
    (1.0, up(1.0, 5), {"ulps": 4}, False),
    (1.0, up(1.0, 5), {"ulps": 4, "rtol": 1e-12}, True),
    (1.0, up(1.0, 1), {"rtol": 0}, False),
    (1.0, 1.0, {"rtol": 0}, True),
    (0.0, -0.0, {"ulps": 0}, True),
    (0.0, 5e-324, {}, False),
    (1.0, inf, {"rtol": 1e300}, False),
    (1.0, nan, {"rtol": 1e300, "atol": 1e300}, False),
    (1.0, nan, {"equal_nan": True}, False),
    (1e308, -1e308, {"rtol": 1}, False),
]


@pytest.mark.parametrize(("expected", "got", "limits", "same"), PAIRS)
def test_numbers_match_within_the_limits(expected: float, got: float, limits: dict[str, Any], same: bool) -> None:
    kinds = np.array([NUMBER], np.uint8)
    assert Nearness(**limits).same(np.array([expected]), kinds, given([got])).tolist() == [same]


@pytest.mark.parametrize("limits", [{"rtol": -1}, {"rtol": nan}, {"ulps": inf}, {"atol": "much"}, {"ulps": "x"}])
def test_limits_that_make_no_sense(limits: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="is a number from 0 up, not"):
        Nearness(**limits)


@pytest.mark.parametrize("ulps", [2.5, True])
def test_ulps_are_whole(ulps: Any) -> None:
    with pytest.raises(InputError, match="ulps is a whole number, not"):
        Nearness(ulps=ulps)


def test_dates_are_days() -> None:
    """As a spreadsheet counts them: 43,831 is the first day of 2020."""
    for day in (date(2020, 1, 1), np.array("2020-01-01", dtype="M8[ns]"), pd.Timestamp("2020-01-01")):
        assert given(day).num.tolist() == 43831.0
    assert given(pd.Series(pd.to_datetime(["2020-01-01"]))).num.tolist() == [43831.0]


#: what is given, its shape, the kinds of its cells
TAKEN: list[tuple[Any, tuple[int, ...], list[int]]] = [
    (1, (), [NUMBER]),
    ("a", (), [TEXT]),
    (None, (), [BLANK]),
    (True, (), [LOGICAL]),
    (date(2020, 1, 1), (), [NUMBER]),
    (ExcelError("#N/A"), (), [ERROR]),
    ([], (0,), []),
    ([1, None, "a", True], (4,), [NUMBER, BLANK, TEXT, LOGICAL]),
    ([[1, 2], [3, nan]], (2, 2), [NUMBER] * 4),
    (((1,), (2,)), (2, 1), [NUMBER] * 2),
    (np.arange(6).reshape(2, 3), (2, 3), [NUMBER] * 6),
    (np.array([True, False]), (2,), [LOGICAL] * 2),
    (np.array(["a", 1], dtype=object), (2,), [TEXT, NUMBER]),
    (np.array(["a", "b"]), (2,), [TEXT] * 2),
    (np.ma.masked_array([1, 2], mask=[0, 1]), (2,), [NUMBER, BLANK]),
    (np.array(["2020-01-01"], dtype="M8[ns]"), (1,), [NUMBER]),
    ([np.float64(1), np.array(2.0)], (2,), [NUMBER] * 2),
    ([np.array([1.0, 2.0]), [3, 4]], (2, 2), [NUMBER] * 4),
    (pd.Series([1, 2]), (2,), [NUMBER] * 2),
    (pd.DataFrame({"a": [1.5, nan], "b": ["x", None]}), (2, 2), [NUMBER, TEXT, NUMBER, NUMBER]),  # NaN for None
    (pd.Series([1, pd.NA], dtype=object), (2,), [NUMBER, BLANK]),
]


@pytest.mark.parametrize(("what", "shape", "kinds"), TAKEN, ids=lambda what: type(what).__name__)
def test_what_a_test_may_give(what: Any, shape: tuple[int, ...], kinds: list[int]) -> None:
    found = given(what)
    assert found.shape == shape
    assert found.kind.ravel().tolist() == kinds


UNUSABLE = [object(), [[1], [2, 3]], [1, [2]], [[[1]]], 1j, np.array([1j]), 10**400, b"x", {1: 2}, [{}]]


@pytest.mark.parametrize("what", [*UNUSABLE, np.array([1], dtype="m8[s]")], ids=lambda what: type(what).__name__)
def test_what_no_sheet_can_hold(what: Any) -> None:
    with pytest.raises(InputError) as refused:
        given(what)
    assert "\n" not in str(refused.value)


def test_the_coarsest_precision_counts() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    weight = torch.nn.Parameter(torch.ones(2))
    assert given(weight).precision == "float32"
    assert given([weight[0], 2.0]).precision == "float32"
    assert given([weight[0], weight[1].half()]).precision == "float16"
    assert given(np.float32(2)).precision == "float32"
    assert given(torch.arange(3)).precision == "float64"
    half = given(torch.tensor([1.0, 3.14159]).bfloat16())
    assert (half.precision, half.num.tolist()) == ("bfloat16", [1.0, 3.140625])
    assert given(torch.eye(2).to_sparse()).num.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16"])
def test_a_number_rounded_to_a_precision_matches_exactly(name: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    numbers = np.array([0.1, 1 / 3, -2e5, 1e-3, 7.0]) if name != "float16" else np.array([0.1, 1 / 3, -2e3, 1e-3, 7.0])
    kinds = np.full(5, NUMBER, np.uint8)
    tensor = torch.tensor(numbers).to(getattr(torch, name))
    assert Nearness(ulps=0).same(numbers, kinds, given(tensor)).all()
    bits = tensor.view(torch.int32 if name == "float32" else torch.int16)
    beside = (bits + 1).view(tensor.dtype)  # the next number of that type
    assert not Nearness(ulps=0).same(numbers, kinds, given(beside)).any()
    assert Nearness(ulps=1).same(numbers, kinds, given(beside)).all()
