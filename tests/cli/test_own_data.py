"""The commands on data of one's own."""

from __future__ import annotations

from pathlib import Path

import epochs_by_hand
import numpy as np
import pandas as pd
import pytest
from conftest import Plant, Run, formula, one_ulp
from epochs_by_hand import OPTIMIZERS
from exact import times
from own_data import chosen_by_pandas, write

from sheetsim import library
from sheetsim.reading.book import read


def test_check_of_other_points(points: Path, tmp_path: Path, run: Run, plant: Plant) -> None:
    assert run("build", "graddesc", "--points", points, "--out", tmp_path / "out").status == 0
    path = tmp_path / "out" / "graddesc.xlsx"
    plain, against = run("check", path), run("check", path, "--points", points)
    assert (plain.status, against.status) == (0, 0)
    assert "against its recalculation" in plain.out
    assert "it was built with points of its own; give them" in plain.out
    assert "against the workbook graddesc" in against.out
    assert "187 of 187 computed cells equal" in plain.out
    assert "187 of 187 computed cells equal" in against.out
    assert run("check", path, "--workbook", "graddesc").status == 1

    wrong = plant(path, "adam", "E5", one_ulp)
    assert (run("check", wrong).status, run("check", wrong, "--points", points).status) == (1, 1)
    wrong = plant(path, "adam", "F5", formula("2*(D5*A5+C5)-2*B5"))
    assert "adam!F5  formula" in run("check", wrong, "--points", points).out


def test_check_and_solve_of_other_ratings(ratings: Path, tmp_path: Path, run: Run) -> None:
    sizes = ("--users", 5, "--movies", 7, "--factors", 3)
    built = run("build", "collab_filter", "collab_sigmoid", "--ratings", ratings, *sizes, "--out", tmp_path)
    assert built.status == 0
    path = tmp_path / "collab_filter.xlsx"
    assert run("check", path).status == 0
    assert run("check", path, "--ratings", ratings, *sizes).status == 0
    assert run("check", path, "--ratings", ratings).status == 1  # other sizes
    found = run("solve", path, "dotprod", "--out", tmp_path / "solved.xlsx")
    assert found.status == 0
    assert read(tmp_path / "solved.xlsx")["dotprod"]["L19"] < 0.7 < read(path)["dotprod"]["L19"]
    assert run("check", tmp_path / "solved.xlsx").status == 0


def test_solve_by_name_is_that_of_the_file(ratings: Path, tmp_path: Path, run: Run) -> None:
    own = ("--ratings", ratings, "--users", 5, "--movies", 7, "--factors", 3)
    run("build", "collab_filter", *own, "--out", tmp_path)
    results = []
    for number, what in enumerate([(tmp_path / "collab_filter.xlsx",), ("collab_filter", *own)]):
        out = tmp_path / f"{number}.xlsx"
        assert run("solve", what[0], "bias", *what[1:], "--iterations", 20, "--out", out).status == 0
        results.append(read(out)["bias"]["A1:L20"])
    assert results[0] == results[1]


def test_the_seed_of_the_weights(ratings: Path, tmp_path: Path, run: Run) -> None:
    """NumPy's own numbers: the users' of dotprod are drawn first."""
    sizes = ("--users", 5, "--movies", 7, "--factors", 3)
    assert run("build", "collab_filter", "--ratings", ratings, *sizes, "--seed", 8, "--out", tmp_path).status == 0
    path = tmp_path / "collab_filter.xlsx"
    expected = np.random.default_rng(8).random((5, 3))
    np.testing.assert_array_equal(read(path)["dotprod"]["B13:D17"], expected)
    assert run("check", path, "--ratings", ratings, *sizes, "--seed", 8).status == 0
    assert run("check", path, "--ratings", ratings, *sizes).status == 1


def test_explain_of_other_points(points: Path, run: Run) -> None:
    found = run("explain", "graddesc", "adam!H5", "--points", points)
    assert found.status == 0
    assert "filled over adam!H4:I6 (6 cells)" in found.out
    assert float(found.out.split()[2]) == library.build("graddesc", points=[(1, 5), (2, 8), (4, 14)])["adam"]["H5"]


@pytest.mark.parametrize("updated", [False, True])
def test_epochs_of_other_points(updated: bool, tmp_path: Path, run: Run) -> None:
    """Against plain loops, to the last bit (see epochs_by_hand.py)."""
    pairs = [(1.5, 5.0), (2.25, -8.0), (4.0, 14.0), (-3.0, 2.5)]
    path = write(tmp_path / "p.csv", "y,x\n" + "".join(f"{y},{x}\n" for x, y in pairs))
    options = ("--points", path, "--epochs", 20, *["--updated"][: int(updated)])
    assert run("build", "graddesc", *options, "--out", tmp_path).status == 0
    book = read(tmp_path / "graddesc_20_epochs.xlsx")
    for title in OPTIMIZERS:
        sheet = book[title]
        by_hand = epochs_by_hand.epochs(title, pairs, 21, updated, epochs_by_hand.by_loops(times))
        expected = [epoch.states[0].weights for epoch in by_hand]
        left = next(column for column in range(sheet.columns) if sheet.value(2, column) == "epochs done")
        assert [(sheet.value(3 + k, left + 1), sheet.value(3 + k, left + 2)) for k in range(21)] == expected
    assert run("check", tmp_path / "graddesc_20_epochs.xlsx").status == 0


def test_csv_of_other_ratings(ratings: Path, tmp_path: Path, run: Run) -> None:
    sizes = ("--users", 5, "--movies", 7, "--factors", 3)
    assert run("build", "collab_filter", "--ratings", ratings, *sizes, "--csv", "--out", tmp_path / "c").status == 0
    frame = pd.read_csv(tmp_path / "c" / "collab_filter.dotprod.csv", header=None)
    expected = chosen_by_pandas(ratings, 5, 7).to_numpy()
    np.testing.assert_array_equal(frame.iloc[1:6, 5:12].to_numpy(float), expected)


def test_ratings_up_to_ten(tmp_path: Path, run: Run) -> None:
    """The sigmoid reaches as far above the best one as the lecture's, a tenth."""
    rows = "".join(f"{user},{movie},{1 + (user * movie) % 10}\n" for user in range(4) for movie in range(5))
    path = write(tmp_path / "ratings.csv", rows)
    options = ("--ratings", path, "--rating-range", 1, 10)
    assert run("build", "collab_filter", "collab_sigmoid", *options, "--out", tmp_path).status == 0
    assert read(tmp_path / "collab_filter.xlsx")["dotprod"]["G2:K5"][3] == [1, 4, 7, 10, 3]
    assert read(tmp_path / "collab_sigmoid.xlsx")["bias_sigmoid"]["A2"] == pytest.approx(11)
    assert run("check", tmp_path / "collab_sigmoid.xlsx", *options).status == 0


def test_the_lectures_workbooks_are_built_beside_it(points: Path, tmp_path: Path, run: Run) -> None:
    found = run("build", "graddesc", "entropy_example", "--points", points, "--out", tmp_path / "out")
    assert found.status == 0
    assert [library.other_data(read(p)) for p in sorted((tmp_path / "out").iterdir())] == [None, "points"]
    assert run("check", tmp_path / "out" / "entropy_example.xlsx").status == 0
