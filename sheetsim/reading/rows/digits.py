"""Numbers out of the bytes of a file, all those of a stretch at once: NumPy in place of a call of ``float`` each.

Eight bytes are one 64-bit word, and eight digits become a number by three multiplications of such words. Every result
is the double nearest to the decimal number, as ``float`` gives it; where two doubles cannot tell, ``float`` is asked.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ROOM = 64  # bytes beyond the end that must be there to be looked at
MOST = 9.2e18  # what fits into 63 bits
EXACT = 22  # powers of ten up to here are doubles

_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)  # of the first n bytes
_SHIFTS = np.array([8 * (8 - n) % 64 for n in range(9)], np.uint64)
_POWERS = np.array([10**n for n in range(9)], np.uint64)
_TENS: Floats = np.array([float(10**n) for n in range(EXACT + 1)])
_ZEROS, _SIXES, _HIGH = (np.uint64(int.from_bytes(bytes([byte] * 8))) for byte in (0x30, 0x06, 0xF0))
_PAIRS, _FIRST, _SECOND = np.uint64(0xFF000000FF), np.uint64(0xF424000000064), np.uint64(0x271000000001)
_8, _10, _16, _32 = (np.uint64(n) for n in (8, 10, 16, 32))
_EXPONENT, _FRACTION = np.uint64(0x7FF << 52), np.uint64((1 << 52) - 1)
_SPLIT = 134217729.0  # 2**27 + 1: cuts a double into two halves whose products are exact


def words(padded: bytes) -> Words:
    """The eight bytes from each place on, as one number, the first byte lowest; ``padded`` ends in ``ROOM`` more."""
    return np.ndarray((len(padded) - 8,), "<u8", buffer=padded, strides=(1,))


def mask(count: Places) -> Words:
    """What keeps the first ``count`` bytes of a word, 0 to 8."""
    return _MASKS[count]


def digits(word: Words) -> tuple[Places, Words]:
    """How many digits a word begins with, 0 to 8, and their value.

    >>> [each.tolist() for each in digits(np.frombuffer(b"12.5abcd90210000", "<u8"))]
    [[2, 8], [12, 90210000]]
    """
    other = ((word & _HIGH) ^ _ZEROS) | (((word + _SIXES) & _HIGH) ^ _ZEROS)  # 0 in each byte that is a digit
    lowest = (other & (~other + np.uint64(1))).astype(np.float64)
    count = np.where(other == 0, 8, ((lowest.view(np.int64) >> 52) - 1023) >> 3)
    kept = _MASKS[count]
    value = ((word & kept) - (_ZEROS & kept)) << _SHIFTS[count]  # no digit: both are 0
    value = value * _10 + (value >> _8)
    value = ((value & _PAIRS) * _FIRST + ((value >> _16) & _PAIRS) * _SECOND) >> _32
    return count, np.where(count == 0, np.uint64(0), value)


def decimals(found: Words, start: Places, end: Places) -> tuple[Floats, Bools]:
    """The numbers that stand between ``start`` and ``end``, and which of them were read: ``-12.25``, with no
    more than eight digits before the point, 22 behind it and what 63 bits hold in all. For others ``float`` is to be
    asked."""
    start, end = np.asarray(start), np.asarray(end)
    negative = (found[start] & np.uint64(0xFF)) == ord("-")
    at = start + negative
    whole, value = digits(found[at])
    at += whole
    plain = (at == end) & (whole > 0)
    point = (found[at] & np.uint64(0xFF)) == ord(".")
    at += point
    behind = np.zeros(len(start), np.int64)
    size = value.astype(np.float64)
    for _ in range(3):
        count, more = digits(found[at])
        count[~point | (at >= end)] = 0
        at += count
        behind += count
        size = size * _TENS[count] + more
        value = value * _POWERS[count] + np.where(count > 0, more, np.uint64(0))
    read = plain | (point & (whole > 0) & (behind > 0) & (behind <= EXACT) & (size < MOST))
    read &= at == end
    result, sure = quotients(value, _TENS[np.minimum(behind, EXACT)])
    return np.where(negative, -result, result), read & sure


def quotients(whole: Words, power: Floats) -> tuple[Floats, Bools]:
    """The doubles nearest to ``whole / power``, and which of them are surely that; ``whole`` is below 2**63 and
    ``power`` a power of ten that is a double.

    The quotient is worked out as the sum of two doubles, right to some hundred bits (T. J. Dekker, "A floating-point
    technique for extending the available precision", Numerische Mathematik 18, 1971). Its rounding is in doubt only
    where the second one is half a unit in the last place of the first, and beside a power of two.
    """
    high = whole.astype(np.float64)
    low = (whole - high.astype(np.uint64)).view(np.int64).astype(np.float64)
    first = high / power
    product, lost = _product(first, power)
    second = (((high - product) - lost) + low) / power
    result = first + second
    rest = second - (result - first)
    bits = result.view(np.uint64)
    half = (bits & _EXPONENT).view(np.float64) * 2.0**-53  # of a unit in the last place
    even = (bits & _FRACTION) == 0
    return result, (rest == 0) | (~even & (np.abs(rest) < half * (1 - 1e-9)))


def _product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """A product as a double and what its rounding lost."""
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    product = a * b
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(a: Floats) -> tuple[Floats, Floats]:
    scaled = a * _SPLIT
    high = scaled - (scaled - a)
    return high, a - high
