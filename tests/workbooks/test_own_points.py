"""graddesc from points of one's own: its steps against plain loops, its formulas against the lecture's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Run
from epochs_by_hand import OPTIMIZERS
from own_data import write

from sheetsim import library
from sheetsim.errors import InputError
from sheetsim.reading.book import read
from workbooks.graddesc import own_points


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,5\n2.5,-8\n",
        "1,5\n2.5,-8\n",
        "1\t5\n2.5\t-8",
        "\ufeffX , Y\r\n1,5\r\n\r\n2.5,-8\r\n",
        "name,y,x\na,5,1\nb,-8e0,+2.5\n",
        '"x","y"\n"1","5"\n 2.5 , -8 \n\n',
    ],
)
def test_points_as_they_may_be_written(text: str, tmp_path: Path) -> None:
    assert own_points.read(write(tmp_path / "p.csv", text)) == [(1.0, 5.0), (2.5, -8.0)]


def epoch_of_basic(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """One epoch of gradient descent from a = b = 1, without the step of the last point, which the lecture drops."""
    b = a = 1.0
    for x, y in points[:-1]:
        error = a * x + b - y
        b, a = b - 0.0001 * 2 * error, a - 0.0001 * 2 * error * x
    return b, a


def epochs_of_momentum(points: Sequence[tuple[float, float]], epochs: int) -> tuple[float, float]:
    """The same with running averages of the gradients; Reset lets them settle for an epoch, at weights of 1."""
    weights, average = np.ones(2), np.zeros(2)
    for epoch in range(epochs + 1):
        step = weights.copy()
        for x, y in points:
            last = step.copy()
            average = 0.9 * average + 0.1 * 2 * (step @ [1, x] - y) * np.array([1, x])
            step = step - 0.0001 * average
        weights = last if epoch else weights
    return weights[0], weights[1]


@pytest.mark.parametrize("size", [2, 3, 100])
def test_steps_on_other_points(size: int, tmp_path: Path, run: Run) -> None:
    random = np.random.default_rng(size)
    frame = pd.DataFrame(random.uniform(-20, 20, (size, 2)).round(3), columns=["x", "y"])
    frame.to_csv(tmp_path / "p.csv", index=False)
    points = [(x, y) for x, y in frame.to_numpy().tolist()]
    found = run("build", "graddesc", "--points", tmp_path / "p.csv", "--out", tmp_path)
    assert found.status == 0
    book = read(tmp_path / "graddesc.xlsx")
    np.testing.assert_array_equal(book["adam"][f"A4:B{3 + size}"], points)
    assert book["adam"][f"A{4 + size}"] is None

    shown = {}
    for sheet in "basic", "momentum":
        run("run", "graddesc", sheet, "--epochs", "1", "--points", tmp_path / "p.csv", "--out", tmp_path / "after.xlsx")
        shown[sheet] = [row[0] for row in read(tmp_path / "after.xlsx")[sheet]["C1:C2"]]
    assert shown["basic"] == pytest.approx(epoch_of_basic(points), rel=1e-12)
    assert shown["momentum"] == pytest.approx(epochs_of_momentum(points, 1), rel=1e-12)


def test_run_prints_the_error_of_other_points(points: Path, run: Run) -> None:
    found = run("run", "graddesc", "basic", "--epochs", "1", "--points", points, "--no-reset")
    lines = [line.split() for line in found.out.splitlines() if line.split()[:1] in (["0"], ["1"])]
    assert [float(word) for word in lines[1][1:3]] == pytest.approx(epoch_of_basic([(1, 5), (2, 8), (4, 14)]))


@pytest.mark.parametrize("title", OPTIMIZERS)
def test_three_points_have_the_lectures_formulas(title: str) -> None:
    """Its rows 4, 5, 32 (the last point) and those below, once row numbers are told apart from one another."""
    rows = {"3": "3", "4": "4", "5": "5", "31": "5", "32": "6", "33": "7", "34": "8"}
    theirs = library.build("graddesc")[title]
    ours = library.build("graddesc", points=[(1, 5), (2, 8), (4, 14)])[title]
    for row in "1", "2", "3", "4", "5", "32", "33", "34":
        for column in range(theirs.columns):
            text = theirs.formula_text(int(row) - 1, column)
            moved = text and re.sub(r"(?<=[A-Z])\d+", lambda found: rows.get(found[0], found[0]), text)
            assert ours.formula_text(int(rows.get(row, row)) - 1, column) == moved


def test_more_points_than_there_is_room_for(tmp_path: Path) -> None:
    path = write(tmp_path / "points.csv", "x,y\n" + "1,2\n" * 100_001)
    with pytest.raises(InputError, match=r"points\.csv, line 100002: more than 100,000 points"):
        own_points.read(path)
