"""Rounding: to digits, to multiples, to even and odd numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.excel.arithmetic import Array, multiply
from sheetsim.excel.arrays import Values, elementwise, single
from sheetsim.functions.families.mathematics.entering import of_numbers, of_one, wrong
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import NEWER, Evidence, Gradient, Scanned, function
from sheetsim.model.values import DIV0

MOST_DIGITS = 308  # no number has any further to the left or right
TENS = np.array([float(f"1e{k}") for k in range(MOST_DIGITS + 1)])
NEARLY_NOTHING = 1e-9
ROUNDING_SLACK = 2  # units in the last place: Excel rounds what it shows, 15 digits, so 1.005 counts as a half

of_one(
    __name__, "INT", np.floor, "The largest whole number not above it.", scanned=Scanned.FLOOR, gradient=Gradient.FLAT
)


def _scaled(rule: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """Rounds by ``rule`` at a number of decimals: scale, round the size, scale back."""

    def rounded(x: Array, digits: Array) -> Array:
        beyond = digits <= -MOST_DIGITS - 1  # further left than any digit: nothing, or by ROUNDUP more than any number
        digits = np.clip(np.trunc(digits), -MOST_DIGITS, MOST_DIGITS)
        scale = TENS[np.abs(digits).astype(np.int64)]
        size = np.abs(x)
        moved = np.where(digits >= 0, size * scale, size / scale)
        whole = rule(np.where(beyond, np.minimum(moved, NEARLY_NOTHING), moved))
        if beyond.any():
            scale = np.where(beyond & (whole > 0), np.inf, scale)
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


# --- multiples whose significance has a sign --------------------------------------------------------------------------
def _multiple_by_sign(up: bool) -> Callable[[Array, Array], tuple[Array, Array]]:
    """CEILING (up) and FLOOR: a negative number with a negative significance is rounded as if both were positive."""
    plain = _to_multiple(up)

    def rounded(x: Array, step: Array) -> tuple[Array, Array]:
        both_negative = np.where((x < 0) & (step < 0), 1.0, 0.0)
        errors = wrong((x > 0) & (step < 0))
        if not up:
            errors = np.where((step == 0) & (x != 0), float(DIV0), errors)
        return plain(x, step, both_negative), errors

    return rounded


def _nearest_multiple(x: Array, step: Array) -> tuple[Array, Array]:
    """MROUND: a half away from zero; the quotient is that of the doubles, as Excel's."""
    ratio = np.floor(np.abs(x / np.where(step == 0, 1.0, step)) + 0.5)
    return np.where(step == 0, 0.0, np.copysign(multiply(ratio, np.abs(step)), x)), wrong(x * step < 0)


def _even(x: Array) -> Array:
    return np.asarray(np.copysign(np.ceil(np.abs(x) / 2) * 2, x))


def _odd(x: Array) -> Array:
    return np.asarray(np.copysign(np.maximum(np.ceil((np.abs(x) - 1) / 2), 0.0) * 2 + 1, x + 0.0))


RULE = Gradient.RULE
BY_SIGN = "number, significance"
of_numbers(
    __name__, "CEILING", BY_SIGN, _multiple_by_sign(True), "Rounded up to a multiple, by its sign.", gradient=RULE
)
of_numbers(
    __name__, "FLOOR", BY_SIGN, _multiple_by_sign(False), "Rounded down to a multiple, by its sign.", gradient=RULE
)
of_numbers(
    __name__,
    "MROUND",
    "number, multiple",
    _nearest_multiple,
    "Rounded to the nearest multiple.",
    strict=True,
    gradient=RULE,
)
of_numbers(__name__, "EVEN", "number", _even, "Rounded away from zero to an even number.")
of_numbers(__name__, "ODD", "number", _odd, "Rounded away from zero to an odd number.")


def _enter_precise(name: str, up: bool, prefix: str) -> None:
    about = f"Rounded {'up' if up else 'down'} to a multiple, whatever the signs."
    plain = _to_multiple(up)

    @function(name, "number, [significance]", about=about, prefix=prefix, gradient=RULE, evidence=Evidence.LIBREOFFICE)
    def rounded(a: Values, step: Values = ONE) -> Values:
        return elementwise(plain, a, ONE if is_missing(step) else step, ZERO)


_enter_precise("CEILING.PRECISE", True, NEWER)
_enter_precise("ISO.CEILING", True, "")
_enter_precise("FLOOR.PRECISE", False, NEWER)
