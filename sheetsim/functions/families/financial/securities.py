"""Securities that pay at maturity only: bought at a discount, or with all interest at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.excel.calendar import days_since_1900
from sheetsim.functions.families.dates.spans import days_between, days_of_year, year_fraction
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts
from sheetsim.functions.families.statistics.distributions.entering import host

of = partial(of_amounts, __name__, strict=True)


def _years(m: Any, start: Numbers, end: Numbers, basis: Numbers) -> Numbers:
    """The part of a year between two dates; 1 where there is none."""
    found = year_fraction(host(start), host(end), host(basis))
    return constant(m, np.where(found > 0.0, found, 1.0))


def _held(start: Array, end: Array, one: Array, other: Array, basis: Array) -> Array:
    """From a day to a later one, and two amounts that are more than 0."""
    none = ~(days_since_1900(end) > days_since_1900(start)) | np.isnan(year_fraction(start, end, basis))
    return codes(num(none | (one <= 0) | (other <= 0)))


def _for_a_time(name: str, amounts: str, formula: Callable[..., Numbers], about: str) -> None:
    """A function of two amounts and the years from a purchase to maturity."""

    def rule(m: Any, start: Numbers, end: Numbers, one: Numbers, other: Numbers, basis: Numbers) -> Numbers:
        return formula(one, other, _years(m, start, end, basis))

    of(name, f"settlement, maturity, {amounts}, [basis]", rule, about, _held, (0,))


_for_a_time(
    "DISC",
    "price, redemption",
    lambda price, redemption, years: (redemption - price) / redemption / years,
    "The discount of a year at which a security is bought.",
)
_for_a_time(
    "INTRATE",
    "investment, redemption",
    lambda investment, redemption, years: (redemption - investment) / investment / years,
    "The rate of a year that a fully invested security earns.",
)
_for_a_time(
    "PRICEDISC",
    "discount, redemption",
    lambda discount, redemption, years: redemption - discount * redemption * years,
    "The price of a discounted security for 100 dollars.",
)
_for_a_time(
    "YIELDDISC",
    "price, redemption",
    lambda price, redemption, years: (redemption - price) / price / years,
    "The yield of a year of a discounted security.",
)


def _received(m: Any, start: Numbers, end: Numbers, paid: Numbers, discount: Numbers, basis: Numbers) -> Numbers:
    return paid / (1.0 - discount * _years(m, start, end, basis))


def _earning(start: Array, end: Array, paid: Array, discount: Array, basis: Array) -> Array:
    lost = discount * year_fraction(start, end, basis)
    return codes(num(_held(start, end, paid, discount, basis) > 0), num(lost >= 1.0))


of(
    "RECEIVED",
    "settlement, maturity, investment, discount, [basis]",
    _received,
    "What is received at maturity for a fully invested security.",
    _earning,
    (0,),
)


def _at_maturity(m: Any, issue: Numbers, settlement: Numbers, rate: Numbers, par: Numbers, basis: Numbers) -> Numbers:
    return par * rate * _years(m, issue, settlement, basis)


of(
    "ACCRINTM",
    "issue, settlement, rate, [par], [basis]",
    _at_maturity,
    "The interest that has accrued of a security which pays it at maturity.",
    _held,
    (1000, 0),
)


# --- interest at maturity ---------------------------------------------------------------------------------------------
class Times(NamedTuple):
    """Parts of a year, all by the year from the issue to the purchase."""

    all: Numbers  # from the issue to maturity
    accrued: Numbers  # from the issue to the purchase
    left: Numbers  # from the purchase to maturity


def _times(m: Any, settlement: Numbers, maturity: Numbers, issue: Numbers, basis: Numbers) -> Times:
    days = [np.nan_to_num(days_since_1900(host(v)), nan=1.0) for v in (issue, settlement, maturity)]
    year = days_of_year(days[0], days[1], host(basis))
    every, accrued = (days_between(days[0], last, host(basis)) for last in (days[2], days[1]))
    left = np.where(every > accrued, every - accrued, year)
    return Times(*(constant(m, part / year) for part in (every, accrued, left)))


def _price(
    m: Any, settlement: Numbers, maturity: Numbers, issue: Numbers, rate: Numbers, yielded: Numbers, basis: Numbers
) -> Numbers:
    times = _times(m, settlement, maturity, issue, basis)
    return (100.0 + times.all * rate * 100.0) / (1.0 + times.left * yielded) - times.accrued * rate * 100.0


def _yield(
    m: Any, settlement: Numbers, maturity: Numbers, issue: Numbers, rate: Numbers, price: Numbers, basis: Numbers
) -> Numbers:
    times = _times(m, settlement, maturity, issue, basis)
    paid = price / 100.0 + times.accrued * rate
    return (1.0 + times.all * rate - paid) / paid / times.left


def _issued(more: bool) -> Callable[..., Array]:
    """Where the dates are in order; a yield may be 0, a price must be ``more``."""

    def valid(settlement: Array, maturity: Array, issue: Array, rate: Array, asked: Array, basis: Array) -> Array:
        first, bought, due = (days_since_1900(v) for v in (issue, settlement, maturity))
        none = ~((first <= bought) & (bought < due)) | np.isnan(year_fraction(settlement, maturity, basis))
        return codes(num(none | (rate < 0) | ((asked <= 0) if more else (asked < 0))))

    return valid


of(
    "PRICEMAT",
    "settlement, maturity, issue, rate, yield, [basis]",
    _price,
    "The price for 100 dollars of a security that pays interest at maturity.",
    _issued(more=False),
    (0,),
)
of(
    "YIELDMAT",
    "settlement, maturity, issue, rate, price, [basis]",
    _yield,
    "The yield of a year of a security that pays interest at maturity.",
    _issued(more=True),
    (0,),
)
