"""At which place does each value stand in its list? The question behind MATCH and the lookups.

Lists are (rows, columns, n) arrays whose first two axes are 1 where all cells of a block look in the same list; such a
list is never repeated for each cell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds, Values
from sheetsim.excel.comparison import text_ranks
from sheetsim.functions.alike import folded
from sheetsim.functions.patterns import WILD, Listed, Pattern
from sheetsim.model.values import BLANK, NUMBER, TEXT, TEXTS

Places = npt.NDArray[np.int64]
NOWHERE = -1
Find = Callable[[Array, Array], Places]


class Sought(NamedTuple):
    """What is looked for, (rows, columns), and the list, (rows or 1, columns or 1, n), as numbers that compare as the
    values do. ``kinds`` are those of the values and of the entries; None if all are of one kind."""

    value: Array
    entries: Array
    kinds: tuple[Kinds, Kinds] | None


Ranks = Callable[[Array, Array], list[Array]]


def in_lower_case(*places: Array) -> list[Array]:
    """Texts as numbers that are equal where the texts are, without regard to case; their order means nothing."""
    return [folded(each) for each in places]


def comparable(value: Values, entries: Array, kinds: int | Kinds, ranks: Ranks = text_ranks) -> Sought:
    """Values (rows, columns, 1, 1) and the entries of their lists, made comparable by ``<``: texts become ranks; an
    entry of another type than the value is never equal to it, less or greater. Where only ``=`` is asked, the ranks
    can be ``in_lower_case``, which takes no sorting."""
    wanted, wanted_kind = value.num[:, :, 0, 0], value.kinds()[:, :, 0, 0]
    wanted_kind = np.where(wanted_kind == BLANK, np.uint8(NUMBER), wanted_kind)
    if isinstance(kinds, int) and (wanted_kind == kinds).all():
        if kinds == TEXT:
            wanted, entries = ranks(wanted, entries)
        return Sought(wanted, entries, None)
    entry_kinds = np.broadcast_to(np.asarray(kinds, np.uint8), entries.shape)
    texts, wanted_texts = entry_kinds == TEXT, wanted_kind == TEXT
    if texts.any() and wanted_texts.any():
        wanted, entries = wanted.copy(), entries.copy()
        wanted[wanted_texts], entries[texts] = ranks(wanted[wanted_texts], entries[texts])
    return Sought(wanted, entries, (wanted_kind, entry_kinds))


def find(how: Find, sought: Sought) -> Places:
    """The places by one way to search; each value looks only at the entries of its own type, in their order."""
    value, entries, kinds = sought
    shape = np.broadcast_shapes(value.shape, entries.shape[:2])
    if kinds is None:
        return np.broadcast_to(how(value, entries), shape)
    value, wanted = np.broadcast_to(value, shape), np.broadcast_to(kinds[0], shape)
    places = np.full(shape, NOWHERE)
    if entries.shape[:2] == (1, 1):  # all values of one type at once
        for kind in np.unique(wanted):
            these = wanted == kind
            places[these] = _among(how, value[these][:, None], entries[0, 0], kinds[1][0, 0] == kind)[:, 0]
        return places
    whole = (*shape, entries.shape[-1])
    entries, types = np.broadcast_to(entries, whole), np.broadcast_to(kinds[1], whole)
    for at in np.ndindex(shape):
        places[at] = _among(how, value[at].reshape(1, 1), entries[at], types[at] == wanted[at])[0, 0]
    return places


def _among(how: Find, value: Array, entries: Array, fits: npt.NDArray[np.bool_]) -> Places:
    """The places in one list, of which only some entries count."""
    own = np.flatnonzero(fits)
    if not len(own):
        return np.full(value.shape, NOWHERE)
    found = how(value, entries[own].reshape(1, 1, -1))
    return np.where(found == NOWHERE, NOWHERE, own[found])


# --- the ways to search -----------------------------------------------------------------------------------------------
FEW = 4  # values that are looked for one after the other; for more the list is sorted


def exact(value: Array, entries: Array) -> Places:
    """The first equal entry, or NOWHERE."""
    if entries.shape[:2] == (1, 1) and value.size > FEW:
        place = _next(value, entries[0, 0], "left")
        return np.where(entries[0, 0, place] == value, place, NOWHERE)
    equal = entries == value[..., None]
    return np.where(equal.any(axis=-1), equal.argmax(axis=-1), NOWHERE)


def ascending(value: Array, entries: Array) -> Places:
    """The binary search of ``MATCH`` with the type omitted: the last entry that is not larger, or NOWHERE.

    Excel takes the list to be ascending and does not check: it stops at the first equal entry it meets (then steps
    right over equal neighbours) and otherwise answers the last smaller one. On an unsorted list that is not what a
    sorted search finds: looking for 1 in {1, 0} answers the first place.
    """
    value = np.broadcast_to(value, np.broadcast_shapes(value.shape, entries.shape[:2]))
    if entries.shape[:2] == (1, 1) and (entries[0, 0, 1:] >= entries[0, 0, :-1]).all():
        return np.searchsorted(entries[0, 0], value, side="right") - 1
    return _bisect(value, np.broadcast_to(entries, (*value.shape, entries.shape[-1])))


def descending(value: Array, entries: Array) -> Places:
    """``MATCH(…, -1)``: the list descends; the last entry that is not smaller."""
    return ascending(-value, -entries)


def next_larger(value: Array, entries: Array) -> Places:
    """The first of the smallest entries that are larger, anywhere in the list, or NOWHERE."""
    if entries.shape[:2] == (1, 1):
        return _next(value, entries[0, 0], "right")
    beyond = entries > value[..., None]
    return np.where(beyond.any(axis=-1), np.where(beyond, entries, np.inf).argmin(axis=-1), NOWHERE)


def next_smaller(value: Array, entries: Array) -> Places:
    """The first of the largest entries that are smaller, anywhere in the list, or NOWHERE."""
    return next_larger(-value, -entries)


def _next(value: Array, listed: Array, side: Literal["left", "right"]) -> Places:
    """The first of the smallest entries of one list that are not smaller (left) or are larger (right), or NOWHERE."""
    order = np.argsort(listed, kind="stable")
    place = np.searchsorted(listed[order], value, side)
    return np.where(place < len(order), order[np.minimum(place, len(order) - 1)], NOWHERE)


def _bisect(value: Array, entries: Array) -> Places:
    """All the searches at once, a halving step at a time."""
    low, high = np.zeros(value.shape, np.int64), np.full(value.shape, entries.shape[-1] - 1)
    found = np.full(value.shape, NOWHERE)
    while (searching := (low <= high) & (found == NOWHERE)).any():
        middle = np.where(searching, (low + high) // 2, 0)
        entry = _entry(entries, middle)
        found = np.where(searching & (entry == value), middle, found)
        low = np.where(searching & (entry < value), middle + 1, low)
        high = np.where(searching & (entry > value), middle - 1, high)
    return np.where(found == NOWHERE, low - 1, _over_equals(value, entries, found))


def _entry(entries: Array, place: Places) -> Array:
    return np.take_along_axis(entries, place[..., None], axis=-1)[..., 0]


def _over_equals(value: Array, entries: Array, found: Places) -> Places:
    """From an equal entry right over its equal neighbours."""
    last = entries.shape[-1] - 1
    while True:
        right = np.minimum(found + 1, last)
        step = (found != NOWHERE) & (found < last) & (_entry(entries, right) == value)
        if not step.any():
            return found
        found = np.where(step, right, found)


# --- patterns ---------------------------------------------------------------------------------------------------------
def with_wildcards(value: Values, entries: Array, kinds: int | Kinds, places: Places) -> Places:
    """The ``places`` (rows, columns), changed where the value is a pattern: the first text that fits it, or NOWHERE."""
    value_kinds = value.kinds()
    types = np.broadcast_to(np.asarray(kinds, np.uint8), entries.shape)
    lists: dict[tuple[int, int], _Texts] = {}
    for at in zip(*np.nonzero(value_kinds[:, :, 0, 0] == TEXT), strict=True):
        text = TEXTS[value.num[at][0, 0]]
        if WILD.search(text):
            own = at[0] if entries.shape[0] > 1 else 0, at[1] if entries.shape[1] > 1 else 0
            if own not in lists:
                lists[own] = _Texts(entries[own], types[own])
            places[at] = lists[own].first(text)
    return places


class _Texts:
    """The texts of one list, (n), and where they stand in it. It is laid out for patterns when many ask."""

    def __init__(self, entries: Array, kinds: Kinds):
        self.own = np.flatnonzero(kinds == TEXT)
        self.texts = [TEXTS[place] for place in entries[self.own]]
        self.known: dict[str, int] = {}

    @cached_property
    def listed(self) -> Listed:
        return Listed(self.texts)

    def first(self, text: str) -> int:
        """The place of the first text that fits a pattern, or NOWHERE; the same pattern is looked for once."""
        if text not in self.known:
            pattern = Pattern(text)
            if len(self.known) < FEW:
                found = next((k for k, entry in enumerate(self.texts) if pattern.fits(entry)), None)
            else:
                found = self.listed.first(pattern)
            self.known[text] = NOWHERE if found is None else int(self.own[found])
        return self.known[text]


# --- what the functions ask -------------------------------------------------------------------------------------------
def listed_in(v: Values) -> tuple[Array, int | Kinds]:
    """A row or column of cells as (rows, columns, n), with its kinds."""
    shape = (*v.num.shape[:2], v.num.shape[2] * v.num.shape[3])
    kind = v.kind if isinstance(v.kind, int) else v.kind.reshape(shape)
    return v.num.reshape(shape), kind


def search(value: Values, listed: Values, mode: int) -> Places:
    """The place of each value in its list, of shape (rows, columns); mode 0 exact, 1 ascending, -1 descending."""
    entries, kinds = listed_in(listed)
    if mode:
        return find(ascending if mode > 0 else descending, comparable(value, entries, kinds))
    places = find(exact, comparable(value, entries, kinds, in_lower_case))
    return with_wildcards(value, entries, kinds, places.copy()) if value.has(TEXT) else places


def search_anywhere(value: Values, listed: Values, how: int, backwards: bool) -> Places:
    """XLOOKUP's search: the first (or last) exact match, else by ``how`` the next smaller (-1), the next larger (1) or
    the first that fits a pattern (2)."""
    entries, kinds = listed_in(listed)
    if backwards:
        entries, kinds = entries[..., ::-1], kinds if isinstance(kinds, int) else kinds[..., ::-1]
    places = np.array(find(exact, comparable(value, entries, kinds, in_lower_case)))
    if value.has(BLANK):  # here a blank is no 0: it finds a blank
        blank = np.broadcast_to(np.asarray(kinds, np.uint8), entries.shape) == BLANK
        first = np.where(blank.any(axis=-1), blank.argmax(axis=-1), NOWHERE)
        places = np.where(value.kinds()[:, :, 0, 0] == BLANK, first, places)
    if how in (1, -1):
        nearest = find(next_larger if how == 1 else next_smaller, comparable(value, entries, kinds))
        places = np.where(places == NOWHERE, nearest, places)
    elif how == 2:
        places = with_wildcards(value, entries, kinds, places)
    return np.where(places == NOWHERE, NOWHERE, entries.shape[-1] - 1 - places) if backwards else places
