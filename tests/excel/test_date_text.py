"""Dates and times written as texts."""

from __future__ import annotations

from datetime import date

import pytest

from sheetsim.excel.date_text import date_number, day_number

READ = {
    "2024-01-10": 45301,
    "2024/1/10": 45301,
    "1/10/2024": 45301,
    "1-10-24": 45301,
    "10-Jan-2024": 45301,
    "10 jan 24": 45301,
    "10-January-2024": 45301,
    "Jan 10, 2024": 45301,
    "january 10 2024": 45301,
    "Jan-2024": 45292,
    "1/2024": 45292,
    "1/1/1900": 1,
    "2/28/1900": 59,
    "2/29/1900": 60,
    "3/1/1900": 61,
    "12/31/9999": 2958465,
    "1/1/29": 47119,
    "1/1/30": 10959,
    "12:00": 0.5,
    "6:00 PM": 0.75,
    "6 pm": 0.75,
    "12:00 am": 0,
    "0:00:01": 1 / 86400,
    "12:30:15.5": 45015.5 / 86400,
    "25:00": 25 / 24,
    "10:": 10 / 24,
    "2024-01-10 12:00": 45301.5,
    "Jan 10, 2024 6:00 PM": 45301.75,
    "2/29/2024": 45351,
}
NOT_READ = """
2/29/2023|13/13/2024|0/1/2024|10-foo-2024|2024-1|12:60|1:2:60|13:00 pm| 2024-01-10|2024-01-10 |abc|5|12:00 12:00
1/1/1899|1/1/10000|2024-01/10|jan|pm
""".replace("\n", "|").strip("|")


@pytest.mark.parametrize(("text", "number"), READ.items())
def test_a_text_is_the_number_of_its_day(text: str, number: float) -> None:
    assert date_number(text) == number


@pytest.mark.parametrize("text", NOT_READ.split("|"))
def test_other_texts_are_none(text: str) -> None:
    assert date_number(text) is None


def test_without_a_year_it_is_this_one() -> None:
    year = date.today().year
    assert date_number("3/5") == date_number("5-Mar") == date_number("Mar 5") == day_number(year, 3, 5)


def test_days_are_those_of_the_calendar_from_march_1900_on() -> None:
    first = date(1900, 3, 1)
    for later in range(0, 100_000, 97):
        day = date.fromordinal(first.toordinal() + later)
        assert day_number(day.year, day.month, day.day) == 61 + later
