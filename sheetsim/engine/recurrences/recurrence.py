"""Blocks that depend on one another, as the steps of an optimizer do: ``C5`` on ``H4``, ``H4`` on ``C4``.

Most such groups can be read line by line (``lines.py``), and each line is then computed block by block. Where all of it
is plain arithmetic on numbers, ``scan.py`` runs the lines far faster.

What no direction fits is computed cell by cell, each cell after those it needs (``cell_by_cell.py``); that is also
where a circular reference comes to light, which ``iterating.py`` computes where the workbook asks for that.
"""

from __future__ import annotations

from collections.abc import Iterator

from sheetsim.engine.parts import Part, compute_part, pieces
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.cell_by_cell import Cell, CellByCell
from sheetsim.engine.recurrences.copies import ways
from sheetsim.engine.recurrences.iterating import Iterating
from sheetsim.engine.recurrences.lines import Lines, Stretch
from sheetsim.model.address import Rect


class Recurrence:
    """A group that depends on itself, and the fastest way found to compute it."""

    def __init__(self, plan: Plan, group: list[int]):
        self.plan, self.group = plan, group
        self.lines, self.scans = ways(plan, group)
        self.iterated = False  # whether it holds a circular reference that was computed by iteration
        self.cells: list[Cell] = []  # where there are no lines: the cells as they were computed last

    def run(self) -> None:
        """Computes every cell of the group: by scan as far as that goes, else line by line, else cell by cell."""
        if self.lines is None:
            self.iterated = self.plan.circles and self._iterate()
            if not self.iterated:
                self.cells = CellByCell(self.plan, self.group).run()
            return
        for stretch, scan in zip(self.lines.stretches, self.scans, strict=True):
            lines = self.lines.of(stretch)
            done = 0
            while done < len(lines):
                went = scan.run(done) if scan else 0
                done += went
                if not went:  # the next line is no plain arithmetic, nor is what follows likely to be
                    scan = None
                if done < len(lines):
                    for index, part in self._line(self.lines, stretch, lines[done]):
                        for reading in self.plan.programs[index].readings:
                            reading.look(whole=False)
                        compute_part(self.plan, index, part)
                    done += 1

    def _iterate(self) -> bool:
        """Computes the group by iteration if that is wanted and it holds a circle."""
        steps = self.plan.book.iteration
        return steps is not None and Iterating(self.plan, self.group, steps).run()

    def _line(self, lines: Lines, stretch: Stretch, line: int) -> Iterator[Part]:
        for index in stretch.blocks:
            yield from pieces(self.plan, index, lines.part(self.plan.blocks[index], line))

    def parts(self) -> Iterator[Part]:
        """The parts of the group, each after those it reads, once it has been run."""
        if self.lines is None:
            yield from ((index, Rect(row, column, row, column)) for index, row, column in self.cells)
            return
        for stretch in self.lines.stretches:
            for line in self.lines.of(stretch):
                yield from self._line(self.lines, stretch, line)


def recurrence_of(plan: Plan, group: list[int]) -> Recurrence:
    """How a group of a plan is computed; found once."""
    known = plan.recurrences.get(tuple(group))
    if not isinstance(known, Recurrence):
        known = plan.recurrences[tuple(group)] = Recurrence(plan, group)
    return known
