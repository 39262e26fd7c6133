"""Functions of texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce

import numpy as np

from sheetsim.excel.arrays import Values, elementwise, numbers, outcome, single, with_errors
from sheetsim.excel.texts import by_text, text_values, texts_of
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import VALUE


def concatenate(a: Values, b: Values) -> Values:
    """``a & b``: numbers become texts as Excel shows them, the leftmost error goes through."""
    return by_text(lambda x, y: x + y, a, b)


@function("LEN", "text", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def length(v: Values) -> Values:
    """How many characters a text has."""
    texts, errors = texts_of(v)
    units = [len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts]  # as Excel counts: an emoji is 2
    lengths = np.array(units, dtype=np.float64).reshape(v.num.shape)
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
        ["".join(cells) for cells in pieces.reshape(-1, pieces.shape[-1])], (*block, 1, 1), first[..., None]
    )


def _of_text(name: str, rule: Callable[[str], str], about: str) -> None:
    enter = function(name, "text", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    enter(lambda v: by_text(rule, v))


_of_text("UPPER", str.upper, "The text in capitals.")
_of_text("LOWER", str.lower, "The text in small letters.")
_of_text("TRIM", lambda text: re.sub(" +", " ", text.strip(" ")), "The text without spaces but single ones inside.")


def _piece(text: str, start: str, size: str) -> str:
    """The numbers come as texts, as everything in ``by_text``; where they are errors there is nothing to cut."""
    return text[int(float(start)) - 1 :][: int(float(size))] if start and size else ""


def _cut(v: Values, first: Values, count: Values) -> Values:
    """``count`` characters from the place ``first``, counted from 1."""
    starts, counts = elementwise(np.trunc, first), elementwise(np.trunc, count)
    bad = (starts.num < 1) | (counts.num < 0)
    cut = by_text(
        _piece,
        v,
        Values(np.where(bad, 1.0, starts.num)),
        Values(np.where(bad, 0.0, counts.num)),
    )
    errors = [numbers(part)[1] for part in (starts, counts)]
    for error in (np.where(bad, float(VALUE), 0.0), *errors):
        cut = with_errors(cut, error)
    return cut


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
