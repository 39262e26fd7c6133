"""Signs, roots, exponentials and logarithms, and π."""

from __future__ import annotations

import math

import numpy as np

from sheetsim.excel import elementary
from sheetsim.excel.arithmetic import multiply
from sheetsim.excel.arrays import Values, elementwise_checked, single
from sheetsim.functions.families.mathematics.entering import of_one
from sheetsim.functions.families.mathematics.operations import divide
from sheetsim.functions.table import Evidence, Gradient, Scanned, function

of_one(__name__, "ABS", np.abs, "The number without its sign.", scanned=Scanned.ABS)
of_one(__name__, "SQRT", np.sqrt, "The square root.", scanned=Scanned.SQRT, evidence=Evidence.EXCEL)
of_one(__name__, "SIGN", np.sign, "1, 0 or -1: the sign.", scanned=Scanned.SIGN, gradient=Gradient.FLAT)
of_one(
    __name__,
    "EXP",
    elementary.exp,
    "e to the power of a number, rounded correctly.",
    True,
    evidence=Evidence.EXCEL,
    scanned=Scanned.EXP,
)
of_one(__name__, "LN", elementary.ln, "The natural logarithm, rounded correctly.", True, scanned=Scanned.LN)
of_one(__name__, "LOG10", elementary.log10, "The logarithm to base 10, rounded correctly.", True, scanned=Scanned.LOG10)
of_one(__name__, "SQRTPI", lambda x: np.sqrt(multiply(x, np.array(math.pi))), "The square root of π times a number.")


@function("LOG", "number, [base]", gradient=Gradient.RULE, evidence=Evidence.EXCEL, scanned=Scanned.LOG10)
def log(a: Values, base: Values | None = None) -> Values:
    """The logarithm: ``LOG(x)`` is to base 10, ``LOG(x, b)`` is ln x / ln b."""
    if base is None:
        return elementwise_checked(elementary.log10, a)
    both = elementwise_checked(lambda x, b: np.where(b == 10, elementary.log10(x), elementary.ln(x)), a, base)
    return divide(both, elementwise_checked(lambda b: np.where(b == 10, 1.0, elementary.ln(b)), base))


@function("PI", "", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def pi() -> Values:
    """π, the circumference of a circle of diameter 1."""
    return single(math.pi)
