"""Optimizers side by side: every sheet that has a Run button, from its Reset, on the same points.

The epochs are those of ``unrolling.py``, so that every number can be looked up in a workbook. Epoch 0 is the start:
what a sheet shows after Reset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from sheetsim.epoch_places import HEADINGS
from sheetsim.errors import InputError, NotFound
from sheetsim.macros import cells_of
from sheetsim.running import free_cells, prepare
from sheetsim.sheet import Sheet, Workbook
from sheetsim.unrolling import unroll

if TYPE_CHECKING:
    import pandas as pd

WATCHED = {"error": "rms error", "b": "b", "a": "a"}  # what is compared, and what the sheets call it
GOAL = "goal "  # what their tables call that which b and a are to reach: this and the name
MOST = 2_000  # epochs: with the lecture's points they take 2.6 GB
Points = Sequence[Sequence[float]]


def compare(
    what: Workbook | Points | None = None,
    epochs: int = 20,
    settings: Mapping[str, float] | None = None,
    updated: bool = False,
) -> pd.DataFrame:
    """Every optimizer's b, a and root mean square error, epoch by epoch: a line for each optimizer and epoch.

    ``what`` is the workbook, which is unrolled, or points for graddesc in place of the lecture's. ``settings`` come
    after Reset: ``lr`` is for every sheet that has the name, ``adam.lr`` for one. ``updated``: an epoch starts from the
    weights that the one before worked out, not from those that Run carries over. What is no number (``#NUM!``, where a
    learning rate is too large) is NaN. Raises InputError for epochs that cannot be, NotFound for a setting that is not
    there; the workbook is then as it was.

    >>> frame = compare(epochs=2, settings={"adam.lr": 0.5})
    >>> frame[frame.optimizer == "adam"].round(4)
       optimizer  epoch       b       a    error
    9       adam      0  1.0000  1.0000  44.1712
    10      adam      1  4.3396  2.0682  24.1833
    11      adam      2  7.6540  2.0205  13.6915
    """
    from sheetsim.registry import build

    refuse_epochs(epochs)
    book = what if isinstance(what, Workbook) else build("graddesc", **({} if what is None else {"points": what}))
    start(book, settings or {})
    unroll(book, epochs + 1, updated)
    return histories(book)


def refuse_epochs(epochs: int) -> None:
    """Raises InputError for a number of epochs that cannot be compared."""
    if not 1 <= epochs <= MOST:
        raise InputError(f"{epochs:,} epochs: from 1 to {MOST:,} can be compared")


# --- before the epochs ------------------------------------------------------------------------------------------------
def optimizers(book: Workbook) -> list[Sheet]:
    """The sheets to be compared: those that watch what is compared and know where it is to go."""
    found = [sheet for sheet in book.sheets if {*WATCHED.values()} <= {*sheet.watch} and {"b", "a"} <= {*sheet.goals}]
    if not found:
        raise InputError(f"{book.name} has no optimizers to compare; graddesc has")
    return found


def start(book: Workbook, settings: Mapping[str, float]) -> None:
    """Presses every optimizer's Reset, and puts the settings into their cells; what can be wrong with those is found
    before that. A setting for one sheet counts more than one for all."""
    general_first = sorted(settings.items(), key=lambda item: _sheet_named(item[0]) is not None)
    found: dict[str, list[tuple[str, float]]] = {sheet.title: [] for sheet in optimizers(book)}
    for name, value in general_first:
        for sheet, own_name in _meant(book, name):
            free_cells(sheet, own_name)
            found[sheet.title].append((own_name, value))
    for title, own in found.items():
        prepare(book[title], own)


def _sheet_named(name: str) -> str | None:
    """``adam`` in ``adam.lr`` and ``adam!lr``."""
    sheet, mark, _ = name.replace("!", ".").partition(".")
    return sheet.strip() if mark else None


def _meant(book: Workbook, name: str) -> list[tuple[Sheet, str]]:
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
    """What the cells of a sheet are called that hold a number of their own."""
    found = set()
    for word in [*sheet.aliases, *(each.name for each in sheet.book.names.values() if each.sheet == sheet.title)]:
        try:
            first = free_cells(sheet, word)
        except InputError:  # a formula stands there, or the lecture deleted its cells
            continue
        if isinstance(sheet.value(first.top, first.left), float):
            found.add(word)
    return found


# --- after them -------------------------------------------------------------------------------------------------------
class EpochTable(NamedTuple):
    """Where an unrolled sheet lists its epochs: the rows of the list, and the column of each heading."""

    first: int
    last: int
    columns: dict[str, int]


def epoch_table(sheet: Sheet) -> EpochTable:
    """The table that ``unroll`` put beside the epochs; its switch, ``updated``, stands above its second column."""
    left, first = cells_of(sheet, "updated").left - 1, HEADINGS + 1
    headings = {str(sheet.value(HEADINGS, column)): column for column in range(left, sheet.columns)}
    last = first
    while isinstance(sheet.value(last + 1, left), float):
        last += 1
    return EpochTable(first, last, headings)


def histories(book: Workbook) -> pd.DataFrame:
    """The tables of an unrolled workbook's optimizers under one another."""
    import pandas as pd

    lines = []
    for sheet in optimizers(book):
        table = epoch_table(sheet)
        for epoch, row in enumerate(range(table.first, table.last + 1)):
            shown = {short: sheet.value(row, table.columns[label]) for short, label in WATCHED.items()}
            numbers = {short: value if isinstance(value, float) else nan for short, value in shown.items()}
            lines.append({"optimizer": sheet.title, "epoch": epoch, **numbers})
    return pd.DataFrame(lines, columns=["optimizer", "epoch", "b", "a", "error"])


def goal(book: Workbook) -> dict[str, float]:
    """Where b and a of an unrolled workbook are to go, by the first optimizer's points, if they say so."""
    sheet = optimizers(book)[0]
    table = epoch_table(sheet)
    found = {name: sheet.value(table.first, table.columns[GOAL + name]) for name in ("b", "a")}
    return {name: value for name, value in found.items() if isinstance(value, float)}
