"""The movie model: rating = low + (high − low) · sigmoid(user · movie + user bias + movie bias).

Each user and each movie has a vector of factors and a bias ("EmbeddingDotBias" in the lecture; Koren, Bell and
Volinsky, "Matrix factorization techniques for recommender systems", 2009). The loss is the mean squared error.
Everything here is NumPy: U users, I items, k factors, a batch of n ratings.
"""

from __future__ import annotations

import numpy as np

from sheetsim.training.shapes import Shapes
from sheetsim.training.state import Weights

DEVIATION = 0.01  # standard deviation of the initial weights


def shapes(users: int, items: int, factors: int) -> Shapes:
    """The weights' names and shapes: factors (U, k) and (I, k), biases (U,) and (I,)."""
    return {
        "user_factors": (users, factors),
        "item_factors": (items, factors),
        "user_bias": (users,),
        "item_bias": (items,),
    }


def initial(users: int, items: int, factors: int, seed: int) -> Weights:
    """Weights to start from, float64: normal with standard deviation 0.01, none further out than twice that.

    >>> weights = initial(users=3, items=5, factors=2, seed=0)
    >>> weights["item_factors"].shape, bool(abs(weights["user_bias"]).max() <= 0.02)
    ((5, 2), True)
    """
    random = np.random.default_rng(seed)
    return {name: _truncated_normal(random, shape) for name, shape in shapes(users, items, factors).items()}


def _truncated_normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    values = random.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = random.standard_normal(np.count_nonzero(outside))
    return DEVIATION * values


def predict(
    weights: Weights, users: np.ndarray, items: np.ndarray, low: float | None = 0.0, high: float | None = 5.5
) -> np.ndarray:
    """The ratings that the model expects for pairs of user and item codes, shape (n,).

    Without ``low`` and ``high`` (None) the sum itself is the rating.

    >>> weights = {"user_factors": np.ones((1, 2)), "item_factors": np.ones((1, 2)),
    ...            "user_bias": np.array([-2.5]), "item_bias": np.array([0.5])}
    >>> predict(weights, np.array([0]), np.array([0])).tolist()     # sigmoid(2 − 2.5 + 0.5) = 1/2
    [2.75]
    """
    products = np.einsum("nk,nk->n", weights["user_factors"][users], weights["item_factors"][items])
    total = products + weights["user_bias"][users] + weights["item_bias"][items]
    return _bounded(total, low, high)[0]


def _bounded(total: np.ndarray, low: float | None, high: float | None) -> tuple[np.ndarray, np.ndarray | float]:
    """The rating for each sum, and its derivative: with s the sigmoid, (high − low) · s · (1 − s)."""
    if low is None or high is None:
        return total, 1.0
    sigmoid = np.exp(-np.logaddexp(0, -total))  # 1 / (1 + exp(−total)), without overflow
    return low + (high - low) * sigmoid, (high - low) * sigmoid * (1 - sigmoid)


def loss_and_gradient(
    weights: Weights,
    users: np.ndarray,
    items: np.ndarray,
    ratings: np.ndarray,
    low: float | None = 0.0,
    high: float | None = 5.5,
    into: Weights | None = None,
) -> tuple[float, Weights]:
    """The mean squared error of a batch and its gradient, shaped as the weights (written ``into`` where given).

    A row that occurs several times in the batch receives the sum of its gradients.
    """
    user_rows, item_rows = weights["user_factors"][users], weights["item_factors"][items]
    total = np.einsum("nk,nk->n", user_rows, item_rows) + weights["user_bias"][users] + weights["item_bias"][items]
    predicted, slope = _bounded(total, low, high)
    error = predicted - ratings
    to_total = 2 / len(ratings) * error * slope  # the derivative of the loss by each sum
    gradient = {name: np.empty_like(part) for name, part in weights.items()} if into is None else into
    _scatter(gradient["user_factors"], users, to_total[:, None] * item_rows)
    _scatter(gradient["item_factors"], items, to_total[:, None] * user_rows)
    _scatter(gradient["user_bias"], users, to_total)
    _scatter(gradient["item_bias"], items, to_total)
    return float(error @ error) / len(ratings), gradient


def _scatter(into: np.ndarray, rows: np.ndarray, parts: np.ndarray) -> None:
    """Adds each part to its row of an array that is zero elsewhere: the gradient of a lookup."""
    into[...] = 0
    np.add.at(into, rows, parts)
