"""Treasury bills: what is paid for 100 dollars that fall due within a year, and the rates that follow from it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.excel.calendar import dated, days_since_1900, month_length, month_start
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts
from sheetsim.functions.families.statistics.distributions.entering import host

of = partial(of_amounts, __name__, strict=True)
HALF_YEAR = 182


def _days(start: Numbers, end: Numbers) -> Array:
    return days_since_1900(host(end)) - days_since_1900(host(start))


def _year_later(day: Array) -> Array:
    """The same day of the next year, the 28th of February after a 29th."""
    year, month, of_month = dated(day)
    return month_start(year + 1, month) - 1 + np.minimum(of_month, month_length(year + 1, month))


def _due(start: Array, end: Array, amount: Array) -> Array:
    first, last = days_since_1900(start), days_since_1900(end)
    within = (last > first) & (last <= _year_later(first))  # no day outside the calendar is
    return codes(num(~within | (amount <= 0)))


def _equivalent(m: Any, start: Numbers, end: Numbers, discount: Numbers) -> Numbers:
    """As a bond would have it: beyond half a year with interest on the interest of the first half."""
    days = _days(start, end)
    years = np.where(days <= HALF_YEAR, 1.0, days / np.where(days == 366, 366.0, 365.0))
    plain = 365.0 * discount / (360.0 - discount * constant(m, days))
    price = 1.0 - discount * constant(m, days) / 360.0
    beyond = constant(m, 2.0 * years - 1.0)
    root = m.sqrt(constant(m, years * years) - beyond * (1.0 - 1.0 / price))
    return m.where(days <= HALF_YEAR, plain, (2.0 * root - constant(m, 2.0 * years)) / beyond)


def _positive(start: Array, end: Array, discount: Array) -> Array:
    return codes(num(_due(start, end, discount) > 0), num(1.0 - discount * _days(start, end) / 360.0 <= 0))


of(
    "TBILLEQ",
    "settlement, maturity, discount",
    _equivalent,
    "The yield of a treasury bill as that of a bond.",
    _positive,
)
of(
    "TBILLPRICE",
    "settlement, maturity, discount",
    lambda m, start, end, discount: 100.0 * (1.0 - discount * constant(m, _days(start, end)) / 360.0),
    "The price of a treasury bill for 100 dollars.",
    _positive,
)
of(
    "TBILLYIELD",
    "settlement, maturity, price",
    lambda m, start, end, price: (100.0 - price) / price * constant(m, 360.0 / _days(start, end)),
    "The yield of a treasury bill.",
    _due,
)
