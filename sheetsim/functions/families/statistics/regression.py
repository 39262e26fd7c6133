"""Least squares with any number of variables: LINEST, LOGEST, TREND, GROWTH.

y = b + m₁x₁ + … + mₖxₖ. With a constant b the means are taken off first, so that only the slopes are left to find. A
variable that the ones before it tell already gets the slope 0, as Excel has it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, error_value, first_error, outcome, single, trapping, truths
from sheetsim.excel.backend import Numbers
from sheetsim.functions.families.statistics.lists import Mask, side_by_side
from sheetsim.functions.lifting import each_cell, is_missing, same_everywhere
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NA, NUM, REF, VALUE

TOLD = 1e-12  # a variable of which no more is left than this is told by those before it


class Series(NamedTuple):
    """y of shape (rows, columns, n) and x of (rows, columns, n, k), for each cell of the block; ``along`` is the axis
    of the sheet, 2 or 3, along which the n lie, None where x is as y is."""

    y: Numbers
    x: Numbers
    along: int | None
    errors: Array | None
    like: Values


class Fit(NamedTuple):
    """The slopes, (rows, columns, k), the constant, (rows, columns), and what else there is to tell of them."""

    slopes: Numbers
    constant: Numbers
    inverse: Numbers  # the pseudo-inverse, (rows, columns, k, n)
    means: Numbers  # of the variables, (rows, columns, k); 0 without a constant
    total: Numbers  # the sum of squares about the mean, about 0 without a constant
    left: Numbers  # the sum of squares of the residuals
    freedom: Array


def _counting(y: Values) -> Values:
    """{1, 2, 3, …} in the shape of y, for x left out."""
    rows, columns = y.num.shape[2:]
    return Values(np.arange(1.0, rows * columns + 1.0).reshape(1, 1, rows, columns), ref=True)


def _matrix(v: Numbers, shape: tuple[int, int], along: int | None) -> Numbers:
    """A list of cells, (rows, columns, h·w), as variables: (rows, columns, n, k)."""
    if along is None:
        return v[..., None]
    table = v.reshape(*v.shape[:2], *shape)
    return table if along == 2 else table.swapaxes(2, 3)


def _series(y: Values, x: Values | None, log: bool) -> Series | Values:
    """What is to be fitted, or the error that stands in its place."""
    x = _counting(y) if x is None or is_missing(x) else x
    (height, width), shape = y.num.shape[2:], tuple(x.num.shape[2:])
    along = None if shape == (height, width) else 2 if width == 1 else 3 if height == 1 else None
    if along is None and shape != (height, width):
        return error_value(REF)
    if along is not None and shape[along - 2] != height * width:
        return error_value(REF)
    ys, xs = side_by_side(y, x)
    lacking = [
        np.where(~v.used.all(axis=-1), float(VALUE), 0.0)[..., None, None] for v in (ys, xs) if v.used is not None
    ]
    errors = first_error(ys.errors, xs.errors, *lacking)
    num = ys.num
    if log:
        bad = np.asarray(ys.like.of(num).host.num) <= 0.0
        errors = first_error(errors, np.where(bad.any(axis=-1), float(NUM), 0.0)[..., None, None])
        num = ys.backend.maths.log(ys.backend.where(bad, 1.0, num))
    return Series(num, _matrix(xs.num, shape, along), along, errors, ys.like)


def _new_variables(series: Series, k: int) -> Mask:
    """Which variables the ones before them do not tell already: (rows, columns, 1, k)."""
    x = np.asarray(series.like.of(series.x).host.num)
    x = x if k < x.shape[-2] + 1 else x[..., :k]
    size = np.sqrt((x * x).sum(axis=-2, keepdims=True))
    r = np.linalg.qr(x, mode="r")
    left = np.zeros(size.shape)
    diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    left[..., 0, : diagonal.shape[-1]] = diagonal
    return np.asarray(left > TOLD * size)


def _fit(series: Series, constant: bool) -> Fit:
    backend, m = series.like.backend, series.like.backend.maths
    n, k = series.x.shape[-2:]
    zero = 0.0 * series.x[..., 0, :]
    means = backend.running_sum(series.x.swapaxes(-1, -2)) / n if constant else zero
    mean_y = backend.running_sum(series.y) / n if constant else 0.0 * series.y[..., 0]
    x, y = series.x - means[..., None, :], series.y - mean_y[..., None]
    told = _new_variables(series._replace(x=x), k)
    x = backend.where(told, x, 0.0)
    if k == 1:  # Σxy / Σx², which has Excel's bits more often
        square = backend.running_sum(x[..., 0] * x[..., 0])
        square = backend.where(told[..., 0, 0], square, 1.0)
        inverse = x.swapaxes(-1, -2) / square[..., None, None]
        slopes = (backend.running_sum(x[..., 0] * y) / square)[..., None]
    else:
        inverse = m.linalg.pinv(x, rtol=TOLD)
        slopes = (inverse @ y[..., None])[..., 0]
    rest = y - (x @ slopes[..., None])[..., 0]
    freedom = n - told.sum(axis=(-2, -1)).astype(np.float64) - constant
    level = mean_y - (means * slopes).sum(-1)
    return Fit(slopes, level, inverse, means, backend.running_sum(y * y), backend.running_sum(rest * rest), freedom)


def _statistics(fit: Fit, constant: bool, like: Values, n: int) -> tuple[list[list[Numbers]], list[list[Array]]]:
    """The five rows of LINEST, the slopes from the last to the first, and the errors in them."""
    backend = like.backend
    free = np.maximum(fit.freedom, 1.0)
    root, given = backend.root, backend.constant
    variance = fit.left / given(free)
    deviation = root(variance)
    slopes = fit.slopes.shape[-1]
    errors = [deviation * root((fit.inverse[..., j, :] ** 2).sum(-1)) for j in range(slopes)]
    across = (fit.means[..., None, :] @ fit.inverse)[..., 0, :]
    of_level = deviation * root((across**2).sum(-1) + 1.0 / n)
    explained = fit.total - fit.left
    used = given(n - fit.freedom - constant)
    nothing = 0.0 * fit.left
    rows = [
        [*(fit.slopes[..., j] for j in reversed(range(slopes))), fit.constant],
        [*reversed(errors), of_level],
        [explained / fit.total, deviation],
        [explained / used / variance, given(fit.freedom) + nothing],
        [explained, fit.left],
    ]
    none = np.full(fit.freedom.shape, float(NA))
    fine = np.zeros(fit.freedom.shape)
    wrong = [[fine] * len(row) for row in rows]
    if not constant:
        wrong[1][-1] = none
    wrong[3][0] = np.where(fit.freedom <= 0, float(NUM), 0.0)
    for row, codes in zip(rows[2:], wrong[2:], strict=True):
        codes += [none] * (slopes - 1)
        row += [nothing] * (slopes - 1)
    return rows, wrong


def _held(v: Values | None, otherwise: bool) -> Values:
    return single(otherwise) if v is None or is_missing(v) else v.host


def _of_arrays(log: bool, y: Values, x: Values | None, constant: Values | None, all_of_it: Values | None) -> Values:
    switches = [_held(constant, True), _held(all_of_it, False)]
    if not all(same_everywhere(v) for v in switches):
        return each_cell(lambda *v: _of_arrays(log, *v), y, single(None) if x is None else x, *switches)
    (held, wrong), (wanted, wrong_too) = (truths(v) for v in switches)
    series = _series(y, x, log)
    if isinstance(series, Values):
        return series
    with trapping(on=False):
        fit = _fit(series, bool(held.flat[0]))
        rows, codes = _statistics(fit, bool(held.flat[0]), series.like, series.x.shape[-2])
        if log:
            rows[0] = [series.like.backend.maths.exp(v) for v in rows[0]]
        count = 5 if wanted.flat[0] else 1
        backend, width = series.like.backend, len(rows[0])
        flat = backend.joined([v[..., None] for row in rows[:count] for v in row])
        errors = np.stack([code for row in codes[:count] for code in row], axis=-1)
        shape = (*flat.shape[:2], count, width)
        own = errors.reshape(*errors.shape[:2], count, width)
        return outcome(flat.reshape(shape), first_error(series.errors, wrong, wrong_too, own), like=series.like)


def _enter_line(name: str, log: bool, about: str) -> None:
    stated: dict[str, Any] = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE}

    @function(name, "y: array, [x: array], [constant], [statistics]", about=about, **stated)
    def rule(
        y: Values, x: Values | None = None, constant: Values | None = None, statistics: Values | None = None
    ) -> Values:
        return _of_arrays(log, y, x, constant, statistics)


_enter_line("LINEST", False, "The slopes and the constant of least squares, and what there is to say of them.")
_enter_line("LOGEST", True, "The bases and the factor of an exponential curve by least squares of the logarithms.")


# --- the line elsewhere -----------------------------------------------------------------------------------------------
def _along(log: bool, y: Values, x: Values | None, new: Values | None, constant: Values | None) -> Values:
    switch = _held(constant, True)
    series = _series(y, x, log)
    if isinstance(series, Values):
        return series
    x = _counting(y) if x is None or is_missing(x) else x
    new = x if new is None or is_missing(new) else new
    shape = tuple(new.num.shape[2:])
    k = series.x.shape[-1]
    along = series.along if k > 1 else None
    if along is not None and shape[3 - along] != k:
        return error_value(REF)
    held, wrong = truths(switch)
    [at] = side_by_side(new)
    lacking = None if at.used is None else np.where(~at.used.all(axis=-1), float(VALUE), 0.0)[..., None, None]
    with trapping(on=False):
        fit = _fit(series, bool(held.flat[0]))
        places = _matrix(series.like.backend.constant(at.num), shape, along)
        line = (places @ fit.slopes[..., None])[..., 0] + fit.constant[..., None]
        line = series.like.backend.maths.exp(line) if log else line
        size = shape if along is None else (shape[0], 1) if along == 2 else (1, shape[1])
        line = line.reshape(*line.shape[:2], *size)
    return outcome(line, first_error(series.errors, at.errors, lacking, wrong), like=series.like)


def _enter_trend(name: str, log: bool, about: str) -> None:
    stated: dict[str, Any] = {"gradient": Gradient.SHARED, "evidence": Evidence.LIBREOFFICE}

    @function(name, "y: array, [x: array], [at: array], [constant]", about=about, **stated)
    def rule(y: Values, x: Values | None = None, new: Values | None = None, constant: Values | None = None) -> Values:
        return _along(log, y, x, new, constant)


_enter_trend("TREND", False, "The line of least squares at other x.")
_enter_trend("GROWTH", True, "The exponential curve of least squares at other x.")
