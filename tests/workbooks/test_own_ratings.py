"""collab_filter and collab_sigmoid from ratings of one's own: who is chosen and what is computed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libreoffice import disagreeing, recalculated, without_values
from own_data import chosen_by_pandas, write
from places import ROOT
from training_data import real

from sheetsim import library
from sheetsim.errors import InputError
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter import own_ratings
from workbooks.graddesc import own_points

LECTURE = ROOT / "workbooks" / "data"
SIZES = [(5, 7, 3), (20, 30, 8)]  # users, movies, factors


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


def test_more_ratings_than_there_is_room_for(tmp_path: Path) -> None:
    rows = "".join(f"{user},{movie},3\n" for user in range(110) for movie in range(110))
    with pytest.raises(InputError, match="110 users and 110 movies make 2,662,000 one-hot cells; 2,500,000 are the"):
        own_ratings.choose(write(tmp_path / "ratings.csv", rows), 110, 110)
