"""Small trained models, made up, as workbooks."""

from __future__ import annotations

import numpy as np

from sheetsim.training.data.digits import Digits
from sheetsim.training.data.ratings import Ratings, RatingSplit
from sheetsim.training.history import Epoch, History
from sheetsim.training.settings import Settings
from sheetsim.workbook import Workbook
from workbooks.trained import digits as trained_digits
from workbooks.trained import ratings as trained_ratings

USERS, MOVIES, FACTORS = 6, 8, 3
TITLES = ["Diva (1981)", "M*A*S*H (1970)", "Ran (1985)", "Why? (1990)", "187 (1997)", "e", "f", "'Til (1997)"]


def history(batches: int = 5, accuracy: float | None = None) -> History:
    random = np.random.default_rng(2)
    numbers = random.random((3, batches))
    epochs = [Epoch(number, 0.9 / number, 0.8 / number, accuracy, 1.5) for number in (1, 2)]
    return History(epochs, *numbers)


def ratings(titles: list[str] = TITLES) -> tuple[dict[str, np.ndarray], RatingSplit]:
    """Weights in float32, as a run leaves them, and 30 ratings of which 12 are for validation."""
    random = np.random.default_rng(0)
    shapes = {"user_factors": (USERS, FACTORS), "item_factors": (MOVIES, FACTORS)}
    shapes |= {"user_bias": (USERS,), "item_bias": (MOVIES,)}  # type: ignore[dict-item]
    weights = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    users, items = np.divmod(random.permutation(USERS * MOVIES)[:30], MOVIES)
    values = random.integers(1, 6, 30).astype(np.float32)
    known = Ratings(users, items, values, np.array([3, 7, 11, 12, 90, 800]), np.array(titles, dtype=object))
    rows = random.permutation(30)
    return weights, RatingSplit(known, rows[12:], rows[:12], "made up")


def digits(model: str, count: int = 7) -> tuple[dict[str, np.ndarray], Digits]:
    random = np.random.default_rng(0)
    layers = {"logistic": {"weights": (784, 10), "bias": (10,)}}
    layers["nn"] = {"weights1": (784, 50), "bias1": (50,), "weights2": (50, 10), "bias2": (10,)}  # type: ignore
    weights = {name: random.normal(size=shape).astype(np.float32) / 20 for name, shape in layers[model].items()}
    pixels = (random.integers(0, 256, (count, 784)) / 256).astype(np.float32)
    labels = random.integers(0, 10, count)
    return weights, Digits(pixels, labels, pixels, labels)


def build_ratings(rows: int | None = None, **chosen: float | None) -> Workbook:
    weights, split = ratings()
    book = trained_ratings.build(history(), weights, split, Settings("movielens", factors=FACTORS, **chosen), rows)  # type: ignore
    book.recalculate()
    return book


def build_digits(model: str, count: int = 7, rows: int = 100) -> Workbook:
    weights, data = digits(model, count)
    book = trained_digits.build(history(accuracy=0.5), weights, data, Settings(model), rows)
    book.recalculate()
    return book
