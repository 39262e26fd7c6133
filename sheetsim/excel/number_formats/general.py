"""The format ``General``: as many digits as there is room for."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

WIDTH = 11  # characters of a number, its sign not counted
DECIMALS = WIDTH - 2  # of a number below 1
_ROOM = Context(prec=1000, rounding=ROUND_HALF_UP)  # digits, more than any number has before and after its point
FIGURES = 6  # digits beside an exponent


def decimal(number: float) -> Decimal:
    """A number with the 15 digits that Excel shows."""
    return Decimal(f"{number:.14e}")


def rounded(number: Decimal, places: int) -> Decimal:
    """Rounded to so many decimal places, halves away from 0."""
    return number.quantize(Decimal(1).scaleb(-places), context=_ROOM)


def general(number: float) -> str:
    """A number as a cell of the usual width shows it.

    >>> general(1 / 3), general(123456789012), general(-0.00000001), general(-2.5e-9), general(1e100)
    ('0.333333333', '1.23457E+11', '-0.00000001', '-2.5E-09', '1E+100')
    """
    sign, size = "-" if number < 0 else "", decimal(abs(number))
    if not size:
        return "0"
    power = size.adjusted()
    if power < WIDTH:
        places = min(max(DECIMALS - max(power, 0), 0), DECIMALS)
        text = plain(rounded(size, places))
        exact = power >= -4 or Decimal(text) == rounded(size, 12) != 0
        if exact and len(text) <= WIDTH:
            return sign + text
    return sign + _with_exponent(size)


def plain(number: Decimal) -> str:
    """Written out, without zeros at the end of its decimal places."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_exponent(size: Decimal) -> str:
    figures = FIGURES if abs(size.adjusted()) < 100 else FIGURES - 1
    digits = rounded(size, figures - 1 - size.adjusted())
    power = digits.adjusted()
    return f"{plain(digits.scaleb(-power))}E{power:+03d}"
