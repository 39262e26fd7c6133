"""The loop that one writes in PyTorch by hand: whole tensors, shuffled row numbers, no DataLoader."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import torch
import torch._dynamo  # the first optimizer would import it, which takes seconds; imports are timed apart
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from trainers import Measures, Training
from trainers.lecture import DIGITS, FACTORS, HIDDEN, HIGH, RATINGS, SLOW, SQUARES, Cycle


class Examples(NamedTuple):
    """Inputs and targets with a row an example."""

    inputs: tuple[Tensor, ...]
    targets: Tensor


class Problem(NamedTuple):
    """What a training needs: examples, model, loss, what is measured on the validation set, and the cycle."""

    train: Examples
    valid: Examples
    model: nn.Module
    loss: Callable[[Tensor, Tensor], Tensor]
    measures: Callable[[Tensor, Tensor], Measures]
    cycle: Cycle


class DotBias(nn.Module):
    """The sigmoid of a dot product of factors and two biases, stretched over the range of ratings."""

    def __init__(self, users: int, items: int):
        super().__init__()
        sizes = ((users, FACTORS), (items, FACTORS), (users, 1), (items, 1))
        self.tables = nn.ModuleList(nn.Embedding(*size) for size in sizes)
        for table in self.tables.parameters():
            nn.init.trunc_normal_(table, std=0.01, a=-0.02, b=0.02)

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Codes of users and items, int64 (n,) → ratings (n,), between 0 and ``HIGH``."""
        user_factors, item_factors, user_bias, item_bias = self.tables
        dot = (user_factors(users) * item_factors(items)).sum(1)
        return torch.sigmoid(dot + user_bias(users).squeeze(1) + item_bias(items).squeeze(1)) * HIGH


def prepare(work: str, data: Any, device: str = "cpu", fused: bool = False) -> Training:
    """``fused``: PyTorch's own faster Adam, one call for all the weights."""

    def training(seed: int) -> Measures:
        torch.manual_seed(seed)
        return fit((digits if work == "mnist" else ratings)(data, device), fused)

    return training


def fit(problem: Problem, fused: bool) -> Measures:
    """Trains by one cycle; what the validation set gives after the last epoch."""
    cycle, (inputs, targets) = problem.cycle, problem.train
    optimizer = torch.optim.AdamW(problem.model.parameters(), betas=(SLOW, SQUARES), weight_decay=cycle.wd, fused=fused)
    (group,) = optimizer.param_groups
    steps, step, found = cycle.epochs * ceil(len(targets) / cycle.batch), 0, Measures()
    for _ in range(cycle.epochs):
        for rows in torch.randperm(len(targets), device=targets.device).split(cycle.batch):
            group["lr"], momentum = cycle.at(step, steps)
            group["betas"] = (momentum, SQUARES)
            loss = problem.loss(problem.model(*(each[rows] for each in inputs)), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
        with torch.no_grad():
            outputs = problem.model(*problem.valid.inputs)
            found = {"valid loss": float(problem.loss(outputs, problem.valid.targets))}
            found |= problem.measures(outputs, problem.valid.targets)
    return found


# --- the problems -----------------------------------------------------------------------------------------------------
def ratings(data: Any, device: str) -> Problem:
    """The movie model's problem on a device, from ratings as sheetsim reads them (a ``RatingSplit``)."""
    every = data.ratings
    columns = [tensor(every.users, device).long(), tensor(every.items, device).long(), tensor(every.values, device)]

    def examples(rows: np.ndarray) -> Examples:
        users, items, values = (column[tensor(rows, device)] for column in columns)
        return Examples((users, items), values)

    model = DotBias(len(every.user_names), len(every.item_names)).to(device)
    return Problem(examples(data.train), examples(data.valid), model, mse_loss, rating_measures, RATINGS)


def rating_measures(outputs: Tensor, targets: Tensor) -> Measures:
    """The root of the mean squared error of predicted and given ratings, both (n,)."""
    return {"RMSE": float((outputs - targets).square().mean().sqrt())}


def digits(data: Any, device: str) -> Problem:
    """The digit models' problem on a device, from the data set as sheetsim reads it (``Digits``)."""
    train = Examples((tensor(data.train_pixels, device),), tensor(data.train_labels, device))
    valid = Examples((tensor(data.valid_pixels, device),), tensor(data.valid_labels, device))
    model = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10)).to(device)
    return Problem(train, valid, model, cross_entropy, digit_measures, DIGITS)


def digit_measures(outputs: Tensor, targets: Tensor) -> Measures:
    """The share of digits whose largest logit is their label's: logits (n, 10), labels (n,)."""
    return {"accuracy": float((outputs.argmax(1) == targets).float().mean())}


def tensor(array: np.ndarray, device: str) -> Tensor:
    """The array as a tensor; on the CPU it shares the array's memory."""
    return torch.as_tensor(array, device=device)
