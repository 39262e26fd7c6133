"""The training loop: epochs of batches, a row of the table after each, and a checkpoint to go on from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from sheetsim.errors import InputError
from sheetsim.outside import Drawn
from sheetsim.support.extras import need
from sheetsim.training.backends import distributed
from sheetsim.training.data.samples import Data, Samples, fingerprint, initial, order, samples
from sheetsim.training.history import Epoch, History, latest
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import Settings, differences
from sheetsim.training.state import State, Weights, fresh, shapes_of

LOWER = "try a lower lr"

Watch = Callable[[int, int, int, float], None]


@dataclass
class Outcome(Drawn):
    """A finished run."""

    settings: Settings
    weights: Weights
    history: History


@dataclass
class Checkpoint:
    """A run after some of its epochs: all that the rest of it depends on. ``data`` is the data's fingerprint."""

    settings: Settings
    state: State
    history: History
    data: dict[str, Any]


class Diverged(InputError):
    """A loss that is not a finite number. ``outcome`` has the last weights from which all losses were finite."""

    def __init__(self, message: str, outcome: Outcome):
        super().__init__(message)
        self.outcome = outcome


class Trainer(Protocol):
    """What a backend does for the loop: see ``NumpyTrainer``."""

    chunk: int

    def run(self, order: np.ndarray, rates: np.ndarray, momenta: np.ndarray) -> np.ndarray:
        """Trains on the samples of ``order`` (batches, batch size), a learning rate and a momentum for each batch; the
        losses of the batches."""

    def evaluate(self) -> tuple[float, float | None]:
        """The mean loss over the validation samples, and the share read right, None for ratings."""

    def weights(self) -> Weights:
        """A copy of the weights."""

    def state(self) -> State:
        """A copy of weights, moments and step count, from which another run can go on."""


def train(
    data: Data,
    settings: Settings,
    watch: Watch | None = None,
    start: Checkpoint | None = None,
    keep: Callable[[Checkpoint], None] | None = None,
    weights: Weights | None = None,
    told: Callable[[Epoch], None] | None = None,
) -> Outcome:
    """Trains a model on ratings or digits, from ``weights`` where they are given (see ``tuning.py``).

    ``watch(epoch, batch, batches, loss)`` is called now and then with how many of the epoch's batches are done and the
    smoothed loss; after each epoch ``keep`` is called with a checkpoint, then ``told`` with the epoch's row. A run that
    goes on from a checkpoint (``start``) gives exactly the numbers that it would have given without a pause. Under
    torchrun every process returns the outcome, and only the first calls ``watch``, ``keep`` and ``told``.

    Raises InputError for data, a device or a checkpoint that do not fit, Diverged for a loss that is not finite.

    >>> from sheetsim.training.data.digits import Digits
    >>> pixels, labels = np.zeros((20, 784), np.float32), np.arange(20) % 10
    >>> pixels[np.arange(20), labels] = 0.9  # a digit is the place of its one grey pixel
    >>> made_up = Digits(pixels, labels, pixels, labels)
    >>> outcome = train(made_up, Settings("logistic", backend="numpy", epochs=40, batch_size=10, lr=0.5))
    >>> outcome.history.epochs[-1].accuracy, outcome.weights["weights"].shape
    (1.0, (784, 10))
    """
    chosen = samples(data, settings)
    print_of = fingerprint(data) if start or keep else {}
    if start:
        _check_start(start, settings, print_of, chosen)
    if weights is not None and shapes_of(weights) != chosen.shapes:
        raise InputError("the weights to start from have other shapes than the data asks for")
    state = start.state if start else fresh(weights or initial(chosen.shapes, settings))
    history = start.history if start else History()
    worker = trainer(chosen, settings, state)
    return _epochs(worker, chosen, settings, history, watch, keep, told, print_of)


def trainer(chosen: Samples, settings: Settings, state: State) -> Trainer:
    """The backend's trainer of a run that starts from ``state``. Raises InputError."""
    if settings.backend != "torch":
        distributed.joined(settings, cuda=False)
    if settings.backend == "numba":
        need("numba", "fast", "backend numba")
        from sheetsim.training.backends.numba_backend import NumbaTrainer

        return NumbaTrainer(chosen, settings, state)
    if settings.backend == "numpy":
        from sheetsim.training.backends.numpy_backend import NumpyTrainer

        return NumpyTrainer(chosen, settings, state)
    need("torch", "torch", "backend torch")
    from sheetsim.training.backends import torch_devices

    return torch_devices.trainer(chosen, settings, state)


def _epochs(
    worker: Trainer,
    chosen: Samples,
    settings: Settings,
    history: History,
    watch: Watch | None,
    keep: Callable[[Checkpoint], None] | None,
    told: Callable[[Epoch], None] | None,
    print_of: dict[str, Any],
) -> Outcome:
    """The epochs that ``history`` does not have yet."""
    first = distributed.rank() == 0
    weights = worker.weights()
    for number in range(len(history.epochs) + 1, settings.epochs + 1):
        started = time.perf_counter()
        weights, history = _epoch(worker, chosen, settings, history, number, watch if first else None)
        valid_loss, accuracy = worker.evaluate()
        if not np.isfinite(valid_loss):
            before = Outcome(settings, weights, history)
            raise Diverged(
                f"training diverged: the validation loss after epoch {number} is {valid_loss}; {LOWER}", before
            )
        seconds = time.perf_counter() - started
        history.epochs.append(Epoch(number, latest(history.losses), valid_loss, accuracy, seconds))
        if keep and first:
            keep(Checkpoint(settings, worker.state(), replace(history, epochs=list(history.epochs)), print_of))
        if told and first:
            told(history.epochs[-1])
    return Outcome(settings, worker.weights(), history)


def _epoch(
    worker: Trainer, chosen: Samples, settings: Settings, history: History, number: int, watch: Watch | None
) -> tuple[Weights, History]:
    """One epoch, in chunks of batches. Returns the last good weights but one chunk, and the longer history."""
    batches = -(-chosen.count // settings.batch_size)  # the last one may be short
    rates, momenta = schedule(settings, batches * settings.epochs)
    rows = order(chosen.count, settings.seed, number)
    good = worker.weights()
    for begin in range(0, batches, worker.chunk):
        end = min(begin + worker.chunk, batches)
        now = slice((number - 1) * batches + begin, (number - 1) * batches + end)
        good = _finite(worker.weights(), good)
        losses = worker.run(rows[begin * settings.batch_size : end * settings.batch_size], rates[now], momenta[now])
        _check_losses(losses, rates[now], begin, number, Outcome(settings, good, history))
        history = history.extended(losses, rates[now], momenta[now])
        if watch:
            watch(number, end, batches, latest(history.losses))
    return good, history


def _finite(weights: Weights, otherwise: Weights) -> Weights:
    return weights if all(np.isfinite(part).all() for part in weights.values()) else otherwise


def _check_losses(losses: np.ndarray, rates: np.ndarray, begin: int, epoch: int, before: Outcome) -> None:
    """Raises Diverged for the first loss that is not finite."""
    wrong = np.flatnonzero(~np.isfinite(losses))
    if len(wrong):
        batch = int(wrong[0])
        raise Diverged(
            f"training diverged: the loss of batch {begin + batch + 1} in epoch {epoch} is {losses[batch]}"
            f" at a learning rate of {rates[batch]:.3g}; {LOWER}",
            before,
        )


def _check_start(start: Checkpoint, settings: Settings, print_of: dict[str, Any], chosen: Samples) -> None:
    """Raises InputError if a run with these settings and data cannot go on from the checkpoint."""
    free = ("backend", "device") + (("epochs",) if settings.schedule == "constant" else ())
    other = differences(start.settings, settings, apart_from=free)
    if other:
        name = other[0]
        was, now = getattr(start.settings, name), getattr(settings, name)
        raise InputError(f"the checkpoint was made with {name} {was!r}, not {now!r}; a run can only go on as it began")
    if len(start.history.epochs) > settings.epochs:
        raise InputError(f"the checkpoint has {len(start.history.epochs)} epochs already, more than {settings.epochs}")
    if start.data != print_of:
        raise InputError(
            f"the checkpoint was made with other data ({start.data.get('train')} samples for training,"
            f" {start.data.get('valid')} for validation; here {print_of['train']} and {print_of['valid']})"
        )
    batches, epochs = len(start.history.losses), len(start.history.epochs)
    if batches != epochs * -(-chosen.count // settings.batch_size):
        raise InputError(f"the checkpoint's {batches} batches are not those of {epochs} epochs")
    if shapes_of(start.state.weights) != chosen.shapes:
        raise InputError("the checkpoint's weights have other shapes than the data asks for")
