"""The learning-rate finder: the rate rises batch by batch until the loss explodes (L. Smith, 2015).

The lecture plots the loss against the rate and picks a rate where it falls steeply; a tenth of the rate at which it is
lowest is another rule of thumb. Nothing that has been trained is touched: the batches go through weights of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.samples import Data, initial, order, samples
from sheetsim.training.history import smoothed
from sheetsim.training.loop import trainer
from sheetsim.training.schedule import STEADY
from sheetsim.training.settings import Settings
from sheetsim.training.state import Weights, fresh

FIRST, LAST, BATCHES = 1e-7, 10.0, 100
EXPLODED = 4  # times the lowest smoothed loss
SKIPPED = 10  # batches over which the smoothed loss is still finding itself
AROUND = 15  # batches to either side over which a slope is taken: from one to the next it is mostly noise


@dataclass(frozen=True)
class Finding:
    """One rate and one (smoothed) loss a batch, float64, and the two rates that one may take. The first ten batches,
    over which the moving average is still finding itself, are left out.

    ``steepest`` is where the loss falls fastest with the logarithm of the rate; ``minimum_tenth`` is a tenth of the
    rate of the lowest loss.
    """

    rates: np.ndarray
    losses: np.ndarray
    steepest: float
    minimum_tenth: float


def find_rate(data: Data, settings: Settings, weights: Weights | None = None) -> Finding:
    """Looks for a learning rate, from the given weights or from those that a run would start from.

    The batches, of the settings' size and order, begin anew where the data is short. Raises InputError, also where the
    loss is not finite from the start.
    """
    chosen = samples(data, settings)
    start = fresh(weights or initial(chosen.shapes, settings))
    rates = FIRST * (LAST / FIRST) ** (np.arange(BATCHES) / BATCHES)
    momentum = np.array([STEADY.get(settings.optimizer, 0.0)])
    losses: list[float] = []
    worker = trainer(chosen, settings, start)
    for rate, rows in zip(rates, _batches(chosen.count, settings), strict=True):
        losses.append(float(worker.run(rows, np.array([rate]), momentum)[0]))
        if _exploded(np.array(losses)):
            break
    return _finding(rates, losses)


def _batches(count: int, settings: Settings) -> list[np.ndarray]:
    """The rows of the first batches, of as many epochs as it takes."""
    batches: list[np.ndarray] = []
    epoch = 1
    while len(batches) < BATCHES:
        rows = order(count, settings.seed, epoch)
        batches += np.split(rows, range(settings.batch_size, count, settings.batch_size))
        epoch += 1
    return batches[:BATCHES]


def _exploded(losses: np.ndarray) -> bool:
    if not np.isfinite(losses[-1]):
        return True
    smooth = smoothed(losses)
    return bool(smooth[-1] > EXPLODED * smooth.min())


def _finding(rates: np.ndarray, raw: list[float]) -> Finding:
    finite = np.isfinite(raw)
    count = len(raw) if finite.all() else int(np.argmin(finite))
    if count <= SKIPPED + 2:
        raise InputError("the loss explodes from the start: no learning rate can be found with these settings")
    rates, losses = rates[:count], smoothed(np.array(raw[:count]))
    around = min(AROUND, (count - SKIPPED - 1) // 2)
    slopes = losses[SKIPPED + 2 * around :] - losses[SKIPPED : count - 2 * around]  # the rates' steps are all equal
    steepest = rates[SKIPPED + around + int(slopes.argmin())]
    rates, losses = rates[SKIPPED:], losses[SKIPPED:]
    return Finding(rates, losses, float(steepest), float(rates[losses.argmin()] / 10))
