"""Formulas of texts that LibreOffice is asked about, and where it is known to differ."""

from __future__ import annotations

from itertools import product
from typing import Any

NUMBERS = "0 1 -1 0.5 -0.285 1234567.891 12.3456 -1234.5 45301.75 0.0000123456 98765432109".split()
FORMATS = """0|0.00|#,##0|#,##0.00;(#,##0.00)|0%|0.0%|0.00E+00|##0.0E+0|General|000-0000|"n "0.0|\\x0|#.##|0,,|0.0,|
"$"#,##0.00;[Red]-"$"#,##0.00|+0;-0;"zero"|[>=100]0;[<0]-0.0;0.00|?0.0?|
# ?/?|# ??/??|0 ?/8""".replace("\n", "").split("|")
MOMENTS = "45301.75 45323.0007 61 36526.9999 0.5 45657.123".split()
DATE_FORMATS = """m/d/yyyy|dd.mm.yy|d mmm yyyy|dddd, mmmm d|mmm-yy|h:mm|hh:mm:ss|h:mm AM/PM|[h]:mm|[mm]:ss|
yyyy-mm-dd hh:mm|mmmmm|h "o'clock"|mm:ss.0""".replace("\n", "").split("|")

MORE = """
=TEXT("abc","0")|=TEXT("12","0.00")|=TEXT(in!B2,"0.0")|=TEXT(in!C2,"0")|=TEXT(-1,"d")|=TEXT("a","<@>")|=TEXT(5,"")
=SUBSTITUTE("Sales Data","Sales","Cost")|=SUBSTITUTE("Quarter 1, 2008","1","2",1)|=SUBSTITUTE("aaa","a","b",2)
=SUBSTITUTE("aaa","a","",3)|=SUBSTITUTE("aaa","a","b",0)|=SUBSTITUTE("abc","","x")|=SUBSTITUTE("aAa","A","b")
=SUBSTITUTE("aa","a","b",5)|=REPLACE("abcdefghijk",6,5,"*")|=REPLACE("2009",3,2,"10")|=REPLACE("abc",9,1,"x")
=REPLACE("abc",0,1,"x")|=REPLACE("abc",1,-1,"x")|=REPLACE("123456",1,3,"@")|=FIND("M","Miriam McGovern")
=FIND("m","Miriam McGovern")|=FIND("M","Miriam McGovern",3)|=FIND("","abc",2)|=FIND("","abc",4)|=FIND("","abc",5)
=FIND("x","abc")|=FIND("a","abc",0)|=SEARCH("e","Statements",6)|=SEARCH("margin","Profit Margin")
=SEARCH("A?C","xxabcx")
=SEARCH("b*d","abcd")|=SEARCH("~*","a*b")|=SEARCH("*","abc")|=SEARCH("c*a","abca")|=SEARCH("","abc")
=PROPER("this is a TITLE")|=PROPER("2-way street")|=PROPER("76BudGet")|=CLEAN("a"&CHAR(7)&"b"&CHAR(10))|=REPT("*-",3)
=REPT("x",0)|=REPT("x",-1)|=REPT("x",2.9)|=EXACT("word","word")|=EXACT("Word","word")|=EXACT(1,"1")|=CHAR(65)|=CHAR(33)
=CHAR(0)|=CHAR(256)|=CODE("A")|=CODE("!")|=CODE("")|=UNICHAR(66)|=UNICHAR(32)|=UNICHAR(0)|=UNICODE("B")|=UNICODE(" ")
=LENB("abc")|=LEFTB("abc",2)|=RIGHTB("abc",2)|=MIDB("abcd",2,2)|=FINDB("c","abc")|=SEARCHB("B","abc")
=REPLACEB("abcd",2,2,"x")|=ENCODEURL("a b&c/d?e=f")
=UNICODE("")|=T("Rainfall")|=T(19)|=T(in!C2)|=T(in!B2)|=VALUE("$1,000")|=VALUE("16:48:00")-VALUE("12:00:00")|=VALUE("x")
=VALUE("12%")|=VALUE(in!B2)|=VALUE("")|=NUMBERVALUE("2.500,27",",",".")|=NUMBERVALUE("3.5%")|=NUMBERVALUE("9%%")
=NUMBERVALUE("")|=NUMBERVALUE("1 234.5")|=NUMBERVALUE("1.2.3")|=NUMBERVALUE("x")|=NUMBERVALUE("1,2,3")
=DOLLAR(1234.567,2)|=DOLLAR(1234.567,-2)|=DOLLAR(99.888)|=DOLLAR(-0.123,4)|=FIXED(1234.567,1)|=FIXED(1234.567,-1)
=FIXED(-1234.567,-1,TRUE)|=FIXED(44.332)|=FIXED(0.5,0)|=TEXTJOIN(", ",TRUE,in!G1:G6)|=TEXTJOIN("-",FALSE,in!B1:B6)
=TEXTJOIN("-",TRUE,in!B1:B6)|=TEXTJOIN("",TRUE,in!A1:A3,"x",in!G1)|=TEXTJOIN(",",TRUE,in!C1:C6)
=TEXTJOIN({",",";"},TRUE,{1,2,3,4})|=SUM(LEN(SUBSTITUTE(in!G1:G3,"a","bb")))|=SUM(FIND("a",{"a","ba"}))
""".replace("\n", "|")


def formulas() -> list[str]:
    """All of them."""
    quoted = [code.replace('"', '""') for code in FORMATS]
    found = [f'=TEXT({number},"{code}")' for number, code in product(NUMBERS, quoted)]
    dates = [code.replace('"', '""') for code in DATE_FORMATS]
    found += [f'=TEXT({moment},"{code}")' for moment, code in product(MOMENTS, dates)]
    return found + [formula for formula in MORE.split("|") if formula]


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found: dict[str, tuple[Any, str]] = {}
    for number, shown in zip(
        NUMBERS, ". 1. -1. .5 -.29 1234567.89 12.35 -1234.5 45301.75 . 98765432109.".split(), strict=True
    ):
        found[f'=TEXT({number},"#.##")'] = shown, "a point in a format is always shown"
    for number, shown in (("0", "0"), ("1", "1"), ("-1", "-1"), ("0.0000123456", "0"), ("98765432109", "98765432109")):
        found[f'=TEXT({number},"0 ?/8")'] = shown + "    ", "a fraction of 0 leaves as much room as another"
    found['=TEXT(98765432109,"# ?/?")'] = "98765432109    ", "large numbers have fractions, too"
    found['=TEXT(98765432109,"# ??/??")'] = "98765432109      ", "large numbers have fractions, too"
    found['=TEXT(-0.285,"0%")'] = "-29%", "28.5 is rounded away from 0"
    found['=TEXT(0.0000123456,"General")'] = "1.23456E-05", "as much as there is room for in a cell of the usual width"
    for code, shown in DAY_ZERO.items():
        found[f'=TEXT(0.5,"{code}")'] = shown, "day 0 is the 0th of January 1900"
    found['=TEXT(-1,"d")'] = "#VALUE!", "no date before the year 1900"
    found |= {f'={name}("","abc"{more})': (place, EMPTY) for name, more, place in FOUND_AT_ONCE}
    found |= {f"={name}(0)": ("#VALUE!", "no character has the number 0") for name in ("CHAR", "UNICHAR")}
    found['=CODE("")'] = "#VALUE!", "an empty text has no first character"
    for text, number in (("3.5%", 0.035), ("", 0), ("1 234.5", 1234.5), ("1,2,3", 123)):
        found[f'=NUMBERVALUE("{text}")'] = (
            number,
            "documented: percent signs, spaces, empty texts, and signs for thousands",
        )
    found["=DOLLAR(-0.123,4)"] = "($0.1230)", "negative amounts are in brackets"
    return found


EMPTY = "an empty text is found at once"
FOUND_AT_ONCE = (("FIND", ",2", 2), ("FIND", ",4", 4), ("SEARCH", "", 1))
DAY_ZERO = {
    "m/d/yyyy": "1/0/1900",
    "dd.mm.yy": "00.01.00",
    "d mmm yyyy": "0 Jan 1900",
    "dddd, mmmm d": "Saturday, January 0",
    "mmm-yy": "Jan-00",
    "yyyy-mm-dd hh:mm": "1900-01-00 12:00",
    "mmmmm": "J",
}
