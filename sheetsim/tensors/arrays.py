"""Functions of arrays that compute what is in them; those that only pick or lay out are the table's own rules."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.families.arrays.one_cell import given
from sheetsim.functions.lifting import Rule
from sheetsim.tensors.traced import Traced, governed, hosts, like_of, numbers


def sequence(*arguments: Values) -> Values:
    """``SEQUENCE``: the gradient goes to its beginning, and to its step as often as it was made; none to its size."""
    result = FUNCTIONS["SEQUENCE"].rule(*hosts(arguments))
    height, width = result.num.shape[2:]
    start, step = (v if v is not None and given(v) else None for v in (*arguments, None, None, None, None)[2:4])
    if not any(isinstance(v, Traced) for v in (start, step)):
        return result  # type: ignore[no-any-return]
    like = like_of(*(v for v in (start, step) if v is not None))
    counted = like.backend.constant(np.arange(float(height * width)).reshape(1, 1, height, width))
    first = 1.0 if start is None else numbers(start, like)
    num = first + counted * (1.0 if step is None else numbers(step, like))
    return governed(result, num, like)


RULES: dict[str, Rule] = {"SEQUENCE": sequence}
