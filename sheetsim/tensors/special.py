"""Functions on tensors whose derivative is a formula of its own: angles, the error function, Bessel's, power series."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Values, fitted
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.families.engineering.bessel import bessel
from sheetsim.functions.lifting import Rule
from sheetsim.tensors.elementwise import carefully, elementwise, steep
from sheetsim.tensors.traced import Traced, governed, hosts, like_of, numbers


def atan2(x: Values, y: Values) -> Traced:
    """``ATAN2``; torch has a number at 0, 0, so the NumPy rule is always asked."""
    like = like_of(x, y)
    x, y = fitted(x, y)
    return carefully(lambda a, b: torch.atan2(b, a), FUNCTIONS["ATAN2"].rule(*hosts((x, y))), (x, y), like)


def error_function(lower: Values, upper: Values | None = None) -> Traced:
    """``ERF``, from 0 or between two numbers."""
    rule = FUNCTIONS["ERF"].rule
    if upper is None:
        return elementwise(torch.erf, rule, lower)
    like = like_of(lower, upper)
    lower, upper = fitted(lower, upper)
    result = rule(*hosts((lower, upper)))
    return carefully(lambda a, b: torch.erf(b) - torch.erf(a), result, (lower, upper), like)


def convert(number: Values, source: Values, target: Values) -> Values:
    """``CONVERT``: a factor and a shift, which the NumPy rule tells."""
    rule = FUNCTIONS["CONVERT"].rule
    result = rule(*hosts((number, source, target)))
    if not isinstance(number, Traced):
        return result  # type: ignore[no-any-return]
    texts = hosts((source, target))
    at_0, at_1 = (rule(Values(np.full((1, 1, 1, 1), worth)), *texts).num for worth in (0.0, 1.0))
    constant = number.backend.constant
    return governed(result, numbers(number, number) * constant(at_1 - at_0) + constant(at_0), number)


def seriessum(x: Values, first: Values, step: Values, coefficients: Values) -> Traced:
    """``SERIESSUM``, by each of its arguments."""
    arguments = x, first, step, coefficients
    like = like_of(*arguments)
    result = FUNCTIONS["SERIESSUM"].rule(*hosts(arguments))
    base, power, more, factors = (numbers(v, like) for v in arguments)
    terms = [
        factor[..., None, None] * torch.pow(steep(base), power + place * more)
        for place, factor in enumerate(factors.reshape(*factors.shape[:2], -1).unbind(-1))
    ]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return governed(result, total, like)


class Bessel(torch.autograd.Function):
    """J, Y, I or K of an order, a constant, by x. Its derivative is told by the neighbouring orders."""

    @staticmethod
    def forward(context: Any, x: Tensor, letter: str, order: np.ndarray) -> Tensor:
        """The NumPy rule's own values, in the shape that x and the orders broadcast to."""
        context.letter, context.order, context.shape = letter, order, x.shape
        context.save_for_backward(x)
        return _on(x, bessel(letter, _host(x), order))

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:  # type: ignore[override]
        """J' and Y' are (f(n-1) - f(n+1)) / 2, I' is the same with a plus, K' its negative; f(-1) is ∓f(1)."""
        (x,) = context.saved_tensors
        letter, n, at = context.letter, context.order, _host(x)
        above = bessel(letter, at, n + 1)
        sign = -1.0 if letter in "JY" else 1.0
        below = np.where(n == 0, sign * above, bessel(letter, at, np.where(n == 0, 1.0, n - 1)))
        slope = (-1.0 if letter == "K" else 1.0) * (below + sign * above) / 2
        return (gradient * _on(x, slope)).sum_to_size(context.shape), None, None


def _host(x: Tensor) -> np.ndarray:
    return x.detach().cpu().double().numpy()  # type: ignore[no-any-return]


def _on(like: Tensor, num: np.ndarray) -> Tensor:
    return torch.as_tensor(np.nan_to_num(num), dtype=like.dtype, device=like.device)


def _bessel(letter: str) -> Rule:
    def rule(x: Values, order: Values) -> Values:
        x, order = fitted(x, order)
        result = FUNCTIONS[f"BESSEL{letter}"].rule(*hosts((x, order)))
        if not isinstance(x, Traced):
            return result  # type: ignore[no-any-return]
        whole = np.trunc(numbers(order.host, x).cpu().double().numpy())
        safe = x.backend.where(np.asarray(x.host.num > 0) | (letter in "JI"), numbers(x, x), 1.0)
        return governed(result, Bessel.apply(safe, letter, whole), x)  # type: ignore[no-untyped-call]

    return rule


RULES: dict[str, Rule] = {
    "ATAN2": atan2,
    "ERF": error_function,
    "CONVERT": convert,
    "SERIESSUM": seriessum,
    **{f"BESSEL{letter}": _bessel(letter) for letter in "JYIK"},
}
