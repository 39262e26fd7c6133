"""Blocks that depend on one another, as the steps of an optimizer do: ``C5`` on ``H4``, ``H4`` on ``C4``.

Most such groups can be read line by line (``lines.py``), and each line is then computed block by block. Where all of it
is plain arithmetic on numbers, ``scan.py`` runs the lines far faster.

What no direction fits is computed cell by cell, each cell after those it needs (``cell_by_cell.py``); that is also
where a circular reference comes to light.
"""

from __future__ import annotations

import numpy as np

from sheetsim.engine.parts import cells_of, compute_part
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.cell_by_cell import CellByCell
from sheetsim.engine.recurrences.lines import Lines, find_lines
from sheetsim.engine.recurrences.scan import Scan


class Recurrence:
    """A group that depends on itself, and the fastest way found to compute it."""

    def __init__(self, plan: Plan, group: list[int]):
        self.plan, self.group = plan, group
        self.lines = find_lines(plan, group)
        self.scans = [Scan.of(plan, self.lines, s) for s in self.lines.stretches] if self.lines else []

    def run(self) -> None:
        """Computes every cell of the group: by scan as far as that goes, else line by line, else cell by cell."""
        if self.lines is None:
            CellByCell(self.plan, self.group).run()
            return
        for stretch, scan in zip(self.lines.stretches, self.scans, strict=True):
            lines = np.arange(stretch.first, stretch.last + 1)[:: self.lines.sign].tolist()
            done = 0
            while done < len(lines):
                went = scan.run(done) if scan else 0
                done += went
                if not went:  # the next line is no plain arithmetic, nor is what follows likely to be
                    scan = None
                if done < len(lines):
                    for index in stretch.blocks:
                        self._line(self.lines, index, lines[done])
                    done += 1

    def _line(self, lines: Lines, index: int, line: int) -> None:
        part = lines.part(self.plan.blocks[index], line)
        program = self.plan.programs[index]
        for load in program.loads:
            load.look(whole=False)
        for piece in cells_of(part) if program.cellwise else [part]:
            compute_part(self.plan, index, piece)


def recurrence_of(plan: Plan, group: list[int]) -> Recurrence:
    """How a group of a plan is computed; found once."""
    known = plan.recurrences.get(tuple(group))
    if not isinstance(known, Recurrence):
        known = plan.recurrences[tuple(group)] = Recurrence(plan, group)
    return known
