"""Formula text → tree.

The grammar, loosest first; each level is a row of ``LEVELS`` or a method of the parser:

    comparison   = < <> > <= >=
    text         &
    sum          + -
    product      * /
    power        ^              from the left: 2^3^2 is 64
    percent      %
    sign         - + @          binds tighter than ^: -2^2 is 4
    range        :
    primary      numbers, "texts", errors, references, names, FUNCTION(…), (…), {…}

A formula is cut into tokens once. Its references are kept relative to its cell, so the same ``Formula`` serves every
cell that it is filled into, and gives back the text of each with its own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from sheetsim.errors import FormulaError
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, cell_name, column_index
from sheetsim.model.nodes import (
    ArrayConstant,
    Binary,
    Call,
    Corner,
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
)

LEVELS = (("=", "<>", "<=", ">=", "<", ">"), ("&",), ("+", "-"), ("*", "/"), ("^",))
DEEPEST = 100  # calls and parentheses within one another; Excel itself allows 64

_WORD = r"[A-Za-z_\\\u0080-\uffff]"
_A1 = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_COLUMN, _ROW = r"\$?[A-Za-z]{1,3}", r"\$?[0-9]{1,7}"
_END = r"(?![\w(.!\[])"  # what follows must not make a longer word of it
_AREA = rf"{_A1}(?::{_A1})?{_END}|{_COLUMN}:{_COLUMN}{_END}|{_ROW}:{_ROW}(?![\w.])"


def _sheet(quoted: str, plain: str) -> str:
    """A sheet before an exclamation mark; ``quoted`` and ``plain`` open the groups: named, or ``?:`` for unseen."""
    return rf"(?:'({quoted}(?:[^']|'')+)'|({plain}{_WORD}[\w.]*))!"


_ERROR = r"\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<ref>(?:{_sheet("?P<quoted>", "?P<plain>")})?(?P<area>{_AREA}))
    |(?P<error>(?:{_sheet("?:", "?:")})?{_ERROR})
    |(?P<table>(?:[A-Za-z_\\][\w.]*)?\[(?:[^\[\]]|\[(?:[^\[\]']|'.)*\])*\])
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<function>{_WORD}[\w.]*)\s*\(
    |(?P<name>(?:{_sheet("?:", "?:")})?{_WORD}[\w.?\\]*)
    |(?P<operator><=|>=|<>|[-+*/^&=<>%@(){{}},;:])""",
    re.VERBOSE,
)
_PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]{0,7})\Z")
_BEYOND = re.compile(r"(?:[Xx][Ff][E-Ze-z]|[Xx][G-Zg-z][A-Za-z]|[Y-Zy-z][A-Za-z]{2})[0-9]+\Z")
_OTHER_FILE = re.compile(r"\[[^\[\]]+\](?:[A-Za-z_\u0080-\uffff][\w.]*)?!")  # [1]Sheet1!A1
_SEVERAL_SHEETS = re.compile(r"(?:'[^']+:[^']+'|[A-Za-z_][\w.]*:[A-Za-z_][\w.]*)!")  # Jan:Mar!A1
Token = tuple[str, str | Ref]


def _corner(text: str, row: int, column: int, default_row: int, default_column: int) -> Corner:
    """``$B4`` seen from the cell (row, column); the defaults stand in for what ``A:A`` or ``1:1`` leaves out."""
    found = _PART.match(text)
    assert found is not None
    dollar, letters, dollar_row, digits = found.groups()
    if not letters:  # a whole row, ``$1``
        dollar_row = dollar_row or dollar
    r, r_absolute = (int(digits) - 1, bool(dollar_row)) if digits else (default_row, True)
    c, c_absolute = (column_index(letters), bool(dollar)) if letters else (default_column, True)
    if not (0 <= r < MAX_ROWS and 0 <= c < MAX_COLUMNS):
        raise FormulaError(f"{text} lies outside a sheet")
    return Corner(r if r_absolute else r - row, c if c_absolute else c - column, r_absolute, c_absolute)


def _reference(sheet: str | None, area: str, row: int, column: int) -> Ref:
    first, _, last = area.partition(":")
    shape = "cell"
    if last:
        shape = "columns" if not first[-1].isdigit() else "rows" if not any(map(str.isalpha, first)) else "range"
    start = _corner(first, row, column, 0, 0)
    end = _corner(last, row, column, MAX_ROWS - 1, MAX_COLUMNS - 1) if last else start
    return Ref(sheet, start, end, shape)


def _tokens(text: str, row: int, column: int) -> Iterator[Token]:
    place = 1 if text.startswith("=") else 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise FormulaError(f"cannot read {text[place : place + 20]!r}")
        kind = found.lastgroup
        assert kind is not None
        if (found["table"] and _OTHER_FILE.match(text, place)) or _SEVERAL_SHEETS.match(text, place):
            what = "another file" if found["table"] else "several sheets at once"
            raise FormulaError(f"refers to {what}, {text[place : place + 20]!r}")
        if found["area"] and not found["quoted"] and not found["plain"] and _BEYOND.match(found["area"]):
            yield "name", found[0]  # XFE1: no sheet is that wide
        elif kind in ("area", "ref", "quoted", "plain"):
            sheet = found["quoted"].replace("''", "'") if found["quoted"] else found["plain"]
            if sheet and "[" in sheet:
                raise FormulaError(f"refers to another file, {found[0]}")
            yield "ref", _reference(sheet, found["area"], row, column)
        elif found["function"] is not None:
            yield "function", found[0]
        else:
            yield (
                next(k for k in ("space", "text", "error", "table", "number", "name", "operator") if found[k]),
                found[0],
            )
        place = found.end()


class Formula:
    """One formula and all its copies.

    ``key`` is the same text for every copy (references written as ``R[-1]C3``); ``tree`` is parsed on first use.

    >>> formula = Formula.read("=C4+D4*$A$1", 3, 4)
    >>> formula.key, formula.text(10, 4)
    ('R[0]C[-2]+R[0]C[-1]*R1C1', '=C11+D11*$A$1')
    """

    def __init__(self, tokens: tuple[Token, ...], key: str):
        self.tokens = tokens
        self.key = key

    @classmethod
    def read(cls, text: str, row: int, column: int) -> Formula:
        """The formula typed as ``text`` into the cell (row, column). Raises FormulaError."""
        try:
            tokens = tuple(_tokens(text, row, column))
        except FormulaError as error:
            raise FormulaError(f"{cell_name(row, column)}: {error} in {_shown(text)}") from None
        return cls(tokens, "".join(piece.key() if isinstance(piece, Ref) else piece for _, piece in tokens))

    def text(self, row: int, column: int) -> str:
        """The formula as typed into the cell (row, column)."""
        return "=" + "".join(p.text(row, column) if isinstance(p, Ref) else p for _, p in self.tokens)

    @cached_property
    def tree(self) -> Node:
        """The tree. Raises FormulaError where the text is not a formula."""
        return _Parser([token for token in self.tokens if token[0] != "space"]).parse()

    def names_a_sheet(self) -> bool:
        """Whether some reference names its sheet (such formulas cannot be stored as shared ones)."""
        return any(isinstance(piece, Ref) and piece.sheet is not None for _, piece in self.tokens)


def _shown(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


class _Parser:
    def __init__(self, tokens: list[Token]):
        self.tokens = [*tokens, ("end", "the end")]
        self.place = 0
        self.depth = 0

    def parse(self) -> Node:
        tree = self.expression()
        if self.kind != "end":
            raise FormulaError(f"cannot go on at {self.shown}")
        return tree

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

    def expression(self, level: int = 0) -> Node:
        """Everything that binds at least as tightly as ``LEVELS[level]``; equals from the left."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(f"nested more than {DEEPEST} deep")
        left = self.percent()
        left = self.climb(left, level)
        self.depth -= 1
        return left

    def climb(self, left: Node, level: int) -> Node:
        """Precedence climbing: take operators of ``level`` and tighter, looser ones are left to the caller."""
        while (found := self.peek_level()) is not None and found >= level:
            operator = self.operator(*LEVELS[found])
            assert operator is not None
            right = self.percent()
            while (following := self.peek_level()) is not None and following > found:
                right = self.climb(right, following)
            left = Binary(operator, left, right)
        return left

    def peek_level(self) -> int | None:
        kind, piece = self.tokens[self.place]
        if kind == "operator":
            for level, operators in enumerate(LEVELS):
                if piece in operators:
                    return level
        return None

    def percent(self) -> Node:
        node = self.sign()
        while self.operator("%"):
            node = Unary("%", node)
        return node

    def sign(self) -> Node:
        signs = []
        while found := self.operator("-", "+", "@"):
            signs.append(found)
        node = self.range()
        for found in reversed(signs):
            node = Unary(found, node)
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
            return Number(float(piece))
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
            node = self.expression()
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
        arguments: list[Node] = []
        if not self.operator(")"):
            arguments.append(self.argument())
            while self.operator(",", ";"):
                arguments.append(self.argument())
            self.expect(")")
        if name in ("TRUE", "FALSE") and not arguments:
            return Logical(name == "TRUE")
        if name == "SINGLE" and len(arguments) == 1:  # how files store @
            return Unary("@", arguments[0])
        return Call(name, tuple(arguments))

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
        negative = self.operator("-")
        node = self.primary()
        if isinstance(node, Number):
            return Number(-node.value) if negative else node
        if isinstance(node, Text | Logical | Error) and not negative:
            return node
        raise FormulaError("{ } may hold only plain values")


def _name(piece: str) -> Node:
    sheet, _, name = piece.rpartition("!")
    if not sheet and name.upper() in ("TRUE", "FALSE"):
        return Logical(name.upper() == "TRUE")
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return Name(sheet or None, name)


def _table_ref(piece: str) -> TableRef:
    """``Table1[[#This Row],[Sex]]``, ``Table1[Sex]``, ``[@Sex]``, ``Table1[[a]:[b]]``."""
    table, _, inside = piece.partition("[")
    inside = inside[:-1].strip()
    items: list[str] = []
    if inside.startswith("@"):
        items, inside = ["#This Row"], inside[1:].strip()
    parts = [part[1:-1] for part in re.findall(r"\[(?:[^\[\]']|'.)*\]", inside)] or ([inside] if inside else [])
    items += [part for part in parts if part.startswith("#")]
    columns = [re.sub(r"'(.)", r"\1", part) for part in parts if not part.startswith("#")]
    if len(columns) > 2:
        raise FormulaError(f"cannot read {piece!r}")
    first = columns[0] if columns else None
    return TableRef(table or None, tuple(items), first, columns[-1] if columns else None)
