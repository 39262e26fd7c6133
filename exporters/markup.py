"""Values as a file spells them: numbers with all their digits, texts with what XML cannot hold escaped."""

from __future__ import annotations

import re

import numpy as np

from sheetsim.model.values import ERROR_NAMES, ERRORS, UNSUPPORTED

#: What XML 1.0 cannot hold; a bare carriage return would be read back as a line feed.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")


def number_text(number: float) -> str:
    """The shortest text that reads back as the same double.

    >>> number_text(2.0), number_text(0.1), number_text(1e300)
    ('2', '0.1', '1e+300')
    """
    text = repr(number)
    return text[:-2] if text.endswith(".0") and text != "-0.0" else text


def number_texts(numbers: np.ndarray) -> list[str]:
    """The same for many.

    >>> number_texts(np.array([2.0, 0.1, -0.0]))
    ['2', '0.1', '-0.0']
    """
    texts = list(map(repr, numbers.tolist()))
    whole = (np.trunc(numbers) == numbers) & (np.abs(numbers) < 1e16) & ((numbers != 0) | ~np.signbit(numbers))
    for place in np.flatnonzero(whole).tolist():
        texts[place] = texts[place][:-2]
    return texts


def error_text(code: float) -> str:
    """The error's name. What a formula with an unknown function shows in Excel is ``#NAME?``."""
    return ERROR_NAMES[ERRORS["#NAME?"] if code >= UNSUPPORTED else int(code)]


def escaped(text: str) -> str:
    """A text of a formula: only what XML itself demands.

    >>> escaped("A1<>B1")
    'A1&lt;&gt;B1'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def cell_text(text: str) -> str:
    """A text of a cell; control characters become ``_x0007_``, as Excel writes them.

    >>> cell_text("a & b"), cell_text("bell \\x07"), cell_text("_x0007_")
    ('a &amp; b', 'bell _x0007_', '_x005F_x0007_')
    """
    return escaped(writable(text)) if _SPECIAL.search(text) else text


def writable(text: str) -> str:
    """A text without what XML cannot hold, for one that escapes the rest by itself.

    >>> writable("a & b"), writable("bell \x07")
    ('a & b', 'bell _x0007_')
    """
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_ESCAPED.sub("_x005F_", text))


def kept_space(text: str) -> str:
    """The attribute that keeps a reader from dropping blanks at a text's ends."""
    return ' xml:space="preserve"' if text != text.strip() else ""
