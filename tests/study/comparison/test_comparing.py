"""Optimizers side by side: the numbers against plain loops (epochs_by_hand.py)."""

from __future__ import annotations

from typing import Any

import pytest
from epochs_by_hand import OPTIMIZERS, by_hand, error

from sheetsim.api import compare
from sheetsim.errors import InputError
from sheetsim.library import build
from sheetsim.macros.running import run
from sheetsim.model.named_cells import cells_of
from sheetsim.study.comparison.comparing import MOST, start
from workbooks.shared.data import numbers

LECTURE = [(x, y) for x, y in numbers("points.csv")]
OWN = [(1.0, 32.5), (2.0, 34.0), (-3.0, 24.0), (0.5, 30.0), (4.0, 38.5)]


def found(frame: Any, title: str) -> list[list[float]]:
    return [list(line) for line in frame[frame.optimizer == title][["b", "a", "error"]].to_numpy().tolist()]


@pytest.mark.parametrize("updated", [False, True])
@pytest.mark.parametrize("points", [None, OWN], ids=["lecture", "own"])
def test_plain_loops_come_to_the_same(points: Any, updated: bool) -> None:
    frame = compare(points, epochs=8, updated=updated)
    assert list(frame.columns) == ["optimizer", "epoch", "b", "a", "error"]
    assert frame.optimizer.unique().tolist() == OPTIMIZERS
    for title in OPTIMIZERS:
        assert frame[frame.optimizer == title].epoch.tolist() == list(range(9))
        for line, expected in zip(found(frame, title), by_hand(title, points or LECTURE, 8, updated), strict=True):
            assert line == pytest.approx(expected, rel=1e-9, abs=1e-9), title


def test_the_lectures_five_epochs_of_adam() -> None:
    """ "5 steps, we're at 25"."""
    frame = compare(build("graddesc"), epochs=5)
    assert found(frame, "adam")[-1][0] == 24.960097789510424


def test_it_is_what_the_buttons_do() -> None:
    frame = compare(epochs=4, settings={"lr": 0.001})
    for title in OPTIMIZERS:
        history = run(build("graddesc"), title, 4, [("lr", 0.001)])
        assert [line[:2] for line in found(frame, title)] == [line[1:3] for line in history.table]


def test_all_start_from_the_same_error() -> None:
    frame = compare(epochs=1)
    expected = error(LECTURE, 1, 1)
    assert round(expected, 4) == 76.1353
    assert frame[frame.epoch == 0].error.tolist() == [pytest.approx(expected, rel=1e-14)] * 5


# --- settings ---------------------------------------------------------------------------------------------------------
def rates(settings: dict[str, float]) -> list[Any]:
    book = build("graddesc")
    start(book, settings)
    return [book[title][str(cells_of(book[title], "lr"))] for title in OPTIMIZERS]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [0.0001, 0.0001, 0.02, 1, 1]),
        ({"lr": 0.5}, [0.5, 0.5, 0.5, 0.5, 0.5]),
        ({"LR": 0.5}, [0.5, 0.5, 0.5, 0.5, 0.5]),
        ({"adam.lr": 0.5}, [0.0001, 0.0001, 0.02, 0.5, 1]),
        ({"adam!lr": 0.5, "Basic.F1": 3}, [3, 0.0001, 0.02, 0.5, 1]),
        ({"lr": 0.5, "adam.lr": 2}, [0.5, 0.5, 0.5, 2, 0.5]),
        ({"adam.lr": 2, "lr": 0.5}, [0.5, 0.5, 0.5, 2, 0.5]),
    ],
)
def test_settings(settings: dict[str, float], expected: list[float]) -> None:
    assert rates(settings) == expected


def test_a_name_that_only_some_sheets_have() -> None:
    book = build("graddesc")
    start(book, {"momtarget": 7})
    held = [book[title]["J33:K33"] for title in OPTIMIZERS]
    assert [row == [[7, 7]] for row in held] == [False, True, False, True, True]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"foo": 1}, "foo: no optimizer's sheet has that name; there are const, gradtarget, lr, momtarget, prev_grad2"),
        ({"D2": 1}, "D2: no optimizer's sheet has that name; .* or adam.J1 for a cell"),
        ({"rmse": 1}, "rmse: no optimizer's sheet has that name"),
        ({"adma.lr": 1}, "there is no optimizer 'adma'; there are basic, momentum, rmsprop, adam, adam_ann"),
        ({"data.C1": 1}, "there is no optimizer 'data'"),
        ({"adam.foo": 1}, "adam has no name or cell 'foo'"),
        ({"adam.": 1}, "adam has no name or cell ''"),
        ({"lr": 2, "adam.H5": 1}, "adam!H5 holds the formula"),
        ({"adam.D2:E9": 1}, r"--set D2:E9: adam!D4 holds the formula =C2"),
        ({"lr": float("nan")}, "--set lr: nan is no number that a cell can hold"),
        ({"adam.lr": float("inf")}, r"--set adam\.lr: inf is no number"),
        ({"lr": "fast"}, "--set lr: 'fast' is no number"),
        ({"lr": None}, "--set lr: None is no number"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, float], message: str) -> None:
    book = build("graddesc")
    with pytest.raises(InputError, match=message):
        compare(book, settings=settings)
    assert book["adam"]["C1"] == 29.713174380227404, "as the lecture left it"


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "at least two points"),
        ([(1, 2)], "at least two points"),
        ([(1, 2), (3,)], r"point 2 is \(3,\), not two numbers, x and y"),
        ([(1, 2, 3), (4, 5, 6)], r"point 1 is \(1, 2, 3\), not"),
        ([(1, 2), (3, "a")], "point 2"),
        ([(1, float("nan")), (3, 4)], "point 1"),
        ([(1, 2), (float("inf"), 4)], "point 2"),
        ([(1, 2), (None, 4)], "point 2"),
        ("points.csv", "points.csv does not exist"),  # a text is a workbook's name or path
        (["12", "pq"], "point 2 is 'pq', not"),
    ],
)
def test_points_that_cannot_be(points: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(points, epochs=1)


@pytest.mark.parametrize("epochs", [0, -1, MOST + 1])
def test_epochs_that_cannot_be(epochs: int) -> None:
    with pytest.raises(InputError, match=f"{epochs:,} epochs: from 1 to 2,000 can be compared"):
        compare(epochs=epochs)


def test_what_diverges_is_no_number() -> None:
    frame = compare(epochs=12, settings={"basic.lr": 0.01})
    last = frame[frame.epoch == 12].set_index("optimizer")
    assert last.isna().any(axis=1).to_dict() == {title: title == "basic" for title in OPTIMIZERS}
    assert frame.error.dtype == float


def test_a_workbook_without_optimizers() -> None:
    with pytest.raises(InputError, match="entropy_example has no optimizers to compare; graddesc has"):
        compare(build("entropy_example"))
