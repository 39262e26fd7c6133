"""Looking a value up in a list: MATCH, INDEX, VLOOKUP, HLOOKUP, XLOOKUP; ``searching.py`` finds the places."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import (
    Values,
    choose,
    error_value,
    first_error,
    numbers,
    outcome,
    single,
    truths,
    uniform,
    with_errors,
)
from sheetsim.functions.families.logic import logical
from sheetsim.functions.families.text.regexes import fits
from sheetsim.functions.lifting import each_cell, is_missing, of_each_way, same_everywhere, seen_from
from sheetsim.functions.places import index_place, row_and_column
from sheetsim.functions.searching import NOWHERE, Places, listed_in, search, search_anywhere
from sheetsim.functions.table import NEWER, Evidence, Gradient, Scanned, function
from sheetsim.functions.unsupported import unsupported_in
from sheetsim.model.limits import MAX_ROWS
from sheetsim.model.values import ERROR, NA, REF, TEXT, TEXTS, VALUE


def _whole(v: Values) -> int:
    """The whole number of an argument that is the same in all cells."""
    return int(np.trunc(numbers(v)[0].flat[0]))


def _count(v: Values) -> Places:
    """The whole numbers of rows or columns; one beyond a sheet is as good as any other."""
    return np.asarray(np.clip(np.trunc(numbers(v)[0]), -1, MAX_ROWS + 1), np.int64)


def _no_numbers(*arguments: Values) -> Array | None:
    """The errors of arguments that must be numbers."""
    return first_error(*(numbers(v)[1] for v in arguments))


def _unknown(listed: Values, places: Places, in_order: bool, backwards: bool = False) -> Array | None:
    """The codes of unsupported entries that might have been the one: where a list is gone through ``in_order`` those
    before the place that was found, or behind it if ``backwards``; else any. Of four axes, as the answers are."""
    codes = unsupported_in(listed)
    if codes is None:
        return None
    entries = codes.reshape(*codes.shape[:2], -1)
    if in_order:
        number, found = np.arange(entries.shape[-1]), places[..., None]
        passed = number > found if backwards else number < found
        entries = np.where(passed | (found == NOWHERE), entries, 0.0)
    return np.asarray(entries.max(axis=-1))[..., None, None]


def _errors_of(v: Values) -> Array | None:
    return np.where(v.kinds() == ERROR, v.num, 0.0) if v.has(ERROR) else None


@function(
    "MATCH",
    "value, list: array, [type]",
    gradient=Gradient.FLAT,
    evidence=Evidence.EXCEL,
    passes_over_blanks=True,
    picks=True,
    scanned=Scanned.MATCH,
)
def match(value: Values, listed: Values, mode: Values | None = None) -> Values:
    """The place, counted from 1, of a value in a row or column; ``#N/A`` where there is none."""
    if mode is None:
        mode = single(1)
    if not same_everywhere(mode):
        return of_each_way(lambda m: match(value, listed, m), _way(mode))
    if min(listed.num.shape[2:]) != 1:
        return with_errors(error_value(NA), _errors_of(value))
    way = _whole(mode)
    places = search(value.corner(), listed, (way > 0) - (way < 0))
    wrong = first_error(_errors_of(value), _no_numbers(mode), _unknown(listed, places, way == 0))
    return _numbered(places, wrong)


def _numbered(places: Places, errors: Array | None) -> Values:
    """The places counted from 1, ``#N/A`` where there is none."""
    places = places[..., None, None]
    missing = np.where(places == NOWHERE, float(NA), 0.0)
    return with_errors(Values((places + 1).astype(np.float64)), first_error(errors, missing))


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


@function(
    "INDEX",
    "cells: array, row, [column], [area]",
    as_place=index_place,
    picks=True,
    gradient=Gradient.RULE,
    evidence=Evidence.LIBREOFFICE,
    scanned=Scanned.TAKE,
)
def index(table: Values, row: Values, column: Values | None = None) -> Values:
    """The cell at a row and column, counted from 1; 0 means the whole row or column."""
    row, column = row_and_column(row, column, *table.num.shape[2:])
    errors = first_error(_no_numbers(row), _no_numbers(column))
    r, c = (_count(v.corner()) for v in (row, column))
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
    near, near_errors = truths(nearest)
    if not same_everywhere(nearest):
        return of_each_way(lambda n: _lookup(value, table, which, n, upright), logical(near, near_errors))
    if not upright:
        kind = table.kind if isinstance(table.kind, int) else table.kind.swapaxes(2, 3)
        table = Values(table.num.swapaxes(2, 3), kind, table.ref)
    keys = Values(table.num[..., :1], table.kind if isinstance(table.kind, int) else table.kind[..., :1])
    places = search(value.corner(), keys, 1 if near.flat[0] else 0)
    errors = _no_numbers(which.corner())
    column = _count(which.corner())[:, :, 0, 0] - 1
    too_small = np.where(column < 0, float(VALUE), 0.0)[..., None, None]
    missing = np.where(places == NOWHERE, float(NA), 0.0)[..., None, None]
    found = _picked(table, np.maximum(places, 0), np.maximum(column, 0), REF)
    too_large = np.where(column >= table.num.shape[3], float(REF), 0.0)[..., None, None]
    lacking = _unknown(keys, places, not near.flat[0])
    return with_errors(
        found, first_error(lacking, _errors_of(value), errors, near_errors, too_small, too_large, missing)
    )


@function(
    "VLOOKUP",
    "value, table: array, column, [nearest]",
    passes_over_blanks=True,
    picks=True,
    gradient=Gradient.RULE,
    evidence=Evidence.LIBREOFFICE,
)
def vlookup(value: Values, table: Values, column: Values, nearest: Values | None = None) -> Values:
    """The cell in another column of the row whose first cell is the value."""
    return _lookup(value, table, column, nearest, upright=True)


@function(
    "HLOOKUP",
    "value, table: array, row, [nearest]",
    passes_over_blanks=True,
    picks=True,
    gradient=Gradient.RULE,
    evidence=Evidence.LIBREOFFICE,
)
def hlookup(value: Values, table: Values, row: Values, nearest: Values | None = None) -> Values:
    """The cell in another row of the column whose first cell is the value."""
    return _lookup(value, table, row, nearest, upright=False)


@function(
    "LOOKUP",
    "value, list: array, [results: array]",
    passes_over_blanks=True,
    gradient=Gradient.FLAT,
    evidence=Evidence.LIBREOFFICE,
)
def lookup(value: Values, listed: Values, results: Values | None = None) -> Values:
    """What stands beside the last entry of an ascending list that is not larger; of a table, in its last column, or in
    its last row if it is wider than tall."""
    height, width = listed.num.shape[2:]
    wide = width > height
    entries = listed
    if results is None or min(height, width) > 1:
        cut = (..., slice(0, 1), slice(None)) if wide else (..., slice(0, 1))
        entries = Values(listed.num[cut], listed.kind if isinstance(listed.kind, int) else listed.kind[cut])
    results = listed if results is None else results
    places = search(value.corner(), entries, 1)
    missing = np.where(places == NOWHERE, float(NA), 0.0)[..., None, None]
    at, tall = np.maximum(places, 0), results.num.shape[2] >= results.num.shape[3]
    if results is listed:
        tall = not wide
    last = np.full_like(at, results.num.shape[3 if tall else 2] - 1)
    found = _picked(results, at if tall else last, last if tall else at, NA)
    return with_errors(found, first_error(_errors_of(value), missing))


@function("XMATCH", "value, list: array, [mode], [direction]", prefix=NEWER, picks=True, gradient=Gradient.FLAT)
def xmatch(value: Values, listed: Values, mode: Values | None = None, direction: Values | None = None) -> Values:
    """The place, counted from 1, of a value in a row or column. Modes and directions are those of ``XLOOKUP``; mode 3:
    the first text that fits a regular expression."""
    mode, direction = mode or single(0), single(1) if direction is None or is_missing(direction) else direction
    if not (same_everywhere(mode) and same_everywhere(direction)):
        shared = value, listed
        return of_each_way(lambda m: of_each_way(lambda d: xmatch(*shared, m, d), _way(direction)), _way(mode))
    wrong = first_error(_errors_of(value), _no_numbers(mode, direction))
    if not _is_way(mode, direction) or min(listed.num.shape[2:]) != 1:
        return with_errors(error_value(VALUE), wrong)
    places = _anywhere(value, listed, mode, direction)
    return _numbered(places, first_error(_unknown_anywhere(listed, places, mode, direction), wrong))


BY_EXPRESSION = 3


def _unknown_anywhere(listed: Values, places: Places, mode: Values, direction: Values) -> Array | None:
    in_order = _whole(mode) in (0, 2, BY_EXPRESSION) and abs(_whole(direction)) == 1
    return _unknown(listed, places, in_order, backwards=_whole(direction) < 0)


def _is_way(mode: Values, direction: Values) -> bool:
    return _whole(mode) in (-1, 0, 1, 2, BY_EXPRESSION) and _whole(direction) in (-2, -1, 1, 2)


def _anywhere(value: Values, listed: Values, mode: Values, direction: Values) -> Places:
    backwards = _whole(direction) < 0
    if _whole(mode) != BY_EXPRESSION:
        return search_anywhere(value.corner(), listed, _whole(mode), backwards=backwards)
    entries, kinds = listed_in(listed)
    types = np.broadcast_to(np.asarray(kinds, np.uint8), entries.shape)
    wanted, wanted_kinds = value.corner().num[:, :, 0, 0], value.corner().kinds()[:, :, 0, 0]
    places = np.full(np.broadcast_shapes(wanted.shape, entries.shape[:2]), NOWHERE)
    for r, c in np.ndindex(*places.shape):
        own, seen = (r if wanted.shape[0] > 1 else 0, c if wanted.shape[1] > 1 else 0), seen_from(listed, r, c)
        texts = np.flatnonzero(types[seen] == TEXT)
        if wanted_kinds[own] == TEXT:
            pattern, order = TEXTS[wanted[own]], texts[::-1] if backwards else texts
            places[r, c] = next((k for k in order.tolist() if fits(pattern, TEXTS[entries[seen][k]])), NOWHERE)
    return places


@function(
    "XLOOKUP",
    "value, list: array, results: array, [otherwise: same], [mode], [direction]",
    prefix=NEWER,
    picks=True,
    gradient=Gradient.RULE,
)
def xlookup(
    value: Values,
    listed: Values,
    results: Values,
    otherwise: Values | None = None,
    mode: Values | None = None,
    direction: Values | None = None,
) -> Values:
    """What stands beside the first match in a list, or with direction -1 beside the last. Modes: 0 exact, -1 or next
    smaller, 1 or next larger, 2 wildcards, 3 a regular expression. The binary searches, directions 2 and -2, find the
    same in the sorted lists that they are for."""
    if otherwise is None or is_missing(otherwise):
        otherwise = error_value(NA)
    mode, direction = mode or single(0), single(1) if direction is None or is_missing(direction) else direction
    if not (same_everywhere(mode) and same_everywhere(direction)):
        shared = value, listed, results, otherwise
        return of_each_way(lambda m: of_each_way(lambda d: xlookup(*shared, m, d), _way(direction)), _way(mode))
    wrong = first_error(_errors_of(value), _no_numbers(mode, direction))
    if not _is_way(mode, direction) or min(listed.num.shape[2:]) != 1:
        return with_errors(error_value(VALUE), wrong)
    places = _anywhere(value, listed, mode, direction)
    wrong = first_error(_unknown_anywhere(listed, places, mode, direction), wrong)
    return _found_line(listed, results, places, otherwise, wrong)


def _way(v: Values) -> Values:
    """Modes and directions as the few whole numbers that are told apart."""
    worth, errors = numbers(v)
    return outcome(np.clip(np.trunc(worth), -4, 4), errors)


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
