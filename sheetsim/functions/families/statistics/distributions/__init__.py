"""Distributions of probability. Each is said once, in the terms of ``excel/maths.py``, for arrays and tensors."""
