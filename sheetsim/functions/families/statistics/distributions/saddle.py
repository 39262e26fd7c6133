"""Probabilities of counts to the last digits, also of millions: C. Loader, "Fast and Accurate Computation of Binomial
Probabilities" (2000). Differences of logarithms of factorials would lose as many digits as the factorials have."""

from __future__ import annotations

import math
from typing import Any

from sheetsim.excel.backend import Numbers

FAR = 16.0  # from here on the series is exact
TERMS = 9  # of the other series, each smaller by a factor of 100
NEAR = 0.1
HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


def stirling_error(m: Any, n: Numbers) -> Numbers:
    """ln n! less Stirling's ½ ln(2πn) + n ln n - n, of whole numbers above 0."""
    far, near = m.maximum(n, FAR), FAR - m.maximum(FAR - n, 0.0)
    square = far * far
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / far
    direct = m.gammaln(near + 1.0) - (near + 0.5) * m.log(near) + near - HALF_LOG_2PI
    return m.where(n >= FAR, series, direct)


def deviance(m: Any, x: Numbers, mean: Numbers) -> Numbers:
    """x ln(x / mean) + mean - x, exactly where the two are near one another."""
    v = (x - mean) / (x + mean)
    total, term = (x - mean) * v, 2.0 * x * v
    for j in range(1, TERMS):
        term = term * v * v
        total = total + term / (2 * j + 1)
    near = abs(v) < NEAR
    return total if near.all() else m.where(near, total, x * m.log(x / mean) + mean - x)


def binomial(m: Any, k: Numbers, n: Numbers, p: Numbers) -> Numbers:
    """The probability of k successes in n trials of a probability 0 < p < 1."""
    inside = (k > 0) & (k < n)
    x, size = m.where(inside, k, 1.0), m.maximum(n, 2.0)
    error = stirling_error(m, size) - stirling_error(m, x) - stirling_error(m, size - x)
    power = error - deviance(m, x, size * p) - deviance(m, size - x, size * (1.0 - p))
    middle = m.exp(power) * m.sqrt(size / (2.0 * math.pi * x * (size - x)))
    if inside.all():
        return middle
    return m.where(inside, middle, m.where(k == 0, m.exp(m.xlog1py(n, -p)), m.exp(m.xlogy(n, p))))


def poisson(m: Any, k: Numbers, mean: Numbers) -> Numbers:
    """The probability of k events where there are ``mean`` > 0 on average."""
    x = m.maximum(k, 1.0)
    some = m.exp(-deviance(m, x, mean) - stirling_error(m, x)) / m.sqrt(2.0 * math.pi * x)
    return some if (k > 0).all() else m.where(k > 0, some, m.exp(-mean))
