"""What trains, each in a module of its own that imports its library at the top, so that the import is timed apart.

Each has a ``prepare(work, data, **options)``: what is ready before the clock starts. It answers the training itself,
which takes a seed, makes the model, trains it, measures it on the validation set, and answers what it measured.
"""

from __future__ import annotations

from collections.abc import Callable

Measures = dict[str, float]  # "valid loss", "accuracy", "RMSE" or "objective"
Training = Callable[[int], Measures]
