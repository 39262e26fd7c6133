"""Power series."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values, first_error, numbers, outcome, trapping
from sheetsim.functions.families.mathematics.entering import no_logicals, wrong
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NUM


@function("SERIESSUM", "x, first, step, coefficients: array", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def seriessum(x: Values, first: Values, step: Values, coefficients: Values) -> Values:
    """The sum of a power series: each coefficient times x to the power of first, first + step, and so on."""
    (base, e1), (n, e2), (m, e3) = (numbers(no_logicals(v)) for v in (x, first, step))
    factors, e4 = numbers(no_logicals(coefficients))
    block = np.broadcast_shapes(*(a.shape[:2] for a in (base, n, m, factors)))
    each = np.broadcast_to(factors, (*block, *factors.shape[2:])).reshape(*block, -1)
    e4 = None if e4 is None else _first(np.broadcast_to(e4, (*block, *e4.shape[2:])).reshape(*block, -1))
    total = np.zeros((*block, 1, 1))
    none = np.zeros((*block, 1, 1), bool)
    with trapping(on=False):
        for place in range(each.shape[-1]):
            power = n + place * m
            none = none | ((base == 0) & (power == 0))
            total = total + each[..., place, None, None] * np.power(base, power)
        return outcome(total, first_error(e1, e2, e3, e4, wrong(none, NUM)))


def _first(errors: np.ndarray) -> np.ndarray:
    place = (errors != 0).argmax(axis=-1)[..., None]
    return np.asarray(np.take_along_axis(errors, place, axis=-1)[..., None])
