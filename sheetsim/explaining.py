"""One cell explained: its formula, where each number comes from, what NumPy does for it, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetsim.address import Rect, cell_name, parse_cell
from sheetsim.arrays import number_text
from sheetsim.blocks import Block, reach
from sheetsim.errors import InputError, NotFound
from sheetsim.nodes import ArrayConstant, Binary, Call, Error, Logical, Missing, Node, Number, Ref, Text, Unary, children, postorder
from sheetsim.numpy_engine import Plan, plan_of
from sheetsim.sheet import Sheet, Workbook
from sheetsim.values import TEXT

SHOWN = 12  # dependents listed before "and so many more"


@dataclass(frozen=True)
class Part:
    """A range that a formula reads: how it is written, its heading on the sheet, what it holds, where that is from."""

    written: str
    heading: str
    value: str
    origin: str


@dataclass(frozen=True)
class Explanation:
    """Everything there is to say about a cell."""

    cell: str
    heading: str
    value: Any
    formula: str | None
    block: str | None
    parts: list[Part]
    numpy: str | None
    used_by: list[str]
    used_by_more: int
    recurrence: str | None


def split(book: Workbook, where: str) -> tuple[Sheet, int, int]:
    """``adam!H4`` → sheet, row, column; the sheet may be left out where there is only one."""
    title, mark, cell = where.rpartition("!")
    if not mark and len(book.sheets) > 1:
        raise InputError(f"{where!r} names no sheet; write SHEET!{cell}, the sheets are {', '.join(s.title for s in book.sheets)}")
    sheet = book[title.strip("'")] if mark else book.sheets[0]
    row, column = parse_cell(cell)
    return sheet, row, column


def explain(book: Workbook, where: str) -> Explanation:
    """Explains a cell such as ``"adam!H4"``. Raises NotFound for a sheet or a cell that is not there."""
    sheet, row, column = split(book, where)
    value = sheet.value(row, column)
    plan = plan_of(book, collect_lacking=True)
    index = plan.map.within(sheet.title, Rect(row, column, row, column))
    if value is None and not index:
        raise NotFound(f"{sheet.where(row, column)} is empty")
    block = plan.blocks[index[0]] if index else None
    users = _users(plan, sheet, row, column)
    return Explanation(
        sheet.where(row, column),
        heading(sheet, row, column),
        value,
        sheet.formula_text(row, column),
        _block_text(block),
        _parts(book, block, row, column) if block else [],
        f"{_slice(block.sheet, block.cells, block)} = {numpy_line(block)}" if block else None,
        users[:SHOWN],
        max(0, len(users) - SHOWN),
        _recurrence(plan, index[0]) if index else None,
    )


def heading(sheet: Sheet, row: int, column: int) -> str:
    """The nearest text above a cell, else to its left: what a person takes for its name."""
    if row < sheet.rows and column < sheet.columns:
        above = np.flatnonzero(sheet.kind[:row, column] == TEXT)
        if len(above):
            return str(sheet.value(int(above[-1]), column))
        left = np.flatnonzero(sheet.kind[row, :column] == TEXT)
        if len(left):
            return str(sheet.value(row, int(left[-1])))
    return ""


def _block_text(block: Block | None) -> str | None:
    if block is None:
        return None
    kind = "array formula over" if block.spread else "filled over"
    return f"{kind} {block.sheet.title}!{block.cells} ({block.cells.size:,} cells)"


def _parts(book: Workbook, block: Block, row: int, column: int) -> list[Part]:
    at = (block.rect.top, block.rect.left) if block.spread else (row, column)
    found = []
    for ref in dict.fromkeys(block.refs):
        rect = ref.rect(*at)
        assert ref.sheet is not None
        sheet = book[ref.sheet]
        title = "" if sheet is block.sheet else f"{sheet.title}!"
        if rect is None:
            found.append(Part("#REF!", "", "", "outside the sheet"))
            continue
        formula = sheet.formula_text(rect.top, rect.left)
        origin = f"formula {formula}" if formula else "input" if sheet.value(rect.top, rect.left) is not None else "blank"
        found.append(Part(f"{title}{rect}", heading(sheet, rect.top, rect.left), _shown(sheet, rect), origin))
    return found


def _shown(sheet: Sheet, rect: Rect) -> str:
    if rect.size > 1:
        return f"{rect.rows} × {rect.columns} cells, the first {sheet.value(rect.top, rect.left)!r}"
    value = sheet.value(rect.top, rect.left)
    return "blank" if value is None else repr(value)


def _users(plan: Plan, sheet: Sheet, row: int, column: int) -> list[str]:
    """The cells whose formulas read a cell, in the order of the sheets."""
    found = []
    cell = Rect(row, column, row, column)
    for block in plan.blocks:
        for ref in block.refs:
            whole = reach(ref, block.rect) if ref.sheet == sheet.title else None
            if whole is not None and whole.meets(cell):
                found += _users_in(block, ref, cell)
    return list(dict.fromkeys(found))


def _users_in(block: Block, ref: Ref, cell: Rect) -> list[str]:
    rows, columns = range(block.rect.top, block.rect.bottom + 1), range(block.rect.left, block.rect.right + 1)
    hits = []
    for row in rows:
        for column in columns:
            rect = ref.rect(row, column)
            if rect is not None and rect.meets(cell):
                hits.append(block.sheet.where(row, column))
    return hits


def _recurrence(plan: Plan, index: int) -> str | None:
    """How the group of a block is computed, if it depends on itself."""
    group = next(g for g in plan.order if index in g)
    if len(group) == 1 and index not in plan.edges[index]:
        return None
    blocks = ", ".join(str(plan.blocks[i].cells) for i in sorted(group)[:8])
    return f"depends on itself line by line, together with {blocks}{', …' if len(group) > 8 else ''}"


# --- the NumPy line ---------------------------------------------------------------------------------------------------
ROUNDED_TWICE = {"*": "multiply", "^": "power"}  # where Excel's rule differs from a plain operator


def numpy_line(block: Block) -> str:
    """The block's formula as an expression over array slices, as the engine computes it."""
    done: list[str] = []
    for node in postorder(block.tree):
        count = len(children(node))
        below = done[len(done) - count :]
        del done[len(done) - count :]
        done.append(_numpy(node, below, block))
    return done[0]


def _numpy(node: Node, below: list[str], block: Block) -> str:
    if isinstance(node, Ref):
        rect = reach(node, block.rect)
        sheet = block.sheet.book[node.sheet] if node.sheet else block.sheet
        return "error('#REF!')" if rect is None else _slice(sheet, rect, block)
    if isinstance(node, Binary):
        if node.operator in ROUNDED_TWICE:
            return f"{ROUNDED_TWICE[node.operator]}({below[0]}, {below[1]})"
        sign = {"=": "==", "<>": "!=", "&": "+"}.get(node.operator, node.operator)
        return f"({below[0]} {sign} {below[1]})"
    if isinstance(node, Unary):
        return {"-": f"-{below[0]}", "%": f"({below[0]} / 100)"}.get(node.operator, below[0])
    if isinstance(node, Call):
        return f"{node.name.lower().replace('.', '_')}({', '.join(below)})"
    return _literal(node)


def _literal(node: Node) -> str:
    if isinstance(node, Number):
        return number_text(node.value)
    if isinstance(node, Text | Logical):
        return repr(node.value)
    if isinstance(node, Error):
        return f"error({node.name!r})"
    return "blank" if isinstance(node, Missing) else "array" if isinstance(node, ArrayConstant) else "?"


def _slice(sheet: Sheet, rect: Rect, block: Block) -> str:
    title = "" if sheet is block.sheet else f"{sheet.title}."
    first, last = cell_name(rect.top, rect.left), cell_name(rect.bottom, rect.right)
    return f"{title}{first}" if first == last else f"{title}[{first}:{last}]"
