"""Functions with a criterion: COUNTIF, SUMIF, AVERAGEIF and their plurals.

A criterion is a value to equal, or a text such as ``">=3"``, ``"<>"`` or ``"s*m"``.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array, running_sum
from sheetsim.excel.arrays import Kinds, Values, error_value, first_error, outcome
from sheetsim.excel.comparison import text_order
from sheetsim.excel.number_text import text_number
from sheetsim.functions.alike import Index, Key, Places, folded, worths
from sheetsim.functions.lifting import seen_from
from sheetsim.functions.patterns import WILD, Listed, Pattern
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import BLANK, DIV0, ERROR, ERRORS, LOGICAL, NUMBER, TEXT, TEXTS, VALUE

Mask = npt.NDArray[np.bool_]
_ORDERS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


class Criterion(NamedTuple):
    """``">=3"`` taken apart. ``rest`` is the text behind the sign; ``num`` and ``kind`` are what it stands for."""

    sign: str
    num: float
    kind: int
    rest: str = ""

    @classmethod
    def read(cls, num: float, kind: int) -> Criterion:
        """The criterion in a cell of that value."""
        if kind != TEXT:
            return cls("=", num, NUMBER if kind == BLANK else kind)  # a blank one is 0
        sign, rest = re.match(r"(<=|>=|<>|=|<|>)?(.*)", TEXTS[num], re.DOTALL).groups()  # type: ignore[union-attr]
        word, worth = rest.upper(), text_number(rest)
        if worth is not None:
            return cls(sign or "=", worth, NUMBER, rest)
        if word in ("TRUE", "FALSE"):
            return cls(sign or "=", float(word == "TRUE"), LOGICAL, rest)
        if word in ERRORS:
            return cls(sign or "=", ERRORS[word], ERROR, rest)
        if rest == "" and sign:  # "=" and "<>" ask for blanks; "" also for empty texts
            return cls(sign, 0.0, BLANK)
        return cls(sign or "=", num, TEXT, rest)

    @property
    def key(self) -> Key | None:
        """What an index of cells knows those that meet it by; None where it asks for anything but one such key."""
        if self.sign != "=" or self.kind == BLANK:
            return None
        if self.kind != TEXT:
            return self.kind, self.num
        return (TEXT, float(TEXTS.place(self.rest.casefold()))) if self.rest and not self.pattern else None

    @property
    def pattern(self) -> Pattern | None:
        """The pattern that a text must fit, or must not."""
        wild = self.sign in ("=", "<>") and self.kind == TEXT and WILD.search(self.rest)
        return Pattern(self.rest) if wild else None

    def met_by(self, num: Array, kinds: Kinds) -> Mask:
        """Which cells of an array meet it: a mask of the same shape."""
        if self.sign == "=":
            return self._equals(num, kinds)
        if self.sign == "<>":  # a text that looks like the number equals it, and yet differs from it
            return ~self._equals(num, kinds, texts_too=False)
        if self.kind == BLANK:  # nothing is more or less than nothing
            return np.zeros(num.shape, bool)
        compare = _ORDERS[self.sign]
        if self.kind in (NUMBER, LOGICAL):
            return np.asarray((kinds == self.kind) & compare(num, self.num))
        wanted = text_order(self.rest.casefold())
        return _texts(num, kinds, lambda text: compare(text_order(text.casefold()), wanted))

    def _equals(self, num: Array, kinds: Kinds, texts_too: bool = True) -> Mask:
        if self.kind == TEXT:
            if pattern := self.pattern:
                return _texts(num, kinds, pattern.fits)
            wanted = float(TEXTS.place(self.rest.casefold()))
            like = _of_texts(num, kinds, lambda places: folded(places) == wanted)
            return like if self.rest else like | (kinds == BLANK)
        held = np.asarray((kinds == self.kind) & (num == self.num))
        if self.kind == NUMBER and texts_too:  # a text that looks like the number counts too
            held |= _of_texts(num, kinds, lambda places: worths(places) == self.num)
        return held


def _texts(num: Array, kinds: Kinds, fits: Callable[[str], Any]) -> Mask:
    """Which cells hold a text that fits; each distinct text is asked once."""

    def any_of(places: Array) -> Mask:
        return np.isin(places, [place for place in np.unique(places) if fits(TEXTS[place])])

    return _of_texts(num, kinds, any_of)


def _of_texts(num: Array, kinds: Kinds, fits: Callable[[Array], Mask]) -> Mask:
    """Which cells hold a text of which ``fits`` holds, asked of all their places in ``TEXTS``."""
    held: Mask = np.asarray(kinds == TEXT)
    if held.any():
        held[held] = fits(num[held])
    return held


Question = tuple[int, int, float, int]  # which range (the row and column of its block), and the criterion
Spots = tuple[tuple[int, int, int], ...]  # which ranges: of which argument, and the row and column of its block
Cells = Mask | tuple[Places, Places]  # some cells of a range: a mask of its shape, or their rows and columns

KEPT = 1 << 26  # cells of masks that are kept for further questions
FEW = 2  # questions that are answered by going through a range; when more are asked, an index of it is made


def _questions(
    ranges: list[Values], criteria: list[Values], r: int, c: int, down: int = 0, right: int = 0
) -> tuple[Question, ...]:
    """What one cell of the block asks; of several criteria in an array, that at ``down`` and ``right``."""
    found = []
    for span, asked in zip(ranges, criteria, strict=True):
        height, width = asked.num.shape[2:]
        at = (*seen_from(asked, r, c), down if height > 1 else 0, right if width > 1 else 0)
        kind = asked.kind if isinstance(asked.kind, int) else int(asked.kind[at])
        found.append((*seen_from(span, r, c), float(asked.num[at]), kind))
    return tuple(found)


def _kinds(v: Values) -> Kinds:
    """The kind of each cell, without storing it where they are all the same."""
    return np.broadcast_to(np.asarray(v.kind, np.uint8), v.num.shape)


class _Answers:
    """Which cells meet criteria; a question asked again is answered from memory, as far as that goes."""

    def __init__(self, ranges: list[Values]):
        self.ranges = ranges
        self.kinds = [_kinds(span) for span in ranges]
        self.known: dict[tuple[int, Question], Mask] = {}
        self.ends: dict[tuple[int, int, int], int] = {}
        self.asked: Counter[Spots] = Counter()
        self.indexes: dict[Spots, Index] = {}
        self.patterns: Counter[tuple[int, int, int]] = Counter()
        self.listed: dict[tuple[int, int, int], tuple[Listed, tuple[Places, ...]]] = {}

    def cells(self, questions: tuple[Question, ...]) -> Cells:
        """Those that meet all the criteria. Where a range is asked again and again what equals a value, an index
        answers."""
        keys = [Criterion.read(*question[2:]).key for question in questions]
        spots = tuple((k, *questions[k][:2]) for k, key in enumerate(keys) if key is not None)
        self.asked[spots] += 1
        if not spots or self.asked[spots] <= FEW:
            return self.all(questions)
        if spots not in self.indexes:
            self.indexes[spots] = self._index(spots)
        rows, columns = self.indexes[spots].places(*(key for key in keys if key is not None))
        for k, question in enumerate(questions):
            if keys[k] is None:
                held = self.one(k, question)[rows, columns]
                rows, columns = rows[held], columns[held]
        return rows, columns

    def _index(self, spots: Spots) -> Index:
        used = min(self.used(*spot) for spot in spots)  # no blank is equal to anything
        return Index([(self.ranges[k].num[r, c][:used], self.kinds[k][r, c][:used]) for k, r, c in spots])

    def one(self, k: int, question: Question) -> Mask:
        found = self.known.get((k, question))
        if found is None:
            row, column, criterion, kind = question
            num, kinds = self.ranges[k].num[row, column], self.kinds[k][row, column]
            used = self.used(k, row, column)
            asked = Criterion.read(criterion, kind)
            blank = asked.met_by(np.zeros((1, 1)), np.full((1, 1), BLANK, np.uint8))[0, 0]
            found = np.full(num.shape, blank)  # below the last cell in use all are blank, and need no look
            fitting = self.fitting((k, row, column), asked.pattern, num[:used], kinds[:used])
            if fitting is None:
                found[:used] = asked.met_by(num[:used], kinds[:used])
            else:
                found[:used] = asked.sign == "<>"
                found[:used][fitting] = asked.sign == "="
            if (len(self.known) + 1) * found.size > KEPT:
                self.known.clear()
            self.known[k, question] = found
        return found

    def fitting(
        self, spot: tuple[int, int, int], pattern: Pattern | None, num: Array, kinds: Kinds
    ) -> tuple[Places, Places] | None:
        """The rows and columns of the cells of a range that fit a pattern, where so many are asked of it that its texts
        are laid out for them; else None."""
        if pattern is None:
            return None
        self.patterns[spot] += 1
        if self.patterns[spot] <= FEW:
            return None
        if spot not in self.listed:
            at = np.nonzero(kinds == TEXT)
            self.listed[spot] = Listed(TEXTS[place] for place in num[at]), at
        texts, (rows, columns) = self.listed[spot]
        places = texts.fitting(pattern)
        return rows[places], columns[places]

    def used(self, k: int, row: int, column: int) -> int:
        """How many rows of a range there are down to the last one in use."""
        if (k, row, column) not in self.ends:
            rows = np.flatnonzero((self.kinds[k][row, column] != BLANK).any(axis=1))
            self.ends[k, row, column] = int(rows[-1]) + 1 if len(rows) else 0
        return self.ends[k, row, column]

    def all(self, questions: tuple[Question, ...]) -> Mask:
        mask = self.one(0, questions[0])
        for k, question in enumerate(questions[1:], 1):
            mask = mask & self.one(k, question)
        return mask


def masks(ranges: list[Values], criteria: list[Values], shape: tuple[int, ...]) -> Iterator[tuple[int, int, Mask]]:
    """For each element of a result of that shape (rows, columns, h, w): its row and column in the block, and which
    cells meet all the criteria."""
    held = _Answers(ranges)
    for r, c, down, right in np.ndindex(*shape):
        yield r, c, held.all(_questions(ranges, criteria, r, c, down, right))


def _each(ranges: list[Values], criteria: list[Values], target: Values | None) -> tuple[Array, Array, Array]:
    """For each cell of the block: how many cells of the target meet the criteria, their sum, the first error."""
    everything = [*ranges, *criteria, *([target] if target is not None else [])]
    shape = np.broadcast_shapes(*(v.num.shape[:2] for v in everything))
    first, which = _distinct(everything[: len(ranges)] + everything[len(ranges) + len(criteria) :], criteria, shape)
    held, answers = _Answers(ranges), np.zeros((3, len(first)))
    for n, place in enumerate(first):
        r, c = divmod(int(place), shape[1])
        answers[:, n] = _answer(held.cells(_questions(ranges, criteria, r, c)), target, r, c)
    counts, sums, errors = answers[:, which].reshape(3, *shape, 1, 1)
    return counts, sums, errors


def _distinct(lists: list[Values], criteria: list[Values], shape: tuple[int, ...]) -> tuple[Places, Places]:
    """Cells of the block that ask the same of the same ranges have one answer: the place of the first of each, and for
    each cell which of them it is like."""
    tall, wide = (any(v.num.shape[axis] > 1 for v in lists) for axis in (0, 1))
    parts: list[Any] = [np.arange(shape[0])[:, None]] if tall else []
    parts += [np.arange(shape[1])[None, :]] if wide else []
    parts += [part[:, :, 0, 0] for v in criteria for part in (v.num, _kinds(v))]
    which, first = np.zeros(shape[0] * shape[1], np.int64), np.zeros(1, np.int64)
    for part in parts:
        values, own = np.unique(np.broadcast_to(part, shape), return_inverse=True)
        _, first, which = np.unique(which * len(values) + own.ravel(), return_index=True, return_inverse=True)
    return first, which


def _answer(cells: Cells, target: Values | None, r: int, c: int) -> tuple[float, float, float]:
    """How many of these cells of the target are numbers, their sum from left to right, the first error among them."""
    if target is None:
        return float(len(cells[0]) if isinstance(cells, tuple) else cells.sum()), 0.0, 0.0
    own = seen_from(target, r, c)
    num = target.num[own][cells]
    if target.only(NUMBER):
        return float(len(num)), float(running_sum(num)), 0.0
    kinds = _kinds(target)[own][cells]
    wrong, chosen = num[kinds == ERROR], num[kinds == NUMBER]
    return float(len(chosen)), float(running_sum(chosen)), float(wrong[0]) if len(wrong) else 0.0


def same_size(*arrays: Values) -> bool:
    """Whether what each cell of the block sees of them is of one size."""
    return len({a.num.shape[2:] for a in arrays}) == 1


def _beside(span: Values, target: Values | None) -> Values | None:
    """The cells to add up, one for each cell looked at. Excel goes by the first cell of a range of another size: what
    is too large is cut; what is too small would need cells that were not given (None)."""
    if target is None:
        return span
    rows, columns = span.num.shape[2:]
    if target.num.shape[2] < rows or target.num.shape[3] < columns:
        return None
    kind = target.kind if isinstance(target.kind, int) else target.kind[:, :, :rows, :columns]
    return Values(target.num[:, :, :rows, :columns], kind, target.ref)


def _average(counts: Array, sums: Array, errors: Array) -> Values:
    none = np.where(counts == 0, float(DIV0), 0.0)
    return outcome(sums / np.where(counts == 0, 1.0, counts), first_error(errors, none))


@function("COUNTIF", "range: array, criterion", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def countif(span: Values, criterion: Values) -> Values:
    """How many cells meet a criterion."""
    return Values(_each([span], [criterion], None)[0])


@function("SUMIF", "range: array, criterion, [sum: alike]", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def sumif(span: Values, criterion: Values, target: Values | None = None) -> Values:
    """The sum of the numbers in or beside the cells that meet a criterion."""
    target = _beside(span, target)
    if target is None:
        return error_value(VALUE)
    _, sums, errors = _each([span], [criterion], target)
    return outcome(sums, errors)


@function("AVERAGEIF", "range: array, criterion, [mean: alike]", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def averageif(span: Values, criterion: Values, target: Values | None = None) -> Values:
    """The mean of the numbers in or beside the cells that meet a criterion."""
    target = _beside(span, target)
    return error_value(VALUE) if target is None else _average(*_each([span], [criterion], target))


def paired(arguments: tuple[Values, ...]) -> tuple[list[Values], list[Values]] | None:
    """The ranges and the criteria of ``(range, criterion)…``, None where they do not go together."""
    ranges, criteria = list(arguments[0::2]), list(arguments[1::2])
    return (ranges, criteria) if len(ranges) == len(criteria) and same_size(*ranges) else None


@function("COUNTIFS", "(range: array, criterion)…", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def countifs(*arguments: Values) -> Values:
    """How many places meet all criteria, each of a range of its own."""
    asked = paired(arguments)
    return error_value(VALUE) if asked is None else Values(_each(*asked, None)[0])


@function("SUMIFS", "sum: array, (range: array, criterion)…", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE)
def sumifs(target: Values, *arguments: Values) -> Values:
    """The sum of the numbers at the places that meet all criteria."""
    asked = paired(arguments)
    if asked is None or not same_size(target, asked[0][0]):
        return error_value(VALUE)
    _, sums, errors = _each(*asked, target)
    return outcome(sums, errors)


@function(
    "AVERAGEIFS", "mean: array, (range: array, criterion)…", gradient=Gradient.RULE, evidence=Evidence.LIBREOFFICE
)
def averageifs(target: Values, *arguments: Values) -> Values:
    """The mean of the numbers at the places that meet all criteria."""
    asked = paired(arguments)
    if asked is None or not same_size(target, asked[0][0]):
        return error_value(VALUE)
    return _average(*_each(*asked, target))
