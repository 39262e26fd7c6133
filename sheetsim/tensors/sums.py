"""Sums, extremes, moments and matrix products of tensors.

Sums run from left to right as Excel's do: in a sum of large terms that nearly cancel, another order would show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Values
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.statistics import is_direct
from sheetsim.model.values import NUMBER
from sheetsim.tensors.live import Either, Live, as_tensor, governed, host, hosts, is_plain, mask, numbers, some_live

Rule = Callable[..., Any]
LOOPED = 64  # sums of products longer than this are left to torch's own matrix product


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


def running_sum(terms: Tensor) -> Tensor:
    """``LeftToRight`` applied: (…, n) → (…), with gradient."""
    result: Tensor = LeftToRight.apply(terms)  # type: ignore[no-untyped-call]
    return result


# --- lists of numbers -------------------------------------------------------------------------------------------------
class Listed(NamedTuple):
    """The numbers of all arguments in one row for each cell of the block, 0 where one does not count; ``used`` says
    which count, None if every one does. Both of shape (rows, columns, n)."""

    num: Tensor
    used: np.ndarray | None
    like: Live

    @property
    def counts(self) -> np.ndarray:
        """How many numbers of each cell count, as floats of shape (rows, columns)."""
        if self.used is None:
            return np.full(tuple(self.num.shape[:2]), float(self.num.shape[2]))
        return np.asarray(self.used.sum(-1), np.float64)

    def where_used(self, otherwise: float) -> Tensor:
        """The numbers, with ``otherwise`` in place of those that do not count: (rows, columns, n)."""
        return self.num if self.used is None else torch.where(mask(self.used, self.like), self.num, otherwise)


def listed(*arguments: Either) -> Listed:
    """The arguments' numbers one after the other along n; at least one argument must be a ``Live``."""
    like = some_live(arguments)
    assert like is not None
    shape = np.broadcast_shapes(*(tuple(v.num.shape[:2]) for v in arguments))
    nums, masks = zip(*(_flat(v, shape, like) for v in arguments), strict=True)
    num = nums[0] if len(nums) == 1 else torch.cat(nums, dim=-1)
    if all(m is None for m in masks):
        return Listed(num, None, like)
    full = [np.ones(tuple(n.shape), bool) if m is None else m for n, m in zip(nums, masks, strict=True)]
    return Listed(num, np.concatenate(full, axis=-1), like)


def _flat(v: Either, shape: tuple[int, ...], like: Live) -> tuple[Tensor, np.ndarray | None]:
    size = (*shape, v.num.shape[2] * v.num.shape[3])
    num = v.num if isinstance(v, Live) else as_tensor(v.num, like)
    if isinstance(v.kind, int) and v.kind == NUMBER:
        return num.flatten(2).expand(size), None
    if is_direct(host(v)):
        return numbers(v, like).flatten(2).expand(size), None
    used = host(v).kinds() == NUMBER
    flat = torch.where(mask(used, like), num, 0.0).flatten(2).expand(size)
    return flat, np.broadcast_to(used.reshape(*used.shape[:2], -1), size)


def reduced(name: str, rule: Callable[[Listed], Tensor]) -> Rule:
    """A function of all the numbers of its arguments, its errors found by the NumPy rule."""
    numpy_rule = FUNCTIONS[name].rule

    def of(*arguments: Either) -> Live:
        found = listed(*arguments)
        result = rule(found)[:, :, None, None]
        enough = found.num.shape[2] > 1  # for a sample's variance, that is; the others need fewer
        if found.used is None and enough and all(is_plain(v) for v in arguments):
            plain = Live(result)
            if np.isfinite(plain.host.num).all():
                return plain
        return governed(numpy_rule(*hosts(arguments)), result, found.like)

    return of


def _mean(found: Listed) -> Tensor:
    return running_sum(found.num) / as_tensor(np.maximum(found.counts, 1.0), found.like)


def _spread(found: Listed, fewer: int) -> Tensor:
    """The variance: Σ (x - mean)² by the count, or by one less for a sample."""
    deviation = found.num - _mean(found)[..., None]
    if found.used is not None:
        deviation = torch.where(mask(found.used, found.like), deviation, 0.0)
    return running_sum(deviation * deviation) / as_tensor(np.maximum(found.counts - fewer, 1.0), found.like)


def _extreme(rule: Callable[..., Tensor], worst: float) -> Callable[[Listed], Tensor]:
    def of(found: Listed) -> Tensor:
        some = mask(found.counts > 0, found.like)
        return torch.where(some, rule(found.where_used(worst), dim=-1), 0.0)

    return of


def _product(found: Listed) -> Tensor:
    return torch.where(mask(found.counts > 0, found.like), torch.prod(found.where_used(1.0), dim=-1), 0.0)


def _median(found: Listed) -> Tensor:
    ordered = torch.sort(found.where_used(torch.inf), dim=-1).values
    middle = np.maximum(found.counts - 1, 0.0) / 2
    places = [torch.as_tensor(f(middle).astype(np.int64), device=ordered.device) for f in (np.floor, np.ceil)]
    low, high = (torch.take_along_dim(ordered, p[..., None], dim=-1)[..., 0] for p in places)
    return (low + high) / 2


# --- pairs of arrays --------------------------------------------------------------------------------------------------
def pairs(name: str, rule: Callable[[Tensor, Tensor], Tensor]) -> Rule:
    """Sums ``rule`` over the pairs, skipping those of which one side is no number."""
    numpy_rule = FUNCTIONS[name].rule

    def of(a: Either, b: Either) -> Either:
        if a.num.shape[2:] != b.num.shape[2:]:
            return numpy_rule(*hosts((a, b)))  # type: ignore[no-any-return]
        sides = [_ranged(v) for v in (a, b)]
        like = some_live((a, b))
        assert like is not None
        shape = np.broadcast_shapes(*(tuple(v.num.shape[:2]) for v in (a, b)))
        (x, x_used), (y, y_used) = (_flat(v, shape, like) for v in sides)
        terms = rule(x, y)
        for used in (x_used, y_used):
            if used is not None:
                terms = torch.where(mask(used, like), terms, 0.0)
        return governed(numpy_rule(*hosts((a, b))), running_sum(terms)[:, :, None, None], like)

    return of


def _ranged(v: Either) -> Either:
    """The same taken as read from cells, where nothing but numbers counts."""
    return Live(v.num, v.kind, True) if isinstance(v, Live) else Values(v.num, v.kind, True)


def sumproduct(*arrays: Either) -> Either:
    """Σ of the products; texts, logicals and blanks count as 0."""
    result = FUNCTIONS["SUMPRODUCT"].rule(*hosts(arrays))
    like = some_live(arrays)
    assert like is not None
    if any(a.num.shape[2:] != arrays[0].num.shape[2:] for a in arrays):
        return result  # type: ignore[no-any-return]
    shape = np.broadcast_shapes(*(tuple(a.num.shape[:2]) for a in arrays))
    terms, *others = (_flat(_ranged(a), shape, like)[0] for a in arrays)
    for other in others:
        terms = terms * other
    return governed(result, running_sum(terms)[:, :, None, None], like)


def mmult(a: Either, b: Either) -> Either:
    """The matrix product, (n, k) × (k, m) → (n, m)."""
    like = some_live((a, b))
    assert like is not None
    numpy_rule = FUNCTIONS["MMULT"].rule
    if a.num.shape[3] != b.num.shape[2]:
        return numpy_rule(*hosts((a, b)))  # type: ignore[no-any-return]
    x, y = (v.num if isinstance(v, Live) else as_tensor(v.num, like) for v in (a, b))
    result = MatrixProduct.apply(x, y)  # type: ignore[no-untyped-call]
    if all(isinstance(v.kind, int) and v.kind == NUMBER for v in (a, b)):
        plain = Live(result)
        if np.isfinite(plain.host.num).all():
            return plain
    return governed(numpy_rule(*hosts((a, b))), result, like)


def _rooted(fewer: int) -> Callable[[Listed], Tensor]:
    """The root of the variance; where all numbers are the same it has a kink, and 0 passes for its slope."""

    def of(found: Listed) -> Tensor:
        spread = _spread(found, fewer)
        return torch.where(spread == 0, 0.0, torch.sqrt(torch.where(spread == 0, 1.0, spread)))

    return of


def _unrooted(fewer: int) -> Callable[[Listed], Tensor]:
    return lambda found: _spread(found, fewer)


RULES: dict[str, Rule] = {
    name: reduced(name, rule)
    for names, rule in {
        "SUM": lambda found: running_sum(found.num),
        "SUMSQ": lambda found: running_sum(found.num * found.num),
        "PRODUCT": _product,
        "MAX": _extreme(torch.amax, -torch.inf),
        "MIN": _extreme(torch.amin, torch.inf),
        "MEDIAN": _median,
        "VAR.S VAR": _unrooted(1),
        "VAR.P VARP": _unrooted(0),
        "STDEV.S STDEV": _rooted(1),
        "STDEV.P STDEVP": _rooted(0),
        "AVERAGE": _mean,
    }.items()
    for name in names.split()
}
PAIRS: dict[str, Rule] = {
    "SUMXMY2": pairs("SUMXMY2", lambda x, y: (x - y) * (x - y)),
    "SUMX2MY2": pairs("SUMX2MY2", lambda x, y: x * x - y * y),
    "SUMX2PY2": pairs("SUMX2PY2", lambda x, y: x * x + y * y),
    "SUMPRODUCT": sumproduct,
    "MMULT": mmult,
}
RULES |= PAIRS
