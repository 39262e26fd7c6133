"""The lecture's settings, for those that do not have them built in."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

HIGH = 5.5  # ratings are the sigmoid times this
HIDDEN = 50
FACTORS = 40
RISING = 0.3  # of the batches
START, END = 25.0, 250_000.0  # what the learning rate is divided by at first and at last
SLOW, FAST = 0.95, 0.85  # momentum, at the lowest and at the highest learning rate
SQUARES = 0.99  # Adam's second beta


@dataclass(frozen=True)
class Cycle:
    """A training by one cycle: epochs, the highest learning rate, decoupled weight decay, samples in a batch."""

    epochs: int
    lr: float
    wd: float
    batch: int = 64

    def at(self, step: int, steps: int) -> tuple[float, float]:
        """Learning rate and momentum of a batch, batches counted from 0."""
        turn = RISING * steps
        if step < turn:
            done = step / turn
            return along(self.lr / START, self.lr, done), along(SLOW, FAST, done)
        done = (step - turn) / (steps - 1 - turn)
        return along(self.lr, self.lr / END, done), along(FAST, SLOW, done)


def along(first: float, last: float, done: float) -> float:
    """From first to last by half a cosine wave."""
    return last + (first - last) * (1 + cos(pi * done)) / 2


RATINGS = Cycle(epochs=5, lr=5e-3, wd=0.1)
DIGITS = Cycle(epochs=1, lr=1e-2, wd=0.01)
