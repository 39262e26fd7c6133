"""Mathematics on tensors by the names that ``excel/maths.py`` has, so that one formula serves both.

Incomplete gamma and beta functions and their inverses are SciPy's, on the CPU. Their slope by x is the density; by
what shapes them there is no closed formula, and central differences of fourth order stand in, good to some ten digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arithmetic import Array

STEP = 1e-3  # of the differences, as a part of the number
STENCIL = ((-2.0, 1.0 / 12), (-1.0, -8.0 / 12), (1.0, 8.0 / 12), (2.0, -1.0 / 12))


def _special() -> Any:
    from scipy import special

    return special


def _gamma_density(a: Array, x: Array) -> Array:
    s = _special()
    return np.exp(s.xlogy(a - 1.0, x) - x - s.gammaln(a))  # type: ignore[no-any-return]


def _beta_density(a: Array, b: Array, x: Array) -> Array:
    s = _special()
    return np.exp(s.xlogy(a - 1.0, x) + s.xlog1py(b - 1.0, -x) - s.betaln(a, b))  # type: ignore[no-any-return]


def _t_density(freedom: Array, t: Array) -> Array:
    power = np.log1p(t * t / freedom) * ((freedom + 1.0) / -2.0)
    return np.exp(power - _special().betaln(freedom / 2.0, 0.5)) / np.sqrt(freedom)  # type: ignore[no-any-return]


#: What is summed up to x, the last argument, or from x on: its slope by x.
SLOPES: dict[str, Callable[..., Array]] = {
    "gammainc": _gamma_density,
    "gammaincc": lambda *at: -_gamma_density(*at),
    "betainc": _beta_density,
    "betaincc": lambda *at: -_beta_density(*at),
    "stdtr": _t_density,
}
INVERSES = {
    "gammaincinv": "gammainc",
    "gammainccinv": "gammaincc",
    "betaincinv": "betainc",
    "betainccinv": "betaincc",
    "stdtrit": "stdtr",
}


class Special(torch.autograd.Function):
    """A function of SciPy's of tensors of one shape. Of an inverse, F(shape, y) = p, the slopes follow from those of F:
    by p 1 / f, by the shape -F' / f."""

    @staticmethod
    def forward(context: Any, name: str, *arguments: Tensor) -> Tensor:
        """The values; (…) each, of one shape."""
        plain = [_plain(v) for v in arguments]
        found = np.asarray(getattr(_special(), name)(*plain))
        last = found if name in INVERSES else plain[-1]
        context.name, context.at = INVERSES.get(name, name), [*plain[:-1], last]
        context.inverse, context.like = name in INVERSES, arguments[0]
        return _tensor(found, arguments[0])

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        """The gradient by each argument that has one."""
        name, at, inverse = context.name, context.at, context.inverse
        with np.errstate(all="ignore"):
            density = SLOPES[name](*at)
            slopes: list[Array | None] = []
            for k, wanted in enumerate(context.needs_input_grad[1:]):
                if not wanted:
                    slopes.append(None)
                elif k == len(at) - 1:
                    slopes.append(1.0 / density if inverse else density)
                else:
                    slope = _difference(name, at, k)
                    slopes.append(-slope / density if inverse else slope)
        return None, *(None if s is None else gradient * _tensor(np.nan_to_num(s), context.like) for s in slopes)


def _difference(name: str, at: list[Array], k: int) -> Array:
    step = STEP * np.abs(at[k])
    moved = ([*at[:k], at[k] + far * step, *at[k + 1 :]] for far, _ in STENCIL)
    rule = getattr(_special(), name)
    terms = [part * rule(*where) for where, (_, part) in zip(moved, STENCIL, strict=True)]
    return np.asarray(sum(terms) / step)


def _plain(v: Tensor) -> Array:
    return np.asarray(v.detach().cpu().double().numpy())


def _tensor(num: Array, like: Tensor) -> Tensor:
    return torch.as_tensor(num, dtype=like.dtype, device=like.device)


class TorchMaths:
    """The functions, for tensors of the backend's type and device. Arguments may be numbers, too."""

    linalg = torch.linalg
    exp, log, log1p, expm1 = torch.exp, torch.log, torch.log1p, torch.expm1
    abs, sqrt, tanh, erf, ndtri = torch.abs, torch.sqrt, torch.tanh, torch.erf, torch.special.ndtri

    def __init__(self, backend: Any):
        self.backend = backend

    def __getattr__(self, name: str) -> Any:
        if name not in SLOPES and name not in INVERSES:
            raise AttributeError(name)
        return lambda *arguments: Special.apply(name, *self._together(*arguments))  # type: ignore[no-untyped-call]

    def _together(self, *arguments: Any) -> list[Tensor]:
        tensors = [self.backend.constant(np.array(v) if isinstance(v, float) else v) for v in arguments]
        return list(torch.broadcast_tensors(*tensors))  # type: ignore[no-untyped-call]

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        """``yes`` where the condition holds, of NumPy or of torch."""
        mask = condition if isinstance(condition, np.ndarray) else condition.detach().cpu().numpy()
        return self.backend.where(mask, *self._together(yes, no))

    def maximum(self, a: Any, b: Any) -> Tensor:
        """The larger of each two."""
        return torch.maximum(*self._together(a, b))

    def ndtr(self, z: Tensor) -> Tensor:
        """The probability below z of the standard normal distribution."""
        return torch.special.erfc(-z / math.sqrt(2.0)) / 2.0  # type: ignore[no-any-return]

    def xlogy(self, x: Any, y: Any) -> Tensor:
        """x ln y, 0 where x is 0."""
        return torch.special.xlogy(*self._together(x, y))  # type: ignore[no-any-return]

    def xlog1py(self, x: Any, y: Any) -> Tensor:
        """x ln(1 + y), 0 where x is 0."""
        return torch.special.xlog1py(*self._together(x, y))  # type: ignore[no-any-return]

    def gammaln(self, x: Tensor) -> Tensor:
        """The natural logarithm of the gamma function."""
        return torch.lgamma(x)

    log_gamma = gammaln

    def betaln(self, a: Any, b: Any) -> Tensor:
        """The natural logarithm of the beta function."""
        a, b = self._together(a, b)
        return torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)  # type: ignore[no-any-return]

    def gamma(self, x: Tensor) -> Tensor:
        """The gamma function; below 0 its sign changes from one whole number to the next."""
        sign = torch.where((x < 0) & (torch.floor(x) % 2 != 0), -1.0, 1.0)
        return sign * torch.exp(torch.lgamma(x))
