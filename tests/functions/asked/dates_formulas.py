"""Formulas of dates and times that LibreOffice is asked about, and where it is known to differ."""

from __future__ import annotations

from itertools import product
from typing import Any

OF_DATE = "YEAR MONTH DAY ISOWEEKNUM WEEKDAY WEEKNUM HOUR MINUTE SECOND".split()
DATES = "61 366 36526 45351.75 45352 46022 44927.9995 in!B3 in!C2".split()

OF_TWO = "DAYS DAYS360 YEARFRAC NETWORKDAYS".split()
PAIRS = "45000,45365 45365,45000 45322,45350 45351,45716 36526,45231 45350,45351 43830,44196 44197,44196 45046,45077"

MORE = """
=DATE(2024,1,10)  =DATE(2024,14,-3)  =DATE(2023,2,29)  =DATE(108,1,2)  =DATE(2024,-5,40)  =DATE(10000,1,1)
=DATE(-1,1,1)
=TIME(12,0,0)  =TIME(16,48,10)  =TIME(27,0,0)  =TIME(0,750,0)  =TIME(-1,0,0)  =DATEVALUE("2024-01-10")
=DATEVALUE("1/10/2024")  =DATEVALUE("x")  =TIMEVALUE("2:24:00")  =TIMEVALUE("6:35PM")  =TIMEVALUE("x")
=EDATE(45322,1)  =EDATE(45322,-1)  =EDATE(45322,13)  =EDATE(45322,1.9)  =EDATE(100,-12)  =EOMONTH(45322,1)
=EOMONTH(45322,-3)  =EOMONTH(45292,0)  =EDATE(in!B3,1)  =EDATE(45322,in!C2)
=DATEDIF(36892,37621,"Y")  =DATEDIF(37043,37483,"D")  =DATEDIF(37043,37483,"YD")  =DATEDIF(36892,37621,"M")
=DATEDIF(36900,37609,"MD")  =DATEDIF(36900,37609,"YM")  =DATEDIF(37621,36892,"D")  =DATEDIF(36892,37621,"ym")
=NETWORKDAYS(45000,45100,in!E1:E6)  =NETWORKDAYS(45000,45100,{45001,45002})  =NETWORKDAYS.INTL(45000,45100,11)
=NETWORKDAYS.INTL(45000,45100,7)  =NETWORKDAYS.INTL(45000,45100,"0101010")  =NETWORKDAYS.INTL(45000,45100,"1111111")
=NETWORKDAYS.INTL(45100,45000,2,{45001;45050})  =WORKDAY(45000,10)  =WORKDAY(45003,1)  =WORKDAY(45003,-1)
=WORKDAY(45000,-25,{44990,44991})  =WORKDAY.INTL(45000,10,11)  =WORKDAY.INTL(45000,30,17)
=WORKDAY.INTL(45000,-9,"0000011")
=WORKDAY(45000,151)  =WORKDAY(in!B3,1)  =SUM(YEAR({45000,36526}))  =WEEKDAY(45000,4)  =DAYS360(45322,45382,TRUE)
=DAYS360(45322,45382,FALSE)
""".split()

#: Times one, so that LibreOffice gives them no format of a date, by which they would be read as one.
GIVE_DATES = ("=DATE(", "=TIME(", "=EDATE", "=EOMONTH", "=DATEVALUE", "=TIMEVALUE", "=WORKDAY")


def formulas() -> list[str]:
    """All of them."""
    found = [f"={name}({date})" for name, date in product(OF_DATE, DATES)]
    found += [f"={name}({pair})" for name, pair in product(OF_TWO, PAIRS.split())]
    found += [f"=YEARFRAC({pair},{basis})" for pair, basis in product(PAIRS.split(), range(6))]
    found += [f"=WEEKDAY({date},{kind})" for date, kind in product(DATES[:6], (1, 2, 3, 11, 14, 17))]
    found += [f"=WEEKNUM({date},{kind})" for date, kind in product(DATES[2:6], (1, 2, 11, 14, 17, 21))]
    return found + [f"{formula}*1" if formula.startswith(GIVE_DATES) else formula for formula in MORE]


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    weeks = [f"=WEEKNUM({day})" for day in (366, 46022)] + [f"=WEEKNUM(46022,{kind})" for kind in (1, 2, 11, 17)]
    found: dict[str, tuple[Any, str]] = dict.fromkeys(weeks, (53, "the last days of a year are of its own last week"))
    found["=DATE(108,1,2)*1"] = 39449, "years below 1900 are counted from 1900"
    found["=DATE(10000,1,1)*1"] = "#NUM!", "no date after the year 9999"
    found["=EDATE(100,-12)*1"] = "#NUM!", "no date before the year 1900"
    return found
