"""Small data sets for the tests of training, made from random numbers; and the real ones where they are at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from places import SHARED

from sheetsim.training.data.digits import Digits
from sheetsim.training.data.ratings import Ratings, RatingSplit

REAL = SHARED / "data"


def few_ratings(count: int = 193, users: int = 12, items: int = 17) -> RatingSplit:
    """Some users' ratings of some items, a tenth of them for validation; no user rates an item twice."""
    random = np.random.default_rng(7)
    user, item = np.divmod(random.permutation(users * items)[:count], items)
    values = np.clip(np.round(3 + random.normal(size=users)[user] + random.normal(size=items)[item]), 1, 5)
    names = np.array([f"movie {number}" for number in range(items)], dtype=object)
    codes = user.astype(np.int32), item.astype(np.int32)
    ratings = Ratings(*codes, values.astype(np.float32), np.arange(100, 100 + users), names)
    rows = random.permutation(count)
    return RatingSplit(ratings, rows[count // 10 :], rows[: count // 10], "small")


def few_digits(count: int = 300) -> Digits:
    """Pictures of noise in which a band, brighter than the rest, tells the digit; a sixth for validation."""
    random = np.random.default_rng(8)
    labels = random.integers(0, 10, count)
    pixels = random.uniform(0, 0.5, (count, 784))
    for number, label in enumerate(labels):
        pixels[number, 78 * label : 78 * label + 78] += 0.4
    known = count * 5 // 6
    images = pixels.astype(np.float32)
    return Digits(images[:known], labels[:known], images[known:], labels[known:])


def real(name: str) -> Path:
    """The folder of the real data sets; skips the test where this one is not at hand."""
    if not (REAL / name).exists():
        pytest.skip(f"the data set {name} is not here (../shared/data)")
    return REAL
