"""Functions of money: Microsoft's examples, and plain loops over single periods. Excel's own cells are in
``exactness.csv``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tables import assert_table, computed, shown

from sheetsim import Workbook

LOANS = {
    "=FV(0.06/12,10,-200,-500,1)": shown(2581.40, 2),
    "=FV(0.12/12,12,-1000)": shown(12682.50, 2),
    "=FV(0.11/12,35,-2000,,1)": shown(82846.25, 2),
    "=PV(0.08/12,20*12,500,,0)": shown(-59777.15, 2),
    "=PMT(0.08/12,10,10000)": shown(-1037.03, 2),
    "=PMT(0.08/12,10,10000,0,1)": shown(-1030.16, 2),
    "=PMT(0.06/12,18*12,0,50000)": shown(-129.08, 2),
    "=PMT(0,4,100)": -25,
    "=NPER(0.12/12,-100,-1000,10000,1)": shown(59.6738657, 7),
    "=NPER(1%,-100,-1000)": shown(-9.57859404, 8),
    "=NPER(0,-100,1000)": 10,
    "=RATE(4*12,-200,8000)": shown(0.0077014725, 10),
    "=RATE(10,-10,100)": shown(0, 12),
    "=RATE(10,10,100)": "#NUM!",
    "=RATE(0.001,0.01,-375)": "#NUM!",  # only at -100 %
    "=IPMT(0.1/12,1,3*12,8000)": shown(-66.67, 2),
    "=IPMT(0.1,3,3,8000)": shown(-292.45, 2),
    "=PPMT(0.1/12,1,2*12,2000)": shown(-75.62, 2),
    "=PPMT(0.08,10,10,200000)": shown(-27598.05, 2),
    "=IPMT(0.1,4,3,8000)": "#NUM!",
    "=CUMIPMT(0.09/12,30*12,125000,13,24,0)": shown(-11135.23213, 5),
    "=CUMIPMT(0.09/12,30*12,125000,1,1,0)": shown(-937.5, 5),
    "=CUMPRINC(0.09/12,30*12,125000,13,24,0)": shown(-934.1071234, 7),
    "=CUMPRINC(0.09/12,30*12,125000,1,1,0)": shown(-68.27827118, 8),
    "=ISPMT(0.1/12,1,3*12,8000000)": shown(-64814.8148, 4),
    "=ISPMT(0.1,1,3,8000000)": shown(-533333.333, 3),
}
CASH: list[list[Any]] = [
    [-70000, -120000, -10000, 39448],
    [12000, 39000, 2750, 39508],
    [15000, 30000, 4250, 39751],
    [18000, 21000, 3250, 39859],
    [21000, 37000, 2750, 39904],
    [26000, 46000, None, None],
]
FLOWS = {
    "=NPV(0.1,-10000,3000,4200,6800)": shown(1188.44, 2),
    "=NPV(0.08,8000,9200,10000,12000,14500)-40000": shown(1922.06, 2),
    "=NPV(-1,1)": "#DIV/0!",
    "=IRR(in!A1:A5)": shown(-0.021244848273, 11),
    "=IRR(in!A1:A6)": shown(0.08663094803653, 13),
    "=IRR(in!A1:A3,-0.1)": shown(-0.443506941334, 11),
    "=IRR(in!A2:A6)": "#NUM!",
    "=MIRR(in!B1:B6,0.1,0.12)": shown(0.126094, 6),
    "=MIRR(in!B1:B4,0.1,0.12)": shown(-0.048044655, 9),
    "=MIRR(in!B1:B6,0.1,0.14)": shown(0.13475911, 8),
    "=MIRR(in!B2:B6,0.1,0.12)": "#DIV/0!",
    "=XNPV(0.09,in!C1:C5,in!D1:D5)": shown(2086.647602, 6),
    "=XIRR(in!C1:C5,in!D1:D5,0.1)": shown(0.373362535, 8),
    "=XNPV(0.09,in!C1:C5,in!D1:D4)": "#NUM!",
    "=XNPV(0.09,in!C1:C6,in!D1:D6)": "#NUM!",
    "=XNPV(-0.5,in!C1:C5,in!D1:D5)": "#NUM!",
    "=XIRR(in!C2:C5,in!D2:D5)": "#NUM!",
    "=FVSCHEDULE(1,{0.09,0.11,0.1})": shown(1.33089, 5),
    '=FVSCHEDULE(1,{0.09,"x"})': "#VALUE!",
}
RATES = {
    "=EFFECT(0.0525,4)": shown(0.0535427, 7),
    "=EFFECT(0.0525,4.9)": shown(0.0535427, 7),
    "=EFFECT(0,4)": "#NUM!",
    "=EFFECT(TRUE,4)": "#VALUE!",
    "=NOMINAL(0.053543,4)": shown(0.05250032, 8),
    "=RRI(96,10000,11000)": shown(0.0009933, 7),
    "=PDURATION(2.5%,2000,2200)": shown(3.86, 2),
    "=PDURATION(0.025/12,1000,1200)": shown(87.6, 1),
    "=PDURATION(0,1,2)": "#NUM!",
    "=PDURATION(1E-9,0.5,5)": shown(2302585094.145, 2),
    "=DOLLARDE(1.02,16)": shown(1.125, 12),
    "=DOLLARDE(1.1,32)": shown(1.3125, 12),
    "=DOLLARDE(-1.02,16)": shown(-1.125, 12),
    "=DOLLARFR(1.125,16)": shown(1.02, 12),
    "=DOLLARFR(1.125,32)": shown(1.04, 12),
    "=DOLLARDE(1.1,0.5)": "#DIV/0!",
    "=DOLLARFR(1.1,-1)": "#NUM!",
    "=TBILLEQ(39538,39600,0.0914)": shown(0.09415149, 8),
    "=TBILLPRICE(39538,39600,0.09)": shown(98.45, 2),
    "=TBILLYIELD(39538,39600,98.45)": shown(0.09141696, 8),
    "=TBILLPRICE(39600,39538,0.09)": "#NUM!",
    "=TBILLPRICE(39507,39872,0.09)": shown(90.875, 3),  # from a 29th of February to the 28th of the next
    "=TBILLPRICE(39507,39873,0.09)": "#NUM!",
}
DEPRECIATION = {
    "=SLN(30000,7500,10)": 2250,
    "=SLN(1,0,0)": "#DIV/0!",
    "=SYD(30000,7500,10,1)": shown(4090.91, 2),
    "=SYD(30000,7500,10,10)": shown(409.09, 2),
    "=SYD(30000,7500,10,11)": "#NUM!",
    "=DB(1000000,100000,6,1,7)": shown(186083.33, 2),
    "=DB(1000000,100000,6,2,7)": shown(259639.42, 2),
    "=DB(1000000,100000,6,3,7)": shown(176814.44, 2),
    "=DB(1000000,100000,6,6,7)": shown(55841.76, 2),
    "=DB(1000000,100000,6,7,7)": shown(15845.10, 2),
    "=DB(1000000,100000,6,7)": "#NUM!",
    "=DDB(2400,300,10*365,1)": shown(1.32, 2),
    "=DDB(2400,300,10*12,1,2)": 40,
    "=DDB(2400,300,10,1,2)": 480,
    "=DDB(2400,300,10,2,1.5)": 306,
    "=DDB(2400,300,10,10)": shown(22.12, 2),
    "=VDB(2400,300,10*365,0,1)": shown(1.32, 2),
    "=VDB(2400,300,10*12,0,1)": 40,
    "=VDB(2400,300,10,0,1)": 480,
    "=VDB(2400,300,10*12,6,18)": shown(396.31, 2),
    "=VDB(2400,300,10*12,6,18,1.5)": shown(311.81, 2),
    "=VDB(2400,300,10,0,0.875,1.5)": 315,
    "=VDB(2400,300,10,0,10)": shown(2100, 9),
    "=VDB(1,0,10,5,4)": "#NUM!",
}
SECURITIES = {
    "=PRICE(DATE(2008,2,15),DATE(2017,11,15),5.75%,6.5%,100,2,0)": shown(94.63436162, 8),
    "=YIELD(DATE(2008,2,15),DATE(2016,11,15),5.75%,95.04287,100,2,0)": shown(0.065, 7),
    "=DURATION(DATE(2018,7,1),DATE(2048,1,1),8%,9%,2,1)": shown(10.9191453, 7),
    "=MDURATION(DATE(2008,1,1),DATE(2016,1,1),8%,9%,2,1)": shown(5.73567, 5),
    "=DURATION(40000,45000,0,0,4)": shown(5000 / 365.24, 2),  # one payment only: its time
    "=PRICE(40000,40720,0.05,0,100,2)": shown(110 - 2.5 * 10 / 180, 12),  # at a yield of 0 the sum of all payments
    "=YIELD(40000,42000,0.05,PRICE(40000,42000,0.05,0,100,2),100,2)": shown(0, 12),
    "=YIELD(40000,40100,5%,PRICE(40000,40100,5%,7%,100,1),100,1)": shown(0.07, 12),
    "=YIELD(40000,45000,0,120,100,1)": shown((100 / 120) ** (1 / (4929 / 360)) - 1, 12),
    "=PRICE(40000,40100,0.05,0.05,100,3)": "#NUM!",
    "=PRICE(40000,40100,-0.05,0.05,100,2)": "#NUM!",
    "=YIELD(40000,40100,0.05,0,100,2)": "#NUM!",
    "=PRICE(40000,40100,0.05,TRUE,100,2)": "#VALUE!",
    "=COUPDAYBS(DATE(2011,1,25),DATE(2011,11,15),2,1)": 71,
    "=COUPDAYS(DATE(2011,1,25),DATE(2011,11,15),2,1)": 181,
    "=COUPDAYSNC(DATE(2011,1,25),DATE(2011,11,15),2,1)": 110,
    "=COUPNCD(DATE(2011,1,25),DATE(2011,11,15),2,1)": 40678,
    "=COUPNUM(DATE(2007,1,25),DATE(2008,11,15),2,1)": 4,
    "=COUPPCD(DATE(2011,1,25),DATE(2011,11,15),2,1)": 40497,
    "=COUPNCD(DATE(2024,2,28),DATE(2025,8,31),2)-DATE(2024,2,29)": 0,  # where it ends with a month, all do
    "=COUPPCD(DATE(2024,2,29),DATE(2025,8,30),2)-DATE(2024,2,29)": 0,
    "=COUPPCD(20,50,1)": "#NUM!",
    "=COUPNUM(50,20,1)": "#NUM!",
    "=INTRATE(DATE(2008,2,15),DATE(2008,5,15),1000000,1014420,2)": shown(0.05768, 12),
    "=RECEIVED(DATE(2008,2,15),DATE(2008,5,15),1000000,5.75%,2)": shown(1014584.65, 2),
    "=RECEIVED(DATE(2008,2,15),DATE(2010,5,15),1000000,50%,2)": "#NUM!",
    "=PRICEDISC(DATE(2008,2,16),DATE(2008,3,1),5.25%,100,2)": shown(99.80, 2),
    "=PRICEMAT(DATE(2008,2,15),DATE(2008,4,13),DATE(2007,11,11),6.1%,6.1%,0)": shown(99.98449888, 8),
    "=YIELDDISC(DATE(2008,2,16),DATE(2008,3,1),99.795,100,2)": shown(0.052823, 6),
    "=YIELDMAT(DATE(2008,3,15),DATE(2008,11,3),DATE(2007,11,8),6.25%,100.0123,0)": shown(0.060954, 6),
    "=ACCRINT(39508,39691,39569,0.1,1000,2,0)": shown(16.666667, 6),
    "=ACCRINT(DATE(2008,3,5),39691,39569,0.1,1000,2,0,FALSE)": shown(15.555556, 6),
    "=ACCRINT(DATE(2008,4,5),39691,39569,0.1,1000,2,0,TRUE)": shown(7.2222222, 7),
    "=ACCRINTM(39539,39614,0.1,1000,3)": shown(20.54794521, 8),
    "=ACCRINTM(39539,39614,0.1)": shown(1000 * 0.1 * 74 / 360, 10),  # of 1,000 dollars
}


@pytest.mark.parametrize(
    "table",
    [LOANS, FLOWS, RATES, DEPRECIATION, SECURITIES],
    ids=["loans", "flows", "rates", "depreciation", "securities"],
)
def test_functions_of_money(table: dict[str, Any]) -> None:
    assert_table(table, {"in": CASH})


@pytest.mark.parametrize("kind", [0, 1])
def test_a_loan_is_paid_back_period_by_period(kind: int) -> None:
    rate, count, loan = 0.013, 24, 5000.0
    (paid,) = computed([f"=PMT({rate},{count},{loan},0,{kind})"])
    interest = computed([f"=IPMT({rate},{k},{count},{loan},0,{kind})" for k in range(1, count + 1)])
    left = loan
    for k in range(count):
        due = 0.0 if kind and k == 0 else left * rate
        assert interest[k] == pytest.approx(-due, abs=1e-9)
        left += due + paid
    assert left == pytest.approx(0.0, abs=1e-8)
    sums = computed([f"=CUMIPMT({rate},{count},{loan},1,7,{kind})", f"=CUMPRINC({rate},{count},{loan},3,7,{kind})"])
    assert sums == pytest.approx([sum(interest[:7]), 5 * paid - sum(interest[2:7])], rel=1e-12)


def test_rates_of_many_flows_are_found_at_once() -> None:
    flows = np.random.default_rng(1).uniform(1.0, 9.0, (50, 6))
    flows[:, 0] = -20.0
    found = computed([f"=IRR(in!A{row}:F{row})" for row in range(1, 51)], {"in": flows.tolist()})
    for row, rate in zip(flows, found, strict=True):
        assert abs(sum(flow / (1.0 + rate) ** k for k, flow in enumerate(row))) < 1e-9


@pytest.mark.parametrize(("times", "yielded"), [(1, 0.06), (2, 1e-9), (4, 0.3)])
def test_a_bond_is_worth_its_payments(times: int, yielded: float) -> None:
    """A plain loop over the payments, by the formulas of Microsoft's pages on PRICE and DURATION."""
    asked = f"40000,47700,0.05,{yielded},100,{times},0"
    price, left, before = computed(
        [f"=PRICE({asked})", *(f"={f}(40000,47700,{times},0)" for f in ("COUPNUM", "COUPDAYBS"))]
    )
    ahead, coupon = 1 - before / (360 / times), 100 * 0.05 / times
    worth = [coupon / (1 + yielded / times) ** (k + ahead) for k in range(int(left))]
    worth[-1] += 100 / (1 + yielded / times) ** (left - 1 + ahead)
    assert price == pytest.approx(sum(worth) - coupon * (1 - ahead), rel=1e-12)
    mean = sum(part * (k + ahead) for k, part in enumerate(worth)) / sum(worth) / times
    assert computed([f"=DURATION(40000,47700,0.05,{yielded},{times})"]) == pytest.approx([mean], rel=1e-9)


def test_bills_and_securities_in_a_book_that_counts_from_1904() -> None:
    formulas = ["=TBILLPRICE({},0.09)", "=COUPPCD({},2)", "=PRICE({},0.1,0.08,100,2)", "=DISC({},97,100,1)"]
    plain = computed([formula.format("39507,39872") for formula in formulas])
    book = Workbook("since 1904")
    book.days_since = 1904
    sheet = book.add_sheet("s")
    for row, formula in enumerate(formulas, 1):
        sheet[f"A{row}"] = formula.format("38045,38410")
    book.recalculate()
    assert [sheet[f"A{row}"] for row in range(1, 5)] == [plain[0], plain[1] - 1462, plain[2], plain[3]]
