"""Settings, ``NAME=VALUE``: what stands on either side, and the cells that are meant."""

from __future__ import annotations

import re
from contextlib import suppress
from math import isfinite
from typing import Any

import numpy as np

from sheetsim.errors import InputError, NotFound
from sheetsim.excel.number_text import text_number
from sheetsim.model.address import MAX_ROWS, Rect
from sheetsim.model.named_cells import place_of
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ERRORS, ExcelError

_PARTS = re.compile(r"\s*((?:'(?:[^']|'')*'!)?[^=]*?)\s*=(.*)\Z", re.DOTALL)  # a quoted title may hold a =
LOGICALS = {"TRUE": True, "FALSE": False}
LARGEST = MAX_ROWS  # cells that one setting may fill: a column


def parts_of(text: str, expected: str) -> tuple[str, str]:
    """``lr=0.1`` → ("lr", "0.1"). Raises InputError, which says what was ``expected``.

    >>> parts_of("'a=b'!B1=2", "")
    ("'a=b'!B1", '2')
    """
    found = _PARTS.match(text)
    if found is None or not all(part.strip() for part in found.groups()):
        raise InputError(f"--set {text!r}: expected {expected}")
    return found[1], found[2]


def setting(text: str) -> tuple[str, float]:
    """``lr=0.1`` → ("lr", 0.1), for settings that are numbers. Raises InputError."""
    expected = "NAME=NUMBER, such as lr=0.1"
    name, value = parts_of(text, expected)
    with suppress(InputError):
        return name, number(name, value)
    raise InputError(f"--set {text!r}: expected {expected}")


def typed_setting(text: str) -> tuple[str, Any]:
    """``B1=2`` → ("B1", 2.0), for settings of any kind. Raises InputError.

    >>> typed_setting("Sheet1!B1=12.5%"), typed_setting("paid=true"), typed_setting('code="007"')
    (('Sheet1!B1', 0.125), ('paid', True), ('code', '007'))
    """
    name, value = parts_of(text, "CELL=VALUE or NAME=VALUE, such as Sheet1!B1=2")
    return name, typed(name, value)


def typed(name: str, text: str) -> Any:
    """What a cell holds once ``text`` is typed into it: a number, a logical, one of Excel's errors, or the text itself.
    Quotation marks around it make a text of anything. Raises InputError for a formula, and for a number that no cell
    can hold."""
    word = text.strip()
    if len(word) > 1 and word[0] == word[-1] == '"':
        return word[1:-1]
    if word.startswith("="):
        raise InputError(f"--set {name}: {word!r:.40} is a formula; a setting is a number, a text, TRUE or FALSE")
    if word.upper() in LOGICALS:
        return LOGICALS[word.upper()]
    if word.upper() in ERRORS:
        return ExcelError(word.upper())
    found = text_number(word)
    if found is not None:
        return found
    with suppress(ValueError):
        if not isfinite(float(word)):  # 1e999, inf, nan: hardly meant as a text
            number(name, word)
    return text


def number(name: str, value: Any) -> float:
    """The value of a setting. Raises InputError for what is not a number or no cell can hold."""
    with suppress(TypeError, ValueError, OverflowError):
        if isfinite(found := float(value)):
            return found
    raise InputError(f"--set {name}: {value!r:.40} is no number that a cell can hold")


def free_cells(sheet: Sheet, name: str) -> tuple[Sheet, Rect]:
    """The cells of a setting, on this sheet or another; none of them may hold a formula."""
    return free("--set " + name, *place_of(sheet, name))


def free(what: str, where: Sheet, rect: Rect) -> tuple[Sheet, Rect]:
    """These cells, of which none may hold a formula. Raises InputError, which says ``what`` wanted them."""
    if rect.size > LARGEST:
        raise InputError(f"{what}: {rect.size:,} cells are too many")
    computed = np.argwhere(where.computed()[rect.slices])
    if computed.size:
        row, column = (computed[0] + (rect.top, rect.left)).tolist()
        formula = where.formula_text(row, column)
        raise InputError(f"{what}: {where.where(row, column)} holds the formula {formula}")
    return where, rect


def cells_meant(book: Book, name: str) -> tuple[Sheet, Rect]:
    """The cells that a name or an address means in a workbook: ``rate``, ``Sheet1!B1``; of a workbook with one sheet
    ``B1``. Raises NotFound, or InputError where several sheets could be meant.

    >>> book = Book("demo")
    >>> sheets = book.add_sheet("a"), book.add_sheet("b")
    >>> sheets[1].name("rate", "$B$1")
    >>> where, rect = cells_meant(book, "rate")
    >>> where.title, str(rect)
    ('b', 'B1')
    """
    title, mark, own = name.rpartition("!")
    if mark:
        return place_of(book.sheet(unquoted(title)), own)
    if len(book.sheets) == 1 or book.find_name(name, None):
        return place_of(book.sheets[0], name)
    having = [sheet for sheet in book.sheets if _is_called(sheet, name)]
    if len(having) == 1:
        return place_of(having[0], name)
    there = ", ".join(sheet.title for sheet in having or book.sheets)
    if having:
        raise InputError(f"{name!r} is a name on several sheets; write SHEET!{name}, the sheets are {there}")
    raise NotFound(
        f"{name!r} names no sheet, and is no name of the workbook; write SHEET!{name}, the sheets are {there}"
    )


def _is_called(sheet: Sheet, name: str) -> bool:
    found = sheet.book.find_name(name, sheet.title)
    return name.casefold() in sheet.aliases or (found is not None and found.sheet is not None)
