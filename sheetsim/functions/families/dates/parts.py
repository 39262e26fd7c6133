"""What a date or a time consists of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.calendar import dated, days_since_1900, seconds_of_day
from sheetsim.functions.families.mathematics.entering import of_numbers

of = partial(of_numbers, __name__)


def _of_date(which: int) -> Callable[[Array], Array]:
    def part(serials: Array) -> Array:
        days = days_since_1900(serials)
        return np.where(np.isnan(days), np.nan, dated(days)[which])

    return part


def _of_time(unit: int, most: int) -> Callable[[Array], Array]:
    def part(serials: Array) -> Array:
        outside = np.isnan(days_since_1900(serials))
        return np.where(outside, np.nan, np.mod(seconds_of_day(serials) // unit, most))

    return part


of("YEAR", "date", _of_date(0), "The year of a date.")
of("MONTH", "date", _of_date(1), "The month of a date, from 1 to 12.")
of("DAY", "date", _of_date(2), "The day of the month of a date.")
of("HOUR", "time", _of_time(3600, 24), "The hour of a time, from 0 to 23.")
of("MINUTE", "time", _of_time(60, 60), "The minute of a time.")
of("SECOND", "time", _of_time(1, 60), "The second of a time, rounded.")
