"""Formulas of money that LibreOffice is asked about, and where it is known to differ."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

CALLS = """
FV({r},10,-200,-500,1) FV({r},7,-3) PV({r},20,500,,0) PV({r},9,-4,7,1) PMT({r},10,10000) PMT({r},12,300,50,1)
NPER({r},-100,-1000,10000,1) NPER({r},-700,1000) RATE(48,-200,8000,0,0,{r}) IPMT({r},2,6,8000) IPMT({r},3,6,80,5,1)
PPMT({r},2,6,8000) PPMT({r},1,6,80,5,1) CUMIPMT({r},36,1250,13,24,0) CUMIPMT({r},36,1250,1,24,1)
CUMPRINC({r},36,1250,13,24,0) CUMPRINC({r},36,1250,1,4,1) ISPMT({r},1,3,8000) NPV({r},-100,30,42,68)
NPV({r},in!A1:A6) IRR(in!A3:A6,{r}) XNPV({r},in!A3:A6,in!H3:H6) XIRR(in!A3:A6,in!H3:H6,{r}) MIRR(in!A1:A6,{r},0.12)
FVSCHEDULE({r},in!E1:E3) EFFECT({r},4) NOMINAL({r},4) PDURATION({r},2000,2200)
""".split()
AMOUNTS = ("0.05", "0.1", "0.3", "in!B3", "in!C2")
MORE = """
RRI(96,10000,11000) RRI(2,5,3) DOLLARDE(1.02,16) DOLLARDE(-1.1,32) DOLLARFR(1.125,16) DOLLARFR(1.125,5)
SLN(30000,7500,10) SYD(30000,7500,10,3) SYD(30000,7500,10,11) DB(1000000,100000,6,1,7) DB(1000000,100000,6,7,7)
DB(2400,300,10,5) DDB(2400,300,10,1,2) DDB(2400,300,10,10) DDB(2400,300,10,2,1.5) DDB(2400,300,1,1) VDB(2400,300,10,0,1)
VDB(2400,300,120,6,18) VDB(2400,300,120,6,18,1.5) VDB(2400,300,10,0,0.875,1.5) VDB(2400,300,10,3,9,2,TRUE)
TBILLEQ(39538,39600,0.0914) TBILLPRICE(39538,39600,0.09) TBILLYIELD(39538,39600,98.45) TBILLPRICE(39600,39538,0.09)
""".split()

#: Days of purchase and maturity. LibreOffice counts otherwise where a month ends, and by other bases (known below).
TERMS = ("39493,43054", "36526,40000")
COUPONS = "COUPDAYBS COUPDAYS COUPDAYSNC COUPNCD COUPNUM COUPPCD".split()
BONDS = """
PRICE({t},0.0575,0.065,100,{f},{b}) PRICE({t},0.1,0,90,{f},{b}) ROUND(YIELD({t},0.0575,95,100,{f},{b}),12)
""".split()
LASTING = ("DURATION({t},0.08,0.09,{f})", "MDURATION({t},0.08,0.09,{f})")
AT_END = """
DISC({t},97,100,{b}) INTRATE({t},1000,1100,{b}) RECEIVED({t},1000,0.05,{b}) PRICEDISC({t},0.05,100,{b})
YIELDDISC({t},97,100,{b}) ACCRINTM({t},0.1,1000,{b}) PRICEMAT({t},36000,0.06,0.07,{b})
YIELDMAT({t},36000,0.06,101,{b})
""".split()
MORE += """
ACCRINT(39508,39691,39569,0.1,1000,1,0) ACCRINT(39508,39691,39569,0.1,1000,2,2) ACCRINT(39508,39691,39569,0.1,1000,1,3)
ACCRINT(39569,39691,39508,0.1,1000,1,3) PRICE(43054,39493,0.1,0.1,100,2) PRICE(39493,43054,0.1,0.1,100,3)
COUPNUM(39493,43054,2,5) DISC(39493,43054,0,100) INTRATE(39493,39493,1000,1100) PRICE(40568,40862,0.0575,0.065,100,1)
""".split()

STOPS = "its iteration stops earlier"
ROUNDED = "it adds up period by period, each of which it rounds"
SUMS = {
    "CUMIPMT(0.3,36,1250,1,24,1)": -6593.96450933401,
    "CUMPRINC(0.3,36,1250,13,24,0)": -51.3536680965158,
    "CUMPRINC(0.3,36,1250,1,4,1)": -288.602675724691,
}

PRICE_OF_ONE = pytest.approx(105.75 / (1 + 0.065 * 290 / 360) - 5.75 * 70 / 360, rel=1e-14)


def formulas() -> list[str]:
    """All of them."""
    found = [call.format(r=rate) for call, rate in product(CALLS, AMOUNTS)] + MORE
    found += [f"{name}({t},{f},{b})*1" for name, t, f, b in product(COUPONS, TERMS, (1, 2, 4), range(5))]
    found += [call.format(t=t, f=f, b=b) for call, t, f, b in product(BONDS, TERMS, (1, 2, 4), (0, 1, 4))]
    found += [call.format(t=t, f=f) for call, t, f in product(LASTING, TERMS, (1, 2, 4))]
    found += [call.format(t=t, b=b) for call, t, b in product(AT_END, TERMS, (0, 2, 3, 4))]
    return [f"={call}" for call in found]


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {"=SYD(30000,7500,10,11)": ("#NUM!", "there is no period beyond its life")}
    rate = pytest.approx(0.0077014724882, rel=1e-11)
    found |= {f"=RATE(48,-200,8000,0,0,{guess})": (rate, STOPS) for guess in AMOUNTS[:3]}
    found["=PRICE(40568,40862,0.0575,0.065,100,1)"] = PRICE_OF_ONE, "documented: simple interest in the last period"
    return found | {f"={call}": (pytest.approx(sums, rel=1e-12), ROUNDED) for call, sums in SUMS.items()}
