"""How a function of some amounts and rates is entered into the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values
from sheetsim.excel.backend import Numbers
from sheetsim.excel.maths import MATHS
from sheetsim.functions.arguments import Arguments
from sheetsim.functions.families.mathematics.entering import no_logicals
from sheetsim.functions.families.statistics.distributions.entering import SWITCHES, Formula, as_rule, stated
from sheetsim.functions.table import function
from sheetsim.model.values import NUM

Valid = Callable[..., Any]


def of_amounts(
    module: str,
    name: str,
    takes: str,
    formula: Formula,
    about: str,
    valid: Valid | None = None,
    defaults: Sequence[float] = (),
    strict: bool = False,
    **known: Any,
) -> None:
    """A function of some numbers, of the family that ``module`` is. ``formula`` gets the mathematics of a backend and
    a number for each argument; ``valid`` says where they are within the domain, ``#NUM!`` elsewhere, or gives the codes
    of errors. ``strict``: one that came with the Analysis ToolPak, which takes no logicals but for conditions."""
    rule = as_rule(takes, formula, valid, defaults)
    names = [argument.name for argument in Arguments.read(takes).fixed]

    def entered(*arguments: Values) -> Values:
        if not strict:
            return rule(*arguments)
        return rule(*(v if called in SWITCHES else no_logicals(v) for called, v in zip(names, arguments, strict=False)))

    entered.__module__ = module
    function(name, takes, about=about, **stated(name, known))(entered)


def codes(*wrong: tuple[Any, int]) -> Array:
    """The codes of errors where conditions hold, the first of several, 0 where none does: an array of the shape that
    the conditions broadcast to."""
    found = np.zeros(np.broadcast_shapes(*(np.shape(bad) for bad, _ in wrong)))
    for bad, code in wrong:
        found = np.where((found == 0.0) & bad, float(code), found)
    return found


def num(bad: Any) -> tuple[Any, int]:
    """``#NUM!`` where a condition holds, for ``codes``."""
    return bad, NUM


def constant(m: Any, number: Array) -> Numbers:
    """NumPy's numbers as those of the library whose mathematics these are, of the same shape."""
    return number if m is MATHS else m.backend.constant(np.asarray(number, np.float64))


def safe(m: Any, bad: Any, number: Numbers, instead: float = 1.0) -> Numbers:
    """A number with another in its place where it would do harm; the branch is not taken there."""
    return m.where(bad, instead + 0.0 * number, number)
