"""Conditions and the questions about a value's kind."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.excel import comparison
from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import (
    Values,
    choose,
    common_shape,
    error_value,
    first_error,
    fitted,
    numbers,
    single,
    truths,
    with_errors,
)
from sheetsim.functions.families.statistics.lists import cells
from sheetsim.functions.lifting import Rule, Uneven, is_missing
from sheetsim.functions.table import NEWER, Evidence, Gradient, Scanned, function
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NA, NUMBER, TEXT, TEXTS, UNSUPPORTED, VALUE


def logical(held: npt.NDArray[np.bool_], errors: npt.NDArray[np.float64] | None = None) -> Values:
    """Truths as Excel's logicals, TRUE stored as 1.0; where ``errors`` has a code above 0, that error."""
    return with_errors(Values(np.asarray(held).astype(np.float64), LOGICAL), errors)


def if_place(condition: Values, yes: Any, no: Any = None) -> Any:
    """IF where a reference is wanted: the place that it chooses, of one cell."""
    held, errors = truths(condition)
    if errors is not None or condition.num.shape[2:] != (1, 1):
        return error_value(VALUE) if errors is None else Values(errors, ERROR).corner()
    return yes if held.flat[0] else single(False) if no is None else no


def choose_place(which: Values, *options: Any) -> Any:
    """CHOOSE where a reference is wanted: the place that it chooses, of one cell."""
    place, errors = place_of(which, len(options))
    if errors is not None and errors.any():
        return Values(errors, ERROR).corner()
    return options[place.flat[0]] if which.num.shape[2:] == (1, 1) else error_value(VALUE)


def place_of(which: Values, count: int) -> tuple[npt.NDArray[np.int64], Array | None]:
    """Which of so many options each element means, counted from 0; ``#VALUE!`` for none of them, whose place is 0."""
    number, errors = numbers(which)
    place = np.clip(np.trunc(number), 0, count + 1).astype(np.int64) - 1
    outside = (place < 0) | (place >= count)
    return np.where(outside, 0, place), first_error(errors, np.where(outside, float(VALUE), 0.0))


@function(
    "IF",
    "condition, then: same, [otherwise: same]",
    as_place=if_place,
    gradient=Gradient.RULE,
    evidence=Evidence.EXCEL,
    scanned=Scanned.SELECT,
)
def if_(condition: Values, yes: Values, no: Values | None = None) -> Values:
    """One of two values, by a condition.

    Both branches are computed for all cells of a block; errors are values, so the branch not taken does no harm."""
    held, errors = truths(condition)
    branches = [_branch(yes), single(False) if no is None else _branch(no)]
    if held.shape[2:] == (1, 1) and branches[0].num.shape[2:] != branches[1].num.shape[2:]:
        return picked(np.where(held, 0, 1), branches, errors)
    result = with_errors(choose(held, *branches), errors)
    result.ref = result.num.shape[2:] == (1, 1) and _still_cells(*branches)
    return result


def picked(which: npt.NDArray[np.int64], options: Sequence[Values], errors: Array | None) -> Values:
    """For each cell of the block one of several arrays, as large as it is; an error, where there is one. ``which`` and
    ``errors`` have the shape (rows, columns, 1, 1). Raises Uneven where the cells get arrays of different sizes."""
    chosen = sorted(set(which.ravel().tolist()))
    wrong = errors is not None and bool(errors.any())
    if len(chosen) > 1 or (wrong and which.size > 1):
        if len({options[place].num.shape[2:] for place in chosen} | ({(1, 1)} if wrong else set())) > 1:
            raise Uneven
        result = options[chosen[0]]
        for place in chosen[1:]:
            result = choose(which == place, options[place], result)
        return with_errors(result, errors)
    return Values(errors, ERROR) if wrong and errors is not None else options[chosen[0]]


def _branch(v: Values) -> Values:
    """A branch left out between its commas is 0."""
    return single(0) if is_missing(v) else v


def _still_cells(*branches: Values) -> bool:
    """Whether what is chosen is a cell still, whose text SUM skips; a number is a number either way."""
    return any(b.ref for b in branches) and all(b.ref or b.only(NUMBER) or b.only(ERROR) for b in branches)


def _is_error(v: Values) -> npt.NDArray[np.bool_]:
    """Errors that a formula may catch: an unsupported value is not one of them."""
    return np.asarray((v.kinds() == ERROR) & (v.num < UNSUPPORTED))


@function("IFERROR", "value: same, instead: same", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def iferror(v: Values, instead: Values) -> Values:
    """The value, or another one where it is an error."""
    return choose(_is_error(v), instead, v) if v.has(ERROR) else v


@function("IFNA", "value: same, instead: same", prefix=NEWER, gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def ifna(v: Values, instead: Values) -> Values:
    """The value, or another one where it is ``#N/A``."""
    return choose(_is_error(v) & (v.num == NA), instead, v) if v.has(ERROR) else v


@function("NOT", "condition", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def not_(v: Values) -> Values:
    """Whether the condition does not hold."""
    held, errors = truths(v)
    return logical(~held, errors)


def _without_empty_text(v: Values) -> Values:
    """An empty text given directly does not count, as if it stood in a cell."""
    if v.ref or v.num.shape[2:] != (1, 1) or not v.has(TEXT):
        return v
    empty = (v.kinds() == TEXT) & (v.num == TEXTS.place(""))
    return Values(v.num, TEXT, True) if empty.all() else v


def _joined(join: Callable[..., npt.NDArray[np.bool_]], *arguments: Values) -> Values:
    """AND and OR: texts and blanks inside a range are skipped; nothing to look at at all is ``#VALUE!``."""
    listed = cells(*map(_without_empty_text, arguments), logicals=True)
    held = listed.num != 0
    seen = np.ones(held.shape, bool) if listed.used is None else listed.used
    neutral = join is np.logical_and
    result = join.reduce(np.where(seen, held, neutral), axis=-1)  # type: ignore[attr-defined]
    none = np.where(seen.any(axis=-1), 0.0, float(VALUE))
    shape = (*result.shape, 1, 1)
    errors = first_error(listed.errors, none.reshape(shape))
    return logical(result.reshape(shape), errors)


@function("AND", "condition: range…", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE, passes_over_blanks=True)
def and_(*arguments: Values) -> Values:
    """Whether all conditions hold."""
    return _joined(np.logical_and, *arguments)


@function("OR", "condition: range…", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE, passes_over_blanks=True)
def or_(*arguments: Values) -> Values:
    """Whether any condition holds."""
    return _joined(np.logical_or, *arguments)


@function(
    "XOR",
    "condition: range…",
    prefix=NEWER,
    gradient=Gradient.FLAT,
    evidence=Evidence.LIBREOFFICE,
    passes_over_blanks=True,
)
def xor(*arguments: Values) -> Values:
    """Whether an odd number of conditions hold."""
    return _joined(np.logical_xor, *arguments)


def _enter_constant(name: str, value: bool) -> None:
    about = f"The logical value {name}."
    function(name, "", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)(lambda: single(value))


_enter_constant("TRUE", True)
_enter_constant("FALSE", False)


@function(
    "IFS",
    "condition, then: same, [more: same]…",
    prefix=NEWER,
    gradient=Gradient.RULE,
    evidence=Evidence.LIBREOFFICE,
)
def ifs(*arguments: Values) -> Values:
    """The value behind the first condition that holds, ``#N/A`` where none does."""
    return chained(if_, arguments[::2], arguments[1::2], error_value(NA))


@function(
    "SWITCH",
    "value, case: same, then: same, [more: same]…",
    prefix=NEWER,
    gradient=Gradient.RULE,
    evidence=Evidence.LIBREOFFICE,
)
def switch(value: Values, *arguments: Values) -> Values:
    """The value behind the first case that is equal to a value, or the last one of all; without that ``#N/A``."""
    pairs = len(arguments) // 2 * 2
    otherwise = arguments[-1] if len(arguments) > pairs else error_value(NA)
    cases = [comparison.compare(operator.eq, value, case) for case in arguments[:pairs:2]]
    return chained(if_, cases, arguments[1:pairs:2], otherwise)


def chained(rule: Rule, conditions: Sequence[Values], options: Sequence[Values], otherwise: Values) -> Values:
    """IF within IF: ``rule`` is that of IF. A condition without its option is ``#N/A``."""
    result = otherwise if len(conditions) == len(options) else error_value(NA)
    for condition, option in zip(conditions[: len(options)][::-1], options[::-1], strict=True):
        result = rule(condition, option, result)
    return result


@function("NA", "", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def na() -> Values:
    """The error ``#N/A``."""
    return error_value(NA)


@function(
    "CHOOSE",
    "which, option: same…",
    as_place=choose_place,
    gradient=Gradient.RULE,
    evidence=Evidence.LIBREOFFICE,
)
def choose_(which: Values, *options: Values) -> Values:
    """The first, second, … of several values."""
    place, errors = place_of(which, len(options))
    branches = [_branch(option) for option in options]
    if which.num.shape[2:] == (1, 1) and len({option.num.shape[2:] for option in branches}) > 1:
        return picked(place, branches, errors)
    at, *fit = fitted(Values(place.astype(np.float64)), *branches)
    result = error_value(VALUE).broadcast(common_shape(at, *fit))
    for number_, option in enumerate(fit):
        result = choose(at.num == number_, option, result)
    result = with_errors(with_errors(result, errors), np.where(at.kinds() == ERROR, at.num, 0.0))
    result.ref = result.num.shape[2:] == (1, 1) and _still_cells(*branches)
    return result


def _enter_question(name: str, holds: Callable[[Values], npt.NDArray[np.bool_]], what: str) -> None:
    about = f"Whether the value is {what}."
    enter = function(name, "value", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    enter(lambda v: logical(holds(v)))


_enter_question("ISBLANK", lambda v: v.kinds() == BLANK, "a blank")
_enter_question("ISTEXT", lambda v: v.kinds() == TEXT, "a text")
_enter_question("ISNUMBER", lambda v: v.kinds() == NUMBER, "a number")
_enter_question("ISLOGICAL", lambda v: v.kinds() == LOGICAL, "TRUE or FALSE")
_enter_question("ISNONTEXT", lambda v: v.kinds() != TEXT, "anything but a text")
_enter_question("ISERROR", _is_error, "an error")
_enter_question("ISNA", lambda v: _is_error(v) & (v.num == NA), "the error ``#N/A``")
_enter_question("ISERR", lambda v: _is_error(v) & (v.num != NA), "an error other than ``#N/A``")
