"""graddesc's five optimizers once more, row by row in plain loops, and by torch.optim: nothing of sheetsim is used.

A row steps on one point, from the weights b and a that the row above worked out. Products are rounded by ``times``:
Excel's way, in exact fractions (``exact.times``), or once, as other programs do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from operator import mul
from typing import NamedTuple

Pair = tuple[float, float]  # a number for b and one for a
Points = Sequence[Pair]
Step = Callable[[str, "State", float, float, float], "State"]

OPTIMIZERS = ["basic", "momentum", "rmsprop", "adam", "adam_ann"]
BETA = 0.9  # of momentum and mean squares; adam_ann's mean squares are slower
BETA2 = {"rmsprop": 0.9, "adam": 0.9, "adam_ann": 0.95}
RATES = {"basic": 0.0001, "momentum": 0.0001, "rmsprop": 0.02, "adam": 1.0, "adam_ann": 1.0}  # after Reset

#: Reset goes through the points at weights of 1 until the averages have settled: what it keeps of each time.
SETTLING: dict[str, list[list[str]]] = {
    "basic": [],
    "momentum": [["momentum"]],
    "rmsprop": [["squares"]] * 2,
    "adam": [["squares"], ["momentum"]] * 2,
    "adam_ann": [["squares", "momentum"]] * 2,
}


@dataclass(frozen=True)
class State:
    weights: Pair = (1.0, 1.0)
    momentum: Pair = (0.0, 0.0)
    squares: Pair = (10000.0, 10000.0)


class Epoch(NamedTuple):
    rate: float
    states: list[State]  # what the first row starts from, then what each row comes to


def error(points: Points, b: float, a: float) -> float:
    """The root mean square error of b and a on all points."""
    return sqrt(sum((b + a * x - y) ** 2 for x, y in points) / len(points))


def by_loops(times: Callable[[float, float], float]) -> Step:
    def step(title: str, state: State, rate: float, x: float, y: float) -> State:
        b, a = state.weights
        error = times(2, times(a, x) + b - y)
        parts = zip(state.weights, (error, times(error, x)), state.momentum, state.squares, strict=True)
        stepped = [one(title, rate, *part) for part in parts]
        return State(*zip(*stepped, strict=True))

    def one(title: str, rate: float, weight: float, gradient: float, mean: float, square: float) -> list[float]:
        """The weight, the average of its gradients and that of their squares after a step."""
        beta2 = BETA2.get(title, 0.0)
        new_mean = times(mean, BETA) + times(1 - BETA, gradient)
        new_square = times(square, beta2) + times(1 - beta2, times(gradient, gradient))
        change = {
            "basic": lambda: times(gradient, rate),
            "momentum": lambda: times(new_mean, rate),
            "rmsprop": lambda: times(gradient, rate) / sqrt(square),  # that of the row above
            "adam": lambda: times(new_mean, rate) / sqrt(new_square),
        }
        return [weight - change[title.removesuffix("_ann")](), new_mean, new_square]

    return step


def by_torch(title: str, state: State, rate: float, x: float, y: float) -> State:
    """A step of torch.optim from this state. After 1e9 steps Adam's correction of the first averages is a factor of 1;
    the sheets have none. RMSprop divides by the new mean square there, by the one above here: it has no counterpart."""
    import torch

    weights = torch.tensor(state.weights, dtype=torch.float64, requires_grad=True)
    mean, square = (torch.tensor(part, dtype=torch.float64) for part in (state.momentum, state.squares))
    optimizer: torch.optim.Optimizer
    if title == "basic":
        optimizer = torch.optim.SGD([weights], rate)
    elif title == "momentum":
        optimizer = torch.optim.SGD([weights], rate, momentum=BETA, dampening=BETA)
        optimizer.state[weights] = {"momentum_buffer": mean}
    else:
        optimizer = torch.optim.Adam([weights], rate, betas=(BETA, BETA2[title]), eps=0)
        optimizer.state[weights] = {"step": torch.tensor(1e9), "exp_avg": mean, "exp_avg_sq": square}
    ((weights[1] * x + weights[0] - y) ** 2).backward()
    optimizer.step()
    return State(*(tuple(part.tolist()) for part in (weights, mean, square)))


def epochs(title: str, points: Points, count: int, updated: bool, step: Step) -> Iterator[Epoch]:
    """Reset, then so many epochs: each from the weights that entered the last row, as the lecture's button has it, or
    from those that it worked out."""
    state, smallest = _reset(title, points, step)
    rate = RATES[title]
    for _ in range(count):
        states = _states(title, points, state, rate, step)
        yield Epoch(rate, states)
        state = replace(states[-1], weights=states[-1 if updated else -2].weights)
        if title == "adam_ann":
            size = _size(state)
            rate = rate / 4 if size / smallest > 2 else rate
            smallest = min(size, smallest)


def by_hand(title: str, points: Points, count: int, updated: bool) -> list[list[float]]:
    """b, a and error of the start and after each epoch. All points are predicted with the same b and a."""
    lines = []
    for epoch in epochs(title, points, count + 1, updated, by_loops(mul)):
        b, a = epoch.states[0].weights
        lines.append([b, a, error(points, b, a)])
    return lines


def _reset(title: str, points: Points, step: Step) -> tuple[State, float]:
    """What the first epoch starts from, and the size of the gradients with which adam_ann compares the next."""
    state, size = State(), 0.0
    for kept in SETTLING[title]:
        size = _size(state)
        last = _states(title, points, state, RATES[title], step)[-1]
        state = replace(state, **{part: getattr(last, part) for part in kept})
    return state, size


def _states(title: str, points: Points, state: State, rate: float, step: Step) -> list[State]:
    states = [state]
    for x, y in points:
        states.append(step(title, states[-1], rate, x, y))
    return states


def _size(state: State) -> float:
    return sum(map(sqrt, state.squares))
