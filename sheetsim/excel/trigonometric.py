"""sin, cos and tan of arrays, correctly rounded, with the π that Excel knows.

Multiples of π/2 are taken off an angle until what is left is small. The π of Excel is that of 80-bit arithmetic, which
has 64 bits, so near a multiple of π/2 its results differ from those of the real π: ``COS(PI()/2)`` is
6.1257422745431E-17, not 6.123234E-17. Here the same π is taken off, exactly, and the function of what is left is
rounded correctly.

1. *Reduction*: x = k·π/2 + r with |r| ≤ π/4. π/2 is cut into three parts, so short that k times each is exact.
2. *Table*: r = j/128 + u with |u| ≤ 1/256; the sine and cosine of j/128 are in a table, those of u are short
   polynomials, and the addition theorems join them as a double-double, ``hi + lo``, with an error below 2**-67.
3. *Rounding test* as in ``elementary.py``; in the rare case that it leaves open, ``decimal`` decides.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import nan

import numpy as np
import numpy.typing as npt

from sheetsim.excel.elementary import (
    CHUNK,
    EXACT,
    Array,
    DoubleDouble,
    Integers,
    columns,
    fast_two_sum,
    rounded,
)

__all__ = ["cos", "sin", "tan"]

LARGEST_ANGLE = 2.0**27  # from here on the instructions refuse, and Excel says #NUM!
HALF_PI = Fraction(0xC90FDAA22168C235, 2**63)  # of the π of 64 bits
HEAD = int(HALF_PI * 2**25) / 2**25  # 26 bits, times k of at most 27: exact
MIDDLE = int((HALF_PI - Fraction(HEAD)) * 2**51) / 2**51
TAIL = float(HALF_PI - Fraction(HEAD) - Fraction(MIDDLE))
STEPS = 128  # of the table, to 1
CELLS = 103  # beyond π/4 · 128
SLACK = 2.0**-65  # of the result: more than the error of hi + lo
SLACK_OF_TANGENT = 2.0**-62
TO_35_BITS = 1.5 * 2.0 ** (52 - 35)  # added and then taken off, rounds a small number to a multiple of 2**-35
SPLIT = 134217729.0  # 2**27 + 1: Veltkamp's constant
SIN, COS, TAN = range(3)


# ---- what a caller sees


def sin(x: npt.ArrayLike) -> Array:
    """The sine of each element, an angle in radians; nan for one of 2**27 or more.

    >>> sin([0.5, 3.141592653589793]).tolist()
    [0.479425538604203, 1.22514845490862e-16]
    """
    return _over_chunks(SIN, x)


def cos(x: npt.ArrayLike) -> Array:
    """The cosine of each element, an angle in radians; nan for one of 2**27 or more.

    >>> cos([0.5, 1.5707963267948966]).tolist()
    [0.8775825618903728, 6.1257422745431e-17]
    """
    return _over_chunks(COS, x)


def tan(x: npt.ArrayLike) -> Array:
    """The tangent of each element, an angle in radians; nan for one of 2**27 or more.

    >>> tan([0.5, 0.7853981633974483]).tolist()  # π/4 as a double is a little below π/4
    [0.5463024898437905, 0.9999999999999999]
    """
    return _over_chunks(TAN, x)


def _over_chunks(which: int, x: npt.ArrayLike) -> Array:
    values = np.asarray(x, dtype=np.float64)
    flat = values.ravel()
    result = np.empty_like(flat)
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, CHUNK):
            part = flat[start : start + CHUNK]
            inside = np.abs(part) < LARGEST_ANGLE
            found = _correctly_rounded(which, np.where(inside, part, 0.0))
            result[start : start + CHUNK] = np.where(inside, found, nan)
    return result.reshape(values.shape)


def _correctly_rounded(which: int, x: Array) -> Array:
    """The kernel's results; where they are unsure, those of 60 digits, which float() rounds correctly."""
    quarter, left = _reduced(x)
    result, unsure = _kernel(which, quarter, left)
    for place in unsure.tolist():
        result[place] = _exactly(which, x.item(place), int(quarter[place]))
    return result


# ---- reduction


def _two_sum(a: Array, b: Array) -> DoubleDouble:
    """a + b as a double and its rounding error, exactly, whichever is the larger."""
    total = a + b
    of_b = total - a
    return total, (a - (total - of_b)) + (b - of_b)


def _reduced(x: Array) -> tuple[Array, DoubleDouble]:
    """k and r with x = k·π/2 + r, |r| ≤ π/4. Each of the products is exact, and so is the first difference, of terms
    so close; of the others the errors are kept."""
    k = np.rint(x * float(1 / HALF_PI))
    hi, lo = _two_sum(x - k * HEAD, -(k * MIDDLE))
    return k, _two_sum(hi, lo - k * TAIL)


# ---- sine and cosine of what is left


@cache
def _table() -> tuple[Array, Array]:
    """The sines of j/128 and then the cosines: heads of 26 bits, and tails."""
    sines, cosines = zip(*(_series(EXACT.divide(j, STEPS)) for j in range(CELLS)), strict=True)
    return columns([*sines, *cosines], 26)


def _sine(r: DoubleDouble, cosine: npt.NDArray[np.bool_]) -> DoubleDouble:
    """The sine of r, |r| ≤ π/4, or its cosine. With r = c + u, c = j/128:

        sin r = sin c + cos c sin u - sin c (1 - cos u)
        cos r = cos c - sin c sin u - cos c (1 - cos u)

    The one large product, of a head of 26 bits and one of 27 bits (or of 1 and u itself), is exact; all others are
    below 2**-16 of the result, so that their rounding errors are below 2**-69.
    """
    hi, lo = r
    below = hi < 0
    high, low = np.abs(hi), np.where(below, -lo, lo)
    j = np.rint(high * STEPS)
    t = high - j / STEPS
    cell = j.astype(np.int64) + CELLS * cosine
    other = np.where(cosine, cell - CELLS, cell + CELLS)
    heads, tails = _table()
    same, same_tail, sign = heads.take(cell), tails.take(cell), np.where(cosine, -1.0, 1.0)
    cross, cross_tail = sign * heads.take(other), sign * tails.take(other)
    head = np.where(j == 0, t, (t + TO_35_BITS) - TO_35_BITS)
    u = t + low
    square = u * u
    bent = -u * square * (1 / 6 - square * (1 / 120 - square / 5040))  # sin u - u
    flat = square * (1 / 2 - square * (1 / 24 - square / 720))  # 1 - cos u
    hi, lo = fast_two_sum(same, cross * head)
    lo += same_tail + (cross * (((t - head) + low) + bent) + cross_tail * (u + bent) - (same + same_tail) * flat)
    return _signed((hi, lo), below & ~cosine)


def _signed(value: DoubleDouble, negative: npt.NDArray[np.bool_]) -> DoubleDouble:
    hi, lo = value
    return np.where(negative, -hi, hi), np.where(negative, -lo, lo)


def _kernel(which: int, quarter: Array, r: DoubleDouble) -> tuple[Array, Integers]:
    """The results for angles of so many quarters of a circle and r, and the places of the unsure ones."""
    turns = np.mod(quarter, 4.0)
    odd = (turns == 1) | (turns == 3)
    if which == TAN:
        value = _signed(_quotient(_sine(r, odd), _sine(r, ~odd)), odd)
        return rounded(value, np.abs(value[0]) * SLACK_OF_TANGENT)
    negative = turns >= 2 if which == SIN else (turns == 1) | (turns == 2)
    value = _signed(_sine(r, odd if which == SIN else ~odd), negative)
    return rounded(value, np.abs(value[0]) * SLACK)


def _quotient(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """a / b: the quotient of the heads, and what the remainder adds."""
    (a_hi, a_lo), (b_hi, b_lo) = fast_two_sum(*a), fast_two_sum(*b)
    q = a_hi / b_hi
    product, error = q * b_hi, _product_error(q, b_hi)
    return q, (((a_hi - product) - error) + (a_lo - q * b_lo)) / b_hi


def _product_error(a: Array, b: Array) -> Array:
    """What a·b loses by rounding, after Dekker."""
    t, s = SPLIT * a, SPLIT * b
    a1, b1 = t - (t - a), s - (s - b)
    a2, b2 = a - a1, b - b1
    return np.asarray(((a1 * b1 - a * b) + a1 * b2 + a2 * b1) + a2 * b2)


# ---- sixty digits


def _series(r: Decimal) -> tuple[Decimal, Decimal]:
    """The sine and the cosine of a small number, by their series."""
    sums, term, n = [Decimal(0), Decimal(0)], Decimal(1), 0
    while abs(term) > Decimal("1e-70") * max(abs(r), Decimal("1e-30")) or n < 3:
        sign = -1 if n % 4 >= 2 else 1
        sums[n % 2] = EXACT.add(sums[n % 2], EXACT.multiply(sign, term))
        n += 1
        term = EXACT.divide(EXACT.multiply(term, r), n)
    return sums[1], sums[0]


def _exactly(which: int, x: float, quarter: int) -> float:
    left = Fraction(x) - quarter * HALF_PI
    sine, cosine = _series(EXACT.divide(Decimal(left.numerator), Decimal(left.denominator)))
    against = EXACT.minus(sine), EXACT.minus(cosine)
    turned = [(sine, cosine), (cosine, against[0]), against, (against[1], sine)][quarter % 4]
    return float(EXACT.divide(*turned) if which == TAN else turned[which])
