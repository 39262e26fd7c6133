"""Random formulas: grown from the grammar and the table of functions, some of them damaged, some of them huge."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import book_by_hand

from sheetsim.functions import FUNCTIONS

NUMBERS = ["0", "1", "2", "3", "-1", "0.5", "1E300", "-1E300", "1E-308", "1E18", "1E9", "2147483648", "1048577", "7.5%"]
TEXTS = ['""', '"a"', '"*"', '"a*b?"', '">1"', '"=2"', '"<>"', '"~*"', '"1E400"', '"ab\U0001f600"', '"2024-03-15"']
PLACES = ["A1", "B2", "$C$3", "A1:A5", "A1:C5", "C5:A1", "B:B", "s!B1", "rate", "XFD1048576"]
PLACES += ["B$1:B1", "A1:B2", "OFFSET(A1,1,1)", "OFFSET(A1:B2,{0;1},0)", "INDEX(A1:C5,0,2)", "B1:INDEX(A1:C5,2,3)"]
OTHERS = ["TRUE", "FALSE", "#N/A", "#DIV/0!", "#REF!", "{1,2;3,4}", '{1;"a";TRUE}', "{1,2,3}", "{1;2;3;4;5;6;7}"]
OPERATORS = ["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">="]
RARE = ["A:C", "A1:A1048576", "2:2", "A1:XFD1", "none!A1", "nothing", "t[x]", "(A1,B2)", "A1:B2 B1:C3", ""]
RARE += ["NOSUCH(1)", "A1#", "@A1", "A1:1"]
SIGNS = "()+-*/^&=<>{}[]!,;:'\"#$%@. \n0123456789ABCEFxé\U0001f600_~?|\\"
#: What stands beside the formulas: numbers, texts, logicals, an error and nothing.
DATA = [["2", '"a"', "0.1"], ["3", '"b"', "TRUE"], ["-1.5", '" "', "#N/A"], ["1E308", None, "7"], [None, '"2"', "3"]]
ROWS, FIRST = 3, 3  # each formula is filled down so many rows, from column D on


def grown(rng: random.Random, depth: int) -> str:
    """A formula without its = sign, that deep at most."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(rng.choice([NUMBERS, TEXTS, PLACES, PLACES, OTHERS]) if rng.random() < 0.99 else RARE)
    kind = rng.random()
    if kind < 0.3:
        return grown(rng, depth - 1) + rng.choice(OPERATORS) + grown(rng, depth - 1)
    if kind < 0.4:
        return rng.choice(["-{}", "+{}", "({})", "{}%", "--{}"]).format(grown(rng, depth - 1))
    name = rng.choice([*FUNCTIONS])
    takes = FUNCTIONS[name].arguments
    count = rng.randint(takes.least, min(takes.most, takes.least + 3)) if rng.random() < 0.99 else rng.randint(0, 6)
    return f"{name}({','.join(grown(rng, depth - 1) for _ in range(count))})"


def damaged(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(SIGNS) * rng.choice([0, 1, 1, 3]) + text[at + rng.randrange(3) :]
    return text


def huge(rng: random.Random) -> str:
    """One that grows in one way only: deep, long, or with very many of something."""
    count, inner = rng.choice([10, 70, 300, 3000]), grown(rng, 1)
    joined = rng.choice(["&", "+", "^", "=", ",", ":", " "])
    return rng.choice(
        [
            "(" * count + inner + ")" * count,
            "-" * count + inner,
            inner + "%" * count,
            joined.join([inner] * count),
            f"SUM({','.join([inner] * count)})",
            "IF(A1," * count + inner + ")" * count,
            "ABS(" * count + inner + ")" * count,
            "{" + ",".join(["1"] * count) + "}",
            '"' + "a*" * count + '"',
            f'COUNTIF(A1:C5,"{"*a" * count}")',
            "A" * count,
            "9" * count,
        ]
    )


def made(rng: random.Random) -> dict[str, Any]:
    """Two to four formulas; each is filled down a column of its own, or is an array formula."""
    texts = []
    for _ in range(rng.randint(2, 4)):
        kind = rng.random()
        text = huge(rng) if kind < 0.05 else grown(rng, rng.randint(1, 4))
        texts.append(damaged(rng, text) if kind > 0.95 else text)
    return {"formulas": texts, "array": rng.random() < 0.2}


def write(given: dict[str, Any], folder: Path) -> Path:
    rows = []
    for row, values in enumerate(DATA, 1):
        cells = [_value(value) for value in values]
        if row <= ROWS:
            cells += [_formula(text, k, row, given["array"]) for k, text in enumerate(given["formulas"])]
        named = "".join(f'<c r="{chr(ord("A") + k)}{row}"{cell}</c>' for k, cell in enumerate(cells))
        rows.append(f'<row r="{row}">{named}</row>')
    sheets = '<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets>'
    names = '<definedNames><definedName name="rate">s!$A$2</definedName></definedNames>'
    return book_by_hand.write(folder / "book.xlsx", "".join(rows), sheets + names)


def _value(value: str | None) -> str:
    """What stands in a cell, from its attributes on."""
    if value is None:
        return ">"
    if value == "TRUE":
        return ' t="b"><v>1</v>'
    if value[0] == '"':
        return f' t="str"><v>{value[1:-1]}</v>'
    return (' t="e"' if value[0] == "#" else "") + f"><v>{value}</v>"


def _formula(text: str, number: int, row: int, array: bool) -> str:
    name = chr(ord("A") + FIRST + number)
    over = f"{name}1:{name}{ROWS}"
    if array:
        return f'><f t="array" ref="{over}">{escape(text)}</f><v>0</v>' if row == 1 else ">"
    if row == 1:
        return f'><f t="shared" ref="{over}" si="{number}">{escape(text)}</f><v>0</v>'
    return f'><f t="shared" si="{number}"/><v>0</v>'
