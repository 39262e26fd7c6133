"""losses: cross-entropy with its misuse, binary cross-entropy for several labels, the squared error within a range.

A row is an example. Logarithms are natural, as PyTorch's; the lecture's base 10 stands beside them.
"""

from __future__ import annotations

from sheetsim.workbook import Workbook
from workbooks.losses.classes import cross_entropy, misuse
from workbooks.losses.labels import several_labels
from workbooks.losses.ratings import squared_error


def build() -> Workbook:
    """The workbook: four sheets, nothing in it but formulas on the orange numbers."""
    book = Workbook("losses")
    cross_entropy(book)
    misuse(book)
    several_labels(book)
    squared_error(book)
    return book
