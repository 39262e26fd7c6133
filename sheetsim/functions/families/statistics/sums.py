"""Sums, products, means and extremes.

The rules whose derivative is ``Gradient.SHARED`` are said by what a backend gives (``excel/backend.py``), and hold for
tensors too.
"""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import (
    Listed,
    cells,
    count_of,
    if_any,
    of_all,
    quotient,
    squares,
    total,
)
from sheetsim.functions.table import Cumulative, Evidence, Gradient, Scanned, function


def product(listed: Listed) -> Numbers:
    """The product of each list, 0 where there are no numbers."""
    return if_any(listed, listed.backend.product(listed.where_used(1.0)))


def largest(listed: Listed) -> Numbers:
    """The largest number of each list, likewise."""
    return if_any(listed, listed.backend.largest(listed.where_used(-np.inf)))


def smallest(listed: Listed) -> Numbers:
    """The smallest number of each list, likewise."""
    return if_any(listed, listed.backend.smallest(listed.where_used(np.inf)))


of_all(
    "SUM",
    total,
    "The sum, from left to right.",
    cumulative=Cumulative.SUM,
    evidence=Evidence.EXCEL,
    scanned=Scanned.SUM,
)
of_all(
    "SUMSQ",
    squares,
    "The sum of the squares.",
    cumulative=Cumulative.SQUARES,
    evidence=Evidence.EXCEL,
    scanned=Scanned.SQUARES,
)
of_all("PRODUCT", product, "The product, from left to right.", cumulative=Cumulative.PRODUCT)
of_all("MAX", largest, "The largest number, 0 if there is none.", cumulative=Cumulative.LARGEST)
of_all("MIN", smallest, "The smallest number, 0 if there is none.", cumulative=Cumulative.SMALLEST)


@function(
    "AVERAGE",
    "number: range…",
    gradient=Gradient.SHARED,
    evidence=Evidence.EXCEL,
    passes_over_blanks=True,
    cumulative=Cumulative.MEAN,
)
def average(*arguments: Values) -> Values:
    """The mean: the sum, from left to right, by how many there are."""
    listed = cells(*arguments)
    return quotient(total(listed), count_of(listed), listed)
