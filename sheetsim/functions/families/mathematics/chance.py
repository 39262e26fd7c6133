"""Random numbers."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, elementwise_checked
from sheetsim.functions.table import Gradient, function


@function("RAND", "", context=True, volatile=True, gradient=Gradient.FLAT)
def rand(context: object) -> Values:
    """A fresh number in [0, 1) for each cell, from ``book.random``."""
    return Values(context.book.random.random(context.shape))  # type: ignore[attr-defined]


@function("RANDBETWEEN", "low, high", context=True, volatile=True, gradient=Gradient.FLAT)
def randbetween(context: object, low: Values, high: Values) -> Values:
    """A fresh whole number from low to high, both included."""
    fresh = rand(context)

    def draw(u: Array, a: Array, b: Array) -> Array:
        first, last = np.ceil(a), np.floor(b)
        return np.where(first > last, np.nan, first + np.floor(u * (last - first + 1)))

    return elementwise_checked(draw, fresh, low, high)
