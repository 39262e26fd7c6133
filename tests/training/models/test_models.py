"""The models' forward and backward passes: NumPy's against autograd and central differences, PyTorch's by hand, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from torch.nn import functional

from sheetsim.training.models import (
    digits_model,
    movielens_model,
)
from sheetsim.training.models.torch_models import arrangement, module
from sheetsim.training.settings import Settings
from sheetsim.training.state import Weights, flatten, shapes_of, views

RANDOM = np.random.default_rng(11)
USERS = np.array([0, 2, 2, 1, 0, 2])  # some users and items more than once
ITEMS = np.array([4, 1, 1, 0, 3, 0])
RATINGS = np.array([5.0, 1, 2, 3.5, 4, 0.5])
PIXELS, LABELS = RANDOM.uniform(size=(5, 784)), np.array([3, 0, 9, 3, 1])
BOUNDS: list[tuple[float | None, float | None]] = [(0.0, 5.5), (None, None), (1.0, 5.0)]


def movie_weights() -> Weights:
    shapes = movielens_model.shapes(3, 5, 4)
    return {name: RANDOM.normal(size=shape) for name, shape in shapes.items()}


def tensors(weights: Weights) -> dict[str, Any]:
    return {name: torch.tensor(part, requires_grad=True) for name, part in weights.items()}


def movie_loss_in_torch(t: dict[str, Any], low: float | None, high: float | None) -> Any:
    users, items = torch.tensor(USERS), torch.tensor(ITEMS)
    products = functional.embedding(users, t["user_factors"]) * functional.embedding(items, t["item_factors"])
    total = products.sum(1) + t["user_bias"][users] + t["item_bias"][items]
    if low is not None and high is not None:
        total = torch.sigmoid(total) * (high - low) + low
    return functional.mse_loss(total, torch.tensor(RATINGS))


def digit_loss_in_torch(t: dict[str, Any]) -> Any:
    *first, weights, bias = t.values()
    outputs = torch.tensor(PIXELS)
    if first:
        outputs = torch.relu(functional.linear(outputs, first[0].T, first[1]))
    return functional.cross_entropy(functional.linear(outputs, weights.T, bias), torch.tensor(LABELS))


def check_gradient(loss: float, gradient: Weights, in_torch: Any, leaves: dict[str, Any]) -> None:
    in_torch.backward()
    assert loss == pytest.approx(in_torch.item(), rel=1e-13)
    for name, leaf in leaves.items():
        np.testing.assert_allclose(gradient[name], leaf.grad.numpy(), rtol=1e-11, atol=1e-15, err_msg=name)


@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_movie_gradient_is_autograds(low: float | None, high: float | None) -> None:
    weights = movie_weights()
    loss, gradient = movielens_model.loss_and_gradient(weights, USERS, ITEMS, RATINGS, low, high)
    leaves = tensors(weights)
    check_gradient(loss, gradient, movie_loss_in_torch(leaves, low, high), leaves)


@pytest.mark.parametrize("model", ["logistic", "nn"])
def test_digit_gradient_is_autograds(model: str) -> None:
    weights = digits_model.initial(model, seed=1)
    loss, gradient = digits_model.loss_and_gradient(weights, PIXELS, LABELS)
    leaves = tensors(weights)
    check_gradient(loss, gradient, digit_loss_in_torch(leaves), leaves)


@pytest.mark.parametrize("name", list(movielens_model.shapes(3, 5, 4)))
def test_movie_gradient_by_central_differences(name: str) -> None:
    weights, h = movie_weights(), 1e-6
    _, gradient = movielens_model.loss_and_gradient(weights, USERS, ITEMS, RATINGS)
    for place in np.ndindex(weights[name].shape):
        around = []
        for step in (h, -h):
            moved = {**weights, name: weights[name].copy()}
            moved[name][place] += step
            predicted = movielens_model.predict(moved, USERS, ITEMS)
            around.append(float(np.mean((predicted - RATINGS) ** 2)))
        assert gradient[name][place] == pytest.approx((around[0] - around[1]) / (2 * h), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("model", ["logistic", "nn"])
def test_digit_gradient_by_central_differences(model: str) -> None:
    weights, h = digits_model.initial(model, seed=1), 1e-5
    _, gradient = digits_model.loss_and_gradient(weights, PIXELS, LABELS)
    for name, part in weights.items():
        place = tuple(RANDOM.integers(0, part.shape))
        around = []
        for step in (h, -h):
            moved = {**weights, name: part.copy()}
            moved[name][place] += step
            around.append(digits_model.losses(digits_model.predict(moved, PIXELS), LABELS).mean())
        assert gradient[name][place] == pytest.approx((around[0] - around[1]) / (2 * h), rel=1e-5, abs=1e-9)


# --- the modules ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_the_movie_modules_own_gradient_is_autograds(low: float | None, high: float | None) -> None:
    weights = movie_weights()
    settings = Settings("movielens", factors=4, low=low, high=high)
    flat = torch.tensor(flatten(weights)[arrangement(shapes_of(weights), settings)])
    model = module(flat, shapes_of(weights), settings)
    inputs, targets = model.columns(*map(torch.tensor, (USERS, ITEMS, RATINGS)))
    sums = flat.new_full((len(flat) + 1,), torch.nan)
    model.loss_and_gradient(inputs, targets, len(targets), sums)
    loss = model.loss(model(inputs), targets) / len(targets)
    expected = torch.autograd.grad(loss, list(model.parameters()))
    np.testing.assert_allclose(sums[:-1], torch.cat([part.view(-1) for part in expected]), rtol=1e-11, atol=1e-15)
    leaves = tensors(weights)
    mean = movie_loss_in_torch(leaves, low, high).item()
    assert sums[-1].item() == pytest.approx(mean * len(targets), rel=1e-13)


@pytest.mark.parametrize("model", ["logistic", "nn"])
def test_the_digit_modules_gradient(model: str) -> None:
    weights = digits_model.initial(model, seed=1)
    flat = torch.tensor(flatten(weights))
    own = module(flat, shapes_of(weights), Settings(model))
    sums = flat.new_full((len(flat) + 1,), torch.nan)
    own.loss_and_gradient(torch.tensor(PIXELS), torch.tensor(LABELS), len(LABELS), sums)
    gradient = views(sums[:-1].numpy(), shapes_of(weights))
    leaves = tensors(weights)
    check_gradient(sums[-1].item() / len(LABELS), gradient, digit_loss_in_torch(leaves), leaves)


def test_parameters_are_views_of_the_flat_tensor() -> None:
    weights = movie_weights()
    flat = torch.tensor(flatten(weights))
    model = module(flat, shapes_of(weights), Settings("movielens", factors=4))
    flat.zero_()
    assert all((part == 0).all() for part in model.parameters())


# --- weights to start from --------------------------------------------------------------------------------------------
def test_movie_weights_are_drawn_from_a_truncated_normal() -> None:
    from scipy import stats

    drawn = flatten(movielens_model.initial(400, 600, 20, seed=5)) / 0.01
    assert abs(drawn).max() <= 2
    assert stats.kstest(drawn, stats.truncnorm(-2, 2).cdf).pvalue > 0.01


@pytest.mark.parametrize(("name", "inputs"), [("weights1", 784), ("bias1", 784), ("weights2", 50), ("bias2", 50)])
def test_digit_weights_are_drawn_as_linear_layers_are(name: str, inputs: int) -> None:
    drawn = digits_model.initial("nn", seed=5)[name]
    layer = torch.nn.Linear(inputs, 50)
    assert abs(drawn).max() <= inputs**-0.5
    assert layer.weight.abs().max().item() <= inputs**-0.5  # PyTorch's bound, which ours repeats
    assert drawn.std() == pytest.approx(inputs**-0.5 / 3**0.5, rel=0.35 if drawn.size < 100 else 0.05)


def test_large_logits_do_not_overflow() -> None:
    logits = np.array([[1e4, 0.0], [-1e4, 1e4]])
    expected = functional.cross_entropy(torch.tensor(logits), torch.tensor([1, 1]), reduction="none")
    assert digits_model.losses(logits, np.array([1, 1])) == pytest.approx(expected.numpy())


@pytest.mark.parametrize(("total", "rating"), [(800.0, 5.5), (-800.0, 0.0), (0.0, 2.75)])
def test_large_sums_do_not_overflow(total: float, rating: float) -> None:
    weights = {name: np.zeros(shape) for name, shape in movielens_model.shapes(1, 1, 1).items()}
    weights["user_bias"][:] = total
    with np.errstate(over="raise", invalid="raise"):
        assert movielens_model.predict(weights, np.array([0]), np.array([0])) == pytest.approx([rating])
