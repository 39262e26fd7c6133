"""sheetsim's Solver on a sheet, from random numbers instead of what the sheet holds."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import scipy.optimize  # noqa: F401 - imports are timed apart

from sheetsim.library import build
from sheetsim.solver.solving import solve
from trainers import Measures, Training

with suppress(ImportError):  # then the slopes come from differences
    import torch  # noqa: F401


def prepare(work: str, data: Any) -> Training:
    """``work`` is the sheet."""
    book = build("collab_sigmoid" if work.endswith("sigmoid") else "collab_filter")

    def training(seed: int) -> Measures:
        return {"objective": solve(book, work, seed=seed).after}

    return training
