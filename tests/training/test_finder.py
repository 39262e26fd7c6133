"""The learning-rate finder: its losses against a plain loop, its two rates, and that nothing else is touched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from training_data import few_digits, few_ratings

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.errors import InputError
from sheetsim.training.data.samples import Data, initial, order, samples
from sheetsim.training.finder import _finding, find_rate
from sheetsim.training.settings import Settings


def small(model: str, **given: Any) -> tuple[Data, Settings]:
    data = few_ratings() if model == "movielens" else few_digits()
    return data, Settings(model, **{"batch_size": 32, "dtype": "float64", "device": "cpu"} | given)


@pytest.mark.parametrize("model", ["movielens", "logistic", "nn"])
def test_both_backends_find_the_same(model: str) -> None:
    one, other = (find_rate(*small(model, backend=backend)) for backend in ("numpy", "torch"))
    np.testing.assert_allclose(one.losses, other.losses, rtol=1e-7)
    assert one.rates.tolist() == other.rates.tolist()
    assert (one.steepest, one.minimum_tenth) == (other.steepest, other.minimum_tenth)


def test_rates_rise_by_one_factor_until_the_loss_explodes() -> None:
    found = find_rate(*small("logistic", optimizer="sgd"))
    assert found.rates[0] == pytest.approx(1e-7 * 10**0.8)  # the first ten batches are left out
    assert found.rates[1:] / found.rates[:-1] == pytest.approx(np.full(len(found.rates) - 1, 1e8**0.01))
    assert found.losses[:-1].max() <= 4 * found.losses.min()
    assert 1e-7 < found.steepest < found.rates[-1]


def test_losses_are_those_of_a_plain_loop() -> None:
    data, settings = small("logistic", optimizer="sgd", wd=0.0)
    chosen = samples(data, settings)
    weights = initial(chosen.shapes, settings)
    layer = torch.nn.Linear(784, 10).double()
    layer.weight.data, layer.bias.data = torch.tensor(weights["weights"].T.copy()), torch.tensor(weights["bias"])
    pixels, labels = map(torch.tensor, chosen.train)
    rows = [rows for epoch in range(1, 20) for rows in torch.tensor(order(chosen.count, 0, epoch)).split(32)]
    average, expected = 0.0, []
    for number in range(60):
        loss = torch.nn.functional.cross_entropy(layer(pixels[rows[number]]), labels[rows[number]])
        for parameter, gradient in zip(
            layer.parameters(), torch.autograd.grad(loss, list(layer.parameters())), strict=True
        ):
            parameter.data -= 1e-7 * 10 ** (8 * number / 100) * gradient
        average = 0.98 * average + 0.02 * loss.item()
        expected.append(average / (1 - 0.98 ** (number + 1)))
    assert find_rate(data, settings).losses[:50] == pytest.approx(expected[10:], rel=1e-9)


def test_steepest_and_minimum_of_a_known_curve() -> None:
    rates = np.logspace(-7, 1, 100)
    falling = np.concatenate([np.full(40, 5.0), np.full(30, 1.0), np.full(30, 9.0)])
    found = _finding(rates, falling.tolist())  # the average falls after batch 39, most of all at once, up to batch 69
    assert found.steepest == pytest.approx(rates[39 + 15])  # the middle of 30 batches
    assert found.minimum_tenth == pytest.approx(rates[69] / 10)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_the_models_weights_are_left_alone(backend: str) -> None:
    data, settings = small("nn", backend=backend)
    weights = initial(samples(data, settings).shapes, settings)
    before = {name: part.copy() for name, part in weights.items()}
    find_rate(data, settings, weights)
    assert all((part == before[name]).all() for name, part in weights.items())


def test_a_loss_that_explodes_from_the_start() -> None:
    data, settings = small("nn", backend="numpy")
    weights = {
        name: np.full_like(part, 1e308) for name, part in initial(samples(data, settings).shapes, settings).items()
    }
    with pytest.raises(InputError, match="no learning rate can be found"):
        find_rate(data, settings, weights)
