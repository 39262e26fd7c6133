"""Training in NumPy alone: our own forward and backward passes, our own optimizer steps, on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from sheetsim.support.threads import one_thread
from sheetsim.training.backends.optimizer import UPDATE_RULES, StepNumbers, forget_traces, penalty, step_numbers
from sheetsim.training.data.samples import Samples
from sheetsim.training.groups import learning
from sheetsim.training.models import digits_model, movielens_model
from sheetsim.training.settings import Settings
from sheetsim.training.state import State, Weights, flatten, views

CHUNK = 100  # batches between two looks at the losses
PIECE = 1 << 16  # samples evaluated at once


class NumpyTrainer:
    """Carries out a run's batches. Its weights, gradient and moments are flat arrays, the named ones views of them."""

    chunk = CHUNK

    def __init__(self, samples: Samples, settings: Settings, state: State):
        self._samples, self._settings = samples, settings
        self._flat, self._first, self._second = flatten(state.weights), state.first.copy(), state.second.copy()
        self._steps = state.step
        self._gradient = np.zeros_like(self._flat)
        self._groups = learning(settings.model, samples.shapes, settings.group_shares)
        changed = (self._flat, self._gradient, self._first, self._second)
        self._parts = [[array[group.span] for array in changed] for group in self._groups]  # views, a group each
        self._weights, self._into = views(self._flat, samples.shapes), views(self._gradient, samples.shapes)
        self._loss_and_gradient: Callable[..., tuple[float, Weights]]
        if settings.model == "movielens":
            bounds: dict[str, Any] = {"low": settings.low, "high": settings.high}
            self._loss_and_gradient = partial(movielens_model.loss_and_gradient, **bounds)
        else:
            room = np.empty((min(settings.batch_size, samples.count), digits_model.PIXELS), self._flat.dtype)
            self._loss_and_gradient = partial(digits_model.loss_and_gradient, room=room)

    def run(self, order: np.ndarray, rates: np.ndarray, momenta: np.ndarray) -> np.ndarray:
        """Trains on the samples in this order, a batch for each rate and momentum (the last may be short).

        Returns the loss of each batch, float64, before the step that it led to.
        """
        numbers = [step_numbers(self._settings, self._steps, group.share * rates, momenta) for group in self._groups]
        batches = np.split(order, range(self._settings.batch_size, len(order), self._settings.batch_size))
        # a run that diverges overflows: the loop sees it by the loss
        with np.errstate(all="ignore"), one_thread():
            losses = [
                self._step(rows, now) for rows, now in zip(batches, zip(*map(each, numbers), strict=True), strict=True)
            ]
        forget_traces(self._first, self._second)
        self._steps += len(losses)
        return np.array(losses)

    def _step(self, rows: np.ndarray, now: tuple[StepNumbers[float], ...]) -> float:
        batch = [column[rows] for column in self._samples.train]
        loss, _ = self._loss_and_gradient(self._weights, *batch, into=self._into)
        factor = penalty(self._settings)
        if factor:
            loss += factor * float(self._flat @ self._flat)
            self._gradient += 2 * factor * self._flat
        for (w, g, m, v), own in zip(self._parts, now, strict=True):
            UPDATE_RULES[self._settings.optimizer](w, g, m, v, own)
        return loss

    def evaluate(self) -> tuple[float, float | None]:
        """The mean loss over all samples for validation and, for digits, the share that is answered right."""
        return evaluate(self._weights, self._samples, self._settings)

    def weights(self) -> Weights:
        """A copy of the weights."""
        return views(self._flat.copy(), self._samples.shapes)

    def state(self) -> State:
        """A copy of the weights and moments."""
        return State(self.weights(), self._first.copy(), self._second.copy(), self._steps)


def each(numbers: StepNumbers[np.ndarray]) -> Iterator[StepNumbers[float]]:
    """Arrays of shape (steps,) → the numbers of one step after the other, as plain floats: those leave float32 arrays
    float32."""
    return (StepNumbers(*row) for row in zip(*(column.tolist() for column in numbers), strict=True))


def evaluate(weights: Weights, samples: Samples, settings: Settings) -> tuple[float, float | None]:
    """Mean loss and accuracy (None for ratings) over the samples for validation, a piece at a time."""
    total, right, count = 0.0, 0, len(samples.valid[0])
    with np.errstate(all="ignore"):
        for start in range(0, count, PIECE):
            inputs = [column[start : start + PIECE] for column in samples.valid]
            if settings.model == "movielens":
                users, items, ratings = inputs
                predicted = movielens_model.predict(weights, users, items, settings.low, settings.high)
                total += float(np.sum((predicted - ratings) ** 2, dtype=np.float64))
            else:
                images, labels = inputs
                logits = digits_model.predict(weights, images)
                total += float(np.sum(digits_model.losses(logits, labels), dtype=np.float64))
                right += int(np.count_nonzero(logits.argmax(axis=1) == labels))
    return total / count, None if settings.model == "movielens" else right / count
