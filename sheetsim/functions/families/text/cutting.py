"""Parts of a text, by places."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values, common_shape, elementwise, first_error, fitted, numbers, outcome, single
from sheetsim.excel.texts import piece, text_values, texts_of, units
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.limits import LONGEST_TEXT
from sheetsim.model.values import VALUE


@function("LEN", "text", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def length(v: Values) -> Values:
    """How many characters a text has."""
    texts, errors = texts_of(v)
    lengths = np.array([units(text) for text in texts], dtype=np.float64).reshape(v.num.shape)
    return outcome(lengths, errors)


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
