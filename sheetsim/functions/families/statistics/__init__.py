"""Functions that look at many cells and answer one number, and those of probability: a module a subject."""

from sheetsim.functions.families.statistics import (
    continuous,
    counts,
    discrete,
    moments,
    normal,
    pairs,
    ranks,
    sampling,
    sums,
    with_texts,
)

__all__ = [
    "continuous",
    "counts",
    "discrete",
    "moments",
    "normal",
    "pairs",
    "ranks",
    "sampling",
    "sums",
    "with_texts",
]
