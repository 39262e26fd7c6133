"""Which parts of a formula are evaluated as a tree, and which by programs as all others."""

from __future__ import annotations

from sheetsim.functions import row_of
from sheetsim.functions.areas import areas_of
from sheetsim.model.nodes import Binary, Call, Form, Node, Ref, Unary, Variable, children, postorder


def is_form(node: Node) -> bool:
    """Whether a node binds names, calls a function that is a value, or takes one."""
    row = row_of(node)
    return isinstance(node, Form | Variable) or (row is not None and row.higher)


def closed_in(tree: Node) -> list[Node]:
    """The largest parts below a tree in which no name is bound or used: what they give is the same wherever in the tree
    they are asked for."""
    open_: set[int] = set()
    found: list[Node] = []
    for node in postorder(tree):
        if is_form(node) or any(id(child) in open_ for child in children(node)):
            open_.add(id(node))
            closed = [child for child in children(node) if id(child) not in open_]
            found += [area for child in closed for area in areas_of(child)]  # what takes a union says how
    return [node for node in found if isinstance(node, Call | Binary | Unary | Ref)]
