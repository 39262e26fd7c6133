"""A plan in stages: as much of it as can be as programs of plain numbers, the rest between them in the general way.

A group that draws numbers, say, is computed by NumPy, and what needs it in the next program. Groups of the general way
keep their order, so that random numbers are drawn in the same order as ever.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheetsim.engine.incremental.readers import is_restless
from sheetsim.engine.parts import forget
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.machine import Machine
from sheetsim.engine.whole.program import Memory, Program

LARGEST = 1 << 17  # cells of all sheets together
MOST_PROGRAMS = 3  # to copy all numbers to and fro more often would cost what is won
BEFORE = 2  # runs in the general way: what kinds its cells have is known then, and that it is run again
QUICK = 50_000  # instructions, some two tenths of a millisecond
TRIES = 4  # a plan whose cells change their kinds again and again is left to the general way

General = Callable[[list[list[int]]], None]


class Stages:
    """A plan as it is now: its order, and the kinds of its cells."""

    def __init__(self, plan: Plan, compiled: bool):
        self.plan, self.order, self.compiled = plan, plan.order, compiled
        self.memory = Memory([sheet for sheet in plan.book.all_sheets() if sheet.num.size])
        self.stages: list[Program | list[int]] = []  # a program, or the numbers of groups in the general way
        self._divide()
        self.programs = [stage for stage in self.stages if isinstance(stage, Program)]
        for program in self.programs:
            program.finish()
        self.ahead = [self._places(k) for k in range(len(self.stages))]

    @property
    def worth_it(self) -> bool:
        """Whether there is a program, and not too many."""
        return 0 < len(self.programs) <= MOST_PROGRAMS

    def _divide(self) -> None:
        plan = self.plan
        trial = Program(plan, self.memory, self.compiled)
        fits = [trial.add(number) for number in range(len(plan.order))]
        needs = [self._needs(number) for number in range(len(plan.order))]
        left, done = list(range(len(plan.order))), set[int]()
        while left:
            general: list[int] = []
            for number in [n for n in left if not fits[n]]:
                if not needs[number] <= done:
                    break
                general.append(number)
                done.add(number)
            program = Program(plan, self.memory, self.compiled)
            for number in [n for n in left if fits[n]]:
                if needs[number] <= done and program.add(number):
                    done.add(number)
            if not general and not program.groups:  # a general one waits for what comes after it
                fits = [False] * len(fits)
                needs = [set() for _ in needs]
            self.stages += [general] if general else []
            self.stages += [program] if program.groups else []
            left = [number for number in left if number not in done]

    def _needs(self, number: int) -> set[int]:
        """The groups that must be done before one; all before it where a reference is known only at run time."""
        plan, group = self.plan, self.plan.order[number]
        if any(plan.blocks[i].runtime for i in group):
            return set(range(number))
        return {plan.group_of[j] for i in group for j in plan.dynamic.known[i]} - {number}

    def _places(self, k: int) -> np.ndarray:
        """The places of all cells that a stage and those after it compute."""
        numbers = [n for stage in self.stages[k:] for n in (stage.groups if isinstance(stage, Program) else stage)]
        return self.memory.places([self.plan.blocks[i] for n in numbers for i in self.order[n]])

    def run(self, general: General, progress: Callable[[int], None] | None) -> bool:
        """Computes the plan; False where something is left, which is not in ``plan.done`` then. ``general`` computes
        groups in the general way."""
        plan = self.plan
        if plan.order is not self.order or not self.memory.as_it_was():
            return False
        for k, stage in enumerate(self.stages):
            if not isinstance(stage, Program):
                groups = [self.order[number] for number in stage]
                for index in (index for group in groups for index in group):
                    forget(plan.blocks[index])
                general(groups)
                if plan.order is not self.order:
                    return False
                continue
            if (k and not self.memory.as_it_was()) or not stage.run(self.ahead[k]):
                return False
            plan.done.update(stage.blocks)
            if progress:
                progress(stage.size)
        return True


class Tries:
    """What has been made of a plan."""

    def __init__(self) -> None:
        self.runs = 0  # in the general way
        self.failed = 0
        self.stages: Stages | None = None
        self.unfit: set[bool] = set()  # whether compiled (True) or plain programs are not worth it

    def fail(self) -> None:
        """A program came to a result that it does not know: some more runs in the general way, and another program."""
        self.runs, self.stages = 0, None
        self.failed += 1


def tries_of(plan: Plan) -> Tries:
    """What has been made of a plan so far."""
    if not isinstance(plan.whole, Tries):
        plan.whole = Tries()
    return plan.whole


def stages_of(plan: Plan) -> Stages | None:
    """The stages of a plan that is run again and again, or None where the general way is better: it is large, was run
    seldom, or its cells change their kinds."""
    tries = tries_of(plan)
    compiled = Machine.compiled() is not None
    if tries.stages is not None and tries.stages.compiled == compiled:
        return tries.stages
    tries.runs += 1
    if tries.runs <= BEFORE or tries.failed == TRIES or compiled in tries.unfit or not is_small(plan):
        return None
    tries.stages = Stages(plan, compiled)
    if not tries.stages.worth_it:
        tries.unfit.add(compiled)
        tries.stages = None
    return tries.stages


def quicker_whole(plan: Plan) -> bool:
    """Whether computing everything costs less than finding out what has changed: all of a plan is one compiled program,
    but for what has another value each time."""
    if Machine.compiled() is None:
        return False
    stages = stages_of(plan)
    if stages is None or not stages.compiled or len(stages.programs) > 1 or stages.programs[0].work > QUICK:
        return False
    general = [number for stage in stages.stages if not isinstance(stage, Program) for number in stage]
    return all(is_restless(plan, index) for number in general for index in plan.order[number])


def is_small(plan: Plan) -> bool:
    """Whether all sheets of a plan fit one small memory, and nothing is iterated."""
    sheets = plan.book.all_sheets()
    return bool(plan.blocks) and plan.book.iteration is None and sum(sheet.num.size for sheet in sheets) <= LARGEST
