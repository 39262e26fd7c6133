"""Rates for layer groups: what is typed, how it is spread, and whole runs against torch.optim's parameter groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from training_data import few_digits

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.errors import InputError
from sheetsim.training.data.samples import order, samples
from sheetsim.training.groups import frozen, rates
from sheetsim.training.loop import Checkpoint, train
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import OPTIMIZERS, Settings

BACKENDS = ["numpy", "torch"]
SHARES = [(0.0, 1.0), (0.01, 1.0), (1 / 3, 1.0), (2.0, 1.0)]


def small(**given: Any) -> Settings:
    usual = {"epochs": 2, "batch_size": 32, "dtype": "float64", "device": "cpu"}
    return Settings("nn", **usual | given)


# --- what is typed ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("1e-3", 3, None),
        (":3e-3", 1, [3e-3]),
        (":3e-3", 3, [1e-3, 1e-3, 3e-3]),
        ("1e-5:1e-3", 2, [1e-5, 1e-3]),
        ("1e-5:1e-3", 3, [1e-5, 1e-4, 1e-3]),
        ("1e-3:1e-3", 4, [1e-3] * 4),
        ("0.4:0.1", 3, [0.4, 0.2, 0.1]),
    ],
)
def test_rates_are_spread_by_one_factor(text: str, count: int, expected: list[float] | None) -> None:
    found = rates(text)
    shares = found.shares(count)
    assert (shares and [share * found.last for share in shares]) == (expected and pytest.approx(expected, rel=1e-14))


@pytest.mark.parametrize(
    "text", ["", ":", "fast", "1:2:3", "1e-5:", "slice(1)", "1e-5-1e-3", "0:1", "nan", "-1", "1:inf"]
)
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(InputError, match="lr must be"):
        rates(text)


def test_one_group_takes_one_rate() -> None:
    with pytest.raises(InputError, match="this model is one"):
        rates("1e-5:1e-3").shares(1)
    with pytest.raises(InputError, match="it would learn nothing"):
        frozen("logistic")


@pytest.mark.parametrize("shares", [(1.0,), (1.0, 0.0), (-1.0, 1.0), (0.1, 0.1, 1.0), ("a", 1.0), (float("nan"), 1.0)])
def test_shares_that_do_not_fit(shares: tuple) -> None:
    with pytest.raises(InputError, match="group_shares must be"):
        Settings("nn", group_shares=shares)


# --- whole runs -------------------------------------------------------------------------------------------------------
def plain(settings: Settings) -> list[float]:
    """``torch.optim.AdamW`` with a parameter group for each layer; nothing of ours but order, schedule and start."""
    chosen = samples(few_digits(), settings)
    outcome = train(few_digits(), replace(settings, lr=1e-30, wd=0.0, epochs=1))  # weights as they begin
    w1, b1, w2, b2 = (torch.tensor(part, requires_grad=True) for part in outcome.weights.values())
    groups = [{"params": [w1, b1]}, {"params": [w2, b2]}]
    optimizer = torch.optim.AdamW(groups, eps=settings.eps, weight_decay=settings.wd)
    pixels, labels = map(torch.tensor, chosen.train)
    losses: list[float] = []
    numbers = zip(*schedule(settings, 8 * settings.epochs), strict=True)
    for epoch in range(1, settings.epochs + 1):
        for rows in torch.tensor(order(chosen.count, settings.seed, epoch)).split(settings.batch_size):
            rate, momentum = next(numbers)
            for group, share in zip(optimizer.param_groups, settings.group_shares or (1, 1), strict=True):
                group.update(lr=share * rate, betas=(momentum, 0.99))
            logits = torch.relu(pixels[rows] @ w1 + b1) @ w2 + b2
            loss = torch.nn.functional.cross_entropy(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shares", SHARES)
def test_a_run_is_what_parameter_groups_compute(shares: tuple[float, ...], backend: str) -> None:
    settings = small(group_shares=shares, backend=backend)
    np.testing.assert_allclose(train(few_digits(), settings).history.losses, plain(settings), rtol=1e-9)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("shares", SHARES[:2])
def test_both_backends_compute_the_same(shares: tuple[float, ...], optimizer: str) -> None:
    settings = small(group_shares=shares, optimizer=optimizer, wd=0.01)
    one, other = (train(few_digits(), replace(settings, backend=backend)) for backend in BACKENDS)
    np.testing.assert_allclose(one.history.losses, other.history.losses, rtol=1e-9)
    for name, part in one.weights.items():
        np.testing.assert_allclose(part, other.weights[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_frozen_layer_keeps_its_bits(optimizer: str, backend: str) -> None:
    settings = small(optimizer=optimizer, backend=backend, epochs=1)
    first = train(few_digits(), settings)
    tuned = train(few_digits(), replace(settings, group_shares=(0.0, 1.0)), weights=first.weights)
    same = {name: part.tobytes() == first.weights[name].tobytes() for name, part in tuned.weights.items()}
    assert same == {"weights1": True, "bias1": True, "weights2": False, "bias2": False}


def test_the_steps_of_a_gpu_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from sheetsim.training.backends import torch_cuda

    monkeypatch.setattr(torch_cuda, "STEPS", 3)
    settings = small(group_shares=(0.1, 1.0))
    expected = train(few_digits(), settings)
    monkeypatch.setattr(
        "sheetsim.training.backends.torch_devices.TorchTrainer", lambda *given: torch_cuda.GraphTrainer(*given[:4])
    )
    np.testing.assert_allclose(train(few_digits(), settings).history.losses, expected.history.losses, rtol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_going_on_gives_the_very_same_numbers(backend: str) -> None:
    settings = small(group_shares=(0.1, 1.0), epochs=3, backend=backend)
    kept: list[Checkpoint] = []
    whole = train(few_digits(), settings, keep=kept.append)
    again = train(few_digits(), settings, start=kept[0])
    assert again.history.losses.tobytes() == whole.history.losses.tobytes()
    with pytest.raises(InputError, match="made with group_shares"):
        train(few_digits(), replace(settings, group_shares=None), start=kept[0])


# --- some of the digits -----------------------------------------------------------------------------------------------
def test_some_of_the_digits_and_few_of_each() -> None:
    whole = few_digits()
    part = whole.only((3, 7), limit=5, seed=1)
    assert part.classes == (3, 7)
    assert np.bincount(part.train_labels).tolist() == [5, 5]
    assert len(part.valid_labels) == int(np.isin(whole.valid_labels, (3, 7)).sum())
    for pixels, label in zip(part.train_pixels, part.train_labels, strict=True):
        (row,) = np.flatnonzero((whole.train_pixels == pixels).all(1))
        assert whole.train_labels[row] == (3, 7)[label]
    assert (part.train_pixels != whole.only((3, 7), limit=5, seed=2).train_pixels).any()
    assert whole.only(tuple(range(10))) is whole


def test_a_digit_that_does_not_occur() -> None:
    with pytest.raises(InputError, match="there is no digit"):
        few_digits(5).only((0, 9))
