"""Surprise: its SVD with its own settings."""

from __future__ import annotations

from typing import Any

import numpy as np
from surprise import SVD, Dataset, Reader

from trainers import Measures, Training


def prepare(work: str, data: Any) -> Training:
    """``data``: a RatingSplit."""
    every = data.ratings
    rows = list(zip(every.users.tolist(), every.items.tolist(), every.values.tolist(), strict=True))
    train = Dataset(Reader(rating_scale=(1, 5))).construct_trainset([(*rows[number], None) for number in data.train])
    valid = [rows[number] for number in data.valid]

    def training(seed: int) -> Measures:
        model = SVD(random_state=seed)
        model.fit(train)
        errors = np.array([guess.est - guess.r_ui for guess in model.test(valid)])
        mse = float(np.mean(errors**2))
        return {"valid loss": mse, "RMSE": mse**0.5}

    return training
