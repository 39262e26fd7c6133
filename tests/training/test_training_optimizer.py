"""The optimizers' steps, in NumPy and in PyTorch, against those of torch.optim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.training.backends import (
    optimizer,
    torch_optimizer,
)
from sheetsim.training.backends.numpy_backend import each
from sheetsim.training.backends.optimizer import BETA2, plan
from sheetsim.training.settings import OPTIMIZERS, Settings

STEPS, SIZE, DECAY = 12, 7, 0.1
RANDOM = np.random.default_rng(3)
START, GRADIENTS = RANDOM.normal(size=SIZE), RANDOM.normal(size=(STEPS, SIZE)) * 10.0 ** RANDOM.integers(-6, 2, SIZE)
RATES, MOMENTA = np.linspace(0.01, 0.2, STEPS), np.linspace(0.95, 0.85, STEPS)


def new_optimizer(name: str, weights: Any, rate: float, momentum: float) -> Any:
    if name in ("adam", "fresh-adam"):
        return torch.optim.AdamW([weights], lr=rate, betas=(momentum, BETA2), weight_decay=DECAY)
    if name == "rmsprop":
        return torch.optim.RMSprop([weights], lr=rate, alpha=BETA2, momentum=momentum)
    return torch.optim.SGD([weights], lr=rate, momentum=momentum if name == "momentum" else 0)


def by_torch(name: str) -> np.ndarray:
    """The weights after each step of torch.optim, whose rate and momentum are set anew before each."""
    weights = torch.nn.Parameter(torch.tensor(START))
    made, path = None, []
    for gradient, rate, momentum in zip(GRADIENTS, RATES, MOMENTA, strict=True):
        if made is None or name == "fresh-adam":
            made = new_optimizer(name, weights, rate, momentum)
        group = made.param_groups[0]
        group.update({"lr": rate} | ({"betas": (momentum, BETA2)} if "betas" in group else {"momentum": momentum}))
        weights.grad = torch.tensor(gradient)
        if "betas" not in group:  # these have no decoupled weight decay of their own
            weights.data *= 1 - rate * DECAY
        made.step()
        path.append(weights.detach().numpy().copy())
    return np.array(path)


def in_numpy(name: str) -> np.ndarray:
    w, m, v, path = START.copy(), np.zeros(SIZE), np.zeros(SIZE), []
    settings = Settings("nn", optimizer=name, wd=DECAY, schedule="constant")
    for gradient, now in zip(GRADIENTS, each(plan(settings, 0, RATES, MOMENTA)), strict=True):
        optimizer.RULES[name](w, gradient.copy(), m, v, now)
        path.append(w.copy())
    return np.array(path)


def in_torch(name: str, fused: bool = False) -> np.ndarray:
    w, m, v = torch.tensor(START), torch.zeros(SIZE).double(), torch.zeros(SIZE).double()
    numbers = plan(Settings("nn", optimizer=name, wd=DECAY, schedule="constant"), 0, RATES, MOMENTA)
    rule: Callable[..., None] = torch_optimizer.fused_adam if fused else torch_optimizer.RULES[name]
    steps: Any = each(numbers) if fused else torch_optimizer.steps_of(numbers, w)
    path = []
    for gradient, now in zip(GRADIENTS, steps, strict=True):
        rule(w, torch.tensor(gradient), m, v, now)
        path.append(w.numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("name", ["adam", "fresh-adam", "momentum", "sgd", "rmsprop"])
def test_steps_are_those_of_torch_optim(name: str) -> None:
    momenta = MOMENTA if name != "sgd" else 0 * MOMENTA
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "MOMENTA", momenta)
        expected = by_torch(name)
        assert in_numpy(name) == pytest.approx(expected, rel=1e-12)
        assert in_torch(name) == pytest.approx(expected, rel=1e-12)


def test_the_fused_step_is_the_same() -> None:
    assert in_torch("adam", fused=True) == pytest.approx(by_torch("adam"), rel=1e-12)


def test_the_hand_written_update() -> None:
    expected = START - np.cumsum(RATES[:, None] * GRADIENTS, axis=0)
    assert in_numpy("update") == pytest.approx(expected, rel=1e-12)
    assert in_torch("update") == pytest.approx(expected, rel=1e-12)


def test_every_optimizer_has_its_rules() -> None:
    assert set(optimizer.RULES) == set(torch_optimizer.RULES) == set(OPTIMIZERS)


def test_numbers_go_on_from_the_steps_before() -> None:
    settings = Settings("nn")
    whole, rest = plan(settings, 0, RATES, MOMENTA), plan(settings, 5, RATES[5:], MOMENTA[5:])
    for all_of_them, last in zip(whole, rest, strict=True):
        assert all_of_them[5:].tolist() == last.tolist()


def test_traces_are_forgotten() -> None:
    moments = np.array([1e-31, -1e-31, 1e-29, 0.5], np.float32)
    tensor = torch.tensor(moments)
    optimizer.forget_traces(moments)
    torch_optimizer.forget_traces(tensor)
    assert moments.tolist() == tensor.tolist() == [0, 0, np.float32(1e-29), 0.5]
