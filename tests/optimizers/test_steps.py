"""The pure steps against the sheets, whose values are Excel's: each row from the row above, and whole runs."""

from __future__ import annotations

from functools import cache
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from sheetsim import Sheet, Workbook, library
from sheetsim.errors import InputError
from sheetsim.optimizers.steps import (
    AdamState,
    Annealed,
    MomentumState,
    NoState,
    RMSPropState,
    adam,
    anneal,
    momentum,
    rmsprop,
    sgd,
)

#: Excel rounds each product twice, NumPy once: a row of a handful of operations differs in the last digits at the most,
#: a run of hundreds of rows in a few more.
ROW, RUN = 1e-14, 1e-10

MOMENTUM, MEAN_SQUARES = "J3:K32", "L3:M32"  # the row above the first, and the rows
AVERAGED, ADAM = {"lr": "D2", "beta": "J1"}, {"lr": "D2", "beta1": "J1", "beta2": "L1"}

#: For each sheet: its step, its state, the cells of the hyper-parameters and of the state, one column each for b and a.
SHEETS: dict[str, tuple[Any, Any, dict[str, str], list[str]]] = {
    "basic": (sgd, NoState, {"lr": "F1"}, []),
    "momentum": (momentum, MomentumState, AVERAGED, [MOMENTUM]),
    "rmsprop": (rmsprop, RMSPropState, AVERAGED, [MOMENTUM]),
    "adam": (adam, AdamState, ADAM, [MOMENTUM, MEAN_SQUARES]),
    "adam_ann": (adam, AdamState, ADAM, [MOMENTUM, MEAN_SQUARES]),
}


@cache
def stored() -> Workbook:
    """The sheets as the lecture left them; each value is Excel's, bit for bit (``test_originals.py``)."""
    return library.build("graddesc")


def pressed(title: str, *buttons: str) -> Sheet:
    book = library.build("graddesc")
    for button in buttons:
        book.press(title, button)
    return book[title]


def columns(sheet: Sheet, cells: str) -> np.ndarray:
    """Cells as an array of shape (rows, 2)."""
    return np.array(sheet[cells], float)


def states(sheet: Sheet) -> list[Any]:
    """The state of the row above the first, and of each row."""
    _, kind, _, cells = SHEETS[sheet.title]
    parts = [columns(sheet, part) for part in cells]
    return [kind(*(part[row] for part in parts)) for row in range(30)]


def settings(sheet: Sheet) -> dict[str, float]:
    return {name: sheet[cell] for name, cell in SHEETS[sheet.title][2].items()}


# --- the columns ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("title", SHEETS)
def test_every_row_follows_from_the_row_above(title: str) -> None:
    sheet, basic = stored()[title], title == "basic"
    gradients, weights = columns(sheet, "K4:L32" if basic else "F4:G32"), columns(sheet, "C4:D32")
    after = columns(sheet, "M4:N32")[:, ::-1] if basic else columns(sheet, "H4:I32")  # basic has a before b
    rows = states(sheet)
    for row in range(29):
        update, state = SHEETS[title][0](gradients[row], rows[row], **settings(sheet))
        np.testing.assert_allclose(weights[row] - update, after[row], rtol=ROW)
        assert type(state) is SHEETS[title][1]
        for part, expected in zip(state, rows[row + 1], strict=True):
            np.testing.assert_allclose(part, expected, rtol=ROW)


@pytest.mark.parametrize("title", ["momentum", "rmsprop", "adam"])
def test_another_row_would_not_do(title: str) -> None:
    """The comparison above notices a state that is a row late."""
    sheet = stored()[title]
    late = states(sheet)[1:]
    update, _ = SHEETS[title][0](columns(sheet, "F4:G32")[0], late[0], **settings(sheet))
    assert not np.allclose(columns(sheet, "C4:D32")[0] - update, columns(sheet, "H4:I32")[0], rtol=1e-6)


# --- whole runs: every button press of five epochs, done by the steps ------------------------------------------------
def gradient_at(weights: np.ndarray, x: float, y: float) -> np.ndarray:
    """Of the squared error (b + ax - y)² for b and a."""
    error = 2 * (weights[1] * x + weights[0] - y)
    return np.array([error, error * x])


def epoch(sheet: Sheet, weights: np.ndarray, state: Any, lr: float) -> tuple[np.ndarray, Any]:
    """All points once. What is left are the weights that entered the last row: the sheets drop its update."""
    entering = weights
    for x, y in sheet["A4:B32"]:
        entering = weights
        update, state = SHEETS[sheet.title][0](gradient_at(weights, x, y), state, **(settings(sheet) | {"lr": lr}))
        weights = weights - update
    return entering, state


@pytest.mark.parametrize("presses", [1, 5])
@pytest.mark.parametrize("title", SHEETS)
def test_runs_are_those_of_the_buttons(title: str, presses: int) -> None:
    before, after = pressed(title, "reset"), pressed(title, "reset", *["run"] * presses)
    weights, state = columns(before, "C1:C2")[:, 0], states(before)[0]
    rate = settings(before)["lr"]
    annealed = Annealed(rate, before["N3"]) if title == "adam_ann" else None
    for _ in range(5 * presses):
        weights, state = epoch(before, weights, state, annealed.lr if annealed else rate)
        annealed = annealed and anneal(state.mean_square, annealed)
    np.testing.assert_allclose(weights, columns(after, "C1:C2")[:, 0], rtol=RUN)
    if annealed:
        np.testing.assert_allclose(annealed, [after["D2"], after["N3"]], rtol=RUN)


def test_the_lectures_five_epochs_of_adam() -> None:
    assert pressed("adam", "reset", "run")["C1"] == 24.960097789510424


# --- by hand ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mean_square", "before", "after"),
    [
        ([1.0, 4.0], Annealed(1.0, 1.0), Annealed(0.25, 1.0)),  # 3 is more than twice 1
        ([1.0, 4.0], Annealed(1.0, 1.5), Annealed(1.0, 1.5)),  # 3 is just twice 1.5
        ([1.0, 4.0], Annealed(1.0, 4.0), Annealed(1.0, 3.0)),  # 3 is the smallest
        ([1.0, 4.0], Annealed(1.0, inf), Annealed(1.0, 3.0)),
    ],
)
def test_anneal(mean_square: list[float], before: Annealed, after: Annealed) -> None:
    assert anneal(np.array(mean_square), before) == after


def test_a_step_leaves_its_arguments_alone() -> None:
    gradient, state = np.ones(2), AdamState(np.zeros(2), np.ones(2))
    adam(gradient, state, lr=1)
    assert (gradient.tolist(), state.step.tolist(), state.mean_square.tolist()) == ([1, 1], [0, 0], [1, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_arithmetic_is_that_of_the_gradient(dtype: type) -> None:
    update, state = adam(np.ones(2, dtype), AdamState(np.zeros(2, dtype), np.ones(2, dtype)), lr=0.1)
    assert {update.dtype, state.step.dtype, state.mean_square.dtype} == {np.dtype(dtype)}


@pytest.mark.parametrize("lr", [-0.1, nan, inf])
def test_learning_rates_that_make_no_sense(lr: float) -> None:
    with pytest.raises(InputError, match="a learning rate is a number from 0 up, not"):
        sgd(1.0, NoState(), lr=lr)


@pytest.mark.parametrize("beta", [-0.1, 1.0, 1.5, nan])
def test_betas_that_make_no_sense(beta: float) -> None:
    for call in (
        lambda: momentum(1.0, MomentumState(0.0), lr=1, beta=beta),
        lambda: rmsprop(1.0, RMSPropState(1.0), lr=1, beta=beta),
        lambda: adam(1.0, AdamState(0.0, 1.0), lr=1, beta1=beta),
        lambda: adam(1.0, AdamState(0.0, 1.0), lr=1, beta2=beta),
    ):
        with pytest.raises(InputError, match="at least 0 and below 1"):
            call()


def test_other_settings_that_make_no_sense() -> None:
    for eps in (-1e-8, nan, inf):
        with pytest.raises(InputError, match="eps is a number from 0 up, not"):
            adam(1.0, AdamState(0.0, 1.0), lr=1, eps=eps)
        with pytest.raises(InputError, match="eps is a number from 0 up, not"):
            rmsprop(1.0, RMSPropState(1.0), lr=1, eps=eps)
    for dampening in (-0.1, 1.5, nan):
        with pytest.raises(InputError, match="is from 0 to 1, not"):
            momentum(1.0, MomentumState(0.0), lr=1, dampening=dampening)
    with pytest.raises(InputError, match="steps are counted from 1, so t is not 0"):
        adam(1.0, AdamState(0.0, 1.0), lr=1, t=0)


@pytest.mark.parametrize("growth", [0, -1, nan])
def test_anneal_with_numbers_that_make_no_sense(growth: float) -> None:
    for more in ({"growth": growth}, {"cut": growth}):
        with pytest.raises(InputError, match="growth and cut must be above 0"):
            anneal(np.ones(2), Annealed(1.0, 1.0), **more)
