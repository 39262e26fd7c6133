"""MAXIFS and MINIFS: extremes of the numbers beside cells that meet criteria (the sums are in ``criteria.py``)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, outcome
from sheetsim.functions.criteria import masks, paired, same_size
from sheetsim.functions.lifting import seen_from
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import ERROR, NUMBER, VALUE


def _extreme(of: Callable[[Array], float], target: Values, arguments: tuple[Values, ...]) -> Values:
    """The extreme of the numbers where all criteria are met, 0 where there are none."""
    asked = paired(arguments)
    if asked is None or not same_size(target, asked[0][0]):
        return error_value(VALUE)
    shape = np.broadcast_shapes(*(v.num.shape[:2] for v in (target, *arguments)))
    num, errors, kinds = np.zeros((*shape, 1, 1)), np.zeros((*shape, 1, 1)), target.kinds()
    for r, c, held in masks(*asked, (*shape, 1, 1)):
        own = seen_from(target, r, c)
        chosen, kind = target.num[own][held], kinds[own][held]
        numbers, wrong = chosen[kind == NUMBER], chosen[kind == ERROR]
        num[r, c] = of(numbers) if len(numbers) else 0.0
        errors[r, c] = wrong[0] if len(wrong) else 0.0
    return outcome(num, errors)


def _enter(name: str, of: Callable[[Array], float], about: str) -> None:
    takes = f"{name[:3].lower()}: array, (range: array, criterion)…"
    enter = function(name, takes, about=about, gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE, prefix=NEWER)
    enter(lambda target, *arguments: _extreme(of, target, arguments))


_enter("MAXIFS", np.max, "The largest number at the places that meet all criteria, 0 if there is none.")
_enter("MINIFS", np.min, "The smallest number at the places that meet all criteria, 0 if there is none.")
