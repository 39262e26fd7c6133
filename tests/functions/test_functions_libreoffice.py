"""Every function of the table against LibreOffice's own recalculation, over all kinds of arguments.

Where the two programs are known to differ, the formula stands in ``KNOWN`` with Excel's value and the reason.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from asked import (
    databases_formulas,
    dates_formulas,
    engineering_formulas,
    financial_formulas,
    mathematics_formulas,
    references_formulas,
    statistics_formulas,
    text_formulas,
)
from libreoffice import agree, theirs
from tables import CELLS, computed, same

from sheetsim.functions import FUNCTIONS

#: Families whose formulas stand in a module of their own.
FAMILIES = (
    databases_formulas,
    dates_formulas,
    engineering_formulas,
    financial_formulas,
    mathematics_formulas,
    references_formulas,
    statistics_formulas,
    text_formulas,
)

ARGUMENTS = {
    "number": "in!A1",
    "negative": "in!A3",
    "zero": "in!A4",
    "fraction": "in!B5",
    "blank": "in!B2",
    "text": "in!B3",
    "numeric text": "in!B4",
    "error": "in!C2",
    "given number": "2",
    "given text": '"abc"',
    "given numeric text": '"12"',
    "given logical": "TRUE",
    "range": "in!A1:A6",
    "mixed range": "in!B1:B6",
    "range with errors": "in!C1:C6",
    "empty range": "in!D1:D6",
    "wide range": "in!E1:F6",
    "array": "{1,2.5}",
}
SINGLE = [name for name in ARGUMENTS if "range" not in name and name != "array"]
MANY = [name for name in ARGUMENTS if name != "given numeric text"]

OF_ONE = (
    "ABS EXP INT LEN LN LOG LOG10 NOT SIGN SQRT CEILING.MATH FLOOR.MATH TRUNC SIN COS TAN ASIN ACOS ATAN SINH COSH "
    "TANH RADIANS DEGREES ISNUMBER ISTEXT ISERROR ISBLANK ISERR ISLOGICAL ISNA ISNONTEXT LOWER UPPER TRIM"
).split()
OF_MANY = (
    "AND AVERAGE COUNT COUNTA MAX MEDIAN MIN OR PRODUCT STDEV STDEV.P STDEV.S STDEVP SUM SUMPRODUCT SUMSQ VAR VAR.P "
    "VAR.S VARP"
).split()
OF_TWO = "MOD POWER ROUND ROUNDDOWN ROUNDUP CEILING.MATH FLOOR.MATH LOG".split()
FIRST = "5.3 -5.3 0 10 in!B2 2.675 -1.005 1234.5678 in!B3 in!C2 0.1 -2.5 24.3".split()
SECOND = "0 1 2 -1 -2 3 in!B2 in!B3 in!C3".split()
OPERANDS = "in!A1 in!A2 in!A3 in!A4 in!B2 in!B3 in!B4 in!B5 in!C2 2 -2.5 0 1E+300".split()
OPERATORS = "+ - * / ^ & = <> < <= > >=".split()
CRITERIA = '1 ">1" "<=3" "<>3" "abc" "a*" "<>abc" "=" "<>" "" "12" ">10" "x" "z~*" "<b" ">=Y" 0 in!D1'.split()
SOUGHT = '1 2 3 4 9 0 10 "ant" "CAT" "zzz"'.split()


def formulas() -> list[str]:
    found = [f"={f}({ARGUMENTS[a]})" for f in OF_ONE for a in SINGLE]
    found += [f"={f}({ARGUMENTS[a]})" for f in OF_MANY for a in MANY]
    for f, a, b in product(OF_MANY, MANY, MANY[::3]):
        if f != "SUMPRODUCT":
            found.append(f"={f}({ARGUMENTS[a]},{ARGUMENTS[b]})")
    found += [f"={f}({a},{b})" for f in OF_TWO for a, b in product(FIRST, SECOND)]
    found += [f"={a}{op}{b}" for op in OPERATORS for a, b in product(OPERANDS, OPERANDS)]
    for criterion, column in product(CRITERIA, "ACDGI"):
        span = f"in!{column}1:{column}6"
        found += [f"=COUNTIF({span},{criterion})", f"=SUMIF({span},{criterion},in!E1:E6)"]
        found += [f"=AVERAGEIF({span},{criterion},in!E1:E6)"]
    for value in SOUGHT:
        for column, mode in ("E0", "E1", "F0", "G0", "G1", "J0", "I0"):
            found.append(f"=MATCH({value},in!{column}1:{column}6,{mode})")
        if '"' not in value:
            found.append(f"=MATCH({value},in!F1:F6,-1)")
        for mode in ("FALSE", "TRUE"):
            found += [f"=VLOOKUP({value},in!E1:H6,4,{mode})", f"=VLOOKUP({value},in!G1:H6,2,{mode})"]
    found += [f"=INDEX(in!E1:F6,{row},{column})" for row, column in product((1, 3, 6, 2.9), (1, 2))]
    found += [f"=SUM(INDEX(in!E1:F6,{row},{column}))" for row, column in product((0, 1, 6), (0, 1, 2))]
    found += MORE
    for family in FAMILIES:
        found += family.formulas()
    return list(dict.fromkeys(found))


MORE = """
=SUMX2MY2(in!A1:A6,in!E1:E6)  =SUMX2PY2(in!A1:A6,in!E1:E6)  =SUMXMY2(in!A1:A6,in!E1:E6)  =SUMXMY2({1,2,3},{3,5,8})
=SUMPRODUCT(in!A1:A6,in!E1:E6,in!F1:F6)  =SUMPRODUCT((in!A1:A6>0)*in!E1:E6)  =MMULT({1,2;3,4},{5;6})
=SUM(MMULT({1,2;3,4},{5,6;7,8}))  =SUM(TRANSPOSE({1,2;3,4})*{1,2;3,5})  =ROW(in!C5)  =COLUMN(in!C5)  =ROWS(in!A1:C5)
=COLUMNS(in!A1:C5)  =ROWS(in!A:A)  =SUM(in!A:A)  =COUNT(in!5:5)  =OFFSET(in!A1,1,0)  =SUM(OFFSET(in!A1,0,0,3,2))
=SUM(OFFSET(in!A1:A3,1,4))  =PI()  =IF(in!A1>0,"p","n")  =IF(FALSE,1)  =IFERROR(1/0,"d")  =IFNA(in!C2,1)  =50%  =5%%
=-2^2  =2^3^2  =-2^-2  =2^50%  =1&2+3  =10-2-3  =2/4/2  =--5  =3--2  =2^-1  =10%^2  ="a""b"  =SUM({1;2;3}*{1,2})
=0.1+0.2=0.3  =SUM(in!A1,in!A2,1)  =COUNTIFS(in!A1:A6,">0",in!E1:E6,">3")  =SUMIFS(in!A1:A6,in!A1:A6,">0",in!E1:E6,">3")
=LARGE(in!A1:A6,2)  =SMALL(in!A1:A6,2)  =COUNTBLANK(in!B1:B6)  =CHOOSE(2,"a","b")  =LEFT("abc",2)  =MID("abcdef",2,3)
=SUMIFS(in!A1:A6,in!E1:E6,">3")  =AVERAGEIFS(in!A1:A6,in!E1:E6,">3")  =AVERAGEIFS(in!A1:A6,in!A1:A6,">0",in!F1:F6,"<9")
=CONCATENATE("a",in!A1,in!B2)  =CONCAT(in!G1:G3,in!A2)  =NA()  =COUNTBLANK(in!D1:D6)
=RIGHT("abc",2)  =TRIM("x")  =HLOOKUP(4,in!A1:J6,3,FALSE)  =HLOOKUP("ant",in!A1:J6,3,FALSE)  =1/3&""  =0.1+0.2&""
=AREAS((in!A1:B2,in!C1))
""".split("  ")
MORE = [formula for line in MORE for formula in line.split("\n") if formula]

ZERO_POWER = "0^0 is #NUM! and 0 to a negative power #DIV/0!; LibreOffice says 1 and #NUM!"
UNDERFLOW = "a result too small for a number is 0, not an error"
ERROR_FIRST = "the error of the first argument comes first"
LOGICAL_TEXT = "a logical is the text TRUE; LibreOffice reads the TRUE of a file as the number 1"


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {"=LEN(TRUE)": (4, LOGICAL_TEXT), "=ISNUMBER(TRUE)": (False, LOGICAL_TEXT)}
    found |= {f"={name}(TRUE)": (text, LOGICAL_TEXT) for name, text in (("LOWER", "true"), ("UPPER", "TRUE"))}
    found["=TRIM(TRUE)"] = "TRUE", LOGICAL_TEXT
    found['=NOT("12")'] = found["=NOT(in!B4)"] = "#VALUE!", "only TRUE and FALSE are conditions among the texts"
    found["=SUMPRODUCT(TRUE)"] = 0, "a logical counts as 0 in a product of arrays"
    for zero, other in product(("in!A4", "in!B2", "0"), OPERANDS):
        found[f"={zero}^{other}"] = {"in!A4": "#NUM!", "in!B2": "#NUM!", "0": "#NUM!"}.get(other, "#DIV/0!"), ZERO_POWER
    for zero, other in product(("0", "in!B2"), ("0", "-1", "-2", "in!B2")):
        found[f"=POWER({zero},{other})"] = "#NUM!" if other in ("0", "in!B2") else "#DIV/0!", ZERO_POWER
    for exponent in ("in!A3", "-2.5"):
        found[f"=1E+300^{exponent}"] = 0, UNDERFLOW
    found["=in!B5^1E+300"] = 0, UNDERFLOW
    for text, zero in product(("in!B3", "in!C2"), ("0", "in!B2", "in!B3", "in!C3")):
        found[f"=MOD({text},{zero})"] = "#VALUE!" if text == "in!B3" else "#N/A", ERROR_FIRST
        for name in ("POWER", "LOG", *OF_TWO):
            found[f"={name}({text},{zero})"] = "#VALUE!" if text == "in!B3" else "#N/A", ERROR_FIRST
    for op in OPERATORS[:5]:
        found[f"=in!B3{op}in!C2"] = "#VALUE!", ERROR_FIRST
    for name, errors in product(OF_MANY, ("in!C2", "in!C1:C6")):
        found[f'={name}({errors},"abc")'] = "#N/A", ERROR_FIRST
    found["=SUM(in!C1:C6)"] = "#N/A", ERROR_FIRST
    for other in MANY:
        found[f"=SUM(in!C1:C6,{ARGUMENTS[other]})"] = "#N/A", ERROR_FIRST
    for number in FIRST:
        found[f"=LOG({number},1)"] = "#DIV/0!", "ln 1 is 0, and what is divided by 0 is #DIV/0!"
    for family in FAMILIES:
        found |= family.known()
    return found


def test_libreoffice_computes_the_same():
    table = formulas()
    exceptions = known()
    values = computed(table)
    wrong = []
    for formula, value, other in zip(table, values, theirs({"in": CELLS}, table), strict=True):
        if agree(value, other):
            continue
        if formula in exceptions and same(value, exceptions[formula][0]):
            continue
        wrong.append(f"{formula} is {value!r}; LibreOffice has {other!r}")
    assert not wrong, "\n".join(wrong)


#: Functions that cannot stand in the table; other tests have Excel's values of them.
OWN_DIGITS = "Excel's approximation has digits of its own"
NOT_AMONG = {
    **dict.fromkeys(("XLOOKUP", "XMATCH"), "some releases of LibreOffice lack it"),
    "BINOM.DIST.RANGE": "LibreOffice does not know it by the name it has in files",
    "RAND": "drawn anew",
    "RANDBETWEEN": "drawn anew",
    **dict.fromkeys(("NOW", "TODAY"), "of the moment"),
    "INFO": "of another program",
    **dict.fromkeys("TEXTBEFORE TEXTAFTER TEXTSPLIT VALUETOTEXT ARRAYTOTEXT".split(), "LibreOffice lacks it"),
    **dict.fromkeys(("REGEXTEST", "REGEXEXTRACT", "REGEXREPLACE"), "LibreOffice has a REGEX of its own"),
    **dict.fromkeys(("BESSELI", "BESSELJ", "BESSELK", "BESSELY"), OWN_DIGITS),
}


def test_every_function_is_among_them() -> None:
    used = {name for formula in formulas() for name in re.findall(r"[A-Z][A-Z0-9.]*(?=\()", formula)}
    late = {name for name, row in FUNCTIONS.items() if ".arrays." in row.rule.__module__}  # from LibreOffice 24.8 on
    assert set(FUNCTIONS) - used - late == {*NOT_AMONG, "ANCHORARRAY"}


ARRAY_FORMULAS = """
=SUM(in!A1:A6*in!E1:E6)  =SUM((in!A1:A6>0)*1)  =SUM(IF(in!A1:A6>0,in!E1:E6))  =MAX(IF(in!A1:A6<0,in!A1:A6))
=SUM(1/COUNTIF(in!E1:E6,in!E1:E6))  =AND(in!E1:E6>0)  =OR(in!E1:E6>8)  =SUM(LEN(in!G1:G6))  =SUM(ROUND(in!A1:A6,0))
=INDEX(in!A1:A6,MATCH(1,(in!E1:E6=3)*(in!F1:F6=5),0))  =AVERAGE(IF(in!I1:I6="x",in!A1:A6))  =SUM(ROW(in!A1:A6))
=SUM(MATCH(in!E1:E6,in!E1:E6,0))  =SUM(VLOOKUP(in!E1:E6,in!E1:F6,2,0))  =SUM(IFERROR(in!C1:C6,10))
=SUM(in!A1:A3+in!E1:F1)
=COUNT(1/(in!A1:A6>0))  =SUM(SUMIF(in!I1:I6,in!I1:I4,in!A1:A6))  =SUM(TRANSPOSE(in!A1:A6)*in!A1:A6)  =SUM(in!A1:A6^2)
=STDEV.S(IF(in!A1:A6>0,in!A1:A6))  =SUM(LARGE(in!A1:A6,ROW(in!A1:A3)))  =SUM(MOD(in!E1:E6,2))
=PRODUCT(IF(in!A1:A6>0,in!A1:A6))
""".split()


def test_libreoffice_computes_the_same_array_formulas():
    values = computed(ARRAY_FORMULAS, array=True)
    others = theirs({"in": CELLS}, ARRAY_FORMULAS, array=True)
    wrong = [
        f"{formula} is {value!r}; LibreOffice has {other!r}"
        for formula, value, other in zip(ARRAY_FORMULAS, values, others, strict=True)
        if not agree(value, other)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("ours", "other", "equal"),
    [
        (1.0, 1, True),
        (1.0, 1.00000000000001, False),
        (1.0, True, False),
        (0.1 + 0.2, 0.3, True),
        ("", None, True),
        (0.0, None, False),
        ("#N/A", "#VALUE!", False),
        ("a", "b", False),
        (1.0, "1", False),
    ],
)
def test_the_comparison_sees_a_difference(ours, other, equal):
    assert agree(ours, other) is equal
