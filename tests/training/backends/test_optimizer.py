"""The optimizers' steps in place, in NumPy and in PyTorch: against the one formula of each, and against torch.optim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.optimizers import steps as optimizers
from sheetsim.optimizers.steps import AdamState, MomentumState, NoState, RMSPropState
from sheetsim.training.backends import (
    optimizer,
    torch_optimizer,
)
from sheetsim.training.backends.numpy_backend import each
from sheetsim.training.backends.optimizer import BETA2, StepNumbers, step_numbers
from sheetsim.training.settings import OPTIMIZERS, Settings

STEPS, SIZE, DECAY, EPS = 12, 7, 0.1, 1e-8
RANDOM = np.random.default_rng(3)
START, GRADIENTS = RANDOM.normal(size=SIZE), RANDOM.normal(size=(STEPS, SIZE)) * 10.0 ** RANDOM.integers(-6, 2, SIZE)
RATES, MOMENTA = np.linspace(0.01, 0.2, STEPS), np.linspace(0.95, 0.85, STEPS)


# --- in place ---------------------------------------------------------------------------------------------------------
def in_numpy(name: str, momenta: np.ndarray) -> np.ndarray:
    """Weights, momentum and mean square after each step."""
    w, m, v, path = START.copy(), np.zeros(SIZE), np.zeros(SIZE), []
    for gradient, now in zip(GRADIENTS, each(numbers(name, momenta)), strict=True):
        optimizer.UPDATE_RULES[name](w, gradient.copy(), m, v, now)
        path.append([w.copy(), m.copy(), v.copy()])
    return np.array(path)


def in_torch(name: str, momenta: np.ndarray, fused: bool = False) -> np.ndarray:
    w, m, v = torch.tensor(START), torch.zeros(SIZE).double(), torch.zeros(SIZE).double()
    plans = numbers(name, momenta)
    rule: Callable[..., None] = torch_optimizer.fused_adam if fused else torch_optimizer.UPDATE_RULES[name]
    steps: Any = each(plans) if fused else torch_optimizer.steps_of(plans, w)
    path = []
    for gradient, now in zip(GRADIENTS, steps, strict=True):
        rule(w, torch.tensor(gradient), m, v, now)
        path.append([part.numpy().copy() for part in (w, m, v)])
    return np.array(path)


def numbers(name: str, momenta: np.ndarray) -> StepNumbers[np.ndarray]:
    return step_numbers(Settings("nn", optimizer=name, wd=DECAY, eps=EPS, schedule="constant"), 0, RATES, momenta)


# --- the formulas, put together as the head of ``optimizer.py`` says --------------------------------------------------
class Now(NamedTuple):
    """The numbers of a step."""

    lr: float
    beta: float
    eps: float
    t: int


def adam(gradient: Any, state: AdamState, now: Now) -> tuple[Any, AdamState]:
    return optimizers.adam(gradient, state, lr=now.lr, beta1=now.beta, beta2=BETA2, eps=now.eps, t=now.t)


def momentum(gradient: Any, state: AdamState, now: Now) -> tuple[Any, AdamState]:
    update, (step,) = optimizers.momentum(gradient, MomentumState(state.step), lr=now.lr, beta=now.beta, dampening=0)
    return update, AdamState(step, state.mean_square)


def rmsprop(gradient: Any, state: AdamState, now: Now) -> tuple[Any, AdamState]:
    before = RMSPropState(state.mean_square)
    scaled, (squares,) = optimizers.rmsprop(gradient, before, lr=1, beta=BETA2, eps=now.eps, own_row=True)
    return momentum(scaled, AdamState(state.step, squares), now)


def update(gradient: Any, state: AdamState, now: Now) -> tuple[Any, AdamState]:
    return optimizers.sgd(gradient, NoState(), lr=now.lr)[0], state


def fresh_adam(gradient: Any, state: AdamState, now: Now) -> tuple[Any, AdamState]:
    nothing = AdamState(0 * gradient, 0 * gradient)
    return adam(gradient, nothing, now._replace(t=1))[0], state


FORMULAS = {
    "adam": adam,
    "adam-l2": adam,
    "sgd": momentum,
    "momentum": momentum,
    "rmsprop": rmsprop,
    "update": update,
    "fresh-adam": fresh_adam,
}


def by_formula(name: str, momenta: np.ndarray) -> np.ndarray:
    """Weights, momentum and mean square after each step; the rate's share of weight decay is taken off before it."""
    w, state, path = START, AdamState(np.zeros(SIZE), np.zeros(SIZE)), []
    for t, (gradient, lr, beta) in enumerate(zip(GRADIENTS, RATES, momenta, strict=True), 1):
        change, state = FORMULAS[name](gradient, state, Now(lr, beta, EPS, t))
        w = w * (1 - (lr * DECAY if name not in ("update", "adam-l2") else 0)) - change
        path.append([w, *state])
    return np.array(path)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_in_place_are_the_formulas(name: str) -> None:
    momenta = MOMENTA if name != "sgd" else 0 * MOMENTA
    expected = by_formula(name, momenta)
    assert in_numpy(name, momenta) == pytest.approx(expected, rel=1e-12)
    assert in_torch(name, momenta) == pytest.approx(expected, rel=1e-12)


def test_the_fused_step_is_the_formula() -> None:
    assert in_torch("adam", MOMENTA, fused=True) == pytest.approx(by_formula("adam", MOMENTA), rel=1e-12)


# --- torch.optim ------------------------------------------------------------------------------------------------------
def new_optimizer(name: str, weights: Any, rate: float, momentum: float) -> Any:
    if name in ("adam", "fresh-adam"):
        return torch.optim.AdamW([weights], lr=rate, betas=(momentum, BETA2), weight_decay=DECAY)
    if name == "rmsprop":
        return torch.optim.RMSprop([weights], lr=rate, alpha=BETA2, momentum=momentum)
    return torch.optim.SGD([weights], lr=rate, momentum=momentum if name == "momentum" else 0)


def by_torch(name: str, momenta: np.ndarray) -> np.ndarray:
    """The weights after each step of torch.optim, whose rate and momentum are set anew before each."""
    weights = torch.nn.Parameter(torch.tensor(START))
    made, path = None, []
    for gradient, rate, momentum in zip(GRADIENTS, RATES, momenta, strict=True):
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


@pytest.mark.parametrize("name", ["adam", "fresh-adam", "momentum", "sgd", "rmsprop"])
def test_steps_are_those_of_torch_optim(name: str) -> None:
    momenta = MOMENTA if name != "sgd" else 0 * MOMENTA
    expected = by_torch(name, momenta)
    assert in_numpy(name, momenta)[:, 0] == pytest.approx(expected, rel=1e-12)
    assert in_torch(name, momenta)[:, 0] == pytest.approx(expected, rel=1e-12)


def test_the_fused_step_is_that_of_torch_optim() -> None:
    assert in_torch("adam", MOMENTA, fused=True)[:, 0] == pytest.approx(by_torch("adam", MOMENTA), rel=1e-12)


def test_the_hand_written_update() -> None:
    expected = START - np.cumsum(RATES[:, None] * GRADIENTS, axis=0)
    assert in_numpy("update", MOMENTA)[:, 0] == pytest.approx(expected, rel=1e-12)
    assert in_torch("update", MOMENTA)[:, 0] == pytest.approx(expected, rel=1e-12)


# --- beside one another -----------------------------------------------------------------------------------------------
def test_every_optimizer_has_its_rules() -> None:
    assert set(optimizer.UPDATE_RULES) == set(torch_optimizer.UPDATE_RULES) == set(OPTIMIZERS)


def test_numbers_go_on_from_the_steps_before() -> None:
    settings = Settings("nn")
    whole, rest = step_numbers(settings, 0, RATES, MOMENTA), step_numbers(settings, 5, RATES[5:], MOMENTA[5:])
    for all_of_them, last in zip(whole, rest, strict=True):
        assert all_of_them[5:].tolist() == last.tolist()


def test_traces_are_forgotten() -> None:
    moments = np.array([1e-31, -1e-31, 1e-29, 0.5], np.float32)
    tensor = torch.tensor(moments)
    optimizer.forget_traces(moments)
    optimizer.forget_traces(tensor)
    assert moments.tolist() == tensor.tolist() == [0, 0, np.float32(1e-29), 0.5]
