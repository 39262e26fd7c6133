"""Arithmetic: the operators, and POWER."""

from __future__ import annotations

import math

import numpy as np

from sheetsim.excel.arithmetic import multiply, whole_power
from sheetsim.excel.arrays import (
    Values,
    elementwise,
    first_error,
    fitted,
    is_plain,
    numbers,
    outcome,
    unlooked,
    without_subnormal,
)
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import DIV0, NUM


def add(a: Values, b: Values) -> Values:
    """``a + b`` in double precision; a sum beyond the largest double is ``#NUM!``."""
    return elementwise(lambda x, y: without_subnormal(x + y), a, b)


def subtract(a: Values, b: Values) -> Values:
    """``a - b`` in double precision; a difference beyond the largest double is ``#NUM!``."""
    return elementwise(lambda x, y: without_subnormal(x - y), a, b)


def times(a: Values, b: Values) -> Values:
    """``a * b``, rounded twice as Excel does (``arithmetic.multiply``); beyond the largest double ``#NUM!``."""
    return elementwise(multiply, a, b)


def divide(a: Values, b: Values) -> Values:
    """``a / b``; a zero divisor is ``#DIV/0!``."""
    a, b = fitted(a, b)
    result = unlooked(lambda x, y: without_subnormal(x / y), a, b)  # an exact one raises no flag
    if result is not None:
        return result
    (x, x_errors), (y, y_errors) = numbers(a), numbers(b)
    with np.errstate(all="ignore"):
        zero = np.where(y == 0, float(DIV0), 0.0)
        quotient = np.where(y == 0, 0.0, x / np.where(y == 0, 1.0, y))
    return outcome(quotient, first_error(x_errors, y_errors, zero))


def negate(a: Values) -> Values:
    """``-a`` as 0 - a, so that the negative of 0 is 0 and not −0."""
    return elementwise(lambda x: 0.0 - x, a)


def percent(a: Values) -> Values:
    """``a%``: a / 100 in double precision."""
    return elementwise(lambda x: without_subnormal(x / 100.0), a)


LARGEST_WHOLE = 64  # a larger whole exponent is left to the C library


@function("POWER", "number, power", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def power(a: Values, b: Values) -> Values:
    """``a ^ b``: repeated multiplication where b is a small whole number, otherwise the C library's pow.
    0^0 is ``#NUM!``, 0 to a negative power ``#DIV/0!``."""
    a, b = fitted(a, b)
    exponent = b.num.flat[0] if b.num.size == 1 else math.nan
    if is_plain(a, b) and 1 <= exponent <= LARGEST_WHOLE and exponent == int(exponent):
        return elementwise(lambda x: whole_power(x, int(exponent)), a)
    (x, x_errors), (y, y_errors) = numbers(a), numbers(b)
    shape = np.broadcast_shapes(x.shape, y.shape)
    x, y = np.broadcast_to(x, shape), np.broadcast_to(y, shape)
    own = np.where(x != 0, 0.0, np.where(y == 0, float(NUM), np.where(y < 0, float(DIV0), 0.0)))
    results = [_power(base, e) for base, e in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)]
    return outcome(np.array(results).reshape(shape), first_error(x_errors, y_errors, own))


def _power(base: float, exponent: float) -> float:
    if base == 0.0:
        return 0.0
    if exponent == int(exponent) and 1 <= abs(exponent) <= LARGEST_WHOLE:
        with np.errstate(all="ignore"):
            result = float(whole_power(np.array([base]), int(abs(exponent)))[0])
            return result if exponent > 0 else float(np.divide(1.0, result))
    try:
        return math.pow(base, exponent)
    except (ValueError, OverflowError):
        return math.nan
