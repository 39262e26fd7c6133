"""One cell explained: its formula, where each number comes from, what NumPy does for it, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.numpy_engine import evaluate, recalculate
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.errors import InputError, NotFound, SheetsimError
from sheetsim.excel.arrays import Values, single
from sheetsim.excel.number_text import number_text
from sheetsim.functions import gives_reference, row_of
from sheetsim.functions.places import Reference
from sheetsim.model.address import Rect, parse_cell
from sheetsim.model.named_cells import cells_of
from sheetsim.model.nodes import (
    AS_ARRAY,
    Binary,
    Call,
    Error,
    Logical,
    Missing,
    Node,
    Number,
    Ref,
    Text,
    Unary,
    fold,
    quoted,
    unquoted,
    walk,
)
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import TEXT, Unsupported
from sheetsim.study.explanation.numpy_line import array_slice, numpy_line
from sheetsim.study.explanation.users import users_of


@dataclass(frozen=True)
class Part:
    """A range that a formula reads: how it is written, its heading on the sheet, what it holds, where that is from."""

    written: str
    heading: str
    value: str
    origin: str


@dataclass(frozen=True)
class Explanation:
    """Everything there is to say about a cell. ``used_at_run_time`` names the blocks that may use it too, through
    references that only the calculation makes."""

    cell: str
    heading: str
    value: Any
    formula: str | None
    block: str | None
    parts: list[Part]
    numpy: str | None
    used_by: list[str]
    used_by_more: int
    used_at_run_time: list[str]
    recurrence: str | None
    unsupported: str | None = None  # why the cell cannot be computed


def split(book: Book, where: str) -> tuple[Sheet, int, int]:
    """``adam!H4`` → sheet, row, column; the sheet may be left out where there is only one."""
    title, mark, cell = where.rpartition("!")
    if not mark and len(book.sheets) > 1:
        have = ", ".join(sheet.title for sheet in book.sheets)
        raise InputError(f"{where!r} names no sheet; write SHEET!{cell}, the sheets are {have}")
    if not mark and not book.sheets:
        raise InputError(f"{book.name} has no sheets with cells")
    sheet = book[unquoted(title)] if mark else book.sheets[0]
    row, column = parse_cell(cell)
    return sheet, row, column


def explain(book: Book, where: str) -> Explanation:
    """Explains a cell such as ``"adam!H4"``. Raises NotFound for a sheet or a cell that is not there."""
    sheet, row, column = split(book, where)
    value = sheet.value(row, column)
    plan = plan_of(book)
    index = plan.map.within(sheet.title, Rect(row, column, row, column))
    users, more = users_of(plan, sheet, row, column)
    if value is None and not index and not users:
        raise NotFound(f"{sheet.where(row, column)} is empty, and no formula reads it")
    block = plan.blocks[index[0]] if index else None
    return Explanation(
        sheet.where(row, column),
        heading(sheet, Rect(row, column, row, column)),
        value,
        _formula(sheet, block, row, column),
        _block_text(block),
        list(_parts(book, block, row, column)) if block else [],
        f"{array_slice(block.sheet, block.cells, block)} = {numpy_line(block)}" if block else None,
        users,
        more,
        [f"{b.sheet.title}!{b.cells}" for b in plan.blocks if b.runtime and sheet.title in _sheets_named(b)],
        _recurrence(plan, index[0]) if index else None,
        _unsupported(plan, sheet, row, column) if index else None,
    )


def _unsupported(plan: Plan, sheet: Sheet, row: int, column: int) -> str | None:
    """Why a cell cannot be computed, or None. What depends on what is found by computing: an ``IF`` may need only what
    there is. The values are put back afterwards."""
    itself = sheet.value(row, column)
    if not isinstance(itself, Unsupported):
        if not plan.lacks and not any(map(plan.waits_for_itself, plan.order)):
            return None
        stored, changed = Snapshot.of(plan.book), plan.book.changed
        try:
            recalculate(plan.book)
            itself = sheet.value(row, column)
        finally:
            stored.put_back()
            plan.book.changed = changed
    if not isinstance(itself, Unsupported):
        return None
    where = sheet.where(row, column)
    return itself.reason.cause if itself.reason.where == where else f"it depends on {itself.reason}"


# --- what a person calls a cell ---------------------------------------------------------------------------------------
def heading(sheet: Sheet, cells: Rect) -> str:
    """What a person takes for the name of some cells: their defined name, else what the sheet's definition calls them,
    else the nearest text above a column with no gap between, else the nearest to the left of a row, unless that is the
    heading of a column of numbers. What stands beside a matrix names one row or column of it."""
    name = _name_of(sheet, cells) or sheet.called(cells)
    if name:
        return name
    row, column = cells.top, cells.left
    if row < sheet.rows and column < sheet.columns:
        above = _nearest(sheet.kind[:row, column]) if cells.columns == 1 else None
        if above is not None:
            return str(sheet.value(above, column))
        left = _nearest(sheet.kind[row, :column]) if cells.rows == 1 else None
        if left is not None and not isinstance(sheet.value(row + 1, left), float):
            return str(sheet.value(row, left))
    return ""


def _nearest(kinds: np.ndarray) -> int | None:
    """The place of the last text, if no blank comes after it."""
    places = np.flatnonzero(kinds == TEXT)
    return int(places[-1]) if len(places) and kinds[places[-1] :].all() else None


def _name_of(sheet: Sheet, cells: Rect) -> str:
    for name in sheet.book.names.values():
        if not name.hidden and name.sheet in (sheet.title, None) and not name.name.startswith("_xlnm."):
            try:
                if cells_of(sheet, name.name) == cells:
                    return name.name
            except SheetsimError:  # a name for a number, or for cells of another sheet
                continue
    return ""


def _formula(sheet: Sheet, block: Block | None, row: int, column: int) -> str | None:
    text = sheet.formula_text(row, column)
    return f"{{{text}}}" if text and block and block.spill else text


def _block_text(block: Block | None) -> str | None:
    if block is None or block.cells.size == 1:
        return None
    kind = "array formula over" if block.spill else "filled over"
    return f"{kind} {block.sheet.title}!{block.cells} ({block.cells.size:,} cells)"


# --- what it reads ----------------------------------------------------------------------------------------------------
def _parts(book: Book, block: Block, row: int, column: int) -> Iterator[Part]:
    if block.spill:  # the array formula that gives this cell: a block may be several below one another
        height, width = block.spill
        row -= (row - block.rect.top) % height
        column -= (column - block.rect.left) % width
    for ref in dict.fromkeys(block.refs):
        rect = ref.rect(row, column)
        typed = ref.text(row, column).rpartition("!")[2].replace("$", "")
        yield _part(book, block, ref, rect, typed) if rect is not None else Part("#REF!", "", "", "outside the sheet")
    for node in walk(block.tree):
        if isinstance(node, Call) and gives_reference(node):
            yield _pointed(book, block, node, row, column)
    yield from _partly(book, block, row, column)


def _partly(book: Book, block: Block, row: int, column: int) -> Iterator[Part]:
    """The references of which the calculation decides what is read: beside a colon, a blank, or in a union."""
    operators = [node for node in walk(block.tree) if isinstance(node, Binary) and node.operator in (":", " ", ",")]
    sides = dict.fromkeys(side for node in operators for side in (node.left, node.right))
    for ref in sides:
        rect = ref.rect(row, column) if isinstance(ref, Ref) and ref not in block.refs else None
        if isinstance(ref, Ref) and rect is not None:
            typed = ref.text(row, column).rpartition("!")[2].replace("$", "")
            part = _part(book, block, ref, rect, typed)
            yield Part(part.written, part.heading, part.value, f"{part.origin}; which of it, the calculation decides")


def _part(book: Book, block: Block, ref: Ref, rect: Rect, typed: str) -> Part:
    sheet = book[ref.sheet or block.sheet.title]
    title = "" if sheet is block.sheet else f"{quoted(sheet.title)}!"
    formula = sheet.formula_text(rect.top, rect.left)
    value = sheet.value(rect.top, rect.left)
    origin = f"formula {formula}" if formula else "input" if value is not None else "blank"
    if sheet.title.startswith("["):
        origin = _stored_of(sheet)
    if rect.size > 1 and origin != "blank":
        origin = f"first: {origin}"
    return Part(title + typed, heading(sheet, rect), _shown(sheet, rect), origin)


def _stored_of(sheet: Sheet) -> str:
    """Where the values of a sheet of another file are from."""
    name = sheet.book.external_files.get(int(sheet.title[1 : sheet.title.index("]")]), "")
    return f"stored here of {name or 'another file'}"


def _shown(sheet: Sheet, rect: Rect) -> str:
    value = sheet.value(rect.top, rect.left)
    first = "blank" if value is None else repr(value)
    return first if rect.size == 1 else f"{rect.rows:,} × {rect.columns:,} cells, first {first}"


def _pointed(book: Book, block: Block, call: Call, row: int, column: int) -> Part:
    """What an OFFSET points at with the values that the cells hold now."""
    written = _typed(call, block, row, column) or f"{call.name}(…)"
    rect = _target(book, block, call, row, column)
    base = call.arguments[0]
    if rect is None or not isinstance(base, Ref):
        return Part(written, "", "", "a reference known only at run time")
    part = _part(book, block, base, rect, str(rect))
    return Part(part.written, part.heading, part.value, f"{part.origin}, by {written}")


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

    def typed(node: Node, below: tuple[str | None, ...]) -> str | None:
        if None in below:
            return None
        if isinstance(node, Call):
            known = row_of(node)
            asks_where = known and known.context and not below
            return None if asks_where else f"{node.name}({','.join(text or '' for text in below)})"
        if isinstance(node, Binary):
            return f"({below[0]}{node.operator}{below[1]})"
        if isinstance(node, Unary):
            if node.operator == AS_ARRAY:
                return None
            return f"({below[0]}%)" if node.operator == "%" else f"({node.operator}{below[0]})"
        if isinstance(node, Ref):
            own = node.sheet == block.sheet.title
            return Ref(None if own else node.sheet, node.first, node.last, node.shape).text(row, column)
        if isinstance(node, Number | Text | Logical | Error | Missing):
            return _typed_literal(node)
        return None

    return fold(tree, typed)


def _typed_literal(node: Number | Text | Logical | Error | Missing) -> str:
    if isinstance(node, Number):
        return number_text(node.value)
    if isinstance(node, Text):
        return '"' + node.value.replace('"', '""') + '"'
    if isinstance(node, Logical):
        return str(node.value).upper()
    return node.name if isinstance(node, Error) else ""


def _sheets_named(block: Block) -> set[str | None]:
    return {node.sheet for node in walk(block.tree) if isinstance(node, Ref)}


def _recurrence(plan: Plan, index: int) -> str | None:
    """How the group of a block is computed, if it depends on itself."""
    group = next(g for g in plan.order if index in g)
    if len(group) == 1 and index not in plan.edges[index]:
        return None
    own_sheet = plan.blocks[index].sheet
    blocks = [plan.blocks[i] for i in sorted(group) if i != index]
    others = [f"{'' if b.sheet is own_sheet else quoted(b.sheet.title) + '!'}{b.cells}" for b in blocks]
    more = f" and {len(others) - 8} more" if len(others) > 8 else ""
    return "computed line by line" + (f", together with {', '.join(others[:8])}{more}" if others else "")
