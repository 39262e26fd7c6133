"""Ratings of one's own for collab_filter: which users and movies of a large file make a small, well filled matrix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.ratings import STARS, Range, Ratings, read
from workbooks.collab_filter.workbook import FACTORS

SIDE = 15  # the lecture's matrix has so many users and so many movies
MOST_ONE_HOT = 2_500_000  # cells of movielens_1hot, which grow with the cube of the matrix's side
LARGEST_ID = 2**53  # from here on a cell cannot hold every whole number


class Chosen(NamedTuple):
    """What the definition is built from."""

    ratings: list[tuple[float, float, float]]  # user, movie, rating
    factors: int


def choose(
    path: Path,
    users: int | None = None,
    movies: int | None = None,
    factors: int | None = None,
    allowed: Range = STARS,
    progress: Callable[[int], None] | None = None,
) -> Chosen:
    """The ratings by the users with the most ratings, of the movies most rated by them; in the file's order.

    Of users, or movies, with equally many the one with the smaller id goes first. What is not given is 15, 15 and 5, or
    less where the file has less. More factors than users or movies are refused: a matrix of U × M numbers is a product
    of min(U, M) factors exactly, so more could only repeat what these say.

    Raises InputError where the file holds fewer, and for what ``ratings.read`` refuses: ratings beyond ``allowed``,
    say, or two of one movie by one user.
    """
    table = read(path, allowed, progress)
    chosen_users = _most(table.users, users, "--users", f"{path}: ratings by")
    by_them = np.isin(table.users, chosen_users)
    active = f"{path}: the {len(chosen_users)} users with the most ratings have rated"
    chosen_movies = _most(table.items[by_them], movies, "--movies", active)
    listed = np.flatnonzero(by_them & np.isin(table.items, chosen_movies))
    _refuse_idle(path, table, listed, chosen_users, len(chosen_movies))
    _refuse_large(path, table, listed, chosen_users, chosen_movies)
    return Chosen(_rows(table, listed), _factors(factors, len(chosen_users), len(chosen_movies)))


def _most(codes: np.ndarray, wanted: int | None, option: str, there: str) -> np.ndarray:
    """The codes that occur most often, so many; codes ascend with the ids."""
    distinct, counts = np.unique(codes, return_counts=True)
    what = option.removeprefix("--")
    if len(distinct) < 2:
        raise InputError(f"{there} one {what[:-1]} only; two or more are needed")
    if wanted is not None and wanted > len(distinct):
        raise InputError(f"{there} {len(distinct):,} {what}; {option} {wanted:,} is more than that")
    order = np.argsort(-counts, kind="stable")  # stable: among equals the smaller id stays first
    return distinct[order[: wanted or SIDE]]


def _refuse_idle(path: Path, table: Ratings, listed: np.ndarray, users: np.ndarray, movies: int) -> None:
    """A user without a rating in the matrix would have factors that nothing determines, and no place in the list."""
    idle = np.setdiff1d(users, table.users[listed])
    if len(idle):
        raise InputError(
            f"{path}: user {table.user_names[idle[0]]} has rated none of the {movies} movies; ask for more --movies or"
            " fewer --users"
        )


def _refuse_large(path: Path, table: Ratings, listed: np.ndarray, users: np.ndarray, movies: np.ndarray) -> None:
    cells = len(listed) * (len(users) + len(movies))
    if cells > MOST_ONE_HOT:
        raise InputError(
            f"{path}: {len(users):,} users and {len(movies):,} movies make {cells:,} one-hot cells;"
            f" {MOST_ONE_HOT:,} are the most, ask for fewer"
        )
    for what, names, codes in ("user", table.user_names, users), ("movie", table.item_names, movies):
        largest = int(names[codes].max())
        if largest >= LARGEST_ID:
            raise InputError(f"{path}: {what} {largest} is too large for a cell, which holds 15 digits")


def _rows(table: Ratings, listed: np.ndarray) -> list[tuple[float, float, float]]:
    users, movies = table.user_names[table.users[listed]], table.item_names[table.items[listed]]
    values = [float(str(value)) for value in table.values[listed]]  # 3.7 again, not the float32 nearest to it
    return list(zip(users.astype(float).tolist(), movies.astype(float).tolist(), values, strict=True))


def _factors(wanted: int | None, users: int, movies: int) -> int:
    most = min(users, movies)
    if wanted is not None and wanted > most:
        raise InputError(f"--factors {wanted}: {users} users × {movies} movies need {most} at most")
    return wanted or min(FACTORS, most)
