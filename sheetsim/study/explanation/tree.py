"""The tree of what a cell comes from, down to the inputs: each distinct cell once, a range as one line."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isclose

import numpy as np

from sheetsim.engine.plan import Plan
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.study.explanation.evaluation import summary_of
from sheetsim.study.explanation.explained import Branch, Interval
from sheetsim.study.explanation.gradients import Gradients
from sheetsim.study.explanation.headings import heading
from sheetsim.study.explanation.places import Area, areas_of

MOST = 2_000  # branches of one tree
ALIKE = 1e-8  # of themselves: gradients by differences are not exact


@dataclass
class _Growing:
    """A branch that may yet grow."""

    area: Area
    depth: int
    branches: list[_Growing] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    cut: bool = False


class _Met:
    """The cells and ranges that stand in the tree already."""

    def __init__(self, first: Area):
        self.count = 0
        self.exactly: set[tuple[str, Rect]] = set()
        self.ranges: list[Area] = []
        self.add(first)

    def add(self, area: Area) -> None:
        """One more."""
        sheet, rect = area
        self.count += 1
        self.exactly.add((sheet.title, rect))
        if rect.size > 1:
            self.ranges.append(area)

    def has(self, area: Area) -> bool:
        """Whether all its cells stand there, in one place."""
        sheet, rect = area
        if (sheet.title, rect) in self.exactly:
            return True
        return any(where is sheet and other.common(rect) == rect for where, other in self.ranges)


def tree_of(plan: Plan, area: Area, depth: int, gradients: Gradients) -> Branch:
    """The tree below a cell, ``depth`` levels deep. A cell that several formulas read stands where it is met first,
    level by level: as near to the root as it can."""
    root = _Growing(area, 0)
    met = _Met(area)
    level = [root]
    while level:
        below: list[_Growing] = []
        for growing in level:
            for one in areas_of(plan, growing.area):
                if met.has(one):
                    growing.elsewhere.append(_where(one))
                elif growing.depth == depth or met.count > MOST:
                    growing.cut = True
                else:
                    met.add(one)
                    growing.branches.append(_Growing(one, growing.depth + 1))
            below += growing.branches
        level = below
    return _grown(root, gradients)


def _grown(root: _Growing, gradients: Gradients) -> Branch:
    """The finished branches, the last ones first: a tree may be deeper than Python calls functions."""
    order, waiting = [], [root]
    while waiting:
        order.append(one := waiting.pop())
        waiting += one.branches
    done: dict[int, Branch] = {}
    for one in reversed(order):
        done[id(one)] = _branch(one, tuple(done[id(below)] for below in one.branches), gradients)
    return done[id(root)]


def _branch(one: _Growing, branches: tuple[Branch, ...], gradients: Gradients) -> Branch:
    sheet, rect = one.area
    value = sheet.value(rect.top, rect.left) if rect.size == 1 else summary_of(sheet, rect)
    formula = sheet.formula_text(rect.top, rect.left)
    return Branch(
        _where(one.area),
        heading(sheet, rect),
        value,
        formula,
        origin_of(sheet, one.area[1].top, one.area[1].left),
        gradient_shown(gradients.of(sheet, rect)),
        branches,
        tuple(one.elsewhere),
        one.cut,
    )


def gradient_shown(found: np.ndarray) -> float | Interval | None:
    """The gradient by one cell, or the least and the greatest of several if they differ by more than differences do;
    None where there is none."""
    known = found[~np.isnan(found)]
    if not known.size:
        return None
    least, greatest = float(known.min()), float(known.max())
    return least if isclose(least, greatest, rel_tol=ALIKE) else (least, greatest)


def origin_of(sheet: Sheet, row: int, column: int) -> str:
    """Where what a cell holds is from: a formula, an input; nothing; another file."""
    if sheet.title.startswith("["):
        name = sheet.book.external_files.get(int(sheet.title[1 : sheet.title.index("]")]), "")
        return f"stored here of {name or 'another file'}"
    formula = sheet.formula_text(row, column)
    if formula:
        return f"formula {formula}"
    return "input" if sheet.value(row, column) is not None else "blank"


def _where(area: Area) -> str:
    sheet, rect = area
    return f"{sheet.title}!{rect}"
