"""The functions, a module a family; importing this package fills the table."""

from sheetsim.functions import criteria, places
from sheetsim.functions.families import (
    databases,
    engineering,
    financial,
    information,
    logic,
    lookup,
    mathematics,
    matrices,
    statistics,
    text,
)

__all__ = [
    "criteria",
    "databases",
    "engineering",
    "financial",
    "information",
    "logic",
    "lookup",
    "mathematics",
    "matrices",
    "places",
    "statistics",
    "text",
]
