"""Functions that look at many cells and answer one number: sums, counts, extremes, moments.

Blanks, texts and logicals **inside a range** are skipped; given directly as an argument they count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array, multiply, running_sum
from sheetsim.excel.arrays import Values, elementwise, first_error, is_plain, numbers, outcome, truths
from sheetsim.functions.spreading import is_missing
from sheetsim.functions.table import NEWER, Cumulative, Evidence, Gradient, function
from sheetsim.model.values import BLANK, DIV0, ERROR, LOGICAL, NA, NUM, NUMBER, TEXT, TEXTS, VALUE

Mask = npt.NDArray[np.bool_]


class Listed(NamedTuple):
    """The cells of all arguments in one row for each cell of the block: ``num`` and ``used`` of shape (rows, columns,
    n), ``used`` None if every one counts; ``errors`` the first error of each, of shape (rows, columns, 1, 1)."""

    num: Array
    used: Mask | None
    errors: Array | None


def _flat(a: npt.NDArray[np.generic], shape: tuple[int, int]) -> npt.NDArray[np.generic]:
    """(rows, columns, h, w) → (rows, columns, h·w), row-major as Excel reads a range."""
    if a.shape[2] == 1 or a.shape[3] == 1:  # no copy needed
        a = a[:, :, 0, :] if a.shape[2] == 1 else a[:, :, :, 0]
    else:
        a = a.reshape(*a.shape[:2], -1)
    return np.broadcast_to(a, (*shape, a.shape[2]))


def cells(*arguments: Values, logicals: bool = False) -> Listed:
    """Lists the numbers of all arguments. With ``logicals`` those inside a range count too, and a text given directly
    must say TRUE or FALSE (AND, OR)."""
    shape = np.broadcast_shapes(*(a.num.shape[:2] for a in arguments))
    nums, masks, errors = zip(*(_listed(a, shape, logicals) for a in arguments), strict=True)
    num = nums[0] if len(nums) == 1 else np.concatenate(nums, axis=-1)
    used = None
    if any(mask is not None for mask in masks):
        full = [np.ones(n.shape, bool) if m is None else m for n, m in zip(nums, masks, strict=True)]
        used = np.concatenate(full, axis=-1)
    return Listed(num, used, first_error(*errors))


def is_direct(v: Values) -> bool:
    """Whether an argument is a value given directly; of an array only the numbers count, as of a range."""
    return not v.ref and v.num.shape[2:] == (1, 1)


def _listed(v: Values, shape: tuple[int, int], logicals: bool) -> tuple[Array, Mask | None, Array | None]:
    if isinstance(v.kind, int) and v.kind == NUMBER:
        return _flat(v.num, shape), None, None  # type: ignore[return-value]
    if is_direct(v):
        worth, errors = truths(v) if logicals else numbers(v)
        worth = worth.astype(np.float64)
        return _flat(worth, shape), None, None if errors is None else _first(errors, shape)  # type: ignore[return-value]
    kinds = v.kinds()
    counts = (kinds == NUMBER) | (kinds == LOGICAL) if logicals else kinds == NUMBER
    errors = _first(np.where(kinds == ERROR, v.num, 0.0), shape) if v.has(ERROR) else None
    return _flat(np.where(counts, v.num, 0.0), shape), _flat(counts, shape), errors  # type: ignore[return-value]


def _first(errors: Array, shape: tuple[int, int]) -> Array:
    """The first error of each cell's list, of shape (rows, columns, 1, 1)."""
    flat = _flat(errors, shape)
    place = (flat != 0).argmax(axis=-1)[..., None]
    return np.take_along_axis(flat, place, axis=-1)[..., None]  # type: ignore[return-value]


def total(listed: Listed) -> Array:
    """Their sum, left to right; what does not count is a 0 in ``num`` already."""
    return running_sum(listed.num)


def count_of(listed: Listed) -> Array:
    if listed.used is None:
        return np.full(listed.num.shape[:2], float(listed.num.shape[2]))
    return np.asarray(listed.used.sum(axis=-1), np.float64)


def _reduced(rule: Callable[[Listed], Array], *arguments: Values) -> Values:
    """One number for each cell of the block; FloatingPointError cannot happen, infinities become ``#NUM!``."""
    listed = cells(*arguments)
    with np.errstate(all="ignore"):
        result = rule(listed)
    return outcome(result[:, :, None, None], listed.errors)


def _enter(name: str, rule: Callable[[Listed], Array], about: str, **known: Any) -> None:
    """A function of all numbers among its arguments."""
    stated = {"gradient": Gradient.RULE, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True, **known}
    enter = function(name, "number: range…", about=about, **stated)
    enter(lambda *arguments: _reduced(rule, *arguments))


def _extreme(rule: Callable[..., Array], worst: float) -> Callable[[Listed], Array]:
    def found(listed: Listed) -> Array:
        num = listed.num if listed.used is None else np.where(listed.used, listed.num, worst)
        best = rule(num, axis=-1, initial=worst)
        return np.where(np.isinf(best), 0.0, best)  # no numbers at all: 0

    return found


def _product_of(listed: Listed) -> Array:
    num = listed.num if listed.used is None else np.where(listed.used, listed.num, 1.0)
    result = num[..., 0]
    for k in range(1, num.shape[-1]):
        result = multiply(result, num[..., k])
    return np.where(count_of(listed) == 0, 0.0, result)


_enter("SUM", total, "The sum, from left to right.", cumulative=Cumulative.SUM, evidence=Evidence.EXCEL)
_enter("SUMSQ", lambda it: running_sum(it.num * it.num), "The sum of the squares.", evidence=Evidence.EXCEL)
_enter("PRODUCT", _product_of, "The product, from left to right.")
_enter("MAX", _extreme(np.max, -np.inf), "The largest number, 0 if there is none.", cumulative=Cumulative.LARGEST)
_enter("MIN", _extreme(np.min, np.inf), "The smallest number, 0 if there is none.", cumulative=Cumulative.SMALLEST)


def _quotient(top: Array, bottom: Array, listed: Listed) -> Values:
    """``top / bottom`` for each cell, ``#DIV/0!`` where the divisor is not positive."""
    none = np.where(bottom > 0, 0.0, float(DIV0))
    with np.errstate(all="ignore"):
        result = top / np.where(bottom > 0, bottom, 1.0)
    return outcome(result[..., None, None], first_error(listed.errors, none[..., None, None]))


@function(
    "AVERAGE",
    "number: range…",
    gradient=Gradient.RULE,
    evidence=Evidence.EXCEL,
    passes_over_blanks=True,
    cumulative=Cumulative.MEAN,
)
def average(*arguments: Values) -> Values:
    """The mean: the sum, from left to right, by how many there are."""
    listed = cells(*arguments)
    return _quotient(total(listed), count_of(listed), listed)


def _squares(listed: Listed) -> Array:
    """Σ (x - mean)², the mean first, both from left to right."""
    count = np.maximum(count_of(listed), 1.0)
    deviation = listed.num - (total(listed) / count)[..., None]
    if listed.used is not None:
        deviation = np.where(listed.used, deviation, 0.0)
    return running_sum(deviation * deviation)


def _enter_spread(name: str, about: str, fewer: int, root: bool, **known: Any) -> None:
    """Variance and standard deviation: of a sample (``fewer`` = 1) or of a population (0)."""
    stated = {"gradient": Gradient.RULE, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True, **known}

    @function(name, "number: range…", about=about, **stated)
    def rule(*arguments: Values) -> Values:
        listed = cells(*arguments)
        variance = _quotient(_squares(listed), count_of(listed) - fewer, listed)
        return elementwise(np.sqrt, variance) if root else variance


_enter_spread("VAR.S", "The variance, estimated from a sample.", 1, root=False, prefix=NEWER)
_enter_spread("VAR.P", "The variance of a whole population.", 0, root=False, prefix=NEWER)
_enter_spread("STDEV.S", "The standard deviation, estimated from a sample.", 1, root=True, prefix=NEWER)
_enter_spread("STDEV.P", "The standard deviation of a whole population.", 0, root=True, prefix=NEWER)
_enter_spread("VAR", "The older name of ``VAR.S``.", 1, root=False)
_enter_spread("VARP", "The older name of ``VAR.P``.", 0, root=False)
_enter_spread("STDEV", "The older name of ``STDEV.S``.", 1, root=True)
_enter_spread("STDEVP", "The older name of ``STDEV.P``.", 0, root=True)


# --- counting ---------------------------------------------------------------------------------------------------------
def _counted(counts: Callable[[Values], Mask], *arguments: Values) -> Values:
    shape = np.broadcast_shapes(*(a.num.shape[:2] for a in arguments))
    result = np.zeros(shape)
    for argument in arguments:
        result = result + counts(argument).sum(axis=(2, 3))
    return Values(result[..., None, None])


def _is_number(v: Values) -> Mask:
    """What COUNT counts: numbers; given directly, logicals and texts that look like numbers too."""
    kinds = v.kinds()
    if not is_direct(v):
        return np.asarray(kinds == NUMBER)
    worth, errors = numbers(v)
    bad = np.zeros(worth.shape, bool) if errors is None else errors != 0
    return np.asarray((kinds != ERROR) & ~bad)


@function(
    "COUNT",
    "value: range…",
    gradient=Gradient.FLAT,
    evidence=Evidence.EXCEL,
    passes_over_blanks=True,
    cumulative=Cumulative.COUNT,
)
def count(*arguments: Values) -> Values:
    """How many numbers there are."""
    return _counted(_is_number, *arguments)


@function("COUNTA", "value: range…", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE, passes_over_blanks=True)
def counta(*arguments: Values) -> Values:
    """How many cells are not blank."""
    return _counted(lambda v: (v.kinds() != BLANK) | is_missing(v), *arguments)


@function("COUNTBLANK", "cells: range", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def countblank(v: Values) -> Values:
    """How many cells are blank, or hold the empty text that a formula left."""
    return _counted(lambda v: (v.kinds() == BLANK) | ((v.kinds() == TEXT) & (v.num == TEXTS.place(""))), v)


# --- two arrays, pair by pair -----------------------------------------------------------------------------------------
def _pairs(rule: Callable[[Array, Array], Array], a: Values, b: Values) -> Values:
    """Sums ``rule`` over the pairs, skipping every pair of which one side is a blank, a text or a logical."""
    if a.num.shape[2:] != b.num.shape[2:]:
        return outcome(np.zeros((1, 1, 1, 1)), np.full((1, 1, 1, 1), float(NA)))
    shape = np.broadcast_shapes(a.num.shape, b.num.shape)
    left, right = (_listed(Values(v.num, v.kind, True), shape[:2], False) for v in (a, b))
    with np.errstate(all="ignore"):
        terms = rule(left[0], right[0])
    for mask in (left[1], right[1]):
        if mask is not None:
            terms = np.where(mask, terms, 0.0)
    return outcome(running_sum(terms)[:, :, None, None], first_error(left[2], right[2]))


def _enter_pairs(name: str, rule: Callable[[Array, Array], Array], about: str, evidence: Evidence) -> None:
    enter = function(name, "x: array, y: array", about=about, gradient=Gradient.RULE, evidence=evidence, by_pairs=True)
    enter(lambda a, b: _pairs(rule, a, b))


_enter_pairs("SUMXMY2", lambda x, y: (x - y) * (x - y), "The sum of (x - y)² over all pairs.", Evidence.EXCEL)
_enter_pairs("SUMX2MY2", lambda x, y: x * x - y * y, "The sum of x² - y² over all pairs.", Evidence.LIBREOFFICE)
_enter_pairs("SUMX2PY2", lambda x, y: x * x + y * y, "The sum of x² + y² over all pairs.", Evidence.LIBREOFFICE)


@function("SUMPRODUCT", "array: array…", gradient=Gradient.RULE, evidence=Evidence.EXCEL)
def sumproduct(*arrays: Values) -> Values:
    """The sum of the products, each rounded once; texts, logicals and blanks count as 0."""
    shape = arrays[0].num.shape[2:]
    if any(a.num.shape[2:] != shape for a in arrays):
        return outcome(np.zeros((1, 1, 1, 1)), np.full((1, 1, 1, 1), float(VALUE)))
    block = np.broadcast_shapes(*(a.num.shape[:2] for a in arrays))
    lists = [_listed(Values(a.num, a.kind, True), block, False) for a in arrays]
    with np.errstate(all="ignore"):
        terms = lists[0][0]
        for other in lists[1:]:
            terms = terms * other[0]
    return outcome(running_sum(terms)[:, :, None, None], first_error(*(errors for _, _, errors in lists)))


# --- order ------------------------------------------------------------------------------------------------------------
def _sorted(v: Values) -> tuple[Array, Array, Listed]:
    """The numbers in ascending order, what does not count last; how many count; the list itself."""
    listed = cells(v)
    num = listed.num if listed.used is None else np.where(listed.used, listed.num, np.inf)
    return np.sort(num, axis=-1), count_of(listed), listed


def _at_rank(ordered: Array, rank: Array, n: Array, listed: Listed, *errors: Array | None) -> Values:
    """The number of that rank (0 the smallest); a rank that is not there is ``#NUM!``."""
    bad = (rank < 0) | (rank >= n)
    place = np.where(bad, 0, rank).astype(np.int64)
    shape = place.shape
    ordered = np.broadcast_to(ordered, (*shape, ordered.shape[-1]))
    found = np.where(bad, 0.0, np.take_along_axis(ordered, place[..., None], axis=-1)[..., 0])
    none = np.where(bad, float(NUM), 0.0)
    return outcome(found[..., None, None], first_error(listed.errors, *errors, none[..., None, None]))


def _enter_rank(name: str, rank: Callable[[Array, Array], Array], about: str) -> None:
    stated = {"gradient": Gradient.RULE, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True}

    @function(name, "numbers: range, rank", about=about, **stated)
    def rule(v: Values, k: Values) -> Values:
        ordered, n, listed = _sorted(v)
        which, errors = numbers(k)
        return _at_rank(ordered, rank(np.ceil(which[:, :, 0, 0]), n), n, listed, errors)


_enter_rank("SMALL", lambda k, n: k - 1, "The number of that rank, counted from the smallest.")
_enter_rank("LARGE", lambda k, n: n - k, "The number of that rank, counted from the largest.")


@function("MEDIAN", "number: range…", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE, passes_over_blanks=True)
def median(*arguments: Values) -> Values:
    """The number in the middle, or the mean of the two there."""
    listed = cells(*arguments)
    num = listed.num if listed.used is None else np.where(listed.used, listed.num, np.inf)
    ordered, n = np.sort(num, axis=-1), count_of(listed)
    low = _at_rank(ordered, np.floor((n - 1) / 2), n, listed)
    high = _at_rank(ordered, np.ceil((n - 1) / 2), n, listed)
    return elementwise(lambda a, b: (a + b) / 2, low, high)


__all__ = ["TEXT", "Listed", "cells", "count_of", "is_plain", "total"]
