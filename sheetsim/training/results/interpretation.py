"""What a trained model has learnt about the movies: their biases, and the principal components of their factors.

The bias of a movie is how well it is liked once the tastes of those who rated it are accounted for, which is why it
is not simply the mean rating. The factors are 40 numbers that mean nothing by themselves; their principal components
are the few directions in which the movies differ most, and the movies at both ends of one often show what it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sheetsim.training.data.ratings import Ratings

Table = dict[str, np.ndarray]  # columns of equal length, by their headings

MOST_RATED = 1000  # a movie with a handful of ratings has hardly moved from where it began
ENDS = 15  # movies shown from each end of a list
COMPONENTS = 3


def most_rated(items: np.ndarray, count: int = MOST_RATED) -> np.ndarray:
    """The codes of the ``count`` items with the most ratings, or of all there are; the most rated first, of equals the
    lower code.

    ``items`` holds one code for each rating, int of shape (n,).

    >>> most_rated(np.array([2, 0, 2, 1, 1]), 2)
    array([1, 2])
    """
    numbers = np.bincount(items)
    order = np.argsort(-numbers, kind="stable")
    return order[: min(count, np.count_nonzero(numbers))]


def principal_components(factors: np.ndarray, count: int = COMPONENTS) -> np.ndarray:
    """Where each row stands along the ``count`` directions in which the rows differ most: (n, k) → (n, count).

    By the singular value decomposition of the centred rows, in double precision. A direction and its opposite are
    equally good; the one taken is that whose largest weight is positive, so that the result can be reproduced. There
    are no more components than rows or columns.

    >>> principal_components(np.array([[0.0, 0], [1, 2], [2, 4]]), 1).round(6).tolist()
    [[-2.236068], [0.0], [2.236068]]
    """
    return np.asarray(_centred(factors) @ principal_directions(factors, count).T)


def principal_directions(factors: np.ndarray, count: int = COMPONENTS) -> np.ndarray:
    """The directions themselves, of length 1: (n, k) → (count, k), as ``principal_components`` takes them."""
    directions = np.linalg.svd(_centred(factors), full_matrices=False)[2][:count]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    return np.asarray(directions * signs[:, None])


def _centred(factors: np.ndarray) -> np.ndarray:
    exact = np.asarray(factors, dtype=np.float64)
    return np.asarray(exact - exact.mean(axis=0))


def movies(ratings: Ratings, weights: dict[str, np.ndarray], count: int = MOST_RATED) -> Table:
    """The ``count`` most rated movies, the most rated first; fewer if there are no more.

    Columns: ``title``, ``bias``, ``mean rating``, ``ratings`` (how many, those for validation among them) and the
    principal components of the factors of these movies, ``component 1`` to ``component 3``.
    """
    codes = most_rated(ratings.items, count)
    numbers = np.bincount(ratings.items)[codes]
    sums = np.bincount(ratings.items, weights=ratings.values)[codes]
    components = principal_components(weights["item_factors"][codes]).T
    return {
        "title": ratings.item_names[codes],
        "bias": weights["item_bias"][codes].astype(np.float64),
        "mean rating": sums / numbers,
        "ratings": numbers,
        **{f"component {number}": scores for number, scores in enumerate(components, 1)},
    }


def ends(table: Table, column: str, count: int = ENDS) -> tuple[Table, Table]:
    """The rows with the lowest and with the highest values of ``column``, the most extreme first.

    No row is in both: of a short table each end gets half.

    >>> low, high = ends({"title": np.array(["a", "b", "c"]), "bias": np.array([0.5, -1.0, 2.0])}, "bias")
    >>> low["title"].tolist(), high["title"].tolist()
    (['b'], ['c', 'a'])
    """
    ordered = np.argsort(table[column], kind="stable")
    low = min(count, len(ordered) // 2)
    high = min(count, len(ordered) - low)
    rows = ordered[:low], ordered[len(ordered) - high :][::-1]
    lowest, highest = ({name: values[chosen] for name, values in table.items()} for chosen in rows)
    return lowest, highest


def component_names(table: Table) -> list[str]:
    """The columns of a table of movies that are principal components."""
    return [name for name in table if name.startswith("component ")]
