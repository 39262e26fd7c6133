"""The table of functions: name → number of arguments, what it takes, and the NumPy rule.

``takes`` has a letter for each argument, the last one standing for all that follow:

    s  a single value; a range given here means its cell in the formula's own row or column
    r  a range or a value; arithmetic inside it is on single values, as in ``SUM(A1:A3)``
    a  an array; arithmetic inside it is element by element, as in ``SUMPRODUCT((A1:A3>1)*B1:B3)``
    i  whatever the function itself is asked for, as the branches of ``IF``
    c  a reference, of which not the values but the place is wanted, as in ``ROW(A1)``

A function whose result can stand beside a colon, as in ``A1:INDEX(…)``, has a second rule, ``as_place``.
A rule gets ``Values`` (or a ``Reference`` for c) and gives ``Values``; with ``site`` it first gets the place it is
computed at. Each is the plain formula of Excel's documentation, with the accumulation of ``arithmetic.py``. Where a
rule that also looks at ranges or arrays is given several values for a single one, it is asked once for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sheetsim.functions.spreading import asked_of_each

MANY = 255


@dataclass(frozen=True)
class Function:
    """One row of the table."""

    name: str
    least: int
    most: int
    takes: str
    rule: Callable[..., Any]
    site: bool = False
    volatile: bool = False
    as_place: Callable[..., Any] | None = None

    def letter(self, place: int) -> str:
        """What the argument at that place is taken as."""
        return self.takes[min(place, len(self.takes) - 1)]


FUNCTIONS: dict[str, Function] = {}

Rule = Callable[..., Any]


def function(
    names: str,
    least: int,
    most: int | None = None,
    takes: str = "s",
    site: bool = False,
    volatile: bool = False,
    as_place: Rule | None = None,
) -> Callable[[Rule], Rule]:
    """Enters a rule into the table under one or more names."""

    def enter(rule: Rule) -> Rule:
        for name in names.split():
            if name in FUNCTIONS:
                raise ValueError(f"{name} is in the table already")
            asked = asked_of_each(rule, takes) if "s" in takes and set("ra") & set(takes) else rule
            FUNCTIONS[name] = Function(
                name, least, least if most is None else most, takes, asked, site, volatile, as_place
            )
        return rule

    return enter
