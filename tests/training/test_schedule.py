"""The one-cycle schedule against numbers worked out by hand, and averages of losses."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim.training.history import smoothed
from sheetsim.training.schedule import one_cycle, schedule
from sheetsim.training.settings import Settings

ROOT3 = 3**0.5


def test_one_cycle_of_ten_batches() -> None:
    rates, momenta = one_cycle(10, lr=1.0)  # 3 batches up, 7 down; (1 − cos 60°)/2 = 1/4
    assert rates[:4] == pytest.approx([0.04, 0.04 + 0.96 / 4, 0.04 + 0.96 * 3 / 4, 1])
    assert momenta[:4] == pytest.approx([0.95, 0.925, 0.875, 0.85])


def test_one_cycle_on_its_way_down() -> None:
    rates, momenta = one_cycle(20, lr=3.0)  # 6 up, 14 down: batch 13 is half way
    end = 3 / 250_000
    assert rates[13] == pytest.approx((3 + end) / 2)
    assert momenta[13] == pytest.approx(0.9)
    assert rates[-1] == pytest.approx(end + (3 - end) * (1 + np.cos(np.pi * 13 / 14)) / 2)


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_cycle_too_short_to_rise_begins_at_the_top(batches: int) -> None:
    rates, momenta = one_cycle(batches, lr=2.0)
    assert (len(rates), rates[0], momenta[0]) == (batches, 2.0, pytest.approx(0.85))


@pytest.mark.parametrize(("optimizer", "momentum"), [("sgd", 0.0), ("momentum", 0.9), ("adam", 0.9), ("update", 0.0)])
def test_a_constant_schedule(optimizer: str, momentum: float) -> None:
    rates, momenta = schedule(Settings("nn", optimizer=optimizer, schedule="constant", lr=0.3), 4)
    assert rates.tolist() == [0.3] * 4
    assert momenta.tolist() == [momentum] * 4


def test_smoothed_losses() -> None:
    # 0.02·2 / 0.02, then (0.98·0.04 + 0.02·4) / (1 − 0.98²)
    assert smoothed(np.array([2.0, 4.0])) == pytest.approx([2, 0.1192 / 0.0396])
    assert smoothed(np.full(300, 1.7)) == pytest.approx(np.full(300, 1.7))
