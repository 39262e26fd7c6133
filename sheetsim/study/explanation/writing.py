"""A formula's tree written out again: as a formula with values in place of its leaves, or for people to read."""

from __future__ import annotations

from math import floor, log10

from sheetsim.excel.number_text import number_text
from sheetsim.model.nodes import (
    AS_ARRAY,
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
)
from sheetsim.model.parser import REFERRING, TIGHTNESS
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError

TIGHTEST = 9  # a leaf, a call, what stands in parentheses
PERCENT, SIGN = 6, 7
NEGATIVE = TIGHTNESS["*"]  # a negative number may begin a product, but not stand below ^
SIGNS = {"*": "·", "-": "−", "<>": "≠", "<=": "≤", ">=": "≥"}

Written = tuple[str, int]  # a text, and how tightly it holds together


def composed(node: Node, below: list[Written], pretty: bool = False) -> Written:
    """A node of a formula written from what its operands are written as. With ``pretty`` for people to read."""
    if isinstance(node, Binary):
        return _binary(node.operator, below, pretty)
    if isinstance(node, Unary):
        if node.operator == AS_ARRAY:
            return below[0]
        if node.operator == "%":
            return _held(below[0], PERCENT) + "%", PERCENT
        sign = SIGNS.get(node.operator, node.operator) if pretty else node.operator
        return sign + _held(below[0], SIGN), NEGATIVE if pretty else SIGN
    assert isinstance(node, Call)
    if pretty and node.name == "SQRT" and len(below) == 1:
        return "√" + _held(below[0], TIGHTEST), TIGHTEST
    return f"{node.name}({(', ' if pretty else ',').join(text for text, _ in below)})", TIGHTEST


def _binary(operator: str, below: list[Written], pretty: bool) -> Written:
    if operator in REFERRING:
        text = operator.join(text for text, _ in below)
        return f"({text})" if operator == "," else text, TIGHTEST
    level = TIGHTNESS[operator]
    left = _held(below[0], level)
    right = _held(below[1], level + 1)
    if right[0] in "-−":
        right = f"({right})"
    sign = SIGNS.get(operator, operator) if pretty else operator
    return f"{left} {sign} {right}" if pretty and operator != "^" else f"{left}{sign}{right}", level


def _held(written: Written, level: int) -> str:
    """An operand, in parentheses where it would fall apart."""
    text, tightness = written
    return text if tightness >= level else f"({text})"


def literal(node: Node) -> str:
    """A leaf that is no reference, as a formula writes it."""
    if isinstance(node, Number):
        return number_text(node.value)
    if isinstance(node, Text):
        return quoted_text(node.value)
    if isinstance(node, Logical):
        return str(node.value).upper()
    if isinstance(node, ArrayConstant):
        return "{" + ";".join(",".join(literal(one) for one in row) for row in node.rows) + "}"
    return node.name if isinstance(node, Error) else "" if isinstance(node, Missing) else "?"


def reference(ref: Ref, sheet: Sheet, row: int, column: int) -> str:
    """A bound reference as it is typed into a cell: without the sheet where that is the cell's own."""
    own = (ref.sheet or "").casefold() == sheet.title.casefold()
    return Ref(None if own else ref.sheet, ref.first, ref.last, ref.shape).text(row, column)


def written_out(tree: Node, sheet: Sheet, row: int, column: int, pretty: bool = False) -> str:
    """A bound tree as a formula that is typed into a cell."""

    def written(node: Node, below: tuple[Written, ...]) -> Written:
        if isinstance(node, Ref):
            return reference(node, sheet, row, column), TIGHTEST
        if isinstance(node, Binary | Unary | Call):
            return composed(node, list(below), pretty)
        return literal(node), TIGHTEST

    return fold(tree, written)[0]


def quoted_text(text: str) -> str:
    """A text as a formula writes it."""
    return '"' + text.replace('"', '""') + '"'


def exact(value: object) -> Written:
    """A value as a formula writes it, with all its digits.

    >>> exact(0.1 + 0.2), exact(-3.0), exact(1e-300), exact('say "x"'), exact(True)
    (('0.30000000000000004', 9), ('-3', 3), ('1E-300', 9), ('"say ""x\"""', 9), ('TRUE', 9))
    """
    if isinstance(value, bool):
        return str(value).upper(), TIGHTEST
    if isinstance(value, float):
        text = repr(value).removesuffix(".0").upper()
        return text, NEGATIVE if value < 0 else TIGHTEST
    if isinstance(value, ExcelError):
        return str(value), TIGHTEST
    return quoted_text(str(value)), TIGHTEST


def readable(value: object) -> Written:
    """A value for people to read.

    >>> readable(-0.68731234), readable(3.0), readable("x")
    (('−0.6873', 3), ('3', 9), ('"x"', 9))
    """
    if isinstance(value, float) and not isinstance(value, bool):
        text = number_shown(value)
        return text.replace("-", "−", 1) if value < 0 else text, NEGATIVE if value < 0 else TIGHTEST
    return exact(value)


def number_shown(value: float) -> str:
    """A number with four decimal places, below 1 with four digits; a short one as it is, a very large or small one with
    an exponent.

    >>> [number_shown(x) for x in (0.1, 29.69103063, -0.68731656, 0.0093956, 12345.0, 1.23e-7, 0.5 + 1e-9)]
    ['0.1', '29.6910', '-0.6873', '0.009396', '12,345', '1.230e-07', '0.5000']
    """
    size = abs(value)
    if round(value, 4) == value and size < 1e9:
        return f"{value:,}".removesuffix(".0")
    if size >= 1e9 or size < 1e-4:
        return f"{value:.3e}"
    places = 4 if size >= 1 else 3 - floor(log10(size))
    return f"{value:,.{places}f}"
