"""Sweeps: the same training with one setting after another, and with several seeds, so that one sees what it does.

A sweep is written ``factors=10,20,40``; several of them are all combinations. The runs have nothing to do with one
another, so they are spread over processes; each computes by one thread, and to the same bits, however many there are.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import product
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from statistics import mean
from typing import Any, cast

from sheetsim.errors import InputError
from sheetsim.support.extras import need
from sheetsim.support.processes import begin_helping
from sheetsim.support.threads import one_thread
from sheetsim.training.data.samples import Data
from sheetsim.training.groups import rates
from sheetsim.training.loop import Diverged, train
from sheetsim.training.settings import Settings

#: LibRec's published error of the best recommender on MovieLens 100k, as the lecture cites it: a root mean square.
BENCHMARK = 0.91
SEED = "seed"  # runs that differ in it alone are one row of the table
MOST_RUNS = 10_000
PATIENCE = 0.5  # seconds between two calls of who waits


@dataclass(frozen=True)
class Axis:
    """A setting and the values that it is to take, each with the text that was typed."""

    name: str
    texts: tuple[str, ...]
    values: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Point:
    """A row of the sweep's table: what was chosen, and a run's settings for each seed."""

    chosen: tuple[str, ...]
    runs: tuple[Settings, ...]


@dataclass(frozen=True)
class Result:
    """How a run ended; without losses it diverged."""

    settings: Settings
    train_loss: float | None = None
    valid_loss: float | None = None
    accuracy: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Row:
    """A point with its results, one for each seed."""

    chosen: tuple[str, ...]
    results: tuple[Result, ...]

    @property
    def losses(self) -> list[float]:
        """The validation losses of the runs that came to an end."""
        return [result.valid_loss for result in self.results if result.valid_loss is not None]

    @property
    def loss(self) -> float | None:
        """Their mean; None if one of them diverged."""
        return mean(self.losses) if len(self.losses) == len(self.results) else None


# --- what is asked for ------------------------------------------------------------------------------------------------
def _y_range(text: str) -> dict[str, Any]:
    if text == "none":
        return {"low": None, "high": None}
    low, high = map(float, text.split(":"))
    return {"low": low, "high": high}


#: What may be swept, and what a value's text is as settings.
SWEPT: dict[str, Callable[[str], dict[str, Any]]] = {
    "factors": lambda text: {"factors": int(text)},
    "lr": lambda text: {"rates": rates(text)},
    "wd": lambda text: {"wd": float(text)},
    "eps": lambda text: {"eps": float(text)},
    "epochs": lambda text: {"epochs": int(text)},
    "batch-size": lambda text: {"batch_size": int(text)},
    "optimizer": lambda text: {"optimizer": text},
    "y-range": _y_range,
    SEED: lambda text: {"seed": int(text)},
}


def axis(text: str) -> Axis:
    """A sweep as it is typed: ``factors=10,20``, ``y-range=0:5.5,0:5,none``. Raises InputError.

    >>> axis("y-range=0:5.5,none").values
    ({'low': 0.0, 'high': 5.5}, {'low': None, 'high': None})
    >>> axis("factors=")
    Traceback (most recent call last):
    sheetsim.errors.InputError: --sweep factors=: no values to sweep; for example factors=10,20
    """
    name, _, listed = (part.strip() for part in text.partition("="))
    if name not in SWEPT:
        raise InputError(f"--sweep {text}: what can be swept is {', '.join(SWEPT)}")
    texts = tuple(part.strip() for part in listed.split(","))
    if not all(texts):
        raise InputError(f"--sweep {text}: no values to sweep; for example factors=10,20")
    if len({*texts}) < len(texts):
        raise InputError(f"--sweep {text}: a value stands there twice")
    try:
        return Axis(name, texts, tuple(SWEPT[name](part) for part in texts))
    except InputError as error:
        raise InputError(f"--sweep {text}: {error}") from error
    except ValueError:
        raise InputError(f"--sweep {text}: not all of these are values of {name}") from None


def points(axes: Sequence[Axis], settings: Callable[[dict[str, Any]], Settings]) -> list[Point]:
    """All combinations of the axes' values, those that differ in the seed alone as one point. ``settings`` makes them
    of what was swept. Raises InputError for a setting that is swept twice, and what ``settings`` raises.

    >>> found = points([axis("wd=0,0.1"), axis("seed=1,2,3")], lambda given: Settings("movielens", **given))
    >>> [(point.chosen, [run.seed for run in point.runs]) for point in found]
    [(('0',), [1, 2, 3]), (('0.1',), [1, 2, 3])]
    """
    names = [one.name for one in axes]
    if len({*names}) < len(names):
        raise InputError("--sweep: each setting once, with all its values")
    others = [one for one in axes if one.name != SEED]
    seeds = next((one.values for one in axes if one.name == SEED), ({},))
    found = []
    for picked in product(*(range(len(one.values)) for one in others)):
        given: dict[str, Any] = {}
        for one, number in zip(others, picked, strict=True):
            given |= one.values[number]
        chosen = tuple(one.texts[number] for one, number in zip(others, picked, strict=True))
        found.append(Point(chosen, tuple(settings(given | seed) for seed in seeds)))
    if len(found) * len(seeds) > MOST_RUNS:
        raise InputError(f"--sweep: {len(found) * len(seeds):,} runs are more than {MOST_RUNS:,}")
    return found


# --- the runs ---------------------------------------------------------------------------------------------------------
def cores() -> int:
    """How many processes may compute at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def sweep(
    data: Data,
    found: Sequence[Point],
    jobs: int = 1,
    done: Callable[[Result], object] = lambda result: None,
    waiting: Callable[[], object] = lambda: None,
) -> list[Row]:
    """Trains at every point, ``jobs`` runs at a time, all on the same data; ``done`` is told of each run that ended,
    ``waiting`` is called now and then meanwhile.

    More than one job needs a main module that can be imported (``if __name__ == "__main__":`` in a script of one's
    own). Raises InputError; a run that diverges is a result without losses.
    """
    runs = [settings for point in found for settings in point.runs]
    results: dict[int, Result] = {}
    alone = min(jobs, len(runs)) < 2
    for number, result in _in_turn(data, runs, waiting) if alone else _at_once(data, runs, jobs, waiting):
        results[number] = result
        done(result)
    numbers = iter(range(len(runs)))
    return [Row(point.chosen, tuple(results[next(numbers)] for _ in point.runs)) for point in found]


def _in_turn(data: Data, runs: Sequence[Settings], waiting: Callable[[], object]) -> Iterator[tuple[int, Result]]:
    for number, settings in enumerate(runs):
        yield number, _result(data, settings, waiting)


def _at_once(
    data: Data, runs: Sequence[Settings], jobs: int, waiting: Callable[[], object]
) -> Iterator[tuple[int, Result]]:
    """Each process has a pipe: a run goes in, its result comes out, and the next one goes in."""
    fresh = multiprocessing.get_context("spawn")  # a copy of a process that has threads may never end
    queue = list(enumerate(runs))[::-1]
    workers: dict[Connection, BaseProcess] = {}
    try:
        for _ in range(min(jobs, len(runs))):
            pipe, its_end = fresh.Pipe()
            workers[pipe] = fresh.Process(target=_work, args=(data, its_end), daemon=True)
            workers[pipe].start()
            its_end.close()
            pipe.send(queue.pop())
        while workers:
            waiting()
            for pipe in cast(list[Connection], wait(list(workers), timeout=PATIENCE)):
                yield _received(pipe)
                if queue:
                    pipe.send(queue.pop())
                else:
                    workers.pop(pipe).terminate()
    finally:
        for process in workers.values():
            process.terminate()


def _received(pipe: Connection) -> tuple[int, Result]:
    try:
        result = pipe.recv()
    except EOFError:
        raise InputError("a process of the sweep was stopped, perhaps for want of memory: try --jobs 1") from None
    if isinstance(result, Exception):
        raise result
    return cast(tuple[int, Result], result)


def _work(data: Data, pipe: Connection) -> None:
    """What a process of a sweep does, until it is ended."""
    begin_helping()
    while True:
        number, settings = pipe.recv()
        try:
            pipe.send((number, _result(data, settings)))
        except InputError as error:
            pipe.send(error)


def _result(data: Data, settings: Settings, waiting: Callable[[], object] = lambda: None) -> Result:
    def watch(epoch: int, batch: int, batches: int, loss: float) -> None:
        waiting()

    try:
        with _one_thread(settings):
            outcome = train(data, settings, watch)
    except Diverged:
        return Result(settings)
    last = outcome.history.epochs[-1]
    seconds = sum(epoch.seconds for epoch in outcome.history.epochs)
    return Result(settings, last.train_loss, last.valid_loss, last.accuracy, seconds)


def _one_thread(settings: Settings) -> AbstractContextManager[Any]:
    if settings.backend != "torch":
        return one_thread()
    need("torch", "torch", "backend torch")
    from sheetsim.training.backends import torch_backend

    return torch_backend.one_thread()
