"""exp, ln and log10 of arrays, correctly rounded.

A function is *correctly rounded* when each result is the double nearest to the true value. Excel's EXP, LOG and
LOG10 are; those of NumPy and of most C libraries are now and then one unit off in the last place, and not in the same
place on every machine. Here every result comes from additions and multiplications, which IEEE 754 does round alike
everywhere, in three steps:

1. *Range reduction* brings the argument near a point whose exp or ln is in a table, so that a short polynomial gives
   the rest.
2. The result is a *double-double*: the unevaluated sum ``hi + lo`` of two doubles, the second correcting the first.
   Together they hold the true value with a relative error below 2**-69, where one double has 2**-53.
3. *Ziv's rounding test*: ``hi + (lo - slack)`` and ``hi + (lo + slack)`` enclose the true value. Where both round to
   the same double, that is the answer. Where they do not (about one argument in 25 thousand), the true value lies
   very near the midpoint of two doubles, and ``decimal`` decides with 60 digits.

``slack`` is 2**-68 of the result: twice the error bound of step 2, and small enough to make the last case rare.

Precision is lost in products, so most of the care goes into *exact products*: a double has 53 bits, and a factor of
26 bits times one of 27 loses nothing. Comments therefore count bits.

The tables are computed with ``decimal`` when they are first needed, which takes some milliseconds.

Excel has no subnormal numbers: an argument below 2**-1022 counts as zero, and so does such a result.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from math import inf, nan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.model.limits import LARGEST, SMALLEST

__all__ = ["exp", "ln", "log10"]

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Floats = Any  # an array, or one float: the arithmetic is the same (``elementary_one.py``)

CHUNK = 8192  # elements worked on at once: few enough for the cache of a processor
SLACK = 2.0**-68

EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[])
FOR_TABLES = Context(prec=40, rounding=ROUND_HALF_EVEN, traps=[])
LN2 = EXACT.ln(2)
LN10 = EXACT.ln(10)


# ---- what a caller sees


def exp(x: npt.ArrayLike) -> Array:
    """e to the power of each element, correctly rounded.

    >>> exp([0.0, 1.0, -1.0]).tolist()
    [1.0, 2.718281828459045, 0.36787944117144233]
    >>> exp([710.0, -709.0]).tolist()
    [inf, 0.0]
    """
    return _over_chunks(EXP, x)


def ln(x: npt.ArrayLike) -> Array:
    """The natural logarithm of each element, correctly rounded; nan for zero and negative numbers.

    >>> ln([1.0, 10.0, 1.0000000000000002]).tolist()
    [0.0, 2.302585092994046, 2.2204460492503128e-16]
    >>> ln([0.0, -1.0]).tolist()
    [nan, nan]
    """
    return _over_chunks(LN, x)


def log10(x: npt.ArrayLike) -> Array:
    """The decimal logarithm of each element, correctly rounded; nan for zero and negative numbers.

    >>> log10([1000.0, 2.0, 1e-5]).tolist()
    [3.0, 0.3010299956639812, -5.0]
    """
    return _over_chunks(LOG10, x)


# ---- from arrays of any shape to chunks, and from any argument to those the function is defined for


#: Numbers held as unevaluated sums ``hi + lo``, ``lo`` being far the smaller.
DoubleDouble = tuple[Floats, Floats]


class Function(NamedTuple):
    """What tells the three functions apart."""

    kernel: Callable[[Array], tuple[Array, Integers]]  # the results, and the places of the unsure ones
    exactly: Callable[[Decimal, Context], Decimal]
    least: float  # the kernel takes arguments from here
    most: float  # to here
    below: float  # the result for lesser arguments
    above: float  # and for greater ones


def _over_chunks(function: Function, x: npt.ArrayLike) -> Array:
    values = np.asarray(x, dtype=np.float64)
    flat = values.ravel()
    result = np.empty_like(flat)
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, CHUNK):
            part = slice(start, start + CHUNK)
            result[part] = _over_domain(function, flat[part])
    return result.reshape(values.shape)


def _over_domain(function: Function, x: Array) -> Array:
    """The function where it is defined; outside `below` or `above`, and nan for nan."""
    inside = (x >= function.least) & (x <= function.most)
    if inside.all():
        return _correctly_rounded(function, x)
    result = np.where(x > function.most, function.above, np.where(x < function.least, function.below, nan))
    result[inside] = _correctly_rounded(function, x[inside])
    return result


# ---- the rounding test


def _correctly_rounded(function: Function, x: Array) -> Array:
    """The kernel's results; where they are unsure, those of 60 digits, which float() rounds correctly."""
    result, unsure = function.kernel(x)
    for place in unsure.tolist():
        result[place] = float(function.exactly(Decimal.from_float(x.item(place)), EXACT))
    return result


def rounded(value: DoubleDouble, slack: Array | float) -> tuple[Array, Integers]:
    """hi + lo as one double each, of the same shape, and the places where an error of `slack` could lead to another
    double."""
    hi, lo = value
    result = hi + (lo + slack)
    return result, np.flatnonzero(result != hi + (lo - slack))


# ---- exact sums, and constants in parts


def fast_two_sum(a: Floats, b: Floats) -> DoubleDouble:
    """a + b, element by element, as a double and its rounding error, exactly; needs |a| >= |b| or a = 0."""
    total = a + b
    return total, b - (total - a)


def parts(value: Decimal, bits: int) -> tuple[float, float]:
    """A head, which is a multiple of 2**-bits so that its products are exact, and a tail of full precision."""
    head = round(EXACT.multiply(value, 2**bits)) * 2.0**-bits
    return head, float(EXACT.subtract(value, Decimal.from_float(head)))


def columns(values: list[Decimal], bits: int) -> tuple[Array, Array]:
    """The heads and the tails of a table: two arrays of shape (n,)."""
    heads, tails = zip(*(parts(value, bits) for value in values), strict=True)
    return np.array(heads), np.array(tails)


def _rounder(bits: int) -> float:
    """What, added and then subtracted, rounds a small number to a multiple of 2**-bits."""
    return 1.5 * 2.0 ** (52 - bits)


# ---- exp: with x = k ln2/512 + r and k = 512 n + j, exp(x) = 2**n * 2**(j/512) * exp(r)

EXP_BITS = 9
EXP_CELLS = 2**EXP_BITS
STEP = EXACT.divide(LN2, EXP_CELLS)
STEPS_PER_UNIT = float(EXACT.divide(1, STEP))
STEP_HEAD, STEP_TAIL = parts(STEP, 43)  # k times the head is below 2**10: 53 bits, exact
TO_37_BITS = _rounder(37)

EXP_LEAST = -708.3964185322641  # the least argument whose exp is a normal number
EXP_MOST = 709.782712893384  # the greatest whose exp is finite


@cache
def powers_of_two() -> tuple[Array, Array]:
    """2**(j/512) for each j: heads of 26 bits, and tails, both of shape (512,)."""
    ratio = EXACT.exp(STEP)
    powers = [Decimal(1)]
    while len(powers) < EXP_CELLS:
        powers.append(EXACT.multiply(powers[-1], ratio))
    return columns(powers, 25)


def _exp_kernel(x: Array) -> tuple[Array, Integers]:
    k = np.rint(x * STEPS_PER_UNIT)
    r_head, r_tail = exp_reduced(x, k)
    steps = k.astype(np.int64)
    heads, tails = powers_of_two()
    j = steps & (EXP_CELLS - 1)
    result, unsure = rounded(exp_between_1_and_2(heads.take(j), tails.take(j), r_head, r_tail), SLACK)
    bits = result.view(np.int64)
    bits += (steps >> EXP_BITS) * 2**52  # times 2**n: n more in the bits of the exponent
    return result, unsure


def exp_reduced(x: Floats, k: Floats) -> DoubleDouble:
    """r = x - k ln2/512 as a head of 27 bits and a tail; |r| < 2**-10.5.

    The first difference is exact, its terms being so close. k STEP_TAIL is below 2**-24, its rounding error 2**-77.
    """
    r = x - k * STEP_HEAD
    head = (r + TO_37_BITS) - TO_37_BITS
    return head, (r - head) - k * STEP_TAIL


def exp_between_1_and_2(p_head: Floats, p_tail: Floats, r_head: Floats, r_tail: Floats) -> DoubleDouble:
    """P exp(r), from P + P r + P (exp(r) - 1 - r), where P = 2**(j/512) is in two parts as well.

    The one large product, of the two heads, is exact: 26 bits times 27. All others are below 2**-20, so that their
    rounding errors are below 2**-73.
    """
    r = r_head + r_tail
    curve = (r * r) * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))))
    hi, lo = fast_two_sum(p_head, p_head * r_head)
    return hi, lo + (p_head * (r_tail + curve) + p_tail * (1 + (r + curve)))


# ---- logarithms: with x = 2**n m and c near 1/m from a table, r = m c - 1 is small and
# ln(x) = n ln2 - ln(c) + ln(1 + r)

LOG_BITS = 9
LOG_CELLS = 2**LOG_BITS
FRACTION = 2**52 - 1  # the bits of a double that hold m - 1, for 1 <= m < 2
UPPER_CELLS = 212  # from this cell on m > 1.414, and m/2 is nearer to 1: n is one more
LEAST_M = (1022 << 52) + (UPPER_CELLS << (52 - LOG_BITS))  # the bits of that m/2, from which n is counted
LN2_HEAD, LN2_TAIL = parts(LN2, 42)  # n times the head is below 2**10: 52 bits, exact
TO_35_BITS = _rounder(35)


class LogTables(NamedTuple):
    """For each cell of m: c, as a number of 1024ths; and -ln(c), in the upper cells -ln(2c), as head and tail.

    The heads have as many bits as LN2_HEAD, so that the sum of both is exact too.
    """

    c: Integers
    head: Array
    tail: Array


@cache
def log_tables() -> LogTables:
    """For each of the cells in which a mantissa may lie, ``c`` near 1024/m and the logarithm of that as heads of 42
    bits, and tails; all of shape (cells,)."""
    c = [_reciprocal(cell) for cell in range(LOG_CELLS)]
    logs = [_ln_of_ratio(1024 if cell < UPPER_CELLS else 512, c[cell]) for cell in range(LOG_CELLS)]
    return LogTables(np.array(c, dtype=np.int64), *columns(logs, 42))


def _reciprocal(cell: int) -> int:
    """1024/m in the middle of the cell, to the nearest whole number.

    In the first cell it must be 1024, and in the last it is 512: there r = x - 1 with nothing to add or to cancel, and
    the logarithms of numbers near 1 are precise however small they are.
    """
    return round(1024 / (1 + (cell + 0.5) / LOG_CELLS)) if cell else 1024


@cache
def _ln_of_ratio(numerator: int, denominator: int) -> Decimal:
    return FOR_TABLES.ln(FOR_TABLES.divide(numerator, denominator))


def _ln_kernel(x: Array) -> tuple[Array, Integers]:
    value = _ln_in_two(x)
    return rounded(value, value[0] * SLACK)


def _ln_in_two(x: Array) -> DoubleDouble:
    """ln(x) of each element."""
    tables = log_tables()
    bits = x.view(np.int64)
    cell = (bits >> (52 - LOG_BITS)) & (LOG_CELLS - 1)
    n = ((bits - LEAST_M) >> 52).astype(np.float64)
    r = _log_reduced(bits, tables.c.take(cell))
    return ln_summed(n, tables.head.take(cell), tables.tail.take(cell), r)


def ln_summed(n: Floats, log_head: Floats, log_tail: Floats, r: Floats) -> DoubleDouble:
    """n ln2 - ln(c) + ln(1 + r), the terms added from the largest to the smallest."""
    half_square, rest = ln1p_curve(r)
    hi, low = fast_two_sum(n * LN2_HEAD + log_head, r)
    hi, lower = fast_two_sum(hi, half_square)
    return hi, (low + lower) + ((n * LN2_TAIL + log_tail) + rest)


def _log_reduced(bits: Integers, c: Integers) -> Array:
    """r = m c - 1, exactly, in whole numbers: 2**52 m times 1024 c. |r| < 2**-9 leaves it 53 bits, a double's."""
    product = ((bits & FRACTION) | (1 << 52)) * c
    return (product - (1 << 62)).astype(np.float64) * 2.0**-62


def ln1p_curve(r: Floats) -> tuple[Floats, Floats]:
    """ln(1 + r) - r in two terms, the first of them exact: -head**2/2, where head is r to 26 bits.

    The other holds what -r**2/2 = -(head**2 + tail (r + head))/2 has more, and r**3/3 - r**4/4 and so on.
    """
    head = (r + TO_35_BITS) - TO_35_BITS
    series = 1 / 3 - r * (1 / 4 - r * (1 / 5 - r * (1 / 6 - r * (1 / 7 - r * (1 / 8)))))
    return head * head * -0.5, (r * r) * (r * series) - 0.5 * (r - head) * (r + head)


# ---- log10(x) = ln(x) / ln(10)

ONE_OVER_LN10 = EXACT.divide(1, LN10)
FACTOR = float(ONE_OVER_LN10)
FACTOR_HEAD, FACTOR_TAIL = parts(ONE_OVER_LN10, 27)
SPLITTER = 2.0**27 + 1


def _log10_kernel(x: Array) -> tuple[Array, Integers]:
    value = over_ln10(_ln_in_two(x))
    return rounded(value, value[0] * SLACK)


def over_ln10(value: DoubleDouble) -> DoubleDouble:
    """Of the products only that of the heads is large, and it is exact: 26 bits times 26."""
    hi, lo = fast_two_sum(*value)
    head, tail = _split(hi)
    return head * FACTOR_HEAD, head * FACTOR_TAIL + (tail + lo) * FACTOR


def _split(a: Floats) -> DoubleDouble:
    """Veltkamp's splitting: a, exactly, as a head of 26 bits and a tail of as many."""
    scaled = a * SPLITTER
    head = scaled - (scaled - a)
    return head, a - head


EXP = Function(_exp_kernel, Decimal.exp, EXP_LEAST, EXP_MOST, below=0.0, above=inf)
LN = Function(_ln_kernel, Decimal.ln, SMALLEST, LARGEST, below=nan, above=inf)
LOG10 = Function(_log10_kernel, Decimal.log10, SMALLEST, LARGEST, below=nan, above=inf)
