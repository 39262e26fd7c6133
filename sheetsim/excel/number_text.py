"""Numbers as texts and texts as numbers, as Excel reads what is typed into a cell."""

from __future__ import annotations

import re

from sheetsim.excel.calendar import offset
from sheetsim.excel.date_text import date_number
from sheetsim.model.limits import SMALLEST

LONGEST = 20  # characters of a number written out in full, the sign not counted; longer ones get an exponent
EURO = "€"  # written before an amount or behind it
_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"  # 1234 or 1,234
_NUMERIC_TEXT = re.compile(rf"(?:{_WHOLE}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_FRACTION = re.compile(r"([0-9]+) ([0-9]{1,5})/([0-9]{1,5})\Z")  # 1 1/2


def text_number(text: str) -> float | None:
    """What a text is worth in arithmetic, as Excel set up for the United States reads what is typed into a cell.

    >>> text_number(" 12.5%"), text_number("-$1,000"), text_number("1e3"), text_number("abc")
    (0.125, -1000.0, 1000.0, None)
    >>> text_number("(5)"), text_number("1 1/2"), text_number("2024-01-10"), text_number("6:00 PM")
    (-5.0, 1.5, 45301.0, 0.75)
    """
    worth = _plain_number(text)
    if worth is not None or not text[:1].isalnum():
        return worth
    number = date_number(text)
    return number if number is None or number < 1 else number - offset()  # below 1 it is a time


def _plain_number(text: str) -> float | None:
    """Of all but dates and times."""
    text = text.strip(" \t\r\n")  # a no-break space is not among them
    in_brackets = text.startswith("(") and text.endswith(")")  # a negative number, as accountants write it
    text = text[1:-1] if in_brackets else text
    percent = text.endswith("%") or text.startswith("%")
    text = text.removesuffix("%").removeprefix("%").strip(" ") if percent else text
    text = text.removeprefix("$").lstrip(" ") if text[1:2] in ("+", "-") else text  # $-5 is -$5
    negative = in_brackets or text.startswith("-")
    text = text[1:].lstrip(" ") if text[:1] in ("+", "-") and not in_brackets else text
    text = text.removesuffix(EURO).rstrip(" ") if text.endswith(EURO) else text
    text = text.removeprefix("$").removeprefix(EURO).lstrip(" ")
    fraction = _FRACTION.match(text)
    if fraction and int(fraction[3]):
        number = int(fraction[1]) + int(fraction[2]) / int(fraction[3])
    elif _NUMERIC_TEXT.match(text):
        number = float(text.replace(",", ""))
    else:
        return None
    number = -number if negative else number
    if number - number != 0.0:  # too large for a number, so a text after all
        return None
    return number / 100 if percent else number


def number_text(number: float) -> str:
    """A number as ``&`` writes it: at most 15 digits (14 beside an exponent of three), at most 20 characters.

    >>> number_text(0.1 + 0.2), number_text(3.0), number_text(1e21), number_text(1e-9 / 8)
    ('0.3', '3', '1E+21', '0.000000000125')
    """
    if abs(number) < SMALLEST:
        return "0"
    digits, _, power = f"{abs(number):.14e}".partition("e")
    exponent = int(power)
    if exponent > 99 or exponent < -98:
        digits, _, power = f"{abs(number):.13e}".partition("e")
        exponent = int(power)
    figures = digits.replace(".", "").rstrip("0")
    sign = "-" if number < 0 else ""
    if exponent >= LONGEST or (exponent < 0 and 1 - exponent + len(figures) > LONGEST):
        return f"{sign}{figures[0]}{'.' if len(figures) > 1 else ''}{figures[1:]}E{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{figures}"
    whole, rest = figures[: exponent + 1].ljust(exponent + 1, "0"), figures[exponent + 1 :]
    return f"{sign}{whole}{'.' if rest else ''}{rest}"
