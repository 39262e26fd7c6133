"""Loans and annuities: a present value, equal payments and a future value, which interest brings to a sum of 0.

pv (1 + r)ⁿ + pmt (1 + r t) ((1 + r)ⁿ - 1) / r + fv = 0, where t is 1 for payments at the beginning of each period.
What is paid is negative.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts, safe
from sheetsim.functions.families.statistics.distributions.entering import Mask, host
from sheetsim.model.values import DIV0

of = partial(of_amounts, __name__)
CLOSE = 1e-13  # a rate is found when a step of Newton's changes it by no more
LOWEST = -1.0 + 1e-9  # a rate as near to -1 as this passes for none
STEPS = 100  # of Newton's at most


def gathered(m: Any, rate: Numbers, periods: Numbers) -> Numbers:
    """((1 + r)ⁿ - 1) / r, what payments of 1 come to; near a rate of 0 its series."""
    none = host(rate) == 0.0
    instead = periods + periods * (periods - 1.0) / 2.0 * rate
    known = safe(m, none, rate)
    return m.where(none, instead, ((1.0 + known) ** periods - 1.0) / known)


def _begins(kind: Numbers) -> Array:
    """1 where payments are made at the beginning of a period."""
    return np.where(host(kind) != 0.0, 1.0, 0.0)


def _due(m: Any, rate: Numbers, kind: Numbers) -> Numbers:
    """1 + r t"""
    return m.where(_begins(kind) == 1.0, 1.0 + rate, 1.0 + 0.0 * rate)


def future(m: Any, rate: Numbers, periods: Numbers, payment: Numbers, present: Numbers, kind: Numbers) -> Numbers:
    """What is left at the end."""
    grown = (1.0 + rate) ** periods
    return -(present * grown + payment * _due(m, rate, kind) * gathered(m, rate, periods))


def present(m: Any, rate: Numbers, periods: Numbers, payment: Numbers, future: Numbers, kind: Numbers) -> Numbers:
    """What it is worth at the beginning."""
    return -(future + payment * _due(m, rate, kind) * gathered(m, rate, periods)) / (1.0 + rate) ** periods


def payment(m: Any, rate: Numbers, periods: Numbers, present: Numbers, future: Numbers, kind: Numbers) -> Numbers:
    """What is paid each time."""
    grown = (1.0 + rate) ** periods
    return -(present * grown + future) / (_due(m, rate, kind) * gathered(m, rate, periods))


def periods(m: Any, rate: Numbers, payment: Numbers, present: Numbers, future: Numbers, kind: Numbers) -> Numbers:
    """How many payments there are."""
    none = host(rate) == 0.0
    known = safe(m, none, rate)
    each = payment * _due(m, known, kind)
    count = m.log((each - future * known) / (each + present * known)) / m.log(1.0 + known)
    return m.where(none, -(present + future) / safe(m, host(payment) == 0.0, payment), count)


of("FV", "rate, periods, payment, [present], [type]", future, "What equal payments come to.", defaults=(0, 0))
of("PV", "rate, periods, payment, [future], [type]", present, "What equal payments are worth today.", defaults=(0, 0))
of(
    "PMT",
    "rate, periods, present, [future], [type]",
    payment,
    "What is paid each time to pay back a loan.",
    lambda rate, periods, *_: (rate > -1) & (periods != 0),
    (0, 0),
)
of(
    "NPER",
    "rate, payment, present, [future], [type]",
    periods,
    "How many equal payments pay back a loan.",
    lambda rate, payment, *_: (rate != 0) | (payment != 0),
    (0, 0),
)


# --- one of the payments ----------------------------------------------------------------------------------------------
def interest(
    m: Any, rate: Numbers, period: Numbers, periods: Numbers, present: Numbers, to: Numbers, kind: Numbers
) -> Numbers:
    """The part of one payment that is interest: on what is left of the loan before it."""
    begins = _begins(kind) == 1.0
    paid = payment(m, rate, periods, present, to, kind)
    at_end = future(m, rate, period - 1.0, paid, present, 0.0 * rate)
    at_start = future(m, rate, period - 2.0, paid, present, 0.0 * rate + 1.0) - paid
    first = begins & (host(period) == 1.0)
    return m.where(first, 0.0 * rate, m.where(begins, at_start, at_end) * rate)


def _principal(m: Any, rate: Numbers, period: Numbers, periods: Numbers, present: Numbers, *more: Numbers) -> Numbers:
    paid = payment(m, rate, periods, present, *more)
    return paid - interest(m, rate, period, periods, present, *more)


def _within(rate: Array, period: Array, periods: Array, *_: Array) -> Mask:
    return (rate > -1) & (period >= 1) & (period < periods + 1)


ONE = "rate, period, periods, present, [future], [type]"
of("IPMT", ONE, interest, "The interest in one payment for a loan.", _within, (0, 0))
of("PPMT", ONE, _principal, "What one payment takes off a loan.", _within, (0, 0))


def _paid_off(m: Any, rate: Numbers, n: Numbers, present: Numbers, start: Array, end: Array, kind: Array) -> Numbers:
    """The sum of PPMT, as that of a geometric series: -pv / ((1 + r)ⁿ - 1) r (1 + r)ᵏ."""
    first, count = np.ceil(host(start)), np.floor(host(end)) - np.ceil(host(start)) + 1.0
    at_end = -present / gathered(m, rate, n)
    begins = (_begins(kind) == 1.0) & (first == 1.0)
    skipped = np.where(begins, 1.0, 0.0)  # the first payment at the beginning is no interest at all
    grown = (1.0 + rate) ** constant(m, first + skipped - 1.0) * gathered(m, rate, constant(m, count - skipped))
    paid = payment(m, rate, n, present, 0.0 * rate, kind)
    return at_end * grown / _due(m, rate, kind) + m.where(begins, paid, 0.0 * paid)


def _interest_paid(
    m: Any, rate: Numbers, n: Numbers, present: Numbers, start: Array, end: Array, kind: Array
) -> Numbers:
    count = np.floor(host(end)) - np.ceil(host(start)) + 1.0
    paid = payment(m, rate, n, present, 0.0 * rate, kind)
    return paid * constant(m, count) - _paid_off(m, rate, n, present, start, end, kind)


def _stretch(rate: Array, n: Array, present: Array, start: Array, end: Array, kind: Array) -> Mask:
    good = (rate > 0) & (n > 0) & (present > 0) & (start >= 1) & (end >= start) & (end <= n)
    return np.asarray(good & ((kind == 0) | (kind == 1)))


MANY = "rate, periods, present, start, end, type"
of("CUMIPMT", MANY, _interest_paid, "The interest in the payments of some periods.", _stretch, strict=True)
of("CUMPRINC", MANY, _paid_off, "What the payments of some periods take off a loan.", _stretch, strict=True)
of(
    "ISPMT",
    "rate, period, periods, present",
    lambda m, rate, period, periods, present: present * rate * period / periods - present * rate,
    "The interest in one payment where the loan is paid back in equal parts.",
    lambda rate, period, periods, present: codes((periods == 0, DIV0)),
)


# --- the rate ---------------------------------------------------------------------------------------------------------
def newton(value_and_slope: Callable[[Array], tuple[Array, Array]], guess: Array) -> tuple[Array, Array]:
    """Where a function of a rate is 0, by Newton's method on a whole array, and its slope there, both of the shape of
    ``guess``; NaN where there is no such rate above -1 near it. ``value_and_slope`` gives the value, then the slope."""
    rate = np.array(guess, np.float64)
    left = np.isfinite(rate)
    for _ in range(STEPS):
        value, slope = value_and_slope(rate)
        step = np.where(left, value / slope, 0.0)
        rate = np.where(left, np.maximum(rate - step, (rate - 1.0) / 2.0), rate)  # never to -1 or below
        left = left & (np.abs(step) > CLOSE * (1.0 + np.abs(rate)))
        if not left.any():
            break
    return np.where(left & (np.abs(step) > 1e-9), np.nan, rate), value_and_slope(rate)[1]


def _rate(m: Any, n: Numbers, paid: Numbers, present: Numbers, to: Numbers, kind: Numbers, guess: Numbers) -> Numbers:
    plain = np.broadcast_arrays(*(host(v) for v in (n, paid, present, to, kind, guess)))
    found, slope = newton(lambda rate: _value_and_slope(rate, *plain[:5]), plain[5])
    found = np.where(found > LOWEST, found, np.nan)
    at = constant(m, found)
    value = to - future(m, at, n, paid, present, kind)
    return at - (value - constant(m, host(value))) / constant(m, slope)  # 0, but for its derivative


def _value_and_slope(rate: Array, n: Array, paid: Array, present: Array, to: Array, kind: Array) -> tuple[Array, Array]:
    """Of pv (1 + r)ⁿ + pmt (1 + r t) ((1 + r)ⁿ - 1) / r + fv, and its derivative by r."""
    begins = _begins(kind)
    grown, small = (1.0 + rate) ** n, np.abs(rate) < 1e-7
    known = np.where(rate == 0.0, 1.0, rate)
    sums = np.where(rate == 0.0, n, np.expm1(n * np.log1p(rate)) / known)
    steeper = np.where(small, n * (n - 1.0) / 2.0, (n * (1.0 + rate) ** (n - 1.0) - sums) / known)
    value = present * grown + paid * (1.0 + rate * begins) * sums + to
    slope = present * n * (1.0 + rate) ** (n - 1.0) + paid * (begins * sums + (1.0 + rate * begins) * steeper)
    return value, slope


of(
    "RATE",
    "periods, payment, present, [future], [type], [guess]",
    _rate,
    "The rate of interest of each period.",
    lambda periods, paid, present, to, kind, guess: codes(num((periods <= 0) | (guess <= -1))),
    (0, 0, 0.1),
)
