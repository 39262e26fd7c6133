"""Numbers out of bytes, many at once: each is the double that ``float`` gives, to the last bit."""

from __future__ import annotations

import random
from decimal import Decimal, localcontext

import numpy as np
import pytest

from sheetsim.reading.rows.digits import ROOM, decimals, words

READ = """0 1 7 12345678 0.1 0.5 -0.5 -0 2.0 0.30000000000000004 24.960097789510424 99999999.25
0.00012345678901234567 4.35 1.005 0.3333333333333333 123456.78901234567 8.000000000000001 00.50 007""".split()
NOT_READ = """9007199254740993.0 1e5 1E-7 -1.5e+300 123456789 123456789.5
. 1. .5 - -- 1.2.3 1,5 nan inf 0x10 1_0 +1 1-2 1.5x x""".split()


def given(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    starts = ends - [len(text) for text in texts]
    return decimals(words("<".join(texts).encode() + bytes(ROOM)), starts, ends)


def same_bits(found: np.ndarray, texts: list[str]) -> np.ndarray:
    return found.view(np.int64) == np.array([float(text) for text in texts]).view(np.int64)


def test_usual_numbers_are_read() -> None:
    found, read = given(READ)
    assert [text for text, known in zip(READ, read, strict=True) if not known] == []
    assert same_bits(found, READ).all()


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_left_to_float(text: str) -> None:
    assert not given([text, "1"])[1][0]


def test_random_numbers_are_what_float_makes_of_them() -> None:
    numbers = np.random.default_rng(0)
    drawn = [*numbers.random(20_000), *numbers.normal(size=20_000) * 1e4, *numbers.random(5_000) * 1e-3]
    texts = [text for text in map(repr, np.array(drawn).tolist()) if "e" not in text]
    found, read = given(texts)
    assert read.mean() > 0.99
    assert same_bits(found, texts)[read].all()


def test_numbers_beside_the_middle_of_two_doubles() -> None:
    """There the last digit decides which of the two it is; all their digits, or as many as a file may have."""
    draw = random.Random(0)
    texts = []
    with localcontext() as digits:
        digits.prec = 60
        for _ in range(20_000):
            number = draw.random() * draw.choice([1.0, 1.0, 16.0, 1e4])
            middle = format((Decimal(number) + Decimal(float(np.nextafter(number, 9e9)))) / 2, "f")
            texts.append(middle[: draw.randint(16, 24)])
    found, read = given(texts)
    assert read.mean() > 0.5
    assert same_bits(found, texts)[read].all()
