"""Values, and whole arrays of them, as texts: as they look, or as they would stand in a formula."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values, error_value, fitted, numbers, single
from sheetsim.excel.texts import text_values, value_text
from sheetsim.functions.lifting import each_cell, of_each_way
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import ERROR, TEXT, VALUE, decode

ZERO = single(0)
CONCISE, STRICT = 0, 1


def _shown(num: float, kind: int, strict: bool) -> str:
    if kind == ERROR:
        return str(decode(num, kind))
    text = value_text(num, kind)
    return '"' + text.replace('"', '""') + '"' if strict and kind == TEXT else text


def _form(v: Values) -> int | None:
    """Which of the two forms is asked for; None for any other."""
    num, errors = numbers(v)
    asked = int(np.clip(np.trunc(num.flat[0]), -1, 2))
    return asked if errors is None and asked in (CONCISE, STRICT) else None


@function("VALUETOTEXT", "value, [form]", prefix=NEWER, gradient=Gradient.FLAT)
def valuetotext(v: Values, form: Values = ZERO) -> Values:
    """A value as a text; form 1 puts quotes around a text."""
    v, form = fitted(v, form)
    return of_each_way(lambda way: _each_shown(v, way), form)


def _each_shown(v: Values, form: Values) -> Values:
    if _form(form) is None:
        return error_value(VALUE)
    pairs = zip(v.num.ravel().tolist(), v.kinds().ravel().tolist(), strict=True)
    return text_values([_shown(num, kind, _form(form) == STRICT) for num, kind in pairs], v.num.shape)


@function("ARRAYTOTEXT", "cells: array, [form]", prefix=NEWER, gradient=Gradient.FLAT)
def arraytotext(v: Values, form: Values = ZERO) -> Values:
    """All values of an array as one text, parted by commas; form 1 as it would stand in a formula."""
    return each_cell(_listed, v, form)


def _listed(v: Values, form: Values) -> Values:
    """One cell's array."""
    strict = _form(form)
    if strict is None:
        return error_value(VALUE)
    height, width = v.num.shape[2:]
    pairs = zip(v.num.ravel().tolist(), v.kinds().ravel().tolist(), strict=True)
    shown = [_shown(num, kind, strict == STRICT) for num, kind in pairs]
    if strict == CONCISE:
        return text_values([", ".join(shown)], (1, 1, 1, 1))
    rows = [",".join(shown[row * width : (row + 1) * width]) for row in range(height)]
    return text_values(["{" + ";".join(rows) + "}"], (1, 1, 1, 1))
