"""Lifting: a function that expects a single value and is given an array of them answers each.

``COUNTIF(A1:A9,{"x","y"})`` asks twice, ``MATCH(A1:A9,B1:B9,0)`` in an array formula nine times. The rules compute all
cells of a block at once; a window of questions is laid out as a block, answered, and laid back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from sheetsim.excel.arrays import Values, choose, fitted, foremost, uniform
from sheetsim.functions.arguments import Arguments, Want
from sheetsim.model.values import BLANK

Rule = Callable[..., Any]  # what gives a function's value: of Values, or a Reference for a place


class Uneven(Exception):
    """The cells of a block get arrays of different sizes, so each must be computed by itself."""


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


def seen_from(v: Values, row: int, column: int) -> tuple[int, int]:
    """Where along the first two axes stands what the cell (row, column) of the block sees."""
    return (row if v.num.shape[0] > 1 else 0), (column if v.num.shape[1] > 1 else 0)


def of_each_way(rule: Callable[[Values], Values], way: Values) -> Values:
    """A rule whose argument says in which of a few ways to answer: each way is asked once, for all cells that want it.
    ``way`` is (rows, columns, 1, 1), as is what the rule is given; its answers must be of one size."""
    every = np.stack(np.broadcast_arrays(way.num, way.kinds()))
    found: Values | None = None
    for num, kind in np.unique(every.reshape(2, -1), axis=1).T.tolist():
        answer = rule(Values(np.full((1, 1, 1, 1), num), int(kind)))
        found = answer if found is None else choose((every[0] == num) & (every[1] == kind), answer, found)
    assert found is not None
    return found.broadcast(np.broadcast_shapes(found.num.shape, way.num.shape))


def _of_cell(v: Values, row: int, column: int) -> Values:
    r, c = seen_from(v, row, column)
    return v.part(slice(r, r + 1), slice(c, c + 1))


def _stacked(results: list[Values], shape: tuple[int, ...]) -> Values:
    """The results of all cells together. Raises Uneven where their sizes differ."""
    if len({result.num.shape for result in results}) > 1:
        raise Uneven
    like, four = foremost(*results), (*shape, *results[0].num.shape[2:])
    num = like.backend.joined([result.num.reshape(-1) for result in results]).reshape(four)
    kinds = np.concatenate([result.kinds().ravel() for result in results]).reshape(four)
    return like.of(num, uniform(kinds), all(r.ref for r in results))


def asked_of_each(rule: Rule, wanted: Arguments) -> Rule:
    """A rule that also answers arrays where it expects a single value: the questions become the block.

    An array has four axes, (rows, columns | height, width): the rows and columns of the block of cells that are
    computed at once, and the height and width of what one of them sees. ``COUNTIF(A1:A9,{"x","y"})``, in one cell, asks
    two questions of one list:

                    as given          turned            answered          turned back
        A1:A9       (1, 1 | 9, 1)     (1, 1 | 9, 1)
        {"x","y"}   (1, 1 | 1, 2)     (1, 2 | 1, 1)     (1, 2 | 1, 1)     (1, 1 | 1, 2)

    Turned, the questions are two cells side by side that ask one each, which the rule can answer; turned back, the two
    answers are an array that one cell sees. Each cell of a larger block has its turn.
    """

    @cache
    def places_of_one(count: int) -> list[int]:
        return [place for place in range(count) if wanted.want(place) is Want.ONE]

    @wraps(rule)
    def asked(*arguments: Values) -> Any:
        single = places_of_one(len(arguments))
        if all(arguments[place].num.shape[2:] == (1, 1) for place in single):
            return rule(*arguments)

        def of_one_cell(*seen: Values) -> Values:
            questions = dict(zip(single, fitted(*(seen[place] for place in single)), strict=True))
            turned = [_turned(questions[k]) if k in questions else given for k, given in enumerate(seen)]
            try:
                return _turned(rule(*turned).corner())
            except Uneven:  # whole rows for some questions, single cells for others: of each its first
                return _turned(each_cell(lambda *one: rule(*one).corner(), *turned))

        return each_cell(of_one_cell, *arguments)

    return asked


def _turned(v: Values) -> Values:
    """The axes (rows, columns | height, width) → (height, width | rows, columns): what is seen becomes the block."""
    kind = v.kind if isinstance(v.kind, int) else v.kind.transpose(2, 3, 0, 1)
    return v.of(v.backend.transposed(v.num, (2, 3, 0, 1)), kind, v.ref)
