"""When two numbers count as the same: relative to their size, by an absolute amount, or by doubles between them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from sheetsim.errors import InputError
from sheetsim.model.values import BLANK, ERROR, NUMBER, UNSUPPORTED
from sheetsim.testing.given import NEAR, Given

_BITS = {"float64": np.int64, "float32": np.int32, "float16": np.int16, "bfloat16": np.int32}
_TYPES = {"float64": np.float64, "float32": np.float32, "float16": np.float16, "bfloat16": np.float32}
_UNUSED = 16  # bits at the end of a float32 that a bfloat16 lacks


@dataclass(frozen=True)
class Nearness:
    """Numbers are near if any of these holds: |e - g| ≤ atol + rtol · max(|e|, |g|), or at most ``ulps`` steps of the
    given numbers' own precision lie between them. Without rtol and ulps, rtol is that of ``given.py``."""

    rtol: float | None = None
    ulps: int | None = None
    atol: float = 0.0
    equal_nan: bool = False

    def __post_init__(self) -> None:
        for name in ("rtol", "ulps", "atol"):
            limit = getattr(self, name)
            if limit is not None and not (isinstance(limit, int | float) and isfinite(limit) and limit >= 0):
                raise InputError(f"{name} is a number from 0 up, not {limit!r}")
        if self.ulps is not None and (isinstance(self.ulps, bool) or int(self.ulps) != self.ulps):
            raise InputError(f"ulps is a whole number, not {self.ulps!r}")

    def relative(self, precision: str) -> float:
        """The relative difference that is allowed for numbers of a precision."""
        if self.rtol is not None:
            return self.rtol
        return 0.0 if self.ulps is not None or self.atol else NEAR[precision]

    def said(self, precision: str) -> str:
        """The limits in words.

        >>> Nearness().said("float32"), Nearness(ulps=4, atol=0.5).said("float64"), Nearness(rtol=0).said("float64")
        ('1e-05 of their size', '0.5 and 4 ULP', '0')
        """
        rtol = self.relative(precision)
        limits = [f"{rtol:g} of their size"] * bool(rtol) + [f"{self.atol:g}"] * bool(self.atol)
        limits += [] if self.ulps is None else [f"{self.ulps} ULP"]
        return " and ".join(limits) or "0"

    def same(self, num: np.ndarray, kind: np.ndarray, got: Given) -> np.ndarray:
        """Which cells are the same, all arrays of one shape: values of one kind that are equal, numbers that are near.
        With ``equal_nan`` an error of the sheet is the same as NaN."""
        rounded = num.astype(_TYPES[got.precision]).astype(np.float64)
        same: np.ndarray = (kind == got.kind) & ((num == got.num) | (rounded == got.num))
        numbers = (kind == NUMBER) & (got.kind == NUMBER) & np.isfinite(got.num) & ~same
        with np.errstate(over="ignore", invalid="ignore"):
            largest = np.maximum(np.abs(num), np.abs(got.num))
            near = np.abs(num - got.num) <= self.atol + self.relative(got.precision) * largest
        same |= numbers & near
        if self.ulps is not None and numbers.any():
            same[numbers] |= ulps_between(num[numbers], got.num[numbers], got.precision) <= np.uint64(self.ulps)
        nan = np.isnan(got.num) & (got.kind == NUMBER)
        if got.nan_is_blank:
            same |= nan & (kind == BLANK)
        if self.equal_nan:
            same |= nan & (kind == ERROR) & (num < UNSUPPORTED)
        return same


def ulps_between(one: np.ndarray, other: np.ndarray, precision: str = "float64") -> np.ndarray:
    """How many steps of a precision lie between finite numbers, arrays of one shape; 0 and -0 are the same.

    >>> ulps_between(np.array([1.0, -5e-324]), np.array([1.0 + 2**-52, 5e-324])).tolist()
    [1, 2]
    >>> ulps_between(np.array([1.0]), np.array([1.0 + 2**-7]), "bfloat16").tolist()
    [1]
    """
    lines = [_ordered(np.asarray(numbers, np.float64), precision) for numbers in (one, other)]
    first, last = np.minimum(*lines), np.maximum(*lines)
    steps: np.ndarray = last.view(np.uint64) - first.view(np.uint64)  # beyond the largest int64, too
    return steps


def _ordered(numbers: np.ndarray, precision: str) -> np.ndarray:
    """Whole numbers in the order of the floats, each one more than the one before."""
    with np.errstate(over="ignore"):
        bits = numbers.astype(_TYPES[precision]).view(_BITS[precision]).astype(np.int64)
    width = 8 * np.dtype(_BITS[precision]).itemsize
    size = np.where(bits < 0, bits + 2 ** (width - 2) + 2 ** (width - 2), bits)  # without the sign's bit
    if precision == "bfloat16":
        size = (size + 2 ** (_UNUSED - 1)) >> _UNUSED  # to the nearest
    return np.where(bits < 0, -size, size)
