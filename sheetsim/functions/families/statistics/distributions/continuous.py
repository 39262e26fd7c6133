"""Continuous distributions: gamma and beta, and those that are cases of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.distributions.entering import Mask, either, of_numbers


# --- gamma and its cases ----------------------------------------------------------------------------------------------
def gamma_density(m: Any, x: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """x^(α-1) exp(-x/β) / (β^α Γ(α)), by logarithms."""
    t = x / beta
    return m.exp(m.xlogy(alpha - 1.0, t) - t - m.gammaln(alpha)) / beta


def gamma(m: Any, x: Numbers, alpha: Numbers, beta: Numbers, cumulative: Mask) -> Numbers:
    """The gamma distribution of shape alpha and scale beta."""
    return either(m, cumulative, lambda: m.gammainc(alpha, x / beta), lambda: gamma_density(m, x, alpha, beta))


def _shaped(x: Any, alpha: Any, beta: Any, *_: Any) -> Any:
    return (x >= 0) & (alpha > 0) & (beta > 0)


def _probable(probability: Any, *shape: Any) -> Any:
    return (probability >= 0) & (probability < 1) & np.logical_and.reduce([s > 0 for s in np.broadcast_arrays(*shape)])


for _name in ("GAMMA.DIST", "GAMMADIST"):
    of_numbers(_name, "x, alpha, beta, cumulative", gamma, "The gamma distribution of a shape and a scale.", _shaped)
for _name in ("GAMMA.INV", "GAMMAINV"):
    of_numbers(
        _name,
        "probability, alpha, beta",
        lambda m, p, alpha, beta: m.gammaincinv(alpha, p) * beta,
        "The x below which the gamma distribution has that probability.",
        _probable,
    )
of_numbers(
    "GAMMA",
    "number",
    lambda m, x: m.gamma(x),
    "The gamma function, for a whole number the factorial of the one before.",
    lambda x: (x > 0) | (x != np.floor(x)),
    prefix="_xlfn.",
)
for _name in ("GAMMALN", "GAMMALN.PRECISE"):
    _about = "The natural logarithm of the gamma function."
    of_numbers(_name, "number", lambda m, x: m.log_gamma(x), _about, lambda x: x > 0)


def exponential(m: Any, x: Numbers, rate: Numbers, cumulative: Mask) -> Numbers:
    """The exponential distribution: how long until something happens that happens ``rate`` times in a unit of time."""
    return either(m, cumulative, lambda: -m.expm1(-rate * x), lambda: rate * m.exp(-rate * x))


for _name in ("EXPON.DIST", "EXPONDIST"):
    of_numbers(
        _name, "x, rate, cumulative", exponential, "The exponential distribution.", lambda x, r, _: (x >= 0) & (r > 0)
    )


def weibull(m: Any, x: Numbers, alpha: Numbers, beta: Numbers, cumulative: Mask) -> Numbers:
    """Weibull's distribution of shape alpha and scale beta: 1 - exp(-(x/β)^α)."""
    t = x / beta
    power = m.exp(m.xlogy(alpha, t))
    return either(
        m,
        cumulative,
        lambda: -m.expm1(-power),
        lambda: alpha / beta * m.exp(m.xlogy(alpha - 1.0, t) - power),
    )


for _name in ("WEIBULL.DIST", "WEIBULL"):
    of_numbers(_name, "x, alpha, beta, cumulative", weibull, "Weibull's distribution of a shape and a scale.", _shaped)


# --- beta -------------------------------------------------------------------------------------------------------------
def beta_density(m: Any, u: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """u^(α-1) (1-u)^(β-1) / B(α, β), by logarithms."""
    return m.exp(m.xlogy(alpha - 1.0, u) + m.xlog1py(beta - 1.0, -u) - m.betaln(alpha, beta))


def beta_below(m: Any, x: Numbers, alpha: Numbers, beta: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """The probability below x of the beta distribution between ``low`` and ``high``."""
    return m.betainc(alpha, beta, (x - low) / (high - low))


def _beta(m: Any, x: Numbers, alpha: Numbers, beta: Numbers, cumulative: Mask, low: Numbers, high: Numbers) -> Numbers:
    return either(
        m,
        cumulative,
        lambda: beta_below(m, x, alpha, beta, low, high),
        lambda: beta_density(m, (x - low) / (high - low), alpha, beta) / (high - low),
    )


def _between(x: Any, alpha: Any, beta: Any, low: Any, high: Any) -> Any:
    return (alpha > 0) & (beta > 0) & (x >= low) & (x <= high) & (low != high)


of_numbers(
    "BETA.DIST",
    "x, alpha, beta, cumulative, [low], [high]",
    _beta,
    "The beta distribution, between 0 and 1 or two other bounds.",
    lambda x, alpha, beta, _, low, high: _between(x, alpha, beta, low, high),
    defaults=(0.0, 1.0),
)
of_numbers(
    "BETADIST",
    "x, alpha, beta, [low], [high]",
    beta_below,
    "The probability below x of the beta distribution, between 0 and 1 or two other bounds.",
    _between,
    defaults=(0.0, 1.0),
)
for _name in ("BETA.INV", "BETAINV"):
    of_numbers(
        _name,
        "probability, alpha, beta, [low], [high]",
        lambda m, p, alpha, beta, low, high: low + (high - low) * m.betaincinv(alpha, beta, p),
        "The x below which the beta distribution has that probability.",
        lambda p, alpha, beta, low, high: (alpha > 0) & (beta > 0) & (p > 0) & (p < 1) & (low < high),
        defaults=(0.0, 1.0),
    )
