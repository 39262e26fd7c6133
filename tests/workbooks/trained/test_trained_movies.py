"""The sheets that interpret a trained movie model: against plain loops, PyTorch's singular values, and LibreOffice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_trained import FACTORS, MOVIES, TITLES, build_ratings, history, ratings

from sheetsim.training.results.interpretation import ENDS
from sheetsim.training.settings import Settings
from sheetsim.workbook import Workbook
from workbooks.trained import ratings as trained_ratings


def built(weights: dict[str, np.ndarray]) -> Workbook:
    book = trained_ratings.build(history(), weights, ratings()[1], Settings("movielens", factors=FACTORS))
    book.recalculate()
    return book


def rows(book: Workbook, sheet: str, area: str) -> list[list[Any]]:
    found = book[sheet][area]
    assert isinstance(found, list)
    return found


def test_the_first_ratings() -> None:
    _, split = ratings()
    known = split.ratings
    expected = [
        [known.user_names[known.users[row]], known.item_names[known.items[row]], known.values[row]] for row in range(5)
    ]
    book = build_ratings()
    assert rows(book, "first_ratings", "A5:C9") == expected
    assert rows(book, "first_ratings", "F5:F7") == [[30], [6], [8]]


def test_the_most_rated_with_count_mean_and_bias() -> None:
    weights, split = ratings()
    by_movie: dict[int, list[float]] = {}
    for code, value in zip(split.ratings.items.tolist(), split.ratings.values.tolist(), strict=True):
        by_movie.setdefault(code, []).append(value)
    order = sorted(by_movie, key=lambda code: (-len(by_movie[code]), code))
    expected = [
        [TITLES[code], len(by_movie[code]), sum(by_movie[code]) / len(by_movie[code]), weights["item_bias"][code]]
        for code in order
    ]
    found = rows(build_ratings(), "most_rated", f"C6:F{5 + len(order)}")
    assert found == [[title, count, pytest.approx(mean), bias] for title, count, mean, bias in expected]


def test_components_are_those_of_the_singular_value_decomposition() -> None:
    torch = pytest.importorskip("torch")
    weights, _ = ratings()
    book = build_ratings()
    places = [int(row[0]) - 1 for row in rows(book, "most_rated", f"B6:B{5 + MOVIES}")]
    factors = torch.tensor(weights["item_factors"][places], dtype=torch.float64)
    left, values, _ = torch.linalg.svd(factors - factors.mean(0), full_matrices=False)
    found = np.array(rows(book, "most_rated", f"J6:L{5 + MOVIES}"))
    assert np.abs(found) == pytest.approx((left * values).abs().numpy(), rel=1e-10, abs=1e-12)


def test_both_ends_are_sorted() -> None:
    book = build_ratings()
    movies = rows(book, "most_rated", f"C6:L{5 + MOVIES}")
    ordered = sorted(movies, key=lambda row: row[3])
    assert [row[1] for row in rows(book, "extremes", "A6:B9")] == [row[0] for row in ordered[:4]]
    assert [row[1] for row in rows(book, "extremes", "H6:I9")] == [row[0] for row in ordered[:3:-1]]
    by_component = sorted(movies, key=lambda row: row[7])
    assert [row[1] for row in rows(book, "extremes", "A14:B17")] == [row[0] for row in by_component[:4]]
    assert MOVIES // 2 < ENDS  # each end of so short a table is half of it


def test_a_bias_that_is_changed_moves_its_movie() -> None:
    book = build_ratings()
    last = rows(book, "extremes", "B9:B9")[0][0]
    book["movies"][f"F{4 + TITLES.index(last)}"] = -99
    book.recalculate()
    assert rows(book, "extremes", "B6:C6") == [[last, -99]]


def test_movies_of_equal_bias_are_each_listed_once() -> None:
    weights, _ = ratings()
    weights["item_bias"][:] = 0.25
    book = built(weights)
    titles = [row[0] for part in ("B6:B9", "I6:I9") for row in rows(book, "extremes", part)]
    assert sorted(titles[:4]) == sorted(titles[4:])  # of equals both ends take the first
    assert len({*titles}) == 4


@pytest.mark.parametrize("chosen", [0, 3, 7])
def test_neighbours_are_the_nearest_by_their_factors(chosen: int) -> None:
    weights, _ = ratings()
    book = build_ratings()
    book["neighbours"]["B5"] = TITLES[chosen]
    book.recalculate()
    factors = weights["item_factors"].astype(float).tolist()
    apart = {
        TITLES[code]: sum((a - b) ** 2 for a, b in zip(factors[code], factors[chosen], strict=True)) ** 0.5
        for code in range(MOVIES)
        if code != chosen
    }
    found = rows(book, "neighbours", f"B9:C{7 + MOVIES}")
    assert [row[0] for row in found] == sorted(apart, key=lambda title: apart[title])
    assert [row[1] for row in found] == pytest.approx(sorted(apart.values()), rel=1e-12)


def test_a_title_that_is_none_is_said() -> None:
    book = build_ratings()
    assert book["neighbours"]["C5"] == ""
    book["neighbours"]["B5"] = "No such movie"
    book.recalculate()
    assert book["neighbours"]["C5"] == "no movie on the sheet movies is called that"
