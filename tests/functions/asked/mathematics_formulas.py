"""Formulas of mathematics and trigonometry that LibreOffice is asked about, and where it is known to differ."""

from __future__ import annotations

from itertools import product
from typing import Any

#: Functions of one number, each asked about all of these.
OF_ONE = (
    "ACOSH ACOT ACOTH ASINH ATANH COT COTH CSC CSCH SEC SECH SQRTPI FACT FACTDOUBLE EVEN ODD ROMAN "
    "CEILING.PRECISE FLOOR.PRECISE ISO.CEILING"
).split()
NUMBERS = "0.5 -0.5 1 -1 2.7 -3.2 10 0 in!B2 in!B3 in!B4 in!C2".split()

OF_TWO = "CEILING FLOOR MROUND QUOTIENT COMBIN COMBINA PERMUT PERMUTATIONA ATAN2 CEILING.PRECISE FLOOR.PRECISE".split()
FIRST = "5.3 -5.3 10 7 24.3 -2.5 in!B3 in!C2".split()
SECOND = "1 2 -2 3 0.5".split()

MORE = """
=GCD(24,36)  =GCD(in!E1:E6)  =GCD(7.9,21)  =GCD(-1,2)  =GCD(0,5)  =LCM(24,36)  =LCM(in!E1:E6)  =LCM(0,5)  =LCM(-1,2)
=LCM({4,8,12;1,2,3})  =MULTINOMIAL(2,3,4)  =MULTINOMIAL(in!E1:E3)  =MULTINOMIAL(-1,2)  =BASE(7,2)  =BASE(100,16)
=BASE(15,2,10)  =BASE(-1,2)  =BASE(35,36)  =BASE(7,1)  =DECIMAL("FF",16)  =DECIMAL("zap",36)  =DECIMAL("111",2)
=DECIMAL("2",2)  =ROMAN(499,0)  =ROMAN(499,1)  =ROMAN(499,2)  =ROMAN(499,3)  =ROMAN(499,4)  =ROMAN(3999)  =ROMAN(4000)
=ROMAN(1999,4)  =ROMAN(45,1)  =ROMAN(994,3)  =ROMAN(-1)  =ARABIC("LVII")  =ARABIC("mcmxii")  =ARABIC("-iv")
=SIN(PI()/6)  =TAN(1.5)  =COS(3)  =FACT(170)  =FACT(171)  =FACTDOUBLE(300)  =COMBIN(49,6)  =COMBIN(100,50)
=SUM(FACT({1,2,3}))  =SUMPRODUCT(EVEN(in!A1:A6))  =QUOTIENT(5,2)  =ATAN2(1,1)  =ATAN2(-1,-1)
"""

NO_COTANGENT = "1 by 0 is #DIV/0!"
SIGNS_DIFFER = "the multiple must have the sign of the number"


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {
        f"={name}({zero})": ("#DIV/0!", NO_COTANGENT)
        for name, zero in product(("COT", "COTH", "CSC", "CSCH"), ("0", "in!B2"))
    }
    for number, multiple in product(FIRST[:6], SECOND):
        if number.startswith("-") != multiple.startswith("-"):
            found[f"=MROUND({number},{multiple})"] = "#NUM!", SIGNS_DIFFER
    found["=FACTDOUBLE(-1)"] = 1, "(-1)!! is 1"
    found['=ARABIC("-iv")'] = -4, "a numeral may have a sign"
    return found


def formulas() -> list[str]:
    """All of them."""
    found = [f"={name}({number})" for name, number in product(OF_ONE, NUMBERS)]
    found += [f"={name}({a},{b})" for name, a, b in product(OF_TWO, FIRST, SECOND)]
    return found + MORE.split()
