"""Training in PyTorch: modules and autograd, and our own optimizer steps on one flat tensor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from sheetsim.training.backends.distributed import Group
from sheetsim.training.backends.numpy_backend import CHUNK, PIECE, each
from sheetsim.training.backends.optimizer import StepNumbers, forget_traces, penalty, step_numbers
from sheetsim.training.backends.torch_optimizer import UPDATE_RULES, adam, fused_adam, steps_of
from sheetsim.training.data.samples import Samples
from sheetsim.training.groups import learning
from sheetsim.training.models.torch_models import arrangement, module
from sheetsim.training.settings import Settings
from sheetsim.training.state import State, Weights, flatten, views


class TorchTrainer:
    """Carries out a run's batches, on any device; as one of a group, its share of each batch.

    ``sums`` is the gradient, flat, and after it the loss: what the processes of a group add up, at one go.
    """

    chunk = CHUNK

    def __init__(
        self, samples: Samples, settings: Settings, state: State, device: torch.device, group: Group | None = None
    ):
        self._order = arrangement(samples.shapes, settings)
        own = (flatten(state.weights), state.first, state.second)
        self.flat, self.first, self.second = (torch.from_numpy(array[self._order]).to(device) for array in own)
        self.settings, self._shapes, self._group = settings, samples.shapes, group
        self.sums = self.flat.new_zeros(len(self.flat) + 1)
        self.steps = state.step
        self.groups = learning(settings.model, samples.shapes, settings.group_shares)
        changed = (self.flat, self.sums[:-1], self.first, self.second)
        self.parts = [[tensor[group.span] for tensor in changed] for group in self.groups]  # views, a group each
        self.model = module(self.flat, samples.shapes, settings)
        self.train, self.valid = (self._columns(part, device) for part in (samples.train, samples.valid))

    def _columns(self, part: tuple[np.ndarray, ...], device: torch.device) -> tuple[Tensor, Tensor]:
        writable = (array if array.flags.writeable else array.copy() for array in part)  # PyTorch warns of the others
        return self.model.columns(*(torch.from_numpy(array).to(device) for array in writable))

    def run(self, order: np.ndarray, rates: np.ndarray, momenta: np.ndarray) -> np.ndarray:
        """Trains on the samples in this order, a batch for each rate and momentum (the last may be short).

        Returns the loss of each batch, float64, before the step that it led to.
        """
        rows = torch.from_numpy(order).to(self.flat.device)
        inputs, targets = (column.index_select(0, rows) for column in self.train)
        losses = self.flat.new_empty(len(rates))
        with one_thread():
            numbers = [step_numbers(self.settings, self.steps, group.share * rates, momenta) for group in self.groups]
            self.make_steps(inputs, targets, numbers, losses)
            forget_traces(self.first, self.second)
        self.steps += len(losses)
        return np.asarray(losses.double().cpu().numpy())

    def make_steps(
        self, inputs: Tensor, targets: Tensor, numbers: Sequence[StepNumbers[np.ndarray]], losses: Tensor
    ) -> None:
        """A step for each of the losses, which are written; the batches lie one after the other.

        ``numbers``: those of the steps for each of the groups.
        """
        size = self.settings.batch_size
        batches = zip(torch.split(inputs, size), torch.split(targets, size), losses, strict=True)
        if UPDATE_RULES[self.settings.optimizer] is adam and self.flat.device.type == "cpu":
            for batch, floats in zip(batches, zip(*map(each, numbers), strict=True), strict=True):
                self.differentiate(*batch)
                for (w, g, m, v), own in zip(self.parts, floats, strict=True):
                    fused_adam(w, g, m, v, own)
        else:
            steps = [steps_of(one, self.flat) for one in numbers]
            for batch, now in zip(batches, zip(*steps, strict=True), strict=True):
                self.differentiate(*batch)
                self.optimize(now)

    def differentiate(self, inputs: Tensor, targets: Tensor, loss: Tensor) -> None:
        """Leaves the gradient of a batch in ``sums`` and writes its loss into ``loss``."""
        count = len(targets)
        if self._group is None:
            self.model.loss_and_gradient(inputs, targets, count, self.sums)
        else:
            self.model.loss_and_gradient(self._group.share(inputs), self._group.share(targets), count, self.sums)
            self._group.add_up(self.sums)
        torch.div(self.sums[-1], count, out=loss)
        factor = penalty(self.settings)
        if factor:
            loss.add_(self.flat @ self.flat, alpha=factor)
            self.sums[:-1].add_(self.flat, alpha=2 * factor)

    def optimize(self, now: Sequence[StepNumbers[Tensor]]) -> None:
        """The optimizer's step of each group that learns, with the gradient in ``sums``."""
        for (w, g, m, v), own in zip(self.parts, now, strict=True):
            UPDATE_RULES[self.settings.optimizer](w, g, m, v, own)

    @torch.no_grad()
    def evaluate(self) -> tuple[float, float | None]:
        """The mean loss over all samples for validation and, for digits, the share that is answered right."""
        total, right, count = 0.0, 0, len(self.valid[0])
        for inputs, targets in zip(*(torch.split(column, PIECE) for column in self.valid), strict=True):
            outputs = self.model(inputs)
            total += self.model.loss(outputs, targets).item()
            if self.settings.model != "movielens":
                right += int((outputs.argmax(1) == targets).sum())
        return total / count, None if self.settings.model == "movielens" else right / count

    def weights(self) -> Weights:
        """A copy of the weights."""
        return views(self._in_order(self.flat), self._shapes)

    def state(self) -> State:
        """A copy of the weights and moments."""
        return State(self.weights(), self._in_order(self.first), self._in_order(self.second), self.steps)

    def _in_order(self, flat: Tensor) -> np.ndarray:
        """A copy in the order of ``state.flatten``."""
        array = flat.cpu().numpy()
        result = np.empty_like(array)
        result[self._order] = array
        return result


@contextmanager
def one_thread() -> Iterator[None]:
    """Steps on batches of 64 are too small to share: on a CPU one thread is the fastest."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
