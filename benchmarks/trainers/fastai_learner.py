"""fastai: its collab_learner for ratings, its Learner for digits, with the lecture's cycle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import torch
import torch._dynamo
from fastai.basics import DataLoaders, Learner, accuracy, set_seed
from fastai.collab import TabularCollab, TransformBlock, collab_learner
from fastai.tabular.all import Categorify, TabDataLoader
from torch import nn
from torch.utils.data import TensorDataset

from trainers import Measures, Training
from trainers.lecture import DIGITS, END, FACTORS, FAST, HIDDEN, HIGH, RATINGS, RISING, SLOW, START, Cycle


def prepare(work: str, data: Any) -> Training:
    """Loaders are made here, before the clock starts; each training gets a fresh learner."""
    loaders = digit_loaders(data) if work == "mnist" else rating_loaders(data)

    def training(seed: int) -> Measures:
        set_seed(seed)
        if work == "mnist":
            return fit(digit_learner(loaders), DIGITS, "accuracy")
        return fit(collab_learner(loaders, n_factors=FACTORS, y_range=(0, HIGH)), RATINGS)

    return training


def fit(learner: Any, cycle: Cycle, *metrics: str) -> Measures:
    """Trains by fastai's own one-cycle, given the lecture's numbers; the validation measures of the last epoch."""
    shape = {"div": START, "div_final": END, "pct_start": RISING, "moms": (SLOW, FAST, SLOW)}
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(cycle.epochs, cycle.lr, wd=cycle.wd, **shape)
    _, *measured = learner.recorder.values[-1]  # the first is the training loss
    found = dict(zip(("valid loss", *metrics), map(float, measured), strict=True))
    return found if metrics else {**found, "RMSE": found["valid loss"] ** 0.5}


def rating_loaders(data: Any) -> Any:
    """As CollabDataLoaders.from_df does it, but with the given split instead of a random one; and with the loader that
    takes each row once an epoch: the one it would take draws rows with replacement, and ends at a loss of 0.85."""
    every = data.ratings
    frame = pd.DataFrame({"user": every.users, "item": every.items, "rating": every.values})
    splits = (data.train.tolist(), data.valid.tolist())
    names = {"cat_names": ["user", "item"], "y_names": ["rating"], "y_block": TransformBlock()}
    table = TabularCollab(frame, [Categorify], splits=splits, **names)
    return table.dataloaders(bs=RATINGS.batch, device="cpu", dl_type=TabDataLoader)


def digit_loaders(data: Any) -> Any:
    """Training and validation digits in batches of the lecture's size."""
    sets = ((data.train_pixels, data.train_labels), (data.valid_pixels, data.valid_labels))
    return DataLoaders.from_dsets(*(TensorDataset(*map(tensor, each)) for each in sets), bs=DIGITS.batch, device="cpu")


def digit_learner(loaders: Any) -> Any:
    """The lecture's digit model: 784 pixels, a hidden layer with ReLU, 10 logits; cross-entropy."""
    model = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10))
    return Learner(loaders, model, loss_func=nn.CrossEntropyLoss(), metrics=accuracy)


def tensor(array: np.ndarray) -> torch.Tensor:
    """The array as a tensor on the CPU that shares its memory."""
    return torch.as_tensor(array)
