"""The shapes of a model's weights, and where each of them lies in one flat array."""

from __future__ import annotations

from itertools import accumulate
from math import prod

Shapes = dict[str, tuple[int, ...]]


def spans(shapes: Shapes) -> dict[str, slice]:
    """Where in the flat array each of the weights lies.

    >>> spans({"weights": (2, 2), "bias": (2,)})
    {'weights': slice(0, 4, None), 'bias': slice(4, 6, None)}
    """
    sizes = [prod(shape) for shape in shapes.values()]
    return {name: slice(end - size, end) for name, size, end in zip(shapes, sizes, accumulate(sizes), strict=True)}
