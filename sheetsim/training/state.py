"""What a run carries from batch to batch: the weights, an optimizer's moments, how many steps were made.

Weights have names and shapes; an optimizer does not care about either. So all of them lie one after the other in one
flat array, and the named ones are views of it: an optimizer's step is then a handful of operations on one array.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetsim.training.shapes import Shapes, spans

Weights = dict[str, np.ndarray]


@dataclass
class State:
    """``first`` and ``second`` are an optimizer's moments, flat, in the order of the weights; zero where unused."""

    weights: Weights
    first: np.ndarray
    second: np.ndarray
    step: int = 0


def flatten(weights: Weights) -> np.ndarray:
    """All weights one after the other, in the dictionary's order."""
    return np.concatenate([part.ravel() for part in weights.values()])


def shapes_of(weights: Weights) -> Shapes:
    """The shape of each of the weights."""
    return {name: part.shape for name, part in weights.items()}


def views(flat: np.ndarray, shapes: Shapes) -> Weights:
    """The named weights as views of the flat array: changing one changes the other.

    >>> flat = np.arange(6.0)
    >>> views(flat, {"weights": (2, 2), "bias": (2,)})["bias"].tolist()
    [4.0, 5.0]
    """
    return {name: flat[span].reshape(shapes[name]) for name, span in spans(shapes).items()}


def fresh(weights: Weights) -> State:
    """The state before the first step."""
    count = sum(part.size for part in weights.values())
    dtype = next(iter(weights.values())).dtype
    return State(weights, np.zeros(count, dtype), np.zeros(count, dtype))
