"""Rates of interest, and prices in fractions of a dollar."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.financial.entering import codes, constant, num, of_amounts
from sheetsim.functions.families.statistics.distributions.entering import Mask, host
from sheetsim.functions.table import NEWER
from sheetsim.model.values import DIV0

of = partial(of_amounts, __name__)


def _times(m: Any, rate: Numbers, times: Numbers) -> Numbers:
    return constant(m, np.trunc(host(times)))


def _effective(m: Any, rate: Numbers, times: Numbers) -> Numbers:
    times = _times(m, rate, times)
    return (1.0 + rate / times) ** times - 1.0


def _nominal(m: Any, rate: Numbers, times: Numbers) -> Numbers:
    times = _times(m, rate, times)
    return times * ((1.0 + rate) ** (1.0 / times) - 1.0)


def _some(rate: Array, times: Array) -> Mask:
    return (rate > 0) & (times >= 1)


of("EFFECT", "rate, times", _effective, "The rate of a year whose interest is added so many times.", _some, strict=True)
of("NOMINAL", "rate, times", _nominal, "The rate that is named where EFFECT is the true one.", _some, strict=True)
of(
    "RRI",
    "periods, present, future",
    lambda m, periods, present, future: (future / present) ** (1.0 / periods) - 1.0,
    "The rate at which an amount becomes another.",
    lambda periods, present, future: (periods > 0) & (present != 0),
    prefix=NEWER,
)
of(
    "PDURATION",
    "rate, present, future",
    lambda m, rate, present, future: (m.log(future) - m.log(present)) / m.log1p(rate),
    "How many periods it takes until an amount is another.",
    lambda rate, present, future: (rate > 0) & (present > 0) & (future > 0),
    prefix=NEWER,
)


def _unit(fraction: Array) -> tuple[Array, Array]:
    """What the decimals of a price are counted in, and by which power of 10 they are written."""
    parts = np.trunc(host(fraction))
    return parts, 10.0 ** np.ceil(np.log10(parts))


def _decimal(m: Any, price: Numbers, fraction: Numbers) -> Numbers:
    (parts, power), whole = _unit(fraction), constant(m, np.trunc(host(price)))
    return whole + (price - whole) * constant(m, power / parts)


def _fraction(m: Any, price: Numbers, fraction: Numbers) -> Numbers:
    (parts, power), whole = _unit(fraction), constant(m, np.trunc(host(price)))
    return whole + (price - whole) * constant(m, parts / power)


def _parts(price: Array, fraction: Array) -> Array:
    return codes(num(fraction < 0), (fraction < 1, DIV0))


of(
    "DOLLARDE",
    "price, fraction",
    _decimal,
    "A price in fractions, 1.02 for 1 2/16, in decimals.",
    _parts,
    strict=True,
)
of("DOLLARFR", "price, fraction", _fraction, "A price in decimals, as 1.125, in fractions.", _parts, strict=True)
