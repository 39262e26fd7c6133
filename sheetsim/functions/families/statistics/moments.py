"""How numbers spread: variances, deviations, skewness and kurtosis; and the means of other kinds.

A variance is worked out in one pass, as Excel does it: of Σx and Σx². Where they nearly cancel, as those of 10⁹ + 1 and
10⁹ + 2, so few digits are left that Excel goes over the deviations from the mean, and so do we.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, outcome
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import Listed, Mask, cells, count_of, squares, total
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import DIV0, NUM

CANCELLED = 2.0**-20  # of Σx² no more is left than this: too little to go by


def deviations(listed: Listed) -> Listed:
    """x - mean for all that count, 0 for what does not; the mean as AVERAGE has it."""
    count = listed.backend.constant(np.maximum(count_of(listed), 1.0))
    apart = listed._replace(num=listed.num - (total(listed) / count)[..., None])
    return apart._replace(num=apart.where_used(0.0))


def _host(num: Numbers, listed: Listed) -> Array:
    return np.asarray(listed.like.of(num).host.num)


def _answer(num: Numbers, listed: Listed, none: Mask, code: int = NUM) -> Values:
    """The numbers, an error where ``none`` holds; all of shape (rows, columns)."""
    wrong = np.where(none, float(code), 0.0)[..., None, None]
    return outcome(num[..., None, None], first_error(listed.errors, wrong), like=listed.like)


def _variance(listed: Listed, sample: bool) -> Numbers:
    """Of a sample (Σx² - (Σx)²/n) / (n - 1), of a population (n Σx² - (Σx)²) / n²."""
    backend = listed.backend
    n = backend.constant(np.maximum(count_of(listed), 2.0 if sample else 1.0))
    sums, of_squares = total(listed), squares(listed)
    left = of_squares - sums * sums / n if sample else n * of_squares - sums * sums
    scale = of_squares if sample else n * of_squares
    few = _host(left, listed) <= CANCELLED * _host(scale, listed)
    direct = left / (n - 1.0 if sample else n * n)
    if not few.any():
        return direct
    return backend.where(few, squares(deviations(listed)) / (n - 1.0 if sample else n), direct)


def variance(listed: Listed, sample: bool, root: bool) -> Values:
    """The variance of each list, or its root; ``#DIV/0!`` where there are too few numbers."""
    with np.errstate(all="ignore"):
        spread = _variance(listed, sample)
        spread = listed.backend.root(spread) if root else spread
    return _answer(spread, listed, count_of(listed) <= sample, DIV0)


SPREADS = [
    ("VAR.S", "The variance, estimated from a sample.", True, False),
    ("VAR.P", "The variance of a whole population.", False, False),
    ("STDEV.S", "The standard deviation, estimated from a sample.", True, True),
    ("STDEV.P", "The standard deviation of a whole population.", False, True),
    ("VAR", "The older name of ``VAR.S``.", True, False),
    ("VARP", "The older name of ``VAR.P``.", False, False),
    ("STDEV", "The older name of ``STDEV.S``.", True, True),
    ("STDEVP", "The older name of ``STDEV.P``.", False, True),
]


def _of_lists(name: str, rule: Callable[[Listed], Values], about: str, **known: Any) -> None:
    stated = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True, **known}
    enter = function(name, "number: range…", about=about, prefix=NEWER if "." in name else "", **stated)
    enter(lambda *arguments: rule(cells(*arguments)))


def _spread(sample: bool, root: bool) -> Callable[[Listed], Values]:
    return lambda listed: variance(listed, sample, root)


for _name, _about, _sample, _root in SPREADS:
    _of_lists(_name, _spread(_sample, _root), _about)


# --- other measures of the same ---------------------------------------------------------------------------------------
def _devsq(listed: Listed) -> Values:
    return _answer(squares(deviations(listed)), listed, count_of(listed) == 0)


def _avedev(listed: Listed) -> Values:
    n = count_of(listed)
    sizes = listed.backend.maths.abs(deviations(listed).num)
    return _answer(listed.backend.running_sum(sizes) / listed.backend.constant(np.maximum(n, 1.0)), listed, n == 0)


_of_lists("DEVSQ", _devsq, "The sum of the squares of the deviations from the mean.")
_of_lists("AVEDEV", _avedev, "The mean of the distances from the mean.")


def _standardized(listed: Listed, power: int, sample: bool) -> tuple[Numbers, Array, Mask]:
    """Σ((x - mean) / s)^power, how many there are, and where all are the same, so that there is no s."""
    n, apart = count_of(listed), deviations(listed)
    freedom = listed.backend.constant(np.maximum(n - sample, 1.0))
    spread = squares(apart) / freedom
    flat = _host(spread, listed) == 0
    deviation = listed.backend.root(listed.backend.where(flat, 1.0, spread))
    return listed.backend.running_sum((apart.num / deviation[..., None]) ** power), n, flat


def _skew(listed: Listed) -> Values:
    cubes, n, flat = _standardized(listed, 3, sample=True)
    safe = np.maximum(n, 3.0)
    return _answer(cubes * listed.backend.constant(safe / ((safe - 1) * (safe - 2))), listed, (n < 3) | flat, DIV0)


def _skew_p(listed: Listed) -> Values:
    cubes, n, flat = _standardized(listed, 3, sample=False)
    return _answer(cubes / listed.backend.constant(np.maximum(n, 1.0)), listed, (n < 3) | flat, DIV0)


def _kurt(listed: Listed) -> Values:
    fourths, n, flat = _standardized(listed, 4, sample=True)
    safe = np.maximum(n, 4.0)
    factor = safe * (safe + 1) / ((safe - 1) * (safe - 2) * (safe - 3))
    less = 3 * (safe - 1) ** 2 / ((safe - 2) * (safe - 3))
    constant = listed.backend.constant
    return _answer(fourths * constant(factor) - constant(less), listed, (n < 4) | flat, DIV0)


_of_lists("SKEW", _skew, "The skewness, estimated from a sample: positive where the tail is on the right.")
_of_lists("SKEW.P", _skew_p, "The skewness of a whole population.")
_of_lists("KURT", _kurt, "The kurtosis, estimated from a sample: positive where the tails are heavier than the bell's.")


# --- means of other kinds ---------------------------------------------------------------------------------------------
def _positive(listed: Listed) -> tuple[Listed, Array, Mask]:
    """The list with 1 for what does not count, how many count, and where there are none or one is not positive."""
    n, num = count_of(listed), listed.where_used(1.0)
    bad = (n == 0) | ~np.asarray((_host(num, listed) > 0).all(axis=-1))
    return listed._replace(num=listed.backend.where(bad[..., None], 1.0, num)), n, bad


def _geomean(listed: Listed) -> Values:
    plain, n, bad = _positive(listed)
    m = listed.backend.maths
    logs = listed.backend.running_sum(m.log(plain.num))
    return _answer(m.exp(logs / listed.backend.constant(np.maximum(n, 1.0))), listed, bad)


def _harmean(listed: Listed) -> Values:
    plain, n, bad = _positive(listed)
    inverse = plain._replace(num=1.0 / plain.num)
    sums = listed.backend.running_sum(inverse.where_used(0.0))
    return _answer(listed.backend.constant(np.maximum(n, 1.0)) / sums, listed, bad)


_of_lists("GEOMEAN", _geomean, "The geometric mean: the n-th root of the product of n positive numbers.")
_of_lists("HARMEAN", _harmean, "The harmonic mean: n by the sum of the inverses of n positive numbers.")
