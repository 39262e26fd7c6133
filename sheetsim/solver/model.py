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

from sheetsim.errors import InputError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.solver.bounds import read_bounds
from sheetsim.solver.stored import Area, Cell, Stored, area, areas, cells_of


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
    def book(self) -> Book:
        """The workbook that is recalculated for each value of the objective."""
        return self.sheet.book

    @property
    def where(self) -> str:
        """The objective's cell with its sheet."""
        sheet, rect = self.objective
        return sheet.where(rect.top, rect.left)

    @property
    def task(self) -> str:
        """What is to be solved, in words."""
        parts = [str(rect) if sheet is self.sheet else f"{sheet.title}!{rect}" for sheet, rect in self.change]
        count = len(self.cells)
        changed = f"by changing {', '.join(parts)} ({count:,} cell{'' if count == 1 else 's'})"
        return f"{self.goal} {f'{self.target!r} in ' if self.goal == 'reach' else ''}{self.where} {changed}"

    @property
    def cells(self) -> list[Cell]:
        """The cells to change one by one, in the order of the bounds and of the vectors of a search."""
        return cells_of(self.change)

    def loss(self, value: float) -> tuple[float, float]:
        """What is to become small where the objective has this value, and its slope by the objective."""
        if self.goal == "reach":
            miss = value - self.target
            return miss * miss, 2 * miss  # a power would raise OverflowError where this is infinite
        sign = -1.0 if self.goal == "maximise" else 1.0
        return sign * value, sign


def read_model(sheet: Sheet, cells: str | None = None, goal: str | None = None, objective: str | None = None) -> Model:
    """The model stored on a sheet; ``cells`` in place of its cells to change (then its constraints do not count),
    ``objective`` and ``goal`` in place of its own. Raises InputError for a model that cannot be solved here.

    >>> from sheetsim import library
    >>> model = read_model(library.build("collab_filter")["dotprod"])
    >>> model.where, model.goal, len(model.cells)
    ('dotprod!V41', 'minimise', 150)
    """
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


def _no_model(sheet: Sheet) -> str:
    others = [other.title for other in sheet.book.sheets if Stored(other).is_whole()]
    have = f"the sheets with one are {', '.join(others)}" if others else "nor has any other sheet"
    return (
        f"{sheet.book.name}!{sheet.title} has no Solver model ({have}); or name the cells to change "
        "with --cells and the objective with --minimise or --maximise"
    )


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
