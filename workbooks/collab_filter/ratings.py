"""What the sheets of collab_filter start from: the ratings, the weights found for them, and the words of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetsim.errors import InputError
from workbooks.shared.data import Numbers, by_id


@dataclass(frozen=True)
class Ratings:
    """The ratings as a list in the order given, and their users and movies in ascending order, as MATCH wants them."""

    listed: list[Numbers]
    users: list[float]
    movies: list[float]

    @classmethod
    def read(cls, ratings: Sequence[Sequence[float]]) -> Ratings:
        """Ratings from (user, movie, rating) in any order. Raises InputError for fewer than two users or movies, and
        for two ratings of one movie by one user."""
        listed: list[Numbers] = [(user, movie, rating) for user, movie, rating in ratings]
        users, movies = (sorted({row[column] for row in listed}) for column in (0, 1))
        if len(users) < 2 or len(movies) < 2:
            raise InputError("collab_filter needs ratings of at least two movies by at least two users")
        if len({row[:2] for row in listed}) < len(listed):
            raise InputError("collab_filter: a user has rated the same movie twice")
        return cls(listed, users, movies)

    def matrix(self) -> list[list[float | None]]:
        """A row for each user, a column for each movie; None where there is no rating."""
        given = {(user, movie): rating for user, movie, rating in self.listed}
        return [[given.get((user, movie)) for movie in self.movies] for user in self.users]


@dataclass(frozen=True)
class Weights:
    """A row of factors for each user and for each movie; on the sheet ``bias`` their bias comes first."""

    users: list[Numbers]
    movies: list[Numbers]

    @property
    def width(self) -> int:
        """How many factors a row has."""
        return len(self.users[0])

    @classmethod
    def stored(cls, sheet: str) -> Weights:
        """What Excel's Solver found on the lecture's sheet."""
        return cls(*(list(by_id(f"{sheet}_{who}.csv").values()) for who in ("users", "movies")))

    @classmethod
    def random(cls, table: Ratings, width: int, random: np.random.Generator) -> Weights:
        """Rows of so many numbers, uniform in [0, 1), for every user and movie of a table."""
        return cls(*(random_rows(len(who), width, random) for who in (table.users, table.movies)))


def random_rows(height: int, width: int, random: np.random.Generator) -> list[Numbers]:
    """``height`` rows of ``width`` numbers, uniform in [0, 1)."""
    return [tuple(row) for row in random.random((height, width)).tolist()]


def vocabulary(text: Sequence[str]) -> list[str]:
    """The words of a text in the order that MATCH wants, each as it is first spelled; capitals do not count."""
    spelled: dict[str, str] = {}
    for word in text:
        spelled.setdefault(word.casefold(), word)
    return [spelled[word] for word in sorted(spelled)]


def random_embeddings(text: Sequence[str], factors: int, seed: int) -> dict[str, Numbers]:
    """A row of random factors for each different word of a text, the same for the same seed."""
    words = vocabulary(text)
    return dict(zip(words, random_rows(len(words), factors, np.random.default_rng(seed)), strict=True))
