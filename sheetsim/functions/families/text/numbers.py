"""Texts as numbers, and numbers as texts."""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, numbers_or_error, uniform, with_errors
from sheetsim.excel.number_formats import BadFormat, formatted, formatted_text
from sheetsim.excel.number_formats.general import decimal, rounded
from sheetsim.excel.number_text import text_number
from sheetsim.excel.texts import each_once, text_values, texts_of, value_text
from sheetsim.functions.families.text.answering import WRONG, Answer, of_texts
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NUMBER, TEXT, TEXTS, VALUE

of = partial(of_texts, __name__)
MOST_DECIMALS = 127


@function("T", "value", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def text_of(v: Values) -> Values:
    """A text or an error as it is, anything else as the empty text."""
    kept = (v.kinds() == TEXT) | (v.kinds() == ERROR)
    num = np.where(kept, v.num, float(TEXTS.place("")))
    return Values(num, uniform(np.where(kept, v.kinds(), np.uint8(TEXT))))


@function("VALUE", "text", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def value(v: Values) -> Values:
    """The number that a text means, as it would be typed: also a date, a time, a percentage or an amount of money."""
    return with_errors(numbers_or_error(v), np.where(v.kinds() == LOGICAL, float(VALUE), 0.0))


def _numbervalue(text: str, point: str = ".", group: str = ",") -> Answer:
    text = re.sub(r"\s", "", text)
    point, group = point[:1], group[:1]
    if not point or not group:
        return WRONG
    whole, pointed, rest = text.partition(point)
    if group in rest or point in rest:
        return WRONG
    plain, percents = (whole.replace(group, "") + pointed.replace(point, ".") + rest), 0
    while plain.endswith("%"):
        plain, percents = plain[:-1], percents + 1
    if not text:
        return 0.0
    number = text_number(plain) if re.fullmatch(r"[+-]?[0-9.eE+-]+", plain) else None
    return WRONG if number is None else number / 100.0**percents


of(
    "NUMBERVALUE",
    "text, [point], [group]",
    "text text text",
    _numbervalue,
    "The number that a text means with a sign of its own for the decimal point and for thousands.",
    prefix=NEWER,
)


# --- numbers in formats -----------------------------------------------------------------------------------------------
@function("TEXT", "value, format", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def text(v: Values, code: Values) -> Values:
    """A value in a number format, such as ``#,##0.00`` or ``d mmm yyyy``."""
    v, code = fitted(v, code)
    shape = common_shape(v, code)
    v = v.broadcast(shape)
    codes, code_errors = texts_of(code.broadcast(shape))
    given = np.where(v.kinds() == ERROR, v.num, 0.0)
    found = each_once(_text, v.num.ravel().tolist(), v.kinds().ravel().tolist(), codes)
    bad = np.array([text is None for text in found]).reshape(shape)
    errors = first_error(given, code_errors, np.where(bad, float(VALUE), 0.0))
    return text_values([text or "" for text in found], shape, errors)


def _text(num: float, kind: int, code: str) -> str | None:
    try:
        if kind == TEXT:
            worth = text_number(TEXTS[int(num)])
            return formatted_text(TEXTS[int(num)], code) if worth is None else formatted(worth, code)
        if kind == LOGICAL:
            return formatted_text(value_text(num, kind), code)
        return formatted(num, code) if kind in (NUMBER, BLANK) else ""
    except BadFormat:
        return None


def _places(decimals: int) -> str:
    return "." + "0" * decimals if decimals > 0 else ""


def _rounded(number: float, decimals: int) -> float:
    """Rounded left of the point where there are fewer than no decimals."""
    if decimals >= 0:
        return number
    return float(rounded(decimal(number), decimals))


def _dollar(number: float, decimals: int = 2) -> Answer:
    if abs(decimals) > MOST_DECIMALS:
        return WRONG
    code = "$#,##0" + _places(decimals)
    return formatted(_rounded(number, decimals), f"{code};({code})")


def _fixed(number: float, decimals: int = 2, no_commas: bool = False) -> Answer:
    if abs(decimals) > MOST_DECIMALS:
        return WRONG
    return formatted(_rounded(number, decimals), ("0" if no_commas else "#,##0") + _places(decimals))


of("DOLLAR", "number, [decimals]", "number whole", _dollar, "A number as an amount of dollars.")
of(
    "FIXED",
    "number, [decimals], [no_commas]",
    "number whole truth",
    _fixed,
    "A number with so many decimals, thousands parted by commas.",
)
