"""The workbooks that are timed: the lecture's three, and two of its layouts with as many rows as one likes.

The large ones are laid out by the very functions that lay out the lecture's sheets, so there is no second version of
a formula here, only more rows: ``movielens_emb`` of collab_filter and ``adam`` of graddesc.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sheetsim.library import build
from sheetsim.workbook import Workbook
from workbooks.collab_filter.rating_list import movielens_emb
from workbooks.collab_filter.ratings import Ratings, Weights
from workbooks.collab_filter.workbook import FACTORS
from workbooks.graddesc.states import State
from workbooks.graddesc.workbook import adam as adam_sheet
from workbooks.shared.layout import Area

RATINGS = Path(__file__).parents[1] / "../shared/data/ml-100k/u.data"  # user, movie, rating and time, by tabs
USERS, MOVIES = 943, 1682  # as many as there are in that file
SEED = 0
LEARNING_RATE = 0.001  # small: the weights stay finite however many steps there are

Cell = tuple[str, int, int]  # a sheet, a row and a column, counted from 0


@dataclass(frozen=True)
class Workload:
    """A workbook to be timed: an input that is changed before each run, and a cell that must change with it."""

    name: str
    build: Callable[[int], Workbook]  # for so many rows; the lecture's three have the rows they have
    change: Cell
    watch: Callable[[int], Cell]  # where the cell is depends on the rows
    rows: int = 0  # 0: one of the lecture's three


# --- the large ones ---------------------------------------------------------------------------------------------------
def movielens(rows: int) -> Workbook:
    """Two MATCHes, ten OFFSETs, a SUMPRODUCT and a square in each row; below them the RMSE."""
    random = np.random.default_rng(SEED)
    table = Ratings(ratings(rows), numbered(USERS), numbered(MOVIES))
    weights = Weights.random(table, FACTORS, random)
    book = Workbook(f"movielens_{rows}")
    sheet = book.add_sheet("dotprod")  # where movielens_emb looks up the users' factors
    sheet.values("B2", weights.users)
    movielens_emb(book, table, weights, Area.at("B2", rows=USERS, columns=FACTORS))
    return book


def ratings(rows: int) -> list[tuple[float, ...]]:
    """The first ``rows`` ratings of the data set; made up where the file is absent or does not hold enough."""
    if RATINGS.exists():
        listed = np.loadtxt(RATINGS, usecols=(0, 1, 2), max_rows=rows)
        if len(listed) == rows:
            return [tuple(row) for row in listed.tolist()]
    return made_up_ratings(rows)


def made_up_ratings(rows: int) -> list[tuple[float, ...]]:
    """So many different pairs of a user and a movie, each with a rating of 1 to 5."""
    random = np.random.default_rng(SEED)
    users, movies = np.divmod(random.choice(USERS * MOVIES, size=rows, replace=False), MOVIES)
    given = random.integers(1, 6, size=rows)
    return list(zip((users + 1.0).tolist(), (movies + 1.0).tolist(), given.astype(float).tolist(), strict=True))


def numbered(count: int) -> list[float]:
    """The floats 1, 2, … ``count``."""
    return [float(number) for number in range(1, count + 1)]


def adam(rows: int) -> Workbook:
    """An optimizer's steps: each row needs the row above, so all of it is one recurrence."""
    book = Workbook(f"adam_{rows}")
    adam_sheet(book, points(rows), State(lr=LEARNING_RATE))
    return book


def points(rows: int) -> list[tuple[float, float]]:
    """Points on the line y = 2x + 30, x from 1 to 100, as the lecture draws them."""
    xs = np.random.default_rng(SEED).integers(1, 101, size=rows).astype(float)
    return list(zip(xs.tolist(), (2 * xs + 30).tolist(), strict=True))


# --- all of them ------------------------------------------------------------------------------------------------------
def lecture(name: str) -> Callable[[int], Workbook]:
    """A lecture workbook; it has the rows it has."""
    return lambda rows: build(name)


def fixed(sheet: str, row: int, column: int) -> Callable[[int], Cell]:
    """A cell that stands in the same place whatever the rows."""
    return lambda rows: (sheet, row, column)


WORKLOADS = {
    load.name: load
    for load in (
        # adam!A4, the first x, moves the last slope D32
        Workload("graddesc", lecture("graddesc"), ("adam", 3, 0), fixed("adam", 31, 3)),
        # dotprod!B25, a factor of the first user, moves the RMSE movielens_emb!Y210
        Workload("collab_filter", lecture("collab_filter"), ("dotprod", 24, 1), fixed("movielens_emb", 209, 24)),
        # softmax!B3, the first output, moves the second softmax D4
        Workload("entropy_example", lecture("entropy_example"), ("softmax", 2, 1), fixed("softmax", 3, 3)),
        # movielens_emb!I3, the user of the first rating: moves the RMSE in column Y, two rows below the last rating
        Workload(
            "movielens", movielens, ("movielens_emb", 2, 8), lambda rows: ("movielens_emb", rows + 3, 24), rows=100_000
        ),
        # adam!A4, the first x: moves the last slope, in column D
        Workload("adam", adam, ("adam", 3, 0), lambda rows: ("adam", rows + 2, 3), 100_000),
    )
}
#: One input that only some of the cells depend on.
WORKLOADS |= {
    load.name: load
    for load in (
        # adam!D2, the learning rate, moves the last slope D32
        Workload("adam, a new rate", lecture("graddesc"), ("adam", 1, 3), fixed("adam", 31, 3)),
        # dotprod!B2, a factor of the first user: moves the RMSE
        Workload(
            "movielens, one factor",
            movielens,
            ("dotprod", 1, 1),
            lambda rows: ("movielens_emb", rows + 3, 24),
            rows=100_000,
        ),
    )
}
FULL = ("graddesc", "collab_filter", "entropy_example", "movielens", "adam")  # what a full recalculation is timed on
SINGLE = ("adam, a new rate", "movielens, one factor")


def formula_cells(book: Workbook) -> int:
    """The cells that hold a formula, those of array formulas one by one."""
    return sum(int(sheet.computed().sum()) for sheet in book.sheets)
