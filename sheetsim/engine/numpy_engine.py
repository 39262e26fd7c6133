"""The NumPy engine: the recalculation of a workbook along its plan.

Each block is computed at once (``parts.py``). Groups of blocks that depend on one another go to ``recurrences/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from sheetsim.engine.blocks import Block, bind_block, shown
from sheetsim.engine.context import Context
from sheetsim.engine.dynamic import Asking, NotReady, Settled
from sheetsim.engine.incremental.update import update
from sheetsim.engine.parts import Part, compute_block, compute_part, forget_all, over_cells, pieces
from sheetsim.engine.plan import Plan, plan_of, refuse_lacking
from sheetsim.engine.program import Program
from sheetsim.engine.recurrences.recurrence import recurrence_of
from sheetsim.engine.spilling import Spills, refuse_other_sizes
from sheetsim.engine.whole.copies import compute_copies
from sheetsim.engine.whole.repeated import Repeated
from sheetsim.engine.whole.stages import quicker_whole, stages_of, tries_of
from sheetsim.errors import CycleError, FormulaError, UnknownFunction
from sheetsim.excel.arrays import trapping
from sheetsim.excel.calendar import counted_since
from sheetsim.functions.lifting import Uneven
from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import decode

Progress = Callable[[int], None]


def recalculate(book: Book, progress: Progress | None = None, strict: bool = False, full: bool = False) -> None:
    """Computes the formulas of a workbook from its inputs, with Excel's arithmetic: those that depend on what has
    changed since the last calculation (``incremental/``). All of them where that is not known: the first time, after a
    formula has changed, where nothing is noted to have changed, or if ``full``.

    ``progress`` is told how many cells each step has computed. What cannot be computed holds an unsupported value
    (``values.Unsupported``), and so does what depends on it; with ``strict`` it raises UnknownFunction, FormulaError or
    CycleError. Raises LimitError in any case.
    """
    spills = Spills(book)
    if not full and _only_what_changed(book, progress, strict) and spills.settled(plan_of(book)):
        book.settled()
        return
    while True:
        plan = plan_of(book)
        if strict:
            refuse_lacking(plan)
        plan.circles, plan.elsewhere, plan.lacking = False, False, bool(plan.lacks)
        plan.pointed.clear()
        _compute_all(plan, progress, strict)
        if spills.settled(plan):
            break
    plan.fresh, plan.days_since = not (plan.circles or plan.elsewhere), book.days_since
    book.settled()


def _only_what_changed(book: Book, progress: Progress | None, strict: bool) -> bool:
    """Computes what depends on the cells noted to have changed, if all others hold the results of what they depend on;
    whether that was done. A circle goes on from its last values each time, so that all of it is computed."""
    plan = book.planned
    if not isinstance(plan, Plan) or not plan.fresh or not book.noted or book.overwritten:
        return False
    if book.iteration is not None or plan.days_since != book.days_since or (strict and plan.lacks):
        return False
    return not quicker_whole(plan) and update(plan, book.noted, progress)


def run(plan: Plan, groups: list[list[int]], progress: Progress | None = None, strict: bool = False) -> None:
    """Computes groups of ``plan.order`` in their order, from what the cells of all others hold; what ``dynamic.py``
    learns on the way changes the order of the plan. Raises CycleError if ``strict``, FormulaError where the result of a
    dynamic array formula has another size than before: for that all has to be recalculated."""
    _begin(plan, groups)
    with trapping(), counted_since(plan.book.days_since):
        _run(plan, groups, progress, strict)
    refuse_other_sizes(plan, groups)


def _compute_all(plan: Plan, progress: Progress | None, strict: bool) -> None:
    """All groups: those of a small plan as one program, what that leaves in the general way."""
    _begin(plan, plan.order)
    with trapping(), counted_since(plan.book.days_since):
        stages = stages_of(plan)
        if stages is not None:
            if stages.run(lambda groups: _run(plan, groups, progress, strict), progress):
                return
            tries_of(plan).fail()
        if plan.book.iteration is None:  # else a circle goes on from what its cells hold
            forget_all(plan)
            compute_copies(plan, lambda groups: _run(plan, groups, progress, strict), progress)
        _run(plan, plan.order, progress, strict, Repeated(plan))


def _begin(plan: Plan, groups: list[list[int]]) -> None:
    plan.runs += 1
    plan.steps = 0
    plan.fresh = False
    plan.done.difference_update(i for group in groups for i in group)
    plan.dynamic.begin()


def run_towards(plan: Plan, groups: list[list[int]], sheet: Sheet, wanted: Rect) -> None:
    """``run`` for the sake of some cells: of the block that they are in, the last of the groups, only these are
    computed. Where an OFFSET may change the order on the way, or the block needs itself, all of it is."""
    last = groups[-1]
    block, program = plan.blocks[last[0]], plan.programs[last[0]]
    whole = plan.waits_for_itself(last) or block.spill is not None or plan.map.within(sheet.title, wanted) != last
    if whole or any(plan.blocks[i].runtime for group in groups for i in group):
        run(plan, groups)
        return
    run(plan, groups[:-1])
    with trapping(), counted_since(plan.book.days_since):
        for reading in program.readings:
            reading.look(whole=True)
        compute_part(plan, last[0], wanted)


def _run(
    plan: Plan, groups: list[list[int]], progress: Progress | None, strict: bool, repeated: Repeated | None = None
) -> None:
    """``repeated`` is given where all groups are computed: then blocks may come before their turn."""
    ahead = groups[::-1]  # the next one last
    begun: set[int] = set()  # blocks that turned out to wait for others
    learned = False
    while ahead:
        group = ahead[-1]
        try:
            if not plan.done.issuperset(group):
                computed = (repeated.compute(group[0]) if repeated else None) or _compute(plan, group)
                plan.done.update(computed)
                if progress:
                    progress(sum(plan.blocks[i].cells.size for i in computed))
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
        except CycleError:
            if not plan.dynamic.forget():  # a real one
                if strict and plan.book.iteration is None:
                    raise
                plan.circles = plan.lacking = True
                continue
            plan.done.difference_update(i for group in groups for i in group)
        plan.reorder()
        ahead, learned = plan.order[::-1], False
        begun.clear()
    if learned:
        plan.reorder()


def _compute(plan: Plan, group: list[int]) -> list[int]:
    """One group, that is answered: a block that needs nothing of itself at once, any other as a recurrence."""
    if plan.waits_for_itself(group):
        recurrence_of(plan, group).run()
    else:
        compute_block(plan, group[0])
    return group


def schedule(plan: Plan) -> list[Part]:
    """All parts, each after those it reads, of a plan that has been run: only that tells where an OFFSET points."""
    return [part for group in plan.order for part in _parts(plan, group)]


def _parts(plan: Plan, group: list[int]) -> Iterator[Part]:
    if plan.waits_for_itself(group):
        return recurrence_of(plan, group).parts()
    return pieces(plan, group[0], plan.blocks[group[0]].rect)


def asked_at_run_time(plan: Plan, index: int, cell: Rect) -> list[tuple[Sheet, Rect]]:
    """The cells that the references point at which one cell of a block makes only when it is computed (``OFFSET``), by
    the values that all cells hold now; none where it cannot be computed by itself."""
    program, asking = plan.programs[index], Asking(plan.book)
    for reading in program.readings:
        reading.attach()
        reading.look(whole=False)
    with trapping(), counted_since(plan.book.days_since), suppress(Uneven, FormulaError):
        program.run(Context(asking, plan.blocks[index], cell))
    return asking.found


def evaluate(book: Book, sheet: str, text: str) -> Any:
    """The value of a formula as if it stood in an empty cell of a sheet, from the values the cells hold now. Raises
    FormulaError for one that cannot be understood.

    >>> book = Book("demo")
    >>> book.add_sheet("s")["A1"] = 3
    >>> evaluate(book, "s", "=A1^2")
    9.0
    """
    num, kind = evaluate_over(book[sheet], text, Rect(0, 0, 0, 0))
    return decode(num.flat[0], int(kind.flat[0]))


def evaluate_over(sheet: Sheet, text: str, rect: Rect, part: Rect | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The values of a formula as if it were typed into the first cell of ``rect`` and filled over the rest, from the
    values the cells hold now: ``num`` and ``kind`` (see ``values.py``) of shape (rows, columns), of a ``part`` of the
    cells alone if one is given. Raises FormulaError for one that cannot be understood.

    >>> sheet = Book("demo").add_sheet("s")
    >>> sheet.values("A1", [[1], [2], [3]])
    >>> evaluate_over(sheet, "A1>1", Rect(0, 1, 2, 1))[0].T
    array([[0., 1., 1.]])
    """
    number = sheet.book.number_of(Formula.read("=" + text.removeprefix("="), rect.top, rect.left))
    scratch = Block(sheet, part or rect, number)
    bind_block(scratch)
    program = Program(scratch)
    for lack, what, _ in program.lacking:
        raise UnknownFunction(f"{shown(text)}: sheetsim does not have {lack} {what}")
    for reading in program.readings:
        reading.attach()
    with trapping(), counted_since(sheet.book.days_since):
        result = program.run(Context(Settled(sheet.book), scratch, scratch.rect))
    num, kind = over_cells(result, scratch, scratch.rect)
    return np.asarray(num), np.broadcast_to(np.uint8(kind) if isinstance(kind, int) else kind, scratch.rect.shape)
