"""The optimizers of a training run as steps on flat NumPy arrays, all in place.

The formulas are those of ``sheetsim.optimizers.steps``. Its pure steps make a new array of each part of a formula;
here a step is most of the time that a batch takes, so each is written out for few passes over memory, and
``tests/training/backends/test_optimizer.py`` holds it to its formula:

    adam        adam with beta2 0.99, corrected by t
    adam-l2     the same, of the gradient that the penalty wd/2·Σw² is part of: ``torch.optim.Adam(weight_decay=wd)``
    momentum    momentum without dampening                                  (sgd: the same, with β = 0 outside a cycle)
    rmsprop     rmsprop of its own row with beta 0.99, and momentum without dampening on what it gives
    update      sgd, of the gradient that the penalty wd·Σw² is part of
    fresh-adam  adam's first step, again and again

A step takes the weights ``w``, the gradient ``g``, two arrays of state ``m`` and ``v`` (all float32 or float64, of one
shape (P,)) and the step's numbers; it changes ``w``, ``m`` and ``v`` and uses ``g`` up. What those numbers are is
worked out beforehand, in float64, for many steps at once (``step_numbers``); the backends only carry them out.

t counts the steps from 1, β is the momentum of the step, ε is the setting eps. Before each step but update's and
adam-l2's the weights shrink by lr·wd (decoupled weight decay: Loshchilov and Hutter, 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from sheetsim.optimizers.steps import shares
from sheetsim.training.settings import Settings

BETA2 = 0.99  # how slowly the mean square forgets
TINY = 1e-30
PENALTIES = {"update": 1.0, "adam-l2": 0.5}  # how often wd is the factor of Σw² in the loss


T = TypeVar("T")


class StepNumbers(NamedTuple, Generic[T]):
    """The numbers of one step (T is float, or a tensor without dimensions), or of many (an array, float64).

    Adam's rate and corrections are drawn into the denominator: with c₁ = 1 − βᵗ and c₂ = √(1 − 0.99ᵗ) the step is
    w ← w − m / (stretch·√v + floor), stretch = c₁ / (lr·c₂), floor = c₁·ε / lr. So an element takes one division.
    """

    rate: T
    keep: T  # the share of the weights that is left after decay, 1 − lr·wd
    momentum: T
    share: T  # of the gradient in Adam's momentum, 1 − momentum
    stretch: T
    floor: T
    epsilon: T


def step_numbers(
    settings: Settings, steps_before: int, rates: np.ndarray, momenta: np.ndarray
) -> StepNumbers[np.ndarray]:
    """The numbers of the steps that follow on ``steps_before`` others: ``rates`` and ``momenta`` of shape (steps,), as
    is each of the results; all float64."""
    steps = np.arange(steps_before + 1, steps_before + 1 + len(rates))
    first, second = shares(momenta, steps), np.sqrt(shares(BETA2, steps))
    keep = 1 - rates * settings.wd if penalty(settings) == 0 else np.ones(len(rates))
    epsilon = np.full(len(rates), settings.eps)
    return StepNumbers(rates, keep, momenta, 1 - momenta, first / (rates * second), first * epsilon / rates, epsilon)


def penalty(settings: Settings) -> float:
    """The factor of Σw² in the loss: wd for the hand-written update, half of it for adam-l2 (so that the gradient has
    wd·w, the pull that adam takes past its averages), else 0."""
    return settings.wd * PENALTIES.get(settings.optimizer, 0.0)


def adam(w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, now: StepNumbers[float]) -> None:
    """m ← β·m + (1−β)·g, v ← 0.99·v + 0.01·g², w ← w − lr·(m / c₁) / (√v / c₂ + ε), with c₁ and c₂ as in StepNumbers.

    Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
    """
    w *= now.keep
    step = g - m
    step *= now.share
    m += step
    _remember_squares(v, g)
    np.sqrt(v, out=step)
    step *= now.stretch
    step += now.floor
    w -= np.divide(m, step, out=step)


def momentum(w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, now: StepNumbers[float]) -> None:
    """m ← β·m + g, w ← w − lr·m: Polyak's heavy ball as ``torch.optim.SGD`` has it, without dampening."""
    w *= now.keep
    m *= now.momentum
    m += g
    w -= now.rate * m


def rmsprop(w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, now: StepNumbers[float]) -> None:
    """v ← 0.99·v + 0.01·g², m ← β·m + g / (√v + ε), w ← w − lr·m: Hinton's, with momentum as
    ``torch.optim.RMSprop``."""
    w *= now.keep
    m *= now.momentum
    step = g.copy()
    _remember_squares(v, g)
    step /= np.sqrt(v) + now.epsilon
    m += step
    w -= now.rate * m


def update(w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, now: StepNumbers[float]) -> None:
    """w ← w − lr·g: the lecture's hand-written step, of a gradient that holds the penalty's already."""
    w -= now.rate * g  # the gradient holds the penalty's already


def fresh_adam(w: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, now: StepNumbers[float]) -> None:
    """w ← w − lr·g / (|g| + ε): Adam whose moments are forgotten before each step, so that only signs count."""
    w *= now.keep
    w -= now.rate * (g / (np.abs(g) + now.epsilon))


def _remember_squares(v: np.ndarray, g: np.ndarray) -> None:
    """v ← 0.99·v + 0.01·g²; the gradient is used up."""
    g *= g
    g -= v
    g *= 1 - BETA2
    v += g


UpdateRule = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, StepNumbers[float]], None]

UPDATE_RULES: dict[str, UpdateRule] = {
    "adam": adam,
    "adam-l2": adam,
    "sgd": momentum,
    "momentum": momentum,
    "rmsprop": rmsprop,
    "update": update,
    "fresh-adam": fresh_adam,
}


def forget_traces(*moments: Any) -> None:
    """Sets what is below 1e-30 to zero, now and then.

    The moments of a movie that is never met again halve and halve until they are denormal numbers, with which a
    processor computes a hundred times slower; no weight would change by as much as its last bit. NumPy arrays or
    torch tensors.
    """
    for moment in moments:
        moment[abs(moment) < TINY] = 0
