"""Formula text → tokens: the pieces of a formula, its references seen from the formula's own cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheetsim.errors import FormulaError
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, column_index
from sheetsim.model.nodes import Corner, Ref, unquoted
from sheetsim.model.values import ERRORS

Token = tuple[str, str | Ref]  # one of the groups of ``_TOKEN``, and its text; for a ``ref`` the reference

#: All but letters, ``_``, a backslash and the signs from \u0080 to \uffff: said this way round, ``re`` compiles it in a
#: fortieth of the time.
_NO_LETTER = r"\x00-@\[\]^`{-\x7f\U00010000-\U0010ffff"
_WORD = rf"[^{_NO_LETTER}]"
_FILE = r"\[[0-9]+\]"  # another file, by its number in this one
_SHEET = rf"(?:'(?:[^']|'')+'|(?:{_FILE})?{_WORD}[\w.]*)"
_COLUMN, _ROW = r"\$?[A-Za-z]{1,3}", r"\$?[0-9]{1,7}"
_A1 = _COLUMN + _ROW
_SHEETS = (
    rf"(?:(?!{_A1}:(?!{_A1}!))(?:{_FILE})?{_WORD}[\w.]*:{_WORD}[\w.]*|{_SHEET})"  # Jan:Mar; A1:Sheet2!B2 is no such
)
_END = r"(?![\w(.!\[])"  # what follows must not make a longer word of it
_AREA = rf"{_A1}(?::{_A1})?{_END}|{_COLUMN}:{_COLUMN}{_END}|{_ROW}:{_ROW}(?![\w.])"
_ESCAPED = r"'[\[\]#'@]"  # within a table's brackets an apostrophe takes the meaning from these signs
IN_BRACKETS = rf"(?:{_ESCAPED}|'(?!{_ESCAPED[1:]})|[^\[\]'])*"
_ERROR = "|".join(map(re.escape, ERRORS))
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<ref>(?:(?P<sheet>{_SHEETS})!)?(?P<area>{_AREA}))
    |(?P<error>(?:{_SHEETS}!)?(?:{_ERROR}))
    |(?P<own>\[0\]!{_WORD}[\w.?\\]*)(?!\s*[\[(])
    |(?P<outside>{_FILE}!{_WORD}[\w.?\\]*)(?!\s*[\[(])
    |(?P<other>\[[^\[\]]+\](?:[^\\{_NO_LETTER}][\w.]*)?!)
    |(?P<table>(?:{_WORD}[\w.]*)?\[{IN_BRACKETS}(?:\[{IN_BRACKETS}\]{IN_BRACKETS})*\])
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<function>{_WORD}[\w.]*)\s*\(
    |(?P<name>(?:{_SHEET}!)?{_WORD}[\w.?\\]*)
    |(?P<operator><=|>=|<>|[-+*/^&=<>%@(){{}},;:])""",
    re.VERBOSE,
)
_PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]{0,7})\Z")
_STORED = re.compile(rf"'?{_FILE}[^\[\]]")
_BEYOND = re.compile(r"(?:[Xx][Ff][E-Ze-z]|[Xx][G-Zg-z][A-Za-z]|[Y-Zy-z][A-Za-z]{2})[0-9]+\Z")


def tokens_of(text: str, row: int, column: int) -> Iterator[Token]:
    """The tokens of a formula typed into the cell (row, column). Raises FormulaError."""
    place = 1 if text.startswith("=") else 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise FormulaError(f"cannot read {text[place : place + 20]!r}")
        kind, sheet = str(found.lastgroup), found["sheet"]
        if kind == "other":
            raise FormulaError(f"refers to another file, {text[place : place + 20]!r}")
        if kind == "own":
            yield "name", found[0]  # [0]!rate: a name of this file
        elif kind == "outside":
            yield "name", found[0]  # [1]!rate
        elif kind != "ref":
            yield kind, found[0]
        elif sheet is None and _BEYOND.match(found["area"]):
            yield "name", found[0]  # XFE1: no sheet is that wide
        elif sheet and "[" in sheet and not _STORED.match(sheet):
            raise FormulaError(f"refers to another file, {found[0]}")
        else:
            yield "ref", _reference(sheet and unquoted(sheet), found["area"], row, column)
        place = found.end()


def _reference(sheet: str | None, area: str, row: int, column: int) -> Ref:
    first, _, last = area.partition(":")
    shape = "cell"
    if last:
        shape = "columns" if not first[-1].isdigit() else "rows" if not any(map(str.isalpha, first)) else "range"
    start = _corner(first, row, column, 0, 0)
    end = _corner(last, row, column, MAX_ROWS - 1, MAX_COLUMNS - 1) if last else start
    return Ref(sheet, start, end, shape)


def _corner(text: str, row: int, column: int, default_row: int, default_column: int) -> Corner:
    """``$B4`` seen from the cell (row, column); the defaults stand in for what ``A:A`` or ``1:1`` leaves out."""
    found = _PART.match(text)
    assert found is not None
    dollar, letters, dollar_row, digits = found.groups()
    if not letters:  # a whole row, ``$1``
        dollar_row = dollar_row or dollar
    r, r_absolute = (int(digits) - 1, bool(dollar_row)) if digits else (default_row, True)
    c, c_absolute = (column_index(letters), bool(dollar)) if letters else (default_column, True)
    if not (0 <= r < MAX_ROWS and 0 <= c < MAX_COLUMNS):
        raise FormulaError(f"{text} lies outside a sheet")
    return Corner(r if r_absolute else r - row, c if c_absolute else c - column, r_absolute, c_absolute)
