"""Matrix functions."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arithmetic import Array, matrix_product
from sheetsim.excel.arrays import Values, error_value, first_error, numbers, outcome, single, with_errors
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import ERROR, NUM, NUMBER, VALUE


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


# --- determinant and inverse ------------------------------------------------------------------------------------------
def _square(v: Values) -> Array | None:
    """The codes of the errors of what is no square matrix of numbers, of shape (rows, columns, 1, 1); None for none."""
    if v.num.shape[2] != v.num.shape[3]:
        return np.full((1, 1, 1, 1), float(VALUE))
    if v.only(NUMBER):
        return None
    kinds = v.kinds()
    errors = np.where(kinds == ERROR, v.num, 0.0).reshape(*kinds.shape[:2], -1)
    first = np.take_along_axis(errors, (errors != 0).argmax(-1)[..., None], -1)[..., None]
    bad = np.where((kinds != NUMBER).any(axis=(2, 3))[..., None, None], float(VALUE), 0.0)
    return first_error(first, bad)


@function("MDETERM", "matrix: array", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def mdeterm(v: Values) -> Values:
    """The determinant of a square matrix; ``#VALUE!`` where a cell holds no number."""
    errors = _square(v)
    if v.num.shape[2] != v.num.shape[3]:
        return error_value(VALUE)
    with np.errstate(all="ignore"):
        result = np.linalg.det(_harmless(v, errors))
    return outcome(result[..., None, None], errors)


@function("MINVERSE", "matrix: array", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def minverse(v: Values) -> Values:
    """The inverse of a square matrix; ``#NUM!`` where it has none."""
    errors = _square(v)
    if v.num.shape[2] != v.num.shape[3]:
        return error_value(VALUE)
    matrix = _harmless(v, errors)
    with np.errstate(all="ignore"):
        singular = np.where(np.linalg.det(matrix) == 0, float(NUM), 0.0)[..., None, None]
        result = np.linalg.inv(np.where(singular > 0, np.eye(matrix.shape[-1]), matrix))
    wrong = first_error(errors, singular)
    return outcome(result, None if wrong is None else np.broadcast_to(wrong, result.shape))


def _harmless(v: Values, errors: Array | None) -> Array:
    """The matrices, a unit matrix in place of what is none."""
    return v.num if errors is None else np.where(errors > 0, np.eye(v.num.shape[-1]), v.num)


MOST_OF_UNIT = 1000  # rows of MUNIT


@function("MUNIT", "size: size", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def munit(size: Values) -> Values:
    """The unit matrix of so many rows."""
    count, errors = numbers(size)
    if errors is not None:
        return with_errors(single(0), errors)
    rows = int(np.trunc(count.flat[0]))
    if not 1 <= rows <= MOST_OF_UNIT:
        return error_value(VALUE)
    return Values(np.eye(rows)[None, None])
