"""Arrays of values: what travels between the operators and functions of a formula.

Every array has four axes: (rows of the block, columns of the block, height, width). A block is computed at once, so the
first two run over the cells that share the formula, or are 1 where all of them see the same; the last two are the
array that one of those cells sees, 1 × 1 for a single value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array, normal
from sheetsim.excel.backend import NUMPY, Backend, Numbers
from sheetsim.excel.number_text import text_number
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NA, NUM, NUMBER, TEXT, TEXTS, VALUE, encode

Kinds = npt.NDArray[np.uint8]


class Values:
    """``num`` (four axes) and ``kind``: one int where all elements are of that kind, else an array like ``num``.
    ``ref`` says that it was read from cells: functions such as SUM skip texts and logicals there.

    ``tensors/traced.py`` has a kind of Values whose numbers are a tensor. The functions of this module that say what
    they do by what a ``backend`` gives take both.
    """

    __slots__ = ("kind", "num", "ref")

    def __init__(self, num: Array, kind: int | Kinds = NUMBER, ref: bool = False):
        self.num = num
        self.kind = kind
        self.ref = ref

    @property
    def backend(self) -> Backend:
        """What these numbers are worked on with."""
        return NUMPY

    @property
    def host(self) -> Values:
        """The same as NumPy's arrays."""
        return self

    def of(self, num: Numbers, kind: int | Kinds = NUMBER, ref: bool = False) -> Self:
        """Other values whose numbers are of the same library."""
        return type(self)(num, kind, ref)

    def kinds(self) -> Kinds:
        """The kinds as an array, whether or not they are all the same."""
        if isinstance(self.kind, int):
            return np.full(tuple(self.num.shape), self.kind, dtype=np.uint8)
        return self.kind

    def has(self, kind: int) -> bool:
        """Whether some element is of that kind."""
        return self.kind == kind if isinstance(self.kind, int) else bool((self.kind == kind).any())

    def only(self, kind: int) -> bool:
        """Whether all elements are known to be of that kind."""
        return isinstance(self.kind, int) and self.kind == kind

    def broadcast(self, shape: tuple[int, ...]) -> Values:
        """The same values broadcast to a shape."""
        if self.num.shape == shape:
            return self
        kind = self.kind if isinstance(self.kind, int) else np.broadcast_to(self.kind, shape)
        return self.of(self.backend.broadcast(self.num, shape), kind, self.ref)

    def part(self, rows: slice, columns: slice) -> Values:
        """What some cells of the block see."""
        kind = self.kind if isinstance(self.kind, int) else self.kind[rows, columns]
        return self.of(self.num[rows, columns], kind, self.ref)

    def corner(self) -> Self:
        """The first element of each cell's array: what a cell of its own shows of an array."""
        if self.num.shape[2:] == (1, 1):
            return self
        kind = self.kind if isinstance(self.kind, int) else self.kind[:, :, :1, :1]
        return self.of(self.num[:, :, :1, :1], kind)


PLAIN = Values(np.zeros((1, 1, 1, 1)))  # of NumPy's, as an example


def single(value: Any) -> Values:
    """One Python value as an array of shape (1, 1, 1, 1)."""
    num, kind = encode(value)
    return Values(np.full((1, 1, 1, 1), num), kind)


def error_value(code: int) -> Values:
    """An error by its code (``values.DIV0``, ``NA``, …) as an array of shape (1, 1, 1, 1)."""
    return Values(np.full((1, 1, 1, 1), float(code)), ERROR)


def uniform(kinds: Kinds) -> int | Kinds:
    """One int if all kinds are the same, else the array itself."""
    if kinds.size == 0:
        return BLANK
    first = kinds.flat[0]
    return int(first) if (kinds == first).all() else kinds


def common_shape(*arrays: Values) -> tuple[int, ...]:
    """The four axes that the arrays broadcast to; ValueError where two lengths differ and neither is 1 (see
    ``fitted``)."""
    return np.broadcast_shapes(*(a.num.shape for a in arrays))


def foremost(*arrays: Values) -> Values:
    """The one whose backend serves for all: the first that is no NumPy array, if there is one."""
    for array in arrays:
        if array.backend is not NUMPY:
            return array
    return arrays[0]


def fitted(*arrays: Values) -> tuple[Values, ...]:
    """The same arrays where their sizes go together. A single row or column repeats; where two arrays are of different
    lengths, the shorter one goes on as ``#N/A``: ``{1;2;3}+{1;2}`` is ``{2;4;#N/A}``."""
    windows = {a.num.shape[2:] for a in arrays}
    if len(windows) == 1:
        return arrays
    height, width = (max(sizes) for sizes in zip(*windows, strict=True))
    if all(h in (1, height) and w in (1, width) for h, w in windows):
        return arrays
    return tuple(_extended(a, height, width) for a in arrays)


def _extended(v: Values, height: int, width: int) -> Values:
    rows, columns = v.num.shape[2:]
    down, right = height - rows if rows > 1 else 0, width - columns if columns > 1 else 0
    if not down and not right:
        return v
    return v.of(v.backend.pad(v.num, down, right, float(NA)), NUMPY.pad(v.kinds(), down, right, ERROR), v.ref)


def laid_out(rows: list[list[Values]]) -> Values:
    """Single values of each cell of a block as one array that each cell sees."""
    shape = np.broadcast_shapes(*(v.num.shape for row in rows for v in row))
    every = [[v.broadcast(shape) for v in row] for row in rows]
    like = foremost(*(v for row in every for v in row))
    num = like.backend.joined([like.backend.joined([v.num for v in row], axis=3) for row in every], axis=2)
    kind = np.concatenate([np.concatenate([v.kinds() for v in row], axis=3) for row in every], axis=2)
    return like.of(num, uniform(kind))


def is_plain(*arrays: Values) -> bool:
    """Whether arithmetic needs no look at the kinds: all numbers, logicals or blanks (a blank's num is 0)."""
    for array in arrays:
        kind = array.kind
        if not isinstance(kind, int) or kind in (TEXT, ERROR):
            return False
    return True


def numbers(v: Values) -> tuple[Numbers, Array | None]:
    """The values as numbers and, where some are none, the codes of their errors (0 for no error)."""
    if isinstance(v.kind, int) and v.kind not in (TEXT, ERROR):
        return v.num, None
    kinds, codes = v.kinds(), v.host.num
    texts, wrong = kinds == TEXT, kinds == ERROR
    errors = np.where(wrong, codes, 0.0)
    instead = np.zeros(codes.shape)  # what texts are worth
    if texts.any():
        places = codes[texts].tolist()
        found = {place: text_number(TEXTS[place]) for place in set(places)}
        instead[texts] = [found[place] or 0.0 for place in places]
        errors[texts] = [VALUE if found[place] is None else 0.0 for place in places]
    return v.backend.where(texts | wrong, instead, v.num), errors if errors.any() else None


def first_error(*errors: Array | None) -> Array | None:
    """The leftmost error of several operands, element by element."""
    found: Array | None = None
    for error in errors:
        if error is not None:
            found = error if found is None else np.where(found > 0, found, error)
    return found


def outcome(num: Numbers, errors: Array | None, kind: int = NUMBER, like: Values = PLAIN) -> Values:
    """Results with the errors put in their places; a result that is not finite is ``#NUM!``, one that is too small for
    Excel 0. The numbers are of the library of ``like``."""
    if like.backend is NUMPY:
        num = without_subnormal(num)
    result = like.of(num, kind)
    finite = np.isfinite(result.host.num)
    if not finite.all():
        own = np.where(finite, 0.0, float(NUM))
        errors = first_error(errors, own)
    if errors is None or not errors.any():
        return result
    bad = np.broadcast_to(errors > 0, np.broadcast_shapes(finite.shape, errors.shape))
    return like.of(like.backend.where(bad, errors, num), np.where(bad, np.uint8(ERROR), np.uint8(kind)))


_traps: ContextVar[bool] = ContextVar("traps", default=False)


@contextmanager
def trapping(on: bool = True) -> Iterator[None]:
    """Within it an overflow, an underflow, a division by zero or a NaN raises FloatingPointError, so that nobody need
    look at each result (``unlooked``). Programs run within it, wherever they are run; ``on=False`` turns it off for a
    part."""
    before = _traps.set(on)
    how: Any = "raise" if on else "ignore"
    try:
        with np.errstate(divide=how, over=how, invalid=how, under=how):
            yield
    finally:
        _traps.reset(before)


#: A subnormal number times this raises the flag of an underflow; any other but the smallest of all raises none.
NEARLY_ONE = 1.0 - 2.0**-53


def without_subnormal(num: Array) -> Array:
    """The same numbers, 0 in place of those too small for Excel. Flags, where they are trapped, tell in one pass."""
    if _traps.get():
        try:
            np.multiply(num, NEARLY_ONE)
            return num
        except FloatingPointError:
            pass
    return normal(num)


def unlooked(rule: Callable[..., Array], *arrays: Values, kind: int = NUMBER) -> Values | None:
    """The common case: a rule on plain numbers that raises no floating-point flag. None in any other case, and where
    flags are not trapped, so that somebody must look at the results."""
    if _traps.get() and is_plain(*arrays):
        try:
            return Values(rule(*(a.num for a in arrays)), kind)
        except FloatingPointError:
            pass
    return None


def elementwise(rule: Callable[..., Array], *arrays: Values, kind: int = NUMBER) -> Values:
    """Applies a numeric rule element by element, Excel's errors travelling through."""
    arrays = fitted(*arrays)
    result = unlooked(rule, *arrays, kind=kind)
    if result is not None:
        return result
    worths, errors = zip(*(numbers(a) for a in arrays), strict=True)
    with trapping(on=False):  # so that numbers too small are looked for, flags or not
        return outcome(np.asarray(rule(*worths)), first_error(*errors), kind)


def elementwise_checked(rule: Callable[..., Array], *arrays: Values) -> Values:
    """``elementwise`` for a rule that answers NaN or infinity where it is undefined and raises no flag."""
    result = elementwise(rule, *arrays)
    return outcome(result.num, None) if result.only(NUMBER) else result


def judged(rule: Callable[..., Array | tuple[Array, Array]], *arrays: Values, kind: int = NUMBER) -> Values:
    """``elementwise`` for a rule that is seldom plain: it answers NaN for ``#NUM!``, or gives its numbers together with
    the codes of the errors in their place, 0 for none. No floating-point flag is raised."""
    worths, errors = zip(*(numbers(a) for a in fitted(*arrays)), strict=True)
    with trapping(on=False):
        found = rule(*worths)
        num, own = found if isinstance(found, tuple) else (found, None)
        return outcome(np.asarray(num, np.float64), first_error(*errors, own), kind)


def numbers_or_error(v: Values) -> Values:
    """The values with texts turned into numbers where they look like one: what a function does with an argument."""
    if is_plain(v):
        return v if v.kind == NUMBER else Values(v.num)
    return outcome(*numbers(v))


def truths(v: Values) -> tuple[npt.NDArray[np.bool_], Array | None]:
    """The values as conditions, and the errors of those that are none."""
    if isinstance(v.kind, int) and v.kind not in (TEXT, ERROR):
        return v.num != 0, None
    kinds = v.kinds()
    errors = np.where(kinds == ERROR, v.num, 0.0)
    texts = kinds == TEXT
    true = (v.num != 0) & ~texts
    if texts.any():
        words = [TEXTS[place].upper() for place in v.num[texts].tolist()]
        true[texts] = [word == "TRUE" for word in words]
        errors[texts] = [0.0 if word in ("TRUE", "FALSE") else VALUE for word in words]
    return true, errors if errors.any() else None


def choose(condition: npt.NDArray[np.bool_], yes: Values, no: Values) -> Values:
    """``yes`` where the condition holds, ``no`` elsewhere."""
    if not condition.shape[2:] == yes.num.shape[2:] == no.num.shape[2:]:
        held, yes, no = fitted(Values(condition.astype(np.float64), LOGICAL), yes, no)
        if held.num.shape != condition.shape:  # beyond the conditions there is only #N/A
            return with_errors(choose(held.num == 1.0, yes, no), np.where(held.kinds() == ERROR, held.num, 0.0))
    like = foremost(yes, no)
    num = like.backend.where(condition, yes.num, no.num)
    if isinstance(yes.kind, int) and no.only(yes.kind):
        return like.of(num, yes.kind)
    kind = np.where(condition, np.asarray(yes.kind, np.uint8), np.asarray(no.kind, np.uint8))
    return like.of(num, uniform(np.broadcast_to(kind, tuple(num.shape))))


def with_errors(v: Values, errors: Array | None) -> Values:
    """The values, replaced by an error where there is one."""
    if errors is None or not errors.any():
        return v
    return choose(errors > 0, Values(errors, ERROR), v)


def filled(v: Values) -> Values:
    """What a cell holds of a result: 0 for a blank, and for what no cell holds: -0, and what is too small."""
    num = v.num + 0.0 if v.backend is not NUMPY else without_subnormal(v.num + 0.0)  # -0.0 + 0.0 is 0.0
    if isinstance(v.kind, int):
        return v.of(num, NUMBER if v.kind == BLANK else v.kind)
    return v.of(num, np.where(v.kind == BLANK, np.uint8(NUMBER), v.kind))
