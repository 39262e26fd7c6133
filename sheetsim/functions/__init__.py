"""The functions, a module a family; importing this package fills the table."""

from sheetsim.functions import criteria, logic, lookup, mathematics, matrices, places, statistics, text
from sheetsim.functions.table import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "criteria",
    "logic",
    "lookup",
    "mathematics",
    "matrices",
    "places",
    "statistics",
    "text",
]
