"""Confusions counted by hand, and the worst digits against PyTorch's cross-entropy."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim.training.results.confusion import Confused, confusion_matrix, most_confused, worst

LABELS = np.array([0, 0, 0, 1, 1, 2, 2, 2])
PREDICTED = np.array([0, 1, 1, 1, 0, 2, 2, 0])
MATRIX = [[1, 2, 0], [1, 1, 0], [1, 0, 2]]


def test_matrix() -> None:
    assert confusion_matrix(LABELS, PREDICTED, classes=3).tolist() == MATRIX


def test_matrix_of_all_digits() -> None:
    matrix = confusion_matrix(np.array([9]), np.array([0]))
    assert matrix.shape == (10, 10)
    assert (matrix[9, 0], matrix.sum()) == (1, 1)


@pytest.mark.parametrize(
    ("matrix", "count", "expected"),
    [
        (MATRIX, 10, [(0, 1, 2), (1, 0, 1), (2, 0, 1)]),
        (MATRIX, 1, [(0, 1, 2)]),
        ([[5, 0], [0, 5]], 10, []),  # no mistakes
    ],
)
def test_most_confused(matrix: list[list[int]], count: int, expected: list[Confused]) -> None:
    assert most_confused(np.array(matrix), count) == expected


def test_worst_against_torch() -> None:
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    outputs, labels = random.normal(size=(50, 10)) * 30, random.integers(0, 10, 50)
    losses = torch.nn.functional.cross_entropy(torch.tensor(outputs), torch.tensor(labels), reduction="none")
    values, rows = losses.topk(5)
    found = worst(outputs, labels, 5)
    assert [one.row for one in found] == rows.tolist()
    assert [one.loss for one in found] == pytest.approx(values.tolist(), rel=1e-12)
    assert [one.label for one in found] == labels[rows.numpy()].tolist()
    assert [one.predicted for one in found] == outputs[rows.numpy()].argmax(axis=1).tolist()


def test_worst_of_few() -> None:
    assert len(worst(np.zeros((2, 10)), np.array([3, 4]), 16)) == 2
