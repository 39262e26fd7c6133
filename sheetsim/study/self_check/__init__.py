"""A sheet that checks all others by live formulas."""
