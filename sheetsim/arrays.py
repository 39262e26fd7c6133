"""Arrays of values: what travels between the operators and functions of a formula.

Every array has four axes: (rows of the block, columns of the block, height, width). A block is computed at once, so the
first two run over the cells that share the formula, or are 1 where all of them see the same; the last two are the
array that one of those cells sees, 1 × 1 for a single value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.arithmetic import Array
from sheetsim.values import BLANK, ERROR, LOGICAL, NUM, NUMBER, TEXT, TEXTS, VALUE, decode, encode

Kinds = npt.NDArray[np.uint8]


class Values:
    """``num`` (four axes) and ``kind``: one int where all elements are of that kind, else an array like ``num``.
    ``ref`` says that it was read from cells: functions such as SUM skip texts and logicals there."""

    __slots__ = ("num", "kind", "ref")

    def __init__(self, num: Array, kind: int | Kinds = NUMBER, ref: bool = False):
        self.num = num
        self.kind = kind
        self.ref = ref

    def kinds(self) -> Kinds:
        """The kinds as an array, whether or not they are all the same."""
        if isinstance(self.kind, int):
            return np.full(self.num.shape, self.kind, dtype=np.uint8)
        return self.kind

    def has(self, kind: int) -> bool:
        """Whether some element is of that kind."""
        return self.kind == kind if isinstance(self.kind, int) else bool((self.kind == kind).any())

    def spread(self, shape: tuple[int, ...]) -> Values:
        """The same values broadcast to a shape."""
        if self.num.shape == shape:
            return self
        kind = self.kind if isinstance(self.kind, int) else np.broadcast_to(self.kind, shape)
        return Values(np.broadcast_to(self.num, shape), kind, self.ref)

    def corner(self) -> Values:
        """The first element of each cell's array: what a cell of its own shows of an array."""
        if self.num.shape[2:] == (1, 1):
            return self
        kind = self.kind if isinstance(self.kind, int) else self.kind[:, :, :1, :1]
        return Values(self.num[:, :, :1, :1], kind)


def single(value: Any) -> Values:
    """One Python value as an array of shape (1, 1, 1, 1)."""
    num, kind = encode(value)
    return Values(np.full((1, 1, 1, 1), num), kind)


def error_value(code: int) -> Values:
    return Values(np.full((1, 1, 1, 1), float(code)), ERROR)


def uniform(kinds: Kinds) -> int | Kinds:
    """One int if all kinds are the same, else the array itself."""
    if kinds.size == 0:
        return BLANK
    first = kinds.flat[0]
    return int(first) if (kinds == first).all() else kinds


def common_shape(*arrays: Values) -> tuple[int, ...]:
    return np.broadcast_shapes(*(a.num.shape for a in arrays))


def is_plain(*arrays: Values) -> bool:
    """Whether arithmetic needs no look at the kinds: all numbers, logicals or blanks (a blank's num is 0)."""
    for array in arrays:
        kind = array.kind
        if not isinstance(kind, int) or kind in (TEXT, ERROR):
            return False
    return True


_NUMERIC_TEXT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def text_number(text: str) -> float | None:
    """What a text is worth in arithmetic: ``" 12.5%"`` is 0.125, ``"abc"`` is nothing."""
    text = text.strip()
    percent = text.endswith("%")
    text = text[:-1].rstrip() if percent else text
    if not _NUMERIC_TEXT.match(text):
        return None
    number = float(text)
    return number / 100 if percent else number


def numbers(v: Values) -> tuple[Array, Array | None]:
    """The values as numbers and, where some are none, the codes of their errors (0 for no error)."""
    if isinstance(v.kind, int):
        if v.kind == ERROR:
            return np.zeros(v.num.shape), v.num
        if v.kind != TEXT:
            return v.num, None
    kinds = v.kinds()
    worth = np.where((kinds == TEXT) | (kinds == ERROR), 0.0, v.num)
    errors = np.where(kinds == ERROR, v.num, 0.0)
    texts = kinds == TEXT
    if texts.any():
        found = {place: text_number(TEXTS[place]) for place in np.unique(v.num[texts]).tolist()}
        places = v.num[texts].tolist()
        worth[texts] = [found[place] or 0.0 for place in places]
        errors[texts] = [VALUE if found[place] is None else 0.0 for place in places]
    return worth, errors if errors.any() else None


def first_error(*errors: Array | None) -> Array | None:
    """The leftmost error of several operands, element by element."""
    found: Array | None = None
    for error in errors:
        if error is not None:
            found = error if found is None else np.where(found > 0, found, error)
    return found


def outcome(num: Array, errors: Array | None, kind: int = NUMBER) -> Values:
    """Results with the errors put in their places; a result that is not finite is ``#NUM!``."""
    finite = np.isfinite(num)
    if not finite.all():
        own = np.where(finite, 0.0, float(NUM))
        errors = first_error(errors, own)
    if errors is None or not errors.any():
        return Values(num, kind)
    shape = np.broadcast_shapes(num.shape, errors.shape)
    bad = np.broadcast_to(errors > 0, shape)
    return Values(np.where(bad, errors, num), np.where(bad, np.uint8(ERROR), np.uint8(kind)))


def elementwise(rule: Callable[..., Array], *arrays: Values, kind: int = NUMBER) -> Values:
    """Applies a numeric rule element by element, Excel's errors travelling through.

    The common case, plain numbers and a rule that raises no floating-point flag, looks at no kinds at all: the
    engine runs under ``np.errstate(divide="raise", over="raise", invalid="raise")``.
    """
    if is_plain(*arrays):
        try:
            return Values(rule(*(a.num for a in arrays)), kind)
        except FloatingPointError:
            pass
    worths, errors = zip(*(numbers(a) for a in arrays), strict=True)
    with np.errstate(all="ignore"):
        return outcome(np.asarray(rule(*worths)), first_error(*errors), kind)


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
    num = np.where(condition, yes.num, no.num)
    if isinstance(yes.kind, int) and yes.kind == no.kind:
        return Values(num, yes.kind)
    kind = np.where(condition, np.asarray(yes.kind, np.uint8), np.asarray(no.kind, np.uint8))
    return Values(num, uniform(np.broadcast_to(kind, num.shape)))


def with_errors(v: Values, errors: Array | None) -> Values:
    """The values, replaced by an error where there is one."""
    if errors is None or not errors.any():
        return v
    return choose(errors > 0, Values(errors, ERROR), v)


def filled(v: Values) -> Values:
    """Blanks as 0: a cell whose formula yields a blank shows 0."""
    if isinstance(v.kind, int):
        return Values(v.num, NUMBER) if v.kind == BLANK else v
    return Values(v.num, np.where(v.kind == BLANK, np.uint8(NUMBER), v.kind))


# --- texts ------------------------------------------------------------------------------------------------------------
def number_text(number: float) -> str:
    """A number as ``&`` writes it: at most 15 digits.

    >>> number_text(0.1 + 0.2), number_text(3.0), number_text(1e21)
    ('0.3', '3', '1E+21')
    """
    text = f"{number:.15g}"
    if "e" not in text:
        return "0" if text == "-0" else text
    digits, _, power = text.partition("e")
    exponent = int(power)
    if -10 < exponent < 0:  # Excel writes these out
        return f"{number:.{14 - exponent}f}".rstrip("0")
    return f"{digits}E{exponent:+03d}"


def value_text(num: float, kind: int) -> str:
    """One value that is no error as a text."""
    if kind == NUMBER:
        return number_text(num)
    value = decode(num, kind)
    return "" if value is None else str(value).upper() if kind == LOGICAL else str(value)


def texts_of(v: Values) -> tuple[list[str], Array | None]:
    """The values as texts, in the order of ``num.ravel()``, and the errors among them."""
    kinds = v.kinds()
    errors = np.where(kinds == ERROR, v.num, 0.0)
    pairs = zip(v.num.ravel().tolist(), kinds.ravel().tolist(), strict=True)
    return ["" if kind == ERROR else value_text(num, kind) for num, kind in pairs], errors if errors.any() else None


def text_values(texts: Sequence[str], shape: tuple[int, ...], errors: Array | None = None) -> Values:
    """Texts as values of a shape."""
    places = np.array([TEXTS.place(text) for text in texts], dtype=np.float64).reshape(shape)
    return with_errors(Values(places, TEXT), errors)


def by_text(rule: Callable[..., str], *arrays: Values) -> Values:
    """Applies a rule of texts element by element."""
    shape = common_shape(*arrays)
    columns, errors = zip(*(texts_of(a.spread(shape)) for a in arrays), strict=True)
    return text_values([rule(*row) for row in zip(*columns, strict=True)], shape, first_error(*errors))


# --- comparison -------------------------------------------------------------------------------------------------------
def text_ranks(*arrays: Array) -> list[Array]:
    """Arrays of places of texts → arrays of ranks that compare as the texts do, without regard to case."""
    folded = [TEXTS.folded(a) for a in arrays]
    every = np.unique(np.concatenate([f.ravel() for f in folded]))
    order = sorted(range(len(every)), key=lambda i: TEXTS[every[i]])
    rank = np.empty(len(every))
    rank[order] = np.arange(len(every), dtype=np.float64)
    return [rank[np.searchsorted(every, f)] for f in folded]


_CLASS = np.array([0, 0, 1, 2, 3], dtype=np.uint8)  # numbers < texts < logicals; a blank counts as a number here


def compare(rule: Callable[[Array, Array], npt.NDArray[np.bool_]], left: Values, right: Values) -> Values:
    """``= <> < <= > >=``. Of different classes, a number is less than a text, a text less than a logical; a blank takes
    the class of what it is compared with."""
    if _all_numbers(left) and _all_numbers(right):
        return Values(rule(left.num, right.num).astype(np.float64), LOGICAL)
    shape = common_shape(left, right)
    left, right = left.spread(shape), right.spread(shape)
    a_kinds, b_kinds = left.kinds(), right.kinds()
    a, b = _blank_as(left, a_kinds, b_kinds), _blank_as(right, b_kinds, a_kinds)
    a_class = _CLASS[np.where(a_kinds == BLANK, b_kinds, a_kinds)]
    b_class = _CLASS[np.where(b_kinds == BLANK, a_kinds, b_kinds)]
    texts = (a_class == 1) & (b_class == 1)
    if texts.any():
        a[texts], b[texts] = text_ranks(a[texts], b[texts])
    same = a_class == b_class
    held = rule(np.where(same, a, a_class), np.where(same, b, b_class)).astype(np.float64)
    errors = first_error(np.where(a_kinds == ERROR, left.num, 0.0), np.where(b_kinds == ERROR, right.num, 0.0))
    return outcome(held, errors, LOGICAL)


def _all_numbers(v: Values) -> bool:
    return isinstance(v.kind, int) and v.kind in (NUMBER, BLANK)


def _blank_as(v: Values, kinds: Kinds, others: Kinds) -> Array:
    """The nums, a blank beside a text being the empty text (beside anything else its 0 will do)."""
    return np.where((kinds == BLANK) & (others == TEXT), float(TEXTS.place("")), v.num)
