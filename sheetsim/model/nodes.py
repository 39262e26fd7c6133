"""The formula tree: data only.

A reference is held relative to the cell that the formula stands in, so that a formula and all its copies down a
column are one and the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeGuard, TypeVar

from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, column_name


class Corner(NamedTuple):
    """One corner of a reference. ``row`` and ``column`` count from the sheet's first where absolute ($),
    otherwise from the formula's own cell."""

    row: int
    column: int
    row_absolute: bool
    column_absolute: bool

    def place(self, row: int, column: int) -> tuple[int, int]:
        """The (row, column) meant by a formula in the cell (row, column)."""
        return (
            self.row if self.row_absolute else row + self.row,
            self.column if self.column_absolute else column + self.column,
        )


@dataclass(frozen=True, slots=True)
class Ref:
    """``A1``, ``$A$1:B2``, ``A:A``, ``1:1``, each perhaps with a sheet; ``sheet`` is None for the formula's own, and
    ``Jan:Mar`` for all sheets from one to another."""

    sheet: str | None
    first: Corner
    last: Corner
    shape: str = "cell"  # cell, range, columns (A:A) or rows (1:1)

    def rect(self, row: int, column: int) -> Rect | None:
        """The cells meant by a formula in (row, column); None where they would lie outside the sheet."""
        r0, c0 = self.first.place(row, column)
        r1, c1 = self.last.place(row, column)
        if min(r0, c0, r1, c1) < 0 or max(r0, r1) >= MAX_ROWS or max(c0, c1) >= MAX_COLUMNS:
            return None
        return Rect(min(r0, r1), min(c0, c1), max(r0, r1), max(c0, c1))

    def text(self, row: int, column: int) -> str:
        """The reference as it is typed into the cell (row, column)."""
        where = "" if self.sheet is None else quoted(self.sheet) + "!"
        if self.rect(row, column) is None:
            return where + "#REF!"
        first = self._corner_text(self.first, row, column)
        return where + (first if self.shape == "cell" else f"{first}:{self._corner_text(self.last, row, column)}")

    def _corner_text(self, corner: Corner, row: int, column: int) -> str:
        r, c = corner.place(row, column)
        letters = ("$" if corner.column_absolute else "") + column_name(c) if self.shape != "rows" else ""
        digits = ("$" if corner.row_absolute else "") + str(r + 1) if self.shape != "columns" else ""
        return letters + digits

    def key(self) -> str:
        """A text that is the same for every copy of the reference: ``R[-1]C3``."""
        where = "" if self.sheet is None else quoted(self.sheet.casefold()) + "!"
        if self.shape == "cell":
            return where + _corner_key(self.first)
        return f"{where}{_corner_key(self.first)}:{_corner_key(self.last)}"


def _corner_key(corner: Corner) -> str:
    row = f"R{corner.row + 1}" if corner.row_absolute else f"R[{corner.row}]"
    return row + (f"C{corner.column + 1}" if corner.column_absolute else f"C[{corner.column}]")


_PLAIN = re.compile(r"(?:\[[0-9]+\])?[A-Za-z_][A-Za-z0-9_.]*\Z")
_READS_AS_A_CELL = re.compile(r"(?:[A-Z]{1,3}[0-9]+|R[0-9]*C?[0-9]*|C[0-9]*|TRUE|FALSE)\Z", re.IGNORECASE)


@lru_cache(maxsize=256)  # asked of every reference to another sheet
def quoted(sheet: str) -> str:
    """A sheet's title as formulas write it: quoted unless it is a plain word; of several the first and the last.

    >>> quoted("adam"), quoted("my sheet"), quoted("RC"), quoted("AB12"), quoted("Jan:Mar")
    ('adam', "'my sheet'", "'RC'", "'AB12'", 'Jan:Mar')
    """
    plain = all(_PLAIN.match(title) and not _READS_AS_A_CELL.match(title) for title in sheet.split(":"))
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def unquoted(title: str) -> str:
    """The sheet's title that formulas write as ``title``.

    >>> unquoted("'it''s'"), unquoted("adam")
    ("it's", 'adam')
    """
    return title[1:-1].replace("''", "'") if title.startswith("'") and title.endswith("'") else title


@dataclass(frozen=True, slots=True)
class Number:
    """A number as typed; the double nearest to it."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """``"a text"``, without its quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Logical:
    """``TRUE`` or ``FALSE``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Error:
    """``#N/A``, ``#REF!``, …, typed or left by what a formula lost."""

    name: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument left out, as the second of ``IF(A1,,2)``."""


@dataclass(frozen=True, slots=True)
class ArrayConstant:
    """``{1,2;3,4}``: rows of literals."""

    rows: tuple[tuple[Number | Text | Logical | Error, ...], ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name, ``lr`` or ``adam!lr``."""

    sheet: str | None
    name: str


@dataclass(frozen=True, slots=True)
class TableRef:
    """``Table1[[#This Row],[Sex]]``: the table (None for the one around the formula), items such as
    ``#This Row``, and the first and last column (None for all)."""

    table: str | None
    items: tuple[str, ...]
    first: str | None
    last: str | None


AS_ARRAY = "{}"  # all arithmetic below is element by element; no formula writes it, but a name stands for such a one


@dataclass(frozen=True, slots=True)
class Unary:
    """``-``, ``+``, ``%``, ``@`` (implicit intersection), or ``AS_ARRAY``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """The two-sided operators, those between references among them: ``:``, a blank for what two have in common, and the
    comma of a union."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name is in capitals and without the prefix ``_xlfn.``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """What cannot be computed: a ``kind`` of reason and what it is (``values.Reason``); ``text`` tells two that are
    lacking for the same reason apart."""

    kind: str
    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that LET or LAMBDA gave to a value, in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Form:
    """What binds names, or calls a function that is a value:

    ``LET``      ``names`` for all operands but the last, which is the result
    ``LAMBDA``   ``names`` of the parameters, a ``?`` before those that may be left out; its operand is the result
    ``CALL``     a function and its arguments: ``LAMBDA(x,x+1)(3)``, or ``f(3)`` where LET has named a function
    ``FUNCTION`` a function of the table as a value, ``names`` is its name: the last argument of ``BYROW(A1:C3,SUM)``
    ``WHERE``    ``names`` of functions that are defined names of the workbook, what these mean, and the result
    """

    kind: str
    names: tuple[str, ...]
    operands: tuple[Node, ...]


Leaf = Ref | Number | Text | Logical | Error | Missing | ArrayConstant | Name | TableRef | Lacking | Variable
Node = Leaf | Unary | Binary | Call | Form


def is_union(node: Node) -> TypeGuard[Binary]:
    """Whether a node is the union of two references."""
    return isinstance(node, Binary) and node.operator == ","


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below one node."""
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Form):
        return node.operands
    return node.arguments if isinstance(node, Call) else ()


def walk(tree: Node) -> Iterator[Node]:
    """Every node of the tree, without recursion: ``1+1+1+…`` may be thousands of nodes deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def postorder(tree: Node) -> list[Node]:
    """Every node, operands before what uses them: the order in which a stack machine computes."""
    order, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(children(node))
    return order[::-1]


Folded = TypeVar("Folded")


def fold(tree: Node, rule: Callable[[Node, tuple[Folded, ...]], Folded]) -> Folded:
    """What ``rule`` makes of the whole tree, given each node with what it made of the nodes below."""
    done: list[Folded] = []
    for node in postorder(tree):
        start = len(done) - len(children(node))
        done[start:] = [rule(node, tuple(done[start:]))]
    return done[0]


def meaning(tree: Node) -> str:
    """One text for all the ways to write the same formula: blanks, needless parentheses, capitals and prefixes
    do not count.

    >>> from sheetsim.model.formula import Formula
    >>> meaning(Formula.read("=((A1)+ sum( b1:B2 ))", 0, 2).tree) == meaning(Formula.read("=A1+SUM(B1:B2)", 0, 2).tree)
    True
    """
    return fold(tree, _meaning_of)


def _meaning_of(node: Node, below: tuple[str, ...]) -> str:
    if isinstance(node, Binary):
        return f"({below[0]}{node.operator}{below[1]})"
    if isinstance(node, Unary):
        return f"({node.operator}{below[0]})" if node.operator != "%" else f"({below[0]}%)"
    if isinstance(node, Call):
        return f"{node.name}({','.join(below)})"
    if isinstance(node, Form):
        return f"{node.kind}[{','.join(node.names)}]({','.join(below)})"
    if isinstance(node, Ref):
        return node.key()
    if isinstance(node, Name):
        return f"{(node.sheet or '').casefold()}!{node.name.casefold()}"
    return repr(node)
