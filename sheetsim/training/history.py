"""What happened in a run: a row for each epoch, and the loss, the learning rate and the momentum of each batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from sheetsim.outside import Drawn

REACH = 4000  # batches


class Epoch(NamedTuple):
    """A row of the table: ``train_loss`` is the smoothed loss at the epoch's end, ``accuracy`` a share of 1."""

    number: int
    train_loss: float
    valid_loss: float
    accuracy: float | None
    seconds: float


def _none() -> np.ndarray:
    return np.empty(0)


@dataclass
class History(Drawn):
    """``losses``, ``rates`` and ``momenta`` have one float64 a batch, in the order of training."""

    epochs: list[Epoch] = field(default_factory=list)
    losses: np.ndarray = field(default_factory=_none)
    rates: np.ndarray = field(default_factory=_none)
    momenta: np.ndarray = field(default_factory=_none)

    def extended(self, losses: np.ndarray, rates: np.ndarray, momenta: np.ndarray) -> History:
        """This history and some more batches; what was is left as it is."""
        return History(
            list(self.epochs),
            np.concatenate([self.losses, losses]),
            np.concatenate([self.rates, rates]),
            np.concatenate([self.momenta, momenta]),
        )


def latest(losses: np.ndarray) -> float:
    """The last of the smoothed losses. What lies thousands of batches back has no share in it that a double could hold.

    >>> losses = np.sin(np.arange(9000.0))
    >>> [bool(latest(part) == smoothed(part)[-1]) for part in (losses, losses[:5])]
    [True, True]
    """
    return float(smoothed(losses[-REACH:])[-1])


def smoothed(losses: np.ndarray, beta: float = 0.98) -> np.ndarray:
    """The exponentially weighted moving average of batch losses, corrected for its start at zero (as Adam's moments).

    >>> smoothed(np.array([3.0, 3.0, 5.0]), beta=0.5).round(3).tolist()
    [3.0, 3.0, 4.143]
    """
    averages = np.fromiter(accumulate((1 - beta) * losses, lambda average, loss: beta * average + loss), float)
    return np.asarray(averages / (1 - beta ** np.arange(1, len(losses) + 1)))
