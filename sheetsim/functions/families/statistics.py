"""Functions that look at many cells and answer one number: sums, counts, extremes, moments.

Blanks, texts and logicals **inside a range** are skipped; given directly as an argument they count.

The rules whose derivative is ``Gradient.SHARED`` are said by what a backend gives (``excel/backend.py``), and hold for
tensors too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, foremost, numbers, outcome, truths
from sheetsim.excel.backend import NUMPY, Backend, Numbers
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import NEWER, Cumulative, Evidence, Gradient, function
from sheetsim.model.values import BLANK, DIV0, ERROR, LOGICAL, NA, NUM, NUMBER, TEXT, TEXTS, VALUE

Mask = npt.NDArray[np.bool_]


class Listed(NamedTuple):
    """The cells of all arguments in one row for each cell of the block: ``num`` and ``used`` of shape (rows, columns,
    n), 0 where one does not count; ``used`` None if every one does; ``errors`` the first error of each, of shape
    (rows, columns, 1, 1). The numbers are of the library of ``like``."""

    num: Numbers
    used: Mask | None
    errors: Array | None
    like: Values

    @property
    def backend(self) -> Backend:
        """What the numbers are worked on with."""
        return self.like.backend

    def where_used(self, otherwise: float) -> Numbers:
        """The numbers, another in place of what does not count."""
        return self.num if self.used is None else self.backend.where(self.used, self.num, otherwise)


def _flat(a: Numbers, shape: tuple[int, ...], backend: Backend = NUMPY) -> Numbers:
    """(rows, columns, h, w) → (rows, columns, h·w), row-major as Excel reads a range."""
    if a.shape[2] == 1 or a.shape[3] == 1:  # no copy needed
        a = a[:, :, 0, :] if a.shape[2] == 1 else a[:, :, :, 0]
    else:
        a = a.reshape(*a.shape[:2], -1)
    return backend.broadcast(a, (*shape, a.shape[2]))


def cells(*arguments: Values, logicals: bool = False) -> Listed:
    """Lists the numbers of all arguments. With ``logicals`` those inside a range count too, and a text given directly
    must say TRUE or FALSE (AND, OR)."""
    shape = np.broadcast_shapes(*(a.num.shape[:2] for a in arguments))
    nums, masks, errors = zip(*(_listed(a, shape, logicals) for a in arguments), strict=True)
    like = foremost(*arguments)
    num = nums[0] if len(nums) == 1 else like.backend.joined(nums)
    used = None
    if any(mask is not None for mask in masks):
        full = [np.ones(tuple(n.shape), bool) if m is None else m for n, m in zip(nums, masks, strict=True)]
        used = np.concatenate(full, axis=-1)
    return Listed(num, used, first_error(*errors), like)


def is_direct(v: Values) -> bool:
    """Whether an argument is a value given directly; of an array only the numbers count, as of a range."""
    return not v.ref and v.num.shape[2:] == (1, 1)


def _listed(v: Values, shape: tuple[int, ...], logicals: bool) -> tuple[Numbers, Mask | None, Array | None]:
    if isinstance(v.kind, int) and v.kind == NUMBER:
        return _flat(v.num, shape, v.backend), None, None
    if is_direct(v):
        worth, errors = _conditions(v) if logicals else numbers(v)
        return _flat(worth, shape, v.backend), None, None if errors is None else _first(errors, shape)
    kinds = v.kinds()
    counts = (kinds == NUMBER) | (kinds == LOGICAL) if logicals else kinds == NUMBER
    errors = _first(np.where(kinds == ERROR, v.host.num, 0.0), shape) if v.has(ERROR) else None
    return _flat(v.backend.where(counts, v.num, 0.0), shape, v.backend), _flat(counts, shape), errors


def _conditions(v: Values) -> tuple[Array, Array | None]:
    held, errors = truths(v)
    return held.astype(np.float64), errors


def _first(errors: Array, shape: tuple[int, ...]) -> Array:
    """The first error of each cell's list, of shape (rows, columns, 1, 1)."""
    flat = _flat(errors, shape)
    place = (flat != 0).argmax(axis=-1)[..., None]
    return np.take_along_axis(flat, place, axis=-1)[..., None]  # type: ignore[no-any-return]


def total(listed: Listed) -> Numbers:
    """Their sum, left to right, of shape (rows, columns); what does not count is a 0 in ``num`` already."""
    return listed.backend.running_sum(listed.num)


def count_of(listed: Listed) -> Array:
    """How many of each cell's numbers count, as floats of shape (rows, columns)."""
    if listed.used is None:
        return np.full(tuple(listed.num.shape[:2]), float(listed.num.shape[2]))
    return np.asarray(listed.used.sum(axis=-1), np.float64)


def _reduced(rule: Callable[[Listed], Numbers], *arguments: Values) -> Values:
    """One number for each cell of the block; FloatingPointError cannot happen, infinities become ``#NUM!``."""
    listed = cells(*arguments)
    with np.errstate(all="ignore"):
        result = rule(listed)
    return outcome(result[:, :, None, None], listed.errors, like=listed.like)


def _enter(name: str, rule: Callable[[Listed], Numbers], about: str, **known: Any) -> None:
    """A function of all numbers among its arguments."""
    stated = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True, **known}
    enter = function(name, "number: range…", about=about, **stated)
    enter(lambda *arguments: _reduced(rule, *arguments))


def _if_any(listed: Listed, result: Numbers) -> Numbers:
    """0 where there are no numbers at all."""
    return listed.backend.where(count_of(listed) > 0, result, 0.0)


def _squares(listed: Listed) -> Numbers:
    return listed.backend.running_sum(listed.num * listed.num)


def _product(listed: Listed) -> Numbers:
    return _if_any(listed, listed.backend.product(listed.where_used(1.0)))


def _largest(listed: Listed) -> Numbers:
    return _if_any(listed, listed.backend.largest(listed.where_used(-np.inf)))


def _smallest(listed: Listed) -> Numbers:
    return _if_any(listed, listed.backend.smallest(listed.where_used(np.inf)))


_enter("SUM", total, "The sum, from left to right.", cumulative=Cumulative.SUM, evidence=Evidence.EXCEL)
_enter("SUMSQ", _squares, "The sum of the squares.", cumulative=Cumulative.SQUARES, evidence=Evidence.EXCEL)
_enter("PRODUCT", _product, "The product, from left to right.", cumulative=Cumulative.PRODUCT)
_enter("MAX", _largest, "The largest number, 0 if there is none.", cumulative=Cumulative.LARGEST)
_enter("MIN", _smallest, "The smallest number, 0 if there is none.", cumulative=Cumulative.SMALLEST)


def _quotient(top: Numbers, bottom: Array, listed: Listed, root: bool = False) -> Values:
    """``top / bottom`` for each cell, or its root; ``#DIV/0!`` where the divisor is not positive."""
    none = np.where(bottom > 0, 0.0, float(DIV0))
    with np.errstate(all="ignore"):
        result = top / listed.backend.constant(np.where(bottom > 0, bottom, 1.0))
        result = listed.backend.root(result) if root else result
    return outcome(result[..., None, None], first_error(listed.errors, none[..., None, None]), like=listed.like)


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
    return _quotient(total(listed), count_of(listed), listed)


def _deviations(listed: Listed) -> Numbers:
    """Σ (x - mean)², the mean first, both from left to right."""
    count = listed.backend.constant(np.maximum(count_of(listed), 1.0))
    deviations = listed._replace(num=listed.num - (total(listed) / count)[..., None])
    return _squares(deviations._replace(num=deviations.where_used(0.0)))


def _enter_variance(name: str, about: str, fewer: int, root: bool, **known: Any) -> None:
    """Variance and standard deviation: of a sample (``fewer`` = 1) or of a population (0)."""
    stated = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True, **known}

    @function(name, "number: range…", about=about, **stated)
    def rule(*arguments: Values) -> Values:
        listed = cells(*arguments)
        return _quotient(_deviations(listed), count_of(listed) - fewer, listed, root)


_enter_variance("VAR.S", "The variance, estimated from a sample.", 1, root=False, prefix=NEWER)
_enter_variance("VAR.P", "The variance of a whole population.", 0, root=False, prefix=NEWER)
_enter_variance("STDEV.S", "The standard deviation, estimated from a sample.", 1, root=True, prefix=NEWER)
_enter_variance("STDEV.P", "The standard deviation of a whole population.", 0, root=True, prefix=NEWER)
_enter_variance("VAR", "The older name of ``VAR.S``.", 1, root=False)
_enter_variance("VARP", "The older name of ``VAR.P``.", 0, root=False)
_enter_variance("STDEV", "The older name of ``STDEV.S``.", 1, root=True)
_enter_variance("STDEVP", "The older name of ``STDEV.P``.", 0, root=True)


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


@function(
    "COUNTA",
    "value: range…",
    gradient=Gradient.FLAT,
    evidence=Evidence.LIBREOFFICE,
    passes_over_blanks=True,
    cumulative=Cumulative.FILLED,
)
def counta(*arguments: Values) -> Values:
    """How many cells are not blank."""
    return _counted(lambda v: (v.kinds() != BLANK) | is_missing(v), *arguments)


@function("COUNTBLANK", "cells: range", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def countblank(v: Values) -> Values:
    """How many cells are blank, or hold the empty text that a formula left."""
    return _counted(lambda v: (v.kinds() == BLANK) | ((v.kinds() == TEXT) & (v.num == TEXTS.place(""))), v)


# --- two arrays, pair by pair -----------------------------------------------------------------------------------------
def _side_by_side(*arrays: Values) -> list[Listed]:
    """A list of each array, for the same cells of the block and of one library. Nothing but numbers counts, as if all
    were read from cells."""
    shape, like = np.broadcast_shapes(*(a.num.shape[:2] for a in arrays)), foremost(*arrays)
    lists = [_listed(a.of(a.num, a.kind, True), shape, False) for a in arrays]
    return [Listed(like.backend.constant(num), used, errors, like) for num, used, errors in lists]


def _pairs(rule: Callable[[Numbers, Numbers], Numbers], a: Values, b: Values) -> Values:
    """Sums ``rule`` over the pairs, skipping every pair of which one side is a blank, a text or a logical. Arrays of
    another shape are taken in order, where they have as many cells."""
    if math.prod(a.num.shape[2:]) != math.prod(b.num.shape[2:]):
        return error_value(NA)
    left, right = _side_by_side(a, b)
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
    first, *others = lists = _side_by_side(*arrays)
    with np.errstate(all="ignore"):
        terms = first.num
        for other in others:
            terms = terms * other.num
        result = first.backend.running_sum(terms)
    return outcome(result[:, :, None, None], first_error(*(listed.errors for listed in lists)), like=first.like)


# --- order ------------------------------------------------------------------------------------------------------------
def _sorted(*arguments: Values) -> tuple[Numbers, Array, Listed]:
    """The numbers in ascending order, what does not count last; how many count; the list itself."""
    listed = cells(*arguments)
    return listed.backend.sorted(listed.where_used(np.inf)), count_of(listed), listed


def _at_ranks(ordered: Numbers, ranks: list[Array], n: Array, listed: Listed, *errors: Array | None) -> Values:
    """The number of that rank (0 the smallest), of several their mean; a rank that is not there is ``#NUM!``."""
    bad = (ranks[0] < 0) | (ranks[0] >= n)
    ordered = listed.backend.broadcast(ordered, (*bad.shape, ordered.shape[-1]))
    places = (np.where(bad, 0, rank).astype(np.int64) for rank in ranks)
    first, *others = (listed.backend.taken(ordered, place[..., None])[..., 0] for place in places)
    found = first
    for other in others:
        found = found + other
    found = listed.backend.where(bad, 0.0, found / len(ranks))
    none = np.where(bad, float(NUM), 0.0)
    return outcome(found[..., None, None], first_error(listed.errors, *errors, none[..., None, None]), like=listed.like)


def _enter_rank(name: str, rank: Callable[[Array, Array], Array], about: str) -> None:
    stated = {"gradient": Gradient.RULE, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True}

    @function(name, "numbers: range, rank", about=about, **stated)
    def rule(v: Values, k: Values) -> Values:
        ordered, n, listed = _sorted(v)
        which, errors = numbers(k)
        return _at_ranks(ordered, [rank(np.ceil(which[:, :, 0, 0]), n)], n, listed, errors)


_enter_rank("SMALL", lambda k, n: k - 1, "The number of that rank, counted from the smallest.")
_enter_rank("LARGE", lambda k, n: n - k, "The number of that rank, counted from the largest.")


@function("MEDIAN", "number: range…", gradient=Gradient.SHARED, evidence=Evidence.LIBREOFFICE, passes_over_blanks=True)
def median(*arguments: Values) -> Values:
    """The number in the middle, or the mean of the two there."""
    ordered, n, listed = _sorted(*arguments)
    with np.errstate(all="ignore"):
        return _at_ranks(ordered, [np.floor((n - 1) / 2), np.ceil((n - 1) / 2)], n, listed)
