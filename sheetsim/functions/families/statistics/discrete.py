"""Distributions of counts: binomial, negative binomial, Poisson's, hypergeometric. Counts lose their decimals."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.entering import Mask, either, of_numbers
from sheetsim.functions.table import Gradient


def _share(p: Any) -> Any:
    return (p >= 0) & (p <= 1)


# --- binomial ---------------------------------------------------------------------------------------------------------
def _choices(m: Any, n: Numbers, k: Numbers) -> Numbers:
    """The natural logarithm of the number of ways to choose k of n."""
    return -m.log(n + 1.0) - m.betaln(n - k + 1.0, k + 1.0)


def exactly(m: Any, k: Numbers, n: Numbers, p: Numbers) -> Numbers:
    """The probability of exactly k successes in n trials."""
    return m.exp(_choices(m, n, k) + m.xlogy(k, p) + m.xlog1py(n - k, -p))


def at_most(m: Any, k: Numbers, n: Numbers, p: Numbers) -> Numbers:
    """The probability of at most k successes in n trials, 0 for k = -1."""
    inside = (k >= 0) & (k < n)
    successes, failures = np.where(inside, k, 0.0), np.where(inside, n - k, 1.0)
    return m.where(inside, m.betaincc(successes + 1.0, failures, p), np.where(k >= n, 1.0, 0.0))


def _binomial(m: Any, k: Numbers, n: Numbers, p: Numbers, cumulative: Mask) -> Numbers:
    return either(m, cumulative, lambda: at_most(m, k, n, p), lambda: exactly(m, k, n, p))


for _name in ("BINOM.DIST", "BINOMDIST"):
    of_numbers(
        _name,
        "successes, trials, probability, cumulative",
        _binomial,
        "The probability of that many successes, or of at most so many, in a number of trials.",
        lambda k, n, p, _: (k >= 0) & (k <= n) & _share(p),
    )


def _range(m: Any, n: Numbers, p: Numbers, low: Numbers, high: Numbers) -> Numbers:
    high = np.where(np.isnan(high), low, high)
    single = low == high
    if single.all():
        return exactly(m, low, n, p)
    return m.where(single, exactly(m, low, n, p), at_most(m, high, n, p) - at_most(m, low - 1.0, n, p))


of_numbers(
    "BINOM.DIST.RANGE",
    "trials, probability, successes, [most]",
    _range,
    "The probability of that many successes, or of any number from one to another, in a number of trials.",
    lambda n, p, low, high: (low >= 0) & (low <= n) & _share(p) & ~(high < low) & ~(high > n),
    defaults=(np.nan,),
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
    return m.exp(m.log(s / (s + f)) + _choices(m, s + f, s) + m.xlogy(s, p) + m.xlog1py(f, -p))


def _counted(f: Any, s: Any, p: Any, *_: Any) -> Any:
    return (f >= 0) & (s >= 1) & _share(p)


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
def _poisson(m: Any, k: Numbers, mean: Numbers, cumulative: Mask) -> Numbers:
    return either(
        m,
        cumulative,
        lambda: m.gammaincc(k + 1.0, mean),
        lambda: m.exp(m.xlogy(k, mean) - mean - m.gammaln(k + 1.0)),
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
    ways = _choices(m, among, k) + _choices(m, population - among, n - k) - _choices(m, population, n)
    return np.where(possible, m.exp(ways), 0.0)


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
