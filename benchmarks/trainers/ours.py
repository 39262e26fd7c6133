"""sheetsim, with its settings as they come: they are the lecture's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sheetsim.training.data.ratings import Ratings, RatingSplit
from sheetsim.training.loop import train
from sheetsim.training.settings import Settings
from trainers import Measures, Training

#: Three ratings, for a training that takes no time.
FEW = RatingSplit(
    Ratings(
        np.array([0, 0, 1], np.int32),
        np.array([0, 1, 0], np.int32),
        np.ones(3, np.float32),
        np.arange(2),
        np.array(["a", "b"], object),
    ),
    np.array([0, 1]),
    np.array([2]),
    "few",
)


def prepare(work: str, data: Any, backend: str = "torch", device: str = "cpu") -> Training:
    """sheetsim's own ``train``; the measure "epochs" is the seconds of the epochs alone, without the set-up before
    them."""
    if backend == "torch":
        import torch  # noqa: F401 - imports are timed apart
    if backend == "numba":
        train(FEW, Settings("movielens", backend=backend, epochs=1))  # so is fetching the compiled loop
    settings = Settings(model="nn" if work == "mnist" else "movielens", backend=backend, device=device)

    def training(seed: int) -> Measures:
        epochs = train(data, replace(settings, seed=seed)).history.epochs
        last, alone = epochs[-1], sum(epoch.seconds for epoch in epochs)
        if last.accuracy is None:
            return {"valid loss": last.valid_loss, "RMSE": last.valid_loss**0.5, "epochs": alone}
        return {"valid loss": last.valid_loss, "accuracy": last.accuracy, "epochs": alone}

    return training
