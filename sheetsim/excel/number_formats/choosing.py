"""Which section of a format shows a value, and what it shows."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache

from sheetsim.excel.number_formats.digits import in_digits
from sheetsim.excel.number_formats.general import general
from sheetsim.excel.number_formats.moments import as_moment
from sheetsim.excel.number_formats.sections import BadFormat, Section, sections

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_sections = lru_cache(maxsize=1024)(sections)


def formatted(number: float, code: str) -> str:
    """A number in a format. Raises BadFormat where there is no such format, or it cannot show the number.

    >>> formatted(-1234.567, "#,##0.00"), formatted(0.285, "0.0%"), formatted(45301.75, "d mmm yyyy h:mm AM/PM")
    ('-1,234.57', '28.5%', '10 Jan 2024 6:00 PM')
    >>> formatted(-5, "0;(0)"), formatted(0, '0;(0);"zero"'), formatted(1.25, "# ?/?"), formatted(12345, "0.0E+0")
    ('(5)', 'zero', '1 1/4', '1.2E+4')
    """
    every = _sections(code)
    numeric = every[: -1 if len(every) == 4 or (len(every) > 1 and every[-1].has("at")) else None]
    section, signed = _chosen(numeric, number)
    if section is None:
        return "#" * 10
    if section.has("date", "elapsed", "half"):
        return as_moment(number, section)
    if section.has("at"):
        return _with_text(section, general(number))
    size = abs(number)
    shown, nothing = _shown(section, size)
    return f"-{shown}" if number < 0 and signed and not nothing else shown


def _chosen(every: list[Section], number: float) -> tuple[Section | None, bool]:
    """The section for a number, and whether it leaves the sign to be written before it."""
    first = every[0]
    if not any(section.condition for section in every):
        if number < 0 and len(every) > 1:
            return every[1], False
        return (every[2] if number == 0 and len(every) > 2 else first), True
    usual = [(">", 0.0) if len(every) > 2 else (">=", 0.0), ("<", 0.0)]
    for place, section in enumerate(every):
        condition = section.condition or (usual[place] if place < min(2, len(every) - 1) else None)
        if condition is None or _HOLDS[condition[0]](number, condition[1]):
            only_negative = condition is not None and condition[0] in ("<", "<=") and condition[1] <= 0
            return section, not (only_negative and len(every) > 1)
    return None, True


def _shown(section: Section, size: float) -> tuple[str, bool]:
    """A number without its sign, and whether no digit of it is seen but zeros."""
    if section.has("general"):
        text = general(size)
        return "".join(text if token.kind == "general" else token.text for token in section.tokens), text == "0"
    return in_digits(section.tokens, size)


def formatted_text(text: str, code: str) -> str:
    """A text in a format: its fourth section, or a last one with ``@``; otherwise the text itself.

    >>> formatted_text("abc", '0;-0;0;"<"@">"'), formatted_text("abc", "0.00")
    ('<abc>', 'abc')
    """
    every = _sections(code)
    section = every[3] if len(every) == 4 else every[-1] if every[-1].has("at") else None
    return text if section is None else _with_text(section, text)


def _with_text(section: Section, text: str) -> str:
    return "".join(text if token.kind == "at" else token.text for token in section.tokens)


__all__ = ["BadFormat", "formatted", "formatted_text"]
