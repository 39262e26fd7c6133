"""A block's formula as a line of NumPy: what the engine computes for all its cells at once, for people to read."""

from __future__ import annotations

from sheetsim.engine.blocks import Block, reach
from sheetsim.excel.number_text import number_text
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.nodes import (
    ArrayConstant,
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
    is_union,
)
from sheetsim.model.sheet import Sheet

ROUNDED_TWICE = {"*": "multiply", "^": "power"}  # where Excel's rule differs from a plain operator


def numpy_line(block: Block) -> str:
    """The block's formula as an expression over array slices, as the engine computes it."""
    return fold(block.tree, lambda node, below: _numpy(node, below, block))


def _numpy(node: Node, below: tuple[str, ...], block: Block) -> str:
    if isinstance(node, Ref):
        rect = reach(node, block.rect)
        sheet = block.sheet.book[node.sheet] if node.sheet else block.sheet
        return "error('#REF!')" if rect is None else array_slice(sheet, rect, block)
    if isinstance(node, Binary):
        if node.operator in ROUNDED_TWICE:
            return f"{ROUNDED_TWICE[node.operator]}({below[0]}, {below[1]})"
        if node.operator == ",":
            return f"{below[0][:-1] if is_union(node.left) else f'joined({below[0]}'}, {below[1]})"
        if node.operator == " ":
            return f"common({below[0]}, {below[1]})"
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


def array_slice(sheet: Sheet, rect: Rect, block: Block) -> str:
    """A range as the line writes it: ``[A1:A9]``, ``A1`` for one cell, with the sheet before it where that is
    another."""
    title = "" if sheet is block.sheet else f"{sheet.title}."
    first, last = cell_name(rect.top, rect.left), cell_name(rect.bottom, rect.right)
    return f"{title}{first}" if first == last else f"{title}[{first}:{last}]"
