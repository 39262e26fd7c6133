"""Numbers by their rank: the smallest, the largest, the one in the middle, percentiles; and the ranks of numbers.

The lists are those of ``lists.py``, of shape (rows, columns, n); what is made of each is of shape (rows, columns).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, numbers, outcome, single
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import Listed, cells, in_order
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import NA, NUM


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


# --- percentiles ------------------------------------------------------------------------------------------------------
def _between_ranks(v: Values, at: Values, parts: float, whole: bool, exclusive: bool) -> Values:
    """The number at a share of the way: between the two ranks there, in proportion."""
    ordered, n, listed = in_order(v)
    asked, errors = numbers(at)
    share = (np.trunc(asked) if whole else asked)[:, :, 0, 0] / parts
    with np.errstate(all="ignore"):
        place = share * (n + 1.0) - 1.0 if exclusive else share * (n - 1.0)
        bad = (n == 0) | ~(place >= 0) | ~(place <= n - 1.0) | (share < 0) | (share > 1)
        place = np.where(bad, 0.0, place)
        below = np.floor(place)
        further = listed.backend.constant(place - below)
        low = at_ranks(ordered, [below], n, listed)
        high = at_ranks(ordered, [np.minimum(below + 1.0, n - 1.0)], n, listed)
        num = low.num + further[..., None, None] * (high.num - low.num)
    none = np.where(bad, float(NUM), 0.0)[..., None, None]
    return outcome(num, first_error(listed.errors, errors, none), like=listed.like)


def _enter_share(name: str, parts: float, exclusive: bool) -> None:
    stated = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "passes_over_blanks": True}
    what = "percentile" if parts == 1.0 else "quartile"
    ends = "between the ends, 0 and 1 not among them" if exclusive else "from the smallest, 0, to the largest, 1"
    about = f"The number at a {what}, counted {ends if parts == 1.0 else ends.replace('1', '4')}."

    @function(name, f"numbers: range, {what}", about=about, prefix=NEWER if "." in name else "", **stated)
    def rule(v: Values, at: Values) -> Values:
        return _between_ranks(v, at.host, parts, parts > 1.0, exclusive)


for _name in ("PERCENTILE.INC", "PERCENTILE", "PERCENTILE.EXC"):
    _enter_share(_name, 1.0, _name.endswith("EXC"))
for _name in ("QUARTILE.INC", "QUARTILE", "QUARTILE.EXC"):
    _enter_share(_name, 4.0, _name.endswith("EXC"))


@function("TRIMMEAN", "numbers: range, share", gradient=Gradient.SHARED, evidence=Evidence.LIBREOFFICE)
def trimmean(v: Values, share: Values) -> Values:
    """The mean without a share of the numbers: half of it the smallest, half the largest."""
    ordered, n, listed = in_order(v)
    asked, errors = numbers(share.host)
    asked = asked[:, :, 0, 0]
    with np.errstate(all="ignore"):
        bad = ~((asked >= 0) & (asked < 1)) | (n == 0)
        off = np.where(bad, 0.0, np.floor(np.where(bad, 0.0, asked) * n / 2.0))
        place = np.arange(ordered.shape[-1])
        kept = (place >= off[..., None]) & (place < (n - off)[..., None])
        ordered = listed.backend.broadcast(ordered, (*bad.shape, ordered.shape[-1]))
        sums = listed.backend.running_sum(listed.backend.where(kept, ordered, 0.0))
        mean = sums / listed.backend.constant(np.maximum(n - 2.0 * off, 1.0))
    none = np.where(bad, float(NUM), 0.0)[..., None, None]
    return outcome(mean[..., None, None], first_error(listed.errors, errors, none), like=listed.like)


# --- the rank of a number ---------------------------------------------------------------------------------------------
def _enter_rank_of(name: str, average: bool, about: str) -> None:
    @function(
        name,
        "number, numbers: range, [ascending]",
        about=about,
        gradient=Gradient.FLAT,
        evidence=Evidence.LIBREOFFICE,
        passes_over_blanks=True,
        prefix=NEWER if "." in name else "",
    )
    def rule(number: Values, v: Values, ascending: Values | None = None) -> Values:
        listed = cells(v)
        (x, x_errors), (up, up_errors) = numbers(number), numbers(ascending) if ascending else (np.zeros(1), None)
        x, up = x[:, :, 0, :], up.reshape(*up.shape[:2], 1) if up.ndim > 1 else up
        used = np.ones(listed.num.shape, bool) if listed.used is None else listed.used
        same = ((listed.num == x) & used).sum(axis=-1)
        before = (np.where(up != 0, listed.num < x, listed.num > x) & used).sum(axis=-1)
        rank = before + (np.maximum(same, 1) + 1.0) / 2.0 if average else before + 1.0
        none = np.where(same == 0, float(NA), 0.0)[..., None, None]
        return outcome(rank[..., None, None], first_error(x_errors, listed.errors, up_errors, none))


_enter_rank_of("RANK.EQ", False, "The rank of a number, counted from the largest, or upwards; of equal ones the first.")
_enter_rank_of("RANK", False, "The older name of ``RANK.EQ``.")
_enter_rank_of("RANK.AVG", True, "The rank of a number, counted from the largest, or upwards; of equal ones the mean.")


def _enter_share_of(name: str, exclusive: bool) -> None:
    ends = "0 and 1 never reached" if exclusive else "0 for the smallest, 1 for the largest"

    @function(
        name,
        "numbers: range, number, [digits]",
        about=f"Which share of the numbers is smaller, {ends}, cut to so many digits.",
        gradient=Gradient.FLAT,
        evidence=Evidence.LIBREOFFICE,
        passes_over_blanks=True,
        prefix=NEWER if "." in name else "",
    )
    def rule(v: Values, number: Values, digits: Values | None = None) -> Values:
        ordered, n, listed = in_order(v)
        (x, x_errors), (shown, errors) = numbers(number), numbers(digits or single(3))
        x, shown = x[:, :, 0, :], np.trunc(shown)[:, :, 0, 0]
        below, upto = (ordered < x).sum(axis=-1), (ordered <= x).sum(axis=-1)
        with np.errstate(all="ignore"):
            high = np.minimum(below, ordered.shape[-1] - 1)[..., None]
            ordered = np.broadcast_to(ordered, (*high.shape[:2], ordered.shape[-1]))
            low_x = np.take_along_axis(ordered, np.maximum(high - 1, 0), -1)[..., 0]
            high_x = np.take_along_axis(ordered, high, -1)[..., 0]
            further = np.where(upto > below, 0.0, (x[..., 0] - low_x) / (high_x - low_x) - 1.0)
            rank = below + further
            share = (rank + 1.0) / (n + 1.0) if exclusive else np.where(n == 1, 1.0, rank / (n - 1.0))
            scale = 10.0**shown
            cut = np.floor(np.round(share * scale, 9)) / scale
        outside = (below == n) | (upto == 0)
        none = np.where(shown < 1, float(NUM), np.where(n == 0, float(NUM), np.where(outside, float(NA), 0.0)))
        return outcome(cut[..., None, None], first_error(listed.errors, x_errors, errors, none[..., None, None]))


_enter_share_of("PERCENTRANK.INC", exclusive=False)
_enter_share_of("PERCENTRANK", exclusive=False)
_enter_share_of("PERCENTRANK.EXC", exclusive=True)
