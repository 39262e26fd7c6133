"""The matrix product of tensors, determinants and inverses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Values
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.lifting import Rule
from sheetsim.model.values import NUMBER
from sheetsim.tensors.traced import LOOPED, Traced, governed, hosts, like_of


class MatrixProduct(torch.autograd.Function):
    """``(…, n, k) × (…, k, m)``, each sum from left to right; the leading axes broadcast."""

    @staticmethod
    def forward(context: Any, a: Tensor, b: Tensor) -> Tensor:
        """(…, n, k) and (…, k, m) → (…, n, m); k above ``LOOPED`` goes to torch's own product, in its own order."""
        context.save_for_backward(a, b)
        if a.shape[-1] > LOOPED:
            return a @ b
        total = a[..., :, :1] * b[..., :1, :]
        for k in range(1, a.shape[-1]):
            total = total + a[..., :, k : k + 1] * b[..., k : k + 1, :]
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """With the gradient g by the product: g·bᵀ by a and aᵀ·g by b, summed over the axes that were broadcast."""
        a, b = context.saved_tensors
        by_a, by_b = gradient @ b.mT, a.mT @ gradient
        return by_a.sum_to_size(a.shape), by_b.sum_to_size(b.shape)


def mmult(a: Values, b: Values) -> Values:
    """The matrix product, (n, k) × (k, m) → (n, m)."""
    like = like_of(a, b)
    numpy_rule = FUNCTIONS["MMULT"].rule
    if a.num.shape[3] != b.num.shape[2]:
        return numpy_rule(*hosts((a, b)))  # type: ignore[no-any-return]
    result = MatrixProduct.apply(*(like.backend.constant(v.num) for v in (a, b)))  # type: ignore[no-untyped-call]
    if all(v.only(NUMBER) for v in (a, b)):
        plain = Traced(result)
        if np.isfinite(plain.host.num).all():
            return plain
    return governed(numpy_rule(*hosts((a, b))), result, like)


def _of_square(name: str, rule: Callable[[Tensor], Tensor]) -> Rule:
    """MDETERM and MINVERSE; where the NumPy rule has an error, of a unit matrix."""

    def of_tensors(v: Traced) -> Values:
        result = FUNCTIONS[name].rule(v.host)
        if v.num.shape[2] != v.num.shape[3]:
            return result  # type: ignore[no-any-return]
        good = (result.kinds() == NUMBER).all(axis=(2, 3), keepdims=True)
        matrix = v.backend.where(np.broadcast_to(good, tuple(v.num.shape)), v.num, np.eye(v.num.shape[-1]))
        return governed(result, rule(matrix), v)

    return of_tensors


RULES: dict[str, Rule] = {
    "MMULT": mmult,
    "MDETERM": _of_square("MDETERM", lambda matrix: torch.linalg.det(matrix)[..., None, None]),
    "MINVERSE": _of_square("MINVERSE", torch.linalg.inv),
}
