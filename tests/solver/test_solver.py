"""The Solver: minima known by hand, by other programs and from the lecture; its model; and what it refuses."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from sheetsim import InputError, Workbook, library
from sheetsim.solver import objective as solver_objective
from sheetsim.solver.model import read_model
from sheetsim.solver.solving import solve

try:
    import torch  # noqa: F401

    ENGINES = ["torch", "differences"]
except ImportError:
    ENGINES = ["differences"]

by_torch = pytest.mark.skipif("torch" not in ENGINES, reason="PyTorch is not installed: pip install 'sheetsim[torch]'")


def sheet_of(cells: dict[str, Any], **model: str) -> Workbook:
    """A workbook of one sheet ``s`` with these cells, and hidden names ``solver_…`` for the model."""
    book = Workbook("book")
    sheet = book.add_sheet("s")
    for where, value in cells.items():
        sheet[where] = value
    for key, text in model.items():
        sheet.name(f"solver_{key}", text, hidden=True)
    return book


# --- minima that are known --------------------------------------------------------------------------------------------
PARABOLA = {"A1": 1, "B1": "=(A1-3)^2+2"}
ROSENBROCK = {"A1": -1.2, "A2": 1, "B1": "=(1-A1)^2+100*(A2-A1^2)^2"}
#: cells, what to change, what to minimise (or, with -, to maximise), the cells at the end, the objective there
KNOWN: list[tuple[dict[str, Any], str, str, list[float], float]] = [
    (PARABOLA, "A1", "B1", [3], 2),
    ({"A1": 1, "B1": "=5-(A1+2)^2"}, "A1", "-B1", [-2], 5),
    (ROSENBROCK, "A1:A2", "B1", [1, 1], 0),
    ({"A1": 1, "C3": None, "B1": "=(A1-C3)^2+(C3-4)^2"}, "A1,C3", "B1", [4, 4], 0),  # a blank counts as 0
    ({"A1": 3, "B1": "=A1^4-LN(A1)"}, "A1", "B1", [0.25**0.25], 0.25 - math.log(0.25**0.25)),
    ({"A1": 50, "B1": "=SQRT(A1)+1/A1"}, "A1", "B1", [2 ** (2 / 3)], 1.5 * 2 ** (1 / 3)),
    ({"A1": 9, "B1": "=EXP(A1)-5*A1"}, "A1", "B1", [math.log(5)], 5 - 5 * math.log(5)),
    ({"A1": 1, "B1": "=0.0001*(A1-3)^2"}, "A1", "B1", [3], 0),  # a small objective
    ({"A1": 1, "B1": "=10000*(A1-3)^2+7"}, "A1", "B1", [3], 7),
    ({"A1": 1, "B1": "=(A1-3)^2", "A2": 1, "A3": "=A2^2"}, "A1:A2", "B1", [3, 1], 0),  # A2 does not matter
]


def changed(book: Workbook, cells: str) -> list[float]:
    sheet = book["s"]
    found = [sheet[part] for part in cells.split(",")]
    return [value for part in found for value in (np.ravel(part).tolist() if isinstance(part, list) else [part])]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("cells", "change", "goal", "end", "objective"), KNOWN)
def test_known_minima(
    cells: dict[str, Any], change: str, goal: str, end: list[float], objective: float, engine: str
) -> None:
    book = sheet_of(cells)
    kind = "maximise" if goal.startswith("-") else "minimise"
    solution = solve(book, "s", cells=change, engine=engine, **{kind: goal.strip("-")})
    assert changed(book, change) == pytest.approx(end, abs=2e-3)
    assert solution.after == pytest.approx(objective, abs=1e-6)
    assert solution.after == book["s"][goal.strip("-")]
    assert (solution.engine, solution.best.finished, solution.model.goal) == (engine, True, kind)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_least_squares_line_is_numpys(engine: str) -> None:
    random = np.random.default_rng(0)
    x = random.random(20) * 10
    y = 2 * x + 30 + random.normal(size=20)
    book = sheet_of({"A1": 0, "A2": 0})
    book["s"].values("C1", np.column_stack([x, y]).tolist())
    book["s"].fill("E1:E20", "=($A$1+$A$2*C1-D1)^2")
    book["s"]["A3"] = "=SUM(E1:E20)"
    solve(book, "s", cells="A1:A2", minimise="A3", engine=engine)
    assert changed(book, "A1:A2") == pytest.approx(np.polyfit(x, y, 1)[::-1].tolist(), rel=1e-4)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("target", "end"), [("2", 2**0.5), ("9", 3.0), ("-1", 0.0)])
def test_reach_a_value(target: str, end: float, engine: str) -> None:
    """Where nothing reaches it, as near to it as can be."""
    book = sheet_of({"A1": 1, "B1": "=A1^2"}, adj="$A$1", opt="$B$1", typ="3", val=target)
    solve(book, "s", engine=engine)
    assert book["s"]["A1"] == pytest.approx(end, abs=1e-3)


# --- the model, with its bounds ---------------------------------------------------------------------------------------
PLANE = {"A1": 1, "A2": 1, "B1": "=(A1-3)^2+(A2+4)^2", "D1": 2, "D2": -3}
MODEL = {"adj": "$A$1:$A$2", "opt": "$B$1", "typ": "2"}
BOUNDS: list[tuple[dict[str, str], list[float]]] = [
    ({}, [3, -4]),
    ({"neg": "2"}, [3, -4]),
    ({"neg": "1"}, [3, 0]),
    ({"typ": "1", "num": "2", "lhs1": "$A$1:$A$2", "rel1": "1", "rhs1": "5", "lhs2": "$A$1:$A$2", "rel2": "3",
      "rhs2": "-1"}, [-1, 5]),
    ({"num": "1", "lhs1": "$A$1", "rel1": "1", "rhs1": "2.5"}, [2.5, -4]),
    ({"num": "1", "lhs1": "$A$1", "rel1": "2", "rhs1": "-7"}, [-7, -4]),
    ({"num": "1", "lhs1": "$A$2", "rel1": "3", "rhs1": "-1", "neg": "1"}, [3, -1]),
    ({"num": "1", "lhs1": "$A$1:$A$2", "rel1": "1", "rhs1": "$D$1:$D$2"}, [2, -4]),
    ({"num": "1", "lhs1": "$A$1:$A$2", "rel1": "3", "rhs1": "$D$2"}, [3, -3]),
    ({"num": "2", "lhs1": "$A$1", "rel1": "1", "rhs1": "2", "lhs2": "$A$1", "rel2": "1", "rhs2": "1"}, [1, -4]),
    ({"num": "0", "lhs1": "$A$1", "rel1": "1", "rhs1": "2"}, [3, -4]),  # what is left of a constraint deleted
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("model", "end"), BOUNDS)
def test_bounds(model: dict[str, str], end: list[float], engine: str) -> None:
    book = sheet_of(PLANE, **(MODEL | model))
    solve(book, "s", engine=engine)
    assert changed(book, "A1:A2") == pytest.approx(end, abs=1e-4)


def test_bounds_are_never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by the differences: beyond the bounds the objective is no number."""
    book = sheet_of({"A1": 0.5, "B1": "=SQRT(1-A1)+SQRT(A1)*0.1"}, **MODEL | {"adj": "$A$1", "num": "2"}, lhs1="$A$1",
                    rel1="1", rhs1="1", lhs2="$A$1", rel2="3", rhs2="0", drv="2")  # fmt: skip
    seen: list[float] = []
    value = solver_objective.Differences.value
    monkeypatch.setattr(solver_objective.Differences, "value", lambda s, x: [seen.append(x[0]), value(s, x)][1])
    solution = solve(book, "s", engine="differences")
    assert seen
    assert all(0 <= x <= 1 for x in seen)
    assert solution.after == pytest.approx(0.1)


def test_the_options_replace_the_model() -> None:
    bounded = MODEL | {"num": "1", "lhs1": "$A$2", "rel1": "3", "rhs1": "0"}
    for options, end in (
        ({"cells": "A2"}, [1, -4]),  # and its bounds, which are the model's, do not count
        ({"maximise": "B2"}, [7, 0]),
        ({"cells": "A1", "minimise": "B3"}, [5, 1]),
    ):
        book = sheet_of(PLANE | {"B2": "=9-(A1-7)^2-A2^2", "B3": "=(A1-5)^2"}, **bounded)
        solve(book, "s", engine="differences", **options)
        assert changed(book, "A1:A2") == pytest.approx(end, abs=1e-3)


def test_names_and_other_sheets() -> None:
    book = sheet_of({"A1": 1, "B1": "=(A1-3)^2+('my, other'!B2-4)^2"}, adj="rate,'my, other'!$B$2", opt="loss", typ="2")
    book.add_sheet("my, other")["B2"] = 0
    book.define_name("rate", "s!$A$1")
    book.define_name("loss", "$B$1", sheet="s")
    solve(book, "s", engine="differences")
    assert (book["s"]["A1"], book["my, other"]["B2"]) == pytest.approx((3, 4), abs=1e-4)


def test_a_file_of_another_program(tmp_path: Path) -> None:
    """Names that belong to the sheet, as Excel writes them, here by openpyxl; and once more through our own writer."""
    frame = openpyxl.Workbook()
    frame.active.title = "plan"
    frame.create_sheet("other")
    for where, value in PLANE.items():
        frame["plan"][where] = value
    model = MODEL | {"adj": "plan!$A$1:$A$2", "opt": "plan!$B$1", "num": "1", "lhs1": "plan!$A$1", "rel1": "1"}
    for key, text in (model | {"rhs1": "2", "neg": "2"}).items():
        frame["plan"].defined_names[f"solver_{key}"] = DefinedName(f"solver_{key}", attr_text=text, hidden=True)
    frame.save(tmp_path / "plan.xlsx")
    first = library.open(tmp_path / "plan.xlsx")
    solve(first, "plan")
    first.save(tmp_path / "solved.xlsx")
    again = library.open(tmp_path / "solved.xlsx")
    assert [again["plan"][cell] for cell in ("A1", "A2", "B1")] == pytest.approx([2, -4, 1], abs=1e-4)
    assert read_model(again["plan"]).upper.tolist() == [2, np.inf]
    with pytest.raises(InputError, match=r"solved!other has no Solver model \(the sheets with one are plan\)"):
        solve(again, "other")


def test_the_iterations_that_the_model_allows() -> None:
    book = sheet_of(ROSENBROCK, **MODEL | {"itr": "3"})
    solution = solve(book, "s", engine="differences")
    assert (solution.best.iterations, solution.best.finished) == (3, False)


# --- the lecture ------------------------------------------------------------------------------------------------------
def rmse(book: Workbook, sheet: str, biased: bool, sigmoid: bool) -> float:
    """The objective in NumPy, from the ratings and weights alone."""
    top = 19
    ratings = np.array(book[sheet]["H2:V16"], float)  # None becomes nan
    rows = 24 if biased else 23
    movies = np.array(book[sheet][f"H{top}:V{rows}"], float)
    users = np.array(book[sheet][f"{'A' if biased else 'B'}{rows + 2}:F{rows + 16}"], float)
    x = users[:, biased:] @ movies[biased:]
    if biased:
        x = x + movies[0] + users[:, :1]
    predicted = 5.5 / (1 + np.exp(-x)) if sigmoid else x
    return float(np.sqrt(np.nanmean((predicted - ratings) ** 2)))


@by_torch
@pytest.mark.parametrize("seed", range(5))
def test_dotprod_beats_excels_answer_from_every_start(seed: int) -> None:
    book = library.build("collab_filter")
    solution = solve(book, "dotprod", seed=seed)
    assert solution.before == 0.3930154712865702  # what Excel's Solver had come to
    assert solution.after <= 0.3930
    assert solution.after == pytest.approx(rmse(book, "dotprod", biased=False, sigmoid=False), rel=1e-12)


@by_torch
@pytest.mark.parametrize(
    ("name", "sheet", "iterations", "best"),
    [
        ("collab_filter", "bias", 1000, 0.3188),
        ("collab_sigmoid", "dotprod_sigmoid", 200, 0.30),
        ("collab_sigmoid", "bias_sigmoid", 200, 0.24),
    ],
)
def test_the_best_of_five_starts(name: str, sheet: str, iterations: int, best: float) -> None:
    book = library.build(name)
    solution = solve(book, sheet, seed=0, starts=5, iterations=iterations)
    assert solution.after <= best
    assert [found.seed for found in solution.found] == [0, 1, 2, 3, 4]
    assert solution.best.after == min(found.after for found in solution.found)
    biased, sigmoid = sheet.startswith("bias"), sheet.endswith("sigmoid")
    assert solution.after == pytest.approx(rmse(book, sheet, biased, sigmoid), rel=1e-12)


@by_torch
def test_from_where_excel_stopped_it_goes_on() -> None:
    solution = solve(library.build("collab_filter"), "dotprod")
    assert solution.best.before == pytest.approx(solution.before, rel=1e-14)
    assert solution.after < 0.39291


def test_the_same_seed_is_the_same_start() -> None:
    one, same, other = (
        solve(sheet_of(ROSENBROCK, **MODEL), "s", seed=seed, engine="differences") for seed in (3, 3, 4)
    )
    assert one.best.before == same.best.before != other.best.before
    assert one.after == same.after


def test_random_starts_lie_within_the_bounds() -> None:
    limits = {"num": "2", "lhs1": "$A$1", "rel1": "1", "rhs1": "60", "lhs2": "$A$1", "rel2": "3", "rhs2": "50"}
    cells = {"A1": 55, "A2": 9, "B1": "=A1+A2^2"}
    for seed in range(5):
        solution = solve(sheet_of(cells, **MODEL | limits), "s", seed=seed, engine="differences")
        assert 50 < solution.best.before < 61
        assert solution.after == pytest.approx(50, abs=1e-6)


# --- what cannot be solved --------------------------------------------------------------------------------------------
REFUSED: list[tuple[dict[str, Any], dict[str, str], dict[str, Any], str]] = [
    ({}, {"adj": ""}, {}, r"book!s has no Solver model \(nor has any other sheet\); or name the cells"),
    ({}, {"opt": "s!#REF!"}, {}, r"s: its Solver model names a cell that was deleted \(s!#REF!\); name another with"),
    ({}, {"adj": "#REF!"}, {}, "names a cell that was deleted"),
    ({}, {"opt": "$B$1:$B$2"}, {}, r"s: the objective is one cell, not s!\$B\$1:\$B\$2"),
    ({}, {"opt": "$D$1"}, {}, "s!D1 is to be the objective, but holds no formula"),
    ({}, {"opt": "nosuch"}, {}, "'nosuch' is no range of cells"),
    ({}, {"adj": "A1+1"}, {}, "is no range of cells"),
    ({}, {"adj": "other!A1"}, {}, "refers to a sheet 'other', which is not there"),
    ({}, {"adj": "$A:$XFD"}, {}, "cells; 1,000,000 are the most"),
    ({}, {"adj": "$A$1,$A$1:$A$2"}, {}, "s!A1 is among the cells to change twice"),
    ({"A2": "=1+1"}, {}, {}, r"s!A2 is to be changed, but holds the formula =1\+1"),
    ({"A2": "two"}, {}, {}, "s!A2 is to be changed, but holds 'two', not a number"),
    ({"A2": True}, {}, {}, "s!A2 is to be changed, but holds True"),
    ({"B1": "=D1+1"}, {}, {}, "s!B1 does not depend on the cells to change"),
    ({"B1": "=1/(A1-A1)"}, {}, {}, r"s!B1 is '#DIV/0!' at the start, not a number: change the cells by hand"),
    ({"B1": '="x"&A1'}, {}, {}, "s!B1 is 'x1' at the start, not a number"),
    ({}, {"typ": ""}, {}, "does not say whether to minimise or to maximise"),
    ({}, {"typ": "two"}, {}, "solver_typ is 'two', not a number"),
    ({}, {"typ": "nan"}, {}, "solver_typ is 'nan', not a number"),
    ({}, {"num": "inf"}, {}, "solver_num is 'inf', not a number"),
    ({}, {"num": "1", "lhs1": "$A$1", "rel1": "1", "rhs1": "nan"}, {}, "s: 'nan' is no range of cells"),
    ({}, {"num": "1", "lhs1": "$A$1", "rel1": "4", "rhs1": "integer"}, {}, r"s!\$A\$1 is an integer cannot be kept"),
    ({}, {"num": "1", "lhs1": "$A$1", "rel1": "5", "rhs1": "binary"}, {}, "is 0 or 1 cannot be kept: only bounds are"),
    (
        {},
        {"num": "1", "lhs1": "$A$1:$A$2", "rel1": "6", "rhs1": "x"},
        {},
        "different from one another cannot be kept",
    ),
    ({}, {"num": "1", "lhs1": "$B$1", "rel1": "1", "rhs1": "9"}, {}, "it is not on the cells to change"),
    ({}, {"num": "1", "lhs1": "$A$1", "rel1": "1", "rhs1": "$B$1"}, {}, "cannot be kept: s!B1 holds no plain number"),
    ({}, {"num": "1", "lhs1": "$A$1", "rel1": "1", "rhs1": "$A$2"}, {}, "cannot be kept: s!A2 holds no plain number"),
    (
        {},
        {"num": "1", "lhs1": "$A$1:$A$2", "rel1": "1", "rhs1": "$D$1:$D$3"},
        {},
        "2 cells on the left, 3 on",
    ),
    ({}, {"num": "1", "lhs1": "$A$1", "rel1": "1", "rhs1": "-5", "neg": "1"}, {}, "between 0.0 and -5.0: nothing does"),
    ({}, {}, {"minimise": "B1", "maximise": "B1"}, "either minimised or maximised, not both"),
    ({}, {}, {"starts": 0}, "at least one start and one iteration"),
    ({}, {}, {"iterations": 0}, "at least one start and one iteration"),
    ({}, {}, {"seed": -1}, "a seed from 0 up"),
    ({}, {}, {"engine": "magic"}, "gradients are by torch or differences, not by 'magic'"),
]


@pytest.mark.parametrize(("cells", "model", "options", "message"), REFUSED)
def test_what_is_refused(cells: dict[str, Any], model: dict[str, str], options: dict[str, Any], message: str) -> None:
    book = sheet_of(PLANE | {"D3": 4} | cells, **(MODEL | model))
    book.recalculate()
    before = book["s"]["A1:D3"]
    with pytest.raises(InputError, match=message) as refused:
        solve(book, "s", **options)
    assert "\n" not in str(refused.value)
    assert book["s"]["A1:D3"] == before


@pytest.mark.parametrize("sheet", ["movielens_1hot", "movielens_emb"])
def test_the_lectures_sheets_whose_objective_is_gone(sheet: str) -> None:
    with pytest.raises(InputError, match=rf"{sheet}: its Solver model names a cell that was deleted"):
        solve(library.build("collab_filter"), sheet)


def test_a_sheet_without_a_model_names_those_that_have_one() -> None:
    with pytest.raises(InputError, match=r"word_emb has no Solver model \(the sheets with one are dotprod, bias\)"):
        solve(library.build("collab_filter"), "word_emb")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    book = sheet_of(PLANE, **MODEL)
    monkeypatch.setattr("sheetsim.support.extras.find_spec", lambda name: None)
    monkeypatch.setattr("sheetsim.solver.objective.find_spec", lambda name: None)
    assert solve(book, "s").engine == "differences"
    with pytest.raises(InputError, match=r"needs torch: in a clone: .*'sheetsim\[torch\]'"):
        solve(book, "s", engine="torch")
