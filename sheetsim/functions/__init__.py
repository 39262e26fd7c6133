"""The table of functions; what a rule is given, and how one that takes single values is lifted to arrays.

The functions themselves stand in ``families``.
"""

from sheetsim.functions.table import FUNCTIONS, Function, gives_reference, row_of

__all__ = ["FUNCTIONS", "Function", "gives_reference", "row_of"]
