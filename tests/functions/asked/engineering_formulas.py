"""Formulas of engineering, information and logic that LibreOffice is asked about, and where it is known to differ."""

from __future__ import annotations

from itertools import product
from typing import Any

from sheetsim.functions.families.engineering.units import KINDS, TEMPERATURES

COMPLEX = (
    "IMABS IMAGINARY IMARGUMENT IMCONJUGATE IMCOS IMCOSH IMCOT IMCSC IMCSCH IMEXP IMLN IMLOG10 IMLOG2 IMREAL IMSEC "
    "IMSECH IMSIN IMSINH IMSQRT IMTAN"
).split()
NUMBERS = '"3+4i" "1-j" "-0.5i" 2 "i" in!C2'.split()
OF_TWO = "IMDIV IMSUB IMPOWER IMSUM IMPRODUCT".split()

TO_NUMBER = [
    f"{name}2DEC({digits})" for name, digits in product(("BIN", "OCT", "HEX"), '1100 1111111111 "" 0 in!C2'.split())
]
FROM_NUMBER = [
    f"DEC2{name}({number}{places})"
    for name, number, places in product(("BIN", "OCT", "HEX"), "9 -100 511 100000".split(), ("", ",4", ",10"))
]
DIGITS = [
    f"{one}2{other}({digits}{places})"
    for one, other, digits, places in product(
        ("BIN", "OCT", "HEX"), ("BIN", "OCT", "HEX"), "1 1011 1111111111".split(), ("", ",6")
    )
    if one != other
]
BITS = [f"{name}({a},{b})" for name, (a, b) in product(("BITAND", "BITOR", "BITXOR"), ((13, 25), (-1, 2), (2**48, 1)))]
BITS += [f"{name}({a},{b})" for name, a, b in product(("BITLSHIFT", "BITRSHIFT"), (4, 13), (0, 2, -2, 54))]

MORE = """
=COMPLEX(3,4)  =COMPLEX(3,-1,"j")  =COMPLEX(0,1)  =COMPLEX(1,0)  =COMPLEX(1,2,"k")  =IMSUM("1+i","2-3i","i")
=IMPRODUCT("3+4i","5-3i")  =IMDIV("-238+240i","10+24i")  =IMDIV("1+i",0)  =IMPOWER("2+3i",3)  =IMREAL("x")
=IMSUM("1+i","1+j")  =IMSUM(in!A1:A2)  =ERF(0.745)  =ERF(1)  =ERF(0,1.5)  =ERF(-1,1)  =ERFC(1)  =ERF.PRECISE(0.745)
=ERFC.PRECISE(1)  =ERF(in!B3)  =DELTA(5,4)  =DELTA(5,5)  =DELTA(0)  =GESTEP(5,4)  =GESTEP(-4,-5)  =GESTEP(-1)
=ISEVEN(-1)  =ISEVEN(2.5)  =ISEVEN(in!B2)  =ISEVEN("abc")  =ISODD(5)  =ISODD(-3.9)  =ISODD(in!C2)  =N(7)  =N(in!B3)
=N(in!C2)  =N(in!A1)  =TYPE(in!A1)  =TYPE(in!B3)  =TYPE(1/0)  =TYPE("x")  =TYPE({1,2})  =ERROR.TYPE(1/0)
=ERROR.TYPE(in!C2)  =ERROR.TYPE(1)  =ERROR.TYPE(SQRT(-1))  =ERROR.TYPE("x"+1)  =ISREF(in!A1)  =ISREF(1)
=ISREF(OFFSET(in!A1,1,1))  =ISFORMULA(in!A1)  =ISFORMULA(H1)  =SHEET()  =SHEET(in!A1)  =SHEET("in")  =SHEETS()
=CELL("address",in!B3)  =CELL("col",C5)  =CELL("row",C5)  =CELL("contents",in!A1)  =CELL("type",in!B3)
=CELL("type",in!B2)  =CELL("type",in!A1)  =XOR(TRUE,FALSE)  =XOR(TRUE,TRUE)  =XOR(in!A1:A6)  =TRUE()  =FALSE()
=IFS(in!A1>5,"a",in!A1>0,"b")  =IFS(FALSE,1)  =IFS(in!C2,1)  =SWITCH(2,1,"a",2,"b")  =SWITCH(9,1,"a","z")
=SWITCH(9,1,"a")  =SWITCH("B","a",1,"b",2)  =SWITCH(in!C2,1,2)  =MDETERM({3,6,1;1,1,0;3,10,2})  =MDETERM(in!E1:F2)
=MDETERM(in!E1:F3)  =INDEX(MINVERSE({4,-1;2,0}),2,1)  =SUM(MINVERSE({1,2,1;3,4,-1;0,2,0}))  =MINVERSE({1,2;2,4})
=SUM(MUNIT(3))  =INDEX(MUNIT(2),1,2)  =SERIESSUM(2,0,1,{1,2,3})  =SERIESSUM(0.5,1,2,in!E1:E3)
=SUM(in!A1:CHOOSE(2,in!A1,in!A3))  =SUM(IF(FALSE,in!A1:A3,1))  =ROWS(CHOOSE(2,in!A1,in!A1:A4))
=SUM(IF(TRUE,in!A1,in!B2):in!A2)  =SUM(CHOOSE(1,in!E1:E2,in!E1:F6))  =CONVERT(68,"F","C")  =CONVERT(2.5,"ft","sec")
=CONVERT(1,"km","mi")  =CONVERT(1,"kbyte","bit")  =CONVERT(1,"Kibyte","bit")  =CONVERT(1,"kibyte","bit")
=CONVERT(CONVERT(100,"ft","m"),"ft","m")  =CONVERT(3,"km2","m2")  =SUMX2MY2(in!E1:E2,TRANSPOSE(in!F1:F2))
""".split("  ")

#: Units whose size LibreOffice has from older tables; those of Excel stand in ``test_functions_engineering.py``.
OLDER = """
sg lbm u ozm grain shweight hweight stone ton brton ell ly parsec pc pica atm at mmHg psi Torr lbf pond c cal eV ev HPh
hh flb BTU btu HP h PS bushel ly3 ly^3 GRT regton MTON ly2 ly^2 admkn
""".split()
UNKNOWN = "Picapt p Picapt3 Picapt^3 Picapt2 Picapt^2".split()  # to LibreOffice

MIXED = "i and j do not go together"
LAST_DIGIT = "the 15th digit is that of the rounded double"
TOO_FAR = "53 places are the most"


def formulas() -> list[str]:
    """All of them."""
    found = [f"={name}({number})" for name, number in product(COMPLEX, NUMBERS)]
    found += [f"={name}({a},{b})" for name, a, b in product(OF_TWO, NUMBERS[:2], ('"1+i"', "2"))]
    found += [f"={call}" for call in (*TO_NUMBER, *FROM_NUMBER, *DIGITS, *BITS)]
    for sizes in (*KINDS.values(), TEMPERATURES):
        first, *others = [name.removeprefix("*") for names in sizes for name in names.split()]
        found += [f'=CONVERT(3,"{other}","{first}")' for other in others if other not in (*OLDER, *UNKNOWN)]
    found = [formula for formula in found if formula not in NOISE]
    return found + [formula for line in MORE for formula in line.split("\n") if formula]


#: Of a result that is 0 but for rounding each program has digits of its own.
NOISE = ['=IMPOWER("1-j",2)', '=IMPOWER("3+4i","1+i")', '=IMPOWER("1-j","1+i")']


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {
        f'={name}("1-j","1+i")': ("#VALUE!", MIXED) for name in ("IMDIV", "IMSUB", "IMSUM", "IMPRODUCT")
    }
    found['=IMSUM("1+i","1+j")'] = "#VALUE!", MIXED
    found |= {f"={name}({a},54)": ("#NUM!", TOO_FAR) for name, a in product(("BITLSHIFT", "BITRSHIFT"), (4, 13))}
    found["=IMSQRT(2)"] = "1.4142135623731", LAST_DIGIT
    found['=IMSQRT("i")'] = "0.707106781186548+0.707106781186547i", LAST_DIGIT
    found['=IMCSC("1-j")'] = "0.621518017170428+0.303931001628426j", LAST_DIGIT
    found['=IMCSCH("1-j")'] = "0.303931001628426+0.621518017170428j", LAST_DIGIT
    found['=CONVERT(2.5,"ft","sec")'] = found['=CONVERT(1,"Kibyte","bit")'] = "#N/A", "documented"
    found["=ISEVEN(in!B2)"] = True, "a blank is 0"
    found["=ERROR.TYPE(SQRT(-1))"] = 6, "LibreOffice has an error of its own there, which no file knows"
    found["=SUMX2MY2(in!E1:E2,TRANSPOSE(in!F1:F2))"] = -120, "arrays of another shape are taken in order"
    return found
