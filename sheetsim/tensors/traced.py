"""Values that depend on chosen inputs, as tensors: what travels between operators and functions in the torch engine.

A formula has a discrete side and a numeric one. Which cells hold texts or errors, which branch an IF takes, where a
MATCH finds its value: that has no derivative, and the NumPy rules answer it, asked with the tensors' own numbers. The
numbers are torch's. Whatever does not depend on the inputs stays NumPy's altogether.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Kinds, Values
from sheetsim.excel.arrays import numbers as worth
from sheetsim.excel.backend import Backend, Mask
from sheetsim.model.values import LOGICAL, NUMBER
from sheetsim.tensors.maths import TorchMaths

LOOPED = 64  # sums longer than this, and of products, are left to torch's own order


class Traced(Values):
    """``num`` is a tensor; all else is as in ``arrays.Values``. Only what is said by what a backend gives takes
    it; all else is asked with its ``host``."""

    __slots__ = ("_host",)
    num: Tensor  # type: ignore[assignment]

    def __init__(self, num: Tensor, kind: int | Kinds = NUMBER, ref: bool = False):
        super().__init__(num, kind, ref)  # type: ignore[arg-type]
        self._host: Values | None = None

    @property
    def backend(self) -> Backend:
        """What tensors of this type and device are worked on with."""
        return torch_backend(self.num.dtype, self.num.device)

    @property
    def host(self) -> Values:
        """The same values as NumPy's rules take them, without gradients."""
        if self._host is None:
            num = self.num.detach()
            if num.is_cuda or num.dtype != torch.float64:
                num = num.cpu().double()
            self._host = Values(num.numpy(), self.kind, self.ref)
        return self._host


def hosts(arguments: Sequence[Values]) -> list[Values]:
    """All of them as NumPy's."""
    return [v.host for v in arguments]


def traced_of(arguments: Sequence[object]) -> Traced | None:
    """The first argument that depends on the inputs, if any does."""
    return next((v for v in arguments if isinstance(v, Traced)), None)


def like_of(*arguments: Values) -> Traced:
    """The first argument that depends on the inputs, where one must."""
    return next(v for v in arguments if isinstance(v, Traced))


def operand(v: Values, like: Traced) -> Tensor | float:
    """The numbers of an argument; a single constant as a Python number, which costs torch the least."""
    if isinstance(v, Traced):
        return v.num
    return float(v.num.flat[0]) if v.num.size == 1 else like.backend.constant(v.num)  # type: ignore[no-any-return]


def numbers(v: Values, like: Traced) -> Tensor:
    """The numbers of an argument as a tensor, 0 where it holds none; logicals count as 0 and 1."""
    return like.backend.constant(worth(v)[0])  # type: ignore[no-any-return]


def governed(result: Values, num: Tensor, like: Traced) -> Traced:
    """Torch's numbers where the NumPy rule says that there is a number; its own answer (errors, texts) elsewhere."""
    if isinstance(result.kind, int) and result.kind in (NUMBER, LOGICAL):
        return Traced(num.expand(result.num.shape), result.kind, result.ref)
    good = (result.kinds() == NUMBER) | (result.kinds() == LOGICAL)
    return Traced(like.backend.where(good, num, result.num), result.kind, result.ref)


# --- the backend ------------------------------------------------------------------------------------------------------
class LeftToRight(torch.autograd.Function):
    """The sum along the last axis, from left to right; its derivative by each term is 1."""

    @staticmethod
    def forward(context: Any, terms: Tensor) -> Tensor:
        """Terms (…, n) → sums (…): the bits of a loop on the CPU and, up to ``LOOPED`` terms, on a GPU."""
        context.count = terms.shape[-1]
        if context.count == 0:
            return terms.sum(-1)
        if terms.is_cuda and context.count <= LOOPED:  # a GPU's own cumsum goes by pairs
            return sum(terms.unbind(-1)[1:], terms[..., 0].clone())
        return torch.cumsum(terms, -1)[..., -1].clone()

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:  # type: ignore[override]
        """The gradient by the sums, (…), handed to each of the n terms: (…, n)."""
        return gradient.unsqueeze(-1).expand(*gradient.shape, context.count)


class TorchBackend(Backend):
    """The backend on tensors of one type and device. Sums run from left to right as Excel's do: where large terms
    nearly cancel, another order would show."""

    def __init__(self, dtype: torch.dtype, device: torch.device):
        self.dtype, self.device = dtype, device

    @property
    def maths(self) -> Any:
        return TorchMaths(self)

    def constant(self, num: Tensor | np.ndarray) -> Tensor:
        if isinstance(num, Tensor):
            return num
        return torch.as_tensor(np.array(num, np.float64), dtype=self.dtype, device=self.device)

    def where(self, condition: Mask, yes: Any, no: Any) -> Tensor:
        mask = torch.as_tensor(np.array(condition), dtype=torch.bool, device=self.device)
        yes, no = (self.constant(v) if isinstance(v, np.ndarray) else v for v in (yes, no))
        return torch.where(mask, yes, no)

    def pad(self, num: Tensor, down: int, right: int, value: float) -> Tensor:
        return torch.nn.functional.pad(num, (0, right, 0, down), value=value)

    def broadcast(self, num: Tensor, shape: tuple[int, ...]) -> Tensor:
        return num.expand(shape)

    def transposed(self, num: Tensor, axes: Sequence[int]) -> Tensor:
        return num.permute(*axes)

    def joined(self, parts: Sequence[Tensor | np.ndarray], axis: int = -1) -> Tensor:
        return torch.cat([self.constant(part) for part in parts], dim=axis)

    def running_sum(self, terms: Tensor) -> Tensor:
        return LeftToRight.apply(terms)  # type: ignore[no-untyped-call,no-any-return]

    def product(self, terms: Tensor) -> Tensor:
        return torch.prod(terms, dim=-1)

    def largest(self, num: Tensor) -> Tensor:
        return torch.amax(num, dim=-1)

    def smallest(self, num: Tensor) -> Tensor:
        return torch.amin(num, dim=-1)

    def sorted(self, num: Tensor) -> Tensor:
        return torch.sort(num, dim=-1, stable=True).values

    def taken(self, num: Tensor, places: np.ndarray) -> Tensor:
        return torch.take_along_dim(num, torch.as_tensor(places, device=self.device), dim=-1)

    def root(self, num: Tensor) -> Tensor:
        zero = num == 0
        return torch.where(zero, 0.0, torch.sqrt(torch.where(zero, 1.0, num)))


@cache
def torch_backend(dtype: torch.dtype, device: torch.device) -> TorchBackend:
    """The backend on tensors of one type and device."""
    return TorchBackend(dtype, device)
