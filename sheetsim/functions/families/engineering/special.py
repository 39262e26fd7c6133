"""The error function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, judged
from sheetsim.functions.families.mathematics.entering import no_logicals, of_numbers
from sheetsim.functions.table import NEWER, Evidence, Gradient, function


def of_scipy(name: str) -> Callable[..., Any]:
    """A function of ``scipy.special``, imported when it is first called."""

    def rule(*arguments: Array) -> Any:
        from scipy import special

        return getattr(special, name)(*arguments)

    return rule


erf, erfc = of_scipy("erf"), of_scipy("erfc")


@function("ERF", "lower, [upper]", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def error_function(lower: Values, upper: Values | None = None) -> Values:
    """The error function, the integral of 2/√π exp(-t²) from 0 to a number, or from one number to another."""
    if upper is None:
        return judged(erf, no_logicals(lower))
    return judged(lambda a, b: erf(b) - erf(a), no_logicals(lower), no_logicals(upper))


def _enter(name: str, rule: Callable[[Array], Array], about: str, prefix: str = "") -> None:
    of_numbers(__name__, name, "number", rule, about, strict=True, prefix=prefix, gradient=Gradient.RULE)


_enter("ERF.PRECISE", erf, "The error function from 0 to a number.", NEWER)
_enter("ERFC", erfc, "1 less the error function of a number.")
_enter("ERFC.PRECISE", erfc, "1 less the error function of a number.", NEWER)
