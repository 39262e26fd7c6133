"""Bonds: what is paid today for interest at fixed times and 100 dollars, or another sum, at the end.

With x the yield of a period, n payments left and d the part of a period until the next one, a bond is worth

    redemption / (1 + x)ⁿ⁻¹⁺ᵈ + coupon (1 + x)¹⁻ᵈ A,    A = (1 - (1 + x)⁻ⁿ) / x = Σ (1 + x)⁻ᵏ for k from 1 to n

and its price is less by the interest that has accrued since the last payment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.excel.maths import MATHS
from sheetsim.functions.families.financial.coupons import Period, period
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts, safe
from sheetsim.functions.families.financial.loans import newton
from sheetsim.functions.families.statistics.distributions.entering import host

of = partial(of_amounts, __name__, strict=True)
PAR = 100.0
SMALL = 1e-6  # a yield as near to 0 as this is taken by a series
GUESS = 0.05


def _annuity(m: Any, x: Numbers, n: Array) -> tuple[Numbers, Numbers]:
    """A and its derivative by x."""
    small = np.abs(host(x)) < SMALL
    known, count = safe(m, small, x), constant(m, n)
    found = -m.expm1(-count * m.log1p(known)) / known
    slope = (count * m.exp(-(count + 1.0) * m.log1p(known)) - found) / known
    first = count * (count + 1.0) / 2.0
    near = count - first * x + first * (count + 2.0) / 3.0 * x * x
    return m.where(small, near, found), m.where(small, -first + first * (count + 2.0) * (2.0 / 3.0) * x, slope)


def _worth(m: Any, x: Numbers, coupon: Numbers, redemption: Numbers, n: Array, d: Array) -> tuple[Numbers, Numbers]:
    """What a bond is worth, the interest that has accrued included, and its derivative by the yield of a period."""
    ahead, growth = constant(m, d), 1.0 + x
    found, slope = _annuity(m, x, n)
    after = growth ** (1.0 - ahead)
    end = redemption * growth ** (1.0 - ahead - constant(m, n))
    paid = coupon * after * found
    steep = coupon * after * ((1.0 - ahead) / growth * found + slope)
    return end + paid, (1.0 - ahead - constant(m, n)) / growth * end + steep


def _at(settlement: Numbers, maturity: Numbers, frequency: Numbers, basis: Numbers) -> tuple[Period, Array, Array]:
    """The period of a purchase, the part of it that is left, and how many periods there are in a year; harmless numbers
    where there is none."""
    found = period(*(host(v) for v in (settlement, maturity, frequency, basis)))
    found = Period(*(np.where(np.isnan(found.length), 1.0, part) for part in found))
    return found, 1.0 - found.before / found.length, np.maximum(np.trunc(host(frequency)), 1.0)


def _clean(
    m: Any, x: Numbers, coupon: Numbers, redemption: Numbers, found: Period, d: Array
) -> tuple[Numbers, Numbers]:
    """The price by the yield of a period, and its derivative: simple interest in the last period."""
    worth, slope = _worth(m, x, coupon, redemption, found.left, d)
    ahead, last = constant(m, d), found.left == 1.0
    simple = (redemption + coupon) / (1.0 + ahead * x)
    worth = m.where(last, simple, worth) - coupon * constant(m, found.before / found.length)
    return worth, m.where(last, -ahead * simple / (1.0 + ahead * x), slope)


def _price(
    m: Any,
    settlement: Numbers,
    maturity: Numbers,
    rate: Numbers,
    yielded: Numbers,
    redemption: Numbers,
    frequency: Numbers,
    basis: Numbers,
) -> Numbers:
    found, d, times = _at(settlement, maturity, frequency, basis)
    each = constant(m, times)
    return _clean(m, yielded / each, PAR * rate / each, redemption, found, d)[0]


def _yield(
    m: Any,
    settlement: Numbers,
    maturity: Numbers,
    rate: Numbers,
    price: Numbers,
    redemption: Numbers,
    frequency: Numbers,
    basis: Numbers,
) -> Numbers:
    """Found on NumPy's numbers; one step more of Newton's, whose numerator is 0, has the derivative by the others."""
    found, d, times = _at(settlement, maturity, frequency, basis)
    shape = np.broadcast_shapes(*(np.shape(host(v)) for v in (d, times, rate, price, redemption)))
    plain = [np.broadcast_to(host(v), shape) for v in (PAR * rate / constant(m, times), redemption, price)]

    def value_and_slope(x: Array) -> tuple[Array, Array]:
        worth, slope = _clean(MATHS, x, plain[0], plain[1], found, d)
        return worth - plain[2], slope

    x, slope = newton(value_and_slope, np.broadcast_to(GUESS / times, shape))
    at, each = constant(m, x), constant(m, times)
    value = _clean(m, at, PAR * rate / each, redemption, found, d)[0] - price
    return (at - (value - constant(m, np.array(host(value)))) / constant(m, slope)) * each


def _sold(least: float) -> Callable[..., Array]:
    """Where there is a bond at all; a yield may be 0, a price must be more (``least``)."""

    def valid(
        settlement: Array,
        maturity: Array,
        rate: Array,
        asked: Array,
        redemption: Array,
        frequency: Array,
        basis: Array,
    ) -> Array:
        none = np.isnan(period(settlement, maturity, frequency, basis).length)
        return codes(num(none | (rate < 0) | (asked < least) | (redemption <= 0)))

    return valid


SMALLEST = float(np.finfo(np.float64).tiny)
of(
    "PRICE",
    "settlement, maturity, rate, yield, redemption, frequency, [basis]",
    _price,
    "The price of a bond for 100 dollars.",
    _sold(0.0),
    (0,),
)
of(
    "YIELD",
    "settlement, maturity, rate, price, redemption, frequency, [basis]",
    _yield,
    "The yield of a bond that is bought for a price.",
    _sold(SMALLEST),
    (0,),
)


def _duration(
    m: Any,
    settlement: Numbers,
    maturity: Numbers,
    coupon: Numbers,
    yielded: Numbers,
    frequency: Numbers,
    basis: Numbers,
) -> Numbers:
    """The derivative of the worth by the yield, as a part of the worth: -(1 + x) P'(x) / P(x) in periods."""
    found, d, times = _at(settlement, maturity, frequency, basis)
    each = constant(m, times)
    x = yielded / each
    worth, slope = _worth(m, x, PAR * coupon / each, PAR + 0.0 * coupon, found.left, d)
    return -(1.0 + x) * slope / worth / each


def _modified(m: Any, settlement: Numbers, maturity: Numbers, coupon: Numbers, yielded: Numbers, *how: Numbers) -> Any:
    times = constant(m, np.maximum(np.trunc(host(how[0])), 1.0))
    return _duration(m, settlement, maturity, coupon, yielded, *how) / (1.0 + yielded / times)


def _lasting(settlement: Array, maturity: Array, coupon: Array, yielded: Array, frequency: Array, basis: Array) -> Any:
    none = np.isnan(period(settlement, maturity, frequency, basis).length)
    return codes(num(none | (coupon < 0) | (yielded < 0)))


LASTS = "settlement, maturity, coupon, yield, frequency, [basis]"
of("DURATION", LASTS, _duration, "How long a bond lasts by Macaulay: the mean time of its payments.", _lasting, (0,))
of(
    "MDURATION",
    LASTS,
    _modified,
    "How steeply a bond's price falls as its yield rises, as a part of it.",
    _lasting,
    (0,),
)
