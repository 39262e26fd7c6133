"""The functions, a module a family; importing this package fills the table."""

from sheetsim.functions import criteria, logic, lookup, mathematics, matrices, places, statistics, text
from sheetsim.functions.table import FUNCTIONS, Function, gives_reference, row_of

__all__ = [
    "FUNCTIONS",
    "Function",
    "criteria",
    "gives_reference",
    "logic",
    "lookup",
    "mathematics",
    "matrices",
    "places",
    "row_of",
    "statistics",
    "text",
]
