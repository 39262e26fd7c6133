"""Matrix functions."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arithmetic import matrix_product
from sheetsim.excel.arrays import Values, error_value, outcome
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NUMBER, VALUE


@function("MMULT", "a: array, b: array", gradient=Gradient.RULE, evidence=Evidence.EXCEL)
def mmult(a: Values, b: Values) -> Values:
    """The matrix product, (n, k) × (k, m) → (n, m). A cell that holds no number makes it ``#VALUE!``."""
    if a.num.shape[3] != b.num.shape[2]:
        return error_value(VALUE)
    with np.errstate(all="ignore"):
        result = matrix_product(a.num, b.num)
    if all(isinstance(v.kind, int) and v.kind == NUMBER for v in (a, b)):
        return outcome(result, None)
    bad = (a.kinds() != NUMBER).any(axis=(2, 3)) | (b.kinds() != NUMBER).any(axis=(2, 3))
    errors = np.where(bad, float(VALUE), 0.0)[:, :, None, None]
    return outcome(result, np.broadcast_to(errors, result.shape))


@function("TRANSPOSE", "array: array", picks=True, gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def transpose(v: Values) -> Values:
    """The rows as columns and the columns as rows."""
    kind = v.kind if isinstance(v.kind, int) else v.kind.swapaxes(2, 3)
    return Values(v.num.swapaxes(2, 3), kind, v.ref)
