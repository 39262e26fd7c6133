"""How a function of numbers is entered into the table, and what several of its kind have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, elementwise, elementwise_checked, judged, with_errors
from sheetsim.functions.lifting import Rule, is_missing
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import LOGICAL, NA, NUM, VALUE


def of_one(
    module: str, name: str, rule: Callable[[Array], Array], about: str, checked: bool = False, **known: Any
) -> None:
    """A function of one number, element by element, of the family that ``module`` is; with ``checked`` its rule raises
    no flag where it is undefined: its results are looked at."""
    over = elementwise_checked if checked else elementwise
    stated = {"gradient": Gradient.RULE, "evidence": Evidence.LIBREOFFICE, **known}
    enter(module, name, "number", lambda a: over(rule, a), about=about, **stated)


def of_numbers(
    module: str,
    name: str,
    takes: str,
    rule: Callable[..., Array | tuple[Array, Array]],
    about: str,
    strict: bool = False,
    **known: Any,
) -> None:
    """A function of some numbers, element by element, whose rule gives NaN for ``#NUM!``, or its numbers together with
    the codes of their errors. ``strict``: one that came with the Analysis ToolPak, which takes no logicals."""
    stated = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE, **known}

    def entered(*arguments: Values) -> Values:
        given = [no_logicals(v) for v in arguments] if strict else arguments
        return judged(rule, *given)

    enter(module, name, takes, entered, about=about, **stated)


def enter(module: str, name: str, takes: str, rule: Rule, **known: Any) -> None:
    """A row whose rule was made here, but belongs to the family that ``module`` is."""
    rule.__module__ = module
    function(name, takes, **known)(rule)


def no_logicals(v: Values) -> Values:
    """The functions that came with the Analysis ToolPak take no logicals, ``#VALUE!``, and no argument left out between
    its commas, ``#N/A``."""
    if is_missing(v):
        return with_errors(v, np.full(v.num.shape, float(NA)))
    if not v.has(LOGICAL):
        return v
    return with_errors(v, np.where(v.kinds() == LOGICAL, float(VALUE), 0.0))


def wrong(bad: npt.NDArray[np.bool_] | np.bool_, code: int = NUM) -> Array:
    """The codes of errors where a condition holds, in its shape, 0 elsewhere."""
    return np.where(bad, float(code), 0.0)
