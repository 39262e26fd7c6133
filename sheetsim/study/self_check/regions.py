"""What a self-check compares: regions of computed cells, and single cells that are known to differ elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.functions import row_of
from sheetsim.model.address import Rect, around
from sheetsim.model.nodes import Call, Ref, walk
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, NUMBER
from sheetsim.study.explanation.headings import heading

MOST = 40  # regions of one sheet that are listed; of a sheet with more, the columns that stand side by side are one
BLANK_PAIR = "LibreOffice takes a blank as 0 in {}, where Excel leaves the pair out"


class Region(NamedTuple):
    """Computed cells of one sheet, and what their headings call them."""

    sheet: Sheet
    rect: Rect
    headings: tuple[str, ...]


class Known(NamedTuple):
    """A cell that another program is known to compute differently."""

    sheet: Sheet
    row: int
    column: int
    reason: str


def regions_of(sheet: Sheet, compared: np.ndarray) -> list[Region]:
    """The regions of a sheet: the engine's blocks, those side by side in the same rows taken as one.

    >>> from sheetsim.library import build
    >>> momentum = build("graddesc")["momentum"]
    >>> [str(region.rect) for region in regions_of(momentum, momentum.computed())]
    ['K1', 'J3:K3', 'C4:D4', 'E4:L32', 'C5:D32', 'L33']
    """
    plan: Plan = plan_of(sheet.book)
    blocks = [block.cells for block in plan.blocks if block.sheet is sheet and compared[block.cells.slices].any()]
    found: list[list[Rect]] = []
    for cells in sorted(blocks, key=lambda cells: (cells.top, cells.bottom, cells.left)):
        last = found[-1][-1] if found else cells
        if found and (last.top, last.bottom, last.right + 1) == (cells.top, cells.bottom, cells.left):
            found[-1].append(cells)
        else:
            found.append([cells])
    if found and (len(found) > MOST or sheet.companion):
        return list(_side_by_side(sheet, compared))
    regions = [Region(sheet, around(group), _headings(sheet, group)) for group in found]
    return sorted(regions, key=lambda region: (region.rect.top, region.rect.left))


def _side_by_side(sheet: Sheet, compared: np.ndarray) -> Iterator[Region]:
    """A region for each run of columns that stand side by side: the epochs of an unrolled sheet, and their table."""
    used = np.flatnonzero(compared.any(axis=0))
    for columns in np.split(used, np.flatnonzero(np.diff(used) > 1) + 1) if len(used) else ():
        rows = np.flatnonzero(compared[:, columns].any(axis=1))
        rect = Rect(int(rows[0]), int(columns[0]), int(rows[-1]), int(columns[-1]))
        firsts = [Rect(row := int(compared[:, column].argmax()), column, row, column) for column in columns.tolist()]
        yield Region(sheet, rect, _headings(sheet, firsts))


def _headings(sheet: Sheet, blocks: Iterable[Rect]) -> tuple[str, ...]:
    """What a person calls the columns of some blocks; of a wide block its first and last column are enough."""
    columns = [
        Rect(cells.top, column, cells.bottom, column)
        for cells in blocks
        for column in (range(cells.left, cells.right + 1) if cells.columns < 4 else (cells.left, cells.right))
    ]
    found = dict.fromkeys(filter(None, (heading(sheet, column) for column in columns)))
    return tuple(found) or (f"formula {sheet.formula_text(columns[0].top, columns[0].left)}",)


def known_cells(book: Book) -> Iterator[Known]:
    """The cells that LibreOffice computes differently."""
    for block in plan_of(book).blocks:
        for call in (node for node in walk(block.tree) if isinstance(node, Call)):
            row = row_of(call)
            if row and row.by_pairs and block.cells.size == 1 and _blank_beside_number(book, block, call):
                yield Known(block.sheet, block.cells.top, block.cells.left, BLANK_PAIR.format(call.name))


def _blank_beside_number(book: Book, block: Block, call: Call) -> bool:
    """Whether one of the two ranges has a blank where the other has a number other than 0."""
    kinds, numbers = [], []
    for ref in call.arguments:
        rect = ref.rect(block.rect.top, block.rect.left) if isinstance(ref, Ref) else None
        if not isinstance(ref, Ref) or rect is None:
            return False
        sheet = book[ref.sheet or block.sheet.title]
        kinds.append(sheet.kind[: sheet.rows, : sheet.columns][rect.slices])
        numbers.append(sheet.num[: sheet.rows, : sheet.columns][rect.slices])
    if kinds[0].shape != kinds[1].shape:
        return False
    return any(((kinds[i] == BLANK) & (kinds[1 - i] == NUMBER) & (numbers[1 - i] != 0)).any() for i in (0, 1))
