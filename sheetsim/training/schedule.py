"""The learning rate and the momentum of every batch: "one cycle", or always the same.

One cycle (L. Smith, "A disciplined approach to neural network hyper-parameters", 2018), as the lecture's library does
it: the rate rises along half a cosine from lr/25 to lr over the first 30 % of the batches and falls along another to
lr/250,000; the momentum goes the other way, 0.95 → 0.85 → 0.95.
"""

from __future__ import annotations

import numpy as np

from sheetsim.training.settings import Settings

RISE = 0.3  # of the batches
START, END = 25, 250_000  # the first and the last rate are lr divided by these
HIGH, LOW = 0.95, 0.85  # momentum at both ends and at the top of the cycle
#: The momentum of an optimizer outside a cycle; Adam's is its usual β1.
STEADY = {"adam": 0.9, "momentum": 0.9}


def cosine(start: float, end: float, part: np.ndarray) -> np.ndarray:
    """From ``start`` (part 0) to ``end`` (part 1) along half a cosine.

    >>> cosine(1.0, 0.0, np.array([0, 0.5, 1])).round(12).tolist()
    [1.0, 0.5, 0.0]
    """
    return end + (start - end) / 2 * (1 + np.cos(np.pi * part))


def one_cycle(batches: int, lr: float) -> tuple[np.ndarray, np.ndarray]:
    """Learning rate and momentum for each batch of a whole run, two float64 arrays of length ``batches``.

    The first batch of the second part has exactly lr, the rate after the last one would be lr/250,000.

    >>> rates, momenta = one_cycle(10, lr=1.0)
    >>> rates[[0, 3]].round(6).tolist(), momenta[[0, 3]].tolist()
    ([0.04, 1.0], [0.95, 0.85])
    """
    rise = int(batches * RISE)
    up, down = np.arange(rise) / max(rise, 1), np.arange(batches - rise) / (batches - rise)
    rates = np.concatenate([cosine(lr / START, lr, up), cosine(lr, lr / END, down)])
    momenta = np.concatenate([cosine(HIGH, LOW, up), cosine(LOW, HIGH, down)])
    return rates, momenta


def schedule(settings: Settings, batches: int) -> tuple[np.ndarray, np.ndarray]:
    """Learning rate and momentum of each of a run's ``batches`` batches.

    >>> rates, momenta = schedule(Settings("nn", optimizer="sgd"), 3)
    >>> rates.tolist(), momenta.tolist()
    ([0.02, 0.02, 0.02], [0.0, 0.0, 0.0])
    """
    if settings.schedule == "one-cycle":
        return one_cycle(batches, settings.lr)
    return np.full(batches, settings.lr), np.full(batches, STEADY.get(settings.optimizer, 0.0))
