"""Sweeps: what is typed, and that each run is the run that it would be on its own, however many go at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from training_data import few_digits, few_ratings, real

from sheetsim.errors import InputError
from sheetsim.training.data import movielens
from sheetsim.training.loop import train
from sheetsim.training.settings import Settings
from sheetsim.training.sweeps import Point, Result, axis, points, sweep


def settings(given: dict[str, Any]) -> Settings:
    usual = {"epochs": 2, "batch_size": 32, "dtype": "float64", "device": "cpu", "backend": "numpy", "factors": 4}
    return Settings("movielens", **usual | given)


# --- what is typed ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("factors=10, 20", [{"factors": 10}, {"factors": 20}]),
        ("wd=0,1e-2", [{"wd": 0.0}, {"wd": 0.01}]),
        ("batch-size=16", [{"batch_size": 16}]),
        ("y-range=1:5,none", [{"low": 1.0, "high": 5.0}, {"low": None, "high": None}]),
        ("optimizer=adam,sgd", [{"optimizer": "adam"}, {"optimizer": "sgd"}]),
    ],
)
def test_values(text: str, values: list[dict[str, Any]]) -> None:
    assert list(axis(text).values) == values


def test_a_rate_may_be_one_for_each_group() -> None:
    one, other = (value["rates"] for value in axis("lr=1e-3,1e-5:1e-3").values)
    assert (one.spread, other.spread, other.first) == (False, True, 1e-5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "what can be swept is factors, lr"),
        ("colour=red", "what can be swept is"),
        ("factors", "no values to sweep"),
        ("factors=", "no values to sweep"),
        ("factors=10,,20", "no values to sweep"),
        ("factors=10,10", "stands there twice"),
        ("factors=ten", "not all of these are values of factors"),
        ("factors=1.5", "not all of these"),
        ("y-range=5", "not all of these"),
        ("lr=fast", "lr must be a rate"),
    ],
)
def test_what_is_no_sweep(text: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        axis(text)


def test_all_combinations_and_seeds_together() -> None:
    found = points([axis("factors=2,3"), axis("seed=0,5"), axis("wd=0,0.1")], settings)
    assert [point.chosen for point in found] == [("2", "0"), ("2", "0.1"), ("3", "0"), ("3", "0.1")]
    assert [[(run.factors, run.wd, run.seed) for run in point.runs] for point in found[1:3]] == [
        [(2, 0.1, 0), (2, 0.1, 5)],
        [(3, 0.0, 0), (3, 0.0, 5)],
    ]


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (("wd=0", "wd=1"), "each setting once"),
        (("factors=0",), "factors must be"),
        (tuple(f"{name}={','.join(map(str, range(1, 200)))}" for name in ("factors", "seed")), "39,601 runs are more"),
    ],
)
def test_what_is_too_much_or_no_setting(texts: tuple[str, ...], line: str) -> None:
    with pytest.raises(InputError, match=line):
        points([axis(text) for text in texts], settings)


# --- the runs ---------------------------------------------------------------------------------------------------------
def test_each_run_is_what_it_is_alone() -> None:
    told: list[Result] = []
    rows = sweep(few_ratings(), points([axis("factors=2,3"), axis("seed=0,1")], settings), done=told.append)
    assert len(told) == 4
    for row, factors in zip(rows, (2, 3), strict=True):
        for seed, result in enumerate(row.results):
            last = train(few_ratings(), settings({"factors": factors, "seed": seed})).history.epochs[-1]
            assert (result.train_loss, result.valid_loss) == (last.train_loss, last.valid_loss)
        assert row.loss == pytest.approx(sum(row.losses) / 2)


@pytest.mark.parametrize("model", ["movielens", "nn"])
def test_in_several_processes_to_the_same_bits(model: str) -> None:
    data = few_ratings() if model == "movielens" else few_digits()
    found = points([axis("lr=1e-3,1e-2,3e-2")], lambda swept: _of(model, swept))
    alone, together = (sweep(data, found, jobs) for jobs in (1, 2))
    for one, other in zip(alone, together, strict=True):
        assert one.chosen == other.chosen
        assert [replace(result, seconds=0) for result in one.results] == [
            replace(result, seconds=0) for result in other.results
        ]


def _of(model: str, swept: dict[str, Any]) -> Settings:
    return Settings(model, lr=swept["rates"].last, epochs=2, batch_size=32, backend="numpy")


@pytest.mark.parametrize("source", ["made up", "ml-100k"])
def test_both_backends_compute_the_same(source: str) -> None:
    pytest.importorskip("torch")
    data = few_ratings() if source == "made up" else movielens.load(real("ml-100k"))
    usual = {} if source == "made up" else {"epochs": 1, "batch_size": 64}
    axes = [axis("factors=2,3"), axis("y-range=0:5.5,none")] if source == "made up" else [axis("factors=4,10")]
    one, other = (
        sweep(data, points(axes, lambda swept, name=name: settings(usual | {"backend": name} | swept)))  # type: ignore[misc]
        for name in ("numpy", "torch")
    )
    for mine, its in zip(one, other, strict=True):
        assert mine.loss == pytest.approx(its.loss, rel=1e-9)


def test_a_run_that_diverges_ends_no_sweep() -> None:
    wild = {"optimizer": "sgd", "lr": 1e20, "low": None, "high": None, "dtype": "float32"}
    found = [Point(("wild",), (settings(wild), settings({}))), Point(("tame",), (settings({}), settings({})))]
    first, second = sweep(few_ratings(), found)
    assert (first.loss, len(first.losses)) == (None, 1)
    assert second.loss is not None
