"""The interest of a security that has accrued between two payments or over several, ACCRINT.

Each period between payments counts by the part of it in which interest accrues (J. J. Mayle, Standard Securities
Calculation Methods, for odd first periods): from the issue to the end of its period, whole periods, and from the last
payment to the purchase.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.excel.calendar import days_since_1900
from sheetsim.functions.families.dates.spans import american, by_basis, days_between
from sheetsim.functions.families.financial.coupons import Schedule, is_frequency
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts
from sheetsim.functions.families.statistics.distributions.entering import Mask, host

of = partial(of_amounts, __name__, strict=True)


def _periods(issue: Array, first: Array, settlement: Array, times: Array, basis: Array, from_issue: Mask) -> Array:
    """How many periods interest has accrued for. Days are counted from 1900."""
    schedule = Schedule.of(first, times)
    beyond = (settlement > first) & from_issue
    at = np.where(beyond, np.ceil(schedule.last_until(settlement - 1.0)), -1.0)
    begin, usual = schedule.day(at), schedule.day(np.full(at.shape, -1.0))
    days = days_between(np.maximum(issue, begin), settlement, basis)
    length = by_basis(basis, 360.0 / times, first - usual, 360.0 / times, 365.0 / times, 360.0 / times)
    return days / length + np.where(begin > issue, _before(schedule, issue, at, times, basis, from_issue), 0.0)


def _before(schedule: Schedule, issue: Array, at: Array, times: Array, basis: Array, from_issue: Mask) -> Array:
    """The periods from the issue to the payment number ``at``: whole ones count from the issue only, the one in which
    it was issued in part."""
    within = schedule.last_until(issue)
    start, end = schedule.day(within), schedule.day(within + 1.0)
    begun = start < issue
    days, length = days_between(issue, end, basis), days_between(start, end, basis)
    months = american(start, end)
    length = by_basis(basis, american(start, end, whole_months=True), length, months, 365.0 / times, length)
    return np.where(from_issue, at - within - begun, 0.0) + np.where(begun, days / length, 0.0)


def _accrued(
    m: Any,
    issue: Numbers,
    first: Numbers,
    settlement: Numbers,
    rate: Numbers,
    par: Numbers,
    frequency: Numbers,
    basis: Numbers,
    from_issue: Mask,
) -> Numbers:
    days = [np.nan_to_num(days_since_1900(host(v)), nan=1.0) for v in (issue, first, settlement)]
    times = np.maximum(np.trunc(host(frequency)), 1.0)
    shape = np.broadcast_shapes(*(np.shape(v) for v in (*days, times, host(basis), from_issue)))
    given = (np.broadcast_to(v, shape) for v in (*days, times, host(basis), from_issue))
    periods = _periods(*given)
    return par * rate / constant(m, times) * constant(m, periods)


def _valid(
    issue: Array, first: Array, settlement: Array, rate: Array, par: Array, frequency: Array, basis: Array, _: Mask
) -> Array:
    begun, paid, bought = (days_since_1900(v) for v in (issue, first, settlement))
    none = ~(begun < bought) | np.isnan(paid) | ~is_frequency(frequency)
    return codes(num(none | (rate <= 0) | (par <= 0) | (np.trunc(basis) < 0) | (basis >= 5)))


of(
    "ACCRINT",
    "issue, first_interest, settlement, rate, par, frequency, [basis], [from_issue]",
    _accrued,
    "The interest that has accrued of a security which pays it at fixed times.",
    _valid,
    (0, 1),
)
