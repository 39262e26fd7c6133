"""Numbers compared in 15 digits, held against Python's own writing of them."""

import math
import random

import pytest

from sheetsim.excel.comparison_one import UNKNOWN, shown_order


def written(left: float, right: float) -> float:
    a, b = (float(f"{x:.15g}") for x in (left, right))
    return float((a > b) - (a < b))


def near(value: float, steps: int) -> float:
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.copysign(math.inf, steps))
    return value


def test_as_written() -> None:
    draw, unknown = random.Random(5), 0
    for _ in range(20_000):
        left = draw.uniform(-10, 10) * 10.0 ** draw.randint(-27, 13)
        right = near(left, draw.randint(-60, 60))
        found = shown_order(left, right)
        unknown += found == UNKNOWN
        assert found in (UNKNOWN, written(left, right)), (left, right)
    assert unknown < 40


@pytest.mark.parametrize("digits", range(1, 16))
def test_near_what_is_shown_with_few_digits(digits: int) -> None:
    """Also over the step from 9.99 to 10, where a number gets one digit more."""
    draw = random.Random(digits)
    for _ in range(500):
        value = round(draw.uniform(1, 10), digits - 1) * 10.0 ** draw.randint(-20, 12)
        for left, right in (value, near(value, draw.randint(-9, 9))), (near(value, -3), near(value, 3)):
            assert shown_order(left, right) in (UNKNOWN, written(left, right)), (left, right)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (0.1 + 0.2, 0.3, 0.0),
        (-0.1 - 0.2, -0.3, 0.0),
        (1.00000000000001, 1.0, 1.0),
        (-1.00000000000001, -1.0, -1.0),
        (1.0, 1.0, 0.0),
        (1e-40, near(1e-40, 1), UNKNOWN),
        (1e200, near(1e200, 1), UNKNOWN),
        (0.0, 5e-324, UNKNOWN),
        (math.inf, math.inf, UNKNOWN),
        (math.nan, 1.0, UNKNOWN),
        (1.0, -1.0, UNKNOWN),
        (4503599627370497.5, 4503599627370498.0, UNKNOWN),
        (100000000000000.5, 100000000000001.0, UNKNOWN),  # in the middle
        (123456789012345.25, 123456789012345.0, 0.0),
    ],
)
def test_plain_and_not(left: float, right: float, expected: float) -> None:
    assert shown_order(left, right) == expected
