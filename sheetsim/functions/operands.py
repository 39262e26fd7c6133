"""What the operands of a formula are wanted as."""

from __future__ import annotations

from sheetsim.functions.arguments import Want
from sheetsim.functions.table import Function, row_of
from sheetsim.model.nodes import AS_ARRAY, Binary, Call, Node, Unary, children, is_union


def operand_want(node: Node, place: int, want: Want) -> Want:
    """What the operand at a place of a node is wanted as, where the node itself is wanted as ``want``."""
    if isinstance(node, Binary) and node.operator in (":", " "):
        return Want.PLACE
    if is_union(node):
        return Want.RANGE if want is Want.RANGE else Want.PLACE
    if want is Want.PLACE and not gives_place(node):
        want = Want.ARRAY  # ROWS(A1:A6*1): of what is no reference the whole array
    if isinstance(node, Unary) and node.operator == "@":
        return Want.ONE
    if isinstance(node, Unary) and node.operator == AS_ARRAY:
        return Want.ARRAY
    row = row_of(node)
    asked = row.arguments.want(place) if row else Want.ONE
    if asked in (Want.ARRAY, Want.SAME) and asked_for_place(node, want):
        return Want.PLACE
    child = children(node)[place]
    if row and row.counted and asked in (Want.RANGE, Want.ARRAY) and (makes_reference(child) or is_union(child)):
        return Want.PLACE  # which of its cells are looked at depends on where they are
    if asked is Want.SAME:
        return want
    if asked is Want.RANGE and is_union(children(node)[place]):
        return asked
    if want is Want.ARRAY and asked in (Want.ONE, Want.RANGE):
        return Want.ARRAY  # within an array all arithmetic is element by element
    return asked


def asked_for_place(node: Node, want: Want) -> bool:
    """Whether the place, and not the value, is worked out of a call that knows both: of INDEX, IF or CHOOSE beside a
    colon, and of INDEX on a reference known only at run time where of all that it means a single cell is wanted; of
    INDEX on a union always."""
    row = row_of(node)
    if row is None or row.as_place is None:
        return False
    return want is Want.PLACE or (want is Want.ONE and makes_reference(node)) or _of_areas(node)


def _of_areas(node: Node) -> bool:
    """Whether a node is a call of INDEX on a union, or one that asks for an area by its number."""
    row = row_of(node)
    if row is None or row.as_place is None or not isinstance(node, Call) or row.arguments.want(0) is not Want.ARRAY:
        return False
    return len(node.arguments) > 3 or (bool(node.arguments) and is_union(node.arguments[0]))


def gives_place(node: Node) -> bool:
    """Whether a node can answer with a place where one is wanted."""
    row = row_of(node)
    return row is not None and (row.as_place is not None or row.gives_reference)


def makes_reference(node: Node) -> bool:
    """Whether a node makes a reference that is known only when its operands are: ``OFFSET(…)``, ``A1:INDEX(…)``, what
    two references have in common, and INDEX on one of these, on another INDEX or on a union."""
    if isinstance(node, Binary):
        return node.operator in (":", " ")
    if _of_areas(node):
        return True
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
