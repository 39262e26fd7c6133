"""The hidden names under which a sheet stores its Solver model, and the cells that they speak of."""

from __future__ import annotations

import numpy as np

from sheetsim.engine.binding import bind
from sheetsim.errors import FormulaError, InputError
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet

Area = tuple[Sheet, Rect]
Cell = tuple[Sheet, int, int]

GOALS = {1: "maximise", 2: "minimise", 3: "reach"}
MOST_CELLS = 1_000_000


def finite(text: str) -> float | None:
    """The number that a text stands for; None for any other text, ``nan`` and ``1e999`` among them."""
    try:
        return number if np.isfinite(number := float(text)) else None
    except ValueError:
        return None


class Stored:
    """The hidden names of a sheet's model, read one by one."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet

    def text(self, key: str) -> str:
        """What a hidden name (``opt``, ``adj``, …) stands for, as text; empty without it."""
        found = self.sheet.book.names.get((self.sheet.title.casefold(), f"solver_{key}"))
        return found.text if found else ""

    def is_whole(self) -> bool:
        """Whether there are an objective and cells to change, and both still exist."""
        texts = [self.text("adj"), self.text("opt")]
        return all(text and "#REF!" not in text for text in texts)

    def number(self, key: str, default: float) -> float:
        """A setting that is a number, ``default`` without it. Raises InputError for anything else."""
        text = self.text(key)
        found = finite(text) if text else default
        if found is None:
            raise InputError(f"{self.sheet.title}: solver_{key} is {text!r}, not a number")
        return found

    def goal(self) -> str:
        """``maximise``, ``minimise`` or ``reach``. Raises InputError without one."""
        goal = GOALS.get(int(self.number("typ", 0)))
        if goal is None:
            raise InputError(f"{self.sheet.title}: its Solver model does not say whether to minimise or to maximise")
        return goal

    def iterations(self) -> int | None:
        """The most iterations, None where the model sets no limit."""
        most = self.number("itr", 0)
        return int(most) if most >= 1 else None


# --- places -----------------------------------------------------------------------------------------------------------
def areas(sheet: Sheet, text: str) -> list[Area]:
    """``s!$A$1:$B$2,s!$D$4`` → the ranges. Raises InputError."""
    return [area(sheet, part) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    """Cuts at the commas that are not within a sheet's quoted name.

    >>> _parts("'a,b'!$A$1,C4")
    ["'a,b'!$A$1", 'C4']
    """
    parts, quoted = [""], False
    for sign in text:
        quoted ^= sign == "'"
        if sign == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def area(sheet: Sheet, text: str) -> Area:
    """A range, by address or by name, as seen from a sheet. Raises InputError."""
    if "#REF!" in text:
        raise InputError(
            f"{sheet.title}: its Solver model names a cell that was deleted ({text}); name another with --cells, "
            "--minimise or --maximise"
        )
    try:
        tree = bind(Formula.read("=" + text, 0, 0).tree, sheet, Rect(0, 0, 0, 0))
    except FormulaError as error:
        raise InputError(f"{sheet.title}: {text!r} is no range of cells: {error}") from None
    rect = tree.rect(0, 0) if isinstance(tree, Ref) else None
    if rect is None or not isinstance(tree, Ref) or tree.sheet is None:
        raise InputError(f"{sheet.title}: {text!r} is no range of cells")
    if rect.size > MOST_CELLS:
        raise InputError(f"{sheet.title}: {text!r} are {rect.size:,} cells; {MOST_CELLS:,} are the most")
    return sheet.book[tree.sheet], rect


def cells_of(areas: list[Area]) -> list[Cell]:
    """The single cells, row by row."""
    return [(sheet, row, column) for sheet, rect in areas for row, column in rect.cells()]
