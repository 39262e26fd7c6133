"""``--set`` and ``--watch``: what becomes of some cells if others are changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsim.cli.files import recalculate, say
from sheetsim.errors import InputError
from sheetsim.study.self_check.building import still_to_calculate
from sheetsim.support.terminal import shown

if TYPE_CHECKING:
    from sheetsim.model.sheet import Sheet
    from sheetsim.workbook import Workbook

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="CELL=VALUE", help="A value for a cell or a name: B1=2, rate=5%, 'Sheet1!C3=TRUE', B4=text."
    ),
]
Watch = Annotated[
    list[str] | None,
    typer.Option("--watch", metavar="CELL", help="A cell, a range or a name to print before and after."),
]
MOST = 1_000  # cells that are printed
HEADINGS = ["cell", "formula", "before", "after", "change"]


@dataclass(frozen=True)
class Spot:
    """A cell that is shown."""

    sheet: Sheet
    row: int
    column: int

    @property
    def value(self) -> Any:
        """What it holds now."""
        return self.sheet.value(self.row, self.column)

    @property
    def where(self) -> str:
        """Sheet and address."""
        return self.sheet.where(self.row, self.column)


class WhatIf:
    """The settings, and the cells that are watched. Raises InputError for what is not there or cannot be set, before
    anything is changed."""

    def __init__(self, book: Workbook, settings: Iterable[str], watch: Iterable[str]):
        from sheetsim.macros.settings import cells_meant, free, typed_setting

        typed = [typed_setting(text) for text in settings]
        self.book = book
        self.targets = [(free(f"--set {name}", *cells_meant(book, name)), value) for name, value in typed]
        self.set = _spots((place for place, _ in self.targets), "--set", limited=False)
        self.watched = _spots((cells_meant(book, name) for name in watch), "--watch")
        self.before: list[Any] = []
        for (sheet, rect), _ in self.targets:
            sheet.reserve(rect.bottom + 1, rect.right + 1)

    def put(self) -> None:
        """Puts the settings into their cells; what the cells hold until then is what stands as before."""
        self.before = [spot.value for spot in self._shown()]
        for (sheet, rect), value in self.targets:
            for row, column in rect.cells():
                sheet.put(row, column, value)

    def calculate(self, strict: bool = False) -> None:
        """Computes the workbook as it is, so that what was before is known, and again with the settings. Cells that are
        random differ only where the settings make them."""
        with still_to_calculate(self.book):
            if self.targets:
                drawn = self.book.random.bit_generator.state
                recalculate(self.book, strict)
                self.book.random.bit_generator.state = drawn
            self.put()
            recalculate(self.book, strict)

    def print(self) -> None:
        """The table of what was and what is: the cells that were set, and those that are watched."""
        from sheetsim.support import terminal

        rows = []
        for spot, before in zip(self._shown(), self.before, strict=True):
            formula = spot.sheet.formula_text(spot.row, spot.column)
            after = spot.value
            sides = ["blank" if side is None else terminal.cut(terminal.shown(side)) for side in (before, after)]
            how = terminal.cut(formula) if formula else "set" if spot in self.set else "an input"
            rows.append([spot.where, how, *sides, change(before, after)])
        terminal.table("", HEADINGS, rows, HEADINGS[2:])

    def _shown(self) -> list[Spot]:
        return list(dict.fromkeys([*self.set[:MOST], *self.watched]))


def calculate_with(book: Workbook, settings: Iterable[str] | None, quiet: bool = False) -> None:
    """Computes a workbook with ``--set``'s settings in their cells, and says which, unless ``quiet``; without any it
    stays as it is."""
    if settings:
        what_if = WhatIf(book, settings, [])
        what_if.calculate()
        for (sheet, rect), value in [] if quiet else what_if.targets:
            say(f"with {sheet.title}!{rect} = {shown(value)}")


def _spots(places: Iterable[tuple[Sheet, Any]], option: str, limited: bool = True) -> list[Spot]:
    found: list[Spot] = []
    for sheet, rect in places:
        if limited and len(found) + rect.size > MOST:
            raise InputError(f"{option} {sheet.title}!{rect}: at most {MOST:,} cells can be printed")
        found += [Spot(sheet, *cell) for cell in islice(rect.cells(), MOST)]
    return found


def change(before: Any, after: Any) -> str:
    """How much more a number is than before, in six digits.

    >>> change(2.0, 5.0), change(0.3, 0.1), change("a", "b"), change(1.0, 1.0)
    ('+3', '-0.2', 'other', '')
    """
    if type(before) is type(after) and before == after:
        return ""
    numbers = type(before) is type(after) is float
    return f"{after - before:+.6g}" if numbers else "other"
