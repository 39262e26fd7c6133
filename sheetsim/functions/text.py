"""Functions of texts."""

from __future__ import annotations

import re
from functools import reduce

import numpy as np

from sheetsim.excel.arrays import Values, elementwise, numbers, outcome, single, with_errors
from sheetsim.excel.texts import by_text, text_values, texts_of
from sheetsim.functions.table import MANY, function
from sheetsim.model.values import VALUE


def concatenate(a: Values, b: Values) -> Values:
    """``a & b``."""
    return by_text(lambda x, y: x + y, a, b)


@function("LEN", 1)
def length(v: Values) -> Values:
    texts, errors = texts_of(v)
    units = [len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts]  # as Excel counts: an emoji is 2
    lengths = np.array(units, dtype=np.float64).reshape(v.num.shape)
    return outcome(lengths, errors)


@function("CONCATENATE", 1, MANY)
def joined(*arguments: Values) -> Values:
    return reduce(concatenate, arguments, single(""))


@function("CONCAT", 1, MANY, takes="r")
def concat(*arguments: Values) -> Values:
    """The texts of all cells, one argument after the other, each row by row; the first error among them, if any."""
    block = np.broadcast_shapes(*(v.num.shape[:2] for v in arguments))
    found, errors = [], []
    for v in arguments:
        texts, wrong = texts_of(v.spread((*block, *v.num.shape[2:])))
        found.append(np.array(texts, dtype=object).reshape(*block, -1))
        errors.append(np.zeros(found[-1].shape) if wrong is None else wrong.reshape(*block, -1))
    pieces, codes = np.concatenate(found, axis=-1), np.concatenate(errors, axis=-1)
    first = np.take_along_axis(codes, (codes != 0).argmax(axis=-1)[..., None], axis=-1)
    return text_values(
        ["".join(cells) for cells in pieces.reshape(-1, pieces.shape[-1])], (*block, 1, 1), first[..., None]
    )


function("UPPER", 1)(lambda v: by_text(str.upper, v))
function("LOWER", 1)(lambda v: by_text(str.lower, v))
function("TRIM", 1)(lambda v: by_text(lambda text: re.sub(" +", " ", text.strip(" ")), v))


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


@function("LEFT", 1, 2)
def left(v: Values, count: Values = ONE) -> Values:
    return _cut(v, ONE, count)


@function("MID", 3)
def mid(v: Values, first: Values, count: Values) -> Values:
    return _cut(v, first, count)


@function("RIGHT", 1, 2)
def right(v: Values, count: Values = ONE) -> Values:
    start = elementwise(lambda n, k: np.maximum(n - np.trunc(k), 0.0) + 1, length(v), count)
    return _cut(v, start, count)
