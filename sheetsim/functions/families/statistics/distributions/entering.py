"""How a function of some numbers is entered into the table whose formula is that of a textbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, fitted, foremost, numbers, outcome, trapping, truths
from sheetsim.excel.backend import Numbers
from sheetsim.functions.arguments import Arguments
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import NUM, TEXT

Mask = npt.NDArray[np.bool_]
Formula = Callable[..., Numbers]
SWITCHES = ("cumulative", "from_issue")  # the arguments that are conditions
WHOLE = {"trials", "successes", "failures", "freedom", "freedom2", "sample", "population", "among", "tails", "most"}


def of_numbers(
    name: str,
    takes: str,
    formula: Formula,
    about: str,
    valid: Callable[..., Any] | None = None,
    defaults: Sequence[float] = (),
    **known: Any,
) -> None:
    """A function of some numbers. ``formula`` gets the mathematics of a backend (``exp``, ``gammainc`` …) and a number
    for each argument, or an array of them; ``valid`` says where they are within the domain, ``#NUM!`` elsewhere, or
    gives the codes of errors.

    The arguments that ``WHOLE`` names lose their decimals. Those left out at the end are taken from ``defaults``."""
    function(name, takes, about=about, **stated(name, known))(as_rule(takes, formula, valid, defaults))


def stated(name: str, known: dict[str, Any]) -> dict[str, Any]:
    """What is known of a row, with what goes without saying."""
    prefix = NEWER if "." in name else ""
    return {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE, "prefix": prefix, **known}


def as_rule(
    takes: str, formula: Formula, valid: Callable[..., Any] | None = None, defaults: Sequence[float] = ()
) -> Callable[..., Values]:
    """The rule of a formula of plain numbers, as ``of_numbers`` describes it."""
    names = [argument.name for argument in Arguments.read(takes).fixed]
    first_default = len(names) - len(defaults)

    def entered(*arguments: Values) -> Values:
        left_out = (_default(defaults[k - first_default]) for k in range(len(arguments), len(names)))
        given = fitted(*arguments, *left_out)
        like = foremost(*given)
        with trapping(on=False):
            read = [_read(called, v) for called, v in zip(names, given, strict=True)]
            nums, errors = [num for num, _ in read], first_error(*(wrong for _, wrong in read))
            codes = np.zeros(()) if valid is None else _codes(valid(*(host(v) for v in nums)))
            good = codes == 0.0
            errors = errors if good.all() else first_error(errors, codes)
            nums = [v if called in SWITCHES else _safe(v, good, like) for called, v in zip(names, nums, strict=True)]
            return outcome(formula(like.backend.maths, *nums), errors, like=like)

    return entered


def _default(number: float) -> Values:
    return Values(np.full((1, 1, 1, 1), number))


def _codes(found: Any) -> Array:
    """The codes of errors: 0 within the domain, else ``#NUM!`` where nothing else is said."""
    found = np.asarray(found)
    return np.where(found, 0.0, float(NUM)) if found.dtype == bool else found


def _safe(num: Numbers, good: Mask, like: Values) -> Numbers:
    """The numbers as those of ``like``, a harmless one outside the domain."""
    return like.backend.constant(num if good.all() else like.backend.where(good, num, 0.5))


def _read(called: str, v: Values) -> tuple[Numbers, Array | None]:
    if called in SWITCHES:
        held, errors = truths(v.host) if v.has(TEXT) else _nonzero(v.host)
        return held, errors
    if called in WHOLE:
        num, errors = numbers(v.host)
        return np.trunc(num), errors
    return numbers(v)


def _nonzero(v: Values) -> tuple[Mask, Array | None]:
    num, errors = numbers(v)
    return num != 0, errors


def host(num: Numbers) -> Any:
    """A number or array of them as NumPy's."""
    return num if isinstance(num, np.ndarray) else num.detach().cpu().numpy()


def either(maths: Any, cumulative: Mask, below: Callable[[], Numbers], density: Callable[[], Numbers]) -> Numbers:
    """The probability below where ``cumulative`` holds, the density elsewhere; only what is asked for is computed."""
    if cumulative.all():
        return below()
    return maths.where(cumulative, below(), density()) if cumulative.any() else density()
