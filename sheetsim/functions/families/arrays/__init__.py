"""Functions whose result is an array of a size of its own: made, cut, joined, sorted, filtered."""

from sheetsim.functions.families.arrays import joining, lambdas, making, selecting, shaping, sorting

__all__ = ["joining", "lambdas", "making", "selecting", "shaping", "sorting"]
