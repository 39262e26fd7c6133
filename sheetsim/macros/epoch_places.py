"""Where the epochs of an unrolled sheet stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetsim.model.address import MAX_ROWS
from sheetsim.model.buttons import Append, Clear, Copy, If, Macro, Set, Step
from sheetsim.model.named_cells import cells_of
from sheetsim.model.sheet import Sheet

HEADINGS = 2  # the row of the table's headings, counted from 0: the last of those that stay in sight
DONE = "epochs done"  # the heading of the table's first column


@dataclass(frozen=True)
class Places:
    """Where the copies of a sheet stand, by the number of epochs done: copy 0 is the start. Rows are counted from 0."""

    height: int  # rows of one copy
    second: int  # the first row of copy 1; what the sheet has below its foot stays above it
    width: int  # columns of the sheet; beyond a blank one stands the table

    @property
    def stride(self) -> int:
        """Rows from the top of one copy to the top of the next."""
        return self.height + 1  # a blank row between them

    def top(self, epoch: int) -> int:
        """The first row of the copy after so many epochs."""
        return 0 if epoch == 0 else self.second + (epoch - 1) * self.stride

    @property
    def most(self) -> int:
        """The largest number of epochs for which a sheet has rows."""
        return min((MAX_ROWS - self.second - self.height) // self.stride + 1, MAX_ROWS - HEADINGS - 2)

    @property
    def table(self) -> int:
        """The first column of the table."""
        return self.width + 1


def places_of(sheet: Sheet, macro: Macro) -> Places:
    """One copy is all the rows down to the last with a formula, or with a cell that the button reads or writes."""
    lists = [cells_of(sheet, step.target).bottom for step in every_step(macro.steps) if isinstance(step, Append)]
    used = [cells_of(sheet, name).bottom for step in every_step(macro.steps) for name in _cells_named(step)]
    rows, _ = np.nonzero(sheet.formula_numbers[: sheet.rows, : sheet.columns])
    height = max([*used, *rows.tolist()], default=0) + 1
    return Places(height, 1 + max([height, sheet.rows, *(bottom + 1 for bottom in lists)]), sheet.columns)


def every_step(steps: tuple[Step, ...]) -> list[Step]:
    """The steps, those under an If too."""
    return [each for step in steps for each in ((step, *every_step(step.steps)) if isinstance(step, If) else (step,))]


def _cells_named(step: Step) -> list[str]:
    if isinstance(step, Copy):
        return [step.source, step.target]
    if isinstance(step, Append):
        return [step.source]
    return [step.target] if isinstance(step, Set | Clear) else []
