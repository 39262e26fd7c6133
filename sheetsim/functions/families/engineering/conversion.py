"""CONVERT, from one unit of measurement to another."""

from __future__ import annotations

import math

import numpy as np

from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, numbers, outcome, trapping
from sheetsim.excel.texts import texts_of
from sheetsim.functions.families.engineering.units import UNITS, Unit
from sheetsim.functions.families.mathematics.entering import no_logicals
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NA

NO_UNIT = Unit("", np.nan)


@function("CONVERT", "number, from, to", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def convert(number: Values, source: Values, target: Values) -> Values:
    """A number of one unit of measurement as one of another; ``#N/A`` for a unit that is none, or of another kind."""
    number, source, target = fitted(number, source, target)
    num, errors = numbers(no_logicals(number))
    shape = common_shape(source, target)  # mostly a single pair of names for a whole column of numbers
    names, wrong = zip(*(texts_of(v.broadcast(shape)) for v in (source, target)), strict=True)
    pairs = list(zip(*names, strict=True))
    known = {pair: _units_of(*pair) for pair in set(pairs)}
    lines = np.array([known[pair] for pair in pairs]).reshape(*shape, 4)
    size, start, other_size, other_start = np.moveaxis(lines, -1, 0)
    with trapping(on=False):
        result = (num - start) * size / other_size + other_start
        none = np.where(np.isnan(size), float(NA), 0.0)
        return outcome(result, first_error(errors, *wrong, none))


def _units_of(source: str, target: str) -> tuple[float, float, float, float]:
    """The sizes and the starts of two units by their names, NaN where one is none or they measure other things."""
    one, other = UNITS.get(source, NO_UNIT), UNITS.get(target, NO_UNIT)
    size = one.size if one.kind == other.kind else np.nan
    if math.isclose(one.size * one.start, other.size * other.start):  # counted from the same, as K and mK
        return size, 0.0, other.size, 0.0
    return size, one.start, other.size, other.start
