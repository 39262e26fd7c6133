"""How often: FREQUENCY, the modes, and PROB."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, numbers, outcome
from sheetsim.functions.families.statistics.lists import Listed, cells, side_by_side
from sheetsim.functions.lifting import each_cell
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import DIV0, NA, NUM

FLAT: dict[str, Any] = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True}


def _held(listed: Listed) -> Array:
    """The numbers of a list of a single cell that count."""
    return np.asarray(listed.num[0, 0] if listed.used is None else listed.num[0, 0][listed.used[0, 0]])


def _frequency(data: Values, bins: Values) -> Values:
    found, limits = cells(data.of(data.num, data.kind, True)), cells(bins.of(bins.num, bins.kind, True))
    bounds = np.sort(_held(limits))
    below = np.searchsorted(np.sort(_held(found)), bounds, side="right")
    counts = np.diff(below, prepend=0, append=len(_held(found))).astype(np.float64)
    order = np.argsort(_held(limits), kind="stable")
    placed = np.empty(len(counts))
    placed[[*order.tolist(), len(order)]] = counts
    errors = first_error(found.errors, limits.errors)  # one alone, whatever the number of limits
    return outcome(placed.reshape(1, 1, -1, 1) if errors is None else np.zeros((1, 1, 1, 1)), errors)


@function("FREQUENCY", "data: array, limits: array", **FLAT)
def frequency(data: Values, bins: Values) -> Values:
    """How many numbers there are up to each limit, above the limit before; and how many above all."""
    return each_cell(_frequency, data, bins)


# --- modes ------------------------------------------------------------------------------------------------------------
def _modes(*arguments: Values) -> tuple[Array, Array | None]:
    """The numbers that are there most often, in the order in which they come first; none if all are there once."""
    listed = cells(*arguments)
    _, first, counts = np.unique(_held(listed), return_index=True, return_counts=True)
    most = counts.max(initial=1)
    places = np.sort(first[counts == most]) if most > 1 else np.empty(0, np.int64)
    return _held(listed)[places], listed.errors


def _mode(*arguments: Values) -> Values:
    found, errors = _modes(*arguments)
    none = None if len(found) else np.full((1, 1, 1, 1), float(NA))
    return outcome(np.full((1, 1, 1, 1), found[0] if len(found) else 0.0), first_error(errors, none))


def _all_modes(*arguments: Values) -> Values:
    found, errors = _modes(*arguments)
    if errors is None and not len(found):
        return error_value(NA)
    return outcome(found.reshape(1, 1, -1, 1) if errors is None else np.zeros((1, 1, 1, 1)), errors)


for _name in ("MODE.SNGL", "MODE"):
    _about = "The number that is there most often, of several the first; ``#N/A`` if none is there twice."
    function(_name, "number: range…", about=_about, prefix=NEWER if "." in _name else "", **FLAT)(
        lambda *arguments: each_cell(_mode, *arguments)
    )


@function("MODE.MULT", "number: range…", prefix=NEWER, **FLAT)
def modes(*arguments: Values) -> Values:
    """All numbers that are there most often, below one another; ``#N/A`` if none is there twice."""
    return each_cell(_all_modes, *arguments)


# --- probabilities given in a table -----------------------------------------------------------------------------------
SLACK = 1e-9  # by how much the sum of the probabilities may miss 1


@function(
    "PROB", "x: array, probability: array, lower, [upper]", gradient=Gradient.SHARED, evidence=Evidence.LIBREOFFICE
)
def prob(x: Values, probability: Values, lower: Values, upper: Values | None = None) -> Values:
    """The probability of an x between two limits, or equal to one, by a table of probabilities that add up to 1."""
    if x.num.shape[2] * x.num.shape[3] != probability.num.shape[2] * probability.num.shape[3]:
        return error_value(NA)
    places, shares = side_by_side(x, probability)
    (low, low_errors), (high, high_errors) = numbers(lower.host), numbers((upper or lower).host)
    low, high = low[:, :, 0, :], high[:, :, 0, :]
    at, share = (np.asarray(listed.like.of(listed.num).host.num) for listed in (places, shares))
    both = np.ones(np.broadcast_shapes(at.shape, share.shape), bool)
    for listed in (places, shares):
        both = both if listed.used is None else both & listed.used
    share = np.where(both, share, 0.0)
    inside = both & (at >= low) & (at <= high)
    with np.errstate(all="ignore"):
        result = shares.backend.running_sum(shares.backend.where(inside, shares.num, 0.0))
        wrong = (share < 0).any(axis=-1) | (share > 1).any(axis=-1) | (np.abs(share.sum(axis=-1) - 1.0) > SLACK)
    none = np.where(~both.any(axis=-1), float(DIV0), np.where(wrong, float(NUM), 0.0))[..., None, None]
    errors = first_error(places.errors, shares.errors, low_errors, high_errors, none)
    return outcome(result[..., None, None], errors, like=shares.like)
