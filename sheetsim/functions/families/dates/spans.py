"""How long it is from one date to another. The rules take arrays of one shape and give one of that shape."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, common_shape, fitted, judged, single, truths, with_errors
from sheetsim.excel.calendar import SECONDS, dated, days_since_1900, month_length, month_start
from sheetsim.excel.texts import each_once, texts_of
from sheetsim.functions.families.mathematics.entering import no_logicals, of_numbers
from sheetsim.functions.table import NEWER, Evidence, Gradient, function

of = partial(of_numbers, __name__)
ZERO = single(0)
HALF_A_SECOND = 0.5 / SECONDS
Truth = npt.NDArray[np.bool_]


def _days(end: Array, start: Array) -> Array:
    return days_since_1900(end) - days_since_1900(start)


of("DAYS", "end, start", _days, "How many days it is from a start to an end.", prefix=NEWER)


def months_of_30(start: Array, end: Array, european: Truth) -> Array:
    """Days between two dates, counted from 1900, by years of twelve months of 30 days, as DAYS360 counts them."""
    (y1, m1, d1), (y2, m2, d2) = dated(start), dated(end)
    d1 = np.where((d1 == 31) | (~european & (d1 == month_length(y1, m1)) & (m1 == 2)), 30, d1)
    d2 = np.where((d2 == 31) & (european | (d1 == 30)), 30, d2)
    return (y2 - y1) * 360.0 + (m2 - m1) * 30 + d2 - d1


@function("DAYS360", "start, end, [european]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def days360(start: Values, end: Values, european: Values = ZERO) -> Values:
    """How many days it is by years of twelve months of 30 days."""
    start, end, european = fitted(start, end, european)
    held, errors = truths(european)

    def rule(a: Array, b: Array) -> Array:
        first, last = (days_since_1900(x + HALF_A_SECOND) for x in (a, b))  # as Excel does here alone
        return months_of_30(first, last, held) + 0.0 * (first + last)  # NaN outside the calendar

    found = judged(rule, start, end)
    return with_errors(found, errors)


@function("DATEDIF", "start, end, unit", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def datedif(start: Values, end: Values, unit: Values) -> Values:
    """How many whole years, months or days it is: unit ``Y``, ``M`` or ``D``; ``MD`` days beside months, ``YM`` months
    beside years, ``YD`` days beside years."""
    start, end, unit = fitted(start, end, unit)
    shape = common_shape(start, end, unit)
    texts, errors = texts_of(unit.broadcast(shape))
    which = np.array(each_once(lambda text: UNITS.index(text.upper()) if text.upper() in UNITS else -1, texts))
    which = which.reshape(shape)

    def rule(a: Array, b: Array) -> Array:
        first, last = days_since_1900(a), days_since_1900(b)
        good = (first <= last) & (which >= 0)
        return np.where(good, np.choose(np.maximum(which, 0), _differences(first, last)), np.nan)

    return with_errors(judged(rule, start, end), errors)


UNITS = ("Y", "M", "D", "MD", "YM", "YD")


def _differences(first: Array, last: Array) -> list[Array]:
    """By ``UNITS``."""
    (y1, m1, d1), (y2, m2, d2) = dated(first), dated(last)
    months = (y2 - y1) * 12 + m2 - m1 - (d2 < d1)
    before = m2 - (d2 < d1)  # the month in which the days beside whole months begin
    beside_months = last - (month_start(y2, before) + d1 - 1)
    year = y2 - ((m2 < m1) | ((m2 == m1) & (d2 < d1)))
    beside_years = last - (month_start(year, m1) + np.minimum(d1, month_length(year, m1)) - 1)
    return [months // 12, months, last - first, beside_months, np.mod(months, 12), beside_years]


# --- parts of years ---------------------------------------------------------------------------------------------------
@function("YEARFRAC", "start, end, [basis]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def yearfrac(start: Values, end: Values, basis: Values = ZERO) -> Values:
    """The part of a year between two dates. The basis says how days are counted: 0 by months of 30 days, 1 as they
    are, 2 as they are in years of 360 and 3 of 365, 4 by months of 30 days as in Europe."""
    return judged(year_fraction, *(no_logicals(v) for v in (start, end, basis)))


def year_fraction(start: Array, end: Array, basis: Array) -> Array:
    """The part of a year between two dates as the workbook counts them, NaN for ``#NUM!``."""
    one, other = days_since_1900(start), days_since_1900(end)
    first, last = np.minimum(one, other), np.maximum(one, other)
    return days_between(first, last, basis) / days_of_year(first, last, basis)


def days_between(first: Array, last: Array, basis: Array) -> Array:
    """The days from one day to another, both counted from 1900, as the basis counts them; NaN for none of the bases."""
    days = last - first
    european = months_of_30(first, last, np.full(np.shape(first), True))
    return by_basis(basis, american(first, last), days, days, days, european) + 0.0 * days


def days_of_year(first: Array, last: Array, basis: Array) -> Array:
    """How many days a year has for each basis."""
    return by_basis(basis, 360.0, _mean_year(first, last), 360.0, 365.0, 360.0)


def by_basis(basis: Array, *ways: Array | float) -> Array:
    """Of five ways the one that each basis stands for, NaN for none of them."""
    whole = np.trunc(basis)
    found = np.full(np.broadcast_shapes(whole.shape, *(np.shape(way) for way in ways)), np.nan)
    for kind, way in enumerate(ways):
        found = np.where(whole == kind, way, found)
    return found


def american(first: Array, last: Array, whole_months: bool = False) -> Array:
    """Days by months of 30, the last of February as the 30th where both dates are one. With ``whole_months`` the last
    day of a month is its 30th whatever the first date is."""
    (y1, m1, d1), (y2, m2, d2) = dated(first), dated(last)
    one = (m1 == 2) & (d1 == month_length(y1, m1))
    other = (m2 == 2) & (d2 == month_length(y2, m2))
    d2 = np.where(other & (one | whole_months), 30, d2)
    d1 = np.where(one, 30, d1)
    d2 = np.where((d2 == 31) & ((d1 >= 30) | whole_months), 30, d2)
    d1 = np.where(d1 == 31, 30, d1)
    return (y2 - y1) * 360.0 + (m2 - m1) * 30 + d2 - d1


def _mean_year(first: Array, last: Array) -> Array:
    """How many days the years have that two dates lie in: one year where they are less than a year apart, 366 if a 29th
    of February lies between them, else all years on the way."""
    (y1, m1, d1), (y2, m2, d2) = dated(first), dated(last)
    near = (y1 == y2) | ((y2 == y1 + 1) & ((m2 < m1) | ((m2 == m1) & (d2 <= d1))))
    leap1, leap2 = (month_length(y, 2.0) == 29 for y in (y1, y2))
    after = (m2 > 2) | ((m2 == 2) & (d2 == 29))
    longer = np.where(y1 == y2, leap1, (leap1 & (m1 <= 2)) | (leap2 & after))
    years = y2 - y1 + 1.0
    mean = (month_start(y2 + 1, 1.0) - month_start(y1, 1.0)) / years
    return np.where(near, np.where(longer, 366.0, 365.0), mean)
