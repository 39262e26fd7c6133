"""exp, ln and log10 of one number, for loops of plain numbers: the arithmetic of ``elementary.py``, step by step.

Where its rounding test does not tell the last bit (about one number in 25 thousand), or an argument is beyond what the
function is defined for, they answer nan: the caller asks ``elementary.py`` itself. ``tables`` is what
``tables()`` gives.
"""

from __future__ import annotations

import math
from typing import Any

from sheetsim.excel.elementary import (
    EXP_BITS,
    EXP_CELLS,
    EXP_LEAST,
    EXP_MOST,
    LOG_BITS,
    LOG_CELLS,
    SLACK,
    STEPS_PER_UNIT,
    UPPER_CELLS,
    DoubleDouble,
    exp_between_1_and_2,
    exp_reduced,
    ln_summed,
    log_tables,
    over_ln10,
    powers_of_two,
)
from sheetsim.model.limits import LARGEST, SMALLEST

TO_WHOLE = 1.5 * 2.0**52  # added and then subtracted: rounds to a whole number, halves to the even one
SHIFT = 52 - LOG_BITS
ONE = 2.0**53


def tables() -> list[list[float]]:
    """The tables of exp (heads, tails) and of ln (c, heads, tails), each of 512 numbers."""
    logs = log_tables()
    return [table.tolist() for table in (*powers_of_two(), logs.c.astype(float), logs.head, logs.tail)]


def exp_of_one(x: float, tables: Any) -> float:
    """e to the power of x, or nan."""
    if not EXP_LEAST <= x <= EXP_MOST:
        return math.nan
    k = (x * STEPS_PER_UNIT + TO_WHOLE) - TO_WHOLE
    r_head, r_tail = exp_reduced(x, k)
    steps = int(k)
    j = steps & (EXP_CELLS - 1)
    hi, lo = exp_between_1_and_2(tables[0][j], tables[1][j], r_head, r_tail)
    result = hi + (lo + SLACK)
    if result != hi + (lo - SLACK):
        return math.nan
    return math.ldexp(result, steps >> EXP_BITS)


def ln_of_one(x: float, tables: Any) -> float:
    """The natural logarithm of x, or nan."""
    if not SMALLEST <= x <= LARGEST:
        return math.nan
    return _sure(_ln_in_two(x, tables))


def log10_of_one(x: float, tables: Any) -> float:
    """The decimal logarithm of x, or nan."""
    if not SMALLEST <= x <= LARGEST:
        return math.nan
    return _sure(over_ln10(_ln_in_two(x, tables)))


def _sure(value: DoubleDouble) -> float:
    hi, lo = value
    slack = hi * SLACK
    result = hi + (lo + slack)
    return float(result) if result == hi + (lo - slack) else math.nan


def _ln_in_two(x: float, tables: Any) -> DoubleDouble:
    half, exponent = math.frexp(x)
    mantissa = int(half * ONE)  # 2**52 m
    cell = (mantissa >> SHIFT) & (LOG_CELLS - 1)
    n = float(exponent - 1) if cell < UPPER_CELLS else float(exponent)
    r = float(mantissa * int(tables[2][cell]) - (1 << 62)) * 2.0**-62
    return ln_summed(n, tables[3][cell], tables[4][cell], r)
