"""Tokens → tree.

The grammar, loosest first; the first five are the rows of ``LEVELS``, each other one is a method of the parser:

    comparison   = < <> > <= >=
    text         &
    sum          + -
    product      * /
    power        ^              from the left: 2^3^2 is 64
    percent      %
    sign         - + @          binds tighter than ^: -2^2 is 4
    intersection a blank        between two references: A1:B9 B3:C4 is B3:B4
    range        :
    primary      numbers, "texts", errors, references, names, FUNCTION(…), (…), {…}

In parentheses, and in what a name stands for, commas make a union of references: (A1:B2,D4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sheetsim.errors import FormulaError, LimitError
from sheetsim.model.limits import DEEPEST_CALLS, MOST_ARGUMENTS, SMALLEST
from sheetsim.model.nodes import (
    ArrayConstant,
    Binary,
    Call,
    Error,
    Logical,
    Missing,
    Name,
    Node,
    Number,
    Ref,
    TableRef,
    Text,
    Unary,
    unquoted,
)
from sheetsim.model.tokens import IN_BRACKETS, Token

LEVELS = (("=", "<>", "<=", ">=", "<", ">"), ("&",), ("+", "-"), ("*", "/"), ("^",))
TIGHTNESS = {operator: level for level, operators in enumerate(LEVELS) for operator in operators}
REFERRING = (":", " ", ",")  # the operators between references
DEEPEST = 100  # calls and parentheses within one another: what the parser itself can stand


def parsed(tokens: Iterable[Token]) -> Node:
    """The tree of a whole formula. Raises FormulaError where the tokens are none."""
    parser = _Parser(tokens)
    tree = parser.union()
    if parser.kind != "end":
        raise FormulaError(f"cannot go on at {parser.shown}")
    return tree


class _Parser:
    def __init__(self, tokens: Iterable[Token]):
        self.tokens = [*_without_blanks(list(tokens)), ("end", "the end")]
        self.place = 0
        self.depth = self.calls = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0]

    @property
    def shown(self) -> str:
        piece = self.tokens[self.place][1]
        return "a reference" if isinstance(piece, Ref) else piece if self.kind == "end" else repr(piece)

    def operator(self, *wanted: str) -> str | None:
        """Takes the next token if it is one of these operators."""
        kind, piece = self.tokens[self.place]
        if kind == "operator" and piece in wanted:
            self.place += 1
            return str(piece)
        return None

    def expect(self, operator: str) -> None:
        if not self.operator(operator):
            raise FormulaError(f"expected {operator!r} before {self.shown}")

    def expression(self) -> Node:
        """Operands and operators: one waits for its right operand while tighter ones follow; equals from the left."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise LimitError(f"nested more than {DEEPEST} deep")
        operands = [self.percent()]
        waiting: list[str] = []
        while True:
            operator = self.operator(*TIGHTNESS)
            tightness = TIGHTNESS[operator] if operator else -1
            while waiting and TIGHTNESS[waiting[-1]] >= tightness:
                right = operands.pop()
                operands[-1] = Binary(waiting.pop(), operands[-1], right)
            if operator is None:
                break
            waiting.append(operator)
            operands.append(self.percent())
        self.depth -= 1
        return operands[0]

    def union(self) -> Node:
        node = self.expression()
        while self.operator(","):
            node = _of_references(",", node, self.expression())
        return node

    def percent(self) -> Node:
        node = self.sign()
        while self.operator("%"):
            node = Unary("%", node)
        return node

    def sign(self) -> Node:
        signs = []
        while found := self.operator("-", "+", "@"):
            signs.append(found)
        node = self.intersection()
        for found in reversed(signs):
            node = Unary(found, node)
        return node

    def intersection(self) -> Node:
        node = self.range()
        while self.operator(" "):
            node = _of_references(" ", node, self.range())
        return node

    def range(self) -> Node:
        node = self.primary()
        while self.operator(":"):
            node = Binary(":", node, self.primary())
        return node

    def primary(self) -> Node:
        kind, piece = self.tokens[self.place]
        self.place += 1
        if isinstance(piece, Ref):
            return piece
        if kind == "number":
            number = float(piece)
            return Number(number if number >= SMALLEST else 0.0)
        if kind == "text":
            return Text(piece[1:-1].replace('""', '"'))
        if kind == "error":
            return Error(piece[piece.rindex("#") :])
        if kind == "table":
            return _table_ref(piece)
        if kind == "name":
            return _name(piece)
        if kind == "function":
            return self.call(piece)
        if piece == "(":
            node = self.union()
            self.expect(")")
            return node
        if piece == "{":
            return self.array()
        self.place -= 1
        raise FormulaError(f"expected a value before {self.shown}")

    def call(self, piece: str) -> Node:
        name = piece[:-1].strip().upper()
        for prefix in ("_XLFN.", "_XLWS.", "_XLUDF."):
            name = name.removeprefix(prefix)
        arguments = self.arguments(name)
        if name in ("TRUE", "FALSE") and not arguments:
            return Logical(name == "TRUE")
        if name == "SINGLE" and len(arguments) == 1:  # how files store @
            return Unary("@", arguments[0])
        return Call(name, tuple(arguments))

    def arguments(self, name: str) -> list[Node]:
        """What stands between the parentheses of a call."""
        self.calls += 1
        if self.calls > DEEPEST_CALLS:
            raise LimitError(f"functions nested more than {DEEPEST_CALLS} deep")
        found: list[Node] = []
        if not self.operator(")"):
            found.append(self.argument())
            while self.operator(",", ";"):
                found.append(self.argument())
            self.expect(")")
        if len(found) > MOST_ARGUMENTS:
            raise LimitError(f"{name} is given more than {MOST_ARGUMENTS} arguments")
        self.calls -= 1
        return found

    def argument(self) -> Node:
        kind, piece = self.tokens[self.place]
        if kind == "operator" and piece in (",", ";", ")"):
            return Missing()
        return self.expression()

    def array(self) -> Node:
        rows = [[self.literal()]]
        while separator := self.operator(",", ";"):
            if separator == ";":
                rows.append([])
            rows[-1].append(self.literal())
        self.expect("}")
        if len({len(row) for row in rows}) != 1:
            raise FormulaError("the rows of { } are of unequal length")
        return ArrayConstant(tuple(tuple(row) for row in rows))

    def literal(self) -> Number | Text | Logical | Error:
        sign = self.operator("-", "+")
        node = self.primary()
        if isinstance(node, Number):
            return Number(-node.value) if sign == "-" else node
        if isinstance(node, Text | Logical | Error) and not sign:
            return node
        raise FormulaError("{ } may hold only plain values")


def _of_references(operator: str, left: Node, right: Node) -> Binary:
    """A union or an intersection: what may stand for a reference is found out later, what cannot is refused."""
    for node in (left, right):
        if not (isinstance(node, Ref | Name | TableRef | Call | Error) or getattr(node, "operator", "") in REFERRING):
            what = "a union" if operator == "," else "what a blank stands between"
            raise FormulaError(f"{what} must be references")
    return Binary(operator, left, right)


def _without_blanks(tokens: list[Token]) -> list[Token]:
    """The tokens without the blanks between them, but for those that stand between two references: an operator."""
    kept = []
    for place, token in enumerate(tokens):
        if token[0] != "space":
            kept.append(token)
        elif 0 < place < len(tokens) - 1 and _ends_reference(tokens[place - 1]) and _begins_one(tokens[place + 1]):
            kept.append(("operator", " "))
    return kept


def _ends_reference(token: Token) -> bool:
    return token[0] in ("ref", "name", "table", "error") or token == ("operator", ")")


def _begins_one(token: Token) -> bool:
    return token[0] in ("ref", "name", "table", "error", "function") or token == ("operator", "(")


def _name(piece: str) -> Node:
    sheet, _, name = piece.removeprefix("[0]!").rpartition("!")
    if not sheet and name.upper() in ("TRUE", "FALSE"):
        return Logical(name.upper() == "TRUE")
    return Name(unquoted(sheet) or None, name)


def _table_ref(piece: str) -> TableRef:
    """``Table1[[#This Row],[Sex]]``, ``Table1[Sex]``, ``[@Sex]``, ``Table1[[a]:[b]]``."""
    table, _, inside = piece.partition("[")
    inside = inside[:-1].strip()
    items: list[str] = []
    if inside.startswith("@"):
        items, inside = ["#This Row"], inside[1:].strip()
    parts = [inside] if inside else []
    if inside.startswith("["):
        parts = [part[1:-1] for part in re.findall(rf"\[{IN_BRACKETS}\]", inside)]
    items += [part for part in parts if part.startswith("#")]
    columns = [re.sub(r"'([\[\]#'@])", r"\1", part) for part in parts if not part.startswith("#")]
    if len(columns) > 2:
        raise FormulaError(f"cannot read {piece!r}")
    first = columns[0] if columns else None
    return TableRef(table or None, tuple(items), first, columns[-1] if columns else None)
