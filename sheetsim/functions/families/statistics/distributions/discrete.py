"""Distributions of counts: binomial, negative binomial, Poisson's, hypergeometric. Counts lose their decimals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.distributions import saddle
from sheetsim.functions.families.statistics.distributions.entering import Mask, either, of_numbers
from sheetsim.functions.table import Evidence, Gradient
from sheetsim.model.limits import MOST_TRIALS


def _share(p: Any) -> Any:
    return (p >= 0) & (p <= 1)


# --- binomial ---------------------------------------------------------------------------------------------------------
def exactly(m: Any, k: Numbers, n: Numbers, p: Numbers) -> Numbers:
    """The probability of exactly k successes in n trials."""
    return _certain(m, p, k == 0, k == n, lambda safe: saddle.binomial(m, k, n, safe))


def _certain(m: Any, p: Numbers, if_never: Mask, if_always: Mask, otherwise: Callable[[Numbers], Numbers]) -> Numbers:
    """What comes of a probability of 0 or of 1, where one thing or the other is certain."""
    plain = p
    never, always = plain == 0, plain == 1
    if not (never | always).any():
        return otherwise(p)
    rest = otherwise(m.where(never | always, 0.5, p))
    return m.where(never, m.where(if_never, 1.0, 0.0), m.where(always, m.where(if_always, 1.0, 0.0), rest))


NEARLY_ALL = 0.9  # of a probability above, what is left below has too few digits of its own


def at_most(m: Any, k: Numbers, n: Numbers, p: Numbers) -> Numbers:
    """The probability of at most k successes in n trials, 0 for k = -1."""
    above = _more_than(m, k, n, p)
    tail = (above > NEARLY_ALL) & (k >= 0) & (k < n)
    if not tail.any():
        return 1.0 - above
    below = m.betaincc(m.where(tail, k, 0.0) + 1.0, m.where(tail, n - k, 1.0), m.where(tail, p, 0.5))
    return m.where(tail, below, 1.0 - above)


def _more_than(m: Any, k: Numbers, n: Numbers, p: Numbers) -> Numbers:
    """The probability of more than k successes."""
    inside = (k >= 0) & (k < n)
    chance = m.betainc(m.where(inside, k, 0.0) + 1.0, m.where(inside, n - k, 1.0), p)
    return m.where(inside, chance, m.where(k >= n, 0.0, 1.0))


def _binomial(m: Any, k: Numbers, n: Numbers, p: Numbers, cumulative: Mask) -> Numbers:
    return either(m, cumulative, lambda: at_most(m, k, n, p), lambda: exactly(m, k, n, p))


for _name in ("BINOM.DIST", "BINOMDIST"):
    of_numbers(
        _name,
        "successes, trials, probability, cumulative",
        _binomial,
        "The probability of that many successes, or of at most so many, in a number of trials.",
        lambda k, n, p, _: (k >= 0) & (k <= n) & (n < MOST_TRIALS) & _share(p),
    )


def _range(m: Any, n: Numbers, p: Numbers, low: Numbers, high: Numbers) -> Numbers:
    high = m.where(high != high, low, high)
    single = low == high
    if single.all():
        return exactly(m, low, n, p)
    below, upto = at_most(m, low - 1.0, n, p), at_most(m, high, n, p)
    from_above = below > 0.5  # what is left of 1 has the digits that differences of nearly 1 would lose
    several = m.where(from_above, _more_than(m, low - 1.0, n, p) - _more_than(m, high, n, p), upto - below)
    return m.where(single, exactly(m, low, n, p), several)


of_numbers(
    "BINOM.DIST.RANGE",
    "trials, probability, successes, [most]",
    _range,
    "The probability of that many successes, or of any number from one to another, in a number of trials.",
    lambda n, p, low, high: (low >= 0) & (low <= n) & _share(p) & ~(high < low) & ~(high > n),
    defaults=(np.nan,),
    evidence=Evidence.DOCUMENTED,
)


def _fewest(m: Any, n: Array, p: Array, alpha: Array) -> Array:
    """The least k of which ``at_most`` reaches alpha, by halving what is left of 0 … n."""
    shape = np.broadcast_shapes(n.shape, p.shape, alpha.shape)
    low, high = np.zeros(shape), np.broadcast_to(n, shape)
    while (low < high).any():
        middle = np.floor((low + high) / 2.0)
        reached = at_most(m, middle, n, p) >= alpha
        low, high = np.where(reached, low, np.minimum(middle + 1.0, high)), np.where(reached, middle, high)
    return low


for _name in ("BINOM.INV", "CRITBINOM"):
    of_numbers(
        _name,
        "trials, probability, alpha",
        _fewest,
        "The least number of successes of which the probability of at most so many reaches alpha.",
        lambda n, p, alpha: (n >= 0) & (p > 0) & (p < 1) & (alpha > 0) & (alpha < 1),
        gradient=Gradient.FLAT,
    )


# --- negative binomial ------------------------------------------------------------------------------------------------
def _failures(m: Any, f: Numbers, s: Numbers, p: Numbers) -> Numbers:
    """The probability of f failures before the s-th success."""
    return s / (s + f) * saddle.binomial(m, s, s + f, p)


def _counted(f: Any, s: Any, p: Any, *_: Any) -> Any:
    return (f >= 0) & (s >= 1) & (p > 0) & (p < 1)


of_numbers(
    "NEGBINOM.DIST",
    "failures, successes, probability, cumulative",
    lambda m, f, s, p, cumulative: either(
        m, cumulative, lambda: m.betainc(s, f + 1.0, p), lambda: _failures(m, f, s, p)
    ),
    "The probability of that many failures, or of at most so many, before a number of successes.",
    _counted,
)
of_numbers(
    "NEGBINOMDIST",
    "failures, successes, probability",
    _failures,
    "The probability of that many failures before a number of successes.",
    _counted,
)


# --- Poisson's --------------------------------------------------------------------------------------------------------
def _events(m: Any, k: Numbers, mean: Numbers) -> Numbers:
    none = mean == 0
    if not none.any():
        return saddle.poisson(m, k, mean)
    return m.where(none, m.where(k == 0, 1.0, 0.0), saddle.poisson(m, k, m.where(none, 1.0, mean)))


def _poisson(m: Any, k: Numbers, mean: Numbers, cumulative: Mask) -> Numbers:
    return either(
        m,
        cumulative,
        lambda: m.gammaincc(k + 1.0, mean),
        lambda: _events(m, k, mean),
    )


for _name in ("POISSON.DIST", "POISSON"):
    of_numbers(
        _name,
        "successes, mean, cumulative",
        _poisson,
        "The probability of that many events, or of at most so many, where there are ``mean`` on average.",
        lambda k, mean, _: (k >= 0) & (mean >= 0),
    )


# --- hypergeometric ---------------------------------------------------------------------------------------------------
def _drawn(m: Any, k: Array, n: Array, among: Array, population: Array) -> Array:
    """The probability of exactly k successes in a sample of n; 0 where there cannot be so many or so few."""
    possible = (k >= np.maximum(0.0, n + among - population)) & (k <= np.minimum(n, among))
    k = np.where(possible, k, np.maximum(0.0, n + among - population))
    share = np.where(n < population, n / population, 0.5)
    found = saddle.binomial(m, k, among, share) * saddle.binomial(m, n - k, population - among, share)
    found = np.where(population == among, 1.0, found / saddle.binomial(m, n, population, share))
    return np.where(possible, np.where(n == population, 1.0, found), 0.0)


def _drawn_at_most(m: Any, k: Array, n: Array, among: Array, population: Array) -> Array:
    first = np.maximum(0.0, n + among - population)
    total = np.zeros(np.broadcast_shapes(k.shape, n.shape, among.shape, population.shape))
    for further in range(int(np.max(k - first, initial=-1.0)) + 1):
        at = first + further
        total = total + np.where(at <= k, _drawn(m, at, n, among, population), 0.0)
    return np.minimum(total, 1.0)


def _sampled(k: Any, n: Any, among: Any, population: Any, *_: Any) -> Any:
    return (k >= 0) & (k <= np.minimum(n, among)) & (n > 0) & (n <= population) & (among > 0) & (among <= population)


of_numbers(
    "HYPGEOM.DIST",
    "successes, sample, among, population, cumulative",
    lambda m, k, n, among, population, cumulative: either(
        m,
        cumulative,
        lambda: _drawn_at_most(m, k, n, among, population),
        lambda: _drawn(m, k, n, among, population),
    ),
    "The probability of that many successes, or of at most so many, in a sample drawn without putting back.",
    _sampled,
    gradient=Gradient.FLAT,
)
of_numbers(
    "HYPGEOMDIST",
    "successes, sample, among, population",
    _drawn,
    "The probability of that many successes in a sample drawn without putting back.",
    _sampled,
    gradient=Gradient.FLAT,
)
