"""Trained weights and checkpoints in files.

A file of weights holds all that predictions and their interpretation need: the weights, the settings, the history, and
for movies whose rows they are. A checkpoint holds the optimizer's moments, too, so that a run can go on from it.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.samples import Data
from sheetsim.training.history import Epoch, History
from sheetsim.training.loop import Checkpoint, Outcome
from sheetsim.training.models import digits_model, movielens_model
from sheetsim.training.results import container
from sheetsim.training.results.container import Arrays, Facts
from sheetsim.training.settings import Settings
from sheetsim.training.shapes import Shapes
from sheetsim.training.state import State, Weights, shapes_of

VERSION = 1
WEIGHT = "weights."  # what the names of the weights begin with in a file
NAMES = ("user_names", "item_names", "item_counts")
BATCHES = ("losses", "rates", "momenta")


def save(path: Path, outcome: Outcome, data: Data) -> None:
    """Writes an outcome and the names in its data as ``.npz`` or ``.safetensors``. Raises InputError, OutputError."""
    arrays, facts = _packed(outcome.settings, outcome.weights, outcome.history)
    for name, values in names(data).items():
        if values.dtype.kind in "iu":
            arrays[name] = values
        else:
            facts[name] = [str(value) for value in values]
    container.write(path, arrays, facts)


def load(path: Path) -> tuple[Outcome, Arrays]:
    """What ``save`` wrote: the outcome, and the names in its data (see ``names``). Raises InputError.

    A checkpoint is read, too, and has no names.
    """
    arrays, facts = _read(path)
    outcome = _outcome(path, arrays, facts)
    found: Arrays = {name: arrays[name] for name in NAMES if name in arrays}
    found |= {name: np.array(facts[name], dtype=object) for name in NAMES if name in facts}
    _check_names(path, found, outcome.weights)
    return outcome, found


def names(data: Data) -> Arrays:
    """Whose rows the weights are: ``user_names`` (U,), ``item_names`` (I,) and, for interpretation, how many ratings
    each item has, ``item_counts`` (I,). Nothing for digits.
    """
    if not hasattr(data, "ratings"):
        return {}
    ratings = data.ratings
    counts = np.bincount(ratings.items, minlength=len(ratings.item_names))
    return {"user_names": ratings.user_names, "item_names": ratings.item_names, "item_counts": counts}


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes a checkpoint as ``.npz`` or ``.safetensors``. Raises InputError, OutputError."""
    state = checkpoint.state
    arrays, facts = _packed(checkpoint.settings, state.weights, checkpoint.history)
    arrays |= {"first": state.first, "second": state.second}
    container.write(path, arrays, facts | {"step": state.step, "data": checkpoint.data})


def load_checkpoint(path: Path) -> Checkpoint:
    """What ``save_checkpoint`` wrote. Raises InputError."""
    arrays, facts = _read(path)
    outcome = _outcome(path, arrays, facts)
    try:
        state = State(outcome.weights, arrays["first"], arrays["second"], int(facts["step"]))
        data = dict(facts["data"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise InputError(f"{path}: weights only, without what a run needs to go on; it is no checkpoint") from None
    if not (_are_moments(state.first, outcome) and _are_moments(state.second, outcome) and state.second.min() >= 0):
        raise InputError(f"{path}: the moments do not fit the weights")
    if state.step != len(outcome.history.losses):
        raise InputError(f"{path}: {state.step} steps do not fit {len(outcome.history.losses)} losses")
    return Checkpoint(outcome.settings, state, outcome.history, data)


# --- what both hold ---------------------------------------------------------------------------------------------------
def _packed(settings: Settings, weights: Weights, history: History) -> tuple[Arrays, Facts]:
    arrays = {WEIGHT + name: part for name, part in weights.items()}
    arrays |= {name: getattr(history, name) for name in BATCHES}
    epochs = [list(epoch) for epoch in history.epochs]
    return arrays, {"version": VERSION, "settings": settings.as_dict(), "epochs": epochs}


def _read(path: Path) -> tuple[Arrays, Facts]:
    arrays, facts = container.read(path)
    if facts.get("version") != VERSION:
        raise InputError(f"{path}: weights of version {facts.get('version')!r}; this sheetsim reads version {VERSION}")
    return arrays, facts


def _outcome(path: Path, arrays: Arrays, facts: Facts) -> Outcome:
    weights = {name.removeprefix(WEIGHT): part for name, part in arrays.items() if name.startswith(WEIGHT)}
    try:
        settings = Settings(**facts["settings"])
        history = History([Epoch(*epoch) for epoch in facts["epochs"]], *(arrays[name] for name in BATCHES))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        raise InputError(f"{path}: not a file of weights that sheetsim wrote ({error})") from error
    if not _is_history(history):
        raise InputError(f"{path}: its history is not the one of a run")
    return Outcome(settings, _checked(path, weights, settings), history)


def _is_history(history: History) -> bool:
    """Whether the epochs are numbered and hold numbers, and each batch has a loss, a rate and a momentum."""
    columns = [history.losses, history.rates, history.momenta]
    numbers = [value for epoch in history.epochs for value in (*epoch[:3], epoch.accuracy or 0, epoch.seconds)]
    return (
        [epoch.number for epoch in history.epochs] == list(range(1, len(history.epochs) + 1))
        and all(isinstance(value, (int, float)) and 0 <= value < math.inf for value in numbers)
        and all(column.dtype == np.float64 and column.shape == (history.losses.size,) for column in columns)
    )


def _checked(path: Path, weights: Weights, settings: Settings) -> Weights:
    """The weights in the order of the model. Raises InputError if they are not all there, or not as they must be."""
    wanted = _shapes(weights, settings)
    found = shapes_of(weights)
    if found.keys() != wanted.keys():
        raise InputError(f"{path}: model {settings.model} has the weights {', '.join(wanted)}, not {', '.join(found)}")
    for name, shape in wanted.items():
        if found[name] != shape:
            raise InputError(f"{path}: {name} has shape {found[name]}, not {shape} as model {settings.model} needs")
        if weights[name].dtype != settings.dtype or not np.isfinite(weights[name]).all():
            raise InputError(f"{path}: {name} must hold finite numbers of {settings.dtype}")
    return {name: weights[name] for name in wanted}


def _shapes(weights: Weights, settings: Settings) -> Shapes:
    """The shapes that weights must have; how many users and items there are is for their biases to say."""
    if settings.model != "movielens":
        return digits_model.shapes(settings.model, len(settings.classes))
    users, items = (weights[name].size if name in weights else 0 for name in ("user_bias", "item_bias"))
    return movielens_model.shapes(users, items, settings.factors)


def _are_moments(moments: np.ndarray, outcome: Outcome) -> bool:
    """Whether there is a finite number for each of the weights."""
    size = sum(part.size for part in outcome.weights.values())
    return moments.shape == (size,) and moments.dtype == outcome.settings.dtype and bool(np.isfinite(moments).all())


def _check_names(path: Path, found: dict[str, Any], weights: Weights) -> None:
    for name, values in found.items():
        rows = weights.get("user_bias" if name == "user_names" else "item_bias")
        if rows is None or values.shape != rows.shape:
            raise InputError(f"{path}: {values.size} {name} do not fit the weights")
