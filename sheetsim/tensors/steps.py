"""The steps of a program on tensors: what ``engine/steps.py`` is for NumPy's arrays.

What depends on no input goes through the NumPy steps and keeps Excel's arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sheetsim.engine import steps
from sheetsim.engine.blocks import Block
from sheetsim.engine.context import Context
from sheetsim.engine.running_totals import RunningTotal, is_running, totals
from sheetsim.engine.steps import Step
from sheetsim.engine.views import RangeView, Stack
from sheetsim.excel.arrays import Values, error_value, foremost, trapping
from sheetsim.functions.lifting import Rule
from sheetsim.functions.places import Reference, References
from sheetsim.functions.table import Cumulative, Function, Gradient
from sheetsim.functions.unsupported import passed_on
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Node, Ref
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER, Reason, reason_code
from sheetsim.tensors.elementwise import OPERATIONS, SIGNED
from sheetsim.tensors.memory import Memory, Reader, reader_of
from sheetsim.tensors.rules import RULES
from sheetsim.tensors.traced import Traced, governed, traced_of

if TYPE_CHECKING:
    from sheetsim.engine.plan import Plan

WITHOUT_RULE = "torch has no rule for"  # as a message begins

# nothing of numbers in these, or nothing that a backend or the context does not give
constant, span, place, read, only_within = steps.constant, steps.span, steps.place, steps.read, steps.only_within
intersect, own_line = steps.intersect, steps.own_line
overlap, unite, join = steps.overlap, steps.unite, steps.join
expanding, own_cell = steps.expanding, steps.own_cell


class TorchContext(Context):
    """Where a program runs, and the memory that it reads."""

    def __init__(self, plan: Plan, block: Block, part: Rect, memory: Memory):
        super().__init__(plan, block, part)
        self.memory = memory

    def window(self, sheet: Sheet, rect: Rect) -> Values:
        """A rectangle as the array that one cell sees."""
        return self.memory.read(sheet, rect)

    def within(self, block: Block, part: Rect) -> TorchContext:
        """The same for a part of another block."""
        return TorchContext(self.run, block, part, self.memory)  # type: ignore[arg-type]

    def _held(self, sheet: Sheet, rows: np.ndarray, columns: np.ndarray) -> Values:
        return reader_of(self.memory, sheet, rows, columns)()


# --- reading cells ----------------------------------------------------------------------------------------------------
class TorchRangeView:
    """A reference that moves with its cell, or is fixed; see ``views.RangeView``."""

    def __init__(self, block: Block, ref: Ref, blanks_count: bool):
        self.plain = RangeView(block, ref, blanks_count)
        self.shape = self.plain.shape
        self.readers: dict[Rect, Reader] = {}

    def __call__(self, stack: Stack, context: TorchContext) -> None:
        if context.part not in self.readers:
            self.readers[context.part] = self._reader(context)
        stack.append(self.readers[context.part]())

    def _reader(self, context: TorchContext) -> Reader:
        rows, columns, height, width = self.shape
        down = self.plain.rect.top + np.arange(rows)[context.row_slice if rows > 1 else slice(None)]
        right = self.plain.rect.left + np.arange(columns)[context.column_slice if columns > 1 else slice(None)]
        return reader_of(
            context.memory,
            self.plain.sheet,
            down.reshape(-1, 1, 1, 1) + np.arange(height).reshape(1, 1, -1, 1),
            right.reshape(1, -1, 1, 1) + np.arange(width).reshape(1, 1, 1, -1),
        )


ACCUMULATED: dict[Cumulative, Callable[[torch.Tensor], torch.Tensor]] = {
    Cumulative.SUM: lambda num: torch.cumsum(num, 0),
    Cumulative.SQUARES: lambda num: torch.cumsum(num * num, 0),
    Cumulative.PRODUCT: lambda num: torch.cumprod(num, 0),
    Cumulative.MEAN: lambda num: torch.cumsum(num, 0),
    Cumulative.LARGEST: lambda num: torch.cummax(num, 0).values,
    Cumulative.SMALLEST: lambda num: torch.cummin(num, 0).values,
}
NEUTRAL = {Cumulative.PRODUCT: 1.0, Cumulative.LARGEST: -torch.inf, Cumulative.SMALLEST: torch.inf}


class TorchRunning:
    """A running total, ``SUM(A$1:A5)`` filled down; see ``running_totals.RunningTotal``."""

    def __init__(self, block: Block, node: Node):
        self.plain = RunningTotal(block, node)

    def __call__(self, stack: Stack, context: TorchContext) -> None:
        several = not self.plain.ref.first.column_absolute
        columns = range(context.part.left, context.part.right + 1 if several else context.part.left + 1)
        found = [self._column(context, column) for column in columns]
        if len(found) == 1:
            stack.append(found[0])
            return
        like = foremost(*found)
        num = like.backend.joined([v.num[:, :, 0, 0] for v in found])[:, :, None, None]
        stack.append(like.of(num, np.concatenate([v.kinds() for v in found], axis=1)))

    def _column(self, context: TorchContext, column: int) -> Values:
        (rows, columns), last = self.plain.span(context.part, column)
        cells = context.memory.read(self.plain.sheet, Rect(rows.start, columns.start, rows.stop - 1, columns.stop - 1))
        ends = (last + 1) * (columns.stop - columns.start) - 1
        what, plain = self.plain.what, cells.host
        result = totals(what, plain.num.ravel(), plain.kinds().ravel(), ends)
        if not isinstance(cells, Traced) or what not in ACCUMULATED:
            return result
        used = plain.kinds().ravel() == NUMBER
        counts, backend = np.cumsum(used)[ends], cells.backend
        so_far = ACCUMULATED[what](backend.where(used, cells.num.reshape(-1), NEUTRAL.get(what, 0.0)))
        num = backend.where(counts > 0, backend.taken(so_far, ends), 0.0)
        if what is Cumulative.MEAN:
            num = num / backend.constant(np.maximum(counts, 1))
        return governed(result, num.reshape(-1, 1, 1, 1), cells)


view, running, is_total = TorchRangeView, TorchRunning, is_running  # other totals go cell by cell


# --- operators and functions ------------------------------------------------------------------------------------------
class Remembered:
    """A NumPy step that gives its last answer again when asked about the very same constants: in every evaluation but
    the first, all that does not depend on the inputs is known."""

    def __init__(self, step: Step, count: int):
        self.step, self.count = step, count
        self.operands: list[Any] | None = None
        self.answer: Any = None

    def __call__(self, stack: Stack, context: Context) -> None:
        start = len(stack) - self.count
        operands = stack[start:]
        if self.operands is not None and all(a is b for a, b in zip(operands, self.operands, strict=True)):
            stack[start:] = [self.answer]
            return
        self.step(stack, context)
        self.operands, self.answer = operands, stack[-1]


class Operation:
    """An operator or function: by its ``rule`` for tensors where an operand depends on the inputs, else by the NumPy
    step ``plain``. Without a rule it is flat, and the NumPy step is asked with the tensors' own numbers; if it is not
    flat either, it is ``unsupported``."""

    def __init__(self, plain: Step, rule: Rule | None, count: int, entry: Function | None = None):
        self.plain, self.rule, self.count, self.entry = plain, rule, count, entry
        has_none = entry is not None and entry.name not in RULES and entry.gradient is not Gradient.FLAT
        self.unsupported = entry.name if entry is not None and has_none else ""

    def __call__(self, stack: Stack, context: Context) -> None:
        start = len(stack) - self.count
        operands = stack[start:]
        if any(isinstance(v, References) for v in operands):
            stack[start:] = [_lacking("an array of references", context)]
            return
        if traced_of(operands) is None:
            self.plain(stack, context)
            return
        of_places = any(isinstance(v, Reference) for v in operands)
        if self.unsupported and not of_places:
            stack[start:] = [_lacking(f"the function {self.unsupported}", context)]
            return
        if self.rule is None or of_places:
            stack[start:] = [v.host if isinstance(v, Traced) else v for v in operands]
            self.plain(stack, context)
            return
        result = self._calmly(*operands)
        if self.entry is not None and context.run.lacking:
            result = passed_on(self.entry, operands, result)
        stack[start:] = [result]

    def _calmly(self, *operands: Any) -> Any:
        """The rule; if a number overflows on the way, once more, infinities becoming ``#NUM!``."""
        assert self.rule is not None
        try:
            return self.rule(*operands)
        except FloatingPointError:
            with trapping(on=False):
                return self.rule(*operands)


def _lacking(what: str, context: Context) -> Values:
    """The value of what torch has no rule for: unsupported, and all that depends on it."""
    context.run.lacking = True
    return error_value(reason_code(Reason(WITHOUT_RULE, what, context.block.where())))


def unary(operator: str) -> Step:
    """The step of ``-``, ``+``, ``%`` or ``@``."""
    operation = Operation(Remembered(steps.unary(operator), 1), SIGNED[operator], 1)

    def step(stack: Stack, context: Context) -> None:
        stack[-1] = steps.value_of(stack[-1], context)
        operation(stack, context)

    return step


def binary(operator: str) -> Step:
    """The step of an operator; comparisons and texts have no derivative, or 0."""
    return Operation(Remembered(steps.binary(operator), 2), OPERATIONS.get(operator), 2)


def call(entry: Function, rule: Rule, count: int, of_places: bool = False) -> Step:
    """The step of a function. Asked for a place, it has no derivative; nor is what it answers at one place remembered
    for another."""
    plain = steps.call(entry, rule, count, of_places)
    if count and not entry.context:
        plain = Remembered(plain, count)
    if rule is not entry.rule:
        return Operation(plain, None, count)
    return Operation(plain, RULES.get(entry.name), count, entry)
