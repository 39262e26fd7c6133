"""A cell explained: its formula, where its numbers come from, the NumPy line, who uses it."""
