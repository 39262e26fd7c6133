"""Functions that choose among values: IF and its kin, lookups, ranks, sums by criteria.

Which value is chosen is the NumPy rule's answer; the tensor's own element at that place carries the gradient. A lookup
is asked twice: once for its result, and once with the places of the values in their stead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sheetsim.excel.arrays import Values, error_value, single, truths
from sheetsim.excel.arrays import numbers as worth
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.criteria import masks
from sheetsim.functions.spreading import is_missing
from sheetsim.model.values import ERROR, NA, NUMBER
from sheetsim.tensors.live import Either, Live, as_tensor, choose, fitted, governed, host, hosts, some_live
from sheetsim.tensors.sums import listed, running_sum

Rule = Callable[..., Any]


# --- conditions -------------------------------------------------------------------------------------------------------
def _taken(result: Values, like: Live, otherwise: Either, *options: tuple[np.ndarray, Either]) -> Live:
    """The option whose condition holds, its errors and kinds those of ``result``."""
    chosen = otherwise
    for condition, option in options:
        chosen = choose(condition, option, chosen, like)
    assert isinstance(chosen, Live)
    return Live(governed(result, chosen.num, like).num, result.kind, result.ref)


def if_(condition: Either, yes: Either, no: Either | None = None) -> Either:
    """``IF``: the gradient goes to the branch taken, none to the condition."""
    no = single(False) if no is None else no
    like = some_live((yes, no))
    result = FUNCTIONS["IF"].rule(*hosts((condition, yes, no)))
    if like is None:  # only the condition depends on the inputs: a step, flat wherever it has a derivative
        return result  # type: ignore[no-any-return]
    condition, yes, no = fitted(condition, *(single(0) if _left_out(v) else v for v in (yes, no)))
    held, _ = truths(host(condition))
    return _taken(result, like, no, (held, yes))


def _left_out(v: Either) -> bool:
    return isinstance(v, Values) and is_missing(v)


def _instead(name: str) -> Rule:
    """IFERROR and IFNA: the second argument where the first is such an error."""

    def rule(v: Either, instead: Either) -> Either:
        result = FUNCTIONS[name].rule(*hosts((v, instead)))
        like = some_live((v, instead))
        assert like is not None
        v, instead = fitted(v, instead)
        caught = FUNCTIONS["ISERROR" if name == "IFERROR" else "ISNA"].rule(host(v)).num != 0
        return _taken(result, like, v, (caught, instead)) if caught.any() else v

    return rule


def choose_(which: Either, *options: Either) -> Either:
    """``CHOOSE``: the gradient goes to the option taken, none to its number."""
    result = FUNCTIONS["CHOOSE"].rule(*hosts((which, *options)))
    like = some_live(options)
    if like is None:
        return result  # type: ignore[no-any-return]
    which, *fit = fitted(which, *options)
    number = np.trunc(worth(host(which))[0])
    numbered = ((number == place, option) for place, option in enumerate(fit, 1))
    return _taken(result, like, error_value(NA), *numbered)


def transpose(v: Live) -> Live:
    """``TRANSPOSE``: swaps the last two axes, height and width; the gradient is swapped back."""
    result = FUNCTIONS["TRANSPOSE"].rule(v.host)
    return Live(v.num.transpose(2, 3), result.kind, v.ref)


# --- lookups: the same question, answered with places -----------------------------------------------------------------
def _places_in(v: Either, start: int = 0) -> Values:
    """The places of the elements in ``v.num`` laid out flat, instead of the values."""
    shape = tuple(v.num.shape)
    return Values(np.arange(start, start + int(np.prod(shape)), dtype=np.float64).reshape(shape), NUMBER)


def _at(places: Values, result: Values, like: Live, *sources: Either) -> Live:
    """The elements of the sources, one after the other, at the places found."""
    flat = torch.cat([(v.num if isinstance(v, Live) else as_tensor(v.num, like)).flatten() for v in sources])
    found = np.where(places.kinds() == NUMBER, places.num, 0.0).astype(np.int64)
    return governed(result, flat[torch.as_tensor(found, device=flat.device)], like)


def index(table: Either, row: Either, column: Either | None = None) -> Either:
    """``INDEX``: the gradient goes to the cells picked, none to row and column."""
    others = hosts((row,) if column is None else (row, column))
    rule = FUNCTIONS["INDEX"].rule
    result = rule(host(table), *others)
    return _at(rule(_places_in(table), *others), result, table, table) if isinstance(table, Live) else result


def _lookup(name: str) -> Rule:
    """VLOOKUP and HLOOKUP. The keys must stay what they are, so the table of places gets them as a line of their own
    in front, and the line wanted is one further."""
    axis = 3 if name == "VLOOKUP" else 2

    def rule(value: Either, table: Either, which: Either, *nearest: Either) -> Either:
        numpy_rule = FUNCTIONS[name].rule
        plain = hosts((value, table, which, *nearest))
        result = numpy_rule(*plain)
        if not isinstance(table, Live):
            return result  # type: ignore[no-any-return]
        first = (slice(None),) * axis + (slice(0, 1),)
        keys, kinds = plain[1].num[first], plain[1].kinds()
        places = _places_in(table)
        num = np.concatenate([keys, places.num], axis=axis)
        kind = np.concatenate([kinds[first], places.kinds()], axis=axis)
        number, _ = worth(plain[2])
        found = numpy_rule(plain[0], Values(num, kind, True), Values(number + 1.0), *plain[3:])
        return _at(found, result, table, table)

    return rule


def xlookup(value: Either, keys: Either, results: Either, otherwise: Either | None = None, *how: Either) -> Either:
    """``XLOOKUP``: the gradient goes to the results picked (or to ``otherwise``), none to value and keys."""
    rule = FUNCTIONS["XLOOKUP"].rule
    otherwise = error_value(NA) if otherwise is None else otherwise
    plain = hosts((value, keys, results, otherwise, *how))
    result = rule(*plain)
    like = some_live((results, otherwise))
    if like is None:
        return result  # type: ignore[no-any-return]
    stand_in = _places_in(otherwise, int(np.prod(tuple(results.num.shape))))
    places = rule(plain[0], plain[1], _places_in(results), stand_in, *plain[4:])
    return _at(places, result, like, results, otherwise)


def _rank(name: str) -> Rule:
    """LARGE and SMALL: the element that has the value found."""

    def rule(v: Either, k: Either) -> Either:
        result = FUNCTIONS[name].rule(*hosts((v, k)))
        if not isinstance(v, Live):
            return result  # type: ignore[no-any-return]
        cells = listed(v)
        flat = cells.num.double().detach().cpu().numpy()
        height, width = result.num.shape[2:]
        wanted = result.num.reshape(*result.num.shape[:2], height * width, 1)
        same = flat[:, :, None, :] == wanted
        if cells.used is not None:
            same &= cells.used[:, :, None, :]
        places = torch.as_tensor(same.argmax(-1), device=v.num.device)
        source = cells.num.expand(*places.shape[:2], cells.num.shape[-1])
        found = torch.take_along_dim(source, places, dim=-1)
        return governed(result, found.reshape(tuple(result.num.shape)), v)

    return rule


# --- sums by criteria -------------------------------------------------------------------------------------------------
def _by_criteria(name: str, mean: bool) -> Rule:
    """SUMIF, SUMIFS, AVERAGEIF, AVERAGEIFS: which cells count is the criteria's answer."""

    def rule(*arguments: Either) -> Either:
        plain = hosts(arguments)
        result = FUNCTIONS[name].rule(*plain)
        at = 0 if name.endswith("S") else 2 if len(arguments) > 2 else 0
        target = arguments[at]
        if not isinstance(target, Live) or result.only(ERROR):
            return result  # type: ignore[no-any-return]
        tested = plain[1:] if name.endswith("S") else plain[:2]
        return governed(result, _sums(target, tested, tuple(result.num.shape), mean), target)

    return rule


def _sums(target: Live, tested: list[Values], shape: tuple[int, ...], mean: bool) -> Tensor:
    numeric = target.host.kinds() == NUMBER
    sums = []
    for r, c, held in masks(tested[0::2], tested[1::2], shape):
        own = (r if target.num.shape[0] > 1 else 0, c if target.num.shape[1] > 1 else 0)
        rows, columns = held.shape
        counts = held & numeric[own][:rows, :columns]
        num = target.num[own][:rows, :columns][torch.as_tensor(counts, device=target.num.device)]
        total = running_sum(num)
        sums.append(total / max(len(num), 1) if mean else total)
    return torch.stack(sums).reshape(shape)


RULES: dict[str, Rule] = {
    "IF": if_,
    "IFERROR": _instead("IFERROR"),
    "IFNA": _instead("IFNA"),
    "CHOOSE": choose_,
    "TRANSPOSE": transpose,
    "INDEX": index,
    "VLOOKUP": _lookup("VLOOKUP"),
    "HLOOKUP": _lookup("HLOOKUP"),
    "XLOOKUP": xlookup,
    "LARGE": _rank("LARGE"),
    "SMALL": _rank("SMALL"),
    "SUMIF": _by_criteria("SUMIF", mean=False),
    "SUMIFS": _by_criteria("SUMIFS", mean=False),
    "AVERAGEIF": _by_criteria("AVERAGEIF", mean=True),
    "AVERAGEIFS": _by_criteria("AVERAGEIFS", mean=True),
}
