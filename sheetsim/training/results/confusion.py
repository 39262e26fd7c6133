"""Which digits are taken for which, and the digits that the model gets most wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sheetsim.training.models import digits_model
from sheetsim.training.settings import ALL_CLASSES


class Confused(NamedTuple):
    """So many digits of one kind were taken for another."""

    actual: int
    predicted: int
    times: int


class Worst(NamedTuple):
    """A digit with a high loss: its row number, what it is, what it was taken for, and the cross-entropy."""

    row: int
    label: int
    predicted: int
    loss: float


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int = 10) -> np.ndarray:
    """How many of each class (row) were taken for each class (column): ints (n,) and (n,) → (classes, classes).

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), classes=2)
    array([[1, 0],
           [1, 1]])
    """
    pairs = np.asarray(labels, dtype=np.int64) * classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def most_confused(
    matrix: np.ndarray, count: int | None = 10, least: int = 1, classes: Sequence[int] = ALL_CLASSES
) -> list[Confused]:
    """The pairs of classes confused most often, the most frequent first: of those confused ``least`` times or more the
    first ``count``, None for all. ``classes``: the digit that each row and column stands for.

    >>> most_confused(np.array([[5, 2], [3, 5]]))
    [Confused(actual=1, predicted=0, times=3), Confused(actual=0, predicted=1, times=2)]
    >>> most_confused(np.array([[5, 2], [3, 5]]), least=3, classes=(4, 9))
    [Confused(actual=9, predicted=4, times=3)]
    """
    wrong = matrix - np.diag(np.diag(matrix))
    often = np.count_nonzero(wrong >= max(least, 1))
    order = np.argsort(-wrong, axis=None, kind="stable")[: often if count is None else min(count, often)]
    actual, predicted = np.divmod(order, len(matrix))
    return [Confused(classes[a], classes[p], int(wrong[a, p])) for a, p in zip(actual, predicted, strict=True)]


def worst(
    outputs: np.ndarray, labels: np.ndarray, count: int = 16, classes: Sequence[int] = ALL_CLASSES
) -> list[Worst]:
    """The ``count`` digits with the highest cross-entropy, the highest first: outputs (n, c) and labels (n,), numbers
    among the ``classes``.

    >>> worst(np.array([[3.0, 0.0], [0.0, 3.0]]), np.array([0, 0]), 1)[0][:3]
    (1, 0, 1)
    """
    losses = digits_model.losses(np.asarray(outputs, dtype=np.float64), labels)
    order = np.argsort(-losses, kind="stable")[:count]
    predicted = outputs.argmax(axis=1)
    return [Worst(int(i), classes[labels[i]], classes[predicted[i]], float(losses[i])) for i in order]
