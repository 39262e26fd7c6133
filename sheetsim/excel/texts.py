"""Arrays of texts: what they hold, and functions on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, with_errors
from sheetsim.excel.number_text import number_text
from sheetsim.model.values import ERROR, LOGICAL, NUMBER, TEXT, TEXTS, decode


def value_text(num: float, kind: int) -> str:
    """One value that is no error as a text."""
    if kind == NUMBER:
        return number_text(num)
    value = decode(num, kind)
    return "" if value is None else str(value).upper() if kind == LOGICAL else str(value)


def texts_of(v: Values) -> tuple[list[str], Array | None]:
    """The values as texts, in the order of ``num.ravel()``, and the errors among them."""
    kinds = v.kinds()
    errors = np.where(kinds == ERROR, v.num, 0.0)
    pairs = zip(v.num.ravel().tolist(), kinds.ravel().tolist(), strict=True)
    return ["" if kind == ERROR else value_text(num, kind) for num, kind in pairs], errors if errors.any() else None


def text_values(texts: Sequence[str], shape: tuple[int, ...], errors: Array | None = None) -> Values:
    """Texts as values of a shape."""
    places = np.array([TEXTS.place(text) for text in texts], dtype=np.float64).reshape(shape)
    return with_errors(Values(places, TEXT), errors)


def by_text(rule: Callable[..., str], *arrays: Values) -> Values:
    """Applies a rule of texts element by element."""
    arrays = fitted(*arrays)
    shape = common_shape(*arrays)
    columns, errors = zip(*(texts_of(a.spread(shape)) for a in arrays), strict=True)
    return text_values([rule(*row) for row in zip(*columns, strict=True)], shape, first_error(*errors))
