"""sheetsim, with its settings as they come: they are the lecture's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sheetsim.training.loop import train
from sheetsim.training.settings import Settings
from trainers import Measures, Training


def prepare(work: str, data: Any, backend: str = "torch", device: str = "cpu") -> Training:
    """sheetsim's own ``train``; the measure "epochs" is the seconds of the epochs alone, without the set-up before
    them."""
    if backend == "torch":
        import torch  # noqa: F401 - imports are timed apart
    settings = Settings(model="nn" if work == "mnist" else "movielens", backend=backend, device=device)

    def training(seed: int) -> Measures:
        epochs = train(data, replace(settings, seed=seed)).history.epochs
        last, alone = epochs[-1], sum(epoch.seconds for epoch in epochs)
        if last.accuracy is None:
            return {"valid loss": last.valid_loss, "RMSE": last.valid_loss**0.5, "epochs": alone}
        return {"valid loss": last.valid_loss, "accuracy": last.accuracy, "epochs": alone}

    return training
