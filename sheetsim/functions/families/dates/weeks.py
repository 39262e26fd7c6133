"""Days of the week, and weeks of the year."""

from __future__ import annotations

from functools import partial

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, judged, single
from sheetsim.excel.calendar import dated, days_since_1900, month_start, weekday
from sheetsim.functions.families.mathematics.entering import enter, of_numbers
from sheetsim.functions.table import NEWER, Evidence, Gradient

of = partial(of_numbers, __name__)
ONE = single(1)

#: By the type that is asked for: the day of the week, 0 for a Sunday, that counts as the first, and its number.
FIRST_DAYS = {1: (0, 1), 2: (1, 1), 3: (1, 0), **{11 + k: ((k + 1) % 7, 1) for k in range(7)}}
WEEKS_BEGIN = {1: 0, 2: 1, **{11 + k: (k + 1) % 7 for k in range(7)}}
ISO = 21


def _by_type(types: Array, known: dict[int, float]) -> Array:
    """What a table says of each type, NaN of one that is not in it."""
    found = np.full(types.shape, np.nan)
    for kind, value in known.items():
        found = np.where(np.trunc(types) == kind, value, found)
    return found


def _weekday(serials: Array, types: Array) -> Array:
    first = _by_type(types, {kind: day for kind, (day, _) in FIRST_DAYS.items()})
    number = _by_type(types, {kind: number for kind, (_, number) in FIRST_DAYS.items()})
    return np.mod(weekday(days_since_1900(serials)) - first, 7) + number


def _weeknum(serials: Array, types: Array) -> Array:
    days = days_since_1900(serials)
    begins = _by_type(types, dict(WEEKS_BEGIN))
    new_year = month_start(dated(days)[0], 1.0)
    week = (days - new_year + np.mod(weekday(new_year) - begins, 7)) // 7 + 1
    return np.where(np.trunc(types) == ISO, _isoweeknum(serials), week)


def _isoweeknum(serials: Array) -> Array:
    days = days_since_1900(serials)
    thursday = days - np.mod(weekday(days) - 1, 7) + 3  # a week belongs to the year of its Thursday
    return (thursday - month_start(dated(thursday)[0], 1.0)) // 7 + 1


def _with_type(name: str, rule: object, about: str) -> None:
    def entered(date: Values, kind: Values = ONE) -> Values:
        return judged(rule, date, kind)  # type: ignore[arg-type]

    known = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE}
    enter(__name__, name, "date, [type]", entered, about=about, **known)


_with_type("WEEKDAY", _weekday, "The number of the day of the week; the type says which day is the first.")
_with_type("WEEKNUM", _weeknum, "The number of the week in the year; the type says with which day weeks begin.")
of("ISOWEEKNUM", "date", _isoweeknum, "The number of the week in the year by ISO 8601.", prefix=NEWER)
