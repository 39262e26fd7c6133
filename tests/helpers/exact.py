"""Excel's arithmetic in exact fractions: the slow, plain way, to hold ours against."""

from __future__ import annotations

from fractions import Fraction


def times(a: float, b: float) -> float:
    """Excel's product in exact fractions: rounded to 64 bits, then to 53, each to the nearest even."""
    exact = Fraction(a) * Fraction(b)
    if exact == 0:
        return 0.0
    shift = 64 - abs(exact.numerator).bit_length() + exact.denominator.bit_length()
    while abs(exact * Fraction(2) ** shift) >= 2**64:
        shift -= 1
    return float(round(exact * Fraction(2) ** shift) / Fraction(2) ** shift)
