"""What the command line shows: tables that fit the terminal, and a progress bar when work takes long."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sheetsim.support.plain import plain
from sheetsim.support.plain_tables import EDGES, GAP, lines, widths

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.status import Status

PATIENCE = 1.0  # seconds of silence before the bar appears
ENDLESS = 1000  # columns: a pipe or a file has no width to fit into
LONGEST = 60  # characters that are shown of a text from a sheet
FORCING = ("FORCE_COLOR", "TTY_COMPATIBLE")  # by these Rich takes a pipe for a terminal
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
    least, most = widths(names, grid, right)
    narrow = sys.stdout.isatty() or "COLUMNS" in os.environ
    room = (shutil.get_terminal_size().columns if narrow else ENDLESS) - EDGES
    if looks or sum(most) + GAP * (len(most) - 1) > room or not _plainly(title):
        from sheetsim.support.rich_tables import draw  # Rich takes a while to import

        draw(plain(title), names, grid, right, looks, (least, most), None if narrow else ENDLESS)
        return
    if title:
        print(plain(title))
    print("\n".join(lines(names, grid, right, most)))


def _plainly(title: str) -> bool:
    """Whether nothing is asked for that needs Rich: a title in bold, other signs than those of Unicode."""
    bold = bool(title) and (sys.stdout.isatty() or any(word in os.environ for word in FORCING))
    return not bold and (sys.stdout.encoding or "").lower().startswith("utf")


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
    bar: Progress | None = None
    task, done, started = None, 0, time.monotonic()

    def advance(count: int) -> None:
        nonlocal bar, task, done
        done += count
        if bar is None and time.monotonic() - started > PATIENCE and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
    line: Status | None = None
    started = time.monotonic()

    def show(now: str) -> None:
        nonlocal line
        if line is None and time.monotonic() - started > PATIENCE and sys.stderr.isatty():
            from rich.console import Console
            from rich.status import Status

            line = Status("", console=Console(stderr=True, markup=False, emoji=False))
            line.start()
        if line is not None:
            line.update(f"{plain(what)} {plain(now)}")

    try:
        yield show
    finally:
        if line is not None:
            line.stop()
