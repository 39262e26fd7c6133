"""The calendar: days as Excel counts them, and the years, months and days that they are.

A date is the number of its days, 1 for the first of January 1900. Excel counts a 29th of February 1900 that never was,
as day 60, and a day 0 before all others, "the 0th of January". A workbook may also count from the first of January
1904, as day 0: its numbers are 1462 less. All functions here but ``days_since_1900`` and ``serial`` count from 1900.
They take arrays of one shape, days as float64, and give arrays of that shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from sheetsim.excel.arithmetic import Array

DAY_ZERO = np.datetime64("1899-12-30")  # from March 1900 on
LEAP_DAY = 60  # the 29th of February 1900
LAST_DAY = 2958465  # the last of December 9999
FROM_1900_TO_1904 = 1462  # days
SECONDS = 86400  # of a day

_since_1904: ContextVar[bool] = ContextVar("since_1904", default=False)


@contextmanager
def counted_since(year: int) -> Iterator[None]:
    """Within it days are counted from 1900 or from 1904, as the workbook says that is computed."""
    before = _since_1904.set(year == 1904)
    try:
        yield
    finally:
        _since_1904.reset(before)


def offset() -> int:
    """How many days the workbook's count is behind the count from 1900: 0 or 1462."""
    return FROM_1900_TO_1904 if _since_1904.get() else 0


def days_since_1900(serials: Array) -> Array:
    """The whole days of dates as the workbook counts them, counted from 1900; NaN outside the calendar."""
    with np.errstate(invalid="ignore"):
        days = np.floor(serials) + offset()
        return np.where((serials >= 0) & (days <= LAST_DAY), days, np.nan)


def serial(days: Array) -> Array:
    """Days counted from 1900 as the workbook counts them; NaN outside the calendar."""
    with np.errstate(invalid="ignore"):
        counted = days - offset()
        return np.where((counted >= 0) & (days <= LAST_DAY), counted, np.nan)


def dated(days: Array) -> tuple[Array, Array, Array]:
    """The years, months and days of the month; a NaN is taken as day 1.

    >>> [part.tolist() for part in dated(np.array([0.0, 1.0, 60.0, 61.0, 45301.0]))]
    [[1900.0, 1900.0, 1900.0, 1900.0, 2024.0], [1.0, 1.0, 2.0, 3.0, 1.0], [0.0, 1.0, 29.0, 1.0, 10.0]]
    """
    whole = np.nan_to_num(days, nan=1.0).astype(np.int64)
    dates = DAY_ZERO + (whole + (whole < LEAP_DAY)).astype("timedelta64[D]")
    months = dates.astype("datetime64[M]")
    count = months.astype(np.int64)
    day = (dates - months).astype(np.int64) + 1 + (whole == LEAP_DAY)
    zero = whole == 0
    year, month = np.where(zero, 1900.0, 1970 + count // 12), np.where(zero, 1.0, count % 12 + 1)
    return year, month, np.where(zero, 0.0, day)


def month_start(year: Array, month: Array | float) -> Array:
    """The day that a month begins with; the 13th month is the first of the next year, the 0th the last of the one
    before.

    >>> month_start(np.array([1900.0, 1900.0, 2024.0]), np.array([1.0, 3.0, 13.0])).tolist()
    [1.0, 61.0, 45658.0]
    """
    count = (year - 1970) * 12 + month - 1
    dates = count.astype(np.int64).astype("datetime64[M]").astype("datetime64[D]")
    days = (dates - DAY_ZERO).astype(np.int64)
    return np.asarray(days - (days <= LEAP_DAY), np.float64)


def month_length(year: Array, month: Array | float) -> Array:
    """How many days a month has; 29 in February 1900."""
    return month_start(year, month + 1) - month_start(year, month)


def weekday(days: Array) -> Array:
    """The day of the week, 0 for a Sunday. Before March 1900 Excel's is a day behind the true one."""
    return np.mod(days - 1, 7)


def seconds_of_day(serials: Array) -> Array:
    """The time of a day in whole seconds, rounded."""
    return np.mod(np.floor(np.mod(serials, 1.0) * SECONDS + 0.5), SECONDS)
