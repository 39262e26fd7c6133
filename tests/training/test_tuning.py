"""Fine-tuning: weights of one task that another one begins with, a new head, and the lesson's three steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from training_data import few_digits, real

pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.api import train as train_by_name
from sheetsim.errors import InputError
from sheetsim.training.backends.choosing import usual_backend
from sheetsim.training.data import digits
from sheetsim.training.loop import Outcome, train
from sheetsim.training.models import digits_model
from sheetsim.training.settings import Settings
from sheetsim.training.tuning import start_from

BACKENDS = ["numpy", "torch"]


def small(**given: Any) -> Settings:
    usual = {"epochs": 1, "batch_size": 32, "dtype": "float64", "device": "cpu"}
    return Settings("nn", **usual | given)


def tuned(data: digits.Digits, settings: Settings, limit: int = 20) -> list[Outcome]:
    """The lesson's three steps: trained on some digits, a new head alone on others, then all with two rates."""
    first = train(data.only((0, 1, 2, 3, 4)), replace(settings, classes=(0, 1, 2, 3, 4)))
    others = replace(settings, classes=(5, 6, 7, 8, 9), limit=limit)
    few = data.only(others.classes, limit)
    alone = replace(others, group_shares=(0.0, 1.0))
    second = train(few, alone, weights=start_from(first, alone, new_head=True))
    both = replace(others, lr=settings.lr / 2, group_shares=(0.01, 1.0))
    return [first, second, train(few, both, weights=start_from(second, both))]


@pytest.mark.parametrize("source", ["made up", "mnist"])
def test_fine_tuning_is_the_same_in_both(source: str) -> None:
    data = few_digits() if source == "made up" else digits.load(real("mnist"))
    settings, limit = small(epochs=1), 20 if source == "made up" else 1000
    for one, other in zip(*(tuned(data, replace(settings, backend=name), limit) for name in BACKENDS), strict=True):
        np.testing.assert_allclose(one.history.losses, other.history.losses, rtol=1e-9)
        for name, part in one.weights.items():
            np.testing.assert_allclose(part, other.weights[name], rtol=1e-9, atol=1e-12)
        assert one.history.epochs[-1].accuracy == other.history.epochs[-1].accuracy


def test_weights_of_another_shape_are_refused() -> None:
    first = train(few_digits(), small(epochs=1))
    with pytest.raises(InputError, match="other shapes"):
        train(few_digits().only((1, 2)), small(classes=(1, 2)), weights=first.weights)


def test_a_new_head_is_drawn_by_the_seed_and_the_rest_is_kept() -> None:
    first = train(few_digits(), small())
    started = [start_from(first, small(classes=(2, 3, 4), seed=seed), new_head=True) for seed in (0, 1)]
    for name in ("weights1", "bias1"):
        assert all(weights[name].tobytes() == first.weights[name].tobytes() for weights in started)
    assert [weights["weights2"].shape for weights in started] == [(50, 3)] * 2
    assert (started[0]["weights2"] != started[1]["weights2"]).any()
    assert np.abs(started[0]["weights2"]).max() <= 1 / np.sqrt(digits_model.HIDDEN)


@pytest.mark.parametrize(
    ("settings", "new_head", "line"),
    [
        (small(classes=(1, 2)), False, "the outputs are the digits 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, not 1, 2"),
        (Settings("logistic"), True, "weights of model 'nn' do not fit model 'logistic'"),
    ],
)
def test_what_the_weights_do_not_fit(settings: Settings, new_head: bool, line: str) -> None:
    with pytest.raises(InputError, match=line):
        start_from(train(few_digits(), small()), settings, new_head)


def test_one_layer_has_no_head() -> None:
    trained = train(few_digits(), Settings("logistic", backend="numpy"))
    with pytest.raises(InputError, match="with a new head nothing would be left"):
        start_from(trained, Settings("logistic"), new_head=True)


def test_by_name_from_an_outcome() -> None:
    """``sheetsim.train`` does what the loop does on data in memory."""
    folder = real("mnist")
    first = train(few_digits(), small())
    asked: dict[str, Any] = {"classes": (5, 6), "limit": 20, "dtype": "float64", "device": "cpu"}
    found = train_by_name("nn", folder, start=first, new_head=True, **asked)
    settings = Settings("nn", **asked, backend=usual_backend("nn", "adam", "cpu"))
    expected = train(digits.load(folder).only((5, 6), 20), settings, weights=start_from(first, settings, new_head=True))
    assert found.history.losses.tobytes() == expected.history.losses.tobytes()
