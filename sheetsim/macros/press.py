"""Pressing a button: its steps are done one after the other, as the macro would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

from sheetsim.engine.numpy_engine import evaluate, recalculate
from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect
from sheetsim.model.buttons import Append, Clear, Copy, If, Recalculate, Set, Step
from sheetsim.model.named_cells import cells_of, copied_cells
from sheetsim.model.sheet import Book, Sheet


def press(
    book: Book,
    sheet: str,
    button: str,
    times: int | None = None,
    each: Callable[[int], None] | None = None,
) -> None:
    """Presses a button. ``times`` replaces how often its steps are done; ``each`` is called after each time with its
    number, from 1. Raises NotFound for a sheet or button that is not there.

    The workbook is calculated first, as an open one always is.
    """
    own = book.sheet(sheet)
    macro = own.buttons.get(button.casefold())
    if macro is None:
        raise NotFound(f"{book.name}!{own.title} has no button {button!r}; {_buttons(own)}")
    if times is not None and times < 1:
        raise InputError(f"a button's steps can be done once or more often, not {times} times")
    recalculate(book)
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
            recalculate(sheet.book)
        elif isinstance(step, If):
            if evaluate(sheet.book, sheet.title, step.condition) is True:
                do(sheet, step.steps)
        else:
            _change(sheet, step)


def _change(sheet: Sheet, step: Copy | Set | Clear | Append) -> None:
    """Puts into the cells of a step what it says, all of which is looked up before the first of them changes."""
    values: Iterable[Any]
    if isinstance(step, Copy):
        source, target = copied_cells(sheet, step)
        values = [sheet.value(*cell) for cell in source.cells()]
    elif isinstance(step, Append):
        first, source = cells_of(sheet, step.target), cells_of(sheet, step.source)
        row = sheet.empty_row(first.top, first.left)
        target, values = Rect(row, first.left, row, first.left), [sheet.value(source.top, source.left)]
    else:
        value = None if isinstance(step, Clear) else step.value
        if isinstance(value, str) and value.startswith("="):
            value = evaluate(sheet.book, sheet.title, value)
        target, values = cells_of(sheet, step.target), repeat(value)
    for cell, each in zip(target.cells(), values, strict=False):
        sheet.put(*cell, each)
