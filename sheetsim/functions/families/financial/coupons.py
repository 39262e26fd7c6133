"""The days on which a security pays interest, and how the days between them are counted.

They are counted back from its maturity in steps of whole months; where that is the last day of a month, all are. All
functions here take arrays of one shape, and give arrays of that shape.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.calendar import dated, days_since_1900, month_length, month_start, serial
from sheetsim.functions.families.dates.spans import american, by_basis, days_between
from sheetsim.functions.families.mathematics.entering import of_numbers

of = partial(of_numbers, __name__, strict=True)
FREQUENCIES = (1, 2, 4)  # payments of interest a year
NO_BASIS = np.zeros(())


def is_frequency(frequency: Array) -> Any:
    """Whether there are so many payments a year."""
    return np.isin(np.trunc(frequency), FREQUENCIES)


class Schedule(NamedTuple):
    """Days in steps of whole months from one of them, number 0. All are counted from 1900."""

    anchor: Array
    months: Array  # in a step

    @classmethod
    def of(cls, anchor: Array, frequency: Array) -> Self:
        """So many days a year."""
        return cls(anchor, 12.0 / np.where(is_frequency(frequency), np.trunc(frequency), 1.0))

    def day(self, number: Array) -> Array:
        """The day so many steps on from the anchor, back if negative; NaN where the anchor is."""
        year, month, day = dated(self.anchor)
        to = month + number * self.months
        length = month_length(year, to)
        ends = day == month_length(year, month)
        return month_start(year, to) - 1.0 + np.where(ends, length, np.minimum(day, length)) + 0.0 * self.anchor

    def last_until(self, day: Array) -> Array:
        """The number of the last of them that is not after a day."""
        (y1, m1, _), (y2, m2, _) = dated(self.anchor), dated(day)
        number = np.floor(((y2 - y1) * 12.0 + m2 - m1) / self.months)
        return number - (self.day(number) > day)


class Period(NamedTuple):
    """Where the day of a purchase lies between two payments, days counted by a basis."""

    left: Array  # how many payments there are until maturity
    previous: Array  # the day of the last payment
    following: Array  # and of the next
    before: Array  # days from the last payment to the purchase
    length: Array  # days from one payment to the next


def period(settlement: Array, maturity: Array, frequency: Array, basis: Array) -> Period:
    """Of dates as the workbook counts them; NaN where there is none: a maturity not after the purchase, no basis."""
    day, due = days_since_1900(settlement), days_since_1900(maturity)
    times = np.where(is_frequency(frequency) & (due > day), np.trunc(frequency), np.nan)
    schedule = Schedule.of(due, frequency)
    number = schedule.last_until(day)
    previous, following = schedule.day(number), schedule.day(number + 1.0)
    length = by_basis(basis, 360.0 / times, following - previous, 360.0 / times, 365.0 / times, 360.0 / times)
    found = Period(-number, previous, following, days_between(previous, day, basis), length)
    known = 0.0 * (length + times + previous)
    return Period(*(part + known for part in found))


def _days_to_next(settlement: Array, maturity: Array, frequency: Array, basis: Array = NO_BASIS) -> Array:
    found, day = period(settlement, maturity, frequency, basis), days_since_1900(settlement)
    rest = american(found.previous, found.following, whole_months=True) - found.before
    return np.where(np.trunc(basis) == 0, rest, days_between(day, found.following, basis)) + 0.0 * found.length


def _asked(name: str, about: str, answer: Callable[[Period], Array]) -> None:
    def rule(settlement: Array, maturity: Array, frequency: Array, basis: Array = NO_BASIS) -> Array:
        return answer(period(settlement, maturity, frequency, basis))

    of(name, TAKES, rule, about)


TAKES = "settlement, maturity, frequency, [basis]"
_asked("COUPPCD", "The day of the last payment of interest before a purchase.", lambda found: serial(found.previous))
_asked("COUPNCD", "The day of the next payment of interest after a purchase.", lambda found: serial(found.following))
_asked("COUPNUM", "How many payments of interest there are until maturity.", lambda found: found.left)
_asked("COUPDAYBS", "The days from the last payment of interest to a purchase.", lambda found: found.before)
_asked("COUPDAYS", "The days from one payment of interest to the next.", lambda found: found.length)
of("COUPDAYSNC", TAKES, _days_to_next, "The days from a purchase to the next payment of interest.")
