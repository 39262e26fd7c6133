"""Functions of texts: a module a subject."""

from sheetsim.functions.families.text import (
    changing,
    characters,
    comparing,
    cutting,
    in_bytes,
    joining,
    numbers,
    regexes,
    showing,
    splitting,
)

__all__ = [
    "changing",
    "characters",
    "comparing",
    "cutting",
    "in_bytes",
    "joining",
    "numbers",
    "regexes",
    "showing",
    "splitting",
]
