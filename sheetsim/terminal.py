"""What the command line shows: tables, a progress bar that appears only when work takes long, one-line errors."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

PATIENCE = 1.0  # seconds of silence before the bar appears

out = Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def table(title: str, headings: Iterable[str], rows: Iterable[Iterable[Any]], numeric: Iterable[str] = ()) -> None:
    """Prints a table; the columns named in ``numeric`` are set to the right."""
    right = set(numeric)
    grid = Table(title=title or None, title_justify="left", header_style="bold")
    for heading in headings:
        grid.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(shown(cell) for cell in row))
    if not sys.stdout.isatty():  # a pipe or a file has no width to fit into
        Console(width=200, highlight=False, markup=False).print(grid)
    else:
        out.print(grid)


def shown(cell: Any) -> str:
    """A cell of a table: counts with separators, floats with all their digits."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    from rich.markup import escape

    return f"{cell:,}" if isinstance(cell, int) else repr(cell) if isinstance(cell, float) else escape(str(cell))


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Gives a function to be told of each advance; a bar appears on standard error after a second of work."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar: Progress | None = None
    task, done, started = None, 0, time.monotonic()

    def advance(count: int) -> None:
        nonlocal bar, task, done
        done += count
        if bar is None and time.monotonic() - started > PATIENCE and sys.stderr.isatty():
            columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
            bar = Progress(*columns, console=Console(stderr=True), transient=True)
            bar.start()
            task = bar.add_task(what, total=total)
        if bar is not None and task is not None:
            bar.update(task, completed=done)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()
