"""Operators and functions of one or two numbers on tensors, element by element.

Where all operands are numbers and the result is finite, as nearly always, only torch is asked. Otherwise the NumPy rule
says which elements are errors; those are computed from harmless stand-ins, so that no gradient becomes NaN.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Values, fitted, is_plain
from sheetsim.excel.arrays import elementwise as numpy_elementwise
from sheetsim.excel.arrays import numbers as worth
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.families.mathematics import division, operations
from sheetsim.functions.lifting import Rule
from sheetsim.model.values import LOGICAL, NUMBER
from sheetsim.tensors.traced import Traced, governed, hosts, like_of, numbers, operand


def elementwise(rule: Rule, numpy_rule: Rule, *arguments: Values) -> Traced:
    """``rule`` on the numbers of the arguments, at least one of them live; the kinds are those of ``numpy_rule``."""
    like = like_of(*arguments)
    arguments = fitted(*arguments)
    if is_plain(*arguments):
        result = Traced(rule(*(operand(v, like) for v in arguments)))
        if np.isfinite(result.host.num).all():
            return result
    return carefully(rule, numpy_rule(*hosts(arguments)), arguments, like)


def carefully(rule: Rule, result: Values, arguments: tuple[Values, ...], like: Traced) -> Traced:
    """The rule where ``result`` is a number, on stand-ins elsewhere."""
    good = (result.kinds() == NUMBER) | (result.kinds() == LOGICAL)
    safe = [like.backend.where(good, numbers(v, like), 0.5) for v in arguments]  # 0.5 suits every function here
    return governed(result, rule(*safe), like)


def steep(x: Tensor) -> Tensor:
    """``x`` before a function whose slope may be infinite, as that of a root at 0: where nothing came of its value, as
    in the branch that an IF did not take, 0 times infinity is to be 0."""
    if not x.requires_grad:
        return x
    view = x.view_as(x)
    view.register_hook(_without_nan)  # type: ignore[no-untyped-call]
    return view


def _without_nan(gradient: Tensor) -> Tensor:
    return torch.nan_to_num(gradient, nan=0.0, posinf=torch.inf, neginf=-torch.inf)


def _power(base: Tensor | float, exponent: Tensor | float) -> Any:
    """Of a negative base only whole powers exist, whose derivative is by the base alone."""
    if isinstance(base, Tensor):
        base = steep(base)
    if isinstance(exponent, float):
        return torch.pow(base, exponent)  # type: ignore[arg-type]
    if isinstance(base, float):
        return torch.pow(torch.tensor(base, dtype=exponent.dtype, device=exponent.device), exponent)
    fixed = base <= 0
    plain = torch.pow(torch.where(fixed, 1.0, base), exponent)
    return torch.where(fixed, torch.pow(torch.where(fixed, base, 1.0), exponent.detach()), plain)


def power(base: Values, exponent: Values) -> Traced:
    """``a ^ b``; torch has numbers for 0^0 and its like, so the NumPy rule is asked wherever the base may be 0."""
    base, exponent = fitted(base, exponent)
    if is_plain(base) and not isinstance(exponent, Traced) and exponent.num.size == 1 and exponent.num.flat[0] >= 1:
        return elementwise(_power, operations.power, base, exponent)
    like = like_of(base, exponent)
    if (base.host.num != 0).all():
        return elementwise(_power, operations.power, base, exponent)
    return carefully(_power, operations.power(*hosts((base, exponent))), (base, exponent), like)


def modulo(a: Values, b: Values) -> Traced:
    """The remainder, as ``n - d·whole``: the whole quotient has no derivative."""
    like = like_of(a, b)
    a, b = fitted(a, b)
    plain = hosts((a, b))
    result = division.mod(*plain)
    quotient = numpy_elementwise(np.rint, operations.divide(operations.subtract(plain[0], result), plain[1]))
    whole = like.backend.constant(np.where(quotient.kinds() == NUMBER, quotient.num, 0.0))
    return governed(result, numbers(a, like) - numbers(b, like) * whole, like)


def _to_multiple(name: str) -> Rule:
    """CEILING, FLOOR and their kin: so many times the significance, of which only the latter has a derivative."""

    def rule(a: Values, *others: Values) -> Values:
        result = FUNCTIONS[name].rule(*hosts((a, *others)))
        if not others or not isinstance(others[0], Traced):
            return result  # type: ignore[no-any-return]
        step = others[0]
        size = np.abs(worth(step.host)[0])
        times = step.backend.constant(result.num / np.where(size == 0, 1.0, size))
        return governed(result, times * torch.abs(numbers(step, step)), step)

    return rule


def logarithm(a: Values, base: Values | None = None) -> Traced:
    """To a base of 0 torch has a number, so the NumPy rule is asked wherever there is a base."""
    if base is None:
        return elementwise(torch.log10, FUNCTIONS["LOG"].rule, a)
    like = like_of(a, base)
    a, base = fitted(a, base)
    result = FUNCTIONS["LOG"].rule(*hosts((a, base)))
    return carefully(lambda x, b: torch.log(x) / torch.log(b), result, (a, base), like)


def _both(rule: Rule, numpy_rule: Rule) -> Rule:
    return lambda *arguments: elementwise(rule, numpy_rule, *arguments)


OPERATIONS: dict[str, Rule] = {
    "+": _both(lambda a, b: a + b, operations.add),
    "-": _both(lambda a, b: a - b, operations.subtract),
    "*": _both(lambda a, b: a * b, operations.times),
    "/": _both(lambda a, b: a / b, operations.divide),
    "^": power,
}
SIGNED: dict[str, Rule] = {
    "-": _both(torch.neg, operations.negate),
    "+": lambda a: a,
    "%": _both(lambda a: a / 100.0, operations.percent),
    "@": lambda a: a.corner(),
}
OF_ONE: dict[str, Rule] = {
    **{name: getattr(torch, name.lower()) for name in "ABS EXP LOG10 TANH SINH COSH SIN COS TAN ATAN ASINH".split()},
    "SQRT": lambda x: torch.sqrt(steep(x)),
    "ASIN": lambda x: torch.asin(steep(x)),
    "ACOS": lambda x: torch.acos(steep(x)),
    "LN": torch.log,
    "SQRTPI": lambda x: torch.sqrt(math.pi * steep(x)),
    "ACOSH": lambda x: torch.acosh(steep(x)),
    "ATANH": lambda x: torch.atanh(steep(x)),
    "SEC": lambda x: 1.0 / torch.cos(x),
    "CSC": lambda x: 1.0 / torch.sin(x),
    "COT": lambda x: 1.0 / torch.tan(x),
    "SECH": lambda x: 1.0 / torch.cosh(x),
    "CSCH": lambda x: 1.0 / torch.sinh(x),
    "COTH": lambda x: 1.0 / torch.tanh(x),
    "ACOT": lambda x: math.pi / 2 - torch.atan(x),
    "ACOTH": lambda x: torch.atanh(1.0 / steep(x)),
    "ERF.PRECISE": torch.erf,
    "ERFC": torch.erfc,
    "ERFC.PRECISE": torch.erfc,
    "RADIANS": lambda x: x * (math.pi / 180),
    "DEGREES": lambda x: x * (180 / math.pi),
}
TO_MULTIPLES = "CEILING CEILING.MATH CEILING.PRECISE FLOOR FLOOR.MATH FLOOR.PRECISE ISO.CEILING MROUND".split()
RULES: dict[str, Rule] = {
    **{name: _both(rule, FUNCTIONS[name].rule) for name, rule in OF_ONE.items()},
    "LOG": logarithm,
    "POWER": power,
    "MOD": modulo,
    **{name: _to_multiple(name) for name in TO_MULTIPLES},
}
