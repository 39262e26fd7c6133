"""Excel's Solver: changes cells until a formula is as small, as large or as near to a number as it can be.

At each point the search needs the objective and its slope for every cell to change. The slopes come from torch where it
is installed; else from small differences, as in Excel, which takes a recalculation for each cell. A search ends on the
floor of a valley, which need not be the deepest: several random starts help.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import InputError
from sheetsim.model.sheet import Book
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import Unsupported
from sheetsim.outside import Drawn
from sheetsim.solver.model import Model, read_model
from sheetsim.solver.objective import Objective, objective_of, put
from sheetsim.solver.search import Found, Search, Stopped
from sheetsim.support.threads import one_thread

ITERATIONS = 1000

Watch = Callable[[int | None, int, float], None]  # told the seed of the start, the iteration, the objective


@dataclass(frozen=True)
class Solution(Drawn):
    """What the Solver found. ``before`` and ``after`` are the objective as the workbook held it and holds it now;
    ``found`` are the searches in order, ``best`` the one whose cells stand in the workbook, and ``failed`` says of
    searches that came to no end why."""

    model: Model
    before: Any
    after: Any
    best: Found
    found: list[Found]
    failed: list[str]
    engine: str  # what gave the slopes: "torch" or "differences"
    seconds: float


def solve(
    book: Book,
    sheet: str,
    cells: str | None = None,
    minimise: str | None = None,
    maximise: str | None = None,
    seed: int | None = None,
    starts: int = 1,
    engine: str = "auto",
    iterations: int = ITERATIONS,
    watch: Watch | None = None,
) -> Solution:
    """Solves the model stored on a sheet and leaves the workbook calculated with what was found.

    ``cells`` (``"A1:B2,D4"``) and ``minimise`` or ``maximise`` (a cell) replace what the model says. The search starts
    from the cells as they stand, or with ``seed`` from random numbers: uniform between 0 and 1, as the lecture's sheets
    begin, or between a cell's bounds where it has both. With ``starts`` above 1 there are so many, from this seed (0 if
    none is given) and those that follow it, and the best is kept. ``watch`` is told of each iteration;
    if it raises StopIteration the search ends there, with what it has come to.

    Raises InputError for a model that cannot be solved, or if every search comes to a point where the objective is no
    number; the workbook is then as it was, as it is after Ctrl-C.

    >>> book = Book("demo")
    >>> sheet = book.add_sheet("s")
    >>> sheet["A1"], sheet["A2"] = 1, "=(A1-3)^2+2"
    >>> solution = solve(book, "s", cells="A1", minimise="A2", engine="differences")
    >>> round(sheet["A1"], 4), round(solution.after, 4)
    (3.0, 2.0)
    """
    if minimise and maximise:
        raise InputError("the objective is either minimised or maximised, not both")
    if starts < 1 or iterations < 1 or (seed is not None and seed < 0):
        raise InputError("solve needs at least one start and one iteration, and a seed from 0 up")
    goal = "minimise" if minimise else "maximise" if maximise else None
    model = read_model(book[sheet], cells, goal, minimise or maximise)
    began = time.perf_counter()
    recalculate(book)
    before = _objective(model)
    if isinstance(before, Unsupported):
        raise InputError(f"{model.where} cannot be computed: {before.reason}")
    import scipy.optimize  # noqa: F401 - one_thread holds for what is loaded

    with _put_back_on_failure(model), one_thread():
        function, engine = objective_of(model, engine)
        seeds = [seed] if starts == 1 else [(seed or 0) + k for k in range(starts)]
        found, failed = _searches(model, function, seeds, min(iterations, model.most or iterations), watch)
        best = min(found, key=lambda search: model.loss(search.after)[0])
        put(model.change, best.cells)
        recalculate(book)
    return Solution(model, before, _objective(model), best, found, failed, engine, time.perf_counter() - began)


def _objective(model: Model) -> Any:
    sheet, rect = model.objective
    return sheet.value(rect.top, rect.left)


@contextmanager
def _put_back_on_failure(model: Model) -> Iterator[None]:
    """Gives blank cells to change a 0, which is what they count as; after a failure all is again as it was."""
    stored = Snapshot.of(model.book)
    blank = [cell for cell in model.cells if cell[0].value(*cell[1:]) is None]
    try:
        for sheet, row, column in blank:
            sheet.put(row, column, 0.0)
        recalculate(model.book)
        yield
    except BaseException:
        for sheet, row, column in blank:
            sheet.put(row, column, None)
        stored.put_back()
        raise


def _searches(
    model: Model, objective: Objective, seeds: Sequence[int | None], most: int, watch: Watch | None
) -> tuple[list[Found], list[str]]:
    """A search from each start; of those that come to a point that is no number, why. Raises Stopped if all do."""
    stored = np.array([sheet.num[row, column] for sheet, row, column in model.cells])
    found, failed = [], []
    for seed in seeds:
        told = None if watch is None else partial(watch, seed)
        try:
            found.append(Search(model, objective, told).run(_start(model, stored, seed), most, seed))
        except Stopped as stopped:
            failed.append(str(stopped))
            if len(failed) == len(seeds):
                raise
    return found, failed


def _start(model: Model, stored: np.ndarray, seed: int | None) -> np.ndarray:
    if seed is None:
        return stored
    bounded = np.isfinite(model.lower) & np.isfinite(model.upper)
    low, high = np.where(bounded, model.lower, 0.0), np.where(bounded, model.upper, 1.0)
    return low + (high - low) * np.random.default_rng(seed).random(len(stored))
