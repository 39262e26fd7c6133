"""The functions, a module a family; importing this package fills the table."""

from sheetsim.functions import criteria, places
from sheetsim.functions.families import (
    dates,
    engineering,
    information,
    logic,
    lookup,
    mathematics,
    matrices,
    references,
    statistics,
    text,
)

__all__ = [
    "criteria",
    "dates",
    "engineering",
    "information",
    "logic",
    "lookup",
    "mathematics",
    "matrices",
    "places",
    "references",
    "statistics",
    "text",
]
