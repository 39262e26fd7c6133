"""Depreciation: what a thing that cost so much loses in each period until it is salvaged."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts
from sheetsim.functions.families.statistics.distributions.entering import Mask, host
from sheetsim.model.values import DIV0

of = partial(of_amounts, __name__)
LONGEST = 10_000  # periods that VDB goes through

of(
    "SLN",
    "cost, salvage, life",
    lambda m, cost, salvage, life: (cost - salvage) / life,
    "The same in each period.",
    lambda cost, salvage, life: codes((life == 0, DIV0)),
)
of(
    "SYD",
    "cost, salvage, life, period",
    lambda m, cost, salvage, life, period: (cost - salvage) * (life - period + 1.0) * 2.0 / (life * (life + 1.0)),
    "Less in each period by the same: as the digits of the years go down.",
    lambda cost, salvage, life, period: (life > 0) & (period >= 1) & (period <= life) & (salvage >= 0),
)


def _declining(m: Any, cost: Numbers, salvage: Numbers, life: Numbers, period: Numbers, month: Numbers) -> Numbers:
    """Of what is left a rate of three digits; in the first year for its months alone, what is left of them at last."""
    plain = [host(v) for v in (cost, salvage, life)]
    rate = np.round(1.0 - (plain[1] / np.where(plain[0] == 0, 1.0, plain[0])) ** (1.0 / plain[2]), 3)
    at, months = np.trunc(host(period)), np.trunc(host(month))
    first = rate * months / 12.0
    left = (1.0 - first) * (1.0 - rate) ** np.maximum(at - 2.0, 0.0)
    last = np.where(at > plain[2], (12.0 - months) / 12.0, 1.0)
    return cost * constant(m, np.where(at == 1.0, first, left * rate * last))


def _has_months(cost: Array, salvage: Array, life: Array, period: Array, month: Array) -> Mask:
    good = (cost >= 0) & (salvage >= 0) & (life > 0) & (period >= 1) & (month >= 1) & (month < 13)
    return good & (np.trunc(period) <= life + (month < 12))


of(
    "DB",
    "cost, salvage, life, period, [month]",
    _declining,
    "The same part of what is left in each period.",
    _has_months,
    (12,),
)


def _left(m: Any, cost: Numbers, part: Numbers, periods: Numbers) -> Numbers:
    """What is left of a cost after some periods that take a part of it each."""
    over = host(part) >= 1.0
    kept = m.where(over, 0.0 * part, 1.0 - part)
    nothing_yet = host(periods) == 0.0
    return m.where(nothing_yet, cost, cost * m.where(over & ~nothing_yet, 0.0 * part, kept**periods))


def _double(m: Any, cost: Numbers, salvage: Numbers, life: Numbers, period: Numbers, factor: Numbers) -> Numbers:
    """Down to the salvage and no further."""
    part = factor / life
    before = _left(m, cost, part, period - 1.0)
    lost, to_go = before * m.where(host(part) > 1.0, 1.0 + 0.0 * part, part), before - salvage
    lost = m.where(host(lost) > host(to_go), to_go, lost)
    return m.maximum(lost, 0.0 * lost)


def _in_life(cost: Array, salvage: Array, life: Array, period: Array, factor: Array) -> Mask:
    return (cost >= 0) & (salvage >= 0) & (period >= 1) & (period <= life) & (factor > 0)


of(
    "DDB",
    "cost, salvage, life, period, [factor]",
    _double,
    "A multiple, twice if left out, of the linear part of what is left.",
    _in_life,
    (2,),
)


def _variable(
    m: Any, cost: Numbers, salvage: Numbers, life: Numbers, start: Numbers, end: Numbers, factor: Numbers, stay: Numbers
) -> Numbers:
    """One period after the other: that of DDB, or the linear one of what is left as soon as it is larger."""
    first, last = host(start), host(end)
    straight = host(stay) == 0.0
    left, total = cost + 0.0 * life, 0.0 * cost
    for k in range(int(np.ceil(last.max(initial=0.0)))):
        to_go = left - salvage
        part = m.where(host(factor / life) > 1.0, 1.0 + 0.0 * life, factor / life)
        lost = m.where(host(left * part) > host(to_go), to_go, left * part)
        lost = m.where(host(lost) < 0.0, 0.0 * lost, lost)
        short = m.where(host(life) - k >= 1.0, life - float(k), 1.0 + 0.0 * life)
        linear = to_go / short
        lost = m.where(straight & (host(linear) > host(lost)), linear, lost)
        upper = m.where(last > k + 1.0, k + 1.0 + 0.0 * end, end)
        lower = m.where(first < k, k + 0.0 * start, start)
        within = m.where(host(upper - lower) > 0.0, upper - lower, 0.0 * end)
        total = total + lost * within
        left = left - lost
    return total


def _stretch(cost: Array, salvage: Array, life: Array, start: Array, end: Array, factor: Array, stay: Array) -> Array:
    good = (cost >= 0) & (salvage >= 0) & (life > 0) & (start >= 0) & (start <= end) & (end <= life)
    return codes(num(~(good & (factor >= 0) & (end <= LONGEST))))


of(
    "VDB",
    "cost, salvage, life, start, end, [factor], [stay]",
    _variable,
    "That of DDB over some periods, linear as soon as that is more.",
    _stretch,
    (2, 0),
)
