"""One answer for each of several questions: a function that expects a single value and is given an array of them.

``COUNTIF(A1:A9,{"x","y"})`` asks twice, ``MATCH(A1:A9,B1:B9,0)`` in an array formula nine times. The rules compute all
cells of a block at once; a window of questions is laid out as a block, answered, and laid back.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.excel.arrays import Values, fitted, uniform
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


def asked_of_each(rule: Rule, takes: str) -> Rule:
    """A rule that also answers arrays in the places of ``takes`` where it expects a single value (s)."""

    def spread(*arguments: Values) -> Values:
        letters = takes + takes[-1] * (len(arguments) - len(takes))
        singles = [k for k, letter in enumerate(letters[: len(arguments)]) if letter == "s"]
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
    """The window as the block and the block as the window."""
    kind = v.kind if isinstance(v.kind, int) else v.kind.transpose(2, 3, 0, 1)
    return Values(v.num.transpose(2, 3, 0, 1), kind, v.ref)
