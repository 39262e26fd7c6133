"""Dates and times put together: of their parts, of texts, and of the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, outcome
from sheetsim.excel.calendar import SECONDS, month_start, offset, serial
from sheetsim.excel.date_text import date_number, day_number
from sheetsim.excel.texts import each_once, texts_of
from sheetsim.functions.families.mathematics.entering import of_numbers
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import ERROR, TEXT, VALUE

of = partial(of_numbers, __name__)
LARGEST = 32767  # of what TIME takes
FARTHEST = 1e6  # months or days that lead out of the calendar from anywhere in it


def _date(year: Array, month: Array, day: Array) -> Array:
    year, month, day = np.trunc(year), np.floor(month), np.floor(day)
    year = np.where((year >= 0) & (year < 1900), year + 1900, year)
    good = (year >= 0) & (year <= 9999) & (np.abs(month) < FARTHEST) & (np.abs(day) < 4 * FARTHEST)
    days = month_start(np.where(good, year, 1900), np.where(good, month, 1)) + day - 1
    return np.where(good, serial(days), np.nan)


def _time(hour: Array, minute: Array, second: Array) -> Array:
    hour, minute, second = (np.trunc(x) for x in (hour, minute, second))
    total = hour * 3600 + minute * 60 + second
    good = (np.maximum(np.maximum(hour, minute), second) <= LARGEST) & (total >= 0)
    return np.where(good, np.mod(total / SECONDS, 1.0), np.nan)


of("DATE", "year, month, day", _date, "The date of a year, a month and a day; a 13th month is of the next year.")
of("TIME", "hour, minute, second", _time, "The time as a part of a day; what is more than a day is left out.")


def _of_text(name: str, rule: Callable[[float], float], about: str) -> None:
    @function(name, "text", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def entered(v: Values) -> Values:
        texts, _ = texts_of(v)

        def worth(text: str) -> float:
            found = date_number(text.strip(" "))
            return np.nan if found is None else rule(found)

        num = np.array(each_once(worth, texts)).reshape(v.num.shape)
        kinds = v.kinds()
        bad = np.where(np.isnan(num) | (kinds != TEXT), float(VALUE), 0.0)
        return outcome(np.nan_to_num(num), np.where(kinds == ERROR, v.num, bad))


def _whole_days(number: float) -> float:
    first = offset() if number >= 1 else 0  # a time alone is of no day
    return np.floor(number) - first if number >= first else np.nan


_of_text("DATEVALUE", _whole_days, "The date that a text means.")
_of_text("TIMEVALUE", lambda number: number % 1.0, "The time that a text means, as a part of a day.")


def _now() -> tuple[float, float]:
    """The date and the time of the clock."""
    now = datetime.now()
    midnight = datetime(now.year, now.month, now.day)
    day = day_number(now.year, now.month, now.day) or 0
    return float(day - offset()), (now - midnight).total_seconds() / SECONDS


@function("NOW", "", context=True, volatile=True, gradient=Gradient.FLAT)
def now(context: Any) -> Values:
    """The date and the time of the clock."""
    return Values(np.full((1, 1, 1, 1), sum(_now())))


@function("TODAY", "", context=True, volatile=True, gradient=Gradient.FLAT)
def today(context: Any) -> Values:
    """The date of the clock."""
    return Values(np.full((1, 1, 1, 1), _now()[0]))
