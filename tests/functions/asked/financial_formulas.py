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

STOPS = "its iteration stops earlier"
ROUNDED = "it adds up period by period, each of which it rounds"
SUMS = {
    "CUMIPMT(0.3,36,1250,1,24,1)": -6593.96450933401,
    "CUMPRINC(0.3,36,1250,13,24,0)": -51.3536680965158,
    "CUMPRINC(0.3,36,1250,1,4,1)": -288.602675724691,
}


def formulas() -> list[str]:
    """All of them."""
    return [f"={call.format(r=rate)}" for call, rate in product(CALLS, AMOUNTS)] + [f"={call}" for call in MORE]


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {"=SYD(30000,7500,10,11)": ("#NUM!", "there is no period beyond its life")}
    rate = pytest.approx(0.0077014724882, rel=1e-11)
    found |= {f"=RATE(48,-200,8000,0,0,{guess})": (rate, STOPS) for guess in AMOUNTS[:3]}
    return found | {f"={call}": (pytest.approx(sums, rel=1e-12), ROUNDED) for call, sums in SUMS.items()}
