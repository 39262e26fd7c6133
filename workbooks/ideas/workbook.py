"""ideas: what the lecture explains with numbers between its workbooks, each on a sheet or two of its own."""

from __future__ import annotations

from sheetsim.workbook import Workbook
from workbooks.ideas.descent import descents
from workbooks.ideas.embedding_size import embedding_size
from workbooks.ideas.factors import factors
from workbooks.ideas.one_cycle import one_cycle
from workbooks.ideas.overfitting import overfitting
from workbooks.ideas.running_average import running_average
from workbooks.shared.data import numbers


def build() -> Workbook:
    """The workbook: the lecture's points, where it needs some, and others scattered around their line."""
    book = Workbook("ideas")
    factors(book)
    embedding_size(book)
    descents(book, numbers("scattered.csv"))
    running_average(book, [y for _, y in numbers("points.csv")])
    one_cycle(book)
    overfitting(book)
    return book
