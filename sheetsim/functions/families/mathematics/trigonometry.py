"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from sheetsim.excel import elementary, trigonometric
from sheetsim.excel.arithmetic import Array, multiply
from sheetsim.functions.families.mathematics.entering import of_numbers, of_one, wrong
from sheetsim.functions.table import NEWER, Gradient
from sheetsim.model.values import DIV0

of_one(__name__, "SIN", trigonometric.sin, "The sine of an angle in radians.", True)
of_one(__name__, "COS", trigonometric.cos, "The cosine of an angle in radians.", True)
of_one(__name__, "TAN", trigonometric.tan, "The tangent of an angle in radians.", True)
of_one(__name__, "ASIN", np.arcsin, "The angle, in radians, that has this sine.")
of_one(__name__, "ACOS", np.arccos, "The angle, in radians, that has this cosine.")
of_one(__name__, "ATAN", np.arctan, "The angle, in radians, that has this tangent.")
of_one(__name__, "SINH", np.sinh, "The hyperbolic sine.")
of_one(__name__, "COSH", np.cosh, "The hyperbolic cosine.")
of_one(__name__, "TANH", np.tanh, "The hyperbolic tangent.")
of_one(__name__, "ASINH", np.arcsinh, "The inverse of the hyperbolic sine.")
of_one(__name__, "ACOSH", np.arccosh, "The inverse of the hyperbolic cosine.")
of_one(__name__, "RADIANS", lambda x: multiply(x, np.array(math.pi / 180)), "Degrees as radians.")
of_one(__name__, "DEGREES", lambda x: multiply(x, np.array(180 / math.pi)), "Radians as degrees.")


def _one_over(rule: Callable[[Array], Array]) -> Callable[[Array], tuple[Array, Array]]:
    """1 by the result, ``#DIV/0!`` where that is 0."""

    def reciprocal(x: Array) -> tuple[Array, Array]:
        below = rule(x)
        return 1.0 / below, wrong(below == 0, DIV0)

    return reciprocal


def _of_angle(name: str, rule: Callable[..., Array | tuple[Array, Array]], about: str, prefix: str = NEWER) -> None:
    of_numbers(__name__, name, "number", rule, about, prefix=prefix, gradient=Gradient.RULE)


def _sech(x: Array) -> Array:
    return 2.0 / (elementary.exp(x) + elementary.exp(-x))


def _acot(x: Array) -> Array:
    return np.where(x == 0, math.pi / 2, np.arctan(1.0 / x) + np.where(x < 0, math.pi, 0.0))


def _acoth(x: Array) -> Array:
    """ln((x + 1) / (x - 1)) / 2, without a loss where x is large or near 1."""
    return np.where(np.abs(x) > 1, np.copysign(np.log1p(2.0 / (np.abs(x) - 1.0)) / 2, x), np.nan)


_of_angle("SEC", _one_over(trigonometric.cos), "The secant, 1 by the cosine.")
_of_angle("CSC", _one_over(trigonometric.sin), "The cosecant, 1 by the sine.")
_of_angle("COT", _one_over(trigonometric.tan), "The cotangent, 1 by the tangent.")
_of_angle(
    "SECH",
    lambda x: 2.0 / (elementary.exp(x) + elementary.exp(-x)),
    "The hyperbolic secant, 1 by the hyperbolic cosine.",
)
_of_angle("CSCH", _one_over(np.sinh), "The hyperbolic cosecant, 1 by the hyperbolic sine.")
_of_angle("COTH", _one_over(np.tanh), "The hyperbolic cotangent, 1 by the hyperbolic tangent.")
_of_angle("ACOT", _acot, "The angle, from 0 to π, that has this cotangent.")
_of_angle("ACOTH", _acoth, "The inverse of the hyperbolic cotangent.")
_of_angle("ATANH", np.arctanh, "The inverse of the hyperbolic tangent.", prefix="")
of_numbers(
    __name__,
    "ATAN2",
    "x, y",
    lambda x, y: (np.arctan2(y, x), wrong((x == 0) & (y == 0), DIV0)),
    "The angle, from -π to π, at which a point is seen.",
    gradient=Gradient.RULE,
)
