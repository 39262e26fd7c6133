"""The NumPy engine: the recalculation of a workbook along its plan.

Each block is computed at once (``parts.py``). Groups of blocks that depend on one another go to ``recurrences/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sheetsim.engine.blocks import Block, bind_block
from sheetsim.engine.context import Context
from sheetsim.engine.dynamic import NotReady, Settled
from sheetsim.engine.parts import Part, compute_block, pieces
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.engine.program import Program
from sheetsim.engine.recurrences.recurrence import recurrence_of
from sheetsim.errors import CycleError
from sheetsim.excel.arrays import filled, trapping
from sheetsim.excel.calendar import counted_since
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.sheet import Book
from sheetsim.model.values import BLANK, decode

Progress = Callable[[int], None]


def recalculate(book: Book, progress: Progress | None = None, allow_unsupported: bool = False) -> None:
    """Computes every formula of a workbook from its inputs, with Excel's arithmetic.

    ``progress`` is told how many cells each step has computed. Raises FormulaError, UnknownFunction or CycleError;
    with ``allow_unsupported`` cells whose function is not in the table hold ``#UNSUPPORTED!`` instead.
    """
    plan = plan_of(book, allow_unsupported)
    for block in plan.blocks:
        _forget(block)
    run(plan, plan.order, progress)
    book.changed = False


def run(plan: Plan, groups: list[list[int]], progress: Progress | None = None) -> None:
    """Computes groups of ``plan.order`` in their order, from what the cells of all others hold; what ``dynamic.py``
    learns on the way changes the order of the plan."""
    plan.runs += 1
    plan.done.difference_update(i for group in groups for i in group)
    plan.dynamic.begin()
    with trapping(), counted_since(plan.book.days_since):
        _run(plan, groups, progress)


def _run(plan: Plan, groups: list[list[int]], progress: Progress | None) -> None:
    ahead = groups[::-1]  # the next one last
    begun: set[int] = set()  # blocks that turned out to wait for others
    learned = False
    while ahead:
        group = ahead[-1]
        try:
            if not plan.done.issuperset(group):
                _compute(plan, group)
                plan.done.update(group)
                if progress:
                    progress(sum(plan.blocks[i].cells.size for i in group))
            if begun:
                begun.difference_update(group)
            ahead.pop()
            continue
        except NotReady as wanted:
            plan.dynamic.learn(group, wanted)
            begun.update(group)
            learned = True
            first = plan.first(wanted.blocks)
            if begun.isdisjoint(i for group in first for i in group):
                ahead += first
                continue
        except CycleError as circle:
            plan.dynamic.forget(circle)
            plan.done.difference_update(i for group in groups for i in group)
        plan.reorder()
        ahead, learned = plan.order[::-1], False
        begun.clear()
    if learned:
        plan.reorder()


def _compute(plan: Plan, group: list[int]) -> None:
    """One group: a block that needs nothing of itself at once, any other as a recurrence."""
    if plan.waits_for_itself(group):
        recurrence_of(plan, group).run()
    else:
        compute_block(plan, group[0])


def schedule(plan: Plan) -> list[Part]:
    """All parts, each after those it reads, of a plan that has been run: only that tells where an OFFSET points."""
    return [part for group in plan.order for part in _parts(plan, group)]


def _parts(plan: Plan, group: list[int]) -> Iterator[Part]:
    if plan.waits_for_itself(group):
        return recurrence_of(plan, group).parts()
    return pieces(plan, group[0], plan.blocks[group[0]].rect)


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
    for reading in program.readings:
        reading.attach()
    with trapping(), counted_since(book.days_since):
        result = program.run(Context(Settled(book), scratch, scratch.rect))
    result = filled(result.corner())
    return decode(result.num.flat[0], int(result.kinds().flat[0]))
