"""sin, cos and tan of arrays against their series in exact fractions, with the π of 64 bits."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from sheetsim.excel import trigonometric

PI = Fraction(0xC90FDAA22168C235, 2**62)


def exactly(x: float) -> dict[str, float]:
    """The nearest doubles to the three functions, by Taylor's series on what is left of x beyond multiples of π/2."""
    quarter = round(Fraction(x) / (PI / 2))
    left = Fraction(x) - quarter * (PI / 2)
    left = Fraction(round(left * 2**160), 2**160)
    sine, cosine, term = Fraction(0), Fraction(0), Fraction(1)
    for n in range(40):
        if n % 2:
            sine += term * (-1) ** (n // 2)
        else:
            cosine += term * (-1) ** (n // 2)
        term = Fraction(round(term * left / (n + 1) * 2**200), 2**200)
    sine, cosine = [(sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine)][quarter % 4]
    return {"sin": float(sine), "cos": float(cosine), "tan": float(sine / cosine) if cosine else np.inf}


def angles() -> list[float]:
    draw = random.Random(3)
    found = [0.5, -0.75, 1e-9, 2.0**-8, 3 / 256, 0.7853981633974483, 1e8, -134217727.9]
    found += [draw.uniform(-10, 10) for _ in range(300)]
    found += [draw.uniform(-1, 1) * 10 ** draw.uniform(-12, 8) for _ in range(300)]
    found += [n * np.pi / 2 for n in range(1, 100)] + [np.nextafter(n * np.pi / 4, 0) for n in range(1, 100)]
    return found


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_each_result_is_the_nearest_double(name: str) -> None:
    x = angles()
    got = getattr(trigonometric, name)(np.array(x)).tolist()
    assert got == [exactly(each)[name] for each in x]


def test_shapes_and_signs() -> None:
    x = np.array([[0.5, 1e6], [0.0, 3.0]])
    assert (trigonometric.sin(-x) == -trigonometric.sin(x)).all()
    assert (trigonometric.cos(-x) == trigonometric.cos(x)).all()
    assert (trigonometric.tan(-x) == -trigonometric.tan(x)).all()
    assert trigonometric.sin(np.zeros((0, 3))).shape == (0, 3)


def test_beyond_the_reach_of_the_reduction_there_is_nothing() -> None:
    assert np.isnan(trigonometric.sin([2.0**27, -(2.0**27), np.inf, np.nan])).all()
    assert np.isfinite(trigonometric.sin(2.0**27 - 1))


def test_more_than_a_chunk_is_what_each_is_by_itself() -> None:
    x = np.linspace(-50, 50, 20_000)
    assert trigonometric.tan(x)[::1000].tolist() == [float(trigonometric.tan(each)) for each in x[::1000]]
