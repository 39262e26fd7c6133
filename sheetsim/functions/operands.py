"""What the operands of a formula are wanted as."""

from __future__ import annotations

from sheetsim.functions.arguments import Want
from sheetsim.functions.table import Function, row_of
from sheetsim.model.nodes import Binary, Node, Unary


def operand_want(node: Node, place: int, want: Want) -> Want:
    """What the operand at a place of a node is wanted as, where the node itself is wanted as ``want``."""
    if isinstance(node, Binary) and node.operator == ":":
        return Want.PLACE
    if isinstance(node, Unary) and node.operator == "@":
        return Want.ONE
    row = row_of(node)
    asked = row.arguments.want(place) if row else Want.ONE
    if asked is Want.SAME or (want is Want.PLACE and place == 0 and row is not None and row.as_place):
        return want
    if want is Want.ARRAY and asked in (Want.ONE, Want.RANGE):
        return Want.ARRAY  # within an array all arithmetic is element by element
    return asked


def taker_of(node: Node, place: int) -> Function | None:
    """The function that takes the operand at a place of a node whole, as SUM takes a range; None if none does."""
    row = row_of(node)
    return row if row and row.arguments.want(place) in (Want.RANGE, Want.ARRAY) else None
