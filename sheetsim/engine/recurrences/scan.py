"""The lines of a recurrence as a program of plain numbers for a register machine.

An optimizer's sheet is one long chain: nothing in it can be computed before the row above. So each row's formulas
become a short list of instructions on numbers (``load``, ``add``, …, ``store``), and one loop runs the list once a row.
The loop is plain Python; where Numba is installed and there is much to do, the very same loop is compiled.

Only arithmetic on numbers and blanks fits; anything else (texts, errors, logicals as results, ranges, other functions)
is left to the engine's general way, and so is the line in which a result is not finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, TypeGuard

import numpy as np

from sheetsim.engine.blocks import clipped, reach
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.lines import Lines, Stretch
from sheetsim.excel.arithmetic import product
from sheetsim.excel.comparison import SHOWN
from sheetsim.functions import row_of
from sheetsim.functions.table import Scanned
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Binary, Call, Missing, Node, Number, Ref, Unary, postorder
from sheetsim.model.values import NUMBER
from sheetsim.support.compiling import compiled

# The instructions
LOAD, FIXED, STORE, COPY = range(4)
ADD, SUBTRACT, TIMES, DIVIDE, NEGATE, PERCENT, SQRT, ABS, FLOOR, SIGN = range(4, 14)
LESS, LESS_EQUAL, EQUAL, UNEQUAL, SELECT = range(14, 19)

BINARY = {"+": ADD, "-": SUBTRACT, "*": TIMES, "/": DIVIDE}
COMPARE = {"<": LESS, "<=": LESS_EQUAL, ">": LESS, ">=": LESS_EQUAL, "=": EQUAL, "<>": UNEQUAL}
ONE_NUMBER = {Scanned.SQRT: SQRT, Scanned.ABS: ABS, Scanned.FLOOR: FLOOR, Scanned.SIGN: SIGN}
LARGEST_POWER = 8
WIDEST = 64  # columns of one block; a wider block is better served line by line
WORTH_COMPILING = 3_000_000  # instructions run in plain Python before the compiled loop is fetched

Instruction = tuple[int, int, int, int]  # what, where to, first operand, second operand


def scan(
    memory: Any,
    whats: Any,
    tos: Any,
    firsts: Any,
    seconds: Any,
    constants: Any,
    registers: Any,
    at: int,
    count: int,
    step: int,
) -> int:
    """Runs the code once a line; answers how many lines were done before a result was not finite.

    ``memory`` is a sheet's numbers, a column after the other; ``at`` is the place of the first line, ``step`` the
    distance from one line to the next. Operands are registers, places relative to the line (LOAD, STORE) or fixed
    places (FIXED: of a constant if negative). ``product`` is Excel's.
    """
    for line in range(count):
        for what, to, a, b in zip(whats, tos, firsts, seconds):  # noqa: B905  (Numba knows no strict)
            if what == LOAD:
                registers[to] = memory[at + a]
            elif what == TIMES:
                registers[to] = product(registers[a], registers[b])
            elif what == ADD:
                registers[to] = registers[a] + registers[b]
            elif what == FIXED:
                registers[to] = memory[a] if a >= 0 else constants[-1 - a]
            elif what == SUBTRACT:
                registers[to] = registers[a] - registers[b]
            elif what == STORE:
                value = registers[a]
                if value - value != 0.0:
                    return line
                memory[at + to] = value + 0.0  # no cell holds -0
            elif what == DIVIDE:
                divisor = registers[b]
                if divisor == 0.0 or divisor - divisor != 0.0:
                    return line
                registers[to] = registers[a] / divisor
            elif what == SQRT:
                if not registers[a] >= 0.0:
                    return line
                registers[to] = math.sqrt(registers[a])
            elif what == COPY:
                registers[to] = registers[a]
            elif what == NEGATE:
                registers[to] = 0.0 - registers[a]
            elif what == PERCENT:
                registers[to] = registers[a] / 100.0
            elif what == ABS:
                registers[to] = abs(registers[a])
            elif what == FLOOR:
                value = registers[a]  # from 2**52 on every number is whole, and a compiled floor would overflow
                registers[to] = float(math.floor(value)) if abs(value) < 4503599627370496.0 else value
            elif what == SIGN:
                if registers[a] - registers[a] != 0.0:
                    return line
                registers[to] = (1.0 if registers[a] > 0.0 else 0.0) - (1.0 if registers[a] < 0.0 else 0.0)
            elif what >= LESS and what <= UNEQUAL:
                left, right = registers[a], registers[b]
                if left - left != 0.0 or right - right != 0.0:
                    return line
                if left != right and abs(left - right) <= SHOWN * abs(left):
                    return line  # equal in the 15 digits that Excel compares, perhaps: the general way decides
                if what == LESS:
                    held = left < right
                elif what == LESS_EQUAL:
                    held = left <= right
                elif what == EQUAL:
                    held = left == right
                else:
                    held = left != right
                registers[to] = 1.0 if held else 0.0
            elif what == SELECT:  # the condition stands in ``to``
                registers[to] = registers[a] if registers[to] != 0.0 else registers[b]
        at += step
    return count


@cache
def _compiled() -> Callable[..., int] | None:
    """The loop, compiled with the same product; None without Numba."""
    return compiled(scan)


class _TooMuch(Exception):
    """Not plain arithmetic on numbers."""


class Scan:
    """The code for one stretch of lines."""

    spent = 0  # instructions run in plain Python by this process

    def __init__(self, plan: Plan, lines: Lines, stretch: Stretch):
        self.plan, self.lines, self.stretch = plan, lines, stretch
        self.sheet = plan.blocks[stretch.blocks[0]].sheet
        self.height = self.sheet.num.shape[0]
        self.code: list[Instruction] = []
        self.constants: list[float] = []
        self.outside: list[Rect] = []  # what is read: must be numbers or blanks
        self.stored: list[Rect] = []
        for index in stretch.blocks:
            self._block(index)
        self.outside = _not_within(self.outside, self.stored)
        self.columns = [list(column) for column in zip(*self.code, strict=True)]
        self.depth = 1 + max(to for what, to, _, _ in self.code if what != STORE)

    @classmethod
    def of(cls, plan: Plan, lines: Lines, stretch: Stretch) -> Scan | None:
        """The scan of a stretch, or None if it is more than plain arithmetic."""
        try:
            return cls(plan, lines, stretch)
        except _TooMuch:
            return None

    # --- making the code --------------------------------------------------------------------------------------------
    def _block(self, index: int) -> None:
        """The formula once for each cell that the block has in a line."""
        block = self.plan.blocks[index]
        line = self.lines.part(block, self.stretch.first)
        if line.size > WIDEST or self.plan.programs[index].cellwise:
            raise _TooMuch
        for row in range(line.top, line.bottom + 1):
            for column in range(line.left, line.right + 1):
                register = self._formula(block.tree, row, column)
                self.code.append((STORE, self._relative(row, column), register, 0))
        across = (block.rect.left, block.rect.right) if self.lines.axis == 0 else (block.rect.top, block.rect.bottom)
        first, last = self.stretch.first, self.stretch.last
        self.stored.append(
            Rect(first, across[0], last, across[1]) if self.lines.axis == 0 else Rect(across[0], first, across[1], last)
        )

    def _relative(self, row: int, column: int) -> int:
        """A place relative to the first cell of the line (its first column, or its first row)."""
        line = self.stretch.first
        return (row - line) + column * self.height if self.lines.axis == 0 else row + (column - line) * self.height

    def _formula(self, tree: Node, row: int, column: int) -> int:
        """Code that leaves the value of a formula in a register; answers which. Registers are used as a stack."""
        order = postorder(tree)
        conditions = {id(node.arguments[0]) for node in order if _selects(node)}
        top = 0
        for node in order:
            if isinstance(node, Binary) and node.operator in COMPARE:
                if id(node) not in conditions:
                    raise _TooMuch  # a logical as a result
                top = self._compare(node.operator, top)
            else:
                top = self._node(node, row, column, top)
        return top - 1

    def _node(self, node: Node, row: int, column: int, top: int) -> int:
        """Code for one node whose operands are the registers right below ``top``; answers the new top."""
        if isinstance(node, Number):
            self.constants.append(node.value)
            self.code.append((FIXED, top, -len(self.constants), 0))
            return top + 1
        if isinstance(node, Ref):
            self._load(node, row, column, top)
            return top + 1
        if isinstance(node, Unary) and node.operator in "-%+":
            if node.operator != "+":
                self.code.append((NEGATE if node.operator == "-" else PERCENT, top - 1, top - 1, 0))
            return top
        if isinstance(node, Binary):
            return self._binary(node, top)
        if isinstance(node, Call):
            return self._call(node, top)
        raise _TooMuch

    def _load(self, ref: Ref, row: int, column: int, top: int) -> None:
        if ref.shape != "cell" or ref.sheet != self.sheet.title:
            raise _TooMuch
        rect = ref.rect(row, column)
        fixed = ref.first.row_absolute if self.lines.axis == 0 else ref.first.column_absolute
        steps = self.stretch.last - self.stretch.first
        moved = (0, 0) if fixed else (steps, 0) if self.lines.axis == 0 else (0, steps)
        whole = None if rect is None else reach(ref, Rect(row, column, row + moved[0], column + moved[1]))
        rows, columns = self.sheet.num.shape
        if rect is None or whole is None or whole.bottom >= rows or whole.right >= columns:
            raise _TooMuch  # nothing is held there
        self.outside.append(clipped(ref, whole, self.sheet))
        if fixed:
            self.code.append((FIXED, top, rect.left * self.height + rect.top, 0))
        else:
            self.code.append((LOAD, top, self._relative(rect.top, rect.left), 0))

    def _binary(self, node: Binary, top: int) -> int:
        if node.operator in BINARY:
            self.code.append((BINARY[node.operator], top - 2, top - 2, top - 1))
        elif node.operator == "^":
            self._power(node.right, top)
        else:
            raise _TooMuch  # a comparison is a condition of IF or nothing; see _call
        return top - 1

    def _power(self, exponent: Node, top: int) -> None:
        if not (isinstance(exponent, Number) and exponent.value in range(1, LARGEST_POWER + 1)):
            raise _TooMuch
        base, power = top - 2, top - 1  # the exponent's register is free for the growing power
        self.code.append((COPY, power, base, 0))
        self.code += [(TIMES, power, power, base)] * (int(exponent.value) - 1)
        self.code.append((COPY, base, power, 0))

    def _compare(self, operator: str, top: int) -> int:
        a, b = (top - 1, top - 2) if operator in (">", ">=") else (top - 2, top - 1)
        self.code.append((COMPARE[operator], top - 2, a, b))
        return top - 1

    def _call(self, node: Call, top: int) -> int:
        if any(isinstance(argument, Missing) for argument in node.arguments):
            raise _TooMuch
        row = row_of(node)
        if row and row.scanned in ONE_NUMBER and len(node.arguments) == 1:
            self.code.append((ONE_NUMBER[row.scanned], top - 1, top - 1, 0))
            return top
        if _selects(node) and len(node.arguments) == 3 and isinstance(node.arguments[0], Binary):
            self.code.append((SELECT, top - 3, top - 2, top - 1))
            return top - 2
        raise _TooMuch

    # --- running it -------------------------------------------------------------------------------------------------
    def run(self, skip: int = 0) -> int:
        """Computes the stretch from the line number ``skip`` on, as far as it goes; answers how many lines it did."""
        sheet, count = self.sheet, self.stretch.last - self.stretch.first + 1 - skip
        for rect in self.stored if not skip else ():
            sheet.kind[_area(rect)] = NUMBER
        for rect in self.outside:
            if (sheet.kind[_area(rect)] > NUMBER).any():
                return 0
        step = (1 if self.lines.axis == 0 else self.height) * self.lines.sign
        line = self.stretch.first if self.lines.sign > 0 else self.stretch.last
        start = (line if self.lines.axis == 0 else line * self.height) + skip * step
        return self._loop(sheet.num.ravel(order="K"), start, count, step)

    def _loop(self, memory: np.ndarray, start: int, count: int, step: int) -> int:
        work = count * len(self.code)
        loop = _compiled() if Scan.spent + work > WORTH_COMPILING else None
        if loop is not None:
            whats, tos, firsts, seconds = (np.array(column, np.int64) for column in self.columns)
            constants, registers = np.array([*self.constants, 0.0]), np.zeros(self.depth)
            return int(loop(memory, whats, tos, firsts, seconds, constants, registers, start, count, step))
        Scan.spent += work
        # a memoryview gives and takes plain floats, which Python adds and multiplies faster than NumPy's
        registers_, view = [0.0] * self.depth, memoryview(memory)  # type: ignore[arg-type]
        whats_, tos_, firsts_, seconds_ = self.columns
        return scan(view, whats_, tos_, firsts_, seconds_, self.constants, registers_, start, count, step)


def _selects(node: Node) -> TypeGuard[Call]:
    """Whether a node is a call of IF."""
    row = row_of(node)
    return row is not None and row.scanned is Scanned.SELECT


def _area(rect: Rect) -> tuple[slice, slice]:
    return slice(rect.top, rect.bottom + 1), slice(rect.left, rect.right + 1)


def _not_within(rects: list[Rect], others: list[Rect]) -> list[Rect]:
    """The rectangles, each once, that are not wholly within one of the others."""
    return [rect for rect in dict.fromkeys(rects) if not any(rect.common(other) == rect for other in others)]
