"""Tests of hypotheses: with which probability chance alone makes as large a difference."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, numbers, outcome, trapping
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.distributions.entering import of_numbers
from sheetsim.functions.families.statistics.distributions.sampling import f_above, f_below, t_quantile
from sheetsim.functions.families.statistics.lists import Listed, Mask, count_of, side_by_side, squares, total
from sheetsim.functions.families.statistics.moments import deviations
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import DIV0, NA, NUM

STATED: dict[str, Any] = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE}


def _enter(names: str, takes: str, rule: Any, about: str) -> None:
    for name in names.split():
        function(name, takes, about=about, prefix=NEWER if "." in name else "", **STATED)(rule)


def _host(num: Numbers, like: Values) -> Array:
    return np.asarray(like.of(num).host.num)


class Sample:
    """How many numbers a list has, their mean and variance; (rows, columns) each."""

    def __init__(self, listed: Listed):
        backend = listed.backend
        self.count = count_of(listed)
        self.n = backend.constant(np.maximum(self.count, 1.0))
        self.mean = total(listed) / self.n
        self.variance = squares(deviations(listed)) / backend.constant(np.maximum(self.count - 1.0, 1.0))
        self.of_mean = self.variance / self.n  # the variance of the mean


def _answer(num: Numbers, like: Values, *errors: Array | None) -> Values:
    """Results of shape (rows, columns); errors of four axes."""
    return outcome(num[..., None, None], first_error(*errors), like=like)


def _wrong(bad: Mask, code: int) -> Array:
    return np.where(bad, float(code), 0.0)[..., None, None]


# --- t ----------------------------------------------------------------------------------------------------------------
def _paired(first: Listed, second: Listed) -> tuple[Numbers, Numbers, Mask]:
    """t, the degrees of freedom, and where there are too few, of the differences of pairs."""
    shape = np.broadcast_shapes(tuple(first.num.shape), tuple(second.num.shape))
    used = np.ones(shape, bool)
    for listed in (first, second):
        used = used if listed.used is None else used & listed.used
    apart = first._replace(num=first.backend.where(used, first.num - second.num, 0.0), used=used)
    sample = Sample(apart)
    return _t(sample.mean, sample.of_mean, first), sample.n - 1.0, sample.count < 2


def _t(difference: Numbers, variance: Numbers, listed: Listed) -> Numbers:
    return difference / listed.backend.root(variance)


def _together(first: Listed, second: Listed) -> tuple[Numbers, Numbers, Mask]:
    """The same of two samples of one variance."""
    a, b = Sample(first), Sample(second)
    freedom = first.backend.constant(np.maximum(a.count + b.count - 2.0, 1.0))
    pooled = (a.variance * (a.n - 1.0) + b.variance * (b.n - 1.0)) / freedom
    return _t(a.mean - b.mean, pooled / a.n + pooled / b.n, first), freedom, np.minimum(a.count, b.count) < 2


def _apart(first: Listed, second: Listed) -> tuple[Numbers, Numbers, Mask]:
    """The same of two samples of variances of their own, by Welch."""
    a, b = Sample(first), Sample(second)
    few = np.minimum(a.count, b.count) < 2
    constant, sums = first.backend.constant, a.of_mean + b.of_mean
    parts = [s.of_mean * s.of_mean / constant(np.maximum(s.count - 1.0, 1.0)) for s in (a, b)]
    return _t(a.mean - b.mean, sums, first), sums * sums / (parts[0] + parts[1]), few


T_TESTS = {1: _paired, 2: _together, 3: _apart}


def t_test(x: Values, y: Values, tails: Values, kind: Values) -> Values:
    """See the row below."""
    first, second = side_by_side(x, y)
    (sides, e1), (kinds, e2) = numbers(tails.host), numbers(kind.host)
    sides, kinds = np.trunc(sides)[:, :, 0, 0], np.trunc(kinds)[:, :, 0, 0]
    unknown = ((sides != 1) & (sides != 2)) | ~np.isin(kinds, list(T_TESTS))
    same_size = first.num.shape[-1] == second.num.shape[-1]
    result: Numbers = np.zeros((1, 1))
    errors = [first.errors, second.errors, e1, e2, _wrong(unknown, NUM)]
    backend = first.backend
    with trapping(on=False):
        for number, test in T_TESTS.items():
            asked = kinds == number
            if not asked.any():
                continue
            if number == 1 and not same_size:
                errors.append(_wrong(asked, NA))
                continue
            t, freedom, few = test(first, second)
            chance = backend.maths.stdtr(freedom, -backend.maths.abs(t)) * backend.constant(sides)
            none = few | ~np.isfinite(_host(t, first.like))
            result = backend.where(asked & ~none, chance, result)
            errors.append(_wrong(asked & none, DIV0))
        return _answer(result, first.like, *errors)


_enter(
    "T.TEST TTEST",
    "x: array, y: array, tails, type",
    t_test,
    "The probability of means so far apart by chance: 1 of pairs, 2 of one variance, 3 of two.",
)


# --- F, z, chi-squared ------------------------------------------------------------------------------------------------
def f_test(x: Values, y: Values) -> Values:
    """See the row below."""
    first, second = side_by_side(x, y)
    with trapping(on=False):
        a, b = Sample(first), Sample(second)
        none = (np.minimum(a.count, b.count) < 2) | (_host(a.variance, first.like) == 0)
        none |= _host(b.variance, first.like) == 0
        m, constant = first.backend.maths, first.backend.constant
        n, d = (constant(np.maximum(s.count - 1.0, 1.0)) for s in (a, b))
        ratio = first.backend.where(none, 1.0, a.variance / b.variance)
        above = f_above(m, ratio, n, d)
        more = _host(above, first.like) > 0.5
        chance = 2.0 * first.backend.where(more, f_below(m, ratio, n, d), above)
        return _answer(chance, first.like, first.errors, second.errors, _wrong(none, DIV0))


_enter("F.TEST FTEST", "x: array, y: array", f_test, "The probability of variances so far apart by chance.")


def z_test(x: Values, at: Values, deviation: Values | None = None) -> Values:
    """See the row below."""
    [listed] = side_by_side(x)
    (place, errors), (known, more) = numbers(at), numbers(deviation) if deviation is not None else (None, None)
    with trapping(on=False):
        sample = Sample(listed)
        backend = listed.backend
        spread = backend.root(sample.variance) if known is None else known[:, :, 0, 0]
        plain = _host(spread, listed.like)
        code = NUM if known is not None else DIV0
        none = first_error(_wrong(sample.count == 0, NA), _wrong(plain <= 0, code))
        safe = backend.where(plain <= 0, 1.0, spread)
        z = (sample.mean - place[:, :, 0, 0]) / (safe / backend.root(sample.n))
        return _answer(backend.maths.ndtr(-z), listed.like, listed.errors, errors, more, none)


_enter(
    "Z.TEST ZTEST",
    "numbers: array, mean, [deviation]",
    z_test,
    "The probability of a sample's mean being so large by chance, where that of the population is known.",
)


def chi_squared_test(actual: Values, expected: Values) -> Values:
    """See the row below."""
    rows, columns = actual.num.shape[2:]
    if expected.num.shape[2:] != (rows, columns) or rows * columns == 1:
        return error_value(NA)
    freedom = (rows - 1) * (columns - 1) if min(rows, columns) > 1 else rows * columns - 1
    found, wanted = side_by_side(actual, expected)
    backend = found.backend
    used = np.ones(np.broadcast_shapes(tuple(found.num.shape), tuple(wanted.num.shape)), bool)
    for listed in (found, wanted):
        used = used if listed.used is None else used & listed.used
    plain = _host(wanted.num, found.like)
    with trapping(on=False):
        safe = backend.where(used & (plain != 0), wanted.num, 1.0)
        terms = backend.where(used, (found.num - safe) ** 2 / safe, 0.0)
        chance = backend.maths.gammaincc(freedom / 2.0, backend.running_sum(terms) / 2.0)
        zero, below = (np.asarray((used & test).any(axis=-1)) for test in (plain == 0, plain < 0))
        none = np.asarray(~used.any(axis=-1))
        wrong = first_error(_wrong(zero, DIV0), _wrong(below, NUM), _wrong(none, DIV0))
        return _answer(chance, found.like, found.errors, wanted.errors, wrong)


_enter(
    "CHISQ.TEST CHITEST",
    "actual: array, expected: array",
    chi_squared_test,
    "The probability of counts so far from the expected ones by chance.",
)


def _sample(alpha: Array, deviation: Array, sample: Array) -> Array:
    good = (alpha > 0) & (alpha < 1) & (deviation > 0) & (sample >= 1)
    return np.where(good, np.where(sample == 1, float(DIV0), 0.0), float(NUM))


of_numbers(
    "CONFIDENCE.T",
    "alpha, deviation, sample",
    lambda m, alpha, deviation, sample: t_quantile(m, alpha, m.maximum(sample - 1.0, 1.0)) * deviation / sample**0.5,
    "How far a mean may be off, with a probability of 1 - alpha, where the deviation is that of the sample.",
    _sample,
)
