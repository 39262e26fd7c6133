"""Workbooks into files: ``xlsx`` writes formulas and values, ``refresh`` puts new values into a copy of an existing
file, ``csv`` writes one table a sheet. Every file appears whole or not at all (``atomic``).
"""
