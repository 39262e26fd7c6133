"""Which numbers rounding decides: they hang on the last bits of the inputs, and programs that round otherwise differ.

A small remainder of a subtraction is such a number, and the gradient of a training that has converged. It is found by
trial: the inputs are changed by some last bits, all is computed again, and what moves by much more than that is one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.engine.volatility import with_dependents
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import NUMBER

Bools = npt.NDArray[np.bool_]
LAST_BITS = (1, 2, 3)  # each trial changes the inputs by so many
TAKEN_OVER = 1e-9  # a number that moves by so much of itself: from there on, a column goes its own way


def decided_by_rounding(book: Book, tolerance: float) -> dict[str, Bools]:
    """For each sheet the computed cells that move, relatively, by more than ``tolerance`` when the last bits of the
    inputs change; where that has grown a thousandfold, what depends on it further down its column, too: a training that
    has gone its own way never comes back. The workbook stays as it is.

    Inputs that are whole numbers stay: they count, choose and name.

    >>> from sheetsim.library import build
    >>> book = build("collab_filter")
    >>> {title: int(mask.sum()) for title, mask in decided_by_rounding(book, 1e-12).items() if mask.any()}
    {'movielens_1hot': 4, 'movielens_emb': 4}
    """
    before = Snapshot.of(book)
    moved = {sheet.title: np.zeros((sheet.rows, sheet.columns)) for sheet in book.sheets}
    try:
        for bits in LAST_BITS:
            before.put_back()
            for sheet in book.sheets:
                _change_inputs(sheet, bits)
            recalculate(book)
            for sheet in book.sheets:
                np.maximum(moved[sheet.title], _move(sheet, *before.values[sheet.title]), out=moved[sheet.title])
    finally:
        before.put_back()
    after = _after_taken_over(book, moved)
    return {title: after[title] | (move > tolerance) for title, move in moved.items()}


def _change_inputs(sheet: Sheet, bits: int) -> None:
    kind, num = sheet.kind[: sheet.rows, : sheet.columns], sheet.num[: sheet.rows, : sheet.columns]
    inputs = (kind == NUMBER) & ~sheet.computed()
    inputs[inputs] = num[inputs] % 1 != 0
    num[inputs] *= 1 + bits * np.finfo(float).eps


def _move(sheet: Sheet, num: np.ndarray, kind: np.ndarray) -> npt.NDArray[np.float64]:
    """By how much of itself each number has moved; infinitely where it is no number any more, or has become one."""
    used = (slice(sheet.rows), slice(sheet.columns))
    now, then = sheet.num[used], num[used]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        move = np.where(now == then, 0.0, np.abs(now - then) / np.abs(then))
    numbers = (kind[used] == NUMBER) & (sheet.kind[used] == NUMBER)
    move = np.where(numbers, move, np.where(kind[used] == sheet.kind[used], 0.0, np.inf))
    return np.where(sheet.computed(), move, 0.0)


def _after_taken_over(book: Book, moved: dict[str, npt.NDArray[np.float64]]) -> dict[str, Bools]:
    """The cells below a number that rounding has taken over that depend on some such number."""
    plan: Plan = plan_of(book)
    blocks = [(block.sheet.title, block.cells.slices) for block in plan.blocks]
    taken = np.array([bool((moved[title][cells] > TAKEN_OVER).any()) for title, cells in blocks], bool)
    after = {title: np.zeros(move.shape, bool) for title, move in moved.items()}
    for i in np.flatnonzero(with_dependents(plan, taken)).tolist():
        title, cells = blocks[i]
        after[title][cells] = True
    return {title: mask & np.logical_or.accumulate(moved[title] > TAKEN_OVER, axis=0) for title, mask in after.items()}
