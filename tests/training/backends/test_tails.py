"""Gauss's rule for what Adam still does without gradients, against the sums that it stands for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sheetsim.training.backends.optimizer import BETA2, step_numbers
from sheetsim.training.backends.tails import NODES, Steps, gauss, look_ahead, steps_of
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import Settings

ALL, SINGLE = 7035, 2.0**-24  # the steps of the lecture's run; half a unit in the last place of a float32
ROOTS = 10.0 ** np.arange(-8, 3)  # of the mean square of a gradient


def steps_between(first: int, last: int, error: float = SINGLE, of: int = ALL, **given: float) -> Steps:
    """The numbers of some of a run's steps."""
    settings = Settings("movielens", **given)  # type: ignore[arg-type]
    rates, momenta = (numbers[first:last] for numbers in schedule(settings, of))
    now = step_numbers(settings, first, rates, momenta)
    heights = settings.eps / now.floor
    steps = steps_of(now.keep, momenta, heights, now.stretch * heights)
    look_ahead(steps, error)
    return steps


def moved(steps: Steps, first: int, last: int, root: float, epsilon: float) -> float:
    """How far a weight of momentum 1 moves from one step to another, added up step by step."""
    sum_, momentum, left = 0.0, 1.0, root
    for step in range(first, last):
        momentum *= steps.betas[step]
        left *= math.sqrt(BETA2)
        sum_ = sum_ * steps.keeps[step] + momentum * steps.heights[step] / (left * steps.roots[step] + epsilon)
    return sum_


def by_nodes(steps: Steps, first: int, last: int, root: float, epsilon: float) -> float:
    """The same, as the difference of two tails."""
    kept = math.exp(steps.decayed[last] - steps.decayed[first])
    momentum = math.exp(steps.faded[last] - steps.faded[first])
    here, there = steps.nodes[first], steps.nodes[last]
    left = root * math.sqrt(BETA2) ** (last - first)
    tail = sum(weight / (root * place + epsilon) for weight, place in here)
    return float(kept * tail - momentum * sum(weight / (left * place + epsilon) for weight, place in there))


@pytest.mark.parametrize("epsilon", [1e-8, 1e-4, 1.0])
@pytest.mark.parametrize(("first", "last"), [(300, 310), (400, 900), (2100, 2300), (6500, 7000), (6900, 6920)])
def test_tails_are_the_sums_of_their_steps(first: int, last: int, epsilon: float) -> None:
    steps = steps_between(first - 20, last + 5)
    assert steps.masses.min() > 0
    for root in ROOTS:
        found, expected = (how(steps, 20, 20 + last - first, root, epsilon) for how in (by_nodes, moved))
        assert found == pytest.approx(expected, rel=5e-7)


def test_tails_are_the_better_the_faster_momentum_is_forgotten() -> None:
    errors = []
    for middle in (6900, 600, 2100):  # momentum 0.95, 0.93, 0.85
        steps = steps_between(middle, middle + 60)
        pairs = [[how(steps, 0, 50, root, 1e-4) for how in (by_nodes, moved)] for root in ROOTS]
        errors.append(max(abs(found / expected - 1) for found, expected in pairs))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-9


def test_no_tails_where_they_would_be_wrong() -> None:
    assert steps_between(0, 400).masses[:200].max() == 0  # at first the correction of the mean square changes quickly
    assert steps_between(2000, 2040, error=2.0**-53).masses.max() == 0  # three nodes are too few for a float64


def test_no_tails_where_decay_leaves_nothing() -> None:
    steps = steps_between(2000, 2040, wd=1e4)
    assert steps.keeps.min() < 0
    assert (steps.masses.max(), steps.growth.min()) == (0, np.inf)


def test_how_much_larger_a_later_step_may_be() -> None:
    """By its definition: of the steps of a weight, each by the weight that decay leaves, the largest still to come."""
    steps = steps_between(0, 60, of=60, lr=3.0, wd=0.2)
    momentum = np.cumprod(steps.betas)
    sizes = momentum * steps.heights / math.sqrt(BETA2) ** np.arange(1, 61) / steps.roots / np.cumprod(steps.keeps)
    expected = [sizes[step:].max() / sizes[step] for step in range(60)]
    assert steps.growth[:60] == pytest.approx(expected)
    assert steps.growth[0] > 1


@pytest.mark.parametrize("places", [[0.0, 0.1, 0.4], [1.0, 1.01, 1.05, 1.02, 1.3], list(np.linspace(0, 0.5, 40))])
def test_gauss_has_the_first_six_moments(places: list[float]) -> None:
    at, weights = np.array(places), np.exp(-3 * np.array(places))
    moments = [(weights * at**power).sum() / weights.sum() for power in range(6)]
    nodes = np.zeros((NODES, 2))
    assert gauss(weights.sum(), *moments[1:], 1.0, nodes)
    found = [(nodes[:, 0] * nodes[:, 1] ** power).sum() / weights.sum() for power in range(6)]
    assert found == pytest.approx(moments, rel=1e-7)
    assert at.min() - 1e-7 <= nodes[:, 1].min() <= nodes[:, 1].max() <= at.max() + 1e-7


@pytest.mark.parametrize("places", [[0.5], [0.1, 0.4]])
def test_no_three_nodes_for_fewer_places(places: list[float]) -> None:
    moments = [np.mean(np.array(places) ** power) for power in range(6)]
    assert not gauss(1.0, *moments[1:], 1.0, np.zeros((NODES, 2)))
