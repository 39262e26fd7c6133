"""Functions whose result is an array of a size of its own: made, cut, joined, sorted, filtered."""

from sheetsim.functions.families.arrays import joining, making, selecting, shaping, sorting

__all__ = ["joining", "making", "selecting", "shaping", "sorting"]
