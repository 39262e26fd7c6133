"""The sections that show dates and times."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.calendar import LAST_DAY, SECONDS, dated, offset, weekday
from sheetsim.excel.date_text import MONTHS
from sheetsim.excel.number_formats.general import decimal, rounded
from sheetsim.excel.number_formats.sections import BadFormat, Section, Token

DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
UNITS = {"h": 3600, "m": 60, "s": 1}  # seconds
FINEST = 3  # decimal places of a second


def as_moment(number: float, section: Section) -> str:
    """A date or a time. Raises BadFormat for a number outside the calendar, and for a format that has places of digits
    beside dates, but for parts of a second."""
    tokens = _with_parts_of_seconds(section.tokens)
    if number < 0 or number + offset() >= LAST_DAY + 1:
        raise BadFormat("outside the calendar")
    places = max((len(token.text) for token in tokens if token.kind == "parts"), default=0)
    total = rounded(decimal(number) * SECONDS, min(places, FINEST))  # in seconds
    day, second = divmod(int(total), SECONDS)
    minutes = _minutes(tokens)
    halves = any(token.kind == "half" for token in tokens)
    days = np.array([float(day + offset())])
    year, month, of_month = (int(part[0]) for part in dated(days))
    clock = {"h": second // 3600, "m": second // 60 % 60, "s": second % 60}
    if halves:
        clock["h"] = (clock["h"] - 1) % 12 + 1
    pieces = []
    for place, token in enumerate(tokens):
        letter = token.text[:1].lower()
        if token.kind == "parts":
            pieces.append("." + f"{total % 1:.{len(token.text)}f}"[2:])
        elif token.kind == "half":
            pieces.append(_half(token.text, second >= SECONDS // 2))
        elif token.kind == "elapsed":
            pieces.append(str(int(total) // UNITS[letter]).rjust(len(token.text), "0"))
        elif token.kind != "date":
            pieces.append(token.text)
        elif letter in "ye":
            pieces.append(f"{year % 100:02d}" if letter == "y" and len(token.text) < 3 else str(year))
        elif letter in "hs" or place in minutes:
            pieces.append(str(clock[letter]).rjust(min(len(token.text), 2), "0"))
        elif letter == "m":
            pieces.append(_name(month, MONTHS[month - 1].capitalize(), len(token.text)))
        else:
            pieces.append(_name(of_month, DAYS[int(weekday(days)[0])], min(len(token.text), 4)))
    return "".join(pieces)


def _with_parts_of_seconds(tokens: list[Token]) -> list[Token]:
    """``ss.00``: the point and zeros behind seconds as one token. Raises BadFormat for any other place of a digit."""
    found: list[Token] = []
    for token in tokens:
        behind = found[-1] if found else None
        if token.kind == "point":
            seconds = behind is not None and behind.kind in ("date", "elapsed") and behind.text[0] in "sS"
            found.append(Token("parts", "") if seconds else Token("text", "."))
        elif token.kind == "digit":
            if behind is None or behind.kind != "parts" or token.text != "0" or len(behind.text) == FINEST:
                raise BadFormat("digits beside a date")
            found[-1] = Token("parts", behind.text + "0")
        elif token.kind in ("exponent", "general"):
            raise BadFormat(f"{token.text} beside a date")
        else:
            found.append(token)
    return [Token("text", ".") if token == Token("parts", "") else token for token in found]


def _minutes(tokens: list[Token]) -> set[int]:
    """The places of an ``m`` that means minutes: behind hours, or before seconds."""
    units = [(place, token) for place, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    found = set()
    for at, (place, token) in enumerate(units):
        if token.kind == "date" and token.text[0] in "mM" and len(token.text) <= 2:
            before = units[at - 1][1].text[0].lower() if at else ""
            after = units[at + 1][1].text[0].lower() if at + 1 < len(units) else ""
            if before == "h" or after == "s":
                found.add(place)
    return found


def _half(text: str, afternoon: bool) -> str:
    """``AM/PM`` in capitals; ``a/p`` as it is written."""
    if len(text) > 3:
        return "PM" if afternoon else "AM"
    return text[2] if afternoon else text[0]


def _name(number: int, name: str, length: int) -> str:
    """A month or a day by how often its letter is written: 1, 01, Jan, January, J."""
    return [str(number), f"{number:02d}", name[:3], name, name[0]][min(length, 5) - 1]
