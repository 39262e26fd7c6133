"""The Solver on its way: steps made shorter, starts that fail, what it tells, and what it leaves when it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_solver import ENGINES, MODEL, ROSENBROCK, by_torch, sheet_of

from sheetsim import InputError, Workbook
from sheetsim.solver import search as solver_search
from sheetsim.solver.solving import Solution, solve


def counted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each point that a search looks at is one."""
    seen: list[bool] = []
    look: Callable[..., Any] = solver_search.Search._look

    def watched(search: Any, x: np.ndarray) -> Any:
        point = look(search, x)
        seen.append(point is not None)
        return point

    monkeypatch.setattr(solver_search.Search, "_look", watched)
    return seen


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_too_far_is_made_shorter(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The root of a negative number is no number; the minimum is beside it."""
    seen = counted(monkeypatch)
    book = sheet_of({"A1": 50, "B1": "=SQRT(A1)+1/A1"})
    solve(book, "s", cells="A1", minimise="B1", engine=engine)
    assert seen.count(False) > 0
    assert book["s"]["A1"] == pytest.approx(2 ** (2 / 3), abs=1e-3)


def test_starts_that_fail_are_told_and_passed_over() -> None:
    def solved(start: float, **options: Any) -> tuple[Workbook, Solution]:
        book = sheet_of({"A1": start, "B1": "=SQRT(A1-0.5)+(A1-0.7)^2"})
        return book, solve(book, "s", cells="A1", minimise="B1", engine="differences", **options)

    with pytest.raises(InputError, match="s!B1 is '#NUM!' at the start"):
        solved(0)
    book, solution = solved(0, starts=6)
    assert len(solution.found) + len(solution.failed) == 6
    assert solution.failed
    assert all("#NUM!" in line for line in solution.failed)
    assert solution.before == "#NUM!"
    assert book["s"]["B1"] == solution.after < 0.05


@by_torch
def test_a_slope_that_is_no_number() -> None:
    book = sheet_of({"A1": 0, "B1": "=SQRT(A1)"})
    with pytest.raises(InputError, match=r"s!B1 is 0\.0 at the start, and its slope is no number"):
        solve(book, "s", cells="A1", minimise="B1")


@pytest.mark.parametrize(("formula", "goal"), [("=A1^2", "maximise"), ("=5-EXP(A1)", "minimise")])
def test_an_objective_without_end(formula: str, goal: str) -> None:
    book = sheet_of({"A1": 1, "B1": formula})
    book.recalculate()
    with pytest.raises(InputError, match=r"s!B1 goes from .* and on without end: the cells to change need bounds"):
        solve(book, "s", cells="A1", **{goal: "B1"})
    assert book["s"]["A1"] == 1


def test_it_tells_of_each_iteration() -> None:
    told: list[tuple[Any, ...]] = []
    book = sheet_of(ROSENBROCK, **MODEL)
    solution = solve(book, "s", seed=1, starts=2, engine="differences", watch=lambda *what: told.append(what))
    assert [seed for seed, iteration, _ in told if iteration == 1] == [1, 2]
    assert len(told) == sum(found.iterations for found in solution.found)
    for found in solution.found:
        values = [value for seed, _, value in told if seed == found.seed]
        assert values == sorted(values, reverse=True)
        assert values[-1] == pytest.approx(found.after, abs=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_ctrl_c_leaves_the_workbook_as_it_was(engine: str) -> None:
    book = sheet_of(ROSENBROCK | {"A3": None, "B1": "=(1-A1)^2+100*(A2-A1^2)^2+A3^2", "D9": "=A1*2"})
    book.recalculate()
    before = book["s"]["A1:D12"]

    def stop(seed: int | None, iteration: int, objective: float) -> None:
        if iteration == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(book, "s", cells="A1:A12", minimise="B1", engine=engine, watch=stop)
    assert book["s"]["A1:D12"] == before
    book.recalculate()
    assert book["s"]["A1:D12"] == before
