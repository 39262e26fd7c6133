"""Texts changed: their capitals, their spaces, what stands at a place, or a part wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from sheetsim.excel.texts import by_text, piece, units
from sheetsim.functions.families.mathematics.entering import enter
from sheetsim.functions.families.text.answering import WRONG, Answer, of_texts
from sheetsim.functions.table import NEWER, Evidence, Gradient
from sheetsim.model.limits import LONGEST_TEXT

of = partial(of_texts, __name__)


def _of_text(name: str, rule: Callable[[str], str], about: str) -> None:
    known = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE}
    enter(__name__, name, "text", lambda v: by_text(rule, v), about=about, **known)


_of_text("UPPER", str.upper, "The text in capitals.")
_of_text("LOWER", str.lower, "The text in small letters.")
_of_text("PROPER", str.title, "The text with a capital at the beginning of each word, the rest in small letters.")
_of_text("TRIM", lambda text: re.sub(" +", " ", text.strip(" ")), "The text without spaces but single ones inside.")
_of_text("CLEAN", lambda text: re.sub("[\x00-\x1f]", "", text), "The text without control characters.")


def _substitute(text: str, old: str, new: str, which: int | None = None) -> Answer:
    if which is not None and which < 1:
        return WRONG
    if not old:
        return text
    if which is None:
        size = len(text) + text.count(old) * (len(new) - len(old))
        return WRONG if size > LONGEST_TEXT else text.replace(old, new)
    at = -len(old)
    for _ in range(which):
        at = text.find(old, at + len(old))
        if at < 0:
            return text
    return text[:at] + new + text[at + len(old) :]


def _replace(text: str, first: int, count: int, new: str) -> Answer:
    if first < 1 or count < 0:
        return WRONG
    behind = first - 1 + count
    return piece(text, 0, first - 1) + new + piece(text, behind, max(units(text) - behind, 0))


of(
    "SUBSTITUTE",
    "text, old, new, [which]",
    "text text text whole",
    _substitute,
    "The text with a part of it replaced, capitals being told apart: wherever it stands, or only the so-many-th time.",
)
of(
    "REPLACE",
    "text, first, count, new",
    "text whole whole text",
    _replace,
    "The text with so many characters from a place on, counted from 1, replaced.",
)
of(
    "ENCODEURL",
    "text",
    "text",
    lambda text: quote(text, safe=""),
    "The text with % and hexadecimal digits in place of what an address may not hold.",
    prefix=NEWER,
)
