"""Where rounding decides the last digits: a difference in which digits are lost, a product that Excel rounds twice."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Any

from sheetsim.excel.arithmetic import product
from sheetsim.model.nodes import Binary, Node

DIGITS = 16  # that a double has, nearly
FEW = 3  # lost digits that are not worth a word


def note_of(node: Node, operands: list[Any], value: Any) -> str:
    """What rounding did in one step, or "".

    >>> from sheetsim.model.formula import Formula
    >>> minus, times = (Formula.read(f"=A1{sign}B1", 0, 2).tree for sign in "-*")
    >>> note_of(minus, [1.0000001, 1.0], 1.0000001 - 1.0)
    'a difference of nearly equal numbers: 7 of 16 digits are lost'
    >>> note_of(minus, [1e20, 1.0], 1e20)
    '1.0 is lost beside 1e+20'
    """
    if not isinstance(node, Binary) or len(operands) != 2:
        return ""
    if not all(isinstance(x, float) and not isinstance(x, bool) for x in (*operands, value)):
        return ""
    a, b = operands
    if node.operator in "+-":
        return _of_a_sum(a, b, value)
    if node.operator == "*" and product(a, b) != a * b and isfinite(a * b):
        return f"Excel rounds this product twice: plain double gives {a * b!r}"
    return ""


def _of_a_sum(a: float, b: float, value: float) -> str:
    larger, smaller = max(abs(a), abs(b)), min(abs(a), abs(b))
    if value == 0.0 or smaller == 0.0:
        return ""
    if abs(value) == larger:
        lost, beside = (a, b) if abs(a) < abs(b) else (b, a)
        return f"{lost!r} is lost beside {beside!r}"
    digits = lost_digits(larger / abs(value))
    return f"a difference of nearly equal numbers: {digits} of {DIGITS} digits are lost" if digits >= FEW else ""


def lost_digits(times: float) -> int:
    """How many digits an error is nearer to the front that has become so many times larger."""
    return max(0, floor(log10(times))) if times > 0 and isfinite(times) else 0


def sensitivity(value: float, moves: float) -> str:
    """A line on a number that its inputs move by ``moves`` if each grows by all of itself, all in the same direction:
    what their last digits do to it. "" where that is little.

    >>> sensitivity(200.0, 4e12)
    'rounding decides its last digits: a change in digit 16 of its inputs is one in digit 6 of it'
    """
    if value == 0.0 or not isfinite(moves):
        return ""
    digits = lost_digits(moves / abs(value))
    if digits < FEW:
        return ""
    place = max(1, DIGITS - digits)
    return f"rounding decides its last digits: a change in digit {DIGITS} of its inputs is one in digit {place} of it"
