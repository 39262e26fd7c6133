"""Optimizers side by side: every sheet that has a Run button, from its Reset, on the same points.

The epochs are those of ``unrolling.py``, the numbers those of the sheet ``compare`` (``compare_sheet.py``), so that
each can be looked up in a workbook. Epoch 0 is the start: what a sheet shows after Reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import TYPE_CHECKING

from sheetsim.errors import InputError, NotFound
from sheetsim.macros.running import prepare
from sheetsim.macros.settings import free_cells, number
from sheetsim.macros.unrolling import unroll
from sheetsim.model.sheet import Book, Sheet
from sheetsim.study.comparison.compare_sheet import add_comparison
from sheetsim.study.comparison.places import COMPARED, layout_of, optimizers

if TYPE_CHECKING:
    from sheetsim.study.comparison.frame import Comparison

MOST = 2_000  # epochs: with the lecture's points they take 2.6 GB


def compare(
    book: Book,
    epochs: int = 20,
    settings: Mapping[str, float] | None = None,
    updated: bool = False,
) -> Comparison:
    """Every optimizer's b, a and error, epoch by epoch: a line for each optimizer and epoch. The error is the root mean
    square error of that line's b and a on all points.

    The workbook is unrolled and gets a sheet ``compare``. ``settings`` come after Reset: ``lr`` is for every sheet that
    has the name, ``adam.lr`` for one. ``updated``: an epoch starts from the weights that the one before worked out, not
    from those that Run carries over.
    What is no number (``#NUM!``, where a learning rate is too large) is NaN. Raises InputError for epochs that cannot
    be, NotFound for a setting that is not there; the workbook is then as it was.

    >>> from sheetsim.library import build
    >>> frame = compare(build("graddesc"), epochs=2, settings={"adam.lr": 0.5})
    >>> frame[frame.optimizer == "adam"].round(4)
       optimizer  epoch       b       a    error
    9       adam      0  1.0000  1.0000  76.1353
    10      adam      1  4.3396  2.0682  22.8659
    11      adam      2  7.6540  2.0205  21.4909
    """
    refuse_epochs(epochs)
    start(book, settings or {})
    unroll(book, epochs, updated, calculate=False)  # the comparison does
    return histories(add_comparison(book))


def refuse_epochs(epochs: int) -> None:
    """Raises InputError for a number of epochs that cannot be compared."""
    if not 1 <= epochs <= MOST:
        raise InputError(f"{epochs:,} epochs: from 1 to {MOST:,} can be compared")


# --- before the epochs ------------------------------------------------------------------------------------------------
def start(book: Book, settings: Mapping[str, float]) -> None:
    """Presses every optimizer's Reset, and puts the settings into their cells; what can be wrong with those is found
    before that. A setting for one sheet counts more than one for all."""
    general_first = sorted(settings.items(), key=lambda item: _sheet_named(item[0]) is not None)
    found: dict[str, list[tuple[str, float]]] = {sheet.title: [] for sheet in optimizers(book)}
    for name, value in general_first:
        for sheet, own_name in _meant(book, name):
            free_cells(sheet, own_name)
            found[sheet.title].append((own_name, number(name, value)))
    for title, own in found.items():
        prepare(book[title], own)


def _sheet_named(name: str) -> str | None:
    """``adam`` in ``adam.lr`` and ``adam!lr``."""
    sheet, mark, _ = name.replace("!", ".").partition(".")
    return sheet.strip() if mark else None


def _meant(book: Book, name: str) -> list[tuple[Sheet, str]]:
    """The sheets that a setting is for, and what it is called there. Raises NotFound."""
    sheets = optimizers(book)
    title = _sheet_named(name)
    if title is not None:
        one = [sheet for sheet in sheets if sheet.title.casefold() == title.casefold()]
        if not one:
            there = ", ".join(sheet.title for sheet in sheets)
            raise NotFound(f"{name}: there is no optimizer {title!r}; there are {there}")
        return [(one[0], name[len(title) + 1 :].strip())]
    found = [(sheet, name) for sheet in sheets if name.casefold() in map(str.casefold, _words(sheet))]
    if not found:
        words = sorted(set().union(*(_words(sheet) for sheet in sheets)))
        raise NotFound(
            f"{name}: no optimizer's sheet has that name; there are {', '.join(words)}, or adam.J1 for a cell"
        )
    return found


def _words(sheet: Sheet) -> set[str]:
    """What the cells are called, of a sheet or of the workbook, that hold a number of their own."""
    found = set()
    names = (each.name for each in sheet.book.names.values() if each.sheet in (None, sheet.title))
    for word in [*sheet.aliases, *names]:
        try:
            where, first = free_cells(sheet, word)
        except InputError:  # a formula stands there, or the lecture deleted its cells
            continue
        if isinstance(where.value(first.top, first.left), float):
            found.add(word)
    return found


# --- after them -------------------------------------------------------------------------------------------------------
def histories(compared: Sheet) -> Comparison:
    """The table of a sheet ``compare``, the optimizers' columns under one another."""
    from sheetsim.study.comparison.frame import Comparison  # here: pandas is imported by it

    sheets, place = optimizers(compared.book), layout_of(compared.book)
    lines = []
    for at, sheet in enumerate(sheets):
        columns = {what: compared[place.down(place.column(what, at))] for what in COMPARED}
        for epoch in range(place.epochs + 1):
            shown = {what: column[epoch][0] for what, column in columns.items()}
            numbers = {what: value if isinstance(value, float) else nan for what, value in shown.items()}
            lines.append({"optimizer": sheet.title, "epoch": epoch, **numbers})
    return Comparison(lines, columns=["optimizer", "epoch", "b", "a", "error"])


def goal(compared: Sheet) -> dict[str, float]:
    """Where b and a of a sheet ``compare`` are to go, if its points say so."""
    row = layout_of(compared.book).goal
    found = {name: compared[f"{column}{row}"] for name, column in {"b": "D", "a": "F"}.items()}
    return {name: value for name, value in found.items() if isinstance(value, float)}
