"""Characters by their numbers."""

from __future__ import annotations

from functools import partial

from sheetsim.functions.families.text.answering import MISSING, WRONG, Answer, of_texts
from sheetsim.functions.table import NEWER

of = partial(of_texts, __name__)
WINDOWS = "cp1252"  # the characters of Excel on Windows in Western Europe and America
HALVES = range(0xD800, 0xE000)  # of characters beyond U+FFFF: none by themselves


def _char(number: float) -> Answer:
    number = int(number)
    if not 1 <= number <= 255:
        return WRONG
    try:
        return bytes([number]).decode(WINDOWS)
    except UnicodeDecodeError:
        return chr(number)


def _code(text: str) -> Answer:
    if not text:
        return WRONG
    try:
        return float(text[0].encode(WINDOWS)[0])
    except UnicodeEncodeError:
        return float(ord(text[0])) if ord(text[0]) < 256 else float(ord("?"))


def _unichar(number: float) -> Answer:
    number = int(number)
    if not 1 <= number <= 0x10FFFF:
        return WRONG
    return MISSING if number in HALVES or number & 0xFFFE == 0xFFFE else chr(number)


of("CHAR", "number", "number", _char, "The character of a number from 1 to 255, as Windows counts them.")
of("CODE", "text", "text", _code, "The number of the first character, as Windows counts them.")
of("UNICHAR", "number", "number", _unichar, "The character of a number of Unicode.", prefix=NEWER)
of(
    "UNICODE",
    "text",
    "text",
    lambda text: float(ord(text[0])) if text else WRONG,
    "The number of Unicode of the first character.",
    prefix=NEWER,
)
