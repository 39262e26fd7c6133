"""Factorials, and how many ways there are to choose and to arrange."""

from __future__ import annotations

import math

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.functions.families.mathematics.division import enter_counted
from sheetsim.functions.families.mathematics.entering import of_numbers
from sheetsim.functions.table import NEWER

#: n! and n!!, as far as there are doubles for them, each the nearest one.
FACTORIALS = np.array([float(math.factorial(n)) for n in range(171)])
DOUBLE_FACTORIALS = np.array([float(math.prod(range(n, 0, -2))) for n in range(301)])


def _looked_up(table: Array, n: Array) -> Array:
    """``table[n]``, NaN beyond its ends."""
    inside = (n >= 0) & (n < len(table))
    return np.where(inside, table[np.where(inside, n, 0).astype(np.int64)], np.nan)


def _double_factorial(n: Array) -> Array:
    whole = np.trunc(n)
    return np.where(whole == -1, 1.0, _looked_up(DOUBLE_FACTORIALS, whole))


def combinations(n: Array, k: Array) -> Array:
    """In how many ways k of n can be chosen, for arrays of whole numbers, element by element;
    NaN unless 0 ≤ k ≤ n.

    Exact where the result is below 2**53; beyond, each step is rounded to a double.

    >>> combinations(np.array([49.0, 1000.0]), np.array([6.0, 0.0])).tolist()
    [13983816.0, 1.0]
    """
    bad = (k < 0) | (k > n)
    n, k = np.broadcast_arrays(n, np.where(bad, 0.0, np.minimum(k, n - k)))
    result, ahead = np.ones(n.shape), k.max(initial=0.0)
    step = 0.0
    while step < ahead and np.isfinite(result[k > step]).any():
        step += 1.0
        # C·f/s by whole numbers of s and what is left of C, so that neither product is large before its division
        whole, left = np.floor(result / step), np.mod(result, step)
        factor = n - k + step
        result = np.where(step <= k, whole * factor + left * factor / step, result)
    return np.where(bad, np.nan, result)


def _combin(n: Array, k: Array) -> Array:
    n, k = np.trunc(n), np.trunc(k)
    return np.where(n < 0, np.nan, combinations(n, k))


def _combina(n: Array, k: Array) -> Array:
    n, k = np.trunc(n), np.trunc(k)
    chosen = combinations(np.maximum(n + k - 1, 0.0), np.maximum(k, 0.0))
    bad = (n < 0) | (k < 0) | ((n == 0) & (k > 0))
    return np.where(bad, np.nan, np.where(k == 0, 1.0, chosen))


def _permutations(n: Array, k: Array) -> Array:
    n, k = np.broadcast_arrays(np.trunc(n), np.trunc(k))
    bad = (n < 0) | (k < 0) | (k > n)
    result = np.ones(n.shape)
    k, step = np.where(bad, 0.0, k), 0.0
    while step < k.max(initial=0.0) and np.isfinite(result[k > step]).any():
        result = np.where(step < k, result * (n - step), result)
        step += 1.0
    return np.where(bad, np.nan, result)


def _permutations_again(n: Array, k: Array) -> Array:
    n, k = np.trunc(n), np.trunc(k)
    bad = (n < 0) | (k < 0) | ((n == 0) & (k > 0))
    return np.where(bad, np.nan, np.power(np.maximum(n, 0.0), np.maximum(k, 0.0)))


def _multinomial(whole: Array, used: Array) -> Array:
    """(Σ n)! / Π n!, as a product of numbers of combinations."""
    result, total = np.ones(whole.shape[:-1]), np.zeros(whole.shape[:-1])
    for place in range(whole.shape[-1]):
        number = np.where(used[..., place], whole[..., place], 0.0)
        total = total + number
        result = result * combinations(total, number)
    return result


of_numbers(__name__, "FACT", "number", lambda n: _looked_up(FACTORIALS, np.floor(n)), "The factorial, 1·2·…·n.")
of_numbers(
    __name__, "FACTDOUBLE", "number", _double_factorial, "The product of every second number, down from n.", strict=True
)
of_numbers(__name__, "COMBIN", "number, chosen", _combin, "In how many ways so many of a number can be chosen.")
of_numbers(__name__, "COMBINA", "number, chosen", _combina, "The same, where one may be chosen again.", prefix=NEWER)
of_numbers(__name__, "PERMUT", "number, chosen", _permutations, "In how many orders so many of a number can be taken.")
of_numbers(
    __name__,
    "PERMUTATIONA",
    "number, chosen",
    _permutations_again,
    "The same, where one may be taken again.",
    prefix=NEWER,
)
enter_counted(__name__, "MULTINOMIAL", _multinomial, "In how many ways a whole is parted into groups of these sizes.")
