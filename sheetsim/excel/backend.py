"""What a backend gives: the few operations by which arrays of numbers are put together, for NumPy's arrays here, for
torch's tensors in ``tensors/traced.py``.

What is said with these alone is written once and holds for both, with a gradient where there are tensors. Conditions,
places and errors are NumPy's on both sides: they have no derivative.

The arrays have the four axes of ``arrays.py``, or are lists for each cell of a block, of shape (rows, columns, n).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sheetsim.excel import arithmetic
from sheetsim.excel.maths import MATHS

FEW = 8  # lists that are gone through one number after the other: arrays of so few cost more than they save
Numbers = Any  # an array of numbers, or a tensor
Mask = npt.NDArray[np.bool_]


class Backend(Protocol):
    """What a library of arrays must do for formulas. Where no axis is named, the last one is meant: (…, n) → (…) for
    sums and extremes."""

    @property
    def maths(self) -> Any:
        """Functions such as ``exp`` and ``gammainc``, by SciPy's names (``maths.py``)."""

    def constant(self, num: Numbers) -> Numbers:
        """NumPy's numbers as this library's, without a gradient; what is this library's already, as it is."""

    def where(self, condition: Mask, yes: Numbers, no: Numbers) -> Numbers:
        """``yes`` where the condition holds, ``no`` elsewhere; either may be NumPy's, or a single number."""

    def pad(self, num: Numbers, down: int, right: int, value: float) -> Numbers:
        """So many rows and columns more at the end of the last two axes."""

    def broadcast(self, num: Numbers, shape: tuple[int, ...]) -> Numbers:
        """The same numbers repeated to a shape."""

    def transposed(self, num: Numbers, axes: Sequence[int]) -> Numbers:
        """The axes in another order."""

    def joined(self, parts: Sequence[Numbers], axis: int = -1) -> Numbers:
        """The parts laid end to end along an axis; some may be NumPy's."""

    def running_sum(self, terms: Numbers) -> Numbers:
        """The sum, from left to right."""

    def product(self, terms: Numbers) -> Numbers:
        """The product, from left to right."""

    def largest(self, num: Numbers) -> Numbers:
        """The largest number."""

    def smallest(self, num: Numbers) -> Numbers:
        """The smallest number."""

    def sorted(self, num: Numbers) -> Numbers:
        """In ascending order."""

    def taken(self, num: Numbers, places: npt.NDArray[np.int64]) -> Numbers:
        """The numbers at these places."""

    def root(self, num: Numbers) -> Numbers:
        """The square root; its slope at 0, where there is none, passes for 0."""


class NumPyBackend(Backend):
    """The backend on NumPy's arrays, with Excel's arithmetic."""

    @property
    def maths(self) -> Any:
        return MATHS

    def constant(self, num: Numbers) -> Numbers:
        return num

    def where(self, condition: Mask, yes: Numbers, no: Numbers) -> Numbers:
        return np.where(condition, yes, no)

    def broadcast(self, num: Numbers, shape: tuple[int, ...]) -> Numbers:
        return np.broadcast_to(num, shape)

    def transposed(self, num: Numbers, axes: Sequence[int]) -> Numbers:
        return num.transpose(axes)

    def running_sum(self, terms: Numbers) -> Numbers:
        return arithmetic.running_sum(terms)

    def root(self, num: Numbers) -> Numbers:
        return np.sqrt(num)

    def pad(self, num: Numbers, down: int, right: int, value: float) -> Numbers:
        return np.pad(num, ((0, 0), (0, 0), (0, down), (0, right)), constant_values=value)

    def joined(self, parts: Sequence[Numbers], axis: int = -1) -> Numbers:
        return np.concatenate(parts, axis=axis)

    def product(self, terms: Numbers) -> Numbers:
        if terms[..., 0].size < FEW:
            lists = terms.reshape(-1, terms.shape[-1]).tolist()
            return np.array([reduce(arithmetic.product, each) for each in lists]).reshape(terms.shape[:-1])
        result = terms[..., 0]
        for k in range(1, terms.shape[-1]):
            result = arithmetic.multiply(result, terms[..., k])
        return result

    def largest(self, num: Numbers) -> Numbers:
        return np.max(num, axis=-1, initial=-np.inf)

    def smallest(self, num: Numbers) -> Numbers:
        return np.min(num, axis=-1, initial=np.inf)

    def sorted(self, num: Numbers) -> Numbers:
        return np.sort(num, axis=-1)

    def taken(self, num: Numbers, places: npt.NDArray[np.int64]) -> Numbers:
        return np.take_along_axis(num, places, axis=-1)


NUMPY = NumPyBackend()
