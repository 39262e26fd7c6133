"""Mathematics and trigonometry: a module a subject."""

from sheetsim.functions.families.mathematics import (
    chance,
    combinations,
    division,
    numerals,
    operations,
    rounding,
    series,
    simple,
    trigonometry,
)

__all__ = [
    "chance",
    "combinations",
    "division",
    "numerals",
    "operations",
    "rounding",
    "series",
    "simple",
    "trigonometry",
]
