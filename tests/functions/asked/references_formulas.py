"""Formulas of references and of lookups that LibreOffice is asked about, and where it is known to differ."""

from __future__ import annotations

from typing import Any

MORE = """
=ADDRESS(3,7)|=ADDRESS(3,7,2)|=ADDRESS(3,7,3)|=ADDRESS(3,7,4)|=ADDRESS(3,7,1,0)|=ADDRESS(3,7,4,FALSE)|=ADDRESS(0,1)
=ADDRESS(1,16385)|=ADDRESS(1,16384)|=ADDRESS(3,7,5)|=ADDRESS(3.9,7.9)|=ADDRESS(2,3,1,1,"a b")|=INDIRECT("in!A1")
=INDIRECT("in!$E$3")|=SUM(INDIRECT("in!E1:E6"))|=SUM(INDIRECT("in!R1C5:R6C5",FALSE))|=INDIRECT("nothing")
=INDIRECT("in!A"&2)|=SUM(INDIRECT("in!E"&1&":E"&3))|=INDIRECT(in!C2)|=AREAS(in!A1:B2)|=HYPERLINK("http://x","y")
=HYPERLINK("http://x")|=ROWS(INDIRECT("in!A1:B3"))|=INDIRECT("in!A1:B")
=FORMULATEXT(in!A1)|=MATCH(6,in!F1:F6,-1)|=MATCH(10,in!F1:F6,-1)|=LOOKUP(4,in!E1:E6)|=LOOKUP(4,in!E1:E6,in!G1:G6)
=LOOKUP("cow",in!G1:H6)|=LOOKUP(0,in!E1:E6)|=LOOKUP(5,in!E1:E6,in!F1:F6)|=LOOKUP(99,in!E1:F6)
=LOOKUP("b",{"a","b","c";1,2,3})
=LOOKUP(2,{1;2;3})|=LOOKUP(5,{1,2,3},{10;20;30})
""".replace("\n", "|")


def formulas() -> list[str]:
    """All of them."""
    return [formula for formula in MORE.split("|") if formula]


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    return {
        "=ADDRESS(3,7,5)": ("#VALUE!", "there are four ways to fix a reference"),
        '=INDIRECT("in!A1:B")': ("#REF!", "a text that names no reference"),
        "=LOOKUP(5,{1,2,3},{10;20;30})": (30, "documented: results of the same size"),
    }
