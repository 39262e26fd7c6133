"""The operators of a formula: sign → NumPy rule."""

from __future__ import annotations

import operator
from collections.abc import Callable

from sheetsim.excel.arrays import Values
from sheetsim.excel.comparison import compare
from sheetsim.functions.families.mathematics import operations as maths
from sheetsim.functions.families.text.joining import concatenate

OPERATORS: dict[str, Callable[[Values, Values], Values]] = {
    "+": maths.add,
    "-": maths.subtract,
    "*": maths.times,
    "/": maths.divide,
    "^": maths.power,
    "&": concatenate,
    "=": lambda a, b: compare(operator.eq, a, b),
    "<>": lambda a, b: compare(operator.ne, a, b),
    "<": lambda a, b: compare(operator.lt, a, b),
    "<=": lambda a, b: compare(operator.le, a, b),
    ">": lambda a, b: compare(operator.gt, a, b),
    ">=": lambda a, b: compare(operator.ge, a, b),
}
SIGNS: dict[str, Callable[[Values], Values]] = {
    "-": maths.negate,
    "+": lambda a: a,
    "%": maths.percent,
    "@": lambda a: a.corner(),
}
