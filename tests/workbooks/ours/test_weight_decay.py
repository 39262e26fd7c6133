"""weight_decay against plain loops, torch.optim and autograd, finite differences, and its own buttons unrolled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import pytest

from sheetsim.errors import InputError
from sheetsim.macros.running import run
from sheetsim.macros.unrolling import unroll
from sheetsim.study.comparison.comparing import compare
from sheetsim.workbook import Workbook
from workbooks import WORKBOOKS
from workbooks.shared.columns import Table
from workbooks.weight_decay.workbook import FIRST, RULES, build

TITLES = list(RULES)
LAST = FIRST + 28
EPOCHS = 4  # of 29 steps: more than a hundred
RATE = {"sgd_l2": 0.005, "sgd_decay": 0.005, "adam_l2": 1.0, "adam_decay": 1.0}
BETAS, EPS = (0.9, 0.99), 1e-8


def tables(last: int = LAST) -> dict[str, Table]:
    return {title: Table(rule.columns, FIRST, last) for title, rule in RULES.items()}


@cache
def built(wd: float = 0.05, correct: int = 1) -> Workbook:
    book = WORKBOOKS["weight_decay"]()
    book["side_by_side"]["B4"] = wd
    for title in ("adam_l2", "adam_decay"):
        book[title]["L3"] = correct
    book.recalculate()
    return book


def column(book: Workbook, title: str, name: str) -> np.ndarray:
    return np.array(book[title][tables()[title].down(name)], float)[:, 0]


@cache
def steps(title: str, wd: float = 0.05, correct: int = 1) -> np.ndarray:
    """b and a after each step of some epochs, by the buttons: shape (steps, 2)."""
    book = WORKBOOKS["weight_decay"]()
    book["side_by_side"]["B4"] = wd
    if title.startswith("adam"):
        book[title]["L3"] = correct
    parts = []
    book.press(title, "reset")
    for epoch in range(EPOCHS):
        if epoch:
            book.press(title, "run", times=1)
        parts.append(np.stack([column(book, title, "new_b"), column(book, title, "new_a")], axis=1))
    return np.concatenate(parts)


def points() -> list[tuple[float, float]]:
    """The sheet's, as often as there are epochs."""
    return [tuple(row) for row in built()["sgd_l2"][f"A{FIRST}:B{LAST}"]] * EPOCHS  # type: ignore[misc]


# --- plain loops ------------------------------------------------------------------------------------------------------
def by_hand(title: str, wd: float, correct: int) -> Iterator[tuple[float, float]]:
    """The rule as a person writes it, in plain Python."""
    lr, w, (beta1, beta2) = RATE[title], [1.0, 1.0], BETAS
    m, v = [0.0, 0.0], [0.0, 0.0]
    for t, (x, y) in enumerate(points(), 1):
        slope = 2 * (w[0] + w[1] * x - y)
        for k, gradient in enumerate((slope, slope * x)):
            pull = 2 * wd * w[k]
            if title.endswith("l2"):
                gradient, pull = gradient + pull, 0.0
            if title.startswith("sgd"):
                w[k] -= lr * (gradient + pull)
                continue
            m[k] = beta1 * m[k] + (1 - beta1) * gradient
            v[k] = beta2 * v[k] + (1 - beta2) * gradient**2
            root = sqrt(v[k] / (1 - beta2**t)) + EPS if correct else sqrt(v[k])
            w[k] -= lr * (m[k] / ((1 - beta1**t) if correct else 1) / root + pull)
        yield w[0], w[1]


@pytest.mark.parametrize("wd", [0.0, 0.05, 0.5])
@pytest.mark.parametrize(("title", "correct"), [(title, 1) for title in TITLES] + [("adam_l2", 0), ("adam_decay", 0)])
def test_every_step_is_that_of_a_plain_loop(title: str, correct: int, wd: float) -> None:
    np.testing.assert_allclose(steps(title, wd, correct), list(by_hand(title, wd, correct)), rtol=1e-12)


# --- PyTorch ----------------------------------------------------------------------------------------------------------
def theirs(title: str, torch: Any) -> Callable[..., Any]:
    adam = {"betas": BETAS, "eps": EPS}
    return {
        "sgd_l2": lambda w, decay: torch.optim.SGD(w, lr=0.005, weight_decay=decay),
        "sgd_decay": lambda w, decay: torch.optim.SGD(w, lr=0.005, weight_decay=decay),
        "adam_l2": lambda w, decay: torch.optim.Adam(w, lr=1.0, weight_decay=decay, **adam),
        "adam_decay": lambda w, decay: torch.optim.AdamW(w, lr=1.0, weight_decay=decay, **adam),
    }[title]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("wd", [0.05, 0.3])
def test_every_optimizer_is_pytorchs(title: str, wd: float) -> None:
    """After 1, 10 and 100 steps, and all between; its weight_decay is 2·wd."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    w = [torch.nn.Parameter(torch.tensor(1.0, dtype=torch.float64)) for _ in "ba"]
    optimizer, path = theirs(title, torch)(w, 2 * wd), []
    for x, y in points():
        optimizer.zero_grad()
        ((w[0] + w[1] * x - y) ** 2).backward()
        optimizer.step()
        path.append([weight.item() for weight in w])
    for count in (1, 10, 100):
        np.testing.assert_allclose(steps(title, wd)[count - 1], path[count - 1], rtol=1e-12)
    np.testing.assert_allclose(steps(title, wd), path, rtol=1e-12)


@pytest.mark.parametrize("title", TITLES)
def test_every_gradient_is_autograds(title: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    book, wd = built(0.3), 0.3
    x, y, *weights = (torch.tensor(column(book, title, name)) for name in ("x", "y", "b", "a"))
    b, a = (weight.requires_grad_() for weight in weights)
    error = (b + a * x - y) ** 2
    penalty = wd * (b**2 + a**2)
    for names, loss in ((("slope_b", "slope_a"), error), (("term_b", "term_a"), penalty)):
        if names[0] in [each.name for each in RULES[title].columns]:
            for name, gradient in zip(names, torch.autograd.grad(loss.sum(), (b, a)), strict=True):
                np.testing.assert_allclose(column(book, title, name), gradient.numpy(), rtol=1e-12)
    if title.endswith("l2"):
        whole = torch.autograd.grad(((b + a * x - y) ** 2 + wd * (b**2 + a**2)).sum(), (b, a))
        for name, gradient in zip(("whole_b", "whole_a"), whole, strict=True):
            np.testing.assert_allclose(column(book, title, name), gradient.numpy(), rtol=1e-12)


def test_the_loss_is_differentiable_through_the_sheet() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    place = tables()["sgd_l2"]
    engine = built().torch("sgd_l2")
    for row in (0, 1, 28):
        loss, b, a = (f"{place.letters(name)}{FIRST + row}" for name in ("loss", "b", "a"))
        assert engine.gradient(loss, b).item() == pytest.approx(column(built(), "sgd_l2", "whole_b")[row], rel=1e-12)
        assert engine.gradient(loss, a).item() == pytest.approx(column(built(), "sgd_l2", "whole_a")[row], rel=1e-12)


@pytest.mark.parametrize("weight", ["b", "a"])
def test_the_differences_are_the_gradients_but_for_rounding(weight: str) -> None:
    """Of a square a difference to both sides has no error but that of the losses' last bits, over twice the step."""
    book = built()
    bound = 4 * np.finfo(float).eps * column(book, "sgd_l2", "loss").max() / 0.02
    off = column(book, "sgd_l2", f"difference_{weight}") - column(book, "sgd_l2", f"whole_{weight}")
    assert np.abs(off).max() < bound


# --- what it shows ----------------------------------------------------------------------------------------------------
def test_plain_descent_does_not_care_where_the_pull_stands() -> None:
    np.testing.assert_allclose(steps("sgd_l2"), steps("sgd_decay"), rtol=1e-12)
    overview = built()["side_by_side"]
    assert overview["F15"] == "the same, to 9 decimals"


def test_adam_does() -> None:
    assert steps("adam_l2")[-1][0] > 2.5 * steps("adam_decay")[-1][0]
    assert built()["side_by_side"]["F16"] == "not the same"


@pytest.mark.parametrize("title", ["adam_l2", "adam_decay"])
def test_without_a_pull_both_are_one_adam(title: str) -> None:
    np.testing.assert_allclose(steps(title, 0.0), steps("adam_l2", 0.0), rtol=1e-15)


@pytest.mark.parametrize("weight", ["b", "a"])
def test_what_arrives_is_the_part_of_the_step_that_the_term_makes(weight: str) -> None:
    """The step is linear in the momentum: with the term's own average taken out of it, it is smaller by what arrives
    times the plain pull."""
    book = built()
    names = ("m_" + weight, "d_" + weight, "first", "root_" + weight, "term_" + weight, "arrives_" + weight)
    m, d, first, root, term, arrives = (column(book, "adam_l2", name) for name in names)
    np.testing.assert_allclose(m / first / root - (m - d) / first / root, arrives * term, rtol=1e-6, atol=1e-15)
    own, average = [], 0.0
    for pull in term:
        average = 0.9 * average + 0.1 * pull
        own.append(average)
    np.testing.assert_allclose(d, own, rtol=1e-12)
    assert 0 < arrives.min() < arrives.max() < 0.01


@pytest.mark.parametrize(("wd", "row"), [(0.0, 12), (0.05, 13), (0.5, 13)])
def test_where_the_loss_is_least(wd: float, row: int) -> None:
    """The normal equations, by NumPy."""
    x, y = np.array(points()[:29]).T
    design = np.stack([np.ones(29), x], axis=1)
    best = np.linalg.solve(design.T @ design + 29 * wd * np.eye(2), design.T @ y)
    assert built(wd)["side_by_side"][f"D{row}:E{row}"][0] == pytest.approx(best.tolist(), rel=1e-9)


# --- buttons, epochs, comparison --------------------------------------------------------------------------------------
def test_twenty_epochs_are_twenty_presses() -> None:
    unrolled, pressed = built_anew(), built_anew()
    unroll(unrolled, 20)
    for title in TITLES:
        sheet, place = unrolled[title], tables()[title]
        stride = LAST + 1  # the rows of a copy, and a blank one
        for epoch in range(21):
            names = [each.name for each in RULES[title].columns]
            top = epoch * stride
            rows = slice(top + FIRST - 1, top + LAST)
            theirs = pressed[title].num[FIRST - 1 : LAST, : len(names)]
            assert sheet.num[rows, : len(names)].tobytes() == theirs.tobytes(), (title, epoch)
            if epoch < 20:
                pressed.press(title, "run", times=1)
        assert sheet[place.start("new_b")] == 1


def built_anew() -> Workbook:
    book = build()
    book.recalculate()
    return book


def test_the_sentences_stand_once_and_there_is_no_switch_without_use() -> None:
    book = built_anew()
    said = book["adam_l2"]["A1"]
    sheet = unroll(book, 3)["adam_l2"]
    texts = [sheet.value(row, 0) for row in range(sheet.rows)]
    assert texts.count(said) == 1
    assert texts.count("epochs") == 3
    assert book.find_name("updated", "adam_l2") is None
    assert sheet["B73"] == sheet["B3"] == 0.05


def test_reset_is_the_start() -> None:
    book, fresh = built_anew(), built_anew()
    for title in TITLES:
        book.press(title, "run")
        assert book[title].num.tobytes() != fresh[title].num.tobytes()
        book.press(title, "reset")
        assert book[title].num.tobytes() == fresh[title].num.tobytes()


def test_they_are_compared() -> None:
    frame = compare(built_anew(), epochs=4, settings={"wd": 0.3, "adam_l2.lr": 0.5})
    assert frame.optimizer.unique().tolist() == TITLES
    last = frame[frame.epoch == 4].set_index("optimizer")
    assert last.loc["sgd_decay", "b"] == pytest.approx(steps("sgd_decay", 0.3)[-1][0], rel=1e-12)
    assert last.loc["adam_decay", "a"] == pytest.approx(steps("adam_decay", 0.3)[-1][1], rel=1e-12)


def test_points_of_ones_own() -> None:
    book = build([(1, 5), (2, 8), (4, 14)])
    book.recalculate()
    assert book["side_by_side"]["D12:E12"][0] == pytest.approx([2, 3], rel=1e-9)


def test_one_wd_for_all_set_from_any_sheet_and_traced() -> None:
    book = built_anew()
    history = run(book, "adam_l2", epochs=2, settings=[("wd", 0.3)], trace=True)
    assert book["side_by_side"]["B4"] == 0.3
    assert {book[title]["B3"] for title in TITLES} == {0.3}
    path = [[1.0, 1.0], *steps("adam_l2", 0.3)[[28, 57]].tolist()]
    assert [line[1:3] for line in history.table] == [pytest.approx(weights, rel=1e-12) for weights in path]
    first = history.rows[0]
    assert first.columns.tolist() == ["row", *(each.heading for each in RULES["adam_l2"].columns)]
    assert first["row"].tolist() == list(range(FIRST, LAST + 1))
    assert first["new b"].tolist() == pytest.approx(steps("adam_l2", 0.3)[:29, 0].tolist(), rel=1e-12)


def test_what_is_computed_can_not_be_set() -> None:
    book = built_anew()
    book.define_name("twice", "side_by_side!$B$5")
    with pytest.raises(InputError, match="side_by_side!B5 holds the formula =2"):
        run(book, "sgd_l2", settings=[("twice", 1.0)])


def test_there_is_nothing_to_switch() -> None:
    with pytest.raises(InputError, match="carries the updated weights anyway"):
        unroll(built_anew(), 2, updated=True)
