"""The numbers among the arguments of a function that looks at many cells, as one list for each cell of the block: of
shape (rows, columns, n); what is made of each list is of shape (rows, columns).

Blanks, texts and logicals **inside a range** are skipped; given directly as an argument they count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, foremost, numbers, outcome, truths
from sheetsim.excel.backend import NUMPY, Backend, Numbers
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import DIV0, ERROR, LOGICAL, NUMBER

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


def reduced(rule: Callable[[Listed], Numbers], *arguments: Values) -> Values:
    """One number for each cell of the block; FloatingPointError cannot happen, infinities become ``#NUM!``."""
    listed = cells(*arguments)
    with np.errstate(all="ignore"):
        result = rule(listed)
    return outcome(result[:, :, None, None], listed.errors, like=listed.like)


def of_all(name: str, rule: Callable[[Listed], Numbers], about: str, **known: Any) -> None:
    """A function of all numbers among its arguments."""
    stated = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True, **known}
    enter = function(name, "number: range…", about=about, **stated)
    enter(lambda *arguments: reduced(rule, *arguments))


def if_any(listed: Listed, result: Numbers) -> Numbers:
    """0 where there are no numbers at all."""
    return listed.backend.where(count_of(listed) > 0, result, 0.0)


def squares(listed: Listed) -> Numbers:
    """The sum of the squares of all numbers, from left to right; what does not count must be 0."""
    return listed.backend.running_sum(listed.num * listed.num)


def quotient(top: Numbers, bottom: Array, listed: Listed) -> Values:
    """``top / bottom`` for each cell; ``#DIV/0!`` where the divisor is not positive."""
    none = np.where(bottom > 0, 0.0, float(DIV0))
    with np.errstate(all="ignore"):
        result = top / listed.backend.constant(np.where(bottom > 0, bottom, 1.0))
    return outcome(result[..., None, None], first_error(listed.errors, none[..., None, None]), like=listed.like)


def side_by_side(*arrays: Values) -> list[Listed]:
    """A list of each array, for the same cells of the block and of one library. Nothing but numbers counts, as if all
    were read from cells."""
    shape, like = np.broadcast_shapes(*(a.num.shape[:2] for a in arrays)), foremost(*arrays)
    lists = [_listed(a.of(a.num, a.kind, True), shape, False) for a in arrays]
    return [Listed(like.backend.constant(num), used, errors, like) for num, used, errors in lists]


def in_order(*arguments: Values) -> tuple[Numbers, Array, Listed]:
    """The numbers in ascending order, what does not count last; how many count; the list itself."""
    listed = cells(*arguments)
    return listed.backend.sorted(listed.where_used(np.inf)), count_of(listed), listed
