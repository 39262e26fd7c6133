"""Settings: the lecture's where nothing is said, and one line for what makes no sense."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sheetsim.errors import InputError
from sheetsim.training.settings import Settings, differences


@pytest.mark.parametrize(
    ("given", "expected"),
    [  # as the notebooks have them
        ({"model": "movielens"}, {"epochs": 5, "lr": 5e-3, "wd": 0.1, "schedule": "one-cycle", "factors": 40}),
        ({"model": "nn"}, {"epochs": 1, "lr": 1e-2, "wd": 0.01, "schedule": "one-cycle", "batch_size": 64}),
        ({"model": "logistic", "optimizer": "update"}, {"lr": 2e-2, "wd": 1e-5, "schedule": "constant"}),
        ({"model": "nn", "optimizer": "fresh-adam"}, {"lr": 1e-3, "wd": 0.0, "schedule": "constant"}),
        ({"model": "nn", "lr": 0.5, "epochs": 3}, {"lr": 0.5, "epochs": 3, "wd": 0.01}),
    ],
)
def test_what_is_not_given_is_the_lectures(given: dict[str, Any], expected: dict[str, Any]) -> None:
    settings = Settings(**given)
    assert {name: getattr(settings, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"model": "cnn"}, "model must be one of movielens, logistic, nn, not 'cnn'"),
        ({"optimizer": "lion"}, "optimizer must be one of"),
        ({"schedule": "cosine"}, "schedule must be one of one-cycle, constant, not 'cosine'"),
        ({"epochs": 0}, "epochs must be a whole number, 1 or more, not 0"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"lr": 0}, "lr must be a number above 0, not 0"),
        ({"lr": float("nan")}, "lr must be a number above 0, not nan"),
        ({"lr": "fast"}, "lr must be a number above 0, not 'fast'"),
        ({"wd": -0.1}, "wd must be a number, 0 or more, not -0.1"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"factors": -3}, "factors must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**40}, "seed must be at most"),
        ({"factors": 10**25}, "factors must be at most 10000, not"),
        ({"epochs": 10**20}, "epochs must be at most 10000, not"),
        ({"batch_size": 10**20}, "batch_size must be at most"),
        ({"lr": 10**400}, "lr must be at most 1e+30, not 1000"),
        ({"wd": 1e300}, "wd must be at most 1e+30, not 1e+300"),
        ({"lr": 1e-320}, "lr must be at least 1e-30, not 1e-320"),
        ({"eps": 1e-320}, "eps must be at least 1e-30"),
        ({"low": 0, "high": 10**400}, "low must be below high, both within ±1e+15, not 0 to 1000"),
        ({"low": None}, "low and high must both be given"),
        ({"low": 5.0, "high": 1.0}, "low must be below high, both within ±1e+15, not 5.0 to 1.0"),
        ({"backend": "numpy", "device": "cuda"}, "device cuda needs backend torch"),
        ({"backend": "numba", "optimizer": "sgd"}, "backend numba trains movielens by adam, not movielens by sgd"),
        ({"backend": "numba", "model": "nn"}, "backend numba trains movielens by adam, not nn by adam"),
        ({"backend": "numba", "device": "cuda"}, "device cuda needs backend torch"),
        ({"optimizer": "update", "schedule": "one-cycle"}, "schedule one-cycle makes no sense with optimizer update"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as caught:
        Settings(**{"model": "movielens"} | given)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_settings_through_a_file() -> None:
    settings = Settings("movielens", low=None, high=None, optimizer="sgd", seed=4)
    assert Settings(**settings.as_dict()) == settings


def test_differences() -> None:
    assert differences(Settings("nn"), Settings("nn", lr=1.0, device="cpu"), apart_from=("device",)) == ["lr"]


@pytest.mark.parametrize(
    "given", [{}, {"group_shares": (0.0, 1.0)}, {"classes": (1, 5), "limit": 30, "group_shares": (0.5, 1.0)}]
)
def test_a_file_gives_the_settings_back(given: dict[str, Any]) -> None:
    settings = Settings("nn", **given)
    assert Settings(**json.loads(json.dumps(settings.as_dict()))) == settings


def test_a_file_from_before_there_were_groups() -> None:
    named = Settings("nn").as_dict()
    for name in ("group_shares", "classes", "limit"):
        del named[name]
    assert Settings(**named) == Settings("nn")


@pytest.mark.parametrize(
    ("model", "given", "line"),
    [
        ("nn", {"classes": (3,)}, "classes must be two or more digits"),
        ("nn", {"classes": (5, 3)}, "in order"),
        ("nn", {"classes": (3, 10)}, "from 0 to 9"),
        ("nn", {"limit": 0}, "limit must be a whole number, 1 or more"),
        ("movielens", {"limit": 5}, "classes and limit are for digits"),
        ("movielens", {"group_shares": (0.1, 1.0)}, "each of the 1 layer groups"),
    ],
)
def test_classes_limit_and_groups(model: str, given: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=line):
        Settings(model, **given)
