"""A register machine for recurrences: a short list of instructions on plain numbers, run once a line.

The loop is plain Python; where Numba is installed and there is much to do, the very same loop is compiled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import product
from sheetsim.excel.comparison import SHOWN
from sheetsim.excel.comparison_one import UNKNOWN, shown_order
from sheetsim.excel.elementary_one import exp_of_one, ln_of_one, log10_of_one, tables
from sheetsim.model.limits import LARGEST, SMALLEST
from sheetsim.support.compiling import compiled

# The instructions
LOAD, FIXED, STORE = range(3)
ADD, SUBTRACT, TIMES, DIVIDE, SQRT, ABS, FLOOR, SIGN = range(3, 11)
LESS, EQUAL, SELECT = range(11, 14)
UP_TO, UP_TO_FIXED, TAKE = range(14, 17)
EXP, LN, LOG10 = range(17, 20)
AREA, SIZE, SUM, SQUARES, MATCH = range(20, 25)
PAGE, FROM, OFFSET = range(25, 28)

Instruction = tuple[int, int, int, int]  # what, where to, first operand, second operand

LARGEST_PLACE = 2.0**40
COSTLY = 20  # instructions that one of exp or ln counts for

WORTH_COMPILING = 3_000_000  # instructions run in plain Python before the compiled loop is fetched


def scan(
    memory: Any,
    whats: Any,
    tos: Any,
    firsts: Any,
    seconds: Any,
    registers: Any,
    tables: Any,
    at: int,
    count: int,
    step: int,
) -> int:
    """Runs the instructions once a line; answers how many lines were done before a result was not finite.

    ``memory`` is a sheet's numbers, a column after the other; ``at`` is the place of the first line, ``step`` the
    distance from one line to the next. Operands are registers, but for LOAD and STORE, where the sheet's one is a place
    relative to the line, and FIXED, where it is a place. ``product`` is Excel's. TAKE finds its place at run time: so
    many cells below one, up to the last one that UP_TO or UP_TO_FIXED before it named. SUM, SQUARES and MATCH go over
    the cells that AREA and SIZE before them named, row by row; OFFSET counts from the cell that FROM named, on the
    sheet that PAGE did. ``tables`` are those of exp and ln.
    """
    furthest = height = corner = down = across = 0
    page = rows = columns = row = column = 0
    low, high, most = -SMALLEST, SMALLEST, LARGEST  # between the first two a result is 0
    for line in range(count):
        for what, to, a, b in zip(whats, tos, firsts, seconds):  # noqa: B905  (Numba knows no strict)
            if what == LOAD:
                registers[to] = memory[at + a]
            elif what == TIMES:
                registers[to] = product(registers[a], registers[b])
            elif what == STORE:
                value = registers[a]
                if high <= value <= most or -most <= value <= low:
                    memory[at + to] = value
                elif low < value < high:  # no cell holds a subnormal number, or -0
                    memory[at + to] = registers[a] = 0.0
                else:
                    return line
            elif what == ADD:
                value = registers[a] + registers[b]
                registers[to] = 0.0 if low < value < high else value
            elif what == SUBTRACT:
                value = registers[a] - registers[b]
                registers[to] = 0.0 if low < value < high else value
            elif what == FIXED:
                registers[to] = memory[a]
            elif what == DIVIDE:
                divisor = registers[b]
                if divisor == 0.0 or divisor - divisor != 0.0:
                    return line
                value = registers[a] / divisor
                registers[to] = 0.0 if low < value < high else value
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
            elif EXP <= what <= LOG10:
                value = registers[a]
                if what == EXP:
                    value = exp_of_one(value, tables)
                elif what == LN:
                    value = ln_of_one(value, tables)
                else:
                    value = log10_of_one(value, tables)
                if value - value != 0.0:
                    return line
                registers[to] = value
            elif what == AREA:
                height = to
                corner = a if b else at + a
            elif what == SIZE:
                down, across = a, b
            elif what in (SUM, SQUARES):
                value = total_of(memory, corner, down, across, height, what == SQUARES)
                registers[to] = 0.0 if low < value < high else value
            elif what == MATCH:
                value = match_of(registers[a], memory, corner, down, across, height)
                if value == 0.0:
                    return line
                registers[to] = value
            elif what == PAGE:
                page, rows, columns = to, a, b
            elif what == FROM:
                row = to + line if b else to
                column = a
            elif what == OFFSET:
                left, right = registers[a], registers[b]
                if not (abs(left) < LARGEST_PLACE and abs(right) < LARGEST_PLACE):
                    return line
                i, j = row + int(left), column + int(right)
                if not (left == math.floor(left) and right == math.floor(right)):
                    return line
                if not (0 <= i < rows and 0 <= j < columns):
                    return line
                registers[to] = memory[page + i + j * rows]
            else:  # LESS or EQUAL
                left, right = registers[a], registers[b]
                if left - left != 0.0 or right - right != 0.0:
                    return line
                if left != right and abs(left - right) <= SHOWN * abs(left):
                    left, right = shown_order(left, right), 0.0  # equal in the 15 digits that Excel compares, perhaps
                    if left == UNKNOWN:
                        return line
                held = left < right if what == LESS else left == right
                registers[to] = 1.0 if held else 0.0
        at += step
    return count


def total_of(memory: Any, corner: int, down: int, across: int, height: int, squared: bool) -> float:
    """The sum of the numbers of a rectangle, or of their squares, row by row from its corner; where a cell is no
    number, nan."""
    total = 0.0
    for i in range(down):
        for j in range(across):
            value = memory[corner + i + j * height]
            total += value * value if squared else value
    return total


def match_of(wanted: float, memory: Any, corner: int, down: int, across: int, height: int) -> float:
    """MATCH with the type omitted in a row or column of numbers: a binary search, then right over equal neighbours (see
    ``functions/searching.py``: ``ascending``). 0 where there is none, or something is no number."""
    count = down * across
    step = 1 if across == 1 else height
    if wanted - wanted != 0.0:
        return 0.0
    for k in range(count):
        value = memory[corner + k * step]
        if value - value != 0.0:
            return 0.0
    low, high = 0, count - 1
    while low <= high:
        middle = (low + high) // 2
        value = memory[corner + middle * step]
        if value == wanted:
            while middle < count - 1 and memory[corner + (middle + 1) * step] == wanted:
                middle += 1
            return middle + 1.0
        if value < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return float(low)


def scan_all(
    memory: Any,
    whats: Any,
    tos: Any,
    firsts: Any,
    seconds: Any,
    registers: Any,
    tables: Any,
    segments: Any,
    done: Any,
) -> int:
    """Runs ``scan`` for each segment: where its instructions begin and end, its first line's place, how many lines it
    has and the distance between them. Answers how many lines were done in all, and in ``done`` how many of each: fewer
    than it has where a result was not finite."""
    total = 0
    for k in range(len(segments)):
        begin, end, at, count, step = segments[k]
        done[k] = scan(
            memory,
            whats[begin:end],
            tos[begin:end],
            firsts[begin:end],
            seconds[begin:end],
            registers,
            tables,
            at,
            count,
            step,
        )
        total += done[k]
    return total


@cache
def _compiled() -> Callable[..., int] | None:
    """``scan_all``, compiled with the same product; None without Numba."""
    return compiled(scan_all)


@cache
def _tables(as_array: bool) -> Any:
    """Those of exp and ln, for plain Python or compiled."""
    return np.array(_tables(False)) if as_array else tables()


NO_TABLES: list[list[float]] = [[0.0]]


class Machine:
    """Instructions, and what its registers hold before they are run: constants, 0 where results will stand."""

    spent = 0  # instructions run by this process

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

    def with_fixed_rows(self, rows: Mapping[int, int], height: int) -> Machine:
        """The same instructions with other fixed rows, for a sheet of that height."""
        other = Machine()
        other.registers = self.registers
        for what, to, first, second in self.code:
            if what == FIXED:
                first += rows[first % height] - first % height
            other.code.append((what, to, first, second))
        return other

    @cached_property
    def columns(self) -> list[list[int]]:
        """The instructions by their parts, as lists."""
        return [list(column) for column in zip(*self.code, strict=True)]

    @cached_property
    def arrays(self) -> list[np.ndarray]:
        """The same as arrays."""
        return [np.array(column, np.int64) for column in self.columns]

    @cached_property
    def work(self) -> int:
        """What running the instructions once costs, an addition being 1."""
        return self.work_of(0, len(self.code))

    def work_of(self, begin: int, end: int) -> int:
        """What some of them cost."""
        return sum(COSTLY if EXP <= what <= LOG10 else 1 for what, *_ in self.code[begin:end])

    @cached_property
    def _needs_tables(self) -> bool:
        return any(EXP <= what <= LOG10 for what, *_ in self.code)

    def tables(self, as_array: bool) -> Any:
        """The tables that the instructions need."""
        if self._needs_tables:
            return _tables(as_array)
        return np.array(NO_TABLES) if as_array else NO_TABLES

    def run(self, memory: np.ndarray, at: int, count: int, step: int) -> int:
        """Runs the instructions once a line, as ``scan`` says."""
        work = count * self.work
        Machine.spent += work
        loop = Machine.compiled()
        if loop is not None:
            registers, tables = np.array(self.registers), self.tables(as_array=True)
            segments = np.array([[0, len(self.code), at, count, step]], np.int64)
            return int(loop(memory, *self.arrays, registers, tables, segments, np.zeros(1, np.int64)))
        # a memoryview gives and takes plain floats, which Python adds and multiplies faster than NumPy's
        view: Any = memoryview(memory)  # type: ignore[arg-type]
        whats, tos, firsts, seconds = self.columns
        tables = self.tables(as_array=False)
        return scan(view, whats, tos, firsts, seconds, self.registers, tables, at, count, step)

    @staticmethod
    def compiled(at_once: bool = False) -> Callable[..., int] | None:
        """``scan_all`` compiled, where there is so much to do that fetching it pays, or ``at_once``; None without
        Numba."""
        return _compiled() if at_once or Machine.spent > WORTH_COMPILING else None
