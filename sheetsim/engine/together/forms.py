"""Formulas that differ only in their rows, as those of the epochs of a training do: one of them is parsed and bound,
the others are the same tree with other references.

``=C4-J4*$D$2`` and ``=C39-J39*$D$37`` have one shape. That is done with *plain* formulas alone: of constants,
references, operators between values, and calls that are computed from the values of their arguments. Their references
stand in the tree as they are typed, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheetsim.engine.binding import rebuilt
from sheetsim.functions import row_of
from sheetsim.functions.arguments import Want
from sheetsim.functions.operands import takes_a_place
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import (
    Binary,
    Call,
    Corner,
    Logical,
    Node,
    Number,
    Ref,
    Text,
    Unary,
    children,
    postorder,
    walk,
)

PLAIN_OPERATORS = ("+", "-", "*", "/", "^", "&", "%", "=", "<>", "<", "<=", ">", ">=")
TAKEN_WHOLE = (Want.RANGE, Want.ARRAY)

FEWEST = 256  # blocks for which it pays to work them out together

Shape = tuple[object, ...]  # the same for all formulas that differ only in their rows


def shape_of(formula: Formula) -> Shape:
    """What stands in a formula, whatever rows it refers to; how many they are counts."""
    return tuple(in_any_rows(piece) if isinstance(piece, Ref) else piece for _, piece in formula.tokens)


def in_any_rows(ref: Ref) -> Shape:
    """What is the same for references that differ only in the rows that they begin in."""
    first, last = ref.first, ref.last
    return ref.sheet, ref.shape, last[0] - first[0], first[1:], last[1:]


def _corners(ref: Ref) -> tuple[Corner, Corner]:
    return ref.first, ref.last


class Pattern:
    """The tree that formulas of one shape have in common, made from one of them."""

    def __init__(self, tree: Node):
        self.example = tree
        self._steps = [(node, len(children(node))) for node in postorder(tree)]
        self._sheets = [node.sheet for node, _ in self._steps if isinstance(node, Ref)]

    def references(self, formula: Formula) -> list[Ref]:
        """Those of a formula of this shape, each naming its sheet."""
        typed = (piece for _, piece in formula.tokens if isinstance(piece, Ref))
        return [Ref(sheet, ref.first, ref.last, ref.shape) for sheet, ref in zip(self._sheets, typed, strict=True)]

    def tree(self, references: Iterable[Ref]) -> Node:
        """The tree on other references."""
        following = iter(references)
        done: list[Node] = []
        for node, count in self._steps:
            if count:
                below = tuple(done[-count:])
                del done[-count:]
                done.append(rebuilt(node, below))
            else:
                done.append(next(following) if isinstance(node, Ref) else node)
        return done[0]


class Bound:
    """What a formula means in its sheet: the tree, names and tables resolved, the references whose values it uses,
    whether some are known only at run time. Of one that shares its ``pattern`` with others the tree is made when
    somebody asks."""

    __slots__ = ("_tree", "pattern", "references", "runtime")

    def __init__(self, tree: Node | None, references: list[Ref], runtime: bool = False, pattern: Pattern | None = None):
        self._tree, self.references, self.runtime, self.pattern = tree, references, runtime, pattern

    @property
    def example(self) -> Node:
        """A tree that differs at most in the rows that it refers to; all that do so have the same."""
        return self.tree if self.pattern is None else self.pattern.example

    @property
    def tree(self) -> Node:
        """The tree, the same one for all who ask."""
        if self._tree is None:
            assert self.pattern is not None
            self._tree = self.pattern.tree(self.references)
        return self._tree


def pattern_of(formula: Formula, bound: Bound) -> Pattern | None:
    """The pattern of a formula; None if it is not plain, or its references are not those that are typed."""
    as_typed = all(isinstance(node, Leaf | Unary | Binary | Call) for node in walk(formula.tree))
    if not as_typed or bound.runtime or not is_plain(bound.tree):
        return None
    typed = [piece for _, piece in formula.tokens if isinstance(piece, Ref)]
    leaves = [node for node in walk(bound.tree) if isinstance(node, Ref)]
    if leaves != bound.references or list(map(_corners, typed)) != list(map(_corners, leaves)):
        return None
    return Pattern(bound.tree)


Key = tuple[str, int]  # the title of a sheet, and the number of a formula in it


class Known:
    """Formulas bound so far that mean the same everywhere in their sheet, and the first of each shape, for those that
    differ from it in their rows alone (where ``alike`` says that there are enough of them)."""

    def __init__(self, alike: bool) -> None:
        self.alike = alike
        self._bound: dict[Key, Bound] = {}
        self._first: dict[tuple[str, Shape], tuple[Formula, Bound]] = {}
        self._patterns: dict[tuple[str, Shape], Pattern | None] = {}

    def find(self, key: Key, formula: Formula) -> Bound | None:
        """What is known of a formula: it was bound before, or one of its shape was."""
        found = self._bound.get(key)
        return self._alike(key, formula) if found is None and self.alike else found

    def _alike(self, key: Key, formula: Formula) -> Bound | None:
        where = key[0], shape_of(formula)
        if where not in self._first:
            return None
        if where not in self._patterns:
            self._patterns[where] = pattern_of(*self._first[where])
        pattern = self._patterns[where]
        if pattern is None:
            return None
        found = self._bound[key] = Bound(None, pattern.references(formula), pattern=pattern)
        return found

    def note(self, key: Key, formula: Formula, bound: Bound) -> None:
        """Takes note of a formula that was bound."""
        self._bound[key] = bound
        if self.alike:
            self._first.setdefault((key[0], shape_of(formula)), (formula, bound))


Leaf = Number | Text | Logical | Ref


def is_plain(tree: Node) -> bool:
    """Whether a formula is computed from constants and the values of its references alone."""
    return not (isinstance(tree, Ref) and tree.shape != "cell") and all(map(_is_plain, walk(tree)))


def _is_plain(node: Node) -> bool:
    """Whether a node is a constant, a reference, an operator between values, or a call that is computed from the values
    of its arguments alone."""
    if isinstance(node, Leaf):
        return True
    if isinstance(node, Unary | Binary):
        ranges = any(isinstance(child, Ref) and child.shape != "cell" for child in children(node))
        return not ranges and node.operator in PLAIN_OPERATORS
    row = row_of(node)
    if not isinstance(node, Call) or row is None or row.sized or row.context or row.counted:
        return False
    if row.gives_reference or takes_a_place(node):
        return False
    wants = [row.arguments.want(place) for place in range(len(node.arguments))]
    if any(want not in (*TAKEN_WHOLE, Want.ONE, Want.SAME) for want in wants):
        return False
    given = zip(node.arguments, wants, strict=True)
    if any(isinstance(child, Ref) and child.shape != "cell" and want not in TAKEN_WHOLE for child, want in given):
        return False
    return row.arguments.least <= len(wants) <= row.arguments.most
