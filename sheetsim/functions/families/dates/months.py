"""Months on from a date."""

from __future__ import annotations

from functools import partial

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.calendar import dated, days_since_1900, month_length, month_start, serial
from sheetsim.functions.families.dates.moments import FARTHEST
from sheetsim.functions.families.mathematics.entering import of_numbers

of = partial(of_numbers, __name__, strict=True)


def _moved(serials: Array, months: Array) -> tuple[Array, Array, Array]:
    """The first day of the month that is so many months on, how many days it has, and the day of the month that a date
    was; NaN outside the calendar."""
    days, months = days_since_1900(serials), np.trunc(months)
    year, month, day = dated(days)
    good = ~np.isnan(days) & (np.abs(months) < FARTHEST)
    to = np.where(good, month + months, month)
    return np.where(good, month_start(year, to), np.nan), month_length(year, to), day


def _edate(serials: Array, months: Array) -> Array:
    first, length, day = _moved(serials, months)
    return serial(first - 1 + np.minimum(day, length))


def _eomonth(serials: Array, months: Array) -> Array:
    first, length, _ = _moved(serials, months)
    return serial(first - 1 + length)


of("EDATE", "date, months", _edate, "The same day so many months later, or the last of a shorter month.")
of("EOMONTH", "date, months", _eomonth, "The last day of the month so many months later.")
