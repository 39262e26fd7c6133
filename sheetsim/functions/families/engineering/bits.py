"""Whole numbers as rows of 48 bits, and comparisons that answer 1 or 0."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, judged, single
from sheetsim.functions.families.mathematics.entering import no_logicals, of_numbers, wrong
from sheetsim.functions.table import NEWER, Evidence, Gradient, function

BEYOND = 2.0**48  # of these numbers
FARTHEST = 53  # places by which bits may be shifted
ZERO = single(0)
Integers = npt.NDArray[np.int64]


def _no_bits(number: Array) -> npt.NDArray[np.bool_]:
    return np.asarray((number < 0) | (number >= BEYOND) | (number != np.trunc(number)))


def _enter_bitwise(name: str, rule: Callable[[Integers, Integers], Integers], about: str) -> None:
    def joined(a: Array, b: Array) -> tuple[Array, Array]:
        bad = _no_bits(a) | _no_bits(b)
        return rule(*(np.where(bad, 0.0, x).astype(np.int64) for x in (a, b))).astype(np.float64), wrong(bad)

    of_numbers(__name__, name, "number, other", joined, about, prefix=NEWER)


_enter_bitwise("BITAND", np.bitwise_and, "The bits that two whole numbers have in common.")
_enter_bitwise("BITOR", np.bitwise_or, "The bits that either of two whole numbers has.")
_enter_bitwise("BITXOR", np.bitwise_xor, "The bits that just one of two whole numbers has.")


def _shifted(direction: int) -> Callable[[Array, Array], tuple[Array, Array]]:
    def rule(number: Array, places: Array) -> tuple[Array, Array]:
        by = np.trunc(places) * direction
        result = np.floor(np.ldexp(number, np.clip(by, -FARTHEST, FARTHEST).astype(np.int64)))
        return result, wrong(_no_bits(number) | (np.abs(by) > FARTHEST) | (result >= BEYOND))

    return rule


of_numbers(
    __name__, "BITLSHIFT", "number, places", _shifted(1), "The bits of a number moved to the left.", prefix=NEWER
)
of_numbers(
    __name__,
    "BITRSHIFT",
    "number, places",
    _shifted(-1),
    "The bits of a number moved to the right.",
    prefix=NEWER,
)


@function("DELTA", "number, [other]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def delta(a: Values, b: Values = ZERO) -> Values:
    """1 where two numbers are equal, otherwise 0; the second is 0 if left out."""
    return judged(lambda x, y: x == y, no_logicals(a), no_logicals(b))


@function("GESTEP", "number, [step]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def gestep(a: Values, step: Values = ZERO) -> Values:
    """1 where a number is not below a step, otherwise 0; the step is 0 if left out."""
    return judged(lambda x, y: x >= y, no_logicals(a), no_logicals(step))
