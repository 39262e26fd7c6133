"""Arrays of texts: what they hold, and functions on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, with_errors
from sheetsim.excel.number_text import number_text
from sheetsim.model.values import ERROR, LOGICAL, NUMBER, TEXT, TEXTS, decode


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


def text_values(texts: Sequence[str], shape: tuple[int, ...], errors: Array | None = None) -> Values:
    """Texts, row after row, as an array of that shape; where ``errors`` (of the same shape) has a code, that error."""
    places = np.array([TEXTS.place(text) for text in texts], dtype=np.float64).reshape(shape)
    return with_errors(Values(places, TEXT), errors)


def by_text(rule: Callable[..., str], *arrays: Values) -> Values:
    """Applies a rule of texts to each element of the arrays, broadcast together; the leftmost error goes through."""
    arrays = fitted(*arrays)
    shape = common_shape(*arrays)
    columns, errors = zip(*(texts_of(a.broadcast(shape)) for a in arrays), strict=True)
    return text_values([rule(*row) for row in zip(*columns, strict=True)], shape, first_error(*errors))
