"""Unsupported values among a function's arguments: no function may count them, catch them or pass them over.

An unsupported value is an error by its kind, so operators and most functions pass it on as they pass on any error. But
``COUNT`` leaves errors out, ``ISERROR`` answers TRUE, ``MATCH`` goes on to the next cell: what they would answer is not
known either. So the result of every function is looked at here, once for all rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arrays import Values, first_error, with_errors
from sheetsim.functions.arguments import Want
from sheetsim.functions.table import Function
from sheetsim.model.values import ERROR, UNSUPPORTED

Codes = npt.NDArray[np.float64]


def unsupported_in(v: Values) -> Codes | None:
    """The codes of the unsupported values, 0 elsewhere, of the values' own shape; None if there are none."""
    if not v.has(ERROR):
        return None
    codes = np.where((v.kinds() == ERROR) & (v.host.num >= UNSUPPORTED), v.host.num, 0.0)
    return codes if codes.any() else None


def any_unsupported(v: Values) -> Codes | None:
    """For each cell of the block the code of an unsupported value somewhere in what it sees, or 0: of shape (rows,
    columns, 1, 1). None if there is none at all."""
    codes = unsupported_in(v)
    return None if codes is None else codes.max(axis=(2, 3), keepdims=True)


def passed_on(row: Function, arguments: Sequence[Any], result: Any) -> Any:
    """The result of a function, unsupported where an argument that it looked at is.

    Of the branches of ``IF`` and its like (``same``) only the one chosen counts, and the result shows which; so it is
    with the cells that ``INDEX`` picks, as ``Function.picks`` says, unless not even the size of what it picks from is
    known. A reference is looked at when it is read."""
    if not isinstance(result, Values):
        return result
    found: Codes | None = None
    for place, v in enumerate(arguments):
        want = row.arguments.want(place)
        if not isinstance(v, Values) or want is Want.SAME:
            continue
        if row.picks and want is not Want.ONE and (v.ref or tuple(v.num.shape[2:]) != (1, 1)):
            continue
        codes = unsupported_in(v) if want is Want.ONE else any_unsupported(v)
        if codes is not None:
            if not _fits(codes, result):
                codes = codes.max(axis=(2, 3), keepdims=True)
            found = first_error(found, codes)
    return result if found is None else with_errors(result, found)


def _fits(codes: Codes, result: Values) -> bool:
    """Whether each unsupported element stands where the result has the element made of it."""
    return all(n in (1, m) for n, m in zip(codes.shape[2:], result.num.shape[2:], strict=True))
