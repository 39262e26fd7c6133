"""Functions of one or two numbers, against the examples of Microsoft's documentation, hand arithmetic and decimal."""

from __future__ import annotations

import random
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

import numpy as np
import pytest
from tables import assert_table, computed, shown

from sheetsim import Workbook
from sheetsim.excel.arrays import Values
from sheetsim.functions import FUNCTIONS

DOCUMENTED = {
    "=ABS(2)": 2,
    "=ABS(-4)": 4,
    "=CEILING.MATH(24.3,5)": 25,
    "=CEILING.MATH(6.7)": 7,
    "=CEILING.MATH(-8.1,2)": -8,
    "=CEILING.MATH(-5.5,2,-1)": -6,
    "=EXP(1)": shown(2.71828183, 8),
    "=EXP(2)": shown(7.3890561, 7),
    "=FLOOR.MATH(24.3,5)": 20,
    "=FLOOR.MATH(6.7)": 6,
    "=FLOOR.MATH(-8.1,2)": -10,
    "=FLOOR.MATH(-5.5,2,-1)": -4,
    "=INT(8.9)": 8,
    "=INT(-8.9)": -9,
    "=LN(86)": shown(4.4543473, 7),
    "=LN(EXP(3))": 3,
    "=LOG(10)": 1,
    "=LOG(8,2)": 3,
    "=LOG(86,2.7182818)": shown(4.4543473, 6),
    "=LOG10(86)": shown(1.9345, 4),
    "=LOG10(10)": 1,
    "=LOG10(1E5)": 5,
    "=MOD(3,2)": 1,
    "=MOD(-3,2)": 1,
    "=MOD(3,-2)": -1,
    "=MOD(-3,-2)": -1,
    "=PI()": shown(3.141592654, 9),
    "=PI()/2": shown(1.570796327, 9),
    "=POWER(5,2)": 25,
    "=POWER(98.6,3.2)": shown(2401077.222, 3),
    "=POWER(4,5/4)": shown(5.656854249, 9),
    "=ROUND(2.15,1)": 2.2,
    "=ROUND(2.149,1)": 2.1,
    "=ROUND(-1.475,2)": -1.48,
    "=ROUND(21.5,-1)": 20,
    "=ROUND(626.3,-3)": 1000,
    "=ROUND(1.98,-1)": 0,
    "=ROUND(-50.55,-2)": -100,
    "=ROUNDDOWN(3.2,0)": 3,
    "=ROUNDDOWN(76.9,0)": 76,
    "=ROUNDDOWN(3.14159,3)": 3.141,
    "=ROUNDDOWN(-3.14159,1)": -3.1,
    "=ROUNDDOWN(31415.92654,-2)": 31400,
    "=ROUNDUP(3.2,0)": 4,
    "=ROUNDUP(1,-308)": 1e308,
    "=ROUNDUP(1,-400)": "#NUM!",
    "=ROUNDUP(0,-400)": 0,
    "=ROUND(1E+308,-309)": 0,
    "=ROUNDUP(76.9,0)": 77,
    "=ROUNDUP(3.14159,3)": 3.142,
    "=ROUNDUP(-3.14159,1)": -3.2,
    "=ROUNDUP(31415.92654,-2)": 31500,
    "=SIGN(10)": 1,
    "=SIGN(4-4)": 0,
    "=SIGN(-0.00001)": -1,
    "=SQRT(16)": 4,
    "=SQRT(-16)": "#NUM!",
    "=SQRT(ABS(-16))": 4,
    "=TANH(-2)": shown(-0.964028),
    "=TANH(0)": 0,
    "=TANH(0.5)": shown(0.462117),
    "=TRUNC(8.9)": 8,
    "=TRUNC(-8.9)": -8,
    "=TRUNC(0.45)": 0,
}

#: By hand from what the documentation says of arguments, and from the definition of each function.
EDGES = {
    # halves, as the decimal that is typed: none of these is a half in binary
    "=ROUND(2.675,2)": 2.68,
    "=ROUND(1.005,2)": 1.01,
    "=ROUND(-1.005,2)": -1.01,
    "=ROUND(0.5,0)": 1,
    "=ROUND(-0.5,0)": -1,
    "=ROUND(2.5,0)": 3,
    "=ROUND(1.15,1)": 1.2,
    "=ROUND(5,-1)": 10,
    "=ROUND(4.9999,-1)": 0,
    "=ROUND(0,400)": 0,
    "=ROUND(0.5,400)": 0.5,
    "=ROUND(5,-400)": 0,
    "=ROUND(1923224.9,9)": 1923224.9,
    "=ROUND(1.26,1.9)": 1.3,
    "=ROUND(2.5,)": 3,
    "=ROUNDUP(0,0)": 0,
    "=ROUNDUP(0.0000001,0)": 1,
    "=ROUNDDOWN(-0.9,0)": 0,
    "=TRUNC(8.987,2)": 8.98,
    "=INT(-0.5)": -1,
    "=INT(0)": 0,
    # multiples: the sign of the significance does not matter, an omitted one is 1, of 0 there is only 0
    "=CEILING.MATH(-8.1,-2)": -8,
    "=CEILING.MATH(5.5,0)": 0,
    "=CEILING.MATH(-5.5,,1)": -6,
    "=CEILING.MATH(-0.5)": 0,
    "=FLOOR.MATH(-5.5,,1)": -5,
    "=FLOOR.MATH(5.5,2,1)": 4,
    "=CEILING.MATH(5.5,2,1)": 6,
    "=FLOOR.MATH(1E16)": 1e16,
    "=MOD(3,0)": "#DIV/0!",
    "=MOD(0,3)": 0,
    "=MOD(-0.5,1)": 0.5,
    "=MOD(5.5,2)": 1.5,
    # powers: 0^0 is #NUM!, a negative number has no roots, however odd
    "=POWER(0,0)": "#NUM!",
    "=0^0": "#NUM!",
    "=POWER(0,-1)": "#DIV/0!",
    "=POWER(0,5)": 0,
    "=POWER(-8,1/3)": "#NUM!",
    "=POWER(-2,3)": -8,
    "=POWER(-2,-2)": 0.25,
    "=POWER(2,0.5)=SQRT(2)": True,
    "=POWER(10,400)": "#NUM!",
    "=POWER(10,-400)": 0,
    "=2^64": 2.0**64,
    "=2^65": 2.0**65,
    "=2^-1": 0.5,
    "=POWER(1,1E+300)": 1,
    # logarithms
    "=LN(0)": "#NUM!",
    "=LN(-1)": "#NUM!",
    "=LOG10(0)": "#NUM!",
    "=LOG(-1)": "#NUM!",
    "=LOG(0,2)": "#NUM!",
    "=LOG(8,1)": "#DIV/0!",
    "=LOG(8,0)": "#NUM!",
    "=LOG(8,)": "#NUM!",
    "=LOG(1000,10)": 3,
    "=LOG(0.001)": -3,
    "=EXP(1000)": "#NUM!",
    "=EXP(-1000)": 0,
    "=EXP(0)": 1,
    "=TANH(1000)": 1,
    "=ASIN(2)": "#NUM!",
    # what is no number: a blank is 0, a text that looks like a number is one, a logical is 0 or 1
    "=ABS(in!B2)": 0,
    "=ABS(in!B4)": 12,
    '=ABS("-3.5")': 3.5,
    "=ABS(TRUE)": 1,
    "=ABS(in!K1)": 1,
    "=ABS(in!B3)": "#VALUE!",
    '=ABS("")': "#VALUE!",
    "=ABS(in!C2)": "#N/A",
    "=SQRT(in!C3)": "#DIV/0!",
    "=ROUND(in!B3,1)": "#VALUE!",
    "=MOD(in!C2,0)": "#N/A",
    "=LN(in!B2)": "#NUM!",
}


@pytest.mark.parametrize("table", [DOCUMENTED, EDGES], ids=["documented", "edges"])
def test_functions_of_numbers(table):
    assert_table(table)


@pytest.mark.parametrize(("name", "mode"), [("ROUND", ROUND_HALF_UP), ("ROUNDUP", ROUND_UP), ("ROUNDDOWN", ROUND_DOWN)])
def test_rounding_is_that_of_the_decimal_number_that_is_typed(name, mode):
    """The oracle rounds the decimal text; the double beside it lies a little above or below."""
    draw = random.Random(1)
    texts, digits = [], []
    for _ in range(20_000):
        length = draw.randint(1, 15)
        number = draw.randint(1, 10**length - 1)
        number = number // 10 * 10 + 5 if draw.random() < 0.4 else number
        texts.append(Decimal(draw.choice([-1, 1]) * number).scaleb(-draw.randint(0, length)))
        digits.append(draw.randint(-5, 12))
    four = (-1, 1, 1, 1)
    numbers = np.array([float(text) for text in texts]).reshape(four)
    got = FUNCTIONS[name].rule(Values(numbers), Values(np.array(digits, float).reshape(four))).num.ravel().tolist()
    expected = [float(t.quantize(Decimal(1).scaleb(-d), mode)) for t, d in zip(texts, digits, strict=True)]
    assert got == expected


def test_random_numbers_stay_within_their_bounds():
    values = computed(["=RAND()"] * 500 + ["=RANDBETWEEN(-2,3)"] * 500)
    assert all(0 <= u < 1 for u in values[:500])
    assert set(values[500:]) == {-2, -1, 0, 1, 2, 3}
    assert len(set(values[:500])) == 500


def test_random_numbers_follow_the_seed_of_the_workbook():
    def draw() -> list[float]:
        book = Workbook("dice")
        book.add_sheet("s").fill("A1:A9", "=RANDBETWEEN(1,6)")
        book.random = np.random.default_rng(7)
        book.recalculate()
        return book["s"].num[:9, 0].tolist()

    assert draw() == draw()


def test_bounds_without_a_whole_number_between_them_are_an_error():
    assert_table({"=RANDBETWEEN(2,1)": "#NUM!", "=RANDBETWEEN(1.2,1.8)": "#NUM!", "=RANDBETWEEN(3,3)": 3})
