"""The functions of texts that count bytes, LENB and its kin: a byte a character, as Excel counts them wherever its
language is none of Chinese, Japanese and Korean."""

from __future__ import annotations

from sheetsim.functions.families.mathematics.entering import enter
from sheetsim.functions.families.text import changing, comparing, cutting
from sheetsim.functions.table import FUNCTIONS

OF_CHARACTERS = {cutting: "LEN LEFT MID RIGHT", comparing: "FIND SEARCH", changing: "REPLACE"}


def _in_bytes(name: str) -> None:
    row = FUNCTIONS[name]

    def entered(*arguments: object) -> object:
        return row.rule(*arguments)

    about = f"{name}, characters counted as bytes, one each."
    takes = str(row.arguments)
    enter(__name__, f"{name}B", takes, entered, about=about, gradient=row.gradient, evidence=row.evidence)


for _names in OF_CHARACTERS.values():
    for _name in _names.split():
        _in_bytes(_name)
