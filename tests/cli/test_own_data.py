"""Workbooks from data of one's own: what is chosen, what is computed (against NumPy, pandas and LibreOffice), and what
is refused."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import epochs_by_hand
import numpy as np
import pandas as pd
import pytest
from conftest import Plant, Run, formula, one_ulp
from exact import times
from libreoffice import disagreeing, recalculated, without_values
from places import ROOT
from training_data import real

from sheetsim import library
from sheetsim.errors import InputError
from sheetsim.model.sheet import Sheet
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook
from workbooks.collab_filter import own_ratings
from workbooks.graddesc import own_points

LECTURE = ROOT / "workbooks" / "data"
SIZES = [(5, 7, 3), (20, 30, 8)]  # users, movies, factors
OPTIMIZERS = ["basic", "momentum", "rmsprop", "adam", "adam_ann"]


# --- the files --------------------------------------------------------------------------------------------------------
@pytest.fixture
def points(tmp_path: Path) -> Path:
    return write(tmp_path / "points.csv", "x,y\n1,5\n2,8\n4,14\n")


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,200 ratings of 60 movies by 50 users in a random order, so few that many users and movies have equally many."""
    random = np.random.default_rng(3)
    pairs = random.permutation(50 * 60)[:1200]
    rows = [f"{7 + 3 * (pair // 60)},{100 - pair % 60},{random.integers(1, 11) / 2},0" for pair in pairs]
    path = tmp_path_factory.mktemp("ratings") / "ratings.csv"
    return write(path, "\n".join(["userId,movieId,rating,timestamp", *rows, ""]))


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- points -----------------------------------------------------------------------------------------------------------
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


# --- which ratings ----------------------------------------------------------------------------------------------------
def chosen_by_pandas(path: Path, users: int, movies: int) -> pd.DataFrame:
    """The definition of the choice, in other words: a matrix, NaN where there is no rating."""
    separator, names = ("\t", ["userId", "movieId", "rating"]) if path.suffix == ".data" else (",", None)
    frame = pd.read_csv(path, sep=separator, names=names, usecols=[0, 1, 2])

    def most(table: pd.DataFrame, column: str, count: int) -> pd.Series:
        counts = table.groupby(column).size().reset_index(name="n")
        return counts.sort_values(["n", column], ascending=[False, True])[column].head(count)

    theirs = frame[frame.userId.isin(most(frame, "userId", users))]
    return theirs[theirs.movieId.isin(most(theirs, "movieId", movies))].pivot(
        index="userId", columns="movieId", values="rating"
    )


@pytest.mark.parametrize(("users", "movies"), [(5, 7), (20, 30), (2, 2), (50, 60), (15, 15)])
def test_who_is_chosen(users: int, movies: int, ratings: Path) -> None:
    listed = own_ratings.choose(ratings, users, movies).ratings
    ours = pd.DataFrame(listed, columns=["userId", "movieId", "rating"])
    expected = chosen_by_pandas(ratings, users, movies)
    assert expected.shape == (users, movies)
    pd.testing.assert_frame_equal(
        ours.pivot(index="userId", columns="movieId", values="rating"), expected, check_index_type=False,
        check_column_type=False,
    )  # fmt: skip


def test_among_equals_the_smaller_id_goes_first(tmp_path: Path) -> None:
    rows = [(user, movie) for user in (9, 4, 10, 2) for movie in (30, 7, 200)]
    path = write(tmp_path / "r.csv", "".join(f"{user},{movie},3\n" for user, movie in rows))
    listed = own_ratings.choose(path, 2, 2).ratings
    assert [row[:2] for row in listed] == [(4, 30), (4, 7), (2, 30), (2, 7)]


def test_what_is_not_said_is_the_lectures_or_what_there_is(tmp_path: Path, ratings: Path) -> None:
    listed, factors = own_ratings.choose(ratings)
    assert (len({row[0] for row in listed}), len({row[1] for row in listed}), factors) == (15, 15, 5)
    path = write(tmp_path / "r.csv", "".join(f"{user},{movie},3.7\n" for user in range(3) for movie in range(4)))
    listed, factors = own_ratings.choose(path)
    assert (len(listed), factors, listed[0]) == (12, 3, (0.0, 0.0, 3.7))


@pytest.mark.parametrize("name", ["ml-latest-small/ratings.csv", "ml-100k/u.data"])
def test_the_choice_from_movielens(name: str) -> None:
    path = real(name) / name
    expected = chosen_by_pandas(path, 15, 15)
    listed = own_ratings.choose(path).ratings
    assert sorted(listed) == sorted(expected.reset_index().melt("userId").dropna().itertuples(index=False, name=None))


def test_a_file_of_the_lectures_numbers_makes_the_lectures_sheets() -> None:
    """Every cell but the weights, which are random."""
    points = library.build("graddesc", points=own_points.read(LECTURE / "points.csv"))
    choice = own_ratings.choose(LECTURE / "ratings.csv")
    for name, ours in ("graddesc", points), ("collab_filter", library.build("collab_filter", **choice._asdict())):
        theirs = library.build(name)
        for sheet in theirs.sheets:
            assert texts(ours[sheet.title]) == texts(sheet)
    assert ours["dotprod"]["G1:V16"] == theirs["dotprod"]["G1:V16"]
    assert ours["movielens_emb"]["I3:K208"] == theirs["movielens_emb"]["I3:K208"]


def texts(sheet: Sheet) -> dict[tuple[int, int], str]:
    return {cell: text for cell in sheet.cells() if (text := sheet.formula_text(*cell))}


# --- what is computed from them ---------------------------------------------------------------------------------------
@cache
def built(name: str, path: Path, users: int, movies: int, factors: int) -> Workbook:
    return library.build(name, **own_ratings.choose(path, users, movies, factors)._asdict())


def numbers(sheet: Sheet, target: str) -> np.ndarray:
    return np.array(sheet[target], float)


@pytest.mark.parametrize("sigmoid", [False, True])
@pytest.mark.parametrize(("users", "movies", "factors"), SIZES)
def test_predictions_and_errors_by_numpy(users: int, movies: int, factors: int, sigmoid: bool, ratings: Path) -> None:
    name, suffix = ("collab_sigmoid", "_sigmoid") if sigmoid else ("collab_filter", "")
    book = built(name, ratings, users, movies, factors)
    expected = chosen_by_pandas(ratings, users, movies).to_numpy()
    rated = ~np.isnan(expected)
    for biased in 0, 1:
        sheet = book[("bias" if biased else "dotprod") + suffix]
        model = {name.name: name.text for name in book.names.values() if name.sheet == sheet.title}
        movie_area, user_area = (part.split("!")[1].replace("$", "") for part in model["solver_adj"].split(","))
        of_movies, of_users = numbers(sheet, movie_area), numbers(sheet, user_area)
        assert (of_movies.shape, of_users.shape) == ((factors + biased, movies), (users, factors + biased))
        predictions = of_users[:, biased:] @ of_movies[biased:] + biased * (of_movies[0] + of_users[:, :1])
        if sigmoid:
            predictions = 5.5 / (1 + np.exp(-predictions))
        rmse = np.sqrt(np.mean((predictions - expected)[rated] ** 2))
        assert sheet[model["solver_opt"].split("!")[1].replace("$", "")] == pytest.approx(rmse, rel=1e-13)
        shown = pd.DataFrame(sheet[f"A1:{address(sheet)}"]).to_numpy()[-2 - users : -2, -movies:].astype(float)
        np.testing.assert_allclose(shown[rated], predictions[rated], rtol=1e-13)


def address(sheet: Sheet) -> str:
    from sheetsim.model.address import cell_name

    return cell_name(sheet.rows - 1, sheet.columns - 1)


@pytest.mark.parametrize(("users", "movies", "factors"), SIZES)
def test_the_lists_come_to_the_matrixs_error(users: int, movies: int, factors: int, ratings: Path) -> None:
    book = built("collab_filter", ratings, users, movies, factors)
    errors = [book[title][address(book[title])] for title in ("dotprod", "movielens_1hot", "movielens_emb")]
    assert errors == pytest.approx([errors[0]] * 3, rel=1e-12)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("dotprod F13", '=IF(F2="",0,MMULT($B13:$D13,F$9:F$11))'),
        ("dotprod L17", '=IF(L6="",0,MMULT($B17:$D17,L$9:L$11))'),
        ("dotprod L19", "=SQRT(SUMXMY2(F2:L6,F13:L17)/COUNT(F2:L6))"),
        ("bias F14", '=IF(F2="",0,MMULT($B14:$D14,F$10:F$12))+F$9+$A14'),
        ("bias L20", "=SQRT(SUMXMY2(F2:L6,F14:L18)/COUNT(F2:L6))"),
    ],
)
def test_formulas_of_five_users_and_seven_movies(where: str, text: str, ratings: Path) -> None:
    from sheetsim.model.address import parse_cell

    title, cell = where.split()
    assert built("collab_filter", ratings, 5, 7, 3)[title].formula_text(*parse_cell(cell)) == text


def test_libreoffice_comes_to_the_same(ratings: Path, tmp_path: Path) -> None:
    """It takes a blank as 0 in SUMXMY2, where Excel skips the pair: with biases the prediction there is not 0."""
    book = built("collab_filter", ratings, 5, 7, 3)
    book.save(tmp_path / "built.xlsx")
    without_values(tmp_path / "built.xlsx", tmp_path / "bare.xlsx")
    assert np.isnan(chosen_by_pandas(ratings, 5, 7).to_numpy()).any()
    assert disagreeing(book, recalculated(tmp_path / "bare.xlsx")) == ["bias!L20"]


# --- the commands -----------------------------------------------------------------------------------------------------
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
    pytest.importorskip("scipy", reason="SciPy is not installed")
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
    pytest.importorskip("scipy", reason="SciPy is not installed")
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
    np.testing.assert_array_equal(numbers(read(path)["dotprod"], "B13:D17"), expected)
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


def test_torch_on_other_ratings(ratings: Path) -> None:
    """The gradient of the error by the users' factors, as one derives it: (errors × movies) / (n × rmse)."""
    pytest.importorskip("torch", reason="PyTorch is not installed")
    book = built("collab_filter", ratings, 5, 7, 3)
    expected = chosen_by_pandas(ratings, 5, 7).to_numpy()
    users, movies = numbers(book["dotprod"], "B13:D17"), numbers(book["dotprod"], "F9:L11")
    errors = np.where(np.isnan(expected), 0.0, users @ movies - np.nan_to_num(expected))
    count = (~np.isnan(expected)).sum()
    rmse = np.sqrt((errors**2).sum() / count)
    tensors = book.torch("dotprod")
    assert tensors["L19"].item() == pytest.approx(rmse, rel=1e-13)
    np.testing.assert_allclose(tensors.gradient("L19", "B13:D17"), errors @ movies.T / (count * rmse), rtol=1e-11)


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


# --- what is refused --------------------------------------------------------------------------------------------------
BAD_POINTS = {
    "": "points.csv: the file is empty",
    "\n\n": "points.csv: the file is empty",
    "x,y\n": "points.csv: too few points (0); graddesc needs two or more",
    "x,y\n1,2\n": "points.csv: too few points (1); graddesc needs two or more",
    "x,y\n1,2\n2,abc\n": "points.csv, line 3: y is 'abc', not a number",
    "x,y\n1,2\n\n,4\n": "points.csv, line 4: x is empty",
    "x,y\n1,2\nnan,4\n": "points.csv, line 3: x is 'nan', not a number",
    "x,y\n1,2\n3,-inf\n": "points.csv, line 3: y is '-inf', not a number",
    "1,2\n3,1e999\n": "points.csv, line 2: y is '1e999', too large for a cell",
    "1,2\n3," + "9" * 400: "points.csv, line 2: y is '" + "9" * 40 + "', too large for a cell",
    "1,2\n3," + "9" * 5000: "points.csv, line 2: y is '" + "9" * 40 + "', too large for a cell",
    "1,2\n1e400,3\n": "points.csv, line 2: x is '1e400', too large for a cell",
    "\ufeffx,y\r\n1,2\r\n\r\n2,\r\n": "points.csv, line 4: y is empty",
    'x,y\n1,2\n"1,5",3\n': "points.csv, line 3: x is '1,5', not a number",
    'x,y\n1,2\n"3,4\n': "points.csv, line 3: 1 column, the first line has 2",
    "x,y\n1,2\n3,=1+1\n": "points.csv, line 3: y is '=1+1', not a number",
    "x,y\n1,2\n0x10,1_0\n": "points.csv, line 3: x is '0x10', not a number",
    "x y\n1 2\n3 4\n": "points.csv, line 1: no column x; there are ['x y']",
    "x,y\n1,2\n3,4\n".encode("utf-16"): "points.csv: not a text file",
    b"x,y\n1,2\n3,\xe4\n": "points.csv, line 3: y is '\ufffd', not a number",
    "1,2\n3\n": "points.csv, line 2: 1 column, the first line has 2",
    "x,y\n1,2\n3,4,5\n": "points.csv, line 3: 3 columns, the first line has 2",
    "1,2,3\n4,5,6\n": "points.csv, line 1: 3 columns; two are needed, x and y",
    "1\n2\n": "points.csv, line 1: 1 column; two are needed, x and y",
    "x;y\n1;2\n": "points.csv, line 1: no column x; there are ['x;y']",
    "x,z\n1,2\n": "points.csv, line 1: no column y; there are ['x', 'z']",
    "x,y,x\n1,2,3\n": "points.csv, line 1: more than one column x",
    b"PK\x03\x04": "points.csv: a compressed file",
    b"1,2\x00\n": "points.csv: not a text file",
    None: "points.csv: No such file or directory",
}


@pytest.mark.parametrize(("text", "message"), BAD_POINTS.items(), ids=range(len(BAD_POINTS)))
def test_points_that_cannot_be_used(text: str | bytes | None, message: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "points.csv"
    if text is not None:
        write(path, text)
    for command in "build graddesc entropy_example --out", "run graddesc adam --out", "build graddesc --csv --out":
        refused(run(*command.split(), tmp_path / "out.xlsx", "--points", path), message, tmp_path / "out.xlsx")
    refused(run("explain", "graddesc", "adam!H4", "--points", path), message, tmp_path / "out")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("build graddesc --points .", ": Is a directory"),
        ("build graddesc --points pipe", "pipe: cannot be read twice"),
        ("build graddesc --points points.csv --out file", "cannot write file/graddesc.xlsx"),
        ("build graddesc --points points.csv --csv --out file/x", "cannot write file/x/"),
        ("build graddesc --points points.csv --epochs 0", "Invalid value for '--epochs'"),
        ("build graddesc --points points.csv --epochs -3", "Invalid value for '--epochs'"),
        ("build graddesc --points points.csv --epochs 1e3", "Invalid value for '--epochs'"),
        ("build graddesc --points points.csv --epochs 1000000", "graddesc!basic: 1,000,000 epochs do not fit"),
        ("build graddesc --points points.csv --epochs 1000000 --csv", "1,000,000 epochs do not fit"),
        ("run graddesc nosuch --points points.csv --out o.xlsx", "graddesc has no sheet 'nosuch'"),
        ("explain graddesc adam!ZZZZ9 --points points.csv", "'ZZZZ9' is not a cell address"),
        ("solve collab_filter dotprod --ratings .", ": Is a directory"),
        (
            "solve collab_filter dotprod --ratings good.csv --factors 9",
            "--factors 9: 3 users × 4 movies need 3 at most",
        ),
        ("solve collab_filter dotprod --ratings good.csv --out file/x.xlsx", "file is a file; --out needs a folder"),
        ("solve collab_filter dotprod --ratings good.csv --out good.csv", "would take the place of the file"),
        ("solve collab_filter nosuch --ratings good.csv", "collab_filter has no sheet 'nosuch'"),
    ],
)
def test_places_and_numbers_that_cannot_be_used(
    command: str, message: str, points: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "file", "a file, not a folder")
    write(tmp_path / "good.csv", GOOD)
    os.mkfifo(tmp_path / "pipe")
    before = {path.name for path in tmp_path.iterdir()}
    refused(run(*command.split()), message, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == before
    assert (tmp_path / "good.csv").read_text() == GOOD


def test_more_points_than_there_is_room_for(tmp_path: Path) -> None:
    path = write(tmp_path / "points.csv", "x,y\n" + "1,2\n" * 100_001)
    with pytest.raises(InputError, match=r"points\.csv, line 100002: more than 100,000 points"):
        own_points.read(path)


GOOD = "userId,movieId,rating\n" + "".join(f"{user},{movie},3\n" for user in (1, 2, 3) for movie in (1, 2, 3, 4))
APART = "".join(f"{user},{movie},3\n" for user in (1, 2) for movie in range(1, 6)) + "3,10,1\n3,11,1\n"
BAD_RATINGS: list[tuple[str | bytes, str, str]] = [
    ("", "", "ratings.csv: the file is empty"),
    ("userId,movieId,rating\n", "", "ratings.csv: no ratings in it, only a heading"),
    ("userId,rating\n1,3\n", "", "ratings.csv, line 1: no column for item"),
    (GOOD + "1,9,good\n", "", "ratings.csv, line 14: rating 'good' is not a number"),
    (GOOD + "1,9,nan\n", "", "ratings.csv, line 14: rating 'nan' is not a number"),
    (GOOD + "1,9,inf\n", "", "ratings.csv, line 14: rating 'inf' is not a number"),
    (GOOD + "1,9,7\n", "", "ratings.csv, line 14: rating 7 is not between 0 and 5"),
    (GOOD + "ann,9,3\n", "", "ratings.csv, line 14: user 'ann' is not an id"),
    (GOOD + "1.5,9,3\n", "", "ratings.csv, line 14: user '1.5' is not an id: a whole number from 0"),
    (GOOD + "1,-9,3\n", "", "ratings.csv, line 14: item '-9' is not an id"),
    (GOOD + ",9,3\n", "", "ratings.csv, line 14: user '' is not an id"),
    (GOOD + "1e400,9,3\n", "", "ratings.csv, line 14: user '1e400' is too large for an id"),
    (GOOD + "9" * 5000 + ",9,3\n", "", f"ratings.csv, line 14: user '{'9' * 40}' is too large for an id"),
    (GOOD + f"{2**70},9,3\n", "", f"ratings.csv, line 14: user '{2**70}' is too large for an id"),
    (GOOD + "1,9,1e400\n", "", "ratings.csv, line 14: rating 1e400 is not between 0 and 5"),
    (GOOD + "1,9,-1\n", "", "ratings.csv, line 14: rating -1 is not between 0 and 5"),
    (GOOD + '1,9,"3,5"\n', "", "ratings.csv, line 14: rating '3,5' is not a number"),
    (GOOD + "1,9\n", "", "ratings.csv, line 14: 2 columns, where the first line has 3"),
    (GOOD + "1,9,3,4,5\n", "", "ratings.csv, line 14: 5 columns, where the first line has 3"),
    ("\ufeff" + GOOD.replace("\n", "\r\n") + "\r\n1,9,x\r\n", "", "ratings.csv, line 15: rating 'x' is not a number"),
    (GOOD.replace(",", ";"), "", "ratings.csv, line 1: one column only; user, item, rating are needed, separated by"),
    (GOOD + "1.0,2,5\n", "", "ratings.csv, line 14: user 1 has rated item 2 before, in line 3"),
    ("\n \n", "", "ratings.csv: the file is empty"),
    ("1,1,3\n", "", "ratings.csv: ratings by one user only"),
    (GOOD.encode("utf-16"), "", "ratings.csv: not a text file"),
    (b"PK\x03\x04" + GOOD.encode(), "", "ratings.csv: a compressed file"),
    (GOOD.encode() + b"1,9,\xe4\n", "", "ratings.csv, line 14: rating '\ufffd' is not a number"),
    (GOOD + "1,2,5\n", "", "ratings.csv, line 14: user 1 has rated item 2 before, in line 3"),
    (GOOD, "--users 4", "ratings.csv: ratings by 3 users; --users 4 is more than that"),
    (GOOD, "--movies 5", "ratings.csv: the 3 users with the most ratings have rated 4 movies; --movies 5 is more"),
    (GOOD, "--factors 4", "--factors 4: 3 users × 4 movies need 3 at most"),
    ("1,1,3\n1,2,3\n", "", "ratings.csv: ratings by one user only; two or more are needed"),
    ("1,1,3\n2,1,3\n", "", "ratings.csv: the 2 users with the most ratings have rated one movie only"),
    (APART, "--movies 5", "ratings.csv: user 3 has rated none of the 5 movies; ask for more --movies or fewer --users"),
    (GOOD.replace("3,4", f"{2**53 + 1},4"), "", "ratings.csv: user 9007199254740993 is too large for a cell"),
    (GOOD, "--rating-range 5 5", "--rating-range 5 5: LOW is below HIGH, both within ±1,000"),
    (GOOD, "--rating-range nan 5", "--rating-range nan 5: LOW is below HIGH"),
    (GOOD, "--rating-range 0 1e300", "--rating-range 0 1e+300: LOW is below HIGH"),
    (GOOD, "--rating-range -5 5", "--rating-range -5 5: the predictions of collab_sigmoid lie above 0"),
    (GOOD, "--users 0", "Invalid value for '--users'"),
    (GOOD, "--movies 1", "Invalid value for '--movies'"),
    (GOOD, "--factors -3", "Invalid value for '--factors'"),
    (GOOD, "--factors two", "Invalid value for '--factors'"),
    (GOOD, "--factors 0", "Invalid value for '--factors'"),
    (GOOD, "--factors 1000000000", "--factors 1000000000: 3 users × 4 movies need 3 at most"),
    (GOOD, "--users 1e3", "Invalid value for '--users'"),
    (GOOD, "--rating-range 5 0", "--rating-range 5 0: LOW is below HIGH"),
    (GOOD, "--rating-range 4 5", "ratings.csv, line 2: rating 3 is not between 4 and 5"),
    (GOOD, "--seed -1", "Invalid value for '--seed'"),
]


@pytest.mark.parametrize(("text", "options", "message"), BAD_RATINGS, ids=range(len(BAD_RATINGS)))
def test_ratings_that_cannot_be_used(text: str | bytes, options: str, message: str, tmp_path: Path, run: Run) -> None:
    path = write(tmp_path / "ratings.csv", text)
    found = run(
        "build",
        "graddesc",
        "collab_filter",
        "collab_sigmoid",
        "--ratings",
        path,
        *options.split(),
        "--out",
        tmp_path / "out",
    )
    refused(found, message, tmp_path / "out")


def test_more_ratings_than_there_is_room_for(tmp_path: Path) -> None:
    rows = "".join(f"{user},{movie},3\n" for user in range(110) for movie in range(110))
    with pytest.raises(InputError, match="110 users and 110 movies make 2,662,000 one-hot cells; 2,500,000 are the"):
        own_ratings.choose(write(tmp_path / "ratings.csv", rows), 110, 110)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("build entropy_example --points P", "--points is for graddesc, not for entropy_example"),
        ("build graddesc --ratings R", "--ratings is for collab_filter and collab_sigmoid, not for graddesc"),
        ("build accounts.xlsx --points P", "--points is for graddesc, not for accounts.xlsx"),
        ("build nosuch --points P", "--points is for graddesc, not for nosuch"),
        ("build collab_filter --factors 3", "--factors is for ratings of one's own: name their file with --ratings"),
        ("build graddesc --points P --users 3", "--users is for ratings of one's own"),
        ("build collab_filter --rating-range 0 9", "--rating-range is for ratings of one's own"),
        ("build --movies 3", "--movies is for ratings of one's own"),
        ("build collab_filter --seed 3", "--seed is for ratings of one's own"),
        ("solve collab_filter dotprod --users 3", "--users is for ratings of one's own"),
        (
            "solve other.xlsx dotprod --ratings R",
            "--ratings is for collab_filter and collab_sigmoid, not for other.xlsx",
        ),
        ("explain collab_filter dotprod!A1 --points P", "--points is for graddesc, not for collab_filter"),
        ("check other.xlsx --seed 3", "--seed is for ratings of one's own"),
        ("run collab_filter dotprod --points P", "--points is for graddesc, not for collab_filter"),
        ("check other.xlsx --points P", "--points is for graddesc, not for other.xlsx"),
        ("check other.xlsx --users 3", "--users is for ratings of one's own"),
        ("build graddesc --points", "Option '--points' requires an argument."),
        ("run graddesc adam --points P --out P", "would take the place of the file that was read"),
        ("build graddesc --points graddesc.adam.csv --csv --out .", "would take the place of the file that was read"),
    ],
)
def test_options_that_do_not_go_together(
    command: str, message: str, points: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    library.build("entropy_example").save(tmp_path / "other.xlsx")
    write(tmp_path / "graddesc.adam.csv", points.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    places = {"P": "points.csv", "R": "ratings.csv"}
    refused(run(*(places.get(word, word) for word in command.split())), message, tmp_path / "out")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def refused(found: tuple[int, str, str], message: str, out: Path) -> None:
    """One line, status 2, and nothing written."""
    status, printed, error = found
    assert (status, printed, error.count("\n")) == (2, "", 1), error
    assert message in error
    assert not out.exists()
