"""collab_sgd against plain Python loops, torch's sparse SGD and autograd; its epochs, charts and the one rating."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from sheetsim import Sheet, Workbook, library
from sheetsim.errors import InputError
from sheetsim.macros.running import prepare
from sheetsim.macros.unrolling import unroll
from sheetsim.model.address import parse_rect
from workbooks.collab_sgd.places import Places, bias, both, factors
from workbooks.shared.data import numbers
from workbooks.shared.layout import Area

RATINGS = numbers("ratings.csv")
SMALL = [(1, 7, 4), (1, 8, 2.5), (2, 8, 5), (3, 7, 1), (3, 9, 3), (2, 9, 4.5), (1, 9, 0.5)]
SETTINGS = [
    pytest.param({}, id="as it comes"),
    pytest.param({"biases": 0}, id="without biases"),
    pytest.param({"wd": 0.1, "lr": 0.03}, id="weight decay"),
    pytest.param({"wd": 0.1, "biases": 0}, id="weight decay, without biases"),
]
Tables = dict[str, np.ndarray]  # "user" and "movie", of shape (how many, factors + 1), the bias last


@cache
def lecture() -> Workbook:
    return library.build("collab_sgd")


def book_of(settings: dict[str, float], ratings: list[tuple[float, ...]] | None = None) -> Workbook:
    """A workbook after Reset, with these settings."""
    book = library.build("collab_sgd") if ratings is None else library.build("collab_sgd", ratings=ratings, factors=2)
    prepare(book["sgd"], list(settings.items()))
    book.recalculate()
    return book


def places(ratings: list[tuple[float, ...]] | None = None) -> Places:
    table = ratings or RATINGS
    return Places.of(*(len({row[at] for row in table}) for at in (0, 1)), 2 if ratings else 5, len(table))


def block(sheet: Sheet, area: Area) -> np.ndarray:
    return np.array(sheet[str(area)] if area.rect.size > 1 else [[sheet[area.first]]], float)


def tables(sheet: Sheet, at: Places, part: str) -> Tables:
    """The weights at the head or at the foot of the sheet."""
    return {
        name: block(sheet, getattr(at, part)(side.new, side.count))
        for name, side in (("user", at.user), ("movie", at.movie))
    }


def ordered(sheet: Sheet, at: Places) -> list[tuple[int, int, float]]:
    """The ratings as they are stepped on: place of the user, place of the movie, rating."""
    ids = [[one for (one,) in sheet[str(at.head(side.id, side.count))]] for side in at.sides]
    rows = sheet[str(both(at.user.id, at.rating))]
    return [(ids[0].index(user), ids[1].index(movie), rating) for user, movie, rating in rows]


def loop(start: Tables, ratings: list[tuple[int, int, float]], lr: float, wd: float, biases: float) -> Tables:
    """Stochastic gradient descent on the squared error, in plain Python numbers."""
    users, movies = start["user"].tolist(), start["movie"].tolist()
    for i, j, rating in ratings:
        user, movie = users[i], movies[j]
        predicted = sum(u * m for u, m in zip(user[:-1], movie[:-1], strict=True)) + biases * (user[-1] + movie[-1])
        error = predicted - rating
        slope = [[*(2 * error * w for w in other[:-1]), 2 * error * biases] for other in (movie, user)]
        users[i] = [w - lr * (g + wd * w) for w, g in zip(user, slope[0], strict=True)]
        movies[j] = [w - lr * (g + wd * w) for w, g in zip(movie, slope[1], strict=True)]
    return {"user": np.array(users), "movie": np.array(movies)}


def after(sheet: Sheet, at: Places, steps: int) -> Tables:
    """All weights once the first ratings have been stepped on: each from the line that changed it last."""
    found = {}
    for name, side in (("user", at.user), ("movie", at.movie)):
        weights = tables(sheet, at, "head")[name].copy()
        ids = [one for (one,) in sheet[str(at.head(side.id, side.count))]]
        new, who = block(sheet, side.new), sheet[str(side.id)]
        for row in range(steps):
            weights[ids.index(who[row][0])] = new[row]
        found[name] = weights
    return found


# --- against plain loops and torch ------------------------------------------------------------------------------------
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("steps", [1, 10, 100])
def test_steps_are_those_of_a_plain_loop(steps: int, settings: dict[str, float]) -> None:
    sheet, at = book_of(settings)["sgd"], places()
    given = {"lr": 0.02, "wd": 0.0, "biases": 1.0, **settings}
    expected = loop(tables(sheet, at, "head"), ordered(sheet, at)[:steps], **given)
    found = after(sheet, at, steps)
    for name in expected:
        assert found[name] == pytest.approx(expected[name], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("steps", [1, 10, 100])
def test_steps_are_those_of_torchs_sparse_sgd(steps: int, settings: dict[str, float]) -> None:
    """``SGD(weight_decay)`` refuses sparse gradients: there the term stands in the loss, for the rows looked up."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    sheet, at = book_of(settings)["sgd"], places()
    wd, biases = settings.get("wd", 0.0), settings.get("biases", 1.0)
    start = tables(sheet, at, "head")
    embeddings = {
        name: torch.nn.Embedding.from_pretrained(torch.tensor(rows), freeze=False, sparse=True)
        for name, rows in start.items()
    }
    optimizer = torch.optim.SGD([one.weight for one in embeddings.values()], lr=settings.get("lr", 0.02))
    for i, j, rating in ordered(sheet, at)[:steps]:
        optimizer.zero_grad()
        user, movie = embeddings["user"](torch.tensor(i)), embeddings["movie"](torch.tensor(j))
        predicted = user[:-1] @ movie[:-1] + biases * (user[-1] + movie[-1])
        loss = (predicted - rating) ** 2 + wd / 2 * ((user**2).sum() + (movie**2).sum())
        loss.backward()
        assert all(one.weight.grad.is_sparse for one in embeddings.values())
        optimizer.step()
    found = after(sheet, at, steps)
    for name, one in embeddings.items():
        assert found[name] == pytest.approx(one.weight.detach().numpy(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("settings", SETTINGS[:2])
def test_gradient_columns_are_autograds_and_finite_differences(settings: dict[str, float]) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    sheet, at = book_of(settings)["sgd"], places()
    biases, ratings = settings.get("biases", 1.0), block(sheet, at.rating)[:, 0]
    user, movie = (torch.tensor(block(sheet, side.weights), requires_grad=True) for side in at.sides)

    def losses(user: torch.Tensor, movie: torch.Tensor) -> torch.Tensor:
        predicted = (user[:, :-1] * movie[:, :-1]).sum(1) + biases * (user[:, -1] + movie[:, -1])
        return (predicted - torch.tensor(ratings)) ** 2

    losses(user, movie).sum().backward()
    h = 1e-4
    for side, weights in (at.user, user), (at.movie, movie):
        found = block(sheet, side.gradient)
        assert found == pytest.approx(weights.grad.numpy(), rel=1e-12, abs=1e-13)
        for column in range(found.shape[1]):
            change = torch.zeros_like(weights)
            change[:, column] = h
            moved = [
                losses(user + sign * change, movie) if side is at.user else losses(user, movie + sign * change)
                for sign in (1, -1)
            ]
            difference = ((moved[0] - moved[1]) / (2 * h)).detach().numpy()
            assert found[:, column] == pytest.approx(difference, abs=1e-9)


# --- one epoch --------------------------------------------------------------------------------------------------------
def test_the_ratings_are_shuffled_once() -> None:
    sheet, at = lecture()["sgd"], places()
    rows = [tuple(row) for row in sheet[str(both(at.user.id, at.rating))]]
    assert sorted(rows) == sorted(RATINGS)
    assert rows != RATINGS
    others = library.build("collab_sgd", seed=1)["sgd"]
    assert [tuple(row) for row in others[str(both(at.user.id, at.rating))]] != rows


def test_a_row_looks_up_where_its_user_and_movie_were_changed_last() -> None:
    sheet, at = lecture()["sgd"], places()
    for side in at.sides:
        last = {one: line for line, (one,) in enumerate(sheet[str(at.head(side.id))], 1)}
        for line, ((one,), (found,)) in enumerate(
            zip(sheet[str(side.id)], sheet[str(side.line)], strict=True), at.lines + 1
        ):
            assert found == last[one]
            last[one] = line
        assert [last[one] for (one,) in sheet[str(at.foot(side.id))]] == [n for (n,) in sheet[str(at.foot(side.line))]]


def test_the_rmse_is_that_of_all_ratings_with_the_weights_at_the_head() -> None:
    sheet, at = lecture()["sgd"], places()
    start = tables(sheet, at, "head")
    squares = [
        (start["user"][i, :-1] @ start["movie"][j, :-1] + start["user"][i, -1] + start["movie"][j, -1] - rating) ** 2
        for i, j, rating in ordered(sheet, at)
    ]
    assert sheet["E2"] == pytest.approx(math.sqrt(sum(squares) / len(squares)), rel=1e-12)


# --- epochs -----------------------------------------------------------------------------------------------------------
def test_reset_and_run() -> None:
    book, at = book_of({}), places()
    sheet = book["sgd"]
    first = tables(sheet, at, "head")
    assert [row for (row,) in sheet[str(at.errors)] if row is not None] == []
    assert (first["user"][:, -1] == 0).all()
    book.press("sgd", "run")
    assert [row for (row,) in sheet[str(at.errors)] if row is not None][-1] == sheet["E2"]
    expected = first
    for _ in range(5):
        expected = loop(expected, ordered(sheet, at), 0.02, 0, 1)
    for name, rows in tables(sheet, at, "head").items():
        assert rows == pytest.approx(expected[name], rel=1e-11)
    book.press("sgd", "reset")
    assert all((rows == first[name]).all() for name, rows in tables(sheet, at, "head").items())


@pytest.mark.parametrize("ratings", [None, SMALL], ids=["the lecture's", "seven"])
def test_20_epochs_are_20_presses_bit_for_bit(ratings: list[tuple[float, ...]] | None) -> None:
    settings = {"wd": 0.05}
    laid, pressed, at = book_of(settings, ratings), book_of(settings, ratings), places(ratings)
    sheet = unroll(laid, 20)["sgd"]
    errors = [pressed["sgd"]["E2"]]
    pressed.press("sgd", "run", times=20, each=lambda _: errors.append(pressed["sgd"]["E2"]))
    heading = next(column for column in range(sheet.columns) if sheet.value(2, column) == "epochs done")
    assert [sheet.value(3 + epoch, heading + 1) for epoch in range(21)] == errors
    assert sheet[str(at.errors)][:20] == pressed["sgd"][str(at.errors)][:20]
    assert laid.find_name("updated", "sgd") is None  # Run carries the updated weights: there is nothing to switch
    last = next(row for row in range(sheet.rows) if sheet.value(row, 0) == 20 and sheet.value(row - 1, 0) == "epochs")
    for side in at.sides:
        head, copy = at.head(side.new, side.count), at.head(side.new, side.count).rect.shifted(last - 1, 0)
        assert sheet[str(copy)] == pressed["sgd"][str(head)]


def test_a_setting_changes_all_epochs() -> None:
    book = unroll(book_of({}, SMALL), 3)
    before = book["sgd"][str(places(SMALL).errors)][:3]
    book["sgd"]["B2"] = 0.05
    book.recalculate()
    expected = book_of({"lr": 0.05}, SMALL)
    expected.press("sgd", "run", times=3)
    assert book["sgd"][str(places(SMALL).errors)][:3] == expected["sgd"][str(places(SMALL).errors)][:3] != before


# --- beside the Solver, and one rating --------------------------------------------------------------------------------
def test_the_chart_has_the_errors_by_epoch_and_the_solvers() -> None:
    sheet, at = lecture()["sgd"], places()
    found, *goals = sheet.look.charts[0].series
    assert (found.x, found.y) == (str(at.errors.before()), str(at.errors))
    assert [row for (row,) in sheet[found.y] if row is not None][-1] == sheet["E2"]
    ends = [[row for (row,) in sheet[goal.y]] for goal in goals]
    assert ends == [[pytest.approx(0.3930154712865702)] * 2, [pytest.approx(0.3194674135586278)] * 2]
    assert all(goal.dashed for goal in goals)


def test_the_goal_follows_the_switch() -> None:
    for biases, error in (1, 0.3194674135586278), (0, 0.3930154712865702):
        sheet = unroll(book_of({"biases": biases}), 1)["sgd"]
        row = sheet.block(parse_rect("AY4:BA4"))[0]
        assert row[2] == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize("number", [1, 100, 206])
def test_one_rating_by_torch_as_a_lookup_and_as_a_product(number: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    book, at = library.build("collab_sgd"), places()
    sheet = book["one_rating"]
    sheet["A5"] = number
    book.recalculate()
    weights = after(book["sgd"], at, number - 1)
    i, j, rating = ordered(book["sgd"], at)[number - 1]
    for one_hot in (True, False):
        user, movie = (torch.tensor(weights[name], requires_grad=True) for name in ("user", "movie"))
        rows = [
            torch.nn.functional.one_hot(torch.tensor(place), 15).double() @ table if one_hot else table[place]
            for place, table in ((i, user), (j, movie))
        ]
        (((rows[0][:-1] @ rows[1][:-1]) + rows[0][-1] + rows[1][-1] - rating) ** 2).backward()
        for top, grad in (11, user.grad), (33, movie.grad):
            for columns in ("J:N", "P:T"):
                first, last = columns.split(":")
                found = np.array(sheet[f"{first}{top}:{last}{top + 14}"], float)
                assert found == pytest.approx(grad.numpy()[:, :-1], rel=1e-12, abs=1e-14)
            found = np.array(sheet[f"V{top}:Z{top + 14}"], float)
            assert found == pytest.approx(grad.numpy()[:, :-1], abs=1e-9)
    assert sheet["D26:H26"] == sheet["D27:H27"]
    assert [sheet[cell] for cell in ("T27", "N28", "T49", "N50")] == [0, 0, 0, 0]


# --- what is said, other data -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("title", "cells"), [("sgd", ("G1", "G2")), ("one_rating", ("A1", "A2"))])
def test_a_sheet_says_what_to_look_at_and_what_to_try(title: str, cells: tuple[str, str]) -> None:
    look, attempt = (lecture()[title][cell] for cell in cells)
    assert look.startswith("Look at")
    assert attempt.startswith(("Try", "Type"))


def test_own_ratings() -> None:
    book, at = book_of({}, SMALL), places(SMALL)
    expected = loop(tables(book["sgd"], at, "head"), ordered(book["sgd"], at), 0.02, 0, 1)
    for name, rows in tables(book["sgd"], at, "foot").items():
        assert rows == pytest.approx(expected[name], rel=1e-12)
    assert [factors(at.user.new).rect.columns, bias(at.user.new).rect.columns] == [2, 1]


def test_one_factor_is_refused() -> None:
    with pytest.raises(InputError, match="at least two factors"):
        library.build("collab_sgd", factors=1)
