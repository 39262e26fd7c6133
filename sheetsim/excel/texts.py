"""Arrays of texts: what they hold, and functions on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, with_errors
from sheetsim.excel.number_text import number_text
from sheetsim.model.limits import LONGEST_TEXT
from sheetsim.model.values import ERROR, LOGICAL, NUMBER, TEXT, TEXTS, VALUE, decode

Answer = TypeVar("Answer")


def value_text(num: float, kind: int) -> str:
    """One value that is no error as ``&`` takes it: a number by ``number_text``, ``TRUE``, a blank as the empty
    text."""
    if kind == NUMBER:
        return number_text(num)
    value = decode(num, kind)
    return "" if value is None else str(value).upper() if kind == LOGICAL else str(value)


def texts_of(v: Values) -> tuple[list[str], Array | None]:
    """The values as texts, in the order of ``num.ravel()``, and the codes of the errors among them, in the shape of
    ``num`` and 0 where there is none; None if there are none at all."""
    kinds = v.kinds()
    errors = np.where(kinds == ERROR, v.num, 0.0)
    pairs = zip(v.num.ravel().tolist(), kinds.ravel().tolist(), strict=True)
    return ["" if kind == ERROR else value_text(num, kind) for num, kind in pairs], errors if errors.any() else None


def units(text: str) -> int:
    """How many characters Excel counts: those of UTF-16, where one beyond U+FFFF, such as an emoji, makes two.

    >>> units("abc"), units("\N{GRINNING FACE}")
    (3, 2)
    """
    return len(text) + (0 if text.isascii() else sum(character > "\uffff" for character in text))


def piece(text: str, first: int, count: int) -> str:
    """``count`` characters from the place ``first``, counted from 0 as ``units`` counts; never half of one.

    >>> piece("abcd", 1, 2), piece("\N{GRINNING FACE}b", 0, 1), piece("\N{GRINNING FACE}b", 1, 2)
    ('bc', '', 'b')
    """
    if units(text) == len(text):
        return text[first : first + count]
    kept, place = [], 0
    for character in text:
        after = place + units(character)
        if first <= place and after <= first + count:
            kept.append(character)
        place = after
    return "".join(kept)


def text_values(texts: Sequence[str], shape: tuple[int, ...], errors: Array | None = None) -> Values:
    """Texts, row after row, as an array of that shape, ``#VALUE!`` in place of one that is too long for a cell; where
    ``errors`` (of the same shape) has a code, that error."""
    long = [len(text) * 2 > LONGEST_TEXT and units(text) > LONGEST_TEXT for text in texts]
    places = np.array([0 if over else TEXTS.place(text) for text, over in zip(texts, long, strict=True)], np.float64)
    if any(long):
        errors = first_error(errors, np.where(np.reshape(long, shape), float(VALUE), 0.0))
    return with_errors(Values(places.reshape(shape), TEXT), errors)


def each_once(rule: Callable[..., Answer], *columns: Iterable[Any]) -> list[Answer]:
    """The rule's answer to each row of some columns of one length; rows that are alike are asked about once.

    >>> each_once(max, [1, 1, 5], [2, 2, 3])
    [2, 2, 5]
    """
    rows = list(zip(*columns, strict=True))
    known = {row: rule(*row) for row in set(rows)}
    return [known[row] for row in rows]


def by_text(rule: Callable[..., str], *arrays: Values) -> Values:
    """Applies a rule of texts to each element of the arrays, broadcast together; the leftmost error goes through."""
    arrays = fitted(*arrays)
    shape = common_shape(*arrays)
    columns, errors = zip(*(texts_of(a.broadcast(shape)) for a in arrays), strict=True)
    return text_values([rule(*row) for row in zip(*columns, strict=True)], shape, first_error(*errors))
