"""Random formulas, ours against LibreOffice: a batch is one file, and a second one where something differs.

Of a formula that differs the second file has every part, each with the values of the parts inside it in their place.
The smallest part that still differs is what is to blame, and what ``known_differences.py`` is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from known_differences import why
from libreoffice import theirs
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from own_values import BELOW, Difference, Failed, close, values
from random_formulas import CELLS, Case, Part

from sheetsim.model.values import ExcelError


def differences(cases: Sequence[Case]) -> list[Difference]:
    """One for each formula that differs, known or not."""
    wrong = _differing(cases)
    parts = {case: list(dict.fromkeys(_parts(case))) for case, _, _ in wrong}
    every = list(dict.fromkeys(part for some in parts.values() for part in some))
    again = {case: (mine, other) for case, mine, other in _differing(every)}
    found = []
    for case, mine, other in wrong:
        small = next((part for part in parts[case] if part in again), None)
        part, one, two = (case, mine, other) if small is None else (small, *again[small])
        inside = tuple(values([Case(each, part.array) for each in part.part.inside]))
        difference = Difference(case, part, one, two, inside)
        found.append(difference._replace(reason=why(difference)))
    return found


def _differing(cases: Sequence[Case]) -> list[tuple[Case, Any, Any]]:
    if not cases:
        return []
    above = ["=0"] * (BELOW - 1)
    others = theirs({"in": CELLS}, [*above, *map(str, cases)])[len(above) :]
    return [
        (case, mine, other)
        for case, mine, other in zip(cases, values(cases), others, strict=True)
        if not close(mine, other)
    ]


# --- parts of a formula -----------------------------------------------------------------------------------------------
def _parts(case: Case) -> list[Case]:
    """All parts that are computed, the innermost first; what is a single value in them is replaced by our value."""
    every = list(dict.fromkeys(case.part.parts()))
    known = dict(zip(every, values([Case(part, case.array) for part in every]), strict=True))
    return [Case(_flat(part, known), case.array) for part in every]


def _flat(part: Part, known: dict[Part, Any]) -> Part:
    inside = []
    for each in part.inside:
        literal = None if each.several else _literal(known.get(each))
        inside.append(each if literal is None else Part("value", literal))
    return part._replace(inside=tuple(inside))


def _literal(value: Any) -> str | None:
    if isinstance(value, Failed) or value is None:
        return None
    if isinstance(value, str) and ILLEGAL_CHARACTERS_RE.search(value):
        return None  # no formula in a file may hold it
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return repr(value).upper()
    return str(value) if isinstance(value, ExcelError) else '"' + value.replace('"', '""') + '"'
