"""One epoch of one trainer in a process of its own: ``python one_epoch.py '{"trainer": "numba", "data": "u1", …}'``.

The process prints one line of JSON: how many users, movies and ratings there were, how many of these it trained on, the
processor's seconds for them, and the peak of its memory. All trainers learn by the lecture's model with 40 factors, but
for Surprise, whose SVD has 100 unless it is told. What takes hours is stopped after some batches: each costs the same.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import Result, peak_memory

FACTORS, BATCH = 40, 64
MADE = {"made up, 1 million": (6_000, 3_700, 1_000_000), "made up, 20 million": (138_000, 27_000, 20_000_000)}
HALF_STARS = 10


class Table(NamedTuple):
    """Ratings as columns, int32, int32 and float32, by so many users of so many movies."""

    columns: tuple[np.ndarray, np.ndarray, np.ndarray]
    users: int
    movies: int


def made_up(users: int, movies: int, count: int) -> Table:
    """Ratings whose users and movies are drawn as unevenly as MovieLens's: a few of each have most of the ratings."""
    random = np.random.default_rng(0)
    often = random.lognormal(0, 1.1, users), (np.arange(movies) + 20.0) ** -1.1
    who, what = (drawn(random, weights, count) for weights in often)
    stars = random.integers(1, HALF_STARS + 1, count).astype(np.float32) / 2
    return Table((who, what, stars), users, movies)


def drawn(random: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    """So many numbers, each with the probability of its weight."""
    so_far = np.cumsum(weights / weights.sum())
    found = [np.searchsorted(so_far, random.random(min(1 << 20, count - at))) for at in range(0, count, 1 << 20)]
    return np.minimum(np.concatenate(found, dtype=np.int32), np.int32(len(weights) - 1))


def real(name: str, folder: Path) -> Table:
    """The training ratings of u1, or those of ml-latest-small."""
    from sheetsim.training.data import movielens

    small = folder / "ml-latest-small" / "ratings.csv"
    split = movielens.load(file=small) if name == "ml-latest-small" else movielens.load(folder, split=name)
    ratings, rows = split.ratings, split.train
    columns = ratings.users[rows], ratings.items[rows], ratings.values[rows]
    return Table(columns, len(ratings.user_names), len(ratings.item_names))


def ours(table: Table, backend: str, batches: int | None) -> tuple[int, float]:
    """How many ratings one of our backends learnt from, and the processor's seconds."""
    from sheetsim.training.data.samples import Samples, initial, order
    from sheetsim.training.loop import trainer
    from sheetsim.training.models import movielens_model
    from sheetsim.training.schedule import schedule
    from sheetsim.training.settings import Settings
    from sheetsim.training.state import fresh

    settings = Settings("movielens", backend=backend, epochs=1, device="cpu")
    shapes = movielens_model.shapes(table.users, table.movies, FACTORS)
    samples = Samples(table.columns, tuple(column[:1] for column in table.columns), shapes)
    steps = -(-samples.count // BATCH)
    rates, momenta = schedule(settings, steps)
    trainer(samples, settings, fresh(initial(shapes, settings))).run(np.arange(BATCH), rates[:1], momenta[:1])  # warm
    worker = trainer(samples, settings, fresh(initial(shapes, settings)))
    begun = time.process_time()
    rows = order(samples.count, 0, 1)
    last = min(batches or steps, steps)
    for first in range(0, last, worker.chunk):
        until = min(first + worker.chunk, last)
        worker.run(rows[first * BATCH : until * BATCH], rates[first:until], momenta[first:until])
    return min(last * BATCH, samples.count), time.process_time() - begun


def surprise(table: Table, factors: int) -> tuple[int, float]:
    """The same of Surprise's SVD, an epoch of plain gradient descent."""
    from surprise import SVD, Dataset, Reader

    rows = zip(*(column.tolist() for column in table.columns), strict=True)
    train = Dataset(Reader(rating_scale=(0.5, 5))).construct_trainset([(*row, None) for row in rows])
    begun = time.process_time()
    SVD(n_factors=factors, n_epochs=1, random_state=0).fit(train)
    return len(table.columns[0]), time.process_time() - begun


def run(trainer: str, data: str, folder: str, batches: int | None = None) -> Result:
    """What the process prints."""
    table = made_up(*MADE[data]) if data in MADE else real(data, Path(folder))
    count, seconds = surprise(table, FACTORS) if trainer == "surprise" else ours(table, trainer, batches)
    sizes: dict[str, Any] = {"users": table.users, "movies": table.movies, "ratings": len(table.columns[0])}
    return {**sizes, "trained": count, "seconds": seconds, "peak": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(run(**json.loads(sys.argv[1]))))
