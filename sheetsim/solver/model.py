"""The model that Excel's Solver stores on a sheet: hidden names that say what to change and what to make of it.

=====================  =================================================================================================
``solver_adj``         the cells to change: ranges, with commas between them
``solver_opt``         the objective: one cell with a formula
``solver_typ``         1 maximise it, 2 minimise it, 3 bring it to ``solver_val``
``solver_num``         how many constraints there are; the first is ``solver_lhs1`` ``solver_rel1`` ``solver_rhs1``
``solver_neg``         1: the cells to change are not negative, unless a constraint bounds them from below
``solver_drv``         derivatives by 1 forward, 2 central differences (where they are by differences)
``solver_itr``         the most iterations
=====================  =================================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetsim.engine.binding import bind
from sheetsim.errors import FormulaError, InputError
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Sheet, Workbook

Area = tuple[Sheet, Rect]
Cell = tuple[Sheet, int, int]

GOALS = {1: "maximise", 2: "minimise", 3: "reach"}
MOST_CELLS = 1_000_000


@dataclass(frozen=True)
class Model:
    """What to solve. The cells to change are those of ``change`` in order, row by row; ``lower`` and ``upper`` hold the
    bounds of each, infinite where there are none, of shape (cells,)."""

    sheet: Sheet
    change: list[Area]
    objective: Area
    goal: str  # one of GOALS
    target: float  # what to reach
    lower: np.ndarray
    upper: np.ndarray
    central: bool = False
    most: int | None = None  # iterations

    @property
    def book(self) -> Workbook:
        return self.sheet.book

    @property
    def where(self) -> str:
        sheet, rect = self.objective
        return sheet.where(rect.top, rect.left)

    @property
    def task(self) -> str:
        """What is to be solved, in words."""
        parts = [str(rect) if home is self.sheet else f"{home.title}!{rect}" for home, rect in self.change]
        count = len(self.cells)
        changed = f"by changing {', '.join(parts)} ({count:,} cell{'' if count == 1 else 's'})"
        return f"{self.goal} {f'{self.target!r} in ' if self.goal == 'reach' else ''}{self.where} {changed}"

    @property
    def cells(self) -> list[Cell]:
        return cells_of(self.change)

    def loss(self, value: float) -> tuple[float, float]:
        """What is to become small where the objective has this value, and its slope by the objective."""
        if self.goal == "reach":
            return (value - self.target) ** 2, 2 * (value - self.target)
        sign = -1.0 if self.goal == "maximise" else 1.0
        return sign * value, sign


def cells_of(areas: list[Area]) -> list[Cell]:
    """The single cells, row by row."""
    return [
        (sheet, row, column)
        for sheet, rect in areas
        for row in range(rect.top, rect.bottom + 1)
        for column in range(rect.left, rect.right + 1)
    ]


def read_model(sheet: Sheet, cells: str | None = None, goal: str | None = None, objective: str | None = None) -> Model:
    """The model stored on a sheet; ``cells`` in place of its cells to change (then its constraints do not count),
    ``objective`` and ``goal`` in place of its own. Raises InputError for a model that cannot be solved here.

    >>> from sheetsim import library
    >>> model = read_model(library.build("collab_filter")["dotprod"])
    >>> model.where, model.goal, len(model.cells)
    ('dotprod!V41', 'minimise', 150)
    """
    from sheetsim.solver.bounds import read_bounds

    stored = Stored(sheet)
    if not (cells or stored.text("adj")) or not (objective or stored.text("opt")):
        raise InputError(_no_model(sheet))
    result = _objective(sheet, objective or stored.text("opt"))
    change = areas(sheet, cells or stored.text("adj"))
    _refuse_unchangeable(change)
    lower, upper = read_bounds(stored, cells_of(change), constrained=cells is None)
    return Model(
        sheet,
        change,
        result,
        goal or stored.goal(),
        stored.number("val", 0.0),
        lower,
        upper,
        central=stored.number("drv", 1) == 2,
        most=stored.iterations(),
    )


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
        found = self.sheet.book.names.get((self.sheet.title.casefold(), f"solver_{key}"))
        return found.text if found else ""

    def is_whole(self) -> bool:
        texts = [self.text("adj"), self.text("opt")]
        return all(text and "#REF!" not in text for text in texts)

    def number(self, key: str, default: float) -> float:
        text = self.text(key)
        found = finite(text) if text else default
        if found is None:
            raise InputError(f"{self.sheet.title}: solver_{key} is {text!r}, not a number")
        return found

    def goal(self) -> str:
        goal = GOALS.get(int(self.number("typ", 0)))
        if goal is None:
            raise InputError(f"{self.sheet.title}: its Solver model does not say whether to minimise or to maximise")
        return goal

    def iterations(self) -> int | None:
        most = self.number("itr", 0)
        return int(most) if most >= 1 else None


def _no_model(sheet: Sheet) -> str:
    others = [other.title for other in sheet.book.sheets if Stored(other).is_whole()]
    have = f"the sheets with one are {', '.join(others)}" if others else "nor has any other sheet"
    return (
        f"{sheet.book.name}!{sheet.title} has no Solver model ({have}); or name the cells to change "
        "with --cells and the objective with --minimise or --maximise"
    )


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
        tree = bind(Formula.read("=" + text, 0, 0).tree, sheet, 0)
    except FormulaError as error:
        raise InputError(f"{sheet.title}: {text!r} is no range of cells: {error}") from None
    rect = tree.rect(0, 0) if isinstance(tree, Ref) else None
    if rect is None or not isinstance(tree, Ref) or tree.sheet is None:
        raise InputError(f"{sheet.title}: {text!r} is no range of cells")
    if rect.size > MOST_CELLS:
        raise InputError(f"{sheet.title}: {text!r} are {rect.size:,} cells; {MOST_CELLS:,} are the most")
    return sheet.book[tree.sheet], rect


def _objective(sheet: Sheet, text: str) -> Area:
    own, rect = area(sheet, text)
    if rect.size != 1:
        raise InputError(f"{sheet.title}: the objective is one cell, not {text}")
    if own.formula_text(rect.top, rect.left) is None:
        raise InputError(f"{own.where(rect.top, rect.left)} is to be the objective, but holds no formula")
    return own, rect


def _refuse_unchangeable(change: list[Area]) -> None:
    seen = set()
    for sheet, row, column in cells_of(change):
        where = sheet.where(row, column)
        formula = sheet.formula_text(row, column)
        if formula is not None:
            raise InputError(f"{where} is to be changed, but holds the formula {formula}")
        value = sheet.value(row, column)
        if value is not None and not isinstance(value, float):
            raise InputError(f"{where} is to be changed, but holds {value!r}, not a number")
        if where in seen:
            raise InputError(f"{where} is among the cells to change twice")
        seen.add(where)
