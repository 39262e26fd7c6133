"""A data set as what a model takes: arrays of equal length, a row for each sample, to learn from and to check with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.digits import Digits
from sheetsim.training.data.ratings import RatingSplit
from sheetsim.training.models import digits_model, movielens_model
from sheetsim.training.settings import Settings
from sheetsim.training.shapes import Shapes
from sheetsim.training.state import Weights

Data = RatingSplit | Digits


@dataclass(frozen=True)
class Samples:
    """``train`` and ``valid``: user codes, item codes, ratings, or else images, labels. ``shapes``: the weights'."""

    train: tuple[np.ndarray, ...]
    valid: tuple[np.ndarray, ...]
    shapes: Shapes

    @property
    def count(self) -> int:
        """How many samples there are to learn from."""
        return len(self.train[0])


def samples(data: Data, settings: Settings) -> Samples:
    """The samples of a data set, of the settings' dtype. Raises InputError if the model is not made for them."""
    wanted = RatingSplit if settings.model == "movielens" else Digits
    if not isinstance(data, wanted):
        raise InputError(f"model {settings.model} learns from {wanted.__name__}, not from {type(data).__name__}")
    found = _of_ratings(data, settings) if isinstance(data, RatingSplit) else _of_digits(data, settings)
    for part, rows in (("training", found.train), ("validation", found.valid)):
        if not len(rows[0]):
            raise InputError(f"the data has no samples for {part}")
    return found


def _of_ratings(split: RatingSplit, settings: Settings) -> Samples:
    ratings = split.ratings
    columns = ratings.users, ratings.items, ratings.values.astype(settings.dtype, copy=False)
    shapes = movielens_model.shapes(len(ratings.user_names), len(ratings.item_names), settings.factors)
    train, valid = (tuple(column[rows] for column in columns) for rows in (split.train, split.valid))
    return Samples(train, valid, shapes)


def _of_digits(digits: Digits, settings: Settings) -> Samples:
    if digits.classes != settings.classes:
        raise InputError(f"the data has the digits {digits.classes}, and not those to be told apart {settings.classes}")

    def cast(images: np.ndarray) -> np.ndarray:  # greys are divided batch by batch
        return images if images.dtype == np.uint8 else images.astype(settings.dtype, copy=False)

    train = (cast(digits.train_images), digits.train_labels)
    valid = (cast(digits.valid_images), digits.valid_labels)
    return Samples(train, valid, digits_model.shapes(settings.model, len(digits.classes)))


def initial(shapes: Shapes, settings: Settings) -> Weights:
    """The weights that a run starts from: they depend on the seed and the shapes alone, not on the backend."""
    if settings.model == "movielens":
        users, items = shapes["user_bias"][0], shapes["item_bias"][0]
        weights = movielens_model.initial(users, items, settings.factors, settings.seed)
    else:
        weights = digits_model.initial(settings.model, settings.seed, list(shapes.values())[-1][0])
    return {name: part.astype(settings.dtype) for name, part in weights.items()}


def order(count: int, seed: int, epoch: int) -> np.ndarray:
    """The order of the samples in an epoch (1, 2 …): it depends on nothing else, so that a resumed run is exact.

    >>> order(4, seed=0, epoch=1).tolist(), order(4, seed=0, epoch=2).tolist()
    ([3, 0, 2, 1], [2, 1, 0, 3])
    """
    return np.random.default_rng([seed, epoch]).permutation(count)


def fingerprint(data: Data) -> dict[str, Any]:
    """How many samples there are, and a hash of them, of every tenth image: enough to see that data is other data."""
    if isinstance(data, RatingSplit):
        ratings = data.ratings
        parts = [ratings.users, ratings.items, ratings.values, data.train, data.valid]
        train, valid = data.train, data.valid
    else:
        train, valid = data.train_labels, data.valid_labels
        tenths = data.train_images[::10], data.valid_images[::10]
        parts = [train, valid, *(digits_model.pixels_of(tenth, np.dtype(np.float32)) for tenth in tenths)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.ascontiguousarray(part).data)
    return {"train": len(train), "valid": len(valid), "sha256": digest.hexdigest()}
