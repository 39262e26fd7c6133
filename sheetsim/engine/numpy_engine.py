"""The NumPy engine: the recalculation of a workbook along its plan.

Each block is computed at once (``parts.py``). Groups of blocks that depend on one another go to ``recurrences/``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheetsim.engine.blocks import Block, bind_block
from sheetsim.engine.context import Site
from sheetsim.engine.dynamic import NotReady, Settled
from sheetsim.engine.parts import compute_block
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.engine.program import Program
from sheetsim.engine.recurrences.recurrence import recurrence_of
from sheetsim.errors import CycleError
from sheetsim.excel.arrays import filled, trapping
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.sheet import Book
from sheetsim.model.values import BLANK, decode

Progress = Callable[[int], None]


def recalculate(book: Book, progress: Progress | None = None, collect_lacking: bool = False) -> None:
    """Computes every formula of a workbook from its inputs, with Excel's arithmetic.

    ``progress`` is told how many cells each step has computed. Raises FormulaError, UnknownFunction or CycleError;
    with ``collect_lacking`` cells whose function is not in the table hold ``#LACKING!`` instead.
    """
    plan = plan_of(book, collect_lacking)
    with trapping():
        run(plan, progress)
    book.changed = False


def run(plan: Plan, progress: Progress | None = None) -> None:
    """Computes every block, precedents first; what ``dynamic.py`` learns on the way changes the order."""
    plan.runs += 1
    plan.done[:] = False
    plan.cell_states.clear()
    plan.dynamic.begin()
    for block in plan.blocks:
        _forget(block)
    while not plan.done.all():
        try:
            for group in plan.order:
                if not plan.done[group].all():
                    compute(plan, group)
                    plan.done[group] = True
                    if progress:
                        progress(sum(plan.blocks[i].cells.size for i in group))
        except NotReady as wanted:
            plan.dynamic.learn(group, wanted)
            plan.order = plan.dynamic.order()
        except CycleError as circle:
            plan.dynamic.forget(circle)
            plan.order = plan.dynamic.order()
            plan.done[:] = False


def compute(plan: Plan, group: list[int]) -> None:
    """One group: a block that needs nothing of itself at once, any other as a recurrence."""
    if plan.waits_for_itself(group):
        recurrence_of(plan, group).run()
    else:
        compute_block(plan, group[0])


def _forget(block: Block) -> None:
    """Empties a block's cells, so that nothing computed before can pass for a result."""
    cells = block.cells
    area = (slice(cells.top, cells.bottom + 1), slice(cells.left, cells.right + 1))
    block.sheet.num[area] = 0.0
    block.sheet.kind[area] = BLANK


def evaluate(book: Book, sheet: str, text: str) -> Any:
    """The value of a formula as if it stood in an empty cell of a sheet, from the values the cells hold now.

    >>> book = Book("demo")
    >>> book.add_sheet("s")["A1"] = 3
    >>> evaluate(book, "s", "=A1^2")
    9.0
    """
    scratch = Block(book[sheet], Rect(0, 0, 0, 0), book.number_of(Formula.read(text, 0, 0)))
    bind_block(scratch)
    program = Program(scratch)
    for load in program.loads:
        load.attach()
    with trapping():
        result = program.run(Site(Settled(book), scratch, scratch.rect))
    result = filled(result.corner())
    return decode(result.num.flat[0], int(result.kinds().flat[0]))
