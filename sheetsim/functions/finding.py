"""Finding functions in the table, for people and programs that ask which there are."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from sheetsim.functions import FUNCTIONS, Function


def matching(pattern: str = "") -> list[Function]:
    """The functions whose name fits a pattern, in alphabetical order: with ``*`` or ``?`` the whole name, otherwise a
    part of it, or of the sentence that says what the function does.

    >>> [row.name for row in matching("std*.s")], [row.name for row in matching("secant")][:2]
    (['STDEV.S'], ['CSC', 'CSCH'])
    """
    wanted = pattern.casefold()
    whole = "*" in pattern or "?" in pattern

    def fits(row: Function) -> bool:
        name = row.name.casefold()
        return fnmatchcase(name, wanted) if whole else wanted in name or wanted in row.about.casefold()

    return sorted((row for row in FUNCTIONS.values() if fits(row)), key=lambda row: row.name)


def described(row: Function) -> dict[str, Any]:
    """What the table says of a function, as JSON holds it."""
    return {
        "name": row.name,
        "arguments": str(row.arguments),
        "about": plain(row.about),
        "exact": row.evidence.value,
        "gradient": row.gradient.value,
        "family": row.family,
        "volatile": row.volatile,
        "reference": row.gives_reference or row.as_place is not None,
        "prefix": row.prefix,
    }


def plain(about: str) -> str:
    """A sentence without the signs that mark code in it.

    >>> plain("Whether it is ``#N/A``.")
    'Whether it is #N/A.'
    """
    return about.replace("``", "")
