"""One answer for each of several questions: a function that expects a single value and is given an array of them.

``COUNTIF(A1:A9,{"x","y"})`` asks twice, ``MATCH(A1:A9,B1:B9,0)`` in an array formula nine times. The rules compute all
cells of a block at once; a window of questions is laid out as a block, answered, and laid back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps

import numpy as np

from sheetsim.excel.arrays import Values, fitted, uniform
from sheetsim.functions.arguments import Arguments, Want
from sheetsim.model.values import BLANK

Rule = Callable[..., Values]


def is_missing(v: Values) -> bool:
    """Whether an argument was left out between its commas, as the second of ``OFFSET(A1,,1)``; a blank cell was not."""
    return v.only(BLANK) and not v.ref


def same_everywhere(v: Values) -> bool:
    """Whether an argument is one and the same value in all cells of the block."""
    alike = isinstance(v.kind, int) or bool((v.kind == v.kind.flat[0]).all())
    return v.num.size == 1 or (alike and bool((v.num == v.num.flat[0]).all()))


def each_cell(rule: Rule, *arguments: Values) -> Values:
    """The rule on one cell of the block after the other, for what cannot be computed for all of them at once."""
    shape = np.broadcast_shapes(*(a.num.shape[:2] for a in arguments))
    results = [rule(*(_of_cell(a, r, c) for a in arguments)) for r, c in np.ndindex(*shape)]
    return _stacked(results, shape)


def _of_cell(v: Values, row: int, column: int) -> Values:
    r = row if v.num.shape[0] > 1 else 0
    c = column if v.num.shape[1] > 1 else 0
    cut = (slice(r, r + 1), slice(c, c + 1))
    return Values(v.num[cut], v.kind if isinstance(v.kind, int) else v.kind[cut], v.ref)


def _stacked(results: list[Values], shape: tuple[int, ...]) -> Values:
    """The results of all cells together; smaller ones are filled up with blanks."""
    height, width = (max(r.num.shape[axis] for r in results) for axis in (2, 3))
    num = np.zeros((len(results), height, width))
    kinds = np.full(num.shape, BLANK, np.uint8)
    for place, result in enumerate(results):
        rows, columns = result.num.shape[2:]
        num[place, :rows, :columns], kinds[place, :rows, :columns] = result.num[0, 0], result.kinds()[0, 0]
    four = (*shape[:2], height, width)
    return Values(num.reshape(four), uniform(kinds.reshape(four)), all(r.ref for r in results))


def asked_of_each(rule: Rule, wanted: Arguments) -> Rule:
    """A rule that also answers arrays where it expects a single value: the questions become the block.

    An array has four axes, (rows, columns | height, width): the cells of the block, and what one of them sees.
    ``COUNTIF(A1:A9,{"x","y"})`` in one cell asks two questions of one list:

                    as given            turned              answered            turned back
        A1:A9       (1, 1 | 9, 1)       (1, 1 | 9, 1)
        {"x","y"}   (1, 1 | 1, 2)       (1, 2 | 1, 1)       (1, 2 | 1, 1)       (1, 1 | 1, 2)

    Turned, they are as two cells side by side that ask one question each, which the rule can answer; turned back, the
    two answers are an array that one cell sees. Each cell of a larger block has its turn.
    """

    @cache
    def places_of_one(count: int) -> list[int]:
        return [place for place in range(count) if wanted.want(place) is Want.ONE]

    @wraps(rule)
    def spread(*arguments: Values) -> Values:
        singles = places_of_one(len(arguments))
        if all(arguments[k].num.shape[2:] == (1, 1) for k in singles):
            return rule(*arguments)
        questions = fitted(*(arguments[k] for k in singles))
        filled = list(arguments)
        for k, question in zip(singles, questions, strict=True):
            filled[k] = question

        def answered(*ones: Values) -> Values:
            return _turned(rule(*(_turned(a) if k in singles else a for k, a in enumerate(ones))).corner())

        return each_cell(answered, *filled)

    return spread


def _turned(v: Values) -> Values:
    """The window as the block and the block as the window: (rows, columns | h, w) → (h, w | rows, columns)."""
    kind = v.kind if isinstance(v.kind, int) else v.kind.transpose(2, 3, 0, 1)
    return Values(v.num.transpose(2, 3, 0, 1), kind, v.ref)
