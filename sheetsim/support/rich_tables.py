"""Tables as Rich draws them: with looks, broken into parts where the terminal is too narrow for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sheetsim.support.plain_tables import EDGES, GAP


def draw(
    title: str,
    names: list[str],
    grid: list[list[str]],
    right: set[str],
    looks: Sequence[Sequence[str]] | None,
    widths: tuple[list[int], list[int]],
    width: int | None,
) -> None:
    """Prints a table; ``widths`` are how wide each column must be at least, and how wide it is at most; ``width`` is
    that of the terminal, None: to be asked."""
    console, (least, most) = _Pipeable(width=width, highlight=False, markup=False, emoji=False), widths
    if title:
        console.print(title, style="bold", soft_wrap=True)
    room = console.width - EDGES
    if max([least[0], *(least[0] + GAP + width for width in least[1:])]) > room:
        _stack(console, names, grid)
        return
    for columns in _parts(least, room):
        part = Table(header_style="", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        given = _shared([least[k] for k in columns], [most[k] for k in columns], room)
        for k, wide in zip(columns, given, strict=True):
            part.add_column(names[k], justify="right" if names[k] in right else "left", overflow="fold", width=wide)
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
