"""Functions of one or two numbers, element by element, and the random ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.excel import elementary
from sheetsim.excel.arithmetic import Array, multiply, whole_power
from sheetsim.excel.arrays import (
    Values,
    elementwise,
    elementwise_checked,
    first_error,
    fitted,
    is_plain,
    numbers,
    outcome,
    single,
    unlooked,
    without_subnormal,
)
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import NEWER, Evidence, Gradient, Scanned, function
from sheetsim.model.limits import LARGEST_QUOTIENT
from sheetsim.model.values import DIV0, NUM

MOST_DIGITS = 308  # no number has any further to the left or right
TENS = np.array([float(f"1e{k}") for k in range(MOST_DIGITS + 1)])
ROUNDING_SLACK = 2  # units in the last place: Excel rounds what it shows, 15 digits, so 1.005 counts as a half


# --- operators --------------------------------------------------------------------------------------------------------
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
    result = unlooked(np.divide, a, b)
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
    return elementwise(lambda x: x / 100.0, a)


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


# --- one number -------------------------------------------------------------------------------------------------------
def _each(rule: Callable[[float], float]) -> Callable[[Array], Array]:
    """A scalar function of the C library, element by element; NaN where it is undefined."""

    def safely(x: float) -> float:
        try:
            return rule(x)
        except (ValueError, OverflowError):
            return math.nan

    return lambda a: np.array([safely(x) for x in a.ravel().tolist()]).reshape(a.shape)


def _of_one(name: str, rule: Callable[[Array], Array], about: str, checked: bool = False, **known: Any) -> None:
    """A function of one number; with ``checked`` its rule raises no flag where it is undefined: its results are
    looked at."""
    over = elementwise_checked if checked else elementwise
    stated = {"gradient": Gradient.RULE, "evidence": Evidence.LIBREOFFICE, **known}
    function(name, "number", about=about, **stated)(lambda a: over(rule, a))


_of_one("ABS", np.abs, "The number without its sign.", scanned=Scanned.ABS)
_of_one("SQRT", np.sqrt, "The square root.", scanned=Scanned.SQRT, evidence=Evidence.EXCEL)
_of_one("SIGN", np.sign, "1, 0 or -1: the sign.", scanned=Scanned.SIGN, gradient=Gradient.FLAT)
_of_one("INT", np.floor, "The largest whole number not above it.", scanned=Scanned.FLOOR, gradient=Gradient.FLAT)
_of_one("EXP", elementary.exp, "e to the power of a number, rounded correctly.", True, evidence=Evidence.EXCEL)
_of_one("LN", elementary.ln, "The natural logarithm, rounded correctly.", True)
_of_one("LOG10", elementary.log10, "The logarithm to base 10, rounded correctly.", True)
_of_one("SIN", _each(math.sin), "The sine of an angle in radians.", True)
_of_one("COS", _each(math.cos), "The cosine of an angle in radians.", True)
_of_one("TAN", _each(math.tan), "The tangent of an angle in radians.", True)
_of_one("ASIN", _each(math.asin), "The angle, in radians, that has this sine.", True)
_of_one("ACOS", _each(math.acos), "The angle, in radians, that has this cosine.", True)
_of_one("ATAN", _each(math.atan), "The angle, in radians, that has this tangent.", True)
_of_one("SINH", _each(math.sinh), "The hyperbolic sine.", True)
_of_one("COSH", _each(math.cosh), "The hyperbolic cosine.", True)
_of_one("TANH", _each(math.tanh), "The hyperbolic tangent.", True)
_of_one("RADIANS", lambda x: multiply(x, np.array(math.pi / 180)), "Degrees as radians.")
_of_one("DEGREES", lambda x: multiply(x, np.array(180 / math.pi)), "Radians as degrees.")


@function("LOG", "number, [base]", gradient=Gradient.RULE, evidence=Evidence.EXCEL)
def log(a: Values, base: Values | None = None) -> Values:
    """The logarithm: ``LOG(x)`` is to base 10, ``LOG(x, b)`` is ln x / ln b."""
    if base is None:
        return elementwise_checked(elementary.log10, a)
    both = elementwise_checked(lambda x, b: np.where(b == 10, elementary.log10(x), elementary.ln(x)), a, base)
    return divide(both, elementwise_checked(lambda b: np.where(b == 10, 1.0, elementary.ln(b)), base))


@function("PI", "", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def pi() -> Values:
    """π, the circumference of a circle of diameter 1."""
    return single(math.pi)


# --- division and rounding --------------------------------------------------------------------------------------------
@function("MOD", "number, divisor", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def mod(a: Values, b: Values) -> Values:
    """The exact remainder, with the sign of the divisor; ``#NUM!`` where the quotient is beyond what Excel divides."""
    a, b = fitted(a, b)
    (n, n_errors), (d, d_errors) = numbers(a), numbers(b)
    with np.errstate(all="ignore"):
        zero = np.where(d == 0, float(DIV0), 0.0)
        remainder = np.where(np.abs(n) < LARGEST_QUOTIENT * np.abs(d), np.mod(n, d), np.nan)
    return outcome(remainder, first_error(n_errors, d_errors, zero))


def _scaled(rule: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """Rounds by ``rule`` at a number of decimals: scale, round the size, scale back."""

    def rounded(x: Array, digits: Array) -> Array:
        digits = np.clip(np.trunc(digits), -MOST_DIGITS, MOST_DIGITS)
        scale = TENS[np.abs(digits).astype(np.int64)]
        size = np.abs(x)
        moved = np.where(digits >= 0, size * scale, size / scale)
        whole = rule(moved)
        back = np.where(digits >= 0, whole / scale, whole * scale)
        # a number with none of its 15 digits that far right stays as it is
        return np.where((digits >= 0) & (moved >= 1e15), x, np.copysign(back, x) + 0.0)

    return rounded


ZERO, ONE = single(0), single(1)


def _nudge(x: Array) -> Array:
    return np.where(x < 1e15, ROUNDING_SLACK * np.spacing(x), 0.0)


def _decimal(name: str, takes: str, rule: Callable[[Array], Array], about: str) -> None:
    scaled = _scaled(rule)
    enter = function(name, takes, about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    enter(lambda a, digits=ZERO: elementwise(scaled, a, digits))


_decimal(
    "ROUND",
    "number, digits",
    lambda x: np.floor(x + 0.5 + _nudge(x)),
    "Rounded to so many digits, a half away from zero.",
)
_decimal("ROUNDDOWN", "number, digits", lambda x: np.floor(x + _nudge(x)), "Rounded to so many digits, towards zero.")
_decimal("ROUNDUP", "number, digits", lambda x: np.ceil(x - _nudge(x)), "Rounded to so many digits, away from zero.")
_decimal("TRUNC", "number, [digits]", lambda x: np.floor(x + _nudge(x)), "Cut after so many digits.")


def _to_multiple(up: bool) -> Callable[[Array, Array, Array], Array]:
    """CEILING.MATH (up) and FLOOR.MATH: to a multiple of the significance; ``mode`` turns negatives around."""

    def rounded(x: Array, step: Array, mode: Array) -> Array:
        step = np.abs(step)
        ratio = np.abs(x) / np.where(step == 0, 1.0, step)
        outward = np.where(x >= 0, up, (mode != 0) == up)  # away from zero
        whole = np.where(outward, np.ceil(ratio - _nudge(ratio)), np.floor(ratio + _nudge(ratio)))
        return np.where(step == 0, 0.0, np.copysign(multiply(whole, step), x) + 0.0)

    return rounded


def _enter_multiple(name: str, rule: Callable[[Array, Array, Array], Array], about: str) -> None:
    takes = "number, [significance], [mode]"

    @function(name, takes, about=about, prefix=NEWER, gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
    def rounded(a: Values, step: Values = ONE, mode: Values = ZERO) -> Values:
        return elementwise(rule, a, ONE if is_missing(step) else step, mode)


_enter_multiple("CEILING.MATH", _to_multiple(up=True), "Rounded up to a multiple of the significance.")
_enter_multiple("FLOOR.MATH", _to_multiple(up=False), "Rounded down to a multiple of the significance.")


# --- random -----------------------------------------------------------------------------------------------------------
@function("RAND", "", context=True, volatile=True, gradient=Gradient.FLAT)
def rand(context: object) -> Values:
    """A fresh number in [0, 1) for each cell, from ``book.random``."""
    return Values(context.book.random.random(context.shape))  # type: ignore[attr-defined]


@function("RANDBETWEEN", "low, high", context=True, volatile=True, gradient=Gradient.FLAT)
def randbetween(context: object, low: Values, high: Values) -> Values:
    """A fresh whole number from low to high, both included."""
    fresh = rand(context)

    def draw(u: Array, a: Array, b: Array) -> Array:
        first, last = np.ceil(a), np.floor(b)
        return np.where(first > last, np.nan, first + np.floor(u * (last - first + 1)))

    return elementwise_checked(draw, fresh, low, high)
