"""What formulas have in common that differ in nothing but the rows that they refer to, as those of the epochs of a
training do.

``=C5-J5*$D$2`` and ``=C40-J40*$D$37``, each filled into some table, are of one form: row 2 of the one is row 37 of the
other.
"""

from __future__ import annotations

from typing import NamedTuple

from sheetsim.engine.blocks import Block
from sheetsim.engine.plan import Plan
from sheetsim.engine.together.forms import in_any_rows
from sheetsim.model.nodes import Binary, Call, Node, Ref, Unary, walk


class Form(NamedTuple):
    """``number`` is the same for formulas that differ at the most in rows; ``tight`` for those that differ at the most
    in rows that are fixed. ``rows``: the first row of each reference, as it stands in the formula."""

    number: int
    tight: int
    rows: tuple[int, ...]


class Forms:
    """The forms of a plan's formulas, each found once."""

    def __init__(self) -> None:
        self._of: dict[int, Form] = {}  # by the identity of what a formula means, which the blocks keep alive
        self._known: dict[int, int] = {}  # the numbers of trees, by their identity
        self._numbers: dict[object, int] = {}

    def of(self, block: Block) -> Form:
        """The form of a block's formula."""
        form = self._of.get(id(block.bound))
        if form is None:
            number = self._number_of(block.bound.example)  # its own tree may not be made yet
            moving = tuple(None if ref.first.row_absolute else ref.first.row for ref in block.refs)
            rows = tuple(ref.first.row for ref in block.refs)
            form = self._of[id(block.bound)] = Form(number, self._number((number, moving)), rows)
        return form

    def _number_of(self, tree: Node) -> int:
        if id(tree) not in self._known:
            self._known[id(tree)] = self._number(tuple(map(_anywhere, walk(tree))))
        return self._known[id(tree)]

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))


def forms_of(plan: Plan) -> Forms:
    """The forms of a plan's formulas."""
    if not isinstance(plan.forms, Forms):
        plan.forms = Forms()
    return plan.forms


def _anywhere(node: Node) -> object:
    """A node without those below it, and whatever rows a reference means."""
    if isinstance(node, Ref):
        return in_any_rows(node)
    if isinstance(node, Unary | Binary):
        return type(node), node.operator
    return (node.name, len(node.arguments)) if isinstance(node, Call) else node
