"""Operators and functions of one or two numbers on tensors, element by element.

Where all operands are numbers and the result is finite, as nearly always, only torch is asked. Otherwise the NumPy rule
says which elements are errors; those are computed from harmless stand-ins, so that no gradient becomes NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.arrays import Values
from sheetsim.functions import FUNCTIONS, mathematics
from sheetsim.torch_live import Either, Live, as_tensor, fitted, governed, host, hosts, is_plain, mask, numbers, operand
from sheetsim.values import LOGICAL, NUMBER

Rule = Callable[..., Any]


def elementwise(rule: Rule, numpy_rule: Rule, *arguments: Either) -> Live:
    """``rule`` on the numbers of the arguments, at least one of them live; the kinds are those of ``numpy_rule``."""
    like = next(v for v in arguments if isinstance(v, Live))
    arguments = fitted(*arguments)
    if all(is_plain(v) for v in arguments):
        result = Live(rule(*(operand(v, like) for v in arguments)))
        if np.isfinite(result.host.num).all():
            return result
    return carefully(rule, numpy_rule(*hosts(arguments)), arguments, like)


def carefully(rule: Rule, result: Values, arguments: tuple[Either, ...], like: Live) -> Live:
    """The rule where ``result`` is a number, on stand-ins elsewhere."""
    good = mask((result.kinds() == NUMBER) | (result.kinds() == LOGICAL), like)
    safe = [torch.where(good, numbers(v, like), 0.5) for v in arguments]  # 0.5 suits every function here
    return governed(result, rule(*safe), like)


def _power(base: Tensor | float, exponent: Tensor | float) -> Any:
    """Of a negative base only whole powers exist, whose derivative is by the base alone."""
    if isinstance(exponent, float):
        return torch.pow(base, exponent)  # type: ignore[arg-type]
    if isinstance(base, float):
        return torch.pow(torch.tensor(base, dtype=exponent.dtype, device=exponent.device), exponent)
    fixed = base <= 0
    plain = torch.pow(torch.where(fixed, 1.0, base), exponent)
    return torch.where(fixed, torch.pow(torch.where(fixed, base, 1.0), exponent.detach()), plain)


def power(base: Either, exponent: Either) -> Live:
    """``a ^ b``; torch has numbers for 0^0 and its like, so the NumPy rule is asked wherever the base may be 0."""
    base, exponent = fitted(base, exponent)
    if is_plain(base) and isinstance(exponent, Values) and exponent.num.size == 1 and exponent.num.flat[0] >= 1:
        return elementwise(_power, mathematics.power, base, exponent)
    like = base if isinstance(base, Live) else exponent
    assert isinstance(like, Live)
    if (host(base).num != 0).all():
        return elementwise(_power, mathematics.power, base, exponent)
    return carefully(_power, mathematics.power(*hosts((base, exponent))), (base, exponent), like)


def modulo(a: Either, b: Either) -> Live:
    """``n - d·INT(n/d)``: the whole quotient has no derivative."""
    like = a if isinstance(a, Live) else b
    assert isinstance(like, Live)
    a, b = fitted(a, b)
    result = mathematics.mod(*hosts((a, b)))
    with np.errstate(all="ignore"):
        quotient = np.floor(host(a).num / host(b).num)
    whole = as_tensor(np.where(np.isfinite(quotient), quotient, 0.0), like)
    return governed(result, numbers(a, like) - numbers(b, like) * whole, like)


def _to_multiple(name: str) -> Rule:
    """CEILING.MATH and FLOOR.MATH: so many times the significance, of which only the latter has a derivative."""

    def rule(a: Either, *others: Either) -> Either:
        result = FUNCTIONS[name].rule(*hosts((a, *others)))
        if not others or not isinstance(others[0], Live):
            return result  # type: ignore[no-any-return]
        step = others[0]
        times = result.num / np.where(step.host.num == 0, 1.0, np.abs(step.host.num))
        return governed(result, as_tensor(times, step) * torch.abs(step.num), step)

    return rule


def logarithm(a: Either, base: Either | None = None) -> Live:
    rule = FUNCTIONS["LOG"].rule
    if base is None:
        return elementwise(torch.log10, rule, a)
    return elementwise(lambda x, b: _ln(x) / _ln(b), rule, a, base)


def _ln(x: Tensor | float) -> Any:
    if isinstance(x, Tensor):
        return torch.log(x)
    return math.log(x) if x > 0 else math.nan


def _both(rule: Rule, numpy_rule: Rule) -> Rule:
    return lambda *arguments: elementwise(rule, numpy_rule, *arguments)


OPERATIONS: dict[str, Rule] = {
    "+": _both(lambda a, b: a + b, mathematics.add),
    "-": _both(lambda a, b: a - b, mathematics.subtract),
    "*": _both(lambda a, b: a * b, mathematics.times),
    "/": _both(lambda a, b: a / b, mathematics.divide),
    "^": power,
}
SIGNED: dict[str, Rule] = {
    "-": _both(torch.neg, mathematics.negate),
    "+": lambda a: a,
    "%": _both(lambda a: a / 100.0, mathematics.percent),
    "@": lambda a: a.corner(),
}
OF_ONE: dict[str, Rule] = {
    **{
        name: getattr(torch, name.lower())
        for name in "ABS SQRT EXP LOG10 TANH SINH COSH SIN COS TAN ASIN ACOS ATAN".split()
    },
    "LN": torch.log,
    "RADIANS": lambda x: x * (math.pi / 180),
    "DEGREES": lambda x: x * (180 / math.pi),
}
RULES: dict[str, Rule] = {
    **{name: _both(rule, FUNCTIONS[name].rule) for name, rule in OF_ONE.items()},
    "LOG": logarithm,
    "POWER": power,
    "MOD": modulo,
    "CEILING.MATH": _to_multiple("CEILING.MATH"),
    "FLOOR.MATH": _to_multiple("FLOOR.MATH"),
}
