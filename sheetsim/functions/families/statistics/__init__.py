"""Functions that look at many cells and answer one number, and those of probability: a module a subject."""

from sheetsim.functions.families.statistics import (
    by_criteria,
    correlation,
    counts,
    distributions,
    hypotheses,
    modes,
    moments,
    pairs,
    ranks,
    regression,
    subtotals,
    sums,
    with_texts,
)

__all__ = [
    "by_criteria",
    "correlation",
    "counts",
    "distributions",
    "hypotheses",
    "modes",
    "moments",
    "pairs",
    "ranks",
    "regression",
    "subtotals",
    "sums",
    "with_texts",
]
