"""collab_sgd: the ratings of collab_filter fitted by gradient descent, where the lecture lets the Solver search.

``sgd`` takes one rating a row; ``one_rating`` shows for one of them that the product with a one-hot row and the lookup
have the same gradient. ``dotprod`` and ``bias`` are collab_filter's, with the weights that the Solver found: what their
errors are, gradient descent is to reach.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetsim.errors import InputError
from sheetsim.macros.press import press
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter.matrix import bias, dotprod
from workbooks.collab_filter.ratings import Ratings, Weights
from workbooks.collab_filter.workbook import FACTORS
from workbooks.collab_sgd.one_rating import one_rating
from workbooks.collab_sgd.places import Places
from workbooks.collab_sgd.training import Start, training
from workbooks.shared.data import numbers


def build(ratings: Sequence[Sequence[float]] | None = None, factors: int | None = None, seed: int = 0) -> Workbook:
    """The workbook for these ratings (user, movie, rating) and so many factors, after Reset and one press of Run.

    What is not given is the lecture's. ``seed`` draws the order of the ratings, once for all epochs, and the factors
    that the training starts from, uniform in [0, 1); biases start at 0. The Solver's weights are the lecture's where
    they fit, and else random: press Solver on ``dotprod`` and ``bias`` to have something to compare with.
    """
    table = Ratings.read(numbers("ratings.csv") if ratings is None else ratings)
    if factors is not None and factors < 2:
        raise InputError("collab_sgd needs at least two factors")
    width = factors or FACTORS
    random = np.random.default_rng(seed)
    start = Start.random(table, width, random)
    if ratings is None and width == FACTORS:
        plain, biased = Weights.stored("dotprod"), Weights.stored("bias")
    else:
        plain, biased = (Weights.random(table, wide, random) for wide in (width, 1 + width))

    book = Workbook("collab_sgd")
    dotprod(book, table, plain)
    bias(book, table, biased)
    solver = {sheet.title: _error(sheet) for sheet in book.sheets}
    at = Places.of(len(table.users), len(table.movies), width, len(table.listed))
    training(book, table, start, at, solver)
    one_rating(book, table, at)
    book.sheets = [*book.sheets[2:], *book.sheets[:2]]  # what it is about comes first
    press(book, "sgd", "run")  # so that there is something to see on the chart of errors
    return book


def _error(sheet: Sheet) -> str:
    """The error of a sheet's predictions, as its Solver minimises it. (Its own formula, SUMXMY2, takes a place without
    a rating as a rating of 0 in some programs.)"""
    ratings, predictions = (f"{sheet.title}!{cells}" for cells in sheet.headings)
    return f'SQRT(SUMPRODUCT(({ratings}<>"")*({ratings}-{predictions})^2)/COUNT({ratings}))'
