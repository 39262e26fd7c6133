"""Numbers by their rank: the smallest, the largest, the one in the middle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, numbers, outcome
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import Listed, in_order
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NUM


def at_ranks(ordered: Numbers, ranks: list[Array], n: Array, listed: Listed, *errors: Array | None) -> Values:
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
        ordered, n, listed = in_order(v)
        which, errors = numbers(k)
        return at_ranks(ordered, [rank(np.ceil(which[:, :, 0, 0]), n)], n, listed, errors)


_enter_rank("SMALL", lambda k, n: k - 1, "The number of that rank, counted from the smallest.")
_enter_rank("LARGE", lambda k, n: n - k, "The number of that rank, counted from the largest.")


@function("MEDIAN", "number: range…", gradient=Gradient.SHARED, evidence=Evidence.LIBREOFFICE, passes_over_blanks=True)
def median(*arguments: Values) -> Values:
    """The number in the middle, or the mean of the two there."""
    ordered, n, listed = in_order(*arguments)
    with np.errstate(all="ignore"):
        return at_ranks(ordered, [np.floor((n - 1) / 2), np.ceil((n - 1) / 2)], n, listed)
