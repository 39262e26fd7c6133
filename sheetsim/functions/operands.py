"""What the operands of a formula are wanted as."""

from __future__ import annotations

from sheetsim.functions.arguments import Want
from sheetsim.functions.table import Function, row_of
from sheetsim.model.nodes import Binary, Call, Node, Unary


def operand_want(node: Node, place: int, want: Want) -> Want:
    """What the operand at a place of a node is wanted as, where the node itself is wanted as ``want``."""
    if isinstance(node, Binary) and node.operator == ":":
        return Want.PLACE
    if want is Want.PLACE and not gives_place(node):
        want = Want.ARRAY  # ROWS(A1:A6*1): of what is no reference the whole array
    if isinstance(node, Unary) and node.operator == "@":
        return Want.ONE
    row = row_of(node)
    asked = row.arguments.want(place) if row else Want.ONE
    if asked in (Want.ARRAY, Want.SAME) and asked_for_place(node, want):
        return Want.PLACE
    if asked is Want.SAME:
        return want
    if want is Want.ARRAY and asked in (Want.ONE, Want.RANGE):
        return Want.ARRAY  # within an array all arithmetic is element by element
    return asked


def asked_for_place(node: Node, want: Want) -> bool:
    """Whether the place, and not the value, is worked out of a call that knows both: of INDEX, IF or CHOOSE beside a
    colon, and of INDEX on a reference known only at run time where of all that it means a single cell is wanted."""
    row = row_of(node)
    if row is None or row.as_place is None:
        return False
    return want is Want.PLACE or (want is Want.ONE and makes_reference(node))


def gives_place(node: Node) -> bool:
    """Whether a node can answer with a place where one is wanted."""
    row = row_of(node)
    return row is not None and (row.as_place is not None or row.gives_reference)


def makes_reference(node: Node) -> bool:
    """Whether a node makes a reference that is known only when its operands are: ``OFFSET(…)``, ``A1:INDEX(…)``, and
    INDEX on one of these or on another INDEX."""
    if isinstance(node, Binary):
        return node.operator == ":"
    row = row_of(node)
    if row is None or not isinstance(node, Call) or not takes_a_place(node):
        return row is not None and row.gives_reference
    inner = node.arguments[0]
    return makes_reference(inner) or (isinstance(inner, Call) and takes_a_place(inner))


def takes_a_place(node: Call) -> bool:
    """Whether the first argument of a call is what its place is worked out of, as that of INDEX."""
    row = row_of(node)
    return row is not None and row.as_place is not None and bool(node.arguments) and row.arguments.want(0) is Want.ARRAY


def taker_of(node: Node, place: int) -> Function | None:
    """The function that takes the operand at a place of a node whole, as SUM takes a range; None if none does."""
    row = row_of(node)
    return row if row and row.arguments.want(place) in (Want.RANGE, Want.ARRAY) else None
