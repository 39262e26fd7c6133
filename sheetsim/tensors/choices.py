"""Functions that choose among values: IF and its kin, lookups, ranks, sums by criteria.

Which value is chosen is the NumPy rule's answer; the tensor's own element at that place carries the gradient. A lookup
is asked twice: once for its result, and once with the places of the values in their stead.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Values, choose, error_value, fitted, single, truths
from sheetsim.excel.arrays import numbers as worth
from sheetsim.excel.backend import Backend
from sheetsim.excel.comparison import compare
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.criteria import masks
from sheetsim.functions.families.logic import chained, picked, place_of
from sheetsim.functions.families.statistics.lists import cells
from sheetsim.functions.lifting import Rule, is_missing
from sheetsim.model.values import ERROR, NA, NUMBER
from sheetsim.tensors.traced import Traced, governed, hosts, like_of, traced_of


# --- conditions -------------------------------------------------------------------------------------------------------
def _taken(result: Values, like: Traced, otherwise: Values, *options: tuple[np.ndarray, Values]) -> Traced:
    """The option whose condition holds, its errors and kinds those of ``result``."""
    chosen = otherwise
    for condition, option in options:
        chosen = choose(condition, option, chosen)
    return governed(result, like.backend.constant(chosen.num), like)


def if_(condition: Values, yes: Values, no: Values | None = None) -> Values:
    """``IF``: the gradient goes to the branch taken, none to the condition."""
    no = single(False) if no is None else no
    like = traced_of((yes, no))
    result = FUNCTIONS["IF"].rule(*hosts((condition, yes, no)))
    if like is None:  # only the condition depends on the inputs: a step, flat wherever it has a derivative
        return result  # type: ignore[no-any-return]
    yes, no = (single(0) if is_missing(v) else v for v in (yes, no))
    if condition.num.shape[2:] == (1, 1) and yes.num.shape[2:] != no.num.shape[2:]:
        held, errors = truths(condition.host)
        return picked(np.where(held, 0, 1), [yes, no], errors)
    condition, yes, no = fitted(condition, yes, no)
    held, _ = truths(condition.host)
    return _taken(result, like, no, (held, yes))


def ifs(*arguments: Values) -> Values:
    """``IFS``, as IF within IF."""
    return chained(if_, arguments[::2], arguments[1::2], error_value(NA))


def switch(value: Values, *arguments: Values) -> Values:
    """``SWITCH``, as IF within IF; the comparisons have no derivative."""
    pairs = len(arguments) // 2 * 2
    otherwise = arguments[-1] if len(arguments) > pairs else error_value(NA)
    cases = [compare(operator.eq, value.host, case.host) for case in arguments[:pairs:2]]
    return chained(if_, cases, arguments[1:pairs:2], otherwise)


def _instead(name: str, caught_by: str) -> Rule:
    """IFERROR and IFNA: the second argument where the first is an error that the function ``caught_by`` finds."""

    def rule(v: Values, instead: Values) -> Values:
        result = FUNCTIONS[name].rule(*hosts((v, instead)))
        like = like_of(v, instead)
        v, instead = fitted(v, instead)
        caught = FUNCTIONS[caught_by].rule(v.host).num != 0
        return _taken(result, like, v, (caught, instead)) if caught.any() else v

    return rule


def choose_(which: Values, *options: Values) -> Values:
    """``CHOOSE``: the gradient goes to the option taken, none to its number."""
    result = FUNCTIONS["CHOOSE"].rule(*hosts((which, *options)))
    like = traced_of(options)
    if like is None:
        return result  # type: ignore[no-any-return]
    options = tuple(single(0) if is_missing(v) else v for v in options)
    if which.num.shape[2:] == (1, 1) and len({v.num.shape[2:] for v in options}) > 1:
        place, errors = place_of(which.host, len(options))
        return picked(place, options, errors)
    which, *fit = fitted(which, *options)
    number = np.trunc(worth(which.host)[0])
    numbered = ((number == place, option) for place, option in enumerate(fit, 1))
    return _taken(result, like, error_value(NA), *numbered)


def transpose(v: Traced) -> Traced:
    """``TRANSPOSE``: swaps the last two axes, height and width; the gradient is swapped back."""
    result = FUNCTIONS["TRANSPOSE"].rule(v.host)
    return Traced(v.num.transpose(2, 3), result.kind, v.ref)


# --- lookups: the same question, answered with places -----------------------------------------------------------------
def _places_in(v: Values, start: int = 0) -> Values:
    """An array like ``v`` of its elements' places, counted row by row from ``start``, instead of the elements."""
    shape = tuple(v.num.shape)
    return Values(np.arange(start, start + int(np.prod(shape)), dtype=np.float64).reshape(shape), NUMBER)


def _elements_at(places: Values, result: Values, *sources: Values) -> Traced:
    """The elements of the sources, laid end to end, at the places that a lookup answered; what is no number is as in
    its usual ``result``."""
    like = like_of(*sources)
    flat = like.backend.joined([v.num.reshape(-1) for v in sources])
    found = np.where(places.kinds() == NUMBER, places.num, 0.0).astype(np.int64)
    return governed(result, like.backend.taken(flat, found.ravel()).reshape(found.shape), like)


def index(table: Values, row: Values, *further: Values) -> Values:
    """``INDEX``: the gradient goes to the cells picked, none to row, column and area."""
    others = hosts((row, *further))
    rule = FUNCTIONS["INDEX"].rule
    result = rule(table.host, *others)
    if not isinstance(table, Traced):
        return result  # type: ignore[no-any-return]
    return _elements_at(rule(_places_in(table), *others), result, table)


def _lookup(name: str, axis: int) -> Rule:
    """VLOOKUP, in whose table the lines lie along axis 3, and HLOOKUP, along axis 2."""
    numpy_rule = FUNCTIONS[name].rule

    def rule(value: Values, table: Values, which: Values, *nearest: Values) -> Values:
        value, which, *nearest = hosts((value, which, *nearest))  # type: ignore[assignment]
        result = numpy_rule(value, table.host, which, *nearest)
        if not isinstance(table, Traced):
            return result  # type: ignore[no-any-return]
        one_further = Values(worth(which)[0] + 1.0)
        places = numpy_rule(value, _keys_and_places(table, axis), one_further, *nearest)
        return _elements_at(places, result, table)

    return rule


def _keys_and_places(table: Traced, axis: int) -> Values:
    """The table to look up places in. The keys must stay what they are, so they get a line of their own in front, and
    every other line is one further::

        3  a  b        3  0  1  2
        7  c  d   →    7  3  4  5
    """
    keys, places = (slice(None),) * axis + (slice(0, 1),), _places_in(table)
    num = np.concatenate([table.host.num[keys], places.num], axis=axis)
    kind = np.concatenate([table.kinds()[keys], places.kinds()], axis=axis)
    return Values(num, kind, True)


def xlookup(value: Values, keys: Values, results: Values, otherwise: Values | None = None, *how: Values) -> Values:
    """``XLOOKUP``: the gradient goes to the results picked (or to ``otherwise``), none to value and keys."""
    rule = FUNCTIONS["XLOOKUP"].rule
    otherwise = error_value(NA) if otherwise is None else otherwise
    value, keys, *how = hosts((value, keys, *how))  # type: ignore[assignment]
    result = rule(value, keys, results.host, otherwise.host, *how)
    if traced_of((results, otherwise)) is None:
        return result  # type: ignore[no-any-return]
    beyond = _places_in(otherwise, start=results.host.num.size)
    return _elements_at(rule(value, keys, _places_in(results), beyond, *how), result, results, otherwise)


def _rank(name: str) -> Rule:
    """LARGE and SMALL: the element that has the value found."""

    def rule(v: Values, k: Values) -> Values:
        result = FUNCTIONS[name].rule(*hosts((v, k)))
        if not isinstance(v, Traced):
            return result  # type: ignore[no-any-return]
        plain = cells(v.host)
        wanted = result.num.reshape(*result.num.shape[:2], -1, 1)
        same = plain.num[:, :, None, :] == wanted
        if plain.used is not None:
            same &= plain.used[:, :, None, :]
        places = same.argmax(-1)
        source = v.backend.broadcast(cells(v).num, (*places.shape[:2], plain.num.shape[-1]))
        return governed(result, v.backend.taken(source, places).reshape(result.num.shape), v)

    return rule


# --- sums by criteria -------------------------------------------------------------------------------------------------
TESTED = ("range", "criterion")  # the names of the arguments that decide which cells count


Reduction = Callable[[Tensor, Backend], Tensor]  # of the numbers that count, at least one


def _total(num: Tensor, backend: Backend) -> Tensor:
    return backend.running_sum(num)  # type: ignore[no-any-return]


def _mean(num: Tensor, backend: Backend) -> Tensor:
    return backend.running_sum(num) / len(num)  # type: ignore[no-any-return]


def _by_criteria(name: str, of: Reduction) -> Rule:
    """SUMIF, AVERAGEIF, MAXIFS and their kin: which cells count is the criteria's answer. Of the arguments that the row
    names neither ``range`` nor ``criterion`` is what is added up; where it is left out, the range itself is."""
    row = FUNCTIONS[name]

    def rule(*arguments: Values) -> Values:
        plain = hosts(arguments)
        result = row.rule(*plain)
        names = [row.arguments.at(place).name for place in range(len(arguments))]
        target = next((v for v, called in zip(arguments, names, strict=True) if called not in TESTED), arguments[0])
        if not isinstance(target, Traced) or result.only(ERROR):
            return result  # type: ignore[no-any-return]
        ranges, criteria = ([v for v, called in zip(plain, names, strict=True) if called == one] for one in TESTED)
        return governed(result, _sums(target, ranges, criteria, tuple(result.num.shape), of), target)

    return rule


def _sums(
    target: Traced, ranges: list[Values], criteria: list[Values], shape: tuple[int, ...], of: Reduction
) -> Tensor:
    numeric = target.host.kinds() == NUMBER
    sums = []
    for r, c, held in masks(ranges, criteria, shape):
        own = (r if target.num.shape[0] > 1 else 0, c if target.num.shape[1] > 1 else 0)
        rows, columns = held.shape
        counts = held & numeric[own][:rows, :columns]
        num = target.num[own][:rows, :columns][torch.as_tensor(counts, device=target.num.device)]
        sums.append(of(num, target.backend) if len(num) else target.num.new_zeros(()))
    return torch.stack(sums).reshape(shape)


RULES: dict[str, Rule] = {
    "IF": if_,
    "IFERROR": _instead("IFERROR", caught_by="ISERROR"),
    "IFNA": _instead("IFNA", caught_by="ISNA"),
    "CHOOSE": choose_,
    "IFS": ifs,
    "SWITCH": switch,
    "TRANSPOSE": transpose,
    "INDEX": index,
    "VLOOKUP": _lookup("VLOOKUP", axis=3),
    "HLOOKUP": _lookup("HLOOKUP", axis=2),
    "XLOOKUP": xlookup,
    "LARGE": _rank("LARGE"),
    "SMALL": _rank("SMALL"),
    "SUMIF": _by_criteria("SUMIF", _total),
    "SUMIFS": _by_criteria("SUMIFS", _total),
    "AVERAGEIF": _by_criteria("AVERAGEIF", _mean),
    "AVERAGEIFS": _by_criteria("AVERAGEIFS", _mean),
    "MAXIFS": _by_criteria("MAXIFS", lambda num, backend: num.max()),
    "MINIFS": _by_criteria("MINIFS", lambda num, backend: num.min()),
}
