"""tiny_nn: a network that is trained on the sheet, with every number of its forward and backward pass in sight.

The points are two rings that no straight line parts: class 1 in the middle, class 0 around it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.workbook import Workbook
from workbooks.shared.data import numbers
from workbooks.tiny_nn.approximation import approximation
from workbooks.tiny_nn.boundary import boundary, straight
from workbooks.tiny_nn.network import linear, nn
from workbooks.tiny_nn.rates import rates


def build() -> Workbook:
    """The workbook, its weights as they are drawn at the start."""
    points: Sequence[Sequence[float]] = numbers("rings.csv")
    book = Workbook("tiny_nn")
    nn(book, points)
    boundary(book, points)
    rates(book)
    linear(book, points)
    straight(book, points)
    approximation(book)
    return book
