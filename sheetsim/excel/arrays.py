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

from sheetsim.excel.arithmetic import Array
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NA, NUM, NUMBER, TEXT, TEXTS, VALUE, decode, encode

Kinds = npt.NDArray[np.uint8]

SMALLEST = 2.0**-1022  # Excel shows what is smaller as 0


class Values:
    """``num`` (four axes) and ``kind``: one int where all elements are of that kind, else an array like ``num``.
    ``ref`` says that it was read from cells: functions such as SUM skip texts and logicals there."""

    __slots__ = ("kind", "num", "ref")

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

    def only(self, kind: int) -> bool:
        """Whether all elements are known to be of that kind."""
        return isinstance(self.kind, int) and self.kind == kind

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
    pads = ((0, 0), (0, 0), (0, height - rows if rows > 1 else 0), (0, width - columns if columns > 1 else 0))
    if not any(after for _, after in pads):
        return v
    num = np.pad(v.num, pads, constant_values=float(NA))
    return Values(num, np.pad(v.kinds(), pads, constant_values=ERROR), v.ref)


def is_plain(*arrays: Values) -> bool:
    """Whether arithmetic needs no look at the kinds: all numbers, logicals or blanks (a blank's num is 0)."""
    for array in arrays:
        kind = array.kind
        if not isinstance(kind, int) or kind in (TEXT, ERROR):
            return False
    return True


_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"  # 1234 or 1,234
_NUMERIC_TEXT = re.compile(rf"(?:{_WHOLE}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def text_number(text: str) -> float | None:
    """What a text is worth in arithmetic, as Excel set up for English reads it; dates and times are not read.

    >>> text_number(" 12.5%"), text_number("-$1,000"), text_number("1e3"), text_number("abc")
    (0.125, -1000.0, 1000.0, None)
    """
    text = text.strip(" \t\r\n")  # a no-break space is not among them
    percent = text.endswith("%")
    text = text[:-1].rstrip(" ") if percent else text
    negative = text.startswith("-")
    text = text[1:] if text[:1] in ("+", "-") else text
    if not _NUMERIC_TEXT.match(text.removeprefix("$")):
        return None
    number = float(text.removeprefix("$").replace(",", ""))
    number = -number if negative else number
    if number - number != 0.0:  # too large for a number, so a text after all
        return None
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
    arrays = fitted(*arrays)
    if is_plain(*arrays):
        try:
            return Values(rule(*(a.num for a in arrays)), kind)
        except FloatingPointError:
            pass
    worths, errors = zip(*(numbers(a) for a in arrays), strict=True)
    with np.errstate(all="ignore"):
        return outcome(np.asarray(rule(*worths)), first_error(*errors), kind)


def elementwise_checked(rule: Callable[..., Array], *arrays: Values) -> Values:
    """``elementwise`` for a rule that answers NaN or infinity where it is undefined and raises no flag."""
    result = elementwise(rule, *arrays)
    return outcome(result.num, None) if result.only(NUMBER) else result


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
    num = np.where(condition, yes.num, no.num)
    if isinstance(yes.kind, int) and no.only(yes.kind):
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
LONGEST = 20  # characters of a number written out in full, the sign not counted; longer ones get an exponent


def number_text(number: float) -> str:
    """A number as ``&`` writes it: at most 15 digits (14 beside an exponent of three), at most 20 characters.

    >>> number_text(0.1 + 0.2), number_text(3.0), number_text(1e21), number_text(1e-9 / 8)
    ('0.3', '3', '1E+21', '0.000000000125')
    """
    if abs(number) < SMALLEST:
        return "0"
    digits, _, power = f"{abs(number):.14e}".partition("e")
    exponent = int(power)
    if exponent > 99 or exponent < -98:
        digits, _, power = f"{abs(number):.13e}".partition("e")
        exponent = int(power)
    figures = digits.replace(".", "").rstrip("0")
    sign = "-" if number < 0 else ""
    if exponent >= LONGEST or (exponent < 0 and 1 - exponent + len(figures) > LONGEST):
        return f"{sign}{figures[0]}{'.' if len(figures) > 1 else ''}{figures[1:]}E{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{figures}"
    whole, rest = figures[: exponent + 1].ljust(exponent + 1, "0"), figures[exponent + 1 :]
    return f"{sign}{whole}{'.' if rest else ''}{rest}"


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
    arrays = fitted(*arrays)
    shape = common_shape(*arrays)
    columns, errors = zip(*(texts_of(a.spread(shape)) for a in arrays), strict=True)
    return text_values([rule(*row) for row in zip(*columns, strict=True)], shape, first_error(*errors))


# --- comparison -------------------------------------------------------------------------------------------------------
def text_order(folded: str) -> list[tuple[int, str]]:
    """The key by which texts in lower case sort: signs before digits before letters, as ``"_" < "1" < "a"``."""
    return [(0 if not c.isalnum() else 1 if c.isdigit() else 2, c) for c in folded]


def text_ranks(*arrays: Array) -> list[Array]:
    """Arrays of places of texts → arrays of ranks that compare as the texts do, without regard to case."""
    folded = [TEXTS.folded(a) for a in arrays]
    every = np.unique(np.concatenate([f.ravel() for f in folded]))
    order = sorted(range(len(every)), key=lambda i: text_order(TEXTS[float(every[i])]))
    rank = np.empty(len(every))
    rank[order] = np.arange(len(every), dtype=np.float64)
    return [rank[np.searchsorted(every, f)] for f in folded]


_CLASS = np.array([0, 0, 1, 2, 3], dtype=np.uint8)  # numbers < texts < logicals; a blank counts as a number here


def compare(rule: Callable[[Array, Array], npt.NDArray[np.bool_]], left: Values, right: Values) -> Values:
    """``= <> < <= > >=``. Of different classes, a number is less than a text, a text less than a logical; a blank takes
    the class of what it is compared with."""
    left, right = fitted(left, right)
    if _all_numbers(left) and _all_numbers(right):
        return Values(_numbers_compared(rule, left.num, right.num).astype(np.float64), LOGICAL)
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
    held = _numbers_compared(rule, np.where(same, a, a_class), np.where(same, b, b_class)).astype(np.float64)
    errors = first_error(np.where(a_kinds == ERROR, left.num, 0.0), np.where(b_kinds == ERROR, right.num, 0.0))
    return outcome(held, errors, LOGICAL)


SHOWN = 1.01e-14  # numbers that agree to 15 digits differ by no more than this part of them


def _numbers_compared(
    rule: Callable[[Array, Array], npt.NDArray[np.bool_]], a: Array, b: Array
) -> npt.NDArray[np.bool_]:
    """Excel compares numbers as rounded to 15 digits: ``0.1+0.2=0.3`` is TRUE though the two doubles differ."""
    held = np.asarray(rule(a, b))
    with np.errstate(over="ignore"):
        gap = np.abs(a - b)
    near = (gap <= SHOWN * np.abs(a)) & (gap != 0.0)
    if near.any():
        a, b = np.broadcast_to(a, near.shape)[near], np.broadcast_to(b, near.shape)[near]
        rounded = [np.array([float(f"{x:.15g}") for x in side.tolist()]) for side in (a, b)]
        held[near] = rule(rounded[0], rounded[1])
    return held


def _all_numbers(v: Values) -> bool:
    return isinstance(v.kind, int) and v.kind in (NUMBER, BLANK)


def _blank_as(v: Values, kinds: Kinds, others: Kinds) -> Array:
    """The nums, a blank beside a text being the empty text (beside anything else its 0 will do)."""
    return np.where((kinds == BLANK) & (others == TEXT), float(TEXTS.place("")), v.num)
