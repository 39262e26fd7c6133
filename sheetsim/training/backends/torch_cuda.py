"""Training on a GPU, where a step's arithmetic takes no time and telling the GPU what to do takes nearly all.

So a row of steps is recorded once, as a CUDA graph, and then replayed: one call for all of them. A graph repeats the
same operations on the same memory. What differs from step to step therefore lies in buffers that are filled before
each replay, batches and the optimizer's numbers, and nothing in a step waits for the processor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from sheetsim.training.backends.optimizer import StepNumbers
from sheetsim.training.backends.torch_backend import TorchTrainer
from sheetsim.training.data.samples import Samples
from sheetsim.training.settings import Settings
from sheetsim.training.state import State

STEPS = 32  # in a graph
LARGEST_BATCH = 1024  # above, a lookup's gradient is summed in a way that a graph cannot record


class GraphTrainer(TorchTrainer):
    """Carries out a run's batches, as many at a time as the graph has steps; the rest one by one.

    On a CPU, where there are no graphs, it makes the same steps on the same buffers: that is how it is tested.
    """

    chunk = 1 << 30  # an epoch: looking at the losses would wait for the GPU

    def __init__(self, samples: Samples, settings: Settings, state: State, device: torch.device):
        super().__init__(samples, settings, state, device)
        size = settings.batch_size
        self.inputs, self.targets = (column.new_zeros(STEPS * size, *column.shape[1:]) for column in self.train)
        self.numbers = self.flat.new_zeros(STEPS, len(self.groups), len(StepNumbers._fields))
        self.losses = self.flat.new_zeros(STEPS)
        self.replay = self._record() if device.type == "cuda" else self._all_steps

    def _all_steps(self) -> None:
        size = self.settings.batch_size
        batches = zip(torch.split(self.inputs, size), torch.split(self.targets, size), self.losses, strict=True)
        for batch, now in zip(batches, self.numbers, strict=True):
            self.differentiate(*batch)
            self.optimize([StepNumbers(*own.unbind()) for own in now])

    def _record(self) -> Callable[[], None]:
        """The graph of all steps, ready to be replayed. What the trial run before it does to the weights is undone."""
        changed = (self.flat, self.first, self.second)
        before = [tensor.clone() for tensor in changed]
        aside = torch.cuda.Stream(self.flat.device)  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream(self.flat.device))
        with torch.cuda.stream(aside):
            self._all_steps()  # libraries are loaded and memory is set aside now: neither can be recorded
        torch.cuda.current_stream(self.flat.device).wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=aside):
            self._all_steps()
        for tensor, value in zip(changed, before, strict=True):
            tensor.copy_(value)
        return graph.replay

    def make_steps(
        self, inputs: Tensor, targets: Tensor, numbers: Sequence[StepNumbers[np.ndarray]], losses: Tensor
    ) -> None:
        """As ``TorchTrainer.make_steps``, by replays as long as there are enough full batches."""
        size = self.settings.batch_size
        by_group = np.stack([np.stack(one, axis=1) for one in numbers], axis=1)  # (steps, groups, numbers)
        table = torch.from_numpy(by_group).to(self.flat)
        done = 0
        while len(inputs) >= (done + STEPS) * size:
            rows = slice(done * size, (done + STEPS) * size)
            self.inputs.copy_(inputs[rows])
            self.targets.copy_(targets[rows])
            self.numbers.copy_(table[done : done + STEPS])
            self.replay()
            losses[done : done + STEPS].copy_(self.losses)
            done += STEPS
        if done < len(losses):
            rest = [StepNumbers(*(column[done:] for column in one)) for one in numbers]
            super().make_steps(inputs[done * size :], targets[done * size :], rest, losses[done:])
