"""Where a text stands in another, and whether two are the same."""

from __future__ import annotations

import re
from functools import lru_cache, partial

from sheetsim.excel.texts import piece, units
from sheetsim.functions.families.text.answering import WRONG, Answer, of_texts
from sheetsim.functions.patterns import same_case

of = partial(of_texts, __name__)

of("EXACT", "text, other", "text text", lambda a, b: a == b, "Whether two texts are the same, their capitals too.")


def _find(wanted: str, text: str, first: int = 1) -> Answer:
    if first < 1 or first > units(text) + 1:
        return WRONG
    ahead = text[: len(text) - len(piece(text, first - 1, units(text)))]
    at = text.find(wanted, len(ahead))
    return WRONG if at < 0 else units(text[:at]) + 1.0


@lru_cache(maxsize=1024)
def _between_stars(pattern: str) -> tuple[re.Pattern[str], ...]:
    """What must stand in a text one after the other. Each piece has a fixed length, so looking for one takes no longer
    than its length times that of the text; and where one is taken where it comes first, none need be tried again."""
    pieces = [""]
    for sign in re.findall(r"~[*?~]|.", same_case(pattern), re.DOTALL):
        if sign == "*":
            pieces.append("")
        elif sign != "~":  # at the end it stands for nothing
            pieces[-1] += "." if sign == "?" else re.escape(sign[-1])
    return tuple(re.compile(one, re.DOTALL) for one in pieces)


def _search(wanted: str, text: str, first: int = 1) -> Answer:
    if first < 1 or first > units(text) + 1:
        return WRONG
    folded = same_case(text)
    start = at = len(text) - len(piece(text, first - 1, units(text)))
    for number, one in enumerate(_between_stars(wanted)):
        found = one.search(folded, at)
        if found is None:
            return WRONG
        start, at = (start if number or not one.pattern else found.start()), found.end()
    return units(text[:start]) + 1.0


of(
    "FIND",
    "wanted, text, [first]",
    "text text whole",
    _find,
    "Where a text stands in another, counted from 1, capitals being told apart.",
)
of(
    "SEARCH",
    "wanted, text, [first]",
    "text text whole",
    _search,
    "Where a text, or one that fits a pattern with ``*`` and ``?``, stands in another, counted from 1.",
)
