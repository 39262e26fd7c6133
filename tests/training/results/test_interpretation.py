"""Movies by bias, and principal components against scikit-free definitions: variances from the covariance matrix."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim.training.data.ratings import Ratings
from sheetsim.training.results import interpretation


def made_up(movies: int = 40, users: int = 12, factors: int = 5) -> tuple[Ratings, dict[str, np.ndarray]]:
    """Movie m is rated by the users up to m modulo 12: so the movies have 1 to 12 ratings each."""
    random = np.random.default_rng(1)
    pairs = [(user, movie) for movie in range(movies) for user in range(movie % users + 1)]
    who, what = np.array(pairs, dtype=np.int32).T
    titles = np.array([f"movie {number}" for number in range(movies)], dtype=object)
    values = random.integers(1, 6, len(pairs)).astype(np.float32)
    weights = {"item_factors": random.normal(size=(movies, factors)), "item_bias": random.normal(size=movies)}
    return Ratings(who, what, values, np.arange(1, users + 1), titles), weights


@pytest.mark.parametrize(
    ("items", "count", "expected"),
    [
        ([5, 5, 5, 0, 0, 3], 2, [5, 0]),
        ([1, 0], 5, [0, 1]),  # equals in the order of their codes; no more than there are
        ([2], 1, [2]),
        ([2, 2, 4], 9, [2, 4]),  # codes that nobody rated are no movies to show
    ],
)
def test_most_rated(items: list[int], count: int, expected: list[int]) -> None:
    assert interpretation.most_rated(np.array(items), count).tolist() == expected


def test_components_against_the_covariance_matrix() -> None:
    """Their variances are its largest eigenvalues, they do not correlate, and none has a mean."""
    rows = np.random.default_rng(0).normal(size=(200, 8)) @ np.diag([5, 4, 3, 1, 1, 1, 0.5, 0.1])
    found = interpretation.principal_components(rows, 3)
    largest = np.linalg.eigvalsh(np.cov(rows.T))[::-1][:3]
    assert np.cov(found.T) == pytest.approx(np.diag(largest), abs=1e-12 * largest[0])
    assert found.mean(axis=0) == pytest.approx(0, abs=1e-12)


def test_components_do_not_depend_on_the_sign_of_the_decomposition() -> None:
    """Turned by 180 degrees the factors turn all scores around; a shift changes nothing."""
    rows = np.random.default_rng(3).normal(size=(30, 4))
    found = interpretation.principal_components(rows)
    assert interpretation.principal_components(-rows) == pytest.approx(-found)
    assert interpretation.principal_components(rows + 100) == pytest.approx(found)
    assert interpretation.principal_components(rows.astype(np.float32)).dtype == np.float64


@pytest.mark.parametrize(("shape", "components"), [((1, 4), 1), ((2, 40), 2), ((9, 2), 2), ((9, 5), 3)])
def test_fewer_rows_or_columns_than_components(shape: tuple[int, int], components: int) -> None:
    found = interpretation.principal_components(np.random.default_rng(0).normal(size=shape))
    assert found.shape == (shape[0], components)


def test_the_table_of_movies() -> None:
    ratings, weights = made_up()
    table = interpretation.movies(ratings, weights, 10)
    assert list(table)[:4] == ["title", "bias", "mean rating", "ratings"]
    assert table["title"].tolist()[:4] == ["movie 11", "movie 23", "movie 35", "movie 10"]
    assert table["ratings"].tolist() == [12, 12, 12, 11, 11, 11, 10, 10, 10, 9]
    movie = ratings.items == 23
    assert table["mean rating"][1] == pytest.approx(float(ratings.values[movie].mean()))
    assert table["bias"][1] == weights["item_bias"][23]
    codes = [int(title.split()[1]) for title in table["title"]]
    scores = interpretation.principal_components(weights["item_factors"][codes])
    found = np.column_stack([table[name] for name in interpretation.component_names(table)])
    assert found == pytest.approx(scores)


@pytest.mark.parametrize(("rows", "low", "high"), [(100, 15, 15), (30, 15, 15), (20, 10, 10), (7, 3, 4), (1, 0, 1)])
def test_ends(rows: int, low: int, high: int) -> None:
    ratings, weights = made_up(movies=rows)
    lowest, highest = interpretation.ends(interpretation.movies(ratings, weights), "bias")
    in_order = sorted(weights["item_bias"].tolist())
    assert lowest["bias"].tolist() == in_order[:low]
    assert highest["bias"].tolist() == in_order[::-1][:high]
