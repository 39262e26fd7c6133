"""Distributions of probability. Each is said once, in the terms of ``excel/maths.py``, for arrays and tensors."""

from sheetsim.functions.families.statistics.distributions import continuous, discrete, normal, sampling

__all__ = ["continuous", "discrete", "normal", "sampling"]
