"""Where the sheet ``sgd`` has what: columns from left to right, rows from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass

from workbooks.shared.layout import Area

HEADINGS = 3  # the row of the columns' headings
FEWEST = 15  # lines at the head at least: charts stand there
ROOM = 50  # epochs that the list of errors has lines for, and its chart

LR, WD, BIASES, RMSE = "$B$2", "$C$2", "$D$2", "$E$2"


@dataclass(frozen=True)
class Side:
    """The columns of the users, or those of the movies; each block of weights has the factors and then the bias."""

    count: int  # how many users there are
    id: Area
    line: Area  # the line that changed this user last
    weights: Area  # the user's weights from there
    gradient: Area  # of the squared error, by each of them
    new: Area  # the weights after the step
    place: Area  # the user's place in the list at the head


@dataclass(frozen=True)
class Places:
    """The blocks of ``sgd``; rows of the columns are those of the ratings, one each.

    The lines at the head hold a user and a movie each and the weights that the epoch starts from, in the columns in
    which every other line leaves new ones: so the line that changed a user last is found in one way for all.
    """

    lines: int  # at the head, before the first rating
    line: Area
    rating: Area
    predicted: Area
    error: Area
    at_start: Area  # predicted with the weights at the head
    loss: Area  # the squared error of that
    user: Side
    movie: Side

    @classmethod
    def of(cls, users: int, movies: int, factors: int, ratings: int) -> Places:
        """For so many users, movies, factors and ratings."""
        lines, wide = max(users, movies, FEWEST), factors + 1
        line = Area.at(f"A{HEADINGS + 1 + lines}", rows=ratings)  # A19:A224
        user, movie, rating = line.right_of(), line.right_of(gap=1), line.right_of(gap=2)  # B, C, D
        user_line, movie_line = rating.right_of(), rating.right_of(gap=1)  # E, F
        of_user = movie_line.right_of(columns=wide)  # G:L
        of_movie = of_user.right_of(columns=wide)  # M:R
        predicted, error = of_movie.right_of(), of_movie.right_of(gap=1)  # S, T
        by_user = error.right_of(columns=wide)  # U:Z
        by_movie = by_user.right_of(columns=wide)  # AA:AF
        new_user = by_movie.right_of(columns=wide)  # AG:AL
        new_movie = new_user.right_of(columns=wide)  # AM:AR
        user_place, movie_place = new_movie.right_of(gap=1), new_movie.right_of(gap=2)  # AT, AU
        at_start, loss = movie_place.right_of(), movie_place.right_of(gap=1)  # AV, AW
        return cls(
            lines,
            line,
            rating,
            predicted,
            error,
            at_start,
            loss,
            Side(users, user, user_line, of_user, by_user, new_user, user_place),
            Side(movies, movie, movie_line, of_movie, by_movie, new_movie, movie_place),
        )

    @property
    def sides(self) -> tuple[Side, Side]:
        """The users' columns, and the movies'."""
        return self.user, self.movie

    @property
    def errors(self) -> Area:
        """The list of errors, an epoch a line; on its left the epoch's number."""
        return self.start(self.movie.id).below(gap=2, rows=ROOM)

    def head(self, column: Area, rows: int | None = None) -> Area:
        """The lines at the head in some columns, or the first so many of them."""
        return Area(column.rect._replace(top=HEADINGS, bottom=HEADINGS + (rows or self.lines) - 1))

    def all_lines(self, column: Area) -> Area:
        """The lines at the head and those of the ratings, in some columns."""
        return Area(column.rect._replace(top=HEADINGS))

    def foot(self, column: Area, rows: int | None = None) -> Area:
        """The lines below the ratings, under a heading, in some columns: what the epoch ends with."""
        return column.below(gap=2, rows=rows or self.lines)

    def start(self, column: Area, rows: int | None = None) -> Area:
        """The lines below those, under a heading: what Reset starts from."""
        return self.foot(column).below(gap=2, rows=rows or self.lines)


def factors(weights: Area) -> Area:
    """A block of weights without its last column."""
    return Area(weights.rect._replace(right=weights.rect.right - 1))


def bias(weights: Area) -> Area:
    """The last column of a block of weights."""
    return Area(weights.rect._replace(left=weights.rect.right))


def both(user: Area, movie: Area) -> Area:
    """Two blocks that stand side by side as one."""
    return Area(user.rect._replace(right=movie.rect.right))
