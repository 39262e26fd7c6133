"""Training as one writes it in PyTorch: modules, autograd and ``torch.optim``; the oracle of whole runs."""

from __future__ import annotations

from typing import Any

import torch

from sheetsim.training.data.samples import Data, initial, order, samples
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import Settings
from sheetsim.training.state import Weights


class DotBias(torch.nn.Module):  # type: ignore[misc]
    """The lecture's model, with an embedding for each of the four weights."""

    def __init__(self, weights: Weights):
        super().__init__()
        for name, part in weights.items():
            table = torch.tensor(part if part.ndim == 2 else part[:, None])
            setattr(self, name, torch.nn.Embedding.from_pretrained(table, freeze=False))

    def forward(self, users: Any, items: Any) -> Any:
        dot = (self.user_factors(users) * self.item_factors(items)).sum(1)
        return torch.sigmoid(dot + self.user_bias(users).squeeze() + self.item_bias(items).squeeze()) * 5.5


class Linear(torch.nn.Sequential):  # type: ignore[misc]
    """784–50–10 with a ReLU, of ``torch.nn.Linear`` layers."""

    def __init__(self, weights: Weights):
        layers = [torch.nn.Linear(784, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10)]
        super().__init__(*layers)
        for layer, number in ((layers[0], "1"), (layers[2], "2")):
            layer.weight = torch.nn.Parameter(torch.tensor(weights["weights" + number].T.copy()))
            layer.bias = torch.nn.Parameter(torch.tensor(weights["bias" + number]))


def plain_losses(data: Data, settings: Settings) -> list[float]:
    """Modules, autograd, ``torch.optim.AdamW``, or ``Adam`` for adam-l2, with its rate and momentum set before each
    step; nothing else."""
    chosen = samples(data, settings)
    weights = initial(chosen.shapes, settings)
    model = DotBias(weights) if settings.model == "movielens" else Linear(weights)
    loss_of = torch.nn.functional.mse_loss if settings.model == "movielens" else torch.nn.functional.cross_entropy
    theirs = torch.optim.Adam if settings.optimizer == "adam-l2" else torch.optim.AdamW
    optimizer = theirs(model.parameters(), eps=settings.eps, weight_decay=settings.wd)
    *inputs, targets = (torch.tensor(column) for column in chosen.train)
    batches = [
        rows
        for epoch in range(1, settings.epochs + 1)
        for rows in torch.tensor(order(chosen.count, settings.seed, epoch)).split(settings.batch_size)
    ]
    losses = []
    for rows, rate, momentum in zip(batches, *schedule(settings, len(batches)), strict=True):
        optimizer.param_groups[0].update(lr=rate, betas=(momentum, 0.99))
        loss = loss_of(model(*(column[rows] for column in inputs)), targets[rows])
        squares = sum(parameter.square().sum().item() for parameter in model.parameters())
        penalty = settings.wd / 2 * squares if theirs is torch.optim.Adam else 0  # its gradient is the optimizer's work
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item() + penalty)
    return losses
