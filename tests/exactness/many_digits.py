"""Distributions by mpmath, to 40 digits: by their integrals and sums, by nothing that the functions themselves use."""

from __future__ import annotations

from itertools import product
from typing import Any

import mpmath as mp

Point = tuple[Any, ...]


def normal(x: Any, mean: Any, deviation: Any, below: bool) -> Any:
    return mp.ncdf(x, mean, deviation) if below else mp.npdf(x, mean, deviation)


def lognormal(x: Any, mean: Any, deviation: Any, below: bool) -> Any:
    z = (mp.log(x) - mean) / deviation
    return mp.ncdf(z) if below else mp.npdf(z) / (deviation * x)


def gamma(x: Any, alpha: Any, beta: Any, below: bool) -> Any:
    t = x / beta
    if below:
        return mp.gammainc(alpha, 0, t, regularized=True)
    return t ** (alpha - 1) * mp.exp(-t) / mp.gamma(alpha) / beta


def student(t: Any, freedom: Any, below: bool) -> Any:
    if below:
        half = mp.betainc(freedom / 2, mp.mpf(1) / 2, 0, freedom / (freedom + t * t), regularized=True) / 2
        return 1 - half if t > 0 else half
    return (1 + t * t / freedom) ** (-(freedom + 1) / 2) / (mp.sqrt(freedom) * mp.beta(freedom / 2, mp.mpf(1) / 2))


def fisher(x: Any, n: Any, d: Any, below: bool) -> Any:
    if below:
        return mp.betainc(n / 2, d / 2, 0, n * x / (n * x + d), regularized=True)
    return (n / d) ** (n / 2) * x ** (n / 2 - 1) * (1 + n * x / d) ** (-(n + d) / 2) / mp.beta(n / 2, d / 2)


def above_fisher(x: Any, n: Any, d: Any) -> Any:
    return mp.betainc(d / 2, n / 2, 0, d / (n * x + d), regularized=True)


def poisson(k: Any, mean: Any, below: bool) -> Any:
    if below:
        return mp.gammainc(k + 1, mean, regularized=True)
    return mp.exp(-mean) * mean**k / mp.factorial(k)


def drawn(k: Any, n: Any, among: Any, population: Any) -> Any:
    return mp.binomial(among, k) * mp.binomial(population - among, n - k) / mp.binomial(population, n)


def drawn_up_to(k: Any, n: Any, among: Any, population: Any, below: bool) -> Any:
    return (
        mp.fsum(drawn(j, n, among, population) for j in range(int(k) + 1)) if below else drawn(k, n, among, population)
    )


RULES = {
    "NORMDIST": normal,
    "NORMSDIST": lambda z: mp.ncdf(z),
    "GAUSS": lambda z: mp.erf(z / mp.sqrt(2)) / 2,
    "LOGNORM.DIST": lognormal,
    "LOGNORMDIST": lambda x, mean, deviation: lognormal(x, mean, deviation, True),
    "GAMMA": mp.gamma,
    "GAMMA.DIST": gamma,
    "GAMMADIST": gamma,
    "CHISQ.DIST": lambda x, freedom, below: gamma(x, freedom / 2, mp.mpf(2), below),
    "CHISQ.DIST.RT": lambda x, freedom: mp.gammainc(freedom / 2, x / 2, regularized=True),
    "CHIDIST": lambda x, freedom: mp.gammainc(freedom / 2, x / 2, regularized=True),
    "T.DIST": student,
    "T.DIST.RT": lambda t, freedom: student(-t, freedom, True),
    "T.DIST.2T": lambda t, freedom: 2 * student(-t, freedom, True),
    "TDIST": lambda t, freedom, tails: tails * student(-t, freedom, True),
    "F.DIST": fisher,
    "F.DIST.RT": above_fisher,
    "FDIST": above_fisher,
    "POISSON.DIST": poisson,
    "POISSON": poisson,
    "HYPGEOM.DIST": drawn_up_to,
    "HYPGEOMDIST": drawn,
    "BINOMDIST": lambda k, n, p, below: mp.fsum(
        mp.binomial(n, j) * p**j * (1 - p) ** (n - j) for j in (range(int(k) + 1) if below else [int(k)])
    ),
    "STANDARDIZE": lambda x, mean, deviation: (x - mean) / deviation,
}

BOTH = (True, False)
MANY = (0.5, 1.25, 2.0, 7.5, 31.0)
FREE = (1, 3, 8, 40)
SPANS = tuple(product((-2.5, 0.25, 1.5, 6.0), (0.0, 1.5), (0.5, 2.0)))
POINTS: dict[str, list[Point]] = {
    "NORMDIST": [(*span, below) for span in SPANS for below in BOTH],
    "NORMSDIST": [(z,) for z in (-30.0, -8.0, -1.5, 0.25, 3.0)],
    "GAUSS": [(z,) for z in (-30.0, -8.0, -1.5, 0.25, 3.0)],
    "LOGNORM.DIST": list(product(MANY, (0.0, 1.5), (0.5, 2.0), BOTH)),
    "LOGNORMDIST": list(product(MANY, (0.0, 1.5), (0.5, 2.0))),
    "GAMMA": [(x,) for x in (*MANY, -0.5, -3.25, 170.5, 1e-5)],
    "GAMMA.DIST": list(product(MANY, MANY, (0.5, 2.0), BOTH)),
    "GAMMADIST": list(product(MANY, MANY, (0.5, 2.0), BOTH)),
    "CHISQ.DIST": list(product(MANY, FREE, BOTH)),
    "CHISQ.DIST.RT": list(product(MANY, FREE)),
    "CHIDIST": list(product(MANY, FREE)),
    "T.DIST": list(product((-7.5, -0.5, 0.25, 2.0, 31.0), FREE, BOTH)),
    "T.DIST.RT": list(product(MANY, FREE)),
    "T.DIST.2T": list(product(MANY, FREE)),
    "TDIST": list(product(MANY, FREE, (1, 2))),
    "F.DIST": list(product(MANY, FREE, FREE, BOTH)),
    "F.DIST.RT": list(product(MANY, FREE, FREE)),
    "FDIST": list(product(MANY, FREE, FREE)),
    "POISSON.DIST": list(product((0, 1, 7, 60), MANY, BOTH)),
    "POISSON": list(product((0, 1, 7, 60), MANY, BOTH)),
    "HYPGEOM.DIST": list(product((1, 2, 4), (5, 9), (6, 20), (30, 400), BOTH)),
    "HYPGEOMDIST": list(product((1, 2, 4), (5, 9), (6, 20), (30, 400))),
    "BINOMDIST": list(product((0, 3, 11), (11, 200), (0.01, 0.5), BOTH)),
    "STANDARDIZE": list(SPANS),
}


def many_digits(name: str, *point: Any) -> Any:
    """The value of a function at a point, with as many digits as mpmath is set to."""
    return RULES[name](*(v if isinstance(v, bool) else mp.mpf(v) for v in point))  # type: ignore[operator]
