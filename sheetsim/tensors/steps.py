"""The steps of a program on tensors: what ``steps.py`` is for NumPy's arrays.

What depends on no input goes through the NumPy steps and keeps Excel's arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sheetsim.engine import steps
from sheetsim.engine.blocks import Block, clipped
from sheetsim.engine.context import Site, places
from sheetsim.engine.loads import Load, Stack
from sheetsim.engine.running_totals import RunningTotal, totals
from sheetsim.engine.steps import Step
from sheetsim.errors import UnknownFunction
from sheetsim.excel.arrays import Values, error_value, trapping, with_errors
from sheetsim.functions.places import Reference
from sheetsim.functions.table import Cumulative, Function, Gradient
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Node, Ref
from sheetsim.model.values import ERROR, NUMBER, REF
from sheetsim.tensors.elementwise import OPERATIONS, SIGNED
from sheetsim.tensors.live import Either, Live, as_tensor, choose, governed, host
from sheetsim.tensors.memory import Memory, Reader
from sheetsim.tensors.rules import RULES

if TYPE_CHECKING:
    from sheetsim.engine.plan import Plan

constant, span, place, read = steps.constant, steps.span, steps.place, steps.read  # nothing of numbers in these


class TorchSite(Site):
    """Where a program runs, and the memory that it reads."""

    def __init__(self, plan: Plan, block: Block, part: Rect, memory: Memory):
        super().__init__(plan, block, part)
        self.memory = memory

    def read(self, ref: Reference) -> Any:
        """The cells that a reference known at run time points at."""
        rows, columns = places(ref)
        found = Reader(self.memory, ref.sheet, rows, columns)()
        errors = self.errors(ref, rows, columns)
        if isinstance(found, Values) or errors is None or not errors.any():
            return with_errors(found, errors) if isinstance(found, Values) else found
        return choose(errors > 0, Values(errors, ERROR), found, found)


# --- reading cells ----------------------------------------------------------------------------------------------------
class TorchLoad:
    """A reference that moves with its cell, or is fixed; see ``loads.Load``."""

    def __init__(self, block: Block, ref: Ref, blanks_count: bool):
        self.plain = Load(block, ref, blanks_count)
        self.shape = self.plain.shape
        self.readers: dict[Rect, Reader] = {}

    def __call__(self, stack: Stack, site: TorchSite) -> None:
        if site.part not in self.readers:
            self.readers[site.part] = self._reader(site)
        stack.append(self.readers[site.part]())

    def _reader(self, site: TorchSite) -> Reader:
        rows, columns, height, width = self.shape
        down = self.plain.rect.top + np.arange(rows)[site.row_slice if rows > 1 else slice(None)]
        right = self.plain.rect.left + np.arange(columns)[site.column_slice if columns > 1 else slice(None)]
        return Reader(
            site.memory,
            self.plain.sheet,
            down.reshape(-1, 1, 1, 1) + np.arange(height).reshape(1, 1, -1, 1),
            right.reshape(1, -1, 1, 1) + np.arange(width).reshape(1, 1, 1, -1),
        )


class TorchGrowing:
    """A reference whose size differs from cell to cell, read for one cell at a time."""

    def __init__(self, block: Block, ref: Ref, blanks_count: bool):
        assert ref.sheet is not None
        self.ref, self.sheet, self.blanks_count = ref, block.sheet.book[ref.sheet], blanks_count

    def __call__(self, stack: Stack, site: TorchSite) -> None:
        rect = self.ref.rect(site.part.top, site.part.left)
        if rect is None:
            stack.append(error_value(REF))
            return
        if not self.blanks_count:
            rect = clipped(self.ref, rect, self.sheet, alone=True)
        stack.append(site.memory.read(self.sheet, rect))


ACCUMULATED: dict[Cumulative, Callable[[torch.Tensor], torch.Tensor]] = {
    Cumulative.SUM: lambda num: torch.cumsum(num, 0),
    Cumulative.MEAN: lambda num: torch.cumsum(num, 0),
    Cumulative.LARGEST: lambda num: torch.cummax(num, 0).values,
    Cumulative.SMALLEST: lambda num: torch.cummin(num, 0).values,
}
NEUTRAL = {Cumulative.LARGEST: -torch.inf, Cumulative.SMALLEST: torch.inf}


class TorchRunning:
    """A running total, ``SUM(A$1:A5)`` filled down; see ``prefixes.RunningTotal``."""

    def __init__(self, block: Block, node: Node):
        self.plain = RunningTotal(block, node)

    def __call__(self, stack: Stack, site: TorchSite) -> None:
        several = not self.plain.ref.first.column_absolute
        columns = range(site.part.left, site.part.right + 1 if several else site.part.left + 1)
        found = [self._column(site, column) for column in columns]
        like = next((v for v in found if isinstance(v, Live)), None)
        if like is None or len(found) == 1:
            stack.append(found[0] if len(found) == 1 else _side_by_side(found))
            return
        num = torch.cat([v.num if isinstance(v, Live) else as_tensor(v.num, like) for v in found], dim=1)
        stack.append(Live(num, np.concatenate([host(v).kinds() for v in found], axis=1)))

    def _column(self, site: TorchSite, column: int) -> Either:
        (rows, columns), last = self.plain.span(site.part, column)
        cells = site.memory.read(self.plain.sheet, Rect(rows.start, columns.start, rows.stop - 1, columns.stop - 1))
        ends = (last + 1) * (columns.stop - columns.start) - 1
        what, plain = self.plain.what, host(cells)
        result = totals(what, plain.num.ravel(), plain.kinds().ravel(), ends)
        if isinstance(cells, Values) or what not in ACCUMULATED:
            return result
        used = plain.kinds().ravel() == NUMBER
        counts = np.cumsum(used)[ends]
        flags, at = torch.as_tensor(used, device=cells.num.device), torch.as_tensor(ends, device=cells.num.device)
        num = ACCUMULATED[what](torch.where(flags, cells.num.reshape(-1), NEUTRAL.get(what, 0.0)))[at]
        num = torch.where(torch.as_tensor(counts > 0, device=num.device), num, 0.0)
        if what is Cumulative.MEAN:
            num = num / as_tensor(np.maximum(counts, 1), cells)
        return governed(result, num.reshape(-1, 1, 1, 1), cells)


def _side_by_side(found: list[Either]) -> Values:
    columns = [host(v) for v in found]
    kinds = np.concatenate([v.kinds() for v in columns], axis=1)
    return Values(np.concatenate([v.num for v in columns], axis=1), kinds)


load, growing, running = TorchLoad, TorchGrowing, TorchRunning
own_cell = partial(steps.own_cell, read_cell=lambda sheet, cell, site: site.memory.read(sheet, cell))


def only_within(ref: Ref, tall: bool) -> Step:
    """Outside the range the intersection is ``#VALUE!``; the NumPy step says where that is."""
    plain = steps.only_within(ref, tall)

    def step(stack: Stack, site: Site) -> None:
        before = stack[-1]
        stack[-1] = host(before)
        plain(stack, site)
        if isinstance(before, Live):
            same = stack[-1] is before.host
            stack[-1] = before if same else governed(stack[-1], before.num, before)

    return step


def _once(plain: Step, count: int) -> Step:
    """A step that gives its last answer again when asked about the very same constants: in every evaluation but the
    first, all that does not depend on the inputs is known."""
    known: tuple[list[Any], Any] | None = None

    def step(stack: Stack, site: Site) -> None:
        nonlocal known
        operands = stack[len(stack) - count :]
        if known is not None and all(a is b for a, b in zip(operands, known[0], strict=True)):
            del stack[len(stack) - count :]
            stack.append(known[1])
            return
        plain(stack, site)
        known = operands, stack[-1]

    return step


# --- operators and functions ------------------------------------------------------------------------------------------
def unary(operator: str) -> Step:
    plain, rule = _once(steps.unary(operator), 1), SIGNED[operator]

    def step(stack: Stack, site: Site) -> None:
        value = steps.value_of(stack[-1], site)
        if isinstance(value, Live):
            stack[-1] = _calmly(rule, value)
        else:
            stack[-1] = value
            plain(stack, site)

    return step


def binary(operator: str) -> Step:
    plain, rule = _once(steps.binary(operator), 2), OPERATIONS.get(operator)

    def step(stack: Stack, site: Site) -> None:
        if rule is None or not (isinstance(stack[-1], Live) or isinstance(stack[-2], Live)):
            stack[-2:] = [host(v) for v in stack[-2:]]  # comparisons and texts: no derivative, or 0
            plain(stack, site)
            return
        right = stack.pop()
        stack[-1] = _calmly(rule, stack[-1], right)

    return step


def _calmly(rule: Callable[..., Any], *operands: Any) -> Any:
    """The rule; if a number overflows on the way, once more, infinities becoming ``#NUM!``."""
    try:
        return rule(*operands)
    except FloatingPointError:
        with trapping(on=False):
            return rule(*operands)


def call(entry: Function, rule: Callable[..., Any], count: int) -> Step:
    """A function by its torch rule if an argument depends on the inputs, and there is a derivative to speak of."""
    plain = steps.call(entry, rule, count)
    if count and not entry.site:
        plain = _once(plain, count)

    def step(stack: Stack, site: Site) -> None:
        arguments = stack[len(stack) - count :]
        numeric = rule is entry.rule and not any(isinstance(v, Reference) for v in arguments)
        if not any(isinstance(v, Live) for v in arguments):
            plain(stack, site)
        elif numeric and entry.name in RULES:
            del stack[len(stack) - count :]
            stack.append(_calmly(RULES[entry.name], *arguments))
        elif numeric and entry.gradient is not Gradient.FLAT:
            raise UnknownFunction(f"{site.block.where()}: {entry.name} has no rule for torch", {})
        else:
            stack[len(stack) - count :] = [host(v) if isinstance(v, Live) else v for v in arguments]
            plain(stack, site)

    return step
