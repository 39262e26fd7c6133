"""collab_filter: movie ratings as dot products of a user's and a movie's factors, laid out in four ways; and words.

Where a block of cells ends depends on how many users, movies and factors there are, so blocks are placed beside and
below one another (``layout.py``). The comments give the addresses and formulas in the lecture's own size: 15 users,
15 movies, 5 factors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetsim.errors import InputError
from sheetsim.workbook import Workbook
from workbooks.collab_filter.matrix import bias, dotprod
from workbooks.collab_filter.rating_list import movielens_1hot, movielens_emb
from workbooks.collab_filter.ratings import Ratings, Weights, random_embeddings, vocabulary
from workbooks.collab_filter.words import word_emb
from workbooks.shared.data import by_label, numbers, rows
from workbooks.shared.layout import Area

FACTORS = 5  # the lecture's choice


def build(
    ratings: Sequence[Sequence[float]] | None = None,
    factors: int | None = None,
    text: Sequence[str] | None = None,
    seed: int = 0,
) -> Workbook:
    """The workbook for these ratings (user, movie, rating), so many factors and this text.

    What is not given is the lecture's. The weights are the lecture's where they fit, and else random numbers between
    0 and 1 drawn from ``seed``: press Solver to improve them.
    """
    table = Ratings.read(numbers("ratings.csv") if ratings is None else ratings)
    words = [word for (word,) in rows("text.csv")] if text is None else list(text)
    if len(vocabulary(words)) < 2:
        raise InputError("collab_filter needs a text of at least two different words")
    if factors is not None and factors < 2:
        raise InputError("collab_filter needs at least two factors")
    if ratings is None and factors in (None, FACTORS):
        plain, biased = Weights.stored("dotprod"), Weights.stored("bias")
    else:
        random = np.random.default_rng(seed)
        plain = Weights.random(table, factors or FACTORS, random)
        biased = Weights.random(table, 1 + (factors or FACTORS), random)

    book = Workbook("collab_filter")
    users: Area = dotprod(book, table, plain)  # B25:F39, looked up by the two sheets that follow
    movielens_1hot(book, table, plain, users)
    movielens_emb(book, table, plain, users)
    bias(book, table, biased)
    if text is None and factors in (None, FACTORS):
        word_emb(book, words, by_label("word_embeddings.csv"))
    else:
        word_emb(book, words, random_embeddings(words, factors or FACTORS, seed))
    return book
