"""The Solver's objective: its value and gradient, by torch and by differences; what of a workbook it computes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_solver import ENGINES, by_torch, sheet_of

from sheetsim import InputError, library
from sheetsim.solver.model import read_model
from sheetsim.solver.objective import objective_of


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("central", ["1", "2"])
def test_gradients_are_those_done_by_hand(engine: str, central: str) -> None:
    cells = {"A1": 2, "A2": 3, "C1": 0.5, "B1": "=A1^2*A2", "B2": "=EXP(C1)", "B3": "=B1+B2*A1"}
    book = sheet_of(cells, adj="$A$1:$A$2,$C$1", opt="$B$3", typ="2", drv=central)
    book.recalculate()
    function, _ = objective_of(read_model(book["s"]), engine)
    value, gradient = function(np.array([2, 3, 0.5]))
    assert value == pytest.approx(12 + 2 * math.exp(0.5))
    digits = 1e-14 if engine == "torch" else {"1": 1e-7, "2": 1e-9}[central]
    assert gradient.tolist() == pytest.approx([12 + math.exp(0.5), 4, 2 * math.exp(0.5)], rel=digits)


@by_torch
@pytest.mark.parametrize(
    ("name", "sheet"), [("collab_filter", "dotprod"), ("collab_filter", "bias"), ("collab_sigmoid", "bias_sigmoid")]
)
def test_torchs_gradients_are_the_central_differences(name: str, sheet: str) -> None:
    book = library.build(name)
    model = read_model(book[sheet])
    x = np.random.default_rng(7).random(len(model.cells))
    (one, slope), (other, differences) = (objective_of(model, engine)[0](x) for engine in ENGINES)
    assert one == pytest.approx(other, rel=1e-14)
    np.testing.assert_allclose(slope, differences, atol=1e-9)


def test_only_what_lies_between_is_computed() -> None:
    cells = {"A1": 1, "B1": "=A1*2", "B2": "=B1+D1", "C1": "=A1*3", "C2": "=B2*2", "D1": "=1+1"}
    book = sheet_of(cells, adj="$A$1", opt="$B$2", typ="2")
    book.recalculate()
    function, _ = objective_of(read_model(book["s"]), "differences")
    assert function(np.array([5.0]))[0] == 12
    held = [book["s"].value(row, column) for row, column in ((0, 1), (0, 2), (1, 2), (0, 3))]  # B1, C1, C2, D1
    assert held == pytest.approx([10, 3, 8, 2])


@pytest.mark.parametrize("engine", ["differences", "torch"])
def test_of_the_objectives_own_block_only_the_objective_is_computed(engine: str) -> None:
    if engine == "torch":
        pytest.importorskip("torch")
    cells = {"A1": 1, "A2": 2, "B1": "=A1*2", "C1": "=MEDIAN(B$1:B1)*A1", "D1": "=SUM(A$1:A1)+C1"}
    cells |= {f"{column}2": cells[f"{column}1"].replace("A1", "A2").replace("B1", "B2") for column in "BC"}
    cells["D2"] = "=SUM(A$1:A2)+C2"
    book = sheet_of(cells, adj="$A$1", opt="$D$2", typ="2")
    book.recalculate()
    function, _ = objective_of(read_model(book["s"]), engine)
    assert function(np.array([5.0]))[0] == 7 + 2 * (10 + 4) / 2  # B: 10 and 4
    assert book["s"].value(0, 3) == 1 + 2, "as it was"


def test_an_offset_that_points_elsewhere_is_followed() -> None:
    """C2, C3 or C4 is added, as A1 says; where it is 2.5, that is 2. torch does not follow it, and is not asked to.
    Random numbers stay as they were drawn."""
    cells = {"A1": 1, "B1": "=A1*2", "B2": "=OFFSET(C1,A1,0)+B1", "C2": "=A1+1", "C3": "=C4*2", "C4": "=A1*5"}
    cells["D1"] = "=RAND()"
    book = sheet_of(cells, adj="$A$1", opt="$B$2", typ="2")
    book.recalculate()
    function, engine = objective_of(read_model(book["s"]))
    assert engine == "differences"
    drawn = book["s"]["D1"]
    for x, expected in ((1.0, 2 + 2), (2.0, 20 + 4), (1.0, 2 + 2), (2.5, 25 + 5), (3.0, 15 + 6)):
        assert function(np.array([x]))[0] == expected
        assert book["s"].value(0, 3) == drawn


@by_torch
def test_an_offset_of_fixed_places_is_torchs() -> None:
    book = library.build("collab_filter")
    model = read_model(book["movielens_emb"], cells="C22:G36", goal="minimise", objective="Y210")
    assert objective_of(model)[1] == "torch"
    moving = sheet_of({"A1": 1, "C1": 5, "B1": "=OFFSET(C1,A1-1,0)*A1"})
    moving.recalculate()
    with pytest.raises(InputError, match="s!B1: where its OFFSET points may change on the way"):
        objective_of(read_model(moving["s"], cells="A1", goal="minimise", objective="B1"), "torch")
