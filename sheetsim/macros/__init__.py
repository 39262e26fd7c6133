"""Buttons: pressed, and written out as epochs of live formulas."""
