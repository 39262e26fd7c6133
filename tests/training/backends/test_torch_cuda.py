"""The trainer that replays recorded steps: its steps and buffers on a CPU, all of it where there is a GPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from training_data import few_digits, few_ratings

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.training.backends import torch_cuda
from sheetsim.training.backends.torch_backend import TorchTrainer
from sheetsim.training.backends.torch_cuda import GraphTrainer
from sheetsim.training.data.samples import Data, initial, order, samples
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import OPTIMIZERS, Settings
from sheetsim.training.state import fresh

CPU = torch.device("cpu")
DATA: dict[str, Data] = {"movielens": few_ratings(), "nn": few_digits(), "logistic": few_digits()}


def run(kind: Any, settings: Settings, device: Any) -> tuple[np.ndarray, np.ndarray]:
    """Losses and flat weights after two epochs."""
    chosen = samples(DATA[settings.model], settings)
    worker = kind(chosen, settings, fresh(initial(chosen.shapes, settings)), device)
    batches = -(-chosen.count // settings.batch_size)
    rates, momenta = schedule(settings, 2 * batches)
    parts = (slice(0, batches), slice(batches, 2 * batches))
    losses = [
        worker.run(order(chosen.count, 0, epoch), rates[part], momenta[part]) for epoch, part in enumerate(parts, 1)
    ]
    return np.concatenate(losses), worker.flat.cpu().numpy()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", list(DATA))
def test_replayed_steps_are_the_same_steps(model: str, optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_cuda, "STEPS", 3)  # batches by threes, some left over, the last one short
    settings = Settings(model, optimizer=optimizer, batch_size=16, dtype="float64", factors=5)
    for one, other in zip(run(GraphTrainer, settings, CPU), run(TorchTrainer, settings, CPU), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_fewer_batches_than_a_graph_has_steps() -> None:
    settings = Settings("movielens", batch_size=64, dtype="float64", factors=5)
    np.testing.assert_allclose(run(GraphTrainer, settings, CPU)[0], run(TorchTrainer, settings, CPU)[0], rtol=1e-9)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", list(DATA))
def test_a_gpu_computes_the_same_run(model: str, optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_cuda, "STEPS", 3)
    settings = Settings(model, optimizer=optimizer, batch_size=16, dtype="float64", factors=5)
    there = run(GraphTrainer, settings, torch.device("cuda"))
    for one, other in zip(there, run(TorchTrainer, settings, CPU), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert run(GraphTrainer, settings, torch.device("cuda"))[0].tobytes() == there[0].tobytes()
