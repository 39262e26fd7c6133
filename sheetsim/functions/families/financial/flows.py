"""Flows of cash: what they are worth today at a rate, and the rate at which they are worth nothing.

Each cell of a block has its list of them, of shape (rows, columns, n).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, foremost, numbers, outcome, single, trapping
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.financial.loans import LOWEST, newton
from sheetsim.functions.families.mathematics.entering import no_logicals, wrong
from sheetsim.functions.families.statistics.lists import Listed, Mask, cells, side_by_side
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import BLANK, DIV0, NUM, VALUE

STATED: dict[str, Any] = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE}
GUESS = single(0.1)
YEAR = 365.0


def _host(num: Numbers, like: Values) -> Array:
    return np.asarray(like.of(num).host.num)


def _used(listed: Listed) -> Mask:
    return np.ones(tuple(listed.num.shape), bool) if listed.used is None else listed.used


def _times(listed: Listed) -> Array:
    """At the end of which period each flow is paid, from 1; what does not count takes no time."""
    return np.cumsum(_used(listed), axis=-1, dtype=np.float64)


def _worth(rate: Numbers, flows: Numbers, times: Numbers, listed: Listed) -> Numbers:
    """Σ v (1 + r)^-t: (rows, columns), of flows and times (rows, columns, n)."""
    return listed.backend.running_sum(flows / (1.0 + rate)[..., None] ** times)


def _answer(num: Numbers, like: Values, *errors: Array | None) -> Values:
    """Results of shape (rows, columns); errors of four axes."""
    return outcome(num[..., None, None], first_error(*errors), like=like)


def _bad(bad: Any, code: int = NUM) -> Array:
    return wrong(np.asarray(bad), code)[..., None, None]


@function("NPV", "rate, value: range…", **STATED)
def npv(rate: Values, *flows: Values) -> Values:
    """What flows of cash are worth one period before the first of them."""
    listed, (at, errors) = cells(*flows), numbers(rate)
    like = foremost(rate, listed.like)
    listed = listed._replace(like=like, num=like.backend.constant(listed.num))
    with trapping(on=False):
        rates = like.backend.constant(at)[:, :, 0, 0]
        none = _host(rates, like) == -1.0
        rates = like.backend.where(none, 0.0, rates)
        worth = _worth(rates, listed.num, like.backend.constant(_times(listed)), listed)
        return _answer(worth, like, errors, listed.errors, _bad(none, DIV0))


def _found(flows: Numbers, times: Array, guess: Array, listed: Listed) -> tuple[Numbers, Mask]:
    """The rate at which the flows are worth nothing, with its derivative by them, and where there is none."""
    plain = np.asarray(_host(flows, listed.like))

    def value_and_slope(rate: Array) -> tuple[Array, Array]:
        terms = plain * (1.0 + rate)[..., None] ** -times
        return terms.sum(axis=-1), -(terms * times).sum(axis=-1) / (1.0 + rate)

    shape = np.broadcast_shapes(guess.shape, plain.shape[:2])
    found, slope = newton(value_and_slope, np.broadcast_to(guess, shape))
    none = ~(found > LOWEST) | ~np.isfinite(slope) | (slope == 0.0)
    constant = listed.backend.constant
    at = constant(np.where(none, 0.0, found))
    worth = _worth(at, flows, constant(times), listed)
    less = constant(np.where(none, 1.0, slope))
    return at - (worth - constant(np.array(_host(worth, listed.like)))) / less, none


def _one_signed(flows: Array) -> Mask:
    return np.asarray(~((flows > 0).any(axis=-1) & (flows < 0).any(axis=-1)))


@function("IRR", "values: array, [guess]", **STATED)
def irr(values: Values, guess: Values = GUESS) -> Values:
    """The rate at which flows of cash are worth nothing."""
    [listed] = side_by_side(values)
    start, errors = numbers(guess.host)
    with trapping(on=False):
        flows = listed.where_used(0.0)
        rate, none = _found(flows, _times(listed) - 1.0, start[:, :, 0, 0], listed)
        none = none | _one_signed(_host(flows, listed.like))
        return _answer(rate, listed.like, listed.errors, errors, _bad(none))


def _dated(values: Values, dates: Values) -> tuple[Listed, Array, Array | None]:
    """The flows, the years from the first date, and the errors."""
    flows, days = side_by_side(values, dates)
    when = np.trunc(_host(days.num, days.like))
    size = min(flows.num.shape[-1], when.shape[-1])
    gaps = ~_used(flows)[..., :size].all(axis=-1) | ~_used(days)[..., :size].all(axis=-1)
    if flows.num.shape[-1] != when.shape[-1]:
        gaps = np.ones_like(gaps)
    flows = flows._replace(num=flows.num[..., :size], used=_used(flows)[..., :size])
    when = when[..., :size]
    years = (when - when[..., :1]) / YEAR
    errors = first_error(flows.errors, days.errors, _bad(gaps), _bad((years < 0).any(axis=-1)))
    return flows, np.maximum(years, 0.0), first_error(errors, _bad((when < 0).any(axis=-1)))


@function("XNPV", "rate, values: array, dates: array", **STATED)
def xnpv(rate: Values, values: Values, dates: Values) -> Values:
    """What flows of cash on any dates are worth on the first of them, at a rate of a year."""
    (flows, years, errors), (at, more) = _dated(values, dates), numbers(no_logicals(rate))
    like = foremost(rate, flows.like)
    flows = flows._replace(like=like, num=like.backend.constant(flows.num))
    with trapping(on=False):
        rates = like.backend.constant(at)[:, :, 0, 0]
        none = _host(rates, like) < 0.0
        rates = like.backend.where(none, 0.0, rates)
        return _answer(_worth(rates, flows.num, like.backend.constant(years), flows), like, more, errors, _bad(none))


@function("XIRR", "values: array, dates: array, [guess]", **STATED)
def xirr(values: Values, dates: Values, guess: Values = GUESS) -> Values:
    """The rate of a year at which flows of cash on any dates are worth nothing."""
    flows, years, errors = _dated(values, dates)
    start, more = numbers(guess.host)
    kinds = values.kinds()
    texts = _bad((~_four(flows, values) & (kinds.reshape(*kinds.shape[:2], -1) != BLANK)).any(axis=-1), VALUE)
    with trapping(on=False):
        rate, none = _found(flows.where_used(0.0), years, start[:, :, 0, 0], flows)
        none = none | _one_signed(_host(flows.num, flows.like))
        return _answer(rate, flows.like, first_error(flows.errors, texts, errors), more, _bad(none))


def _four(flows: Listed, values: Values) -> Mask:
    """Which cells of the values count, in a row, whether or not there is a date for each."""
    [every] = side_by_side(values)
    return _used(every)


@function("MIRR", "values: array, finance, reinvest", **STATED)
def mirr(values: Values, finance: Values, reinvest: Values) -> Values:
    """The rate where what is paid is financed at one rate, and what comes in is invested again at another."""
    [listed] = side_by_side(values)
    (paid, e1), (got, e2) = numbers(finance), numbers(reinvest)
    like = foremost(values, finance, reinvest)
    listed = listed._replace(like=like, num=like.backend.constant(listed.num))
    with trapping(on=False):
        plain = _host(listed.num, like)
        count = np.asarray(_used(listed).sum(axis=-1), np.float64)
        none = _one_signed(plain)
        constant, where = like.backend.constant, like.backend.where
        times = constant(_times(listed))
        rates = [constant(v)[:, :, 0, 0] for v in (got, paid)]
        came, went = (
            _worth(rate, where(sign, listed.num, 0.0), times, listed)
            for rate, sign in zip(rates, (plain > 0, plain < 0), strict=True)
        )
        safe = where(none, -1.0, went * (1.0 + rates[1]))
        grown = -where(none, 1.0, came) * (1.0 + rates[0]) ** constant(count) / safe
        result = grown ** constant(1.0 / np.maximum(count - 1.0, 1.0)) - 1.0
        return _answer(result, like, listed.errors, e1, e2, _bad(none, DIV0))


@function("FVSCHEDULE", "principal, schedule: array", **STATED)
def fvschedule(principal: Values, schedule: Values) -> Values:
    """What an amount comes to at one rate after the other."""
    [listed] = side_by_side(schedule)
    start, errors = numbers(no_logicals(principal))
    like = foremost(principal, schedule)
    kinds = schedule.kinds().reshape(*schedule.num.shape[:2], -1)
    texts = _bad((~_used(listed) & (kinds != BLANK)).any(axis=-1), VALUE)
    with trapping(on=False):
        rates = like.backend.constant(listed.where_used(0.0))
        grown = like.backend.product(1.0 + rates) * like.backend.constant(start)[:, :, 0, 0]
        return _answer(grown, like, errors, listed.errors, texts)
