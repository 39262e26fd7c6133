"""Division of whole numbers: remainders, quotients, common divisors and multiples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, fitted, numbers, outcome, trapping
from sheetsim.functions.families.mathematics.entering import enter, no_logicals, of_numbers, wrong
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.limits import LARGEST_QUOTIENT
from sheetsim.model.values import BLANK, DIV0, NUM, VALUE

LARGEST_WHOLE = 2.0**53  # of numbers as large not each whole one is a double


@function("MOD", "number, divisor", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def mod(a: Values, b: Values) -> Values:
    """The exact remainder, with the sign of the divisor; ``#NUM!`` where the quotient is beyond what Excel divides."""
    a, b = fitted(a, b)
    (n, n_errors), (d, d_errors) = numbers(a), numbers(b)
    with np.errstate(all="ignore"):
        zero = np.where(d == 0, float(DIV0), 0.0)
        remainder = np.where(np.abs(n) < LARGEST_QUOTIENT * np.abs(d), np.mod(n, d), np.nan)
    return outcome(remainder, first_error(n_errors, d_errors, zero))


of_numbers(
    __name__,
    "QUOTIENT",
    "number, divisor",
    lambda n, d: (np.trunc(n / d), wrong(d == 0, DIV0)),
    "The whole part of a quotient.",
    strict=True,
)


# --- of all numbers among the arguments -------------------------------------------------------------------------------
def counted(*arguments: Values) -> tuple[Array, Array, Array | None]:
    """The numbers that the functions of the Analysis ToolPak take from their arguments, for each cell of the block:
    the numbers (rows, columns, n), which of them are there (n), and the first error.

    A text must look like a number, a logical is ``#VALUE!``, and so is nothing at all; a blank cell given by itself is
    left out, one in a range is 0."""
    block = np.broadcast_shapes(*(v.num.shape[:2] for v in arguments))
    found, there, errors = [], [], []
    for v in arguments:
        alone = v.num.shape[2:] == (1, 1)
        num, error = numbers(no_logicals(v))
        absent = (v.kinds() == BLANK) & (alone and not is_missing(v))
        found.append(_listed(num, block))
        there.append(_listed(~absent, block))
        errors.append(np.zeros(found[-1].shape) if error is None else _listed(error, block))
    codes, used = np.concatenate(errors, axis=-1), np.concatenate(there, axis=-1)
    first = np.take_along_axis(codes, (codes != 0).argmax(axis=-1)[..., None], axis=-1)[..., 0]
    return np.concatenate(found, axis=-1), used, np.where(used.any(axis=-1) | (first > 0), first, float(VALUE))


def _listed(a: Any, block: tuple[int, ...]) -> Any:
    return np.broadcast_to(a, (*block, *a.shape[2:])).reshape(*block, -1)


def enter_counted(module: str, name: str, rule: Callable[[Array, Array], Array], about: str) -> None:
    """A function of all numbers among its arguments, of shape (rows, columns, n), of which the whole parts count;
    ``#NUM!`` for a negative one, and for a result that is NaN."""

    def entered(*arguments: Values) -> Values:
        num, used, errors = counted(*arguments)
        with trapping(on=False):
            whole = np.trunc(num)
            bad = wrong(((num < 0) | (whole >= LARGEST_WHOLE)).any(axis=-1), NUM)
            result = rule(np.where(bad[..., None] > 0, 1.0, whole), used)
            return outcome(result[..., None, None], first_error(errors, bad)[..., None, None])  # type: ignore[index]

    stated = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE}
    enter(module, name, "number: range…", entered, about=about, **stated)


def _common_divisor(whole: Array, used: Array) -> Array:
    return np.asarray(np.gcd.reduce(np.where(used, whole, 0).astype(np.int64), axis=-1), np.float64)


def _common_multiple(whole: Array, used: Array) -> Array:
    """Number by number, the product by floats: one too large is told by its size."""
    result = np.ones(whole.shape[:-1])
    for place in range(whole.shape[-1]):
        number = np.where(used[..., place], whole[..., place], 1.0)
        divisor = np.gcd(np.where(result < LARGEST_WHOLE, result, 1).astype(np.int64), number.astype(np.int64))
        result = np.where(number == 0, 0.0, result / np.maximum(divisor, 1) * number)
    return np.where(result < LARGEST_WHOLE, result, np.nan)


enter_counted(__name__, "GCD", _common_divisor, "The greatest common divisor of whole numbers.")
enter_counted(__name__, "LCM", _common_multiple, "The least common multiple of whole numbers.")
