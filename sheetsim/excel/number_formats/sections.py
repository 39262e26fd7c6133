"""A number format in its parts: the sections between semicolons, and the tokens of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple


class BadFormat(ValueError):
    """No number format, or one that cannot show the value."""


class Token(NamedTuple):
    """``kind``: ``text``, ``digit`` (0 # ?), ``point``, ``comma``, ``percent``, ``exponent``, ``slash``, ``date``,
    ``elapsed``, ``half`` (AM/PM), ``general``, ``at``."""

    kind: str
    text: str


@dataclass
class Section:
    """What stands between two semicolons; ``condition`` as ``(">=", 100.0)``, None if there is none."""

    tokens: list[Token] = field(default_factory=list)
    condition: tuple[str, float] | None = None

    def has(self, *kinds: str) -> bool:
        """Whether there is a token of one of these kinds."""
        return any(token.kind in kinds for token in self.tokens)


_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]*(?:"|\Z)) | \\(?P<escaped>.) | _(?P<space>.) | \*(?P<repeated>.) | (?P<bracket>\[[^\]]*\])
    | (?P<general>general) | (?P<half>am/pm|a/p) | (?P<exponent>e[+-]) | (?P<date>y+|m+|d+|h+|s+|e+)
    | (?P<digit>[0#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<slash>/) | (?P<at>@) | (?P<end>;)
    | (?P<text>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\]\Z")
_CURRENCY = re.compile(r"\[\$([^-\]]*)(?:-[^\]]*)?\]\Z")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]\Z", re.IGNORECASE)
_NO_FORMAT = re.compile("[nN]")  # letters that Excel refuses outside quotes
MOST_SECTIONS = 4


def sections(code: str) -> list[Section]:
    """The sections of a format. Raises BadFormat.

    >>> [token.kind for token in sections("0.0 %;[Red]-0")[0].tokens]
    ['digit', 'point', 'digit', 'text', 'percent']
    """
    found = [Section()]
    for match in _TOKEN.finditer(code):
        kind, text = str(match.lastgroup), match[0]
        if kind == "end":
            found.append(Section())
        elif kind == "bracket":
            _enter_bracket(found[-1], text)
        elif kind != "repeated":  # what would fill the width of a cell
            found[-1].tokens.append(_token(kind, match))
    if len(found) > MOST_SECTIONS:
        raise BadFormat(code)
    return found


def _token(kind: str, match: re.Match[str]) -> Token:
    if kind == "quoted":
        return Token("text", match[0][1:].removesuffix('"'))
    if kind == "escaped":
        return Token("text", match["escaped"])
    if kind == "space":
        return Token("text", " ")
    if kind == "text" and _NO_FORMAT.match(match[0]):
        raise BadFormat(match.string)
    return Token(kind, match[0])


def _enter_bracket(section: Section, text: str) -> None:
    condition, currency, elapsed = _CONDITION.match(text), _CURRENCY.match(text), _ELAPSED.match(text)
    if condition:
        section.condition = condition[1], float(condition[2])
    elif currency:
        section.tokens.append(Token("text", currency[1]))
    elif elapsed:
        section.tokens.append(Token("elapsed", elapsed[1].lower()))
