"""The normal distribution and what comes of it."""

from __future__ import annotations

import math
from typing import Any

from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.distributions.entering import Mask, either, of_numbers

ROOT_2PI = math.sqrt(2.0 * math.pi)


def density(m: Any, z: Numbers) -> Numbers:
    """The height of the bell over z: exp(-z²/2) / √2π."""
    return m.exp(-z * z / 2.0) / ROOT_2PI


def normal(m: Any, x: Numbers, mean: Numbers, deviation: Numbers, cumulative: Mask) -> Numbers:
    """The normal distribution: the probability below x, or the density there."""
    z = (x - mean) / deviation
    return either(m, cumulative, lambda: m.ndtr(z), lambda: density(m, z) / deviation)


def quantile(m: Any, probability: Numbers, mean: Numbers, deviation: Numbers) -> Numbers:
    """The x below which the normal distribution has that probability."""
    return mean + deviation * m.ndtri(probability)


def _within(probability: Any, *_: Any) -> Any:
    return (probability > 0) & (probability < 1)


def _spread(_x: Any, _mean: Any, deviation: Any, *_: Any) -> Any:
    return deviation > 0


def _within_spread(probability: Any, mean: Any, deviation: Any) -> Any:
    return _within(probability) & (deviation > 0)


for _name in ("NORM.DIST", "NORMDIST"):
    _about = "The normal distribution: the probability below x, or the density there."
    of_numbers(_name, "x, mean, deviation, cumulative", normal, _about, _spread)
for _name in ("NORM.INV", "NORMINV"):
    _about = "The x below which the normal distribution has that probability."
    of_numbers(_name, "probability, mean, deviation", quantile, _about, _within_spread)
for _name in ("NORM.S.INV", "NORMSINV"):
    _about = "The x below which the standard normal distribution has that probability."
    of_numbers(_name, "probability", lambda m, p: m.ndtri(p), _about, _within)

of_numbers(
    "NORM.S.DIST",
    "z, cumulative",
    lambda m, z, cumulative: either(m, cumulative, lambda: m.ndtr(z), lambda: density(m, z)),
    "The standard normal distribution, of mean 0 and deviation 1.",
)
of_numbers("NORMSDIST", "z", lambda m, z: m.ndtr(z), "The probability below z of the standard normal distribution.")
of_numbers("PHI", "z", density, "The density of the standard normal distribution.", prefix="_xlfn.")
of_numbers(
    "GAUSS",
    "z",
    lambda m, z: m.erf(z / math.sqrt(2.0)) / 2.0,
    "The probability between 0 and z of the standard normal distribution.",
    prefix="_xlfn.",
)


# --- of logarithms ----------------------------------------------------------------------------------------------------
def lognormal(m: Any, x: Numbers, mean: Numbers, deviation: Numbers, cumulative: Mask) -> Numbers:
    """The distribution of what has a normally distributed logarithm."""
    z = (m.log(x) - mean) / deviation
    return either(m, cumulative, lambda: m.ndtr(z), lambda: density(m, z) / (deviation * x))


def _positive(x: Any, _mean: Any, deviation: Any, *_: Any) -> Any:
    return (x > 0) & (deviation > 0)


of_numbers(
    "LOGNORM.DIST",
    "x, mean, deviation, cumulative",
    lognormal,
    "The distribution of numbers whose natural logarithm is normally distributed.",
    _positive,
)
of_numbers(
    "LOGNORMDIST",
    "x, mean, deviation",
    lambda m, x, mean, deviation: m.ndtr((m.log(x) - mean) / deviation),
    "The probability below x of numbers whose natural logarithm is normally distributed.",
    _positive,
)
for _name in ("LOGNORM.INV", "LOGINV"):
    of_numbers(
        _name,
        "probability, mean, deviation",
        lambda m, p, mean, deviation: m.exp(quantile(m, p, mean, deviation)),
        "The x below which the lognormal distribution has that probability.",
        _within_spread,
    )


# --- of samples -------------------------------------------------------------------------------------------------------
of_numbers(
    "STANDARDIZE",
    "x, mean, deviation",
    lambda m, x, mean, deviation: (x - mean) / deviation,
    "By how many deviations a number is above the mean.",
    _spread,
)
for _name in ("CONFIDENCE.NORM", "CONFIDENCE"):
    of_numbers(
        _name,
        "alpha, deviation, sample",
        lambda m, alpha, deviation, sample: -m.ndtri(alpha / 2.0) * deviation / sample**0.5,
        "How far a mean may be off, with a probability of 1 - alpha, where the deviation is known.",
        lambda alpha, deviation, sample: _within(alpha) & (deviation > 0) & (sample >= 1),
    )
of_numbers(
    "FISHER",
    "x",
    lambda m, x: m.log((1.0 + x) / (1.0 - x)) / 2.0,
    "Fisher's transformation, ½ ln((1 + x) / (1 - x)).",
    lambda x: abs(x) < 1,
)
of_numbers("FISHERINV", "y", lambda m, y: m.tanh(y), "The inverse of Fisher's transformation, the hyperbolic tangent.")
