"""How two series of numbers go together: covariance, correlation, the line through them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, numbers, outcome
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import Listed, Mask, side_by_side
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import DIV0, ERROR, NA


class Moments(NamedTuple):
    """Of the pairs of which both are numbers, for each cell of the block, shape (rows, columns): how many, the means,
    and the sums of the squares and products of the deviations from them."""

    pairs: Array
    mean_x: Numbers
    mean_y: Numbers
    xx: Numbers
    yy: Numbers
    xy: Numbers
    errors: Array | None
    like: Values

    def same(self, squares: Numbers) -> Mask:
        """Where there is no spread: nothing may be divided by these squares."""
        return np.asarray(self.like.of(squares).host.num == 0.0)

    def answer(self, num: Numbers, none: Mask) -> Values:
        """The numbers, ``#DIV/0!`` where there is none."""
        wrong = np.where(none | (self.pairs == 0), float(DIV0), 0.0)[..., None, None]
        return outcome(num[..., None, None], first_error(self.errors, wrong), like=self.like)

    def by(self, top: Numbers, bottom: Numbers) -> Numbers:
        """A quotient, where there is a divisor."""
        return top / self.like.backend.where(self.same(bottom), 1.0, bottom)


def _moments(x: Values, y: Values) -> Moments | None:
    """None where the arrays are of different lengths."""
    if math.prod(x.num.shape[2:]) != math.prod(y.num.shape[2:]):
        return None
    first, second = side_by_side(x, y)
    backend = first.backend
    used = [listed.used for listed in (first, second) if listed.used is not None]
    shape = np.broadcast_shapes(tuple(first.num.shape), tuple(second.num.shape))
    both = np.broadcast_to(np.logical_and.reduce(used), shape) if used else None
    count = np.full(shape[:2], float(shape[2])) if both is None else both.sum(axis=-1).astype(np.float64)
    n = backend.constant(np.maximum(count, 1.0))

    def centred(listed: Listed) -> tuple[Numbers, Numbers]:
        num = listed.num if both is None else backend.where(both, listed.num, 0.0)
        mean = backend.running_sum(num) / n
        apart = num - mean[..., None]
        return mean, apart if both is None else backend.where(both, apart, 0.0)

    with np.errstate(all="ignore"):
        (mean_x, dx), (mean_y, dy) = centred(first), centred(second)
        xx, yy, xy = (backend.running_sum(a * b) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    return Moments(count, mean_x, mean_y, xx, yy, xy, first_error(first.errors, second.errors), first.like)


def _enter(
    name: str, takes: str, rule: Callable[[Moments], Values], about: str, y_first: bool = False, **known: Any
) -> None:
    """A function of pairs; ``y_first`` where its first argument is what the second explains."""
    stated = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "by_pairs": True, **known}

    @function(name, takes, about=about, prefix=NEWER if "." in name else "", **stated)
    def entered(a: Values, b: Values) -> Values:
        moments = _moments(b, a) if y_first else _moments(a, b)
        with np.errstate(all="ignore"):
            return error_value(NA) if moments is None else rule(moments)


def _correlation(m: Moments) -> Numbers:
    backend = m.like.backend
    flat = m.same(m.xx) | m.same(m.yy)
    return m.xy / backend.root(backend.where(flat, 1.0, m.xx * m.yy))


def _correl(m: Moments) -> Values:
    return m.answer(_correlation(m), m.same(m.xx) | m.same(m.yy))


def _rsq(m: Moments) -> Values:
    return m.answer(m.by(m.xy * m.xy, m.xx * m.yy), m.same(m.xx) | m.same(m.yy))


def _slope(m: Moments) -> Values:
    return m.answer(m.by(m.xy, m.xx), m.same(m.xx))


def _intercept(m: Moments) -> Values:
    return m.answer(m.mean_y - m.by(m.xy, m.xx) * m.mean_x, m.same(m.xx))


def _steyx(m: Moments) -> Values:
    few = m.pairs < 3
    n = m.like.backend.constant(np.where(few, 3.0, m.pairs))
    left = (m.yy - m.by(m.xy * m.xy, m.xx)) / (n - 2.0)
    left = m.like.backend.where(np.asarray(m.like.of(left).host.num) < 0.0, 0.0, left)
    return m.answer(m.like.backend.root(left), few | m.same(m.xx))


def _covariance(fewer: int) -> Callable[[Moments], Values]:
    def rule(m: Moments) -> Values:
        n = m.pairs - fewer
        return m.answer(m.xy / m.like.backend.constant(np.maximum(n, 1.0)), n <= 0)

    return rule


for _name in ("CORREL", "PEARSON"):
    _enter(_name, "x: array, y: array", _correl, "The correlation of two series, from -1 to 1.")
_enter("COVARIANCE.P", "x: array, y: array", _covariance(0), "The covariance of two series, a whole population.")
_enter("COVAR", "x: array, y: array", _covariance(0), "The older name of ``COVARIANCE.P``.")
_enter("COVARIANCE.S", "x: array, y: array", _covariance(1), "The covariance, estimated from a sample.")
_enter("RSQ", "y: array, x: array", _rsq, "The square of the correlation.", y_first=True)
_enter("SLOPE", "y: array, x: array", _slope, "The slope of the line of least squares.", y_first=True)
_enter("INTERCEPT", "y: array, x: array", _intercept, "Where the line of least squares meets x = 0.", y_first=True)
_enter("STEYX", "y: array, x: array", _steyx, "The standard error of y on the line of least squares.", y_first=True)

for _name in ("FORECAST.LINEAR", "FORECAST"):

    @function(
        _name,
        "at, y: array, x: array",
        gradient=Gradient.SHARED,
        evidence=Evidence.LIBREOFFICE,
        prefix=NEWER if "." in _name else "",
    )
    def forecast(at: Values, y: Values, x: Values) -> Values:
        """The line of least squares at another x."""
        m = _moments(x, y)
        if m is None:
            return error_value(NA)
        place, errors = numbers(at)
        with np.errstate(all="ignore"):
            slope = m.by(m.xy, m.xx)
            line = m.answer(m.mean_y - slope * m.mean_x + slope * place[:, :, 0, 0], m.same(m.xx))
        return line if errors is None else _with_first(errors, line)


def _with_first(errors: Array, line: Values) -> Values:
    own = np.where(line.kinds() == ERROR, line.host.num, 0.0)
    return outcome(line.num, first_error(errors, own), like=line)
