"""The compiled loop, which leaves rows alone until they are met: against loops that change all weights at each step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from training_data import few_ratings, real

pytest.importorskip("numba", reason="Numba is not installed: pip install 'sheetsim[fast]'")

from sheetsim.errors import InputError
from sheetsim.training.backends import rows
from sheetsim.training.backends.numba_backend import NumbaTrainer
from sheetsim.training.backends.numpy_backend import each
from sheetsim.training.backends.optimizer import adam, step_numbers
from sheetsim.training.backends.tails import look_ahead, steps_of
from sheetsim.training.data import movielens
from sheetsim.training.data.ratings import RatingSplit
from sheetsim.training.finder import find_rate
from sheetsim.training.loop import Checkpoint, Diverged, Outcome, train
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import Settings

#: Rows are met once in a hundred batches, some once or never in a run of 1,800.
RARE = few_ratings(4000, 450, 600)


def settings(**given: Any) -> Settings:
    usual = {"epochs": 2, "batch_size": 4, "dtype": "float64", "factors": 5, "backend": "numba"}
    return Settings("movielens", **usual | given)


def both(data: RatingSplit, chosen: Settings) -> tuple[Outcome, Outcome]:
    return train(data, chosen), train(data, replace(chosen, backend="numpy"))


def check_same(one: Outcome, other: Outcome, rel: float) -> None:
    np.testing.assert_allclose(one.history.losses, other.history.losses, rtol=rel)
    for name, part in one.weights.items():
        np.testing.assert_allclose(part, other.weights[name], rtol=rel, atol=rel, err_msg=name)
    for mine, its in zip(one.history.epochs, other.history.epochs, strict=True):
        assert mine.valid_loss == pytest.approx(its.valid_loss, rel=rel)


# --- whole runs -------------------------------------------------------------------------------------------------------
RUNS: dict[str, dict[str, Any]] = {
    "the lecture's": {},
    "many columns": {"factors": 47},
    "a single factor": {"factors": 1, "epochs": 1},
    "no sigmoid": {"low": None, "high": None},
    "another range": {"low": 1.0, "high": 5.0},
    "a constant rate": {"schedule": "constant", "epochs": 1},
    "no decay": {"wd": 0.0},
    "decay beyond nothing": {"lr": 3.0, "wd": 0.5, "epochs": 1},
    "a small eps": {"eps": 1e-12},
    "a large eps": {"eps": 10.0},
    "one batch": {"batch_size": 100_000},
    "another order": {"seed": 4},
}


@pytest.mark.parametrize("name", RUNS)
def test_rows_that_wait_end_where_numpy_ends(name: str) -> None:
    check_same(*both(RARE, settings(**RUNS[name])), rel=1e-9)


@pytest.mark.parametrize("name", [name for name in RUNS if name != "decay beyond nothing"])
def test_in_float32_within_its_rounding(name: str) -> None:
    """As far from the numbers of float64 as the dense loop in float32 is, or nearly so."""
    chosen = settings(**RUNS[name] | {"dtype": "float32"})
    lazy, dense = both(RARE, chosen)
    exact = train(RARE, replace(chosen, dtype="float64", backend="numpy"))
    for part, other, right in zip(*(run.weights.values() for run in (lazy, dense, exact)), strict=True):
        assert abs(part - right).max() <= 2 * abs(other - right).max() + 1e-6
    assert lazy.history.losses == pytest.approx(exact.history.losses, rel=1e-4, abs=1e-5)


def test_a_real_epoch() -> None:
    data = movielens.load(real("ml-100k"))
    check_same(*both(data, settings(epochs=1, batch_size=64, factors=40)), rel=1e-9)


def test_the_lectures_run_ends_as_it_did() -> None:
    """The mean of five seeds stands in docs/performance.md; this is the first of them."""
    data = movielens.load(real("ml-100k"))
    last = train(data, Settings("movielens", backend="numba")).history.epochs[-1]
    assert last.valid_loss == pytest.approx(0.813307, abs=2e-5)


def test_looking_for_a_rate() -> None:
    """There each run is of one batch, and the rate is raised at each."""
    one, other = (find_rate(RARE, settings(backend=name)) for name in ("numba", "numpy"))
    assert one.losses == pytest.approx(other.losses, rel=1e-9)
    assert one.steepest == other.steepest


# --- chunks, and going on ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_going_on_gives_the_very_same_numbers(dtype: str) -> None:
    chosen = settings(dtype=dtype, epochs=3)
    kept: list[Checkpoint] = []
    whole = train(RARE, chosen, keep=kept.append)
    undisturbed = train(RARE, chosen)
    for run in (undisturbed, *(train(RARE, chosen, start=checkpoint) for checkpoint in kept[:2])):
        assert run.history.losses.tobytes() == whole.history.losses.tobytes()
        assert all(part.tobytes() == whole.weights[name].tobytes() for name, part in run.weights.items())


def test_going_on_in_another_backend() -> None:
    """So the moments of a checkpoint are those after its last step, of rows that were not met too."""
    kept: list[Checkpoint] = []
    whole = train(RARE, settings(), keep=kept.append)
    check_same(train(RARE, settings(backend="numpy"), start=kept[0]), whole, rel=1e-9)


def test_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they end no row waits: so they are longer where there are more rows."""
    whole = train(RARE, settings())
    monkeypatch.setattr("sheetsim.training.backends.numba_backend.LEAST_CHUNK", 100)
    monkeypatch.setattr("sheetsim.training.backends.numba_backend.VISITS", 1)
    seen: list[tuple[int, ...]] = []
    chunked = train(RARE, settings(), watch=lambda *what: seen.append(what[:3]))
    assert [what[1] for what in seen if what[0] == 1] == [131, 262, 393, 524, 655, 786, 900]  # 1,050 rows by 8 a batch
    check_same(chunked, whole, rel=1e-9)


def test_a_run_that_diverges_keeps_its_last_good_weights() -> None:
    with pytest.raises(Diverged, match=r"is (nan|inf) at a learning rate of .*; try a lower lr") as caught:
        train(RARE, settings(dtype="float32", lr=1e25, wd=0.0, low=None, high=None))
    assert all(np.isfinite(part).all() for part in caught.value.outcome.weights.values())


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsim.support.extras.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"backend numba needs numba: .*pip install 'sheetsim\[fast\]'"):
        train(RARE, settings())


# --- one row, in plain Python -----------------------------------------------------------------------------------------
WIDTH, USERS, FACTORS = 16, 3, 5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("missed", [1, 8, 9, 40, 200, 900])
@pytest.mark.parametrize("first", [0, 2000, 6100])
@pytest.mark.parametrize("number", [0, USERS], ids=["user", "movie"])
def test_a_row_is_caught_up_with(number: int, first: int, missed: int, dtype: Any) -> None:
    """By ``optimizer.adam`` without a gradient, again and again."""
    chosen = Settings("movielens")
    rates, momenta = (numbers[first : first + 935] for numbers in schedule(chosen, 7035))
    now = step_numbers(chosen, first, rates, momenta)
    heights = chosen.eps / now.floor
    steps = steps_of(now.keep, momenta, heights, now.stretch * heights)
    error = float(np.finfo(dtype).eps) / 2
    look_ahead(steps, error)
    random = np.random.default_rng(3)
    row = np.zeros((3, WIDTH))
    row[:, :FACTORS] = random.normal(0, [[0.3], [1e-3], [1]], (3, FACTORS))
    row[2] = (row[2] * 10.0 ** random.integers(-5, -1, WIDTH)) ** 2
    expected = row.copy()
    for numbers in list(each(now))[20 : 20 + missed]:
        adam(expected[0], np.zeros(WIDTH), expected[1], expected[2], numbers)
    fixed = rows.Fixed(USERS, FACTORS, *map(dtype, (0, 5.5, chosen.eps, 1)), error)
    caught = row.astype(dtype)
    rows.catch_up(caught, number, 20, 20 + missed, steps, fixed, np.zeros(WIDTH, dtype))
    one = FACTORS + (number < USERS)
    assert caught[:, one].tolist() == [1, 0, 0]
    caught[0, one] = 0
    assert caught[0] == pytest.approx(expected[0], rel=60 * error, abs=error)
    assert caught[1:] == pytest.approx(expected[1:], rel=(60 + missed) * error, abs=2e-30)


def test_rows_begin_and_end_as_the_weights() -> None:
    from sheetsim.training.data.samples import initial, samples
    from sheetsim.training.state import fresh

    chosen = samples(RARE, settings())
    state = fresh(initial(chosen.shapes, settings()))
    state.first[:], state.second[:] = np.arange(len(state.first)), np.arange(len(state.first)) + 0.5
    back = NumbaTrainer(chosen, settings(), state).state()
    assert all(part.tobytes() == state.weights[name].tobytes() for name, part in back.weights.items())
    assert (back.first.tolist(), back.second.tolist()) == (state.first.tolist(), state.second.tolist())
