"""Regular expressions, as PCRE2 writes them; the library ``regex`` reads them much the same.

A pattern such as ``(a+)+b`` can take longer than anybody waits. So a match has a time; a pattern that has taken more is
not tried again, and its cells are unsupported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sheetsim.excel.arrays import Values, error_value, single
from sheetsim.excel.texts import text_values
from sheetsim.functions.families.text.answering import MISSING, WRONG, Answer, answered
from sheetsim.functions.lifting import each_cell
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.limits import LONGEST_TEXT
from sheetsim.model.values import FUNCTION, NA, NUMBER, Reason, Unsupported

SECONDS = 0.5  # for one match
LONGEST_PATTERN = 4096  # signs
MOST_OVERRUNS = 20  # patterns that took too long, in the life of the process; after them none is given the time
ZERO = single(0)

TOO_SLOW = Unsupported(Reason(FUNCTION, "of a regular expression that takes too long", "a formula"))

_overrun: set[tuple[str, bool]] = set()


class TooSlow(Exception):
    """A match that takes longer than it may."""


@lru_cache(maxsize=1024)
def _compiled(pattern: str, any_case: bool) -> Any:
    """Raises ValueError for what is no pattern."""
    import regex

    if len(pattern) > LONGEST_PATTERN:
        raise ValueError("a pattern that is too long")
    try:
        return regex.compile(pattern, regex.IGNORECASE if any_case else 0)
    except regex.error as error:
        raise ValueError(str(error)) from None


def _in_time(pattern: str, any_case: bool, ask: Callable[[Any, float], Any]) -> Any:
    """What is asked of a pattern, within its time. Raises TooSlow and ValueError."""
    key = (pattern, any_case)
    if key in _overrun or len(_overrun) >= MOST_OVERRUNS:
        raise TooSlow
    expression = _compiled(pattern, any_case)
    try:
        return ask(expression, SECONDS)
    except TimeoutError:
        _overrun.add(key)
        raise TooSlow from None


def _answer(pattern: str, any_case: bool, ask: Callable[[Any, float], Any]) -> Answer:
    try:
        found: Answer = _in_time(pattern, any_case, ask)
    except TooSlow:
        return TOO_SLOW
    except (ValueError, IndexError):
        return WRONG
    return found


def fits(pattern: str, text: str) -> bool:
    """Whether a part of a text fits; not so for what is no pattern, or takes too long.

    >>> fits("^[A-Z]+y", "TINy"), fits("(", "(")
    (True, False)
    """
    return _answer(pattern, False, lambda one, limit: one.search(text, timeout=limit) is not None) is True


@function("REGEXTEST", "text, pattern, [any_case]", prefix=NEWER, gradient=Gradient.FLAT)
def regextest(text: Values, pattern: Values, any_case: Values = ZERO) -> Values:
    """Whether a part of a text fits a regular expression."""

    def rule(text: str, pattern: str, any_case: bool) -> Answer:
        return _answer(pattern, any_case, lambda one, limit: one.search(text, timeout=limit) is not None)

    return answered(rule, "text text truth", text, pattern, any_case)


@function("REGEXREPLACE", "text, pattern, new, [which], [any_case]", prefix=NEWER, gradient=Gradient.FLAT)
def regexreplace(text: Values, pattern: Values, new: Values, which: Values = ZERO, any_case: Values = ZERO) -> Values:
    """The text with what fits a regular expression replaced: all of it, or the so-many-th part, counted from the end if
    negative. ``$1`` in what is put there is the first group."""
    return answered(_replaced, "text text text whole truth", text, pattern, new, which, any_case)


def _replaced(text: str, pattern: str, new: str, which: int, any_case: bool) -> Answer:
    def ask(one: Any, limit: float) -> Answer:
        matches = list(one.finditer(text, timeout=limit))
        if which:
            place = which - 1 if which > 0 else len(matches) + which
            matches = matches[place : place + 1] if 0 <= place < len(matches) else []
        pieces, at, size = [], 0, 0
        for match in matches:
            pieces += [text[at : match.start()], _with_groups(new, match)]
            size, at = size + len(pieces[-1]), match.end()
            if size > LONGEST_TEXT:
                return WRONG
        return "".join(pieces) + text[at:]

    return _answer(pattern, any_case, ask)


def _with_groups(new: str, match: Any) -> str:
    """What is put in place of a match: ``$0``, ``$1`` and ``${name}`` are groups, ``$$`` is a dollar."""

    def group(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return "$" if name == "$" else match[int(name) if name.isdigit() else name] or ""

    return re.sub(r"\$(?:(\$|[0-9]{1,2})|\{(\w+)\})", group, new)


@function("REGEXEXTRACT", "text, pattern, [form], [any_case]", prefix=NEWER, gradient=Gradient.FLAT)
def regexextract(text: Values, pattern: Values, form: Values = ZERO, any_case: Values = ZERO) -> Values:
    """The first part of a text that fits a regular expression; form 1: all parts, side by side; form 2: the groups of
    the first."""
    if form is not ZERO:
        return each_cell(_extracted, text, pattern, form, any_case)

    def rule(text: str, pattern: str, any_case: bool) -> Answer:
        def first(one: Any, limit: float) -> Answer:
            found = one.search(text, timeout=limit)
            return MISSING if found is None else str(found[0])

        return _answer(pattern, any_case, first)

    return answered(rule, "text text truth", text, pattern, any_case)


def _extracted(text: Values, pattern: Values, form: Values, any_case: Values) -> Values:
    """One cell's parts."""
    parts: list[str] = []

    def rule(text: str, pattern: str, form: int, any_case: bool) -> Answer:
        def ask(one: Any, limit: float) -> Answer:
            if form == 1:
                parts.extend(match[0] for match in one.finditer(text, timeout=limit))
            else:
                found = one.search(text, timeout=limit)
                groups = () if found is None else found.groups() or (found[0],) if form == 2 else (found[0],)
                parts.extend(group or "" for group in groups)
            return float(len(parts))

        return _answer(pattern, any_case, ask) if form in (0, 1, 2) else WRONG

    told = answered(rule, "text text whole truth", text, pattern, form, any_case)
    if not told.only(NUMBER):
        return told
    return text_values(parts, (1, 1, 1, len(parts))) if parts else error_value(NA)
