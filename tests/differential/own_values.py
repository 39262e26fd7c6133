"""The values of formulas as we compute them, and when a value of LibreOffice is the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from openpyxl.utils.datetime import to_excel
from random_formulas import CELLS, ROWS, Case

from sheetsim import Workbook
from sheetsim.errors import SheetsimError

Rows = Sequence[Sequence[Any]]
#: Formulas stand below the cells they ask for, so that none of these is in the row of the formula.
BELOW = ROWS + 1
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # a control character, as a file holds it
RELATIVE = 1e-10  # of numbers: functions have digits of their own in the last places


class Failed(str):
    """What our engine said instead of a value."""


class Difference(NamedTuple):
    """A part of a formula that has two values, and why if that is known."""

    whole: Case
    part: Case
    ours: Any
    theirs: Any
    inside: tuple[Any, ...] = ()  # our values of what stands in the part
    reason: str | None = None

    def __str__(self) -> str:
        within = "" if str(self.whole) == str(self.part) else f", in {self.whole}"
        return f"{self.part} is {self.ours!r}; LibreOffice has {self.theirs!r}{within}"


def close(ours: Any, theirs: Any) -> bool:
    """Whether two results are the same value, for numbers to so many digits; LibreOffice saves an empty text as
    nothing, and an error of its own, "invalid argument", as ``#VALUE!``."""
    if isinstance(theirs, datetime | time | timedelta):  # a number, by the format that it gives the cell
        theirs = to_excel(theirs)
    if isinstance(theirs, str):
        theirs = ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), theirs)
    if theirs is None or theirs == "":
        return ours is None or ours == ""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= RELATIVE * max(abs(ours), abs(theirs))
    if ours == "#NUM!" and theirs == "#VALUE!":
        return True
    return type(ours) is not float and not isinstance(ours, Failed) and str(ours) == str(theirs)


def values(cases: Sequence[Case], cells: Rows = CELLS) -> list[Any]:
    """Our value of each, in the cells that LibreOffice has them in; where the engine fails, what it said."""
    return _values([*enumerate(cases, BELOW)], cells)


def _values(placed: list[tuple[int, Case]], cells: Rows) -> list[Any]:
    book = Workbook("formulas")
    book.add_sheet("in").values("A1", cells)
    sheet = book.add_sheet("formulas")
    try:
        for at, case in placed:
            if case.array:
                sheet.array(f"H{at}", f"={case.part}")
            else:
                sheet[f"H{at}"] = f"={case.part}"
        book.recalculate()
    except (
        SheetsimError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        AssertionError,
    ) as error:
        if len(placed) == 1:
            return [Failed(f"{type(error).__name__}: {error}")]
        middle = len(placed) // 2
        return _values(placed[:middle], cells) + _values(placed[middle:], cells)
    return [_value(sheet[f"H{at}"]) for at, _ in placed]


def _value(value: Any) -> Any:
    return Failed(getattr(value, "reason", value)) if value == "#UNSUPPORTED!" else value
