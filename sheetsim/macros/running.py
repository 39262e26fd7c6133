"""A sheet's Reset and Run from outside: presses the buttons and keeps what each epoch came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheetsim.engine.numpy_engine import evaluate, recalculate
from sheetsim.errors import InputError
from sheetsim.macros.press import press
from sheetsim.macros.settings import free_cells, number
from sheetsim.model.address import MAX_ROWS, Rect
from sheetsim.model.named_cells import cells_of
from sheetsim.model.sheet import Book, Sheet
from sheetsim.outside import Drawn

if TYPE_CHECKING:
    import pandas as pd


MOST = MAX_ROWS - 2  # epochs: their table, with its headings and the start, must fit a sheet


@dataclass
class History(Drawn):
    """What a run came to: a line of ``table`` for the start (epoch 0) and for each epoch, and, if traced, the rows that
    the sheet showed at each of them: those of epoch 0 start from the weights that Reset left."""

    headings: list[str]
    table: list[list[Any]] = field(default_factory=list)
    rows: list[pd.DataFrame] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """The table as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.table, columns=self.headings)


def run(
    book: Book,
    sheet: str,
    epochs: int | None = None,
    settings: list[tuple[str, float]] | None = None,
    reset: bool = True,
    trace: bool = False,
    each: Callable[[int], None] | None = None,
) -> History:
    """Presses Reset (unless told not to), puts the settings into their cells, presses Run.

    ``epochs`` replaces the number of epochs of one press. Raises NotFound for a sheet, button or cell that is missing.
    """
    own = book.sheet(sheet)
    if epochs is not None and epochs > MOST:
        raise InputError(f"{book.name}!{own.title}: {epochs:,} epochs are too many; a run does {MOST:,} at most")
    if trace and "run" in own.buttons and not own.epoch_rows:
        raise InputError(f"{book.name}!{own.title} does not say which rows an epoch computes; it cannot be traced")
    prepare(own, settings or [], reset)
    history = History(["epoch", *own.watch])

    def note(epoch: int) -> None:
        history.table.append([epoch, *(evaluate(book, own.title, formula) for formula in own.watch.values())])
        if trace:
            history.rows.append(_rows(own))
        if each:
            each(epoch)

    recalculate(book)
    note(0)
    press(book, sheet, "run", times=epochs, each=note)
    return history


def prepare(sheet: Sheet, settings: Iterable[tuple[str, float]], reset: bool = True) -> None:
    """Presses Reset, and puts the settings into their cells; a setting that cannot be is found before that."""
    targets = [(free_cells(sheet, name), number(name, value)) for name, value in settings]
    if reset:
        press(sheet.book, sheet.title, "reset")
    for (where, rect), value in targets:
        for row, column in rect.cells():
            where.put(row, column, value)


def _rows(sheet: Sheet) -> pd.DataFrame:
    """The rows of the epoch just computed, with the row numbers of the sheet in front."""
    frame = sheet.frame(sheet.epoch_rows)
    rect = cells_of(sheet, sheet.epoch_rows)
    first = rect.top + 1  # the row below the headings
    given = [sheet.called(Rect(first, column, rect.bottom, column)) for column in range(rect.left, rect.right + 1)]
    frame.columns = [name or heading for name, heading in zip(given, frame.columns, strict=True)]
    frame.insert(0, "row", range(first + 1, first + 1 + len(frame)))
    return frame
