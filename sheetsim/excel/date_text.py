"""Dates and times written as texts, as Excel set up for the United States reads what is typed into a cell.

A date is the number of its days, 1 for the first of January 1900, and a time a part of a day. Excel counts a 29th of
February 1900 that never was, as day 60.
"""

from __future__ import annotations

import re
from datetime import date

DAY_ZERO = date(1899, 12, 30)  # from March 1900 on
FIRST_OF_MARCH = 61  # 1900
LAST_OF_1900S = 30  # a year of two digits is of this century below it
MONTHS = "january february march april may june july august september october november december".split()

_MONTH = r"(?P<name>[a-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_DATES = [
    re.compile(pattern + r"\Z")
    for pattern in (
        r"(?P<year>\d{4})(?P<sign>[-/])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",  # 2024-01-10
        rf"(?P<month>\d{{1,2}})(?P<sign>[-/])(?P<day>\d{{1,2}})(?P=sign){_YEAR}",  # 1/10/2024
        r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",  # 1/2024
        r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})",  # 1/10, of this year
        rf"(?P<day>\d{{1,2}})[- /]?{_MONTH}[- /,]+{_YEAR}",  # 10-Jan-2024
        rf"{_MONTH} (?P<day>\d{{1,2}}),? {_YEAR}",  # January 10, 2024
        rf"{_MONTH}[- /,]+(?P<year>\d{{4}})",  # Jan 2024
        rf"(?P<day>\d{{1,2}})[- /]?{_MONTH}",  # 10-Jan, of this year
        rf"{_MONTH}[- /](?P<day>\d{{1,2}})",  # Jan-10, of this year
    )
]
_TIME = re.compile(
    r"(?P<hour>\d{1,4})(?::(?P<minute>\d{1,2})?(?::(?P<second>\d{1,2}(?:\.\d*)?)?)?)?(?P<half> ?[ap]m?)?\Z"
)


def date_number(text: str) -> float | None:
    """What a date, a time, or a date and a time are worth; None for any other text.

    >>> date_number("2024-01-10"), date_number("1/10/24 6:00 PM"), date_number("12:00"), date_number("10-foo-24")
    (45301.0, 45301.75, 0.5, None)
    """
    text = text.casefold()
    whole = _date(text)
    if whole is not None:
        return whole
    if ":" not in text and not text.endswith(("m", "a", "p")):
        return None
    only = _time(text)
    if only is not None:
        return only
    for cut in (place for place, sign in enumerate(text) if sign == " "):
        whole, part = _date(text[:cut]), _time(text[cut:].lstrip(" "))
        if whole is not None and part is not None:
            return whole + part
    return None


def day_number(year: int, month: int, day: int) -> int | None:
    """The number of a day from 1900 on, None for one that is not in the calendar.

    >>> day_number(1900, 1, 1), day_number(1900, 2, 29), day_number(1900, 3, 1), day_number(2023, 2, 29)
    (1, 60, 61, None)
    """
    if (year, month, day) == (1900, 2, 29):
        return FIRST_OF_MARCH - 1
    if not 1900 <= year <= 9999:
        return None
    try:
        number = (date(year, month, day) - DAY_ZERO).days
    except ValueError:
        return None
    return number if number >= FIRST_OF_MARCH else number - 1


def _date(text: str) -> float | None:
    if text[:1] == " " or text[-1:] == " ":
        return None
    for pattern in _DATES:
        found = pattern.match(text)
        number = None if found is None else _of_parts(found.groupdict())
        if number is not None:
            return float(number)
    return None


def _of_parts(parts: dict[str, str | None]) -> int | None:
    name, year = parts.get("name"), parts.get("year")
    if name is not None:
        named = [number for number, month in enumerate(MONTHS, 1) if name in (month, month[:3])]
        if not named:
            return None
        month = named[0]
    else:
        month = int(parts["month"] or 0)
    return day_number(_full_year(year), month, int(parts.get("day") or 1))


def _full_year(year: str | None) -> int:
    if year is None:
        return date.today().year
    number = int(year)
    return number if len(year) == 4 else number + (2000 if number < LAST_OF_1900S else 1900)


def _time(text: str) -> float | None:
    found = _TIME.match(text)
    if found is None or (":" not in text and not found["half"]):
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), float(found["second"] or 0)
    if found["half"]:
        if not 0 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if "p" in found["half"] else 0)
    if minute > 59 or second >= 60:
        return None
    return (hour * 3600 + minute * 60 + second) / 86400
