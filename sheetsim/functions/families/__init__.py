"""The functions, a module a family; importing this package fills the table."""

from sheetsim.functions import criteria, places
from sheetsim.functions.families import (
    arrays,
    databases,
    dates,
    engineering,
    financial,
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
    "arrays",
    "criteria",
    "databases",
    "dates",
    "engineering",
    "financial",
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
