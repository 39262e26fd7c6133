"""Which drawing is for which thing."""

from __future__ import annotations

from functools import singledispatch

from sheetsim.checking.findings import Report
from sheetsim.macros.running import History as Run
from sheetsim.model.ranges import Range
from sheetsim.model.sheet import Book, Sheet
from sheetsim.notebook import books, explanations, grid, histories, reports
from sheetsim.solver.solving import Solution
from sheetsim.study.explanation.explained import Explanation
from sheetsim.study.explanation.gradients import Gradient
from sheetsim.training.history import History as Training
from sheetsim.training.loop import Outcome


@singledispatch
def html(thing: object) -> str:
    """The HTML that a notebook shows of a thing.

    >>> import sheetsim
    >>> html(sheetsim.build("entropy_example"))[:22]
    '<div class="sheetsim t'
    """
    from sheetsim.study.comparison.frame import Comparison  # which imports pandas

    if isinstance(thing, Comparison):
        return histories.of_comparison(thing)
    raise TypeError(f"a notebook has no drawing of a {type(thing).__name__}")


html.register(Book, books.of_book)
html.register(Sheet, grid.of_sheet)
html.register(Range, grid.of_range)
html.register(Report, reports.of_report)
html.register(Explanation, explanations.of_explanation)
html.register(Gradient, explanations.of_gradient)
html.register(Solution, histories.of_solution)
html.register(Run, histories.of_run)
html.register(Training, histories.of_training)
html.register(Outcome, histories.of_outcome)
