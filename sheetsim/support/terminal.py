"""What the command line shows: tables that fit the terminal, and a progress bar when work takes long."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sheetsim.support.plain import plain

PATIENCE = 1.0  # seconds of silence before the bar appears
ENDLESS = 1000  # columns: a pipe or a file has no width to fit into
LONGEST = 60  # characters that are shown of a text from a sheet
WRAPPED = 24  # characters: a column of texts may be made so narrow
GAP = 2  # between two columns
EDGES = 2  # left and right of all columns
_NUMBERS = re.compile(r"(?<!\S)[^\w\s]*[0-9][0-9eE.,:;%()\[\]{}+-]*(?!\S)")  # with what stands right beside them
_LAST_NUMBER = re.compile(r"[-+]?[0-9][^\s()]*\Z")


def table(
    title: str,
    headings: Iterable[str],
    rows: Iterable[Iterable[Any]],
    numeric: Iterable[str] = (),
    looks: Sequence[Sequence[str]] | None = None,
) -> None:
    """Prints a table; the columns named in ``numeric`` are set to the right and never broken, nor is a number anywhere.
    ``looks`` are the cells' looks, as Rich calls them (``bold #7a3b00 on #fcd9b0``): on a terminal that shows colours.

    One that is too wide for the terminal comes in parts below one another, each with the first column; where not even
    two columns fit side by side, each cell stands in a line of its own.
    """
    names, right = [shown(heading) for heading in headings], {shown(heading) for heading in numeric}
    grid = [[shown(cell) for cell in row] for row in rows]
    console = _console()
    if title:
        console.print(plain(title), style="bold", soft_wrap=True)
    least, most = _widths(names, grid, right)
    room = console.width - EDGES
    if max([least[0], *(least[0] + GAP + width for width in least[1:])]) > room:
        _stack(console, names, grid)
        return
    for columns in _parts(least, room):
        part = Table(header_style="", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        given = _shared([least[k] for k in columns], [most[k] for k in columns], room)
        for k, width in zip(columns, given, strict=True):
            part.add_column(names[k], justify="right" if names[k] in right else "left", overflow="fold", width=width)
        for number, row in enumerate(grid):
            part.add_row(*(Text(row[k], looks[number][k] if looks else "") for k in columns))
        console.print(part)


def _stack(console: Console, names: list[str], grid: list[list[str]]) -> None:
    """The cells below one another, a paragraph for each row; lines that are too long are left to the terminal."""
    for row in grid:
        console.print()
        for name, cell in zip(names, row, strict=True):
            console.print(f"{name}: {cell}" if name else cell, soft_wrap=True)
    console.print()


class _Pipeable(Console):
    """A console whose reader may have seen enough: that is no error, and the command line ends with status 0."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _console() -> Console:
    narrow = sys.stdout.isatty() or "COLUMNS" in os.environ
    return _Pipeable(width=None if narrow else ENDLESS, highlight=False, markup=False, emoji=False)


def _widths(names: list[str], grid: list[list[str]], right: set[str]) -> tuple[list[int], list[int]]:
    """How wide each column must be at least, and how wide it is at most."""
    least, most = [], []
    for k, name in enumerate(names):
        cells = [row[k] for row in grid]
        whole = max(map(cell_len, [name, *cells]))
        numbers = max([0, *(len(word) for cell in cells for word in _NUMBERS.findall(cell))])
        least.append(whole if name in right else max(numbers, min(whole, WRAPPED)))
        most.append(whole)
    return least, most


def _shared(least: list[int], most: list[int], room: int) -> list[int]:
    """The widths of columns that fit side by side: what room is left goes to those that want more, the first first.

    >>> _shared([4, 20, 24], [4, 20, 60], 60)
    [4, 20, 32]
    """
    left = room - sum(least) - GAP * (len(least) - 1)
    widths = []
    for few, many in zip(least, most, strict=True):
        more = min(many - few, left)
        widths.append(few + more)
        left -= more
    return widths


def _parts(widths: list[int], room: int) -> Iterator[list[int]]:
    """Groups of columns that fit side by side, the first column in each.

    >>> list(_parts([4, 20, 20, 20], 50))
    [[0, 1, 2], [0, 3]]
    """
    part, used = [0], widths[0]
    for k, width in enumerate(widths[1:], 1):
        if used + GAP + width > room and len(part) > 1:
            yield part
            part, used = [0], widths[0]
        part.append(k)
        used += GAP + width
    yield part


def shown(cell: Any) -> str:
    """A value as it is printed: counts with separators, floats with all their digits, texts in one line.

    >>> shown(1234), shown(0.1 + 0.2), shown(True), shown("two\\nlines")
    ('1,234', '0.30000000000000004', 'TRUE', 'two lines')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int):
        return f"{cell:,}"
    return repr(cell) if isinstance(cell, float) else plain(str(cell))


def cut(text: str) -> str:
    """A text that may be very long, shortened; a number is left out whole, not cut in two.

    >>> cut("0.1 " * 14 + "0.12345")
    '0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 …'
    """
    if len(text) <= LONGEST:
        return text
    kept = text[: LONGEST - 1]
    last = _LAST_NUMBER.search(kept)
    return (kept[: last.start()] if last and last.start() and not text[LONGEST - 1].isspace() else kept) + "…"


def cut_end(text: str, longest: int) -> str:
    """A text in one line, cut where it is longer: of a formula the beginning is what tells it.

    >>> cut_end("=SUM(A1:A9)", 8)
    '=SUM(A1…'
    """
    text = plain(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


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


@contextmanager
def status(what: str) -> Iterator[Callable[[str], None]]:
    """Gives a function that shows how far a work without a known end has come, in one line on standard error that each
    call writes anew; it appears after a second, on a terminal only."""
    from rich.status import Status

    line: Status | None = None
    started = time.monotonic()

    def show(now: str) -> None:
        nonlocal line
        if line is None and time.monotonic() - started > PATIENCE and sys.stderr.isatty():
            line = Status("", console=Console(stderr=True, markup=False, emoji=False))
            line.start()
        if line is not None:
            line.update(f"{plain(what)} {plain(now)}")

    try:
        yield show
    finally:
        if line is not None:
            line.stop()
