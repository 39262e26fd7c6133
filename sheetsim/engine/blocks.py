"""Cells that share one relative formula, as rectangles: what the engine plans and computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sheetsim.engine.binding import bind, references
from sheetsim.engine.together.forms import FEWEST, Bound, Known
from sheetsim.errors import FormulaError, LimitError
from sheetsim.functions import row_of
from sheetsim.functions.operands import makes_reference
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.nodes import Call, Form, Lacking, Name, Node, Ref, TableRef, Variable, walk
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import EXTERNAL, FORM

WHOLE = Rect(0, 0, MAX_ROWS - 1, MAX_COLUMNS - 1)  # all places of a sheet
#: Cells of a workbook that array formulas may lie over: a whole column. To compute 27 million takes 2 seconds, but to
#: compare or to write each of them takes minutes, and to list their differences 7 GB.
MOST_SPREAD = 1 << 20
FAR = 1_000  # a fixed reference that reaches further than this beyond the last cell in use is cut there


@dataclass(eq=False, slots=True)
class Block:
    """Cells of one sheet that share a formula. ``rect`` are the cells the formula stands in; for array formulas,
    ``rect`` are their first cells and each spills over ``spill`` (height, width) cells."""

    sheet: Sheet
    rect: Rect
    number: int
    spill: tuple[int, int] | None = None
    index: int = 0
    bound: Bound = field(default=None, repr=False)  # type: ignore[assignment]
    dynamic: bool = False  # an array formula whose cells are as many as its result has
    wanted: tuple[int, int] = (1, 1)  # so many it had last

    @property
    def tree(self) -> Node:
        """The formula, names and tables resolved."""
        return self.bound.tree

    @property
    def refs(self) -> list[Ref]:
        """The references whose values it uses."""
        return self.bound.references

    @property
    def runtime(self) -> bool:
        """Whether it has references known only at run time."""
        return self.bound.runtime

    @property
    def cells(self) -> Rect:
        """The cells whose values the block gives."""
        if self.spill is None:
            return self.rect
        height, width = self.spill
        return Rect(self.rect.top, self.rect.left, self.rect.bottom + height - 1, self.rect.right + width - 1)

    def lack(self, error: FormulaError) -> None:
        """Makes the formula one that cannot be computed: it is in a form that is not read."""
        message = str(error).removeprefix(f"{self.where()}: ").removesuffix(f", in {shown(self.text())}")
        self.bound = Bound(Lacking(FORM, message, self.text()), [])

    def where(self) -> str:
        """Sheet and address of the first cell, as messages name the block: ``adam!C5``."""
        return self.sheet.where(self.rect.top, self.rect.left)

    def at_work(self, at_hand: Mapping[str, Any]) -> str:
        """The first cell of the part that a function computes, for messages."""
        rect = at_hand.get("part") or self.rect
        return self.sheet.where(rect.top, rect.left)

    def text(self) -> str:
        """The formula as it stands in the first cell."""
        return self.sheet.book.formulas[self.number].text(self.rect.top, self.rect.left)


def runs(cells: np.ndarray) -> Iterator[tuple[Rect, int]]:
    """Rectangles of equal non-zero numbers: runs down each column, merged with equal runs of the column before.

    >>> list(runs(np.array([[1, 1, 0], [1, 1, 2]])))
    [(Rect(top=0, left=0, bottom=1, right=1), 1), (Rect(top=1, left=2, bottom=1, right=2), 2)]
    """
    if not cells.size:
        return
    open_: dict[tuple[int, int, int], Rect] = {}
    for column in range(cells.shape[1]):
        now: dict[tuple[int, int, int], Rect] = {}
        for top, bottom, number in _column_runs(cells[:, column]):
            key = (top, bottom, number)
            before = open_.pop(key, None)
            now[key] = Rect(top, column if before is None else before.left, bottom, column)
        yield from ((rect, number) for (_, _, number), rect in open_.items())
        open_ = now
    yield from ((rect, number) for (_, _, number), rect in open_.items())


def _column_runs(column: np.ndarray) -> Iterator[tuple[int, int, int]]:
    starts = np.concatenate([[0], np.flatnonzero(column[1:] != column[:-1]) + 1])
    ends = np.concatenate([starts[1:], [len(column)]])
    used = column[starts] != 0
    yield from zip(starts[used].tolist(), (ends[used] - 1).tolist(), column[starts][used].tolist(), strict=True)


def _array_blocks(sheet: Sheet) -> list[Block]:
    """Array formulas; those of one row that stand right below one another with the same formula are one block."""
    found: list[Block] = []
    for (top, left), (area, number) in sorted(sheet.arrays.items(), key=lambda item: (item[0][1], item[0][0])):
        new = Block(sheet, Rect(top, left, top, left), number, spill=(area.rows, area.columns))
        new.dynamic = (top, left) in sheet.dynamic
        above = found[-1] if found else new
        same = (above.number, above.spill, above.rect.left) == (number, new.spill, left) and not new.dynamic
        same = same and not above.dynamic
        if same and area.rows == 1 and above.rect.bottom + 1 == top:
            above.rect = above.rect._replace(bottom=top)
        else:
            found.append(new)
    return found


def _refuse_widest(blocks: list[Block]) -> None:
    """A line of a file can spread one formula over all of a sheet, which nobody would wait for."""
    spread = [block for block in blocks if block.spill]
    if sum(block.cells.size for block in spread) > MOST_SPREAD:
        widest = max(spread, key=lambda block: block.cells.size)
        raise LimitError(
            f"{widest.where()}: array formulas over more than {MOST_SPREAD:,} cells, the largest over "
            f"{widest.cells.size:,} in {widest.cells}: to compare or to write so many would take minutes"
        )


def blocks_of(book: Book) -> list[Block]:
    """All blocks of a workbook, bound: each has its tree and its references; of a formula that cannot be understood the
    tree says so. Raises LimitError naming the cell."""
    found: list[Block] = []
    for sheet in book.sheets:
        if sheet.rows and sheet.columns:
            found += [Block(sheet, rect, n) for rect, n in runs(sheet.formula_numbers[: sheet.rows, : sheet.columns])]
        found += _array_blocks(sheet)
    _refuse_widest(found)
    known = Known(alike=len(found) >= FEWEST)
    for index, block in enumerate(found):
        block.index = index
        try:
            bind_block(block, known)
            if book.externals:
                _find_nothing_stored(block)
        except LimitError:
            raise
        except FormulaError as error:
            block.lack(error)
    return found


def _find_nothing_stored(block: Block) -> None:
    """Where a formula refers to cells of another file of which not one is stored, it lacks them. Of those of which some
    are, the others were blank: files keep no blanks."""
    for ref in block.refs:
        if (ref.sheet or "").startswith("["):
            rect = swept(ref, block.rect).common(WHOLE)
            sheet = block.sheet.book[ref.sheet or ""]
            if rect is not None and not sheet.kind[rect.slices].any():
                text = ref.text(block.rect.top, block.rect.left)
                block.bound = Bound(Lacking(EXTERNAL, text, block.text()), [])
                return


def bind_block(block: Block, known: Known | None = None) -> None:
    """Gives a block its tree, names and tables resolved, and its references. Raises FormulaError naming the cell.
    ``known`` are the formulas bound so far: all copies share the tree."""
    formula, key = block.sheet.book.formulas[block.number], (block.sheet.title, block.number)
    if known is not None and (found := known.find(key, formula)):
        block.bound = found
        return
    try:
        tree = bind(formula.tree, block.sheet, block.rect)
    except FormulaError as error:
        raise type(error)(f"{block.where()}: {error}, in {shown(block.text())}") from None
    block.bound = Bound(tree, references(block.sheet.book, tree), any(map(makes_reference, walk(tree))))
    if known is not None and all(map(_same_everywhere, walk(formula.tree))):
        known.note(key, formula, block.bound)


def _same_everywhere(node: Node) -> bool:
    """Whether a node means the same in every cell of its sheet: a name may not, as it may stand for ``[@Sex]``."""
    return not isinstance(node, Name | TableRef | Form | Variable) and not (isinstance(node, Call) and not row_of(node))


def shown(text: str) -> str:
    """A formula as messages quote it: of more than 100 characters the first 97 and three dots."""
    return text if len(text) <= 100 else text[:97] + "..."


def reach(ref: Ref, rect: Rect) -> Rect | None:
    """All cells that the copies of a reference in the cells of ``rect`` mean; None if some would leave the sheet."""
    whole = swept(ref, rect)
    return whole if whole.common(WHOLE) == whole else None


def swept(ref: Ref, rect: Rect) -> Rect:
    """All places that the copies of a reference in the cells of ``rect`` mean, on the sheet or beyond its edges."""
    top, left, bottom, right = rect
    row, column, row_absolute, column_absolute = ref.first
    above, below = (row, row) if row_absolute else (top + row, bottom + row)
    before, behind = (column, column) if column_absolute else (left + column, right + column)
    if ref.last is not ref.first:
        row, column, row_absolute, column_absolute = ref.last
        first, last = (row, row) if row_absolute else (top + row, bottom + row)
        above, below = min(above, first), max(below, last)
        first, last = (column, column) if column_absolute else (left + column, right + column)
        before, behind = min(before, first), max(behind, last)
    return Rect(above, before, below, behind)


def clipped(ref: Ref, rect: Rect, sheet: Sheet, alone: bool = False) -> Rect:
    """``A:A`` or ``$A$1:$A$1000000`` cut at the last cell in use, so that it costs what it holds: for functions that
    pass over blanks, and for finding what a formula depends on.

    The last cell in use of any sheet: ranges of two sheets that are as long as one another stay so. ``alone`` says that
    the formula has no copies, so that it does not matter whether its references move.
    """
    if ref.shape not in ("columns", "rows") and rect.bottom <= sheet.rows + FAR and rect.right <= sheet.columns + FAR:
        return rect
    bottom = max(s.rows for s in sheet.book.all_sheets())
    right = max(s.columns for s in sheet.book.all_sheets())
    if ref.shape == "columns" or ((alone or ref.last.row_absolute) and rect.bottom > bottom + FAR):
        rect = rect._replace(bottom=max(rect.top, bottom - 1))
    if ref.shape == "rows" or ((alone or ref.last.column_absolute) and rect.right > right + FAR):
        rect = rect._replace(right=max(rect.left, right - 1))
    return rect
