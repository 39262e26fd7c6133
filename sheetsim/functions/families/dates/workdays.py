"""Working days: all but weekends and holidays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, numbers, outcome, single
from sheetsim.excel.calendar import DAY_ZERO, LAST_DAY, days_since_1900, serial
from sheetsim.excel.texts import value_text
from sheetsim.functions.families.mathematics.entering import no_logicals
from sheetsim.functions.lifting import each_cell, is_missing, of_each_way, same_everywhere
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import BLANK, ERROR, NUM, NUMBER, TEXT, VALUE

Mask = npt.NDArray[np.bool_]  # of Monday to Sunday, whether it is worked
SATURDAY_AND_SUNDAY = single(1)
NONE = single(None)

#: A weekend by its number: of two days from 1, Saturday and Sunday; of one from 11, Sunday.
WEEKENDS = {
    **{1 + k: {(5 + k) % 7, (6 + k) % 7} for k in range(7)},
    **{11 + k: {(6 + k) % 7} for k in range(7)},
}


def _mask(num: float, kind: int) -> Mask | int:
    """The days that are worked, by the number of a weekend or a text as ``0000011``, from Monday on, with a 1 for each
    day off; or the code of an error."""
    if kind == ERROR:
        return int(num)
    if kind == TEXT:
        text = value_text(num, kind)
        good = len(text) == 7 and set(text) <= {"0", "1"}
        return np.array([sign == "0" for sign in text]) if good else VALUE
    if kind == BLANK or int(num) not in WEEKENDS:
        return NUM
    return np.array([day not in WEEKENDS[int(num)] for day in range(7)])


Rule = Callable[[npt.NDArray[np.datetime64], npt.NDArray[np.int64], np.busdaycalendar], Array]


def _asked(rule: Rule, first: Values, second: Values, weekend: Values, holidays: Values, is_date: bool) -> Values:
    """The rule on days, and either days again or a number of them (``is_date`` False), with the calendar of a weekend
    and holidays."""
    if not same_everywhere(weekend):
        return of_each_way(lambda way: _asked(rule, first, second, way, holidays, is_date), weekend)
    if holidays.num.shape[:2] != (1, 1):
        return each_cell(
            lambda a, b, way, free: _asked(rule, a, b, way, free, is_date), first, second, weekend, holidays
        )
    mask = _mask(float(weekend.num.flat[0]), int(weekend.kinds().flat[0]))
    free, wrong = _holidays(holidays)
    (a, e1), (b, e2) = numbers(no_logicals(first)), numbers(no_logicals(second))
    a, b = np.broadcast_arrays(days_since_1900(a), days_since_1900(b) if is_date else np.trunc(b))
    errors = first_error(e1, e2, None if wrong is None else np.full(a.shape, wrong))
    if isinstance(mask, int):
        return outcome(np.zeros(a.shape), first_error(errors, np.full(a.shape, float(mask))))
    if not mask.any():
        return outcome(np.zeros(a.shape), errors) if is_date else error_value(VALUE)
    bad = np.isnan(a) | np.isnan(b) | (np.abs(b) > LAST_DAY)
    start, count = np.where(bad, 1, a).astype(np.int64), np.where(bad, 0, b).astype(np.int64)
    calendar = np.busdaycalendar(weekmask=mask, holidays=DAY_ZERO + free.astype("timedelta64[D]"))
    found = rule(DAY_ZERO + start.astype("timedelta64[D]"), count, calendar)
    return outcome(found, first_error(errors, np.where(bad, float(NUM), 0.0)))


def _holidays(v: Values) -> tuple[Array, float | None]:
    """The days that are given, and the code of the first error among them."""
    if is_missing(v):
        return np.zeros(0), None
    num, errors = numbers(v)
    days = days_since_1900(np.asarray(num))
    wrong = first_error(errors, np.where(np.isnan(days), float(NUM), 0.0))
    if wrong is not None and wrong.any():
        return np.zeros(0), float(wrong[wrong != 0].flat[0])
    return days[v.kinds() == NUMBER].ravel() if not v.has(TEXT) else days[v.kinds() != BLANK].ravel(), None


def _between(start: npt.NDArray[np.datetime64], end: npt.NDArray[np.int64], calendar: np.busdaycalendar) -> Array:
    last = DAY_ZERO + end.astype("timedelta64[D]")
    ahead = start <= last
    low, high = np.minimum(start, last), np.maximum(start, last)
    found = np.busday_count(low, high + np.timedelta64(1, "D"), busdaycal=calendar)
    return np.where(ahead, found, -found).astype(np.float64)


def _on(start: npt.NDArray[np.datetime64], count: npt.NDArray[np.int64], calendar: np.busdaycalendar) -> Array:
    onward = np.busday_offset(start, np.maximum(count, 0), roll="backward", busdaycal=calendar)
    back = np.busday_offset(start, np.minimum(count, 0), roll="forward", busdaycal=calendar)
    days = (np.where(count > 0, onward, np.where(count < 0, back, start)) - DAY_ZERO).astype(np.float64)
    return serial(days)


NETWORKING = "How many working days there are from a start to an end, both counted"
WORKING = "The day that is so many working days after a date"


def _enter() -> None:
    known = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE}

    @function("NETWORKDAYS", "start, end, [holidays: range]", about=f"{NETWORKING}.", **known)
    def networkdays(start: Values, end: Values, holidays: Values = NONE) -> Values:
        return _asked(_between, start, end, SATURDAY_AND_SUNDAY, holidays, True)

    @function("WORKDAY", "date, days, [holidays: range]", about=f"{WORKING}.", **known)
    def workday(date: Values, days: Values, holidays: Values = NONE) -> Values:
        return _asked(_on, date, days, SATURDAY_AND_SUNDAY, holidays, False)

    about = f"{NETWORKING}; a number or a text as 0000011 says which days are off."

    @function("NETWORKDAYS.INTL", "start, end, [weekend], [holidays: range]", about=about, **known)
    def networkdays_intl(
        start: Values, end: Values, weekend: Values = SATURDAY_AND_SUNDAY, holidays: Values = NONE
    ) -> Values:
        weekend = SATURDAY_AND_SUNDAY if is_missing(weekend) else weekend
        return _asked(_between, start, end, weekend, holidays, True)

    about = f"{WORKING}; a number or a text as 0000011 says which days are off."

    @function("WORKDAY.INTL", "date, days, [weekend], [holidays: range]", about=about, **known)
    def workday_intl(
        date: Values, days: Values, weekend: Values = SATURDAY_AND_SUNDAY, holidays: Values = NONE
    ) -> Values:
        weekend = SATURDAY_AND_SUNDAY if is_missing(weekend) else weekend
        return _asked(_on, date, days, weekend, holidays, False)


_enter()
