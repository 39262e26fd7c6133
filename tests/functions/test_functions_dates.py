"""Dates and times: Microsoft's examples, the calendar of 1900 as Excel has it, and that of 1904."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import openpyxl
from tables import assert_table, shown

import sheetsim
from sheetsim import Workbook
from sheetsim.excel.calendar import dated, month_start

DOCUMENTED = {
    "=DATE(2008,1+3,1)": 39539,
    "=DATE(108,1,2)": 39449,
    "=DATE(2008,14,2)": 39846,
    "=DATE(2008,-3,2)": 39327,
    "=DATE(2008,1,35)": 39482,
    "=DATE(2008,1,-15)": 39432,
    '=DATEVALUE("8/22/2011")': 40777,
    '=DATEVALUE("22-MAY-2011")': 40685,
    '=DATEVALUE("2011/02/23")': 40597,
    "=DATEVALUE(40597)": "#VALUE!",
    '=TIMEVALUE("2:24 AM")': 0.1,
    '=TIMEVALUE("22-Aug-2011 6:35 AM")': shown(0.2743, 4),
    "=TIME(12,0,0)": 0.5,
    "=TIME(16,48,10)": shown(0.7001157, 7),
    "=TIME(27,0,0)": 0.125,
    "=TIME(0,0,2000)": shown(0.023148, 6),
    '=HOUR("7/18/2011 7:45")': 7,
    "=HOUR(0.75)": 18,
    '=MINUTE("12:45:00 PM")': 45,
    '=SECOND("4:48:18 PM")': 18,
    '=SECOND("4:48")': 0,
    '=DAY("15-Apr-11")': 15,
    '=YEAR("7/5/2008")': 2008,
    '=DAYS("15-MAR-2021","1-FEB-2021")': 42,
    '=DAYS360("1/30/2011","2/1/2011")': 1,
    '=DAYS360("1/1/2011","12/31/2011")': 360,
    '=DAYS360("1/1/2011","2/1/2011")': 30,
    '=EDATE("15-Jan-11",1)': 40589,
    '=EDATE("15-Jan-11",-1)': 40527,
    '=EOMONTH("1-Jan-11",1)': 40602,
    '=EOMONTH("1-Jan-11",-3)': 40482,
    '=ISOWEEKNUM("3/9/2012")': 10,
    '=WEEKDAY("2/14/2008")': 5,
    '=WEEKDAY("2/14/2008",2)': 4,
    '=WEEKDAY("2/14/2008",3)': 3,
    "=WEEKDAY(39492,4)": "#NUM!",
    '=WEEKNUM("3/9/2012")': 10,
    '=WEEKNUM("3/9/2012",2)': 11,
    '=DATEDIF("1/1/2001","1/1/2003","Y")': 2,
    '=DATEDIF("6/1/2001","8/15/2002","D")': 440,
    '=DATEDIF("6/1/2001","8/15/2002","YD")': 75,
    '=DATEDIF("1/31/2015","3/1/2015","MD")': -2,
    '=DATEDIF("1/1/2003","1/1/2001","Y")': "#NUM!",
    '=YEARFRAC("1/1/2012","7/30/2012")': shown(0.58055556, 8),
    '=YEARFRAC("1/1/2012","7/30/2012",1)': shown(0.57650273, 8),
    '=YEARFRAC("1/1/2012","7/30/2012",3)': shown(0.57808219, 8),
    '=NETWORKDAYS("10/1/2012","3/1/2013")': 110,
    '=NETWORKDAYS("10/1/2012","3/1/2013",{41235})': 109,
    '=NETWORKDAYS("10/1/2012","3/1/2013",{41235,41247,41295})': 107,
    "=NETWORKDAYS.INTL(DATE(2006,1,1),DATE(2006,1,31))": 22,
    "=NETWORKDAYS.INTL(DATE(2006,1,1),DATE(2006,1,31),#VALUE!)": "#VALUE!",
    "=NETWORKDAYS.INTL(DATE(2006,2,28),DATE(2006,1,31))": -21,
    '=NETWORKDAYS.INTL(DATE(2006,1,1),DATE(2006,2,1),7,{"2006/1/2","2006/1/16"})': 22,
    '=NETWORKDAYS.INTL(DATE(2006,1,1),DATE(2006,2,1),"0010001",{"2006/1/2","2006/1/16"})': 20,
    "=NETWORKDAYS.INTL(1,100,8)": "#NUM!",
    '=NETWORKDAYS.INTL(1,100,"00x0000")': "#VALUE!",
    "=WORKDAY(DATE(2008,10,1),151)": 39933,
    "=WORKDAY(DATE(2008,10,1),151,{39778,39786,39834})": 39938,
    "=WORKDAY.INTL(DATE(2012,1,1),30,0)": "#NUM!",
    "=WORKDAY.INTL(DATE(2012,1,1),90,11)": 41013,
    "=WORKDAY.INTL(DATE(2012,1,1),30,17)": 40944,
    '=WORKDAY.INTL(1,1,"1111111")': "#VALUE!",
    # the year 1900 as Excel has it
    "=DATE(1900,1,1)": 1,
    "=DATE(1900,2,29)": 60,
    "=DATE(1900,3,0)": 60,
    "=DATE(1900,3,1)": 61,
    "=DAY(60)": 29,
    "=MONTH(60)": 2,
    "=DAY(0)": 0,
    "=MONTH(0)": 1,
    "=YEAR(0)": 1900,
    "=WEEKDAY(1)": 1,
    "=EOMONTH(32,0)": 60,
    "=YEAR(-1)": "#NUM!",
    "=YEAR(2958466)": "#NUM!",
}


def test_documented_examples() -> None:
    assert_table(DOCUMENTED)


def test_a_whole_column_is_dated_as_python_dates_it() -> None:
    days = np.arange(61.0, 60000.0, 7)
    found = zip(*(part.tolist() for part in dated(days)), strict=True)
    dates = [datetime.date(1899, 12, 30) + datetime.timedelta(int(day)) for day in days]
    assert list(found) == [(day.year, day.month, day.day) for day in dates]
    first = month_start(*(np.array([getattr(day, part) for day in dates]) for part in ("year", "month")))
    assert (days - first + 1).tolist() == [day.day for day in dates]


def test_the_calendar_of_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    for row, formula in enumerate(IN_1904, 1):
        sheet.cell(row, 1, formula)
    book.save(tmp_path / "since.xlsx")
    ours = sheetsim.open(tmp_path / "since.xlsx")
    ours.recalculate()
    column = [row[0] for row in ours["Sheet"][f"A1:A{len(IN_1904)}"]]
    assert column == list(IN_1904.values())
    ours.save(tmp_path / "again.xlsx")
    again = openpyxl.load_workbook(tmp_path / "again.xlsx", data_only=True)
    assert again.epoch == openpyxl.utils.datetime.CALENDAR_MAC_1904


IN_1904 = {
    "=DATE(1904,1,1)": 0,
    "=DATE(2024,1,10)": 45301 - 1462,
    "=DATE(1903,12,31)": sheetsim.ExcelError("#NUM!"),
    "=YEAR(0)": 1904,
    "=DAY(DATE(2024,1,10))": 10,
    "=WEEKDAY(0)": 6,
    '=DATEVALUE("2024-01-10")': 45301 - 1462,
    '="2024-01-10"+0': 45301 - 1462,
    '="6:00"+0': 0.25,
    "=EOMONTH(0,0)": 30,
    '=SUM(COUNTIF(A2,"2024-01-10"))': 1,
    "=NETWORKDAYS(0,6)": 5,
}


def test_the_clock() -> None:
    book = Workbook("clock")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"] = "=NOW()", "=TODAY()"
    before = datetime.datetime.now()
    book.recalculate()
    after = datetime.datetime.now()
    zero = datetime.datetime(1899, 12, 30)
    second = datetime.timedelta(seconds=1)  # a number has no more than some microseconds
    assert before - second <= zero + datetime.timedelta(sheet["A1"]) <= after + second
    assert before.date() <= (zero + datetime.timedelta(sheet["A2"])).date() <= after.date()
