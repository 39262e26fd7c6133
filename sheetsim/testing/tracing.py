"""Where a difference begins, if a test gives only some of a sheet's cells: back through those that it does not give.

Where both sides have every cell, ``checking/causes.py`` goes from each that differs to one that it reads. Here a
formula may read a cell of which nothing is given, and that cell one that is given and differs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sheetsim.checking.causes import trace_causes, typed_into
from sheetsim.checking.findings import DIFFERENT, EMPTY, SheetReport
from sheetsim.engine.blocks import swept
from sheetsim.engine.plan import Plan
from sheetsim.model.address import Rect, cell_name, parse_cell

Cell = tuple[str, int, int]  # sheet, row, column

TRACED, PASSED = 200, 20_000  # differences that are followed back, and cells not given on the way of one


def trace(reports: Sequence[SheetReport], plan: Plan) -> None:
    """Gives each difference in a formula's value its ``cause``, the given cell in which it begins."""
    trace_causes(reports, plan)
    states = {report.title: report.states for report in reports}
    ahead: dict[str, str] = {}
    alone = (each for report in reports for each in report.differences if each.cause is None and each.formula)
    for each, _ in zip(alone, range(TRACED), strict=False):
        found = _nearest((each.sheet, *parse_cell(each.cell)), plan, states)
        if found is not None:
            ahead[each.where] = f"{found[0]}!{cell_name(found[1], found[2])}"
    by_place = {each.where: each.cause for report in reports for each in report.differences}
    for report in reports:
        for k, each in enumerate(report.differences):
            cause = _begin(each.where, by_place, ahead)
            if cause != each.where:
                report.differences[k] = replace(each, cause=cause)


def _begin(place: str, causes: dict[str, str | None], ahead: dict[str, str]) -> str:
    """The end of the way back; that of cells which wait for one another, before it comes round."""
    seen = {place}
    while (before := causes.get(place) or ahead.get(place)) is not None and before not in seen:
        seen.add(before)
        place = before
    return place


def _nearest(cell: Cell, plan: Plan, states: dict[str, np.ndarray]) -> Cell | None:
    """The nearest cell before this one that differs, with none between of which something is given."""
    waiting, seen = deque([cell]), {cell}
    while waiting and len(seen) < PASSED:
        for title, rect in _read(waiting.popleft(), plan):
            given = states.get(title)
            part = np.zeros((0, 0), np.uint8) if given is None else given[rect.slices]
            differing = np.argwhere(part >= DIFFERENT)
            if len(differing):
                found = title, rect.top + int(differing[0][0]), rect.left + int(differing[0][1])
                if found != cell:
                    return found
            formulas = plan.map.at[title][rect.slices]
            free = np.ones(formulas.shape, bool)
            height, width = np.minimum(part.shape, free.shape).tolist()
            free[:height, :width] = part[:height, :width] == EMPTY
            for row, column in np.argwhere((formulas > 0) & free)[:PASSED].tolist():
                before = title, rect.top + row, rect.left + column
                if before not in seen:
                    seen.add(before)
                    waiting.append(before)
    return None


def _read(cell: Cell, plan: Plan) -> Iterator[tuple[str, Rect]]:
    """The ranges that a cell's formula reads."""
    title, row, column = cell
    at = plan.map.at[title]
    number = int(at[row, column]) if row < at.shape[0] and column < at.shape[1] else 0
    block = plan.blocks[number - 1] if number else None
    for ref in block.refs if block else ():
        assert block is not None
        rect = swept(ref, typed_into(block, row, column))
        if ref.sheet is not None and min(rect) >= 0:
            yield block.sheet.book[ref.sheet].title, rect
