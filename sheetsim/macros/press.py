"""Buttons as data: what a macro does, in steps that can be read, run and (one day) turned into formulas.

While a macro runs, calculation is manual: a step sees the values last calculated, and only ``Recalculate`` makes new
ones. Cells are given by name (``"lr"``) or address (``"D2"``, ``"C4:D4"``) in the button's own sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Error, Ref
from sheetsim.model.sheet import Sheet, Workbook


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


def cells_of(sheet: Sheet, target: str) -> Rect:
    """The cells that a name or an address means in a sheet. Raises NotFound."""
    found = sheet.book.find_name(target, sheet.title)
    if found is None:
        try:
            return parse_rect(sheet.aliases.get(target.casefold(), target))
        except InputError:
            names = [n.name for n in sheet.book.names.values() if n.sheet == sheet.title and not n.hidden]
            have = f"; it has {', '.join(sorted({*names, *sheet.aliases}))}" if names or sheet.aliases else ""
            raise NotFound(f"{sheet.title} has no name or cell {target!r}{have}") from None
    tree = Formula.read("=" + found.text, 0, 0).tree
    rect = tree.rect(0, 0) if isinstance(tree, Ref) else None
    if rect is None or isinstance(tree, Error):
        raise InputError(f"{sheet.title}: the name {target} stands for {found.text}, which is no range of cells")
    home = tree.sheet if isinstance(tree, Ref) else None
    if home is not None and sheet.book[home] is not sheet:
        raise InputError(f"{sheet.title}: the name {target} stands for cells of another sheet, {found.text}")
    return rect


def press(
    book: Workbook,
    sheet: str,
    button: str,
    times: int | None = None,
    each: Callable[[int], None] | None = None,
) -> None:
    """Presses a button. ``times`` replaces how often its steps are done; ``each`` is called after each time with its
    number, from 1. Raises NotFound for a sheet or button that is not there.

    The workbook is calculated first, as an open one always is.
    """
    own = book[sheet]
    macro = own.buttons.get(button.casefold())
    if macro is None:
        raise NotFound(f"{book.name}!{own.title} has no button {button!r}; {_buttons(own)}")
    if times is not None and times < 1:
        raise InputError(f"a button's steps can be done once or more often, not {times} times")
    book.recalculate()
    for turn in range(macro.times if times is None else times):
        do(own, macro.steps)
        if each:
            each(turn + 1)


def _buttons(sheet: Sheet) -> str:
    """Which buttons there are: in the sheet, or else in the others."""
    if sheet.buttons:
        return f"it has {', '.join(sheet.buttons)}"
    others = [other.title for other in sheet.book.sheets if other.buttons]
    if others:
        return f"the sheets with buttons are {', '.join(others)}"
    if sheet.book.source is not None:
        return "the macros of a file are not run, only those of the workbooks that sheetsim knows by name"
    return f"no sheet of {sheet.book.name} has any"


def do(sheet: Sheet, steps: tuple[Step, ...]) -> None:
    """Does the steps in a sheet."""
    for step in steps:
        if isinstance(step, Recalculate):
            sheet.book.recalculate()
        elif isinstance(step, If):
            if _formula_value(sheet, step.condition) is True:
                do(sheet, step.steps)
        else:
            _change(sheet, step)


def _change(sheet: Sheet, step: Copy | Set | Clear | Append) -> None:
    target = cells_of(sheet, step.target)
    if isinstance(step, Copy):
        _put(sheet, target, _values(sheet, cells_of(sheet, step.source), target))
    elif isinstance(step, Append):
        _append(sheet, cells_of(sheet, step.source), target)
    else:
        value = None if isinstance(step, Clear) else step.value
        if isinstance(value, str) and value.startswith("="):
            value = _formula_value(sheet, value)
        _put(sheet, target, np.full((target.rows, target.columns), value, dtype=object))


def _values(sheet: Sheet, source: Rect, target: Rect) -> np.ndarray:
    if (source.rows, source.columns) != (target.rows, target.columns):
        raise InputError(f"{sheet.title}: {source} cannot be copied to {target}, which has another shape")
    rows = range(source.top, source.bottom + 1)
    return np.array([[sheet.value(r, c) for c in range(source.left, source.right + 1)] for r in rows], dtype=object)


def _put(sheet: Sheet, target: Rect, values: np.ndarray) -> None:
    for (r, c), value in np.ndenumerate(values):
        sheet.put(target.top + r, target.left + c, value)


def _append(sheet: Sheet, source: Rect, target: Rect) -> None:
    row = target.top
    while sheet.value(row, target.left) is not None:
        row += 1
    sheet.put(row, target.left, sheet.value(source.top, source.left))


def _formula_value(sheet: Sheet, text: str) -> Any:
    from sheetsim.engine.numpy_engine import evaluate

    return evaluate(sheet.book, sheet.title, text)
