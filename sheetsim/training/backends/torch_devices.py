"""Which device a run in PyTorch takes, and the trainer for it."""

from __future__ import annotations

import os

import torch

from sheetsim.errors import InputError
from sheetsim.training.backends import distributed
from sheetsim.training.backends.torch_backend import TorchTrainer
from sheetsim.training.backends.torch_cuda import LARGEST_BATCH, GraphTrainer
from sheetsim.training.data.samples import Samples
from sheetsim.training.settings import Settings
from sheetsim.training.state import State


def device(settings: Settings) -> torch.device:
    """The device that the settings ask for; "auto" is CUDA where there is one. Raises InputError.

    >>> device(Settings("nn", device="cpu"))
    device(type='cpu')
    """
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise InputError("device cuda: PyTorch finds no CUDA device here; use device cpu or auto")
    if settings.device == "cpu" or not there:
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def trainer(samples: Samples, settings: Settings, state: State) -> TorchTrainer:
    """The trainer of a run that starts from ``state``, as one of several processes under torchrun."""
    where = device(settings)
    cuda = where.type == "cuda"
    if cuda:
        torch.cuda.set_device(where)
    group = distributed.joined(settings, cuda)
    if cuda and group is None and settings.batch_size <= LARGEST_BATCH:
        return GraphTrainer(samples, settings, state, where)
    return TorchTrainer(samples, settings, state, where, group)
