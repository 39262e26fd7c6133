"""Two arrays, pair by pair."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from sheetsim.excel.arrays import Values, error_value, first_error, outcome
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import side_by_side
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NA, VALUE


def _pairs(rule: Callable[[Numbers, Numbers], Numbers], a: Values, b: Values) -> Values:
    """Sums ``rule`` over the pairs, skipping every pair of which one side is a blank, a text or a logical. Arrays of
    another shape are taken in order, where they have as many cells."""
    if math.prod(a.num.shape[2:]) != math.prod(b.num.shape[2:]):
        return error_value(NA)
    left, right = side_by_side(a, b)
    with np.errstate(all="ignore"):
        terms = left._replace(num=rule(left.num, right.num)).where_used(0.0)
        terms = right._replace(num=terms).where_used(0.0)
        result = right.backend.running_sum(terms)
    return outcome(result[:, :, None, None], first_error(left.errors, right.errors), like=left.like)


def _enter_pairs(name: str, rule: Callable[[Numbers, Numbers], Numbers], about: str, evidence: Evidence) -> None:
    enter = function(
        name, "x: array, y: array", about=about, gradient=Gradient.SHARED, evidence=evidence, by_pairs=True
    )
    enter(lambda a, b: _pairs(rule, a, b))


_enter_pairs("SUMXMY2", lambda x, y: (x - y) * (x - y), "The sum of (x - y)² over all pairs.", Evidence.EXCEL)
_enter_pairs("SUMX2MY2", lambda x, y: x * x - y * y, "The sum of x² - y² over all pairs.", Evidence.LIBREOFFICE)
_enter_pairs("SUMX2PY2", lambda x, y: x * x + y * y, "The sum of x² + y² over all pairs.", Evidence.LIBREOFFICE)


@function("SUMPRODUCT", "array: array…", gradient=Gradient.SHARED, evidence=Evidence.EXCEL)
def sumproduct(*arrays: Values) -> Values:
    """The sum of the products, each rounded once; texts, logicals and blanks count as 0."""
    if any(a.num.shape[2:] != arrays[0].num.shape[2:] for a in arrays):
        return error_value(VALUE)
    first, *others = lists = side_by_side(*arrays)
    with np.errstate(all="ignore"):
        terms = first.num
        for other in others:
            terms = terms * other.num
        result = first.backend.running_sum(terms)
    return outcome(result[:, :, None, None], first_error(*(listed.errors for listed in lists)), like=first.like)
