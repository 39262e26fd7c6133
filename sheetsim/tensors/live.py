"""Values that depend on chosen inputs, as tensors: what travels between operators and functions in the torch engine.

A formula has a discrete side and a numeric one. Which cells hold texts or errors, which branch an IF takes, where a
MATCH finds its value: that has no derivative, and the NumPy rules answer it, asked with the tensors' own numbers. The
numbers are torch's. Whatever does not depend on the inputs stays NumPy's altogether.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Kinds, Values, uniform
from sheetsim.excel.arrays import fitted as fitted_values
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NA, NUMBER, TEXT


class Live:
    """``num`` is a tensor of four axes as in ``arrays.Values``; ``kind`` and ``ref`` are as there."""

    __slots__ = ("_host", "kind", "num", "ref")

    def __init__(self, num: Tensor, kind: int | Kinds = NUMBER, ref: bool = False):
        self.num, self.kind, self.ref = num, kind, ref
        self._host: Values | None = None

    @property
    def host(self) -> Values:
        """The same values as NumPy's rules take them, without gradients."""
        if self._host is None:
            num = self.num.detach()
            if num.is_cuda or num.dtype != torch.float64:
                num = num.cpu().double()
            self._host = Values(num.numpy(), self.kind, self.ref)
        return self._host

    def corner(self) -> Live:
        """The first element of each cell's array."""
        if self.num.shape[2:] == (1, 1):
            return self
        return Live(self.num[:, :, :1, :1], self.kind if isinstance(self.kind, int) else self.kind[:, :, :1, :1])


Either = Live | Values


def host(v: Either) -> Values:
    """The argument as NumPy's rules take it: of a ``Live`` its numbers in float64, without gradients."""
    return v.host if isinstance(v, Live) else v


def hosts(arguments: Sequence[Either]) -> list[Values]:
    """``host`` of each argument, in their order."""
    return [host(v) for v in arguments]


def some_live(arguments: Sequence[object]) -> Live | None:
    """The first argument that depends on the inputs, if any does."""
    return next((v for v in arguments if isinstance(v, Live)), None)


def is_plain(v: Either) -> bool:
    """Whether arithmetic needs no look at the kinds."""
    return isinstance(v.kind, int) and v.kind not in (TEXT, ERROR)


def as_tensor(array: np.ndarray, like: Live) -> Tensor:
    """A constant beside ``like``: of its dtype, on its device."""
    return torch.as_tensor(np.array(array, np.float64), dtype=like.num.dtype, device=like.num.device)


def mask(array: np.ndarray, like: Live) -> Tensor:
    """Bools as a tensor of the same shape on the device of ``like``."""
    return torch.as_tensor(np.array(array), dtype=torch.bool, device=like.num.device)


def operand(v: Either, like: Live) -> Tensor | float:
    """The numbers of an argument; a single constant as a Python number, which costs torch the least."""
    if isinstance(v, Live):
        return v.num
    return float(v.num.flat[0]) if v.num.size == 1 else as_tensor(v.num, like)


def numbers(v: Either, like: Live) -> Tensor:
    """The numbers of an argument, 0 where it holds none; logicals count as 0 and 1."""
    if isinstance(v, Values):
        return as_tensor(_worth(v), like)
    if is_plain(v):
        return v.num
    counts = (v.host.kinds() == NUMBER) | (v.host.kinds() == LOGICAL)
    return torch.where(mask(counts, v), v.num, torch.where(mask(counts, v), 0.0, as_tensor(_worth(v.host), v)))


def _worth(v: Values) -> np.ndarray:
    from sheetsim.excel.arrays import numbers as worth

    return worth(v)[0]


def governed(result: Values, num: Tensor, like: Live) -> Live:
    """Torch's numbers where the NumPy rule says that there is a number; its own answer (errors, texts) elsewhere."""
    if isinstance(result.kind, int) and result.kind in (NUMBER, LOGICAL):
        return Live(num.expand(result.num.shape), result.kind, result.ref)
    good = (result.kinds() == NUMBER) | (result.kinds() == LOGICAL)
    return Live(torch.where(mask(good, like), num, as_tensor(result.num, like)), result.kind, result.ref)


def choose(condition: np.ndarray, yes: Either, no: Either, like: Live) -> Live:
    """``yes`` where the condition holds, ``no`` elsewhere; sizes must go together already."""
    num = torch.where(mask(condition, like), _all_of(yes, like), _all_of(no, like))
    if isinstance(yes.kind, int) and isinstance(no.kind, int) and yes.kind == no.kind:
        return Live(num, yes.kind)
    kind = np.where(condition, np.asarray(yes.kind, np.uint8), np.asarray(no.kind, np.uint8))
    return Live(num, uniform(np.broadcast_to(kind, tuple(num.shape))))


def _all_of(v: Either, like: Live) -> Tensor:
    return v.num if isinstance(v, Live) else as_tensor(v.num, like)


def filled(v: Live) -> Live:
    """What a cell holds of a result: 0 for a blank, and for -0, which no cell holds (``-0.0 + 0.0`` is 0.0)."""
    num = v.num + 0.0
    if isinstance(v.kind, int):
        return Live(num, NUMBER if v.kind == BLANK else v.kind)
    return Live(num, np.where(v.kind == BLANK, np.uint8(NUMBER), v.kind))


def fitted(*arguments: Either) -> tuple[Either, ...]:
    """The arguments where their sizes go together; a shorter array goes on as ``#N/A``, see ``arrays.fitted``."""
    windows = {tuple(v.num.shape[2:]) for v in arguments}
    if len(windows) == 1:
        return arguments
    plain = fitted_values(*hosts(arguments))
    return tuple(_extended(v, p) for v, p in zip(arguments, plain, strict=True))


def _extended(v: Either, plain: Values) -> Either:
    if isinstance(v, Values) or tuple(v.num.shape) == plain.num.shape:
        return plain if isinstance(v, Values) else v
    down, right = (plain.num.shape[axis] - v.num.shape[axis] for axis in (2, 3))
    return Live(torch.nn.functional.pad(v.num, (0, right, 0, down), value=float(NA)), plain.kind, v.ref)
