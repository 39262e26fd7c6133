"""Distributions of what is computed from samples: χ², Student's t, F. Degrees of freedom lose their decimals."""

from __future__ import annotations

from typing import Any

from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.distributions.continuous import gamma_density
from sheetsim.functions.families.statistics.distributions.entering import Mask, either, of_numbers
from sheetsim.model.limits import MOST_FREEDOM


def _free(freedom: Any) -> Any:
    return (freedom >= 1) & (freedom <= MOST_FREEDOM)


def _from_0(x: Any, freedom: Any, *_: Any) -> Any:
    return (x >= 0) & _free(freedom)


def _probable(p: Any, freedom: Any) -> Any:
    return (p >= 0) & (p <= 1) & _free(freedom)


# --- chi-squared ------------------------------------------------------------------------------------------------------
def chi_squared_above(m: Any, x: Numbers, freedom: Numbers) -> Numbers:
    """The probability above x of the χ² distribution."""
    return m.gammaincc(freedom / 2.0, x / 2.0)


of_numbers(
    "CHISQ.DIST",
    "x, freedom, cumulative",
    lambda m, x, freedom, cumulative: either(
        m,
        cumulative,
        lambda: m.gammainc(freedom / 2.0, x / 2.0),
        lambda: gamma_density(m, x, freedom / 2.0, 2.0),
    ),
    "The χ² distribution: the probability below x, or the density there.",
    _from_0,
)
of_numbers(
    "CHISQ.INV",
    "probability, freedom",
    lambda m, p, freedom: m.gammaincinv(freedom / 2.0, p) * 2.0,
    "The x below which the χ² distribution has that probability.",
    _probable,
)
for _name in ("CHISQ.DIST.RT", "CHIDIST"):
    _about = "The probability above x of the χ² distribution."
    of_numbers(_name, "x, freedom", chi_squared_above, _about, _from_0)
for _name in ("CHISQ.INV.RT", "CHIINV"):
    of_numbers(
        _name,
        "probability, freedom",
        lambda m, p, freedom: m.gammainccinv(freedom / 2.0, p) * 2.0,
        "The x above which the χ² distribution has that probability.",
        _probable,
    )


# --- Student's t ------------------------------------------------------------------------------------------------------
def t_density(m: Any, t: Numbers, freedom: Numbers) -> Numbers:
    """(1 + t²/ν)^(-(ν+1)/2) / (√ν B(ν/2, ½))."""
    power = m.log1p(t * t / freedom) * ((freedom + 1.0) / -2.0)
    return m.exp(power - m.betaln(freedom / 2.0, 0.5)) / freedom**0.5


def t_outside(m: Any, t: Numbers, freedom: Numbers) -> Numbers:
    """The probability beyond t on both sides, for a t of 0 or more: 2 F(-t)."""
    return 2.0 * m.stdtr(freedom, -t)


of_numbers(
    "T.DIST",
    "x, freedom, cumulative",
    lambda m, t, freedom, cumulative: either(
        m, cumulative, lambda: m.stdtr(freedom, t), lambda: t_density(m, t, freedom)
    ),
    "Student's t distribution: the probability below x, or the density there.",
    lambda t, freedom, _: _free(freedom),
)
of_numbers(
    "T.DIST.RT",
    "x, freedom",
    lambda m, t, freedom: m.stdtr(freedom, -t),
    "The probability above x of Student's t distribution.",
    lambda t, freedom: _free(freedom),
)
of_numbers(
    "T.DIST.2T",
    "x, freedom",
    t_outside,
    "The probability beyond x on both sides of Student's t distribution.",
    _from_0,
)
of_numbers(
    "TDIST",
    "x, freedom, tails",
    lambda m, t, freedom, tails: tails * m.stdtr(freedom, -t),
    "The probability beyond x, on one side or both, of Student's t distribution.",
    lambda t, freedom, tails: _from_0(t, freedom) & ((tails == 1) | (tails == 2)),
)
of_numbers(
    "T.INV",
    "probability, freedom",
    lambda m, p, freedom: m.stdtrit(freedom, p),
    "The x below which Student's t distribution has that probability.",
    lambda p, freedom: (p > 0) & (p < 1) & _free(freedom),
)


def t_quantile(m: Any, outside: Numbers, freedom: Numbers) -> Numbers:
    """The t beyond which on both sides there is that probability."""
    return -m.stdtrit(freedom, outside / 2.0)


for _name in ("T.INV.2T", "TINV"):
    of_numbers(
        _name,
        "probability, freedom",
        t_quantile,
        "The x beyond which, on both sides, Student's t distribution has that probability.",
        lambda p, freedom: (p > 0) & (p <= 1) & _free(freedom),
    )


# --- F ----------------------------------------------------------------------------------------------------------------
def f_density(m: Any, x: Numbers, n: Numbers, d: Numbers) -> Numbers:
    """The density of the F distribution, by logarithms."""
    powers = m.xlogy(n / 2.0 - 1.0, x) + n / 2.0 * m.log(n / d) - (n + d) / 2.0 * m.log1p(x * (n / d))
    return m.exp(powers - m.betaln(n / 2.0, d / 2.0))


def f_below(m: Any, x: Numbers, n: Numbers, d: Numbers) -> Numbers:
    """The probability below x of the F distribution with n and d degrees of freedom."""
    return m.betainc(n / 2.0, d / 2.0, n * x / (n * x + d))


def f_above(m: Any, x: Numbers, n: Numbers, d: Numbers) -> Numbers:
    """The probability above x: by what is left of 1, exactly where x is large."""
    return m.betainc(d / 2.0, n / 2.0, d / (n * x + d))


def _f_quantile(m: Any, p: Numbers, n: Numbers, d: Numbers) -> Numbers:
    y = m.betaincinv(n / 2.0, d / 2.0, p)
    rest = m.betainccinv(d / 2.0, n / 2.0, p)  # 1 - y, exactly where y is near 1
    return d * y / (n * rest)


def _f_quantile_above(m: Any, p: Numbers, n: Numbers, d: Numbers) -> Numbers:
    rest = m.betaincinv(d / 2.0, n / 2.0, p)
    return d * m.betainccinv(n / 2.0, d / 2.0, p) / (n * rest)


def _both_free(x: Any, n: Any, d: Any, *_: Any) -> Any:
    return (x >= 0) & _free(n) & _free(d)


def _both_probable(p: Any, n: Any, d: Any) -> Any:
    return (p >= 0) & (p <= 1) & _free(n) & _free(d)


def _f(m: Any, x: Numbers, n: Numbers, d: Numbers, cumulative: Mask) -> Numbers:
    return either(m, cumulative, lambda: f_below(m, x, n, d), lambda: f_density(m, x, n, d))


of_numbers(
    "F.DIST",
    "x, freedom, freedom2, cumulative",
    _f,
    "The F distribution: the probability below x, or the density there.",
    _both_free,
)
for _name in ("F.DIST.RT", "FDIST"):
    _about = "The probability above x of the F distribution."
    of_numbers(_name, "x, freedom, freedom2", f_above, _about, _both_free)
of_numbers(
    "F.INV",
    "probability, freedom, freedom2",
    _f_quantile,
    "The x below which the F distribution has that probability.",
    _both_probable,
)
for _name in ("F.INV.RT", "FINV"):
    _about = "The x above which the F distribution has that probability."
    of_numbers(_name, "probability, freedom, freedom2", _f_quantile_above, _about, _both_probable)
