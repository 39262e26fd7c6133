"""Buttons as data: what a macro does, in steps that can be read, run and turned into formulas.

While a macro runs, calculation is manual: a step sees the values last calculated, and only ``Recalculate`` makes new
ones. Cells are given by name (``"lr"``) or address (``"D2"``, ``"C4:D4"``) in the button's own sheet.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Copy:
    """Copies values (not formulas) from one range to another of the same shape."""

    source: str
    target: str


@dataclass(frozen=True)
class Set:
    """Puts a value, or what a formula text (``"=lr/4"``) comes to, into every cell of the target."""

    target: str
    value: float | str


@dataclass(frozen=True)
class Clear:
    """Empties the cells of the target."""

    target: str


@dataclass(frozen=True)
class Append:
    """Puts the value of one cell into the first empty cell of the target, or below it once the target is full."""

    source: str
    target: str


@dataclass(frozen=True)
class Recalculate:
    """Computes every formula of the workbook."""


@dataclass(frozen=True)
class If:
    """Does the steps only where a formula (``"=gradrat>2"``) comes to TRUE."""

    condition: str
    steps: tuple[Step, ...]


Step = Copy | Set | Clear | Append | Recalculate | If


@dataclass(frozen=True)
class Macro:
    """The steps of a button, done ``times`` times; ``help`` says in a line what it is for."""

    steps: tuple[Step, ...]
    times: int = 1
    help: str = ""
