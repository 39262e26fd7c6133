"""A plan of very many small groups, most of them copies of few, computed by one program: those of a training of a
thousand epochs are a hundred thousand, and to look at each costs far more than its arithmetic.

What is no plain arithmetic, and what needs that, is left to the general way. So is each group whose result is not a
finite number, and what needs that in turn: whatever is no number, or not computed, is nan in the program's memory, and
no nan is ever stored.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.machine import Machine
from sheetsim.engine.whole.forms import forms_of
from sheetsim.engine.whole.program import Memory
from sheetsim.engine.whole.templates import Copy, Template, Templates, copy_of, patched
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER
from sheetsim.support.collecting import collecting_later

FEWEST_BLOCKS = 1 << 14  # a plan of fewer is computed before the compiled loop is fetched
FEWEST_WITH_LOOP = 1 << 11  # where it has been
MUTUAL = 32  # one block in so many is in a recurrence of several: others are computed at once as it is
FEWEST_COPIES = 16  # of each group on the average, so that translating one pays
EARLY, IN_PROGRAM, LATE = range(3)  # before the program, by it, after it

General = Callable[[list[list[int]]], None]


def compute_copies(plan: Plan, general: General, progress: Callable[[int], None] | None) -> None:
    """Computes what can be by one program, where that is worth it, and what must be before; ``plan.done`` tells what.
    ``general`` computes groups in the general way."""
    count, mutual = len(plan.blocks), len(plan.blocks) - len(plan.order)
    if count < FEWEST_WITH_LOOP or mutual * MUTUAL < count:
        return
    if (count < FEWEST_BLOCKS and Machine.compiled() is None) or find_spec("numba") is None:
        return
    with collecting_later():
        program = Copies(plan)
    if not program.worth_it:
        return
    order = plan.order
    general(program.groups_of(EARLY))
    if plan.order is order:
        done = program.run()
        plan.done.update(done)
        if progress and done:
            progress(sum(plan.blocks[index].rect.size for index in done))


class Family(NamedTuple):
    """Groups that are copies of one another: their template, their places in the order of the plan, their first rows,
    and the rows that the references of each mean."""

    template: Template
    numbers: np.ndarray
    tops: np.ndarray
    rows: np.ndarray


class Copies:
    """The groups of a plan by what they are copies of, and when each is computed."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.families: list[Family] = []
        self.stages: list[int] = []
        alike: dict[Hashable, list[tuple[int, Copy]]] = {}
        forms = forms_of(plan)
        for number, group in enumerate(plan.order):
            copy = copy_of(plan, forms, group)
            if copy is not None:
                alike.setdefault(copy.key, []).append((number, copy))
        if len(alike) * FEWEST_COPIES <= len(plan.order):
            self.sheets = [sheet for sheet in plan.book.all_sheets() if sheet.num.size]
            self.shapes = [sheet.num.shape for sheet in self.sheets]
            self.templates = Templates(plan, Memory(self.sheets).pages)
            self.families = [family for found in alike.values() if (family := self._family(found))]
            self.stages = self._stages()
        self.worth_it = bool(self.families)

    def _family(self, found: list[tuple[int, Copy]]) -> Family | None:
        """Groups that are copies of one another, translated; None if that cannot be."""
        template = self.templates.of(self.plan.order[found[0][0]])
        if template is None:
            return None
        numbers = np.array([number for number, _ in found], np.int64)
        tops = np.array([copy.top for _, copy in found], np.int64)
        rows = np.array([copy.rows for _, copy in found], np.int64)
        same = np.ones(len(found), bool)
        for ref in template.pinned:
            same &= rows[:, ref] == rows[0, ref]
        return Family(template, numbers[same], tops[same], rows[same])

    def _stages(self) -> list[int]:
        """Of each group of the plan when it is computed. What draws random numbers does so in the order of the plan."""
        plan = self.plan
        fits = {number for family in self.families for number in family.numbers.tolist()}
        stage_of, found, turned = [EARLY] * len(plan.blocks), list[int](), False
        for number, group in enumerate(plan.order):
            latest = max((stage_of[j] for index in group for j in plan.dynamic.known[index]), default=EARLY)
            stage = max(latest, IN_PROGRAM) if number in fits else LATE if latest or turned else EARLY
            turned = turned or (stage == LATE and not all(map(plan.programs.can_wait, group)))
            found.append(stage)
            for index in group:
                stage_of[index] = stage
        return found

    def groups_of(self, *stages: int) -> list[list[int]]:
        """The groups that are computed then."""
        return [group for group, its in zip(self.plan.order, self.stages, strict=True) if its in stages]

    def run(self) -> list[int]:
        """Computes the groups of the program; answers the blocks of those that could be computed."""
        if [sheet.num.shape for sheet in self.sheets] != self.shapes:
            return []
        machine, (code, segments, owners) = self.templates.machine, self._laid_out()
        Machine.spent += int(((segments[:, 1] - segments[:, 0]) * segments[:, 3]).sum())
        loop = Machine.compiled(at_once=True)
        if loop is None:
            return []
        memory, done = Memory(self.sheets), np.zeros(len(segments), np.int64)
        memory.fetch(np.zeros(0, np.int64))
        for cells, _, there in self._given_by(memory, [i for g in self.groups_of(IN_PROGRAM, LATE) for i in g]):
            cells[there] = np.nan
        loop(memory.cells, *code, np.array(machine.registers), machine.tables(as_array=True), segments, done)
        through = np.array(self.stages) == IN_PROGRAM
        through[owners[done < segments[:, 3]]] = False
        blocks = [index for number in np.flatnonzero(through).tolist() for index in self.plan.order[number]]
        for cells, sheet, there in self._given_by(memory, blocks):
            sheet.num.T[there], sheet.kind.T[there] = cells[there], NUMBER
        return blocks

    def _laid_out(self) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """The instructions of all copies, by their parts; their segments in the order of the plan, and the number of
        the group of each."""
        plain = np.array(self.templates.machine.code, np.int64)
        codes, segments, owners, length = [plain], [], [], len(plain)
        for template, numbers, tops, rows in self.families:
            own, count = np.zeros(len(numbers), np.int64), template.segments[-1].end - template.segments[0].begin
            if any((rows[:, ref] != rows[0, ref]).any() for _, ref in template.patches):
                own = length - template.segments[0].begin + np.arange(len(numbers)) * count
                codes.append(patched(plain, template, rows).reshape(-1, 4))
                length += len(numbers) * count
            for begin, end, at, lines, step in template.segments:
                more = begin + own, end + own, at + tops - tops[0], np.full_like(own, lines), np.full_like(own, step)
                segments.append(np.stack(more, axis=1))
                owners.append(numbers)
        owner = np.concatenate(owners)
        order = np.argsort(owner, kind="stable")  # the segments of a group stay as they are
        code = np.concatenate(codes)
        return [np.ascontiguousarray(part) for part in code.T], np.concatenate(segments)[order], owner[order]

    def _given_by(self, memory: Memory, blocks: list[int]) -> list[tuple[np.ndarray, Sheet, np.ndarray]]:
        """Of each sheet its numbers in the memory, a column after the other as the sheet itself, and which cells of
        them some blocks give."""
        among = np.zeros(len(self.plan.blocks) + 1, bool)
        among[np.array(blocks, np.int64) + 1] = True
        found = []
        for sheet, where in memory.slices:
            at = self.plan.map.at[sheet.title]
            there = np.zeros(sheet.num.T.shape, bool)
            there[: at.shape[1], : at.shape[0]] = among[at.T]
            found.append((memory.cells[where].reshape(there.shape), sheet, there))
        return found
