"""Functions of texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np

from sheetsim.excel.arrays import Values, common_shape, elementwise, first_error, fitted, numbers, outcome, single
from sheetsim.excel.texts import by_text, piece, text_values, texts_of, units
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.limits import LONGEST_TEXT
from sheetsim.model.values import VALUE


def concatenate(a: Values, b: Values) -> Values:
    """``a & b``: numbers become texts as Excel shows them, the leftmost error goes through."""
    return by_text(lambda x, y: x + y, a, b)


@function("LEN", "text", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def length(v: Values) -> Values:
    """How many characters a text has."""
    texts, errors = texts_of(v)
    lengths = np.array([units(text) for text in texts], dtype=np.float64).reshape(v.num.shape)
    return outcome(lengths, errors)


@function("CONCATENATE", "text…", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def joined(*arguments: Values) -> Values:
    """The texts one after the other."""
    return reduce(concatenate, arguments, single(""))


@function("CONCAT", "text: range…", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def concat(*arguments: Values) -> Values:
    """The texts of all cells, one argument after the other, each row by row; the first error among them, if any."""
    block = np.broadcast_shapes(*(v.num.shape[:2] for v in arguments))
    found, errors = [], []
    for v in arguments:
        texts, wrong = texts_of(v.broadcast((*block, *v.num.shape[2:])))
        found.append(np.array(texts, dtype=object).reshape(*block, -1))
        errors.append(np.zeros(found[-1].shape) if wrong is None else wrong.reshape(*block, -1))
    pieces, codes = np.concatenate(found, axis=-1), np.concatenate(errors, axis=-1)
    first = np.take_along_axis(codes, (codes != 0).argmax(axis=-1)[..., None], axis=-1)
    return text_values(
        [_end_to_end(cells) for cells in pieces.reshape(-1, pieces.shape[-1])], (*block, 1, 1), first[..., None]
    )


def _end_to_end(texts: Iterable[str]) -> str:
    """The texts one after the other, or so much of them that it is too long."""
    found, size = [], 0
    for text in texts:
        found.append(text)
        size += len(text)
        if size > LONGEST_TEXT:
            break
    return "".join(found)


def _of_text(name: str, rule: Callable[[str], str], about: str) -> None:
    enter = function(name, "text", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    enter(lambda v: by_text(rule, v))


_of_text("UPPER", str.upper, "The text in capitals.")
_of_text("LOWER", str.lower, "The text in small letters.")
_of_text("TRIM", lambda text: re.sub(" +", " ", text.strip(" ")), "The text without spaces but single ones inside.")


def _cut(v: Values, first: Values, count: Values) -> Values:
    """``count`` characters from the place ``first``, counted from 1."""
    v, first, count = fitted(v, first, count)
    shape = common_shape(v, first, count)
    texts, errors = texts_of(v.broadcast(shape))
    (starts, starts_errors), (counts, counts_errors) = numbers(first), numbers(count)
    wrong = np.where((starts < 1) | (counts < 0), float(VALUE), 0.0)
    places = (np.broadcast_to(np.clip(x, 0, LONGEST_TEXT + 1), shape).ravel().astype(int) for x in (starts, counts))
    cut = [piece(text, max(start - 1, 0), size) for text, start, size in zip(texts, *places, strict=True)]
    errors = first_error(errors, starts_errors, counts_errors, wrong)
    return text_values(cut, shape, None if errors is None else np.broadcast_to(errors, shape))


ONE = single(1)


@function("LEFT", "text, [count]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def left(v: Values, count: Values = ONE) -> Values:
    """The first characters."""
    return _cut(v, ONE, count)


@function("MID", "text, first, count", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def mid(v: Values, first: Values, count: Values) -> Values:
    """So many characters from a place on, counted from 1."""
    return _cut(v, first, count)


@function("RIGHT", "text, [count]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def right(v: Values, count: Values = ONE) -> Values:
    """The last characters."""
    start = elementwise(lambda n, k: np.maximum(n - np.trunc(k), 0.0) + 1, length(v), count)
    return _cut(v, start, count)
