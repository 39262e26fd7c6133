"""tiny_nn against PyTorch: forward, every gradient by autograd, every update by its optimizer; and Reset and Run."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from sheetsim.library import build
from sheetsim.macros.press import press
from sheetsim.macros.unrolling import unroll
from sheetsim.workbook import Workbook
from workbooks.shared.data import numbers
from workbooks.tiny_nn.columns import HIDDEN, OUTPUT, WEIGHTS, Columns, estimate, gradient, new
from workbooks.tiny_nn.network import FIRST, NOW, START

POINTS = np.array(numbers("rings.csv"))
LAST = FIRST - 1 + len(POINTS)
SHEETS = ["nn", "linear"]
H = 0.01


@cache
def trained(epochs: int) -> Workbook:
    book = build("tiny_nn")
    book.recalculate()
    for title in SHEETS:
        press(book, title, "reset")
        if epochs:
            press(book, title, "run", epochs)
    return book


def column(book: Workbook, title: str, heading: str) -> np.ndarray:
    letter = Columns(collapsed=title == "linear")[heading]
    return np.array([row[0] for row in book[title][f"{letter}{FIRST}:{letter}{LAST}"]], float)


def columns(book: Workbook, title: str, headings: Any) -> np.ndarray:
    """(rows, headings)"""
    return np.stack([column(book, title, heading) for heading in headings], axis=1)


def loss_of(torch: Any, title: str, weights: Any, point: np.ndarray) -> Any:
    """The loss of one point by torch's own layers; ``weights`` are 17 numbers in the order of WEIGHTS."""
    x = torch.tensor(point[:2])
    z = x @ weights[:6].reshape(2, 3) + weights[6:9]
    a = torch.relu(z) if title == "nn" else z
    o = weights[9:15].reshape(2, 3) @ a + weights[15:]
    return torch.nn.functional.cross_entropy(o[None], torch.tensor([int(point[2])]))


# --- one row --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("epochs", [0, 3, 20])
@pytest.mark.parametrize("title", SHEETS)
def test_loss_and_every_gradient_are_torchs(title: str, epochs: int) -> None:
    torch = pytest.importorskip("torch")
    book = trained(epochs)
    entered, losses = columns(book, title, WEIGHTS), column(book, title, "loss")
    gradients = columns(book, title, map(gradient, WEIGHTS))
    for weights, point, loss, found in zip(entered, POINTS, losses, gradients, strict=True):
        leaf = torch.tensor(weights, requires_grad=True)
        theirs = loss_of(torch, title, leaf, point)
        theirs.backward()
        assert loss == pytest.approx(theirs.item(), rel=1e-12, abs=1e-15)
        np.testing.assert_allclose(found, leaf.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("title", SHEETS)
def test_the_estimates_are_what_a_small_change_of_a_weight_does_to_the_loss(title: str) -> None:
    torch = pytest.importorskip("torch")
    book = trained(3)
    entered, estimates = columns(book, title, WEIGHTS), columns(book, title, map(estimate, WEIGHTS))
    for weights, point, found in zip(entered, POINTS, estimates, strict=True):
        before = loss_of(torch, title, torch.tensor(weights), point)
        for at, small in enumerate(found):
            changed = weights + H * (np.arange(len(weights)) == at)
            by_all = (loss_of(torch, title, torch.tensor(changed), point) - before).item() / H
            assert small == pytest.approx(by_all, abs=6e-11), WEIGHTS[at]


@pytest.mark.parametrize("h", [0.01, 0.0001])
def test_the_estimates_come_as_close_to_the_gradients_as_their_error_says(h: float) -> None:
    """Of a change h it is h/2 times the second derivative, which softmax and these weights keep below 2, and what
    rounding does to a loss, over h."""
    book = build("tiny_nn")
    for title in SHEETS:
        book[title]["H3"] = h
    book.recalculate()
    for title in SHEETS:
        z = columns(book, title, ["z1", "z2", "z3"])
        smooth = (
            (abs(z) > 3 * h).all(axis=1) if title == "nn" else np.full(len(z), True)
        )  # no bend of a ReLU in between
        assert smooth.sum() > 15
        off = columns(book, title, map(estimate, WEIGHTS)) - columns(book, title, map(gradient, WEIGHTS))
        assert abs(off[smooth]).max() <= h + 1e-15 / h
        assert abs(off[smooth]).max() > 0


# --- steps and epochs -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("title", SHEETS)
@pytest.mark.parametrize(
    ("typed", "frozen", "rates"),
    [(0.1, 0, (0.1, 0.1)), ("slice(0.09)", 0, (0.03, 0.09)), ("slice(0.01, 0.1)", 0, (0.01, 0.1)), (0.1, 1, (0, 0.1))],
)
def test_the_weights_are_those_of_torchs_sgd_with_a_rate_for_each_layer(
    title: str, typed: Any, frozen: int, rates: tuple[float, float]
) -> None:
    torch = pytest.importorskip("torch")
    book = build("tiny_nn")
    book[title]["C3"], book[title]["F3"] = typed, frozen
    layers = (START[:9], START[9:])
    hidden, output = (torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in layers)
    groups = [{"params": [part], "lr": rate} for part, rate in zip((hidden, output), rates, strict=True)]
    optimizer = torch.optim.SGD(groups)
    theirs = []
    for step in range(100):
        optimizer.zero_grad()
        loss_of(torch, title, torch.cat([hidden, output]), POINTS[step % len(POINTS)]).backward()
        optimizer.step()
        theirs.append(torch.cat([hidden, output]).detach().numpy().copy())
    ours = []
    book.recalculate()
    for _ in range(5):
        ours += list(columns(book, title, map(new, WEIGHTS)))
        press(book, title, "run", 1)
    for steps in (1, 10, 100):
        np.testing.assert_allclose(ours[steps - 1], theirs[steps - 1], rtol=1e-12, atol=1e-14)
    if frozen:
        assert (ours[99][:9] == START[:9]).all()


def test_reset_puts_the_initial_weights_back() -> None:
    book = build("tiny_nn")
    book.recalculate()
    for title in SHEETS:
        press(book, title, "run")
        assert book[title]["E6:U6"] != book[title]["E5:U5"]
        press(book, title, "reset")
        assert book[title]["E6:U6"] == book[title]["E5:U5"] == [list(START)]


def test_epochs_written_out_are_as_many_presses_bit_for_bit() -> None:
    epochs = 20
    book = unroll(build("tiny_nn"), epochs)
    for title in SHEETS:
        sheet, pressed = book[title], trained(epochs)[title]
        (top,) = (row for row in range(sheet.rows) if sheet.value(row, 0) == epochs)
        last = Columns(title == "linear")[new("c1")]
        shown = sheet[f"B{top + NOW - 1}:{last}{top + LAST}"]
        assert shown == pressed[f"B{NOW}:{last}{LAST + 1}"]


# --- what the network learns, and the one without a ReLU can not ------------------------------------------------------
def test_no_line_parts_the_points() -> None:
    """There is no w, b with (w·x + b)·sign >= 1: a linear programme without a solution."""
    linprog = pytest.importorskip("scipy.optimize").linprog
    sign = 2 * POINTS[:, 2:] - 1
    rows = -sign * np.hstack([POINTS[:, :2], np.ones_like(sign)])
    assert linprog(np.zeros(3), rows, -np.ones(len(rows)), bounds=[(None, None)] * 3).status == 2  # infeasible


def test_the_network_parts_them_and_the_one_without_a_relu_does_not() -> None:
    book = trained(20)
    assert (column(book, "nn", "right") == 1).all()
    assert column(book, "nn", "loss").mean() < 0.1
    assert column(book, "linear", "right").mean() < 0.7
    assert column(book, "linear", "loss").mean() > 0.5


def test_two_layers_without_a_relu_are_one() -> None:
    book = trained(3)
    for k in "01":
        two, one = column(book, "linear", f"o{k}"), column(book, "linear", f"one layer o{k}")
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-14)
    weights = np.array(book["linear"][f"E{NOW}:U{NOW}"][0])
    into, out = weights[:6].reshape(2, 3), weights[9:15].reshape(2, 3)
    matrix = np.vstack([into @ out.T, out @ weights[6:9] + weights[15:]])
    np.testing.assert_allclose(np.array(book["one_layer"]["B17:C19"]), matrix, rtol=1e-13, atol=1e-15)


# --- the boundary -----------------------------------------------------------------------------------------------------
def shown(book: Workbook, title: str) -> np.ndarray:
    return np.array(book[title]["I4:AS40"])


@pytest.mark.parametrize(("source", "title"), [("nn", "boundary"), ("linear", "one_layer")])
@pytest.mark.parametrize("epochs", [0, 3])
def test_the_shades_are_the_softmax_at_each_place(source: str, title: str, epochs: int) -> None:
    torch = pytest.importorskip("torch")
    book = trained(epochs)
    weights = torch.tensor(book[source][f"E{NOW}:U{NOW}"][0], dtype=torch.float64)
    across, down = book[title]["I41:AS41"][0], [row[0] for row in book[title]["H4:H40"]]
    for row in (0, 10, 18, 36):
        for place in (0, 5, 18, 36):
            loss = loss_of(torch, source, weights, np.array([across[place], down[row], 1]))
            assert shown(book, title)[row, place] == pytest.approx(torch.exp(-loss).item(), rel=1e-12)


def test_the_shades_change_with_a_weight_and_with_the_epochs_asked_for() -> None:
    book = build("tiny_nn")
    book.recalculate()
    before = shown(book, "boundary")
    book["nn"]["F6"] = 2.5
    book.recalculate()
    assert (shown(book, "boundary") != before).any()
    written = unroll(build("tiny_nn"), 3)
    assert (shown(written, "boundary") == shown(trained(3), "boundary")).all()
    written["boundary"]["B3"] = 0
    written.recalculate()
    assert (shown(written, "boundary") == before).all()
    written["boundary"]["B3"] = 4
    written.recalculate()
    assert str(written["boundary"]["B4"]) == "#N/A"


def test_every_point_has_a_place_on_the_grid() -> None:
    places = {round(-2.25 + step / 8, 3) for step in range(37)}
    assert set(POINTS[:, :2].ravel()) <= places
    assert (np.unique(POINTS[:, 2], return_counts=True)[1] == [14, 10]).all()


def test_layers_are_hidden_and_output() -> None:
    assert (*HIDDEN, *OUTPUT) == WEIGHTS
    assert len(START) == len(WEIGHTS) == 17
