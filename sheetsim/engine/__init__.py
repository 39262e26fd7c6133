"""Formulas to numbers: blocks, their order, programs, and the NumPy engine that runs them."""
