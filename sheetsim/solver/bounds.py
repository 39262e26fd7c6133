"""The constraints of a Solver model, as far as they are bounds on the cells to change."""

from __future__ import annotations

import numpy as np

from sheetsim.errors import InputError
from sheetsim.solver.stored import Cell, Stored, area, cells_of, finite

RELATIONS = {1: "<=", 2: "=", 3: ">="}
OTHERS = {4: "an integer", 5: "0 or 1", 6: "different from one another"}


def read_bounds(stored: Stored, cells: list[Cell], constrained: bool) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper bounds of the cells to change, each of shape (cells,); none if not ``constrained``.

    Raises InputError for any other constraint, and for bounds that leave no room.
    """
    lower, upper = np.full(len(cells), -np.inf), np.full(len(cells), np.inf)
    if not constrained:
        return lower, upper
    places = {cell: k for k, cell in enumerate(cells)}
    for number in range(1, int(stored.number("num", 0)) + 1):
        relation, bounded, values = _constraint(stored, number, places)
        if relation in ("<=", "="):
            upper[bounded] = np.minimum(upper[bounded], values)
        if relation in (">=", "="):
            lower[bounded] = np.maximum(lower[bounded], values)
    if stored.number("neg", 2) == 1:
        lower[np.isneginf(lower)] = 0.0
    for k in np.flatnonzero(lower > upper).tolist():
        sheet, row, column = cells[k]
        raise InputError(f"{sheet.where(row, column)} is to lie between {lower[k]} and {upper[k]}: nothing does")
    return lower, upper


def _constraint(stored: Stored, number: int, places: dict[Cell, int]) -> tuple[str, list[int], np.ndarray]:
    """(relation, the numbers of the cells it bounds, the bounds)."""
    left, right = stored.text(f"lhs{number}"), stored.text(f"rhs{number}")
    code = int(stored.number(f"rel{number}", 0))
    said = f"{stored.sheet.title}: the constraint {left} {RELATIONS.get(code, 'is')} {OTHERS.get(code, right)}"
    if code not in RELATIONS:
        raise InputError(f"{said} cannot be kept: only bounds are")
    bounded = cells_of([area(stored.sheet, left)])
    if any(cell not in places for cell in bounded):
        raise InputError(f"{said} cannot be kept: it is not on the cells to change")
    return RELATIONS[code], [places[cell] for cell in bounded], _values(stored, right, len(bounded), places, said)


def _values(stored: Stored, text: str, count: int, places: dict[Cell, int], said: str) -> np.ndarray:
    """What stands on the right: a number, a cell that holds one, or a cell for each on the left."""
    if (number := finite(text)) is not None:
        return np.full(count, number)
    cells = cells_of([area(stored.sheet, text)])
    for sheet, row, column in cells:
        fixed = sheet.formula_text(row, column) is None and (sheet, row, column) not in places
        if not fixed or not isinstance(sheet.value(row, column), float):
            raise InputError(f"{said} cannot be kept: {sheet.where(row, column)} holds no plain number")
    if len(cells) not in (1, count):
        raise InputError(f"{said} cannot be kept: {count} cells on the left, {len(cells)} on the right")
    return np.broadcast_to([sheet.value(row, column) for sheet, row, column in cells], count)
