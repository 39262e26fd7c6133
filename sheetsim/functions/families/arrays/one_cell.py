"""What the functions of arrays have in common: each works on what one cell sees, and how large its result is may depend
on the values, so the cells of a block are asked one after the other.

Most say where each element of their result comes from (``gathered``): so it holds for tensors too, and a gradient goes
back to where the element was."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds, Values, error_value, foremost, numbers, truths, uniform
from sheetsim.functions.lifting import each_cell, is_missing
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS
from sheetsim.model.values import CALC, VALUE

Places = npt.NDArray[np.int64]
LARGEST = 1 << 24  # elements of an array: 128 MB of numbers


class Wrong(Exception):
    """What was asked for is an error: its code."""

    def __init__(self, code: float):
        super().__init__()
        self.code = int(code)


def of_one_cell(rule: Callable[..., Values]) -> Callable[..., Values]:
    """A rule that is given what one cell sees, shape (1, 1, height, width), for all cells of a block. ``Wrong`` becomes
    its error; an empty array, which Excel does not have, ``#CALC!``."""

    def answer(*arguments: Values) -> Values:
        try:
            result = rule(*arguments)
        except Wrong as error:
            return error_value(error.code)
        return result if 0 not in result.num.shape else error_value(CALC)

    @wraps(rule)
    def answers(*arguments: Values) -> Values:
        alone = all(v.num.shape[:2] == (1, 1) for v in arguments)
        return answer(*arguments) if alone else each_cell(answer, *arguments)

    return answers


def given(v: Values | None) -> bool:
    """Whether an argument is there: neither left out at the end nor between its commas."""
    return v is not None and not is_missing(v)


def number(v: Values | None, usual: float) -> float:
    """The number that an argument is; ``usual`` where it is left out. Raises Wrong."""
    if v is None or is_missing(v):
        return usual
    return float(all_numbers(v).flat[0])


def whole(v: Values | None, usual: int) -> int:
    """The same without its fraction, far beyond a sheet's edge no further."""
    return int(np.trunc(np.clip(number(v, usual), -2.0 * MAX_ROWS, 2.0 * MAX_ROWS)))


def truth(v: Values | None, usual: bool = False) -> bool:
    """The condition that an argument is. Raises Wrong."""
    if v is None or is_missing(v):
        return usual
    return bool(all_truths(v).flat[0])


def all_numbers(v: Values) -> Array:
    """Every element of an argument as a number, of shape (height, width). Raises Wrong with the first error."""
    found, errors = numbers(v.host)
    _refuse(errors)
    return np.asarray(found[0, 0])


def all_truths(v: Values) -> npt.NDArray[np.bool_]:
    """Every element as a condition, of shape (height, width). Raises Wrong with the first error."""
    found, errors = truths(v.host)
    _refuse(errors)
    return np.asarray(found[0, 0], np.bool_)


def _refuse(errors: Array | None) -> None:
    if errors is not None and errors.any():
        raise Wrong(errors[errors > 0][0])


def table(v: Values) -> tuple[Array, Kinds]:
    """The nums and the kinds that one cell sees, each of shape (height, width)."""
    return v.host.num[0, 0], v.kinds()[0, 0]


def numbered(v: Values) -> Places:
    """The places of the elements that one cell sees, counted row by row from 0, of shape (height, width)."""
    height, width = v.num.shape[2:]
    return np.arange(height * width).reshape(height, width)


def gathered(places: Places, *sources: Values) -> Values:
    """The elements at these places, (height, width), of the sources laid end to end, each row by row. As in a range,
    SUM skips texts among them. Raises Wrong for too many.

    >>> one = Values(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> gathered(numbered(one).T, one).num[0, 0].tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    refuse_larger(*places.shape)
    like = foremost(*sources)
    num = like.backend.taken(like.backend.joined([v.num.reshape(-1) for v in sources]), places.ravel())
    kinds = np.concatenate([v.kinds().ravel() for v in sources])[places]
    return like.of(num.reshape(1, 1, *places.shape), uniform(kinds[None, None]), True)


def refuse_larger(height: int, width: int) -> None:
    """Raises Wrong for an array that is larger than a sheet, or than memory should hold."""
    if height > MAX_ROWS or width > MAX_COLUMNS or height * width > LARGEST:
        raise Wrong(VALUE)


def lines(v: Values, rows: Places | slice, columns: Places | slice) -> Values:
    """Some rows and columns, by their places counted from 0."""
    return gathered(numbered(v)[rows][:, columns], v)


def turned(v: Values) -> Values:
    """Rows as columns."""
    kind = v.kind if isinstance(v.kind, int) else v.kind.swapaxes(2, 3)
    return v.of(v.backend.transposed(v.num, (0, 1, 3, 2)), kind, v.ref)
