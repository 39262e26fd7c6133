"""Texts from anywhere, fit to be shown."""

from __future__ import annotations


def plain(text: str) -> str:
    """A text in one line and without control characters: it may come from a file, and the terminal would obey them.

    >>> plain("two\\nlines \\x1b[31m"), plain("half \\ud83d")
    ('two lines [31m', 'half ?')
    """
    return " ".join("".join(map(_shown, text)).split())


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return "?" if "\ud800" <= character <= "\udfff" else " "  # half a character, or a byte that was none
