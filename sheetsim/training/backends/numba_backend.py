"""Training the movie model by the loop of ``rows.py``, compiled by Numba: on a CPU the fastest way by far."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import prod
from typing import Any

import numpy as np

from sheetsim.support.compiling import compiled
from sheetsim.training.backends.numpy_backend import evaluate
from sheetsim.training.backends.optimizer import step_numbers
from sheetsim.training.backends.rows import LANES, Fixed, train_rows
from sheetsim.training.backends.tails import steps_of
from sheetsim.training.data.samples import Samples
from sheetsim.training.groups import learning
from sheetsim.training.settings import Settings
from sheetsim.training.state import State, Weights, flatten, views

LEAST_CHUNK = 2000  # batches between two looks at the losses; each leaves all rows caught up,
VISITS = 16  # so there are more in it where there are many rows: a row is met so often, on the average
LINE = 64  # bytes of a processor's cache that are read at once


class NumbaTrainer:
    """Carries out a run's batches. Its weights and moments are a table with a row for each user and movie, the users'
    first."""

    def __init__(self, samples: Samples, settings: Settings, state: State):
        self._samples, self._settings, self._steps = samples, settings, state.step
        self._users, self._factors = samples.shapes["user_factors"]
        rows = self._users + len(state.weights["item_bias"])
        self.chunk = max(LEAST_CHUNK, VISITS * rows // (2 * settings.batch_size))
        self._group = learning(settings.model, samples.shapes, settings.group_shares)[0]
        users, items, values = samples.train
        self._train = users.astype(np.int32), (items + self._users).astype(np.int32), values
        width = -(-(self._factors + 2) // LANES) * LANES
        self._table = aligned((rows, 3, width), values.dtype)
        parts = state.weights, views(state.first, samples.shapes), views(state.second, samples.shapes)
        for number, part in enumerate(parts):
            for name, into in self._named(number).items():
                into[...] = part[name]
        self._table[: self._users, 0, self._factors + 1] = 1
        self._table[self._users :, 0, self._factors] = 1

    def _named(self, number: int) -> Weights:
        """The weights (0), their momentum (1) or mean square (2), as views of the table."""
        users, items = self._table[: self._users, number], self._table[self._users :, number]
        k = self._factors
        return {
            "user_factors": users[:, :k],
            "item_factors": items[:, :k],
            "user_bias": users[:, k],
            "item_bias": items[:, k + 1],
        }

    def run(self, order: np.ndarray, rates: np.ndarray, momenta: np.ndarray) -> np.ndarray:
        """Trains on the samples in this order, a batch for each rate and momentum (the last may be short).

        Returns the loss of each batch, float64, before the step that it led to.
        """
        now = step_numbers(self._settings, self._steps, self._group.share * rates, momenta)
        heights = self._settings.eps / now.floor  # the rate by the first correction
        steps = steps_of(now.keep, momenta, heights, now.stretch * heights)
        columns = (column[order] for column in self._train)
        losses = np.empty(len(rates))
        loop()(self._table, *columns, self._settings.batch_size, steps, self._fixed(), losses)
        self._steps += len(losses)
        return losses

    def _fixed(self) -> Fixed:
        settings, dtype = self._settings, self._table.dtype
        low, high = settings.low or 0.0, settings.high or 0.0  # without a sigmoid both are None
        low, span, eps, one = np.array([low, high - low, settings.eps, 1], dtype)
        return Fixed(self._users, self._factors, low, span, eps, one, float(np.finfo(dtype).eps) / 2)

    def evaluate(self) -> tuple[float, float | None]:
        """The mean loss over all samples for validation, and None: nothing is answered right or wrong."""
        return evaluate(self._named(0), self._samples, self._settings)

    def weights(self) -> Weights:
        """A copy of the weights."""
        return {name: part.copy() for name, part in self._named(0).items()}

    def state(self) -> State:
        """A copy of the weights and moments."""
        return State(self.weights(), flatten(self._named(1)), flatten(self._named(2)), self._steps)


def aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """Zeros of ``shape`` (rows, 3, width) that begin where a line of the cache does: NumPy's own begin 16 bytes
    later, so that a row touches a line more, and what is read at once lies in two."""
    size = prod(shape) * dtype.itemsize
    room = np.zeros(size + LINE, np.uint8)
    begin = -room.ctypes.data % LINE
    return room[begin : begin + size].view(dtype).reshape(shape)


@cache
def loop() -> Callable[..., Any]:
    """``train_rows``, compiled."""
    found = compiled(train_rows, error_model="numpy")
    assert found is not None, "a run without Numba is refused before it begins"
    return found
