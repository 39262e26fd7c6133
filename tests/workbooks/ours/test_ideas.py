"""ideas: each sheet against plain Python, NumPy, pandas or PyTorch; Reset, Run and epochs of the mini-batches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sheetsim.library import build
from sheetsim.macros.press import press
from sheetsim.macros.unrolling import unroll
from sheetsim.workbook import Workbook
from workbooks.ideas.descent import COLOURS, COLUMNS, FIRST, SIZES, STEPS
from workbooks.shared.columns import Table
from workbooks.shared.data import numbers

POINTS = np.array(numbers("scattered.csv"))
TABLE = Table(COLUMNS, FIRST, FIRST - 1 + STEPS)


def calculated(**cells: Any) -> Workbook:
    """The workbook with some cells changed: ``factors_B5=1``."""
    book = build("ideas")
    for place, value in cells.items():
        title, _, cell = place.rpartition("_")
        book[title][cell] = value
    book.recalculate()
    return book


def column(book: Workbook, title: str, cells: str) -> list[Any]:
    return [row[0] for row in book[title][cells]]


# --- latent factors, embedding sizes ----------------------------------------------------------------------------------
def test_the_matches_are_the_lectures() -> None:
    book = calculated()
    assert column(book, "factors", "I6:I7") == pytest.approx([2.142, -1.611], rel=1e-14)
    for row in (6, 7):
        assert sum(book["factors"][f"F{row}:H{row}"][0]) == pytest.approx(book["factors"][f"I{row}"], rel=1e-14)


def test_another_viewer() -> None:
    sheet = calculated(factors_B5=-1, factors_D5=1)["factors"]
    assert [sheet["I6"], sheet["I7"]] == pytest.approx([-0.98 + 0.72 - 0.9, 0.99 - 0.24 + 0.8])


@pytest.mark.parametrize(
    ("values", "most", "size"), [(7, 50, 4), (8, 50, 4), (100, 50, 50), (1682, 50, 50), (30, 10, 10)]
)
def test_the_size_of_an_embedding(values: int, most: int, size: int) -> None:
    sheet = calculated(embedding_size_B6=values, embedding_size_B3=most)["embedding_size"]
    assert (sheet["C6"], sheet["D6"]) == (size, size * values)
    assert column(sheet.book, "embedding_size", "G6:G126") == [min(most, math.ceil(n / 2)) for n in range(121)]  # type: ignore[arg-type]


# --- batches ----------------------------------------------------------------------------------------------------------
def loss_of(torch: Any, weights: Any, points: np.ndarray) -> Any:
    """Mean squared error of b + a·x."""
    x, y = torch.tensor(points[:, 0]), torch.tensor(points[:, 1])
    return ((weights[0] + weights[1] * x - y) ** 2).mean()


def test_a_gradient_in_matrices_is_autograds() -> None:
    torch = pytest.importorskip("torch")
    book = calculated(matrix_H6=20, matrix_H7=-3)
    weights = torch.tensor([20.0, -3.0], dtype=torch.float64, requires_grad=True)
    loss = loss_of(torch, weights, POINTS)
    loss.backward()
    np.testing.assert_allclose(column(book, "matrix", "I6:I7"), weights.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(column(book, "matrix", "J6:J7"), weights.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(column(book, "matrix", "K6:K7"), (weights - 0.3 * weights.grad).tolist(), rtol=1e-12)
    assert book["matrix"]["H9"] == pytest.approx(loss.sqrt().item(), rel=1e-12)


def batches(size: int, steps: int) -> list[np.ndarray]:
    """The points of each step: the next so many, at the end what is left, and then from the first again."""
    epoch = [POINTS[at : at + size] for at in range(0, len(POINTS), size)]
    return [epoch[step % len(epoch)] for step in range(steps)]


@pytest.mark.parametrize("size", [1, 5, 8, 29, 40])
def test_steps_on_batches_are_those_of_torchs_sgd(size: int) -> None:
    torch = pytest.importorskip("torch")
    book = calculated(batch_8_E3=size)
    weights = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=0.3)
    theirs, gradients = [], []
    for points in batches(size, 100):
        optimizer.zero_grad()
        loss_of(torch, weights, points).backward()
        gradients.append(weights.grad.numpy().copy())
        optimizer.step()
        theirs.append(weights.detach().numpy().copy())
    ours, slopes, errors = [], [], []
    for _ in range(4):
        for heading, rows in ((("slope_b", "slope_a"), slopes), (("new_b", "new_a"), ours), (("error",), errors)):
            rows += list(np.array([column(book, "batch_8", TABLE.down(name)) for name in heading]).T)
        press(book, "batch_8", "run", 1)
    for steps in (1, 10, 100):
        np.testing.assert_allclose(ours[steps - 1], theirs[steps - 1], rtol=1e-12)
    scale = abs(np.array(gradients)).max(axis=1, keepdims=True)  # where steps have arrived, the gradient is a remainder
    assert (abs(np.array(slopes[:100]) - gradients) <= 1e-12 * np.maximum(scale, 1)).all()
    np.testing.assert_allclose(slopes[:10], gradients[:10], rtol=1e-12)
    last = np.sqrt(np.mean((theirs[99][0] + theirs[99][1] * POINTS[:, 0] - POINTS[:, 1]) ** 2))
    assert errors[99][0] == pytest.approx(last, rel=1e-12)


@pytest.mark.parametrize(("title", "size"), SIZES.items())
def test_a_gradient_is_what_a_small_change_of_a_weight_does(title: str, size: int | None) -> None:
    book, h = calculated(), 0.01  # central, so that of a square nothing but rounding is left
    steps = zip(*(column(book, title, TABLE.down(name)) for name in ("b", "a", "slope_b", "slope_a")), strict=True)
    for (b, a, *found), points in zip(steps, batches(size or len(POINTS), STEPS), strict=True):
        x, y = points.T
        for at, slope in enumerate(found):
            up, down = ([b + sign * h * (at == 0), a + sign * h * (at == 1)] for sign in (1, -1))
            losses = [np.mean((w[0] + w[1] * x - y) ** 2) for w in (up, down)]
            assert slope == pytest.approx((losses[0] - losses[1]) / (2 * h), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("title", SIZES)
def test_reset_and_the_points_seen(title: str) -> None:
    book = calculated()
    before = book[title][TABLE.area]
    press(book, title, "run", 3)
    assert book[title][TABLE.area] != before
    assert book[title][TABLE.end("seen")] == sum(map(len, batches(SIZES[title] or len(POINTS), 4 * STEPS)))
    press(book, title, "reset")
    assert book[title][TABLE.area] == before


def test_epochs_written_out_are_as_many_presses_bit_for_bit() -> None:
    pressed, written = calculated(), unroll(build("ideas"), 20)
    for title in COLOURS:
        press(pressed, title, "run", 20)
        (top,) = (
            row for row in range(1, written[title].rows) if written[title][f"A{row}:A{row + 1}"] == [["epochs"], [20]]
        )
        down = top - 1  # rows from the start to this copy
        assert (
            written[title][f"B{FIRST + down}:L{FIRST - 1 + STEPS + down}"] == pressed[title][f"B{FIRST}:L{TABLE.last}"]
        )


def test_the_batches_come_near_the_best_line() -> None:
    slope, intercept = np.polyfit(*POINTS.T, 1)
    book = unroll(build("ideas"), 20)
    sheet = book["batch_all"]
    assert sheet["O3:S3"][0] == [
        "intercept",
        "slope",
        "rms error",
        "goal intercept",
        "goal slope",
    ]
    assert sheet["O24:S24"][0][3:] == pytest.approx([intercept, slope], rel=1e-12)
    assert sheet["O24:S24"][0][:2] == pytest.approx([intercept, slope], rel=1e-6)


# --- running average --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("beta", [0.5, 0.9, 0.98])
def test_the_average_and_its_correction(beta: float) -> None:
    pandas = pytest.importorskip("pandas")
    book = calculated(running_average_B3=beta)
    values = [y for _, y in numbers("points.csv")]
    average, found = 0.0, []
    for value in values:
        average = beta * average + (1 - beta) * value
        found.append(average)
    assert column(book, "running_average", "C7:C35") == pytest.approx(found, rel=1e-14)
    adjusted = pandas.Series(values).ewm(alpha=1 - beta, adjust=True).mean()
    assert column(book, "running_average", "E7:E35") == pytest.approx(adjusted.tolist(), rel=1e-12)
    assert book["running_average"]["G36"] == pytest.approx(found[-1], rel=1e-13)
    assert book["running_average"]["F36"] == pytest.approx(1 - beta ** len(values), rel=1e-13)


# --- one cycle --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("peak", "share", "steps"), [(0.005, 0.3, 100), (1, 0.25, 40), (0.01, 0.5, 200), (0.1, 0.1, 17)]
)
def test_one_cycle_is_torchs(peak: float, share: float, steps: int) -> None:
    """PyTorch counts one step more, and its rise ends where ours has its peak."""
    torch = pytest.importorskip("torch")
    book = calculated(one_cycle_H7=peak, one_cycle_H8=share, one_cycle_H9=steps)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1, momentum=0.9)
    rise = int(steps * share)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, steps + 1, pct_start=(rise + 1) / (steps + 1))
    theirs = []
    for _ in range(steps + 1):
        theirs.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]))
        optimizer.step()
        if len(theirs) <= steps:
            cycle.step()
    ours = np.array(book["one_cycle"]["D7:E207"])
    np.testing.assert_allclose(ours[: steps + 1], theirs, rtol=1e-9, atol=1e-16)
    assert (ours[steps:] == ours[steps]).all()
    assert ours[rise].tolist() == [peak, 0.85]


def test_other_momenta_and_ends() -> None:
    rows = np.array(
        calculated(one_cycle_H10=0.9, one_cycle_H11=0.5, one_cycle_H12=10, one_cycle_H13=100)["one_cycle"]["D7:E207"]
    )
    assert rows[[0, 30, 100]].tolist() == pytest.approx(np.array([[0.0005, 0.9], [0.005, 0.5], [0.00005, 0.9]]))


# --- how the sheets begin ---------------------------------------------------------------------------------------------
def test_every_sheet_begins_with_what_to_look_at() -> None:
    for sheet in build("ideas").sheets:
        for (sentence,) in sheet["A1:A2"]:
            assert sentence.endswith("."), sheet.title
            assert len(sentence) > 60, sheet.title
        assert sheet.about, sheet.title
