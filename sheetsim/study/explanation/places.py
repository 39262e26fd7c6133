"""What a cell reads: the ranges that its formula names, and those that the calculation makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sheetsim.engine.blocks import Block, reach
from sheetsim.engine.numpy_engine import evaluate
from sheetsim.engine.plan import Plan
from sheetsim.errors import SheetsimError
from sheetsim.excel.arrays import Values, single
from sheetsim.functions import gives_reference, row_of
from sheetsim.functions.places import Reference
from sheetsim.model.address import Rect
from sheetsim.model.nodes import (
    AS_ARRAY,
    Binary,
    Call,
    Form,
    Lacking,
    Missing,
    Name,
    Node,
    Ref,
    TableRef,
    Unary,
    Variable,
    quoted,
    walk,
)
from sheetsim.model.sheet import Book, Sheet
from sheetsim.study.explanation.writing import written_out

Area = tuple[Sheet, Rect]
MOST_BLOCKS = 200  # different formulas of a range that are looked at


class Read(NamedTuple):
    """A range that a formula reads: how it is written there, its cells (None beyond the sheet), a remark on it."""

    written: str
    area: Area | None
    remark: str = ""


def read_by(block: Block, row: int, column: int) -> Iterator[Read]:
    """What the formula of a block reads in one of its cells."""
    book = block.sheet.book
    row, column = anchor(block, row, column)
    for ref in dict.fromkeys(block.refs):
        yield _named(book, block, ref, row, column) or Read("#REF!", None, "outside the sheet")
    for node in walk(block.tree):
        if isinstance(node, Call) and gives_reference(node):
            yield _pointed(book, block, node, row, column)
    operators = [node for node in walk(block.tree) if isinstance(node, Binary) and node.operator in (":", " ", ",")]
    for side in dict.fromkeys(side for node in operators for side in (node.left, node.right)):
        found = _named(book, block, side, row, column) if isinstance(side, Ref) and side not in block.refs else None
        if found:
            yield found._replace(remark="; which of it, the calculation decides")


def anchor(block: Block, row: int, column: int) -> tuple[int, int]:
    """The cell whose formula gives a cell: of an array formula its first one. A block may be several of them below one
    another."""
    if not block.spill:
        return row, column
    height, width = block.spill
    return row - (row - block.rect.top) % height, column - (column - block.rect.left) % width


def areas_of(plan: Plan, area: Area) -> list[Area]:
    """The ranges that the formulas in some cells read, each once: all that their copies mean together."""
    sheet, rect = area
    found: dict[tuple[str, Rect], Area] = {}
    for index in plan.map.within(sheet.title, rect)[:MOST_BLOCKS]:
        block = plan.blocks[index]
        part = rect.common(block.cells)
        if part is None:
            continue
        if part.size == 1:
            given = [read.area for read in read_by(block, part.top, part.left)]
        else:
            whole = block.rect if block.spill else part
            reaches = [(sheet.book[ref.sheet or ""], reach(ref, whole)) for ref in block.refs]
            given = [(at, cells) for at, cells in reaches if cells is not None]
        for one in given:
            if one is not None:
                found.setdefault((one[0].title, one[1]), one)
    return list(found.values())


def _named(book: Book, block: Block, ref: Ref, row: int, column: int) -> Read | None:
    rect = ref.rect(row, column)
    if rect is None:
        return None
    typed = ref.text(row, column).rpartition("!")[2].replace("$", "")
    sheet = book[ref.sheet or block.sheet.title]
    return Read(title_before(sheet, block.sheet) + typed, (sheet, rect))


def title_before(sheet: Sheet, own: Sheet) -> str:
    """What stands before an address: the sheet's title, unless it is one's own."""
    return "" if sheet is own else f"{quoted(sheet.title)}!"


def _pointed(book: Book, block: Block, call: Call, row: int, column: int) -> Read:
    """What an OFFSET points at with the values that the cells hold now."""
    written = _typed(call, block, row, column) or f"{call.name}(…)"
    rect = _target(book, block, call, row, column)
    base = call.arguments[0]
    if rect is None or not isinstance(base, Ref):
        return Read(written, None, "a reference known only at run time")
    sheet = book[base.sheet or block.sheet.title]
    return Read(title_before(sheet, block.sheet) + str(rect), (sheet, rect), f", by {written}")


def _target(book: Book, block: Block, call: Call, row: int, column: int) -> Rect | None:
    """The cells that ``OFFSET(reference, …)`` comes to; None where that cannot be told."""
    base, known = call.arguments[0], row_of(call)
    start = base.rect(row, column) if isinstance(base, Ref) else None
    others = [_worth(book, block, node, row, column) for node in call.arguments[1:]]
    if start is None or known is None or None in others:
        return None
    top, left = (np.full((1, 1, 1, 1), place) for place in (start.top, start.left))
    found = known.rule(Reference(block.sheet, top, left, start.rows, start.columns), *others)
    if not isinstance(found, Reference) or (found.errors is not None and found.errors.any()):
        return None
    top_row, left_column = int(found.top.item()), int(found.left.item())
    if min(top_row, left_column) < 0:
        return None
    return Rect(top_row, left_column, top_row + found.height - 1, left_column + found.width - 1)


def _worth(book: Book, block: Block, node: Node, row: int, column: int) -> Values | None:
    """The number that an argument comes to; a blank where it was left out, None where that cannot be told."""
    if isinstance(node, Missing):
        return single(None)
    text = _typed(node, block, row, column)
    try:
        value = evaluate(book, block.sheet.title, f"={text}") if text else None
    except SheetsimError:
        return None
    return single(float(value)) if isinstance(value, float | bool) else None


def _typed(tree: Node, block: Block, row: int, column: int) -> str | None:
    """A bound tree as it could be typed into any cell of its sheet; None if it asks where that cell is."""
    if all(map(_typable, walk(tree))):
        return written_out(tree, block.sheet, row, column)
    return None


def _typable(node: Node) -> bool:
    """Whether a node has the same value in any cell of its sheet, and can be written as a formula."""
    if isinstance(node, Call):
        known = row_of(node)
        return bool(node.arguments) or known is None or not known.context
    return not isinstance(node, Name | TableRef | Lacking | Variable | Form) and not (
        isinstance(node, Unary) and node.operator == AS_ARRAY
    )
