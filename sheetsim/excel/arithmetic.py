"""Excel's last-bit rules, vectorised.

Excel multiplies on hardware that rounds a product to a 64-bit mantissa before it rounds it to double's 53. The two
roundings differ from one only when the exact product lies within 2**-12 of a unit of the midpoint between two doubles:
the first rounding then lands on the midpoint and the second goes to the even neighbour. Everything here is double
arithmetic that any machine does alike; nothing relies on 80-bit hardware.

Sums run from left to right in plain double: no pairwise summation, no compensation, no fused multiply-add.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheetsim.model.limits import SMALLEST

Array = npt.NDArray[np.float64]

SPLIT = 134217729.0  # 2**27 + 1: Veltkamp's constant, cuts a double into two halves of 26 bits
LARGEST_SPLIT = 2.0**996  # a larger factor would overflow in the split
SMALLEST_EXACT = 2.0**-960  # a smaller product has no exact error term in double

_MANTISSA = np.uint64((1 << 52) - 1)
_LEADING = np.uint64(1 << 52)
_LONG_TAIL = np.uint64((1 << 42) - 1)  # the bits that a factor of 11 significant bits or fewer does not have


def product(a: float, b: float) -> float:
    """``a * b`` for two numbers, rounded first to 64 bits and then to 53, as Excel does.

    >>> product(0.1, 3.0)
    0.30000000000000004
    """
    p = a * b
    if not (abs(p) > SMALLEST_EXACT and abs(a) < LARGEST_SPLIT and abs(b) < LARGEST_SPLIT):
        return 0.0 if abs(p) < SMALLEST else p
    # Dekker: the exact error of the product, from halves whose products are exact
    t = SPLIT * a
    a1 = t - (t - a)
    a2 = a - a1
    t = SPLIT * b
    b1 = t - (t - b)
    b2 = b - b1
    error = ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2
    q = p + error * 1.001  # moves only if the error is within a thousandth of half a unit
    if q == p or q - q != 0.0:
        return p
    unit = q - p
    from_midpoint = error - unit / 2
    if abs(from_midpoint) * 4096 > abs(unit):
        return p  # the first rounding does not reach the midpoint
    return p if (p / unit) % 2.0 == 0.0 else q


def multiply(a: Array, b: Array) -> Array:
    """The elementwise ``product`` of two arrays of broadcastable shapes.

    The low bits of the exact product, as integers modulo 2**64, tell which few elements lie near a midpoint; only
    those are looked at one by one.
    """
    p = np.asarray(a * b)
    if p.size < 8:
        return _one_by_one(a, b, p)
    if _is_short(a) or _is_short(b):
        return p  # at most 11 + 53 bits: the product fits the 64-bit mantissa, so the first rounding changes nothing
    near = _near_midpoint(a, b)
    if near.any():
        a, b = np.broadcast_to(a, p.shape), np.broadcast_to(b, p.shape)
        p[near] = [product(x, y) for x, y in zip(a[near].tolist(), b[near].tolist(), strict=True)]
    return p


def _one_by_one(a: Array, b: Array, p: Array) -> Array:
    a, b = np.broadcast_to(a, p.shape), np.broadcast_to(b, p.shape)
    products = [product(x, y) for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)]
    return np.array(products).reshape(p.shape)


def _is_short(a: Array) -> bool:
    """Whether every element has at most 11 significant bits, as small whole numbers and one-hot rows do."""
    return not (a.view(np.uint64) & _LONG_TAIL).any()


def _near_midpoint(a: Array, b: Array) -> npt.NDArray[np.bool_]:
    """Where the exact product lies near the midpoint of two doubles, whether it has 105 bits or 106."""
    low = (_mantissa(a) * _mantissa(b)).view(np.uint64)  # wraps: the lowest 64 bits are exact
    near: npt.NDArray[np.bool_] = _tail_near_half(low, 52)
    near |= _tail_near_half(low, 53)
    return near


def _mantissa(a: Array) -> npt.NDArray[np.uint64]:
    bits = a.view(np.uint64) & _MANTISSA
    bits |= _LEADING
    return bits


def _tail_near_half(low: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.bool_]:
    """Whether the last ``bits`` bits, those that double drops, are within 2**-12 of one half of their range."""
    reach = 1 << (bits - 12)
    moved = low + np.uint64((1 << (bits - 1)) + reach)
    moved &= np.uint64((1 << bits) - 1)
    return moved <= np.uint64(2 * reach)


def normal(a: Array) -> Array:
    """The same numbers in the same shape, 0 in place of those too small for Excel, which has no subnormal ones; −0
    becomes 0, too.

    >>> normal(np.array([1.0, 1e-309, -0.0])).tolist()
    [1.0, 0.0, 0.0]
    """
    return np.where(np.abs(a) < SMALLEST, 0.0, a)


def whole_power(base: Array, exponent: int) -> Array:
    """``base ^ exponent`` of each element for a small whole exponent ≥ 1: repeated multiplication from the left, as
    Excel's ``^`` and POWER do it."""
    result = multiply(base, base) if exponent > 1 else base
    for _ in range(exponent - 2):
        result = multiply(result, base)
    return result


def running_sum(terms: Array) -> Array:
    """The sum along the last axis, accumulated from left to right.

    >>> float(running_sum(np.array([[0.1, 0.2, 0.3]]))[0])
    0.6000000000000001
    """
    count = terms.shape[-1]
    if count == 0:
        return np.zeros(terms.shape[:-1])
    if terms.size > count * count:  # many short sums: one vectorised addition per term
        total = terms[..., 0] + 0.0
        for k in range(1, count):
            total += terms[..., k]
        return total
    return np.asarray(np.add.accumulate(terms, axis=-1)[..., -1] + 0.0)


def matrix_product(a: Array, b: Array) -> Array:
    """``MMULT`` over the last two axes: each product rounded twice, their sum accumulated from the left.

    Shapes (…, n, k) and (…, k, m) → (…, n, m).
    """
    terms = multiply(np.moveaxis(a, -1, 0)[..., :, None], np.moveaxis(b, -2, 0)[..., None, :])
    total = np.zeros(terms.shape[1:])
    for term in terms:
        total += term
    return total
