"""Looking a value up in a list: MATCH, INDEX, VLOOKUP, HLOOKUP, XLOOKUP.

All of them come down to one question: at which place does each value stand in its list? Lists are (rows, columns, n)
arrays whose first two axes are 1 where all cells of a block look in the same list.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.arithmetic import Array
from sheetsim.arrays import (
    Kinds,
    Values,
    choose,
    error_value,
    first_error,
    numbers,
    single,
    text_ranks,
    truths,
    uniform,
    with_errors,
)
from sheetsim.functions.spreading import each_cell, is_missing, same_everywhere
from sheetsim.functions.table import function
from sheetsim.values import BLANK, ERROR, NA, NUMBER, REF, TEXT, TEXTS, VALUE

Places = npt.NDArray[np.int64]
NOWHERE = -1


class Sought(NamedTuple):
    """What is looked for, (rows, columns), and the list, (rows or 1, columns or 1, n), as numbers that compare as the
    values do; ``fits`` is where an entry has the type looked for (None: everywhere)."""

    value: Array
    entries: Array
    fits: npt.NDArray[np.bool_] | None


def _comparable(value: Values, entries: Array, kinds: int | Kinds) -> Sought:
    """Texts become ranks; entries of another type than the value do not count."""
    wanted, wanted_kind = value.num[:, :, 0, 0], value.kinds()[:, :, 0, 0]
    wanted_kind = np.where(wanted_kind == BLANK, np.uint8(NUMBER), wanted_kind)
    if isinstance(kinds, int) and (wanted_kind == kinds).all():
        if kinds == TEXT:
            wanted, entries = text_ranks(wanted, entries)
        return Sought(wanted, entries, None)
    entry_kinds = np.broadcast_to(np.asarray(kinds, np.uint8), entries.shape)
    texts, wanted_texts = entry_kinds == TEXT, wanted_kind == TEXT
    if texts.any() and wanted_texts.any():
        wanted, entries = wanted.copy(), entries.copy()
        wanted[wanted_texts], entries[texts] = text_ranks(wanted[wanted_texts], entries[texts])
    return Sought(wanted, entries, entry_kinds == wanted_kind[..., None])


# --- the three ways to search -----------------------------------------------------------------------------------------
def _exact(sought: Sought) -> Places:
    """The first equal entry, or NOWHERE."""
    value, entries, fits = sought
    if entries.shape[:2] == (1, 1) and fits is None:
        listed = entries[0, 0]
        order = np.argsort(listed, kind="stable")
        place = np.searchsorted(listed[order], value)
        place = order[np.minimum(place, len(order) - 1)]
        return np.where(listed[place] == value, place, NOWHERE)
    equal = entries == value[..., None]
    if fits is not None:
        equal = equal & fits
    return np.where(equal.any(axis=-1), equal.argmax(axis=-1), NOWHERE)


def _ascending(sought: Sought) -> Places:
    """The binary search of ``MATCH`` with the type omitted: the last entry that is not larger, or NOWHERE.

    Excel takes the list to be ascending and does not check: it stops at the first equal entry it meets (then steps
    right over equal neighbours) and otherwise answers the last smaller one. On an unsorted list that is not what a
    sorted search finds: looking for 1 in {1, 0} answers the first place.
    """
    value, entries, fits = sought
    value = np.broadcast_to(value, np.broadcast_shapes(value.shape, entries.shape[:2]))
    if fits is not None:
        return _one_by_one(Sought(value, entries, fits))
    if entries.shape[:2] == (1, 1) and (entries[0, 0, 1:] >= entries[0, 0, :-1]).all():
        return np.searchsorted(entries[0, 0], value, side="right") - 1
    return _bisect(value, np.broadcast_to(entries, (*value.shape, entries.shape[-1])))


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


def _one_by_one(sought: Sought) -> Places:
    """Lists of mixed types: only the entries of the value's type are looked at, in their order."""
    value, entries, fits = sought
    assert fits is not None
    shape = (*value.shape, entries.shape[-1])
    entries, fits = np.broadcast_to(entries, shape), np.broadcast_to(fits, shape)
    result = np.full(value.shape, NOWHERE)
    for at in np.ndindex(value.shape):
        places = np.flatnonzero(fits[at])
        if len(places):
            found = int(_bisect(value[at].reshape(1, 1), entries[at][places].reshape(1, 1, -1))[0, 0])
            result[at] = places[found] if found != NOWHERE else NOWHERE
    return result


def _descending(sought: Sought) -> Places:
    """``MATCH(…, -1)``: the list descends; the last entry that is not smaller."""
    return _ascending(Sought(-sought.value, -sought.entries, sought.fits))


def _next(sought: Sought, larger: bool, exact: Places) -> Places:
    """XLOOKUP's modes 1 and -1: exact, or else the nearest larger or smaller entry anywhere in the list."""
    value, entries, fits = sought
    beyond = entries > value[..., None] if larger else entries < value[..., None]
    if fits is not None:
        beyond = beyond & fits
    away = np.where(beyond, np.abs(entries - value[..., None]), np.inf)
    nearest = np.where(beyond.any(axis=-1), away.argmin(axis=-1), NOWHERE)
    return np.where(exact == NOWHERE, nearest, exact)


WILD = re.compile(r"[*?~]")


def wildcard(pattern: str) -> re.Pattern[str]:
    """Excel's ``*``, ``?`` and ``~`` as a regular expression.

    >>> bool(wildcard("s*m").fullmatch("Solarium"))
    True
    """
    parts = re.findall(r"~[*?~]|[*?]|[^*?~]+|~", pattern)
    signs = {"*": ".*", "?": "."}
    text = "".join(
        signs.get(part) or re.escape(part[1:] if part[0] == "~" and len(part) > 1 else part) for part in parts
    )
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def _with_wildcards(value: Values, entries: Array, kinds: int | Kinds, places: Places) -> Places:
    """Replaces the places of those values that are patterns."""
    value_kinds = value.kinds()
    for at in zip(*np.nonzero(value_kinds[:, :, 0, 0] == TEXT), strict=True):
        text = TEXTS[value.num[at][0, 0]]
        if WILD.search(text):
            pattern = wildcard(text)
            listed = np.broadcast_to(entries, (*places.shape, entries.shape[-1]))[at]
            types = np.broadcast_to(np.asarray(kinds, np.uint8), (*places.shape, entries.shape[-1]))[at]
            hits = (i for i in np.flatnonzero(types == TEXT) if pattern.fullmatch(TEXTS[listed[i]]))
            places[at] = next(hits, NOWHERE)
    return places


def _list(v: Values) -> tuple[Array, int | Kinds]:
    """A row or column of cells as (rows, columns, n), with its kinds."""
    shape = (*v.num.shape[:2], v.num.shape[2] * v.num.shape[3])
    kind = v.kind if isinstance(v.kind, int) else v.kind.reshape(shape)
    return v.num.reshape(shape), kind


def search(value: Values, listed: Values, mode: int) -> Places:
    """The place of each value in its list, of shape (rows, columns); mode 0 exact, 1 ascending, -1 descending."""
    entries, kinds = _list(listed)
    sought = _comparable(value, entries, kinds)
    if mode:
        return _ascending(sought) if mode > 0 else _descending(sought)
    shape = np.broadcast_shapes(sought.value.shape, entries.shape[:2])
    places = np.broadcast_to(_exact(sought), shape)
    return _with_wildcards(value, entries, kinds, places.copy()) if value.has(TEXT) else places


def _whole(v: Values) -> int:
    """The whole number of an argument that is the same in all cells."""
    return int(np.trunc(numbers(v)[0].flat[0]))


def _no_numbers(*arguments: Values) -> Array | None:
    """The errors of arguments that must be numbers."""
    return first_error(*(numbers(v)[1] for v in arguments))


def _errors_of(v: Values) -> Array | None:
    return np.where(v.kinds() == ERROR, v.num, 0.0) if v.has(ERROR) else None


@function("MATCH", 2, 3, takes="sas")
def match(value: Values, listed: Values, mode: Values | None = None) -> Values:
    """The place, counted from 1, of a value in a row or column; ``#N/A`` where there is none."""
    if mode is None:
        mode = single(1)
    if not same_everywhere(mode):
        return each_cell(match, value, listed, mode)
    if min(listed.num.shape[2:]) != 1:
        return with_errors(error_value(NA), _errors_of(value))
    way = _whole(mode)
    places = search(value.corner(), listed, (way > 0) - (way < 0))[..., None, None]
    missing = np.where(places == NOWHERE, float(NA), 0.0)
    wrong = first_error(_errors_of(value), _no_numbers(mode), missing)
    return with_errors(Values((places + 1).astype(np.float64)), wrong)


# --- taking what was found --------------------------------------------------------------------------------------------
def pick(table: Values, row: Places, column: Places) -> Values:
    """One cell out of each cell's table; ``row`` and ``column`` count from 0, of shape (rows, columns)."""
    rows, columns = table.num.shape[:2]
    shape = np.broadcast_shapes((rows, columns), row.shape, column.shape)
    r = np.arange(shape[0])[:, None] if rows > 1 else 0
    c = np.arange(shape[1])[None, :] if columns > 1 else 0
    num = np.broadcast_to(table.num[r, c, row, column], shape)[..., None, None]
    if isinstance(table.kind, int):
        return Values(num, table.kind, table.ref)
    return Values(num, uniform(np.broadcast_to(table.kind[r, c, row, column], shape)[..., None, None]), table.ref)


def _picked(table: Values, row: Places, column: Places, otherwise: int) -> Values:
    """``pick``, with an error where the place is outside the table."""
    bad = (row < 0) | (row >= table.num.shape[2]) | (column < 0) | (column >= table.num.shape[3])
    if not bad.any():
        return pick(table, row, column)
    found = pick(table, np.where(bad, 0, row), np.where(bad, 0, column))
    return with_errors(found, np.where(bad, float(otherwise), 0.0)[..., None, None])


@function("INDEX", 2, 3, takes="ass")
def index(table: Values, row: Values, column: Values | None = None) -> Values:
    """The cell at a row and column, counted from 1; 0 means the whole row or column."""
    if column is None:  # a single number counts along a row or column; in a larger table it means a whole row
        flat, narrow = table.num.shape[2] == 1, table.num.shape[3] == 1
        row, column = (single(1), row) if flat else (row, single(1 if narrow else 0))
    errors = first_error(_no_numbers(row), _no_numbers(column))
    r, c = (np.trunc(numbers(v.corner())[0]).astype(np.int64) for v in (row, column))
    bad = first_error(errors, np.where((r < 0) | (c < 0), float(VALUE), 0.0))
    if (r > 0).all() and (c > 0).all():
        return with_errors(_picked(table, r[:, :, 0, 0] - 1, c[:, :, 0, 0] - 1, REF), bad)
    if np.broadcast_shapes(r.shape, c.shape)[:2] != (1, 1):
        return each_cell(index, table, row, column)
    return _whole_line(table, int(r.flat[0]), int(c.flat[0]), bad)


def _whole_line(table: Values, row: int, column: int, errors: Array | None) -> Values:
    """A whole row or column, or all of the table, of each cell; the row or the column is 0."""
    if errors is not None and errors.any():
        return with_errors(single(0), errors)
    if row > table.num.shape[2] or column > table.num.shape[3]:
        return error_value(REF)
    down = slice(row - 1, row) if row else slice(None)
    across = slice(column - 1, column) if column else slice(None)
    kind = table.kind if isinstance(table.kind, int) else table.kind[:, :, down, across]
    return Values(table.num[:, :, down, across], kind, table.ref)


def _lookup(value: Values, table: Values, which: Values, nearest: Values | None, upright: bool) -> Values:
    """VLOOKUP (upright: keys in the first column) and HLOOKUP (keys in the first row)."""
    if nearest is None:
        nearest = single(True)
    if not same_everywhere(nearest):
        return each_cell(lambda v, t, w, n: _lookup(v, t, w, n, upright), value, table, which, nearest)
    if not upright:
        kind = table.kind if isinstance(table.kind, int) else table.kind.swapaxes(2, 3)
        table = Values(table.num.swapaxes(2, 3), kind, table.ref)
    keys = Values(table.num[..., :1], table.kind if isinstance(table.kind, int) else table.kind[..., :1])
    near, near_errors = truths(nearest)
    places = search(value.corner(), keys, 1 if near.flat[0] else 0)
    number, errors = numbers(which.corner())
    column = np.trunc(number[:, :, 0, 0]).astype(np.int64) - 1
    too_small = np.where(column < 0, float(VALUE), 0.0)[..., None, None]
    missing = np.where(places == NOWHERE, float(NA), 0.0)[..., None, None]
    found = _picked(table, np.maximum(places, 0), np.maximum(column, 0), REF)
    too_large = np.where(column >= table.num.shape[3], float(REF), 0.0)[..., None, None]
    return with_errors(found, first_error(_errors_of(value), errors, near_errors, too_small, too_large, missing))


@function("VLOOKUP", 3, 4, takes="sass")
def vlookup(value: Values, table: Values, column: Values, nearest: Values | None = None) -> Values:
    return _lookup(value, table, column, nearest, upright=True)


@function("HLOOKUP", 3, 4, takes="sass")
def hlookup(value: Values, table: Values, row: Values, nearest: Values | None = None) -> Values:
    return _lookup(value, table, row, nearest, upright=False)


@function("XLOOKUP", 3, 6, takes="saaiss")
def xlookup(
    value: Values,
    listed: Values,
    results: Values,
    otherwise: Values | None = None,
    mode: Values | None = None,
    direction: Values | None = None,
) -> Values:
    """The first (or, with direction -1, the last) match; modes 0 exact, -1 or next smaller, 1 or next larger,
    2 wildcards. The binary searches, directions 2 and -2, find the same in the sorted lists that they are for."""
    if otherwise is None or is_missing(otherwise):
        otherwise = error_value(NA)
    mode, direction = mode or single(0), single(1) if direction is None or is_missing(direction) else direction
    if not (same_everywhere(mode) and same_everywhere(direction)):
        return each_cell(xlookup, value, listed, results, otherwise, mode, direction)
    wrong = first_error(_errors_of(value), _no_numbers(mode, direction))
    if _whole(mode) not in (-1, 0, 1, 2) or _whole(direction) not in (-2, -1, 1, 2) or min(listed.num.shape[2:]) != 1:
        return with_errors(error_value(VALUE), wrong)
    places = _xlookup_places(value.corner(), listed, _whole(mode), backwards=_whole(direction) < 0)
    return _found_line(listed, results, places, otherwise, wrong)


def _xlookup_places(value: Values, listed: Values, how: int, backwards: bool) -> Places:
    entries, kinds = _list(listed)
    if backwards:
        entries, kinds = entries[..., ::-1], kinds if isinstance(kinds, int) else kinds[..., ::-1]
    sought = _comparable(value, entries, kinds)
    places = np.array(np.broadcast_to(_exact(sought), np.broadcast_shapes(sought.value.shape, entries.shape[:2])))
    if value.has(BLANK):  # here a blank is no 0: it finds a blank
        blank = np.broadcast_to(np.asarray(kinds, np.uint8) == BLANK, (*places.shape, entries.shape[-1]))
        first = np.where(blank.any(axis=-1), blank.argmax(axis=-1), NOWHERE)
        places = np.where(value.kinds()[:, :, 0, 0] == BLANK, first, places)
    if how in (1, -1):
        places = _next(sought, how == 1, places)
    elif how == 2:
        places = _with_wildcards(value, entries, kinds, places)
    return np.where(places == NOWHERE, NOWHERE, entries.shape[-1] - 1 - places) if backwards else places


def _found_line(listed: Values, results: Values, places: Places, otherwise: Values, errors: Array | None) -> Values:
    """The entry of ``results`` at each place: a whole row or column of it where it is wider than the list."""
    across = listed.num.shape[2] == 1 and listed.num.shape[3] > 1
    at = np.maximum(places, 0)
    if results.num.shape[3 if across else 2] != listed.num.shape[3 if across else 2]:
        return error_value(VALUE)
    others = range(results.num.shape[2 if across else 3])
    picked = [
        pick(results, np.full_like(at, k), at) if across else pick(results, at, np.full_like(at, k)) for k in others
    ]
    axis = 2 if across else 3
    num = np.concatenate([p.num for p in picked], axis=axis)
    kind = uniform(np.concatenate([p.kinds() for p in picked], axis=axis))
    found = Values(num, kind, results.ref)
    missing = (places == NOWHERE)[..., None, None]
    return with_errors(choose(missing, otherwise, found) if missing.any() else found, errors)
