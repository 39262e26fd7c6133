"""A register machine for recurrences: a short list of instructions on plain numbers, run once a line.

The loop is plain Python; where Numba is installed and there is much to do, the very same loop is compiled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import product
from sheetsim.excel.comparison import SHOWN
from sheetsim.model.limits import LARGEST, SMALLEST
from sheetsim.support.compiling import compiled

# The instructions
LOAD, FIXED, STORE = range(3)
ADD, SUBTRACT, TIMES, DIVIDE, SQRT, ABS, FLOOR, SIGN = range(3, 11)
LESS, EQUAL, SELECT = range(11, 14)
UP_TO, UP_TO_FIXED, TAKE = range(14, 17)

Instruction = tuple[int, int, int, int]  # what, where to, first operand, second operand

WORTH_COMPILING = 3_000_000  # instructions run in plain Python before the compiled loop is fetched


def scan(
    memory: Any, whats: Any, tos: Any, firsts: Any, seconds: Any, registers: Any, at: int, count: int, step: int
) -> int:
    """Runs the instructions once a line; answers how many lines were done before a result was not finite.

    ``memory`` is a sheet's numbers, a column after the other; ``at`` is the place of the first line, ``step`` the
    distance from one line to the next. Operands are registers, but for LOAD and STORE, where the sheet's one is a place
    relative to the line, and FIXED, where it is a place. ``product`` is Excel's. TAKE finds its place at run time: so
    many cells below one, up to the last one that UP_TO or UP_TO_FIXED before it named.
    """
    furthest = 0
    for line in range(count):
        for what, to, a, b in zip(whats, tos, firsts, seconds):  # noqa: B905  (Numba knows no strict)
            if what == LOAD:
                registers[to] = memory[at + a]
            elif what == TIMES:
                registers[to] = product(registers[a], registers[b])
            elif what == ADD:
                registers[to] = registers[a] + registers[b]
            elif what == SUBTRACT:
                registers[to] = registers[a] - registers[b]
            elif what == STORE:
                value = registers[a]
                if SMALLEST <= value <= LARGEST or -LARGEST <= value <= -SMALLEST:
                    memory[at + to] = value
                elif -SMALLEST < value < SMALLEST:  # no cell holds a subnormal number, or -0
                    memory[at + to] = 0.0
                else:
                    return line
            elif what == FIXED:
                registers[to] = memory[a]
            elif what == DIVIDE:
                divisor = registers[b]
                if divisor == 0.0 or divisor - divisor != 0.0:
                    return line
                value = registers[a] / divisor
                registers[to] = 0.0 if -SMALLEST < value < SMALLEST else value
            elif what == SQRT:
                if not registers[a] >= 0.0:
                    return line
                registers[to] = math.sqrt(registers[a])
            elif what == ABS:
                registers[to] = abs(registers[a])
            elif what == FLOOR:
                value = registers[a]  # from 2**52 on every number is whole, and a compiled floor would overflow
                registers[to] = float(math.floor(value)) if abs(value) < 4503599627370496.0 else value
            elif what == SIGN:
                if registers[a] - registers[a] != 0.0:
                    return line
                registers[to] = (1.0 if registers[a] > 0.0 else 0.0) - (1.0 if registers[a] < 0.0 else 0.0)
            elif what == SELECT:  # the condition stands in ``to``
                registers[to] = registers[a] if registers[to] != 0.0 else registers[b]
            elif what == UP_TO:
                furthest = at + a
            elif what == UP_TO_FIXED:
                furthest = a
            elif what == TAKE:
                below = registers[b]
                if not 1.0 <= below < 4503599627370496.0 or a + int(below) > furthest:
                    return line
                registers[to] = memory[a + int(below)]
            else:  # LESS or EQUAL
                left, right = registers[a], registers[b]
                if left - left != 0.0 or right - right != 0.0:
                    return line
                if left != right and abs(left - right) <= SHOWN * abs(left):
                    return line  # equal in the 15 digits that Excel compares, perhaps: the general way decides
                held = left < right if what == LESS else left == right
                registers[to] = 1.0 if held else 0.0
        at += step
    return count


@cache
def _compiled() -> Callable[..., int] | None:
    """The loop, compiled with the same product; None without Numba."""
    return compiled(scan)


class Machine:
    """Instructions, and what its registers hold before they are run: constants, 0 where results will stand."""

    spent = 0  # instructions run in plain Python by this process

    def __init__(self) -> None:
        self.code: list[Instruction] = []
        self.registers: list[float] = []

    def constant(self, value: float) -> int:
        """A register that holds a number; answers which."""
        self.registers.append(value)
        return len(self.registers) - 1

    def result(self, what: int, first: int, second: int = 0) -> int:
        """One more instruction; answers the register that its result will stand in."""
        to = self.constant(0.0)
        self.code.append((what, to, first, second))
        return to

    @cached_property
    def _columns(self) -> list[list[int]]:
        return [list(column) for column in zip(*self.code, strict=True)]

    @cached_property
    def _arrays(self) -> list[np.ndarray]:
        return [np.array(column, np.int64) for column in self._columns]

    def run(self, memory: np.ndarray, at: int, count: int, step: int) -> int:
        """Runs the instructions once a line, as ``scan`` says."""
        work = count * len(self.code)
        loop = _compiled() if Machine.spent + work > WORTH_COMPILING else None
        if loop is not None:
            return int(loop(memory, *self._arrays, np.array(self.registers), at, count, step))
        Machine.spent += work
        # a memoryview gives and takes plain floats, which Python adds and multiplies faster than NumPy's
        view: Any = memoryview(memory)  # type: ignore[arg-type]
        whats, tos, firsts, seconds = self._columns
        return scan(view, whats, tos, firsts, seconds, self.registers, at, count, step)
