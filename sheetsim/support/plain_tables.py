"""Tables that fit as they are: how wide their columns are, and their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

WRAPPED = 24  # characters: a column of texts may be made so narrow
GAP = 2  # between two columns
EDGES = 2  # left and right of all columns
_NUMBERS = re.compile(r"(?<!\S)[^\w\s]*[0-9][0-9eE.,:;%()\[\]{}+-]*(?!\S)")  # with what stands right beside them


def widths(names: list[str], grid: list[list[str]], right: set[str]) -> tuple[list[int], list[int]]:
    """How wide each column must be at least, and how wide it is at most."""
    least, most = [], []
    for k, name in enumerate(names):
        cells = [row[k] for row in grid]
        whole = max(map(cell_len, [name, *cells]))
        numbers = max([0, *(len(word) for cell in cells for word in _NUMBERS.findall(cell))])
        least.append(whole if name in right else max(numbers, min(whole, WRAPPED)))
        most.append(whole)
    return least, most


def lines(names: list[str], grid: list[list[str]], right: set[str], widths: list[int]) -> Iterator[str]:
    """A table that fits as it is, line by line, as Rich would draw it.

    >>> for line in lines(["a", "b"], [["x", "1"], ["y", "22"]], {"b"}, [1, 2]): print(line.rstrip() or "(empty)")
    (empty)
     a   b
     ─────
     x   1
     y  22
    (empty)
    """
    empty = " " * (sum(widths) + GAP * (len(widths) - 1) + EDGES)
    yield empty
    for number, row in enumerate([names, *grid]):
        cells = []
        for name, cell, width in zip(names, row, widths, strict=True):
            space = " " * (width - cell_len(cell))
            cells.append(space + cell if name in right else cell + space)
        yield f" {(' ' * GAP).join(cells)} "
        if number == 0:
            yield f" {'─' * (len(empty) - EDGES)} "
    yield empty
