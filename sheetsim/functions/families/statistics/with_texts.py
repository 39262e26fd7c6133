"""AVERAGEA and its kin, for which texts in cells count as 0, and logicals as 0 and 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetsim.excel.arrays import Values, uniform
from sheetsim.functions.families.statistics.lists import is_direct
from sheetsim.functions.lifting import Rule
from sheetsim.functions.table import FUNCTIONS, Evidence, Gradient, function
from sheetsim.model.values import LOGICAL, NUMBER, TEXT


def counted(v: Values) -> Values:
    """The cells with a number in place of each text and logical."""
    if is_direct(v) or not (v.has(TEXT) or v.has(LOGICAL)):
        return v
    kinds = v.kinds()
    num = v.backend.where(kinds == TEXT, 0.0, v.num)
    return v.of(num, uniform(np.where((kinds == TEXT) | (kinds == LOGICAL), np.uint8(NUMBER), kinds)), v.ref)


def _with_texts(rule: Rule) -> Callable[..., Any]:
    return lambda *arguments: rule(*map(counted, arguments))


OF = {
    "AVERAGEA": ("AVERAGE", "The mean, texts counting as 0 and TRUE as 1."),
    "MAXA": ("MAX", "The largest number, texts counting as 0 and TRUE as 1."),
    "MINA": ("MIN", "The smallest number, texts counting as 0 and TRUE as 1."),
    "VARA": ("VAR", "The variance, estimated from a sample, texts counting as 0 and TRUE as 1."),
    "VARPA": ("VARP", "The variance of a whole population, texts counting as 0 and TRUE as 1."),
    "STDEVA": ("STDEV", "The standard deviation, estimated from a sample, texts counting as 0 and TRUE as 1."),
    "STDEVPA": ("STDEVP", "The standard deviation of a whole population, texts counting as 0 and TRUE as 1."),
}
for _name, (_plain, _about) in OF.items():
    _stated: dict[str, Any] = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE}
    function(_name, "value: range…", about=_about, passes_over_blanks=True, **_stated)(
        _with_texts(FUNCTIONS[_plain].rule)
    )
