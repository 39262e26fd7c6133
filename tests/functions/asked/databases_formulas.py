"""Formulas of databases that LibreOffice is asked about: the list begins in row 1, where G and I have headings."""

from __future__ import annotations

from itertools import product
from typing import Any

NAMES = "DSUM DPRODUCT DMAX DMIN DAVERAGE DCOUNT DCOUNTA DGET DVAR DVARP DSTDEV DSTDEVP".split()
FIELDS = ("4", '"x"', "in!G1", "9")
CRITERIA = "in!I1:I2 in!I1:I3 in!G1:G2 in!G1:I2".split()

TOO_FEW = "of too few numbers a spread is #DIV/0!, as VAR has it"


def formulas() -> list[str]:
    """All of them."""
    return [f"={name}(in!G1:J6,{field},{asked})" for name, field, asked in product(NAMES, FIELDS, CRITERIA)]


def known() -> dict[str, tuple[Any, str]]:
    """Formula → Excel's value and why LibreOffice has another one."""
    found = {f"={name}(in!G1:J6,4,{asked})" for name, asked in product(("DVAR", "DSTDEV"), CRITERIA[2:])}
    found |= {f"={n}(in!G1:J6,{field},{asked})" for n, field, asked in product(NAMES[-4:], FIELDS[1:3], CRITERIA)}
    return dict.fromkeys(found, ("#DIV/0!", TOO_FEW))
