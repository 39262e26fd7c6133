"""Conditions and the questions about a value's kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

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
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import NEWER, Evidence, Gradient, Scanned, function
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NA, NUMBER, TEXT, UNSUPPORTED, VALUE


def logical(held: npt.NDArray[np.bool_], errors: npt.NDArray[np.float64] | None = None) -> Values:
    """Truths as Excel's logicals, TRUE stored as 1.0; where ``errors`` has a code above 0, that error."""
    return with_errors(Values(np.asarray(held).astype(np.float64), LOGICAL), errors)


@function(
    "IF",
    "condition, then: same, [otherwise: same]",
    gradient=Gradient.RULE,
    evidence=Evidence.EXCEL,
    scanned=Scanned.SELECT,
)
def if_(condition: Values, yes: Values, no: Values | None = None) -> Values:
    """One of two values, by a condition.

    Both branches are computed for all cells of a block; errors are values, so the branch not taken does no harm."""
    held, errors = truths(condition)
    branches = [_branch(yes), single(False) if no is None else _branch(no)]
    result = with_errors(choose(held, *branches), errors)
    result.ref = result.num.shape[2:] == (1, 1) and _still_cells(*branches)
    return result


def _branch(v: Values) -> Values:
    """A branch left out between its commas is 0."""
    return single(0) if is_missing(v) else v


def _still_cells(*branches: Values) -> bool:
    """Whether what is chosen is a cell still, whose text SUM skips; a number is a number either way."""
    return any(b.ref for b in branches) and all(b.ref or b.only(NUMBER) or b.only(ERROR) for b in branches)


def _is_error(v: Values) -> npt.NDArray[np.bool_]:
    """Errors that a formula may catch: an unsupported function is not one of them."""
    return np.asarray((v.kinds() == ERROR) & (v.num != UNSUPPORTED))


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


def _joined(join: Callable[..., npt.NDArray[np.bool_]], *arguments: Values) -> Values:
    """AND and OR: texts and blanks inside a range are skipped; nothing to look at at all is ``#VALUE!``."""
    listed = cells(*arguments, logicals=True)
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


@function("NA", "", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def na() -> Values:
    """The error ``#N/A``."""
    return error_value(NA)


@function("CHOOSE", "which, option: same…", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def choose_(which: Values, *options: Values) -> Values:
    """The first, second, … of several values."""
    which, *fit = fitted(which, *options)
    number, errors = numbers(which)
    result = error_value(VALUE).broadcast(common_shape(which, *fit))
    for place, option in enumerate(fit, 1):
        result = choose(np.trunc(number) == place, option, result)
    return with_errors(result, errors)


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
