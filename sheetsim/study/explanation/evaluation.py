"""A formula evaluated step by step in one of its cells, as Excel's "Evaluate Formula" shows it.

The steps are the engine's own: the program of the formula is run for that one cell, and what stands on the stack after
each node of the formula is kept. So every number that is shown is one that was computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetsim.engine.blocks import Block, bind_block
from sheetsim.engine.context import Context
from sheetsim.engine.dynamic import Settled
from sheetsim.engine.parts import over_cells
from sheetsim.engine.program import Asked, Program
from sheetsim.errors import SheetsimError
from sheetsim.excel.arrays import Values, trapping
from sheetsim.excel.calendar import counted_since
from sheetsim.functions.arguments import Want
from sheetsim.functions.places import Reference
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.nodes import AS_ARRAY, Binary, Call, Node, Ref, Unary, quoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import NUMBER, ExcelError, decode
from sheetsim.study.explanation.explained import Step, Summary
from sheetsim.study.explanation.rounding import note_of
from sheetsim.study.explanation.writing import Written, composed, exact, readable, reference, written_out

MOST_STEPS = 200  # a formula of more is not taken apart further


@dataclass(eq=False)
class Evaluated:
    """A node of a formula and its value in one cell: a Python value, a Summary of an array, or the Reference that it
    gave. ``unused`` is a branch that its IF does not take."""

    node: Node
    want: Want
    value: Any
    operands: list[Evaluated]
    taken_whole: bool = False  # the function above it looks at its cells, not at its value
    unused: bool = False

    def __iter__(self) -> Iterator[Evaluated]:
        """All nodes, operands first, without those that do not matter."""
        waiting, found = [self], []
        while waiting:
            found.append(one := waiting.pop())
            waiting.extend(operand for operand in one.operands if not operand.unused)
        return iter(found[::-1])


class Alone:
    """One cell's formula as a program of its own, to be run on what the cells of its workbook hold."""

    def __init__(self, block: Block, row: int, column: int):
        """Raises FormulaError for a formula that cannot be computed as it stands."""
        self.row, self.column = row, column
        rect = block.rect
        if block.spill:  # of the array formulas in a block the one that gives this cell
            height, width = block.spill
            top, left = row - (row - rect.top) % height, column - (column - rect.left) % width
        else:
            top, left = row, column
        self.block = Block(block.sheet, Rect(top, left, top, left), block.number, block.spill)
        bind_block(self.block)
        self.program = Program(self.block)
        for reading in self.program.readings:
            reading.attach()
            reading.look(whole=False)
        self.context = Context(Settled(block.sheet.book), self.block, self.block.rect)

    def value(self) -> Any:
        """What the cell comes to now, as a Python value."""
        return self._of_cell(self.program.run(self.context))

    def number(self) -> float:
        """The same as a number, nan where it is none."""
        found = self.value()
        return float(found) if isinstance(found, float | bool) else np.nan

    def _of_cell(self, result: Values) -> Any:
        num, kind = over_cells(result, self.block, self.block.rect)
        down, right = self.row - self.block.rect.top, self.column - self.block.rect.left
        num = np.asarray(num)
        kinds = np.broadcast_to(np.asarray(kind), num.shape)
        return decode(float(num[down, right]), int(kinds[down, right]))

    def evaluated(self) -> Evaluated:
        """The formula's tree with the value of every node."""
        stack: list[Any] = []
        trees: list[Evaluated] = []
        done = 0
        for one, end in self.program.ends:
            for step in self.program.steps[done:end]:
                step(stack, self.context)
            done = end
            start = len(trees) - one.operands
            trees[start:] = [_with_branches(one, stack[-1], trees[start:])]
        return trees[0]


@contextmanager
def calmly(book: Book) -> Iterator[None]:
    """Within it programs run as in a calculation, and what is random stays as it was drawn."""
    drawn = book.random.bit_generator.state
    try:
        with trapping(), counted_since(book.days_since):
            yield
    finally:
        book.random.bit_generator.state = drawn


def _with_branches(one: Asked, value: Any, operands: list[Evaluated]) -> Evaluated:
    """A node with its value; of an IF, IFERROR or CHOOSE the operands that decide nothing are marked."""
    found = Evaluated(one.node, one.want, plain_value(value), operands, taken_whole=one.taker is not None)
    name = one.node.name if isinstance(one.node, Call) else ""
    first = operands[0].value if operands else None
    if isinstance(first, Summary | Reference):
        return found
    used: set[int] | None = None
    if name == "IF" and isinstance(first, float | bool):
        used = {0, 1 if first else 2}
    elif name in ("IFERROR", "IFNA"):
        wrong = isinstance(first, ExcelError) and (name == "IFERROR" or first == "#N/A")
        used = {0, 1} if wrong else {0}
    elif name == "CHOOSE" and isinstance(first, float):
        used = {0, int(first)}
    if used is not None:
        for place, operand in enumerate(operands):
            operand.unused = place not in used
    return found


def plain_value(value: Any) -> Any:
    """What is on the stack as an explanation holds it: a Python value, a Summary, or the Reference."""
    if not isinstance(value, Values):
        return value
    num, kinds = value.num[0, 0], value.kinds()[0, 0]
    if num.size == 1:
        return decode(float(num.flat[0]), int(kinds.flat[0]))
    return summary(num, kinds)


def summary(num: np.ndarray, kinds: np.ndarray) -> Summary:
    """Arrays (rows, columns) of numbers and kinds in short."""
    numbers = num[kinds == NUMBER]
    least, greatest = (float(numbers.min()), float(numbers.max())) if numbers.size else (None, None)
    first = decode(float(num.flat[0]), int(kinds.flat[0]))
    return Summary(num.shape[0], num.shape[1], int(numbers.size), least, greatest, first)


def summary_of(sheet: Sheet, rect: Rect) -> Summary:
    """What some cells hold, in short; those beyond the cells in use are blanks."""
    held = rect.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1)) if sheet.rows and sheet.columns else None
    if held is None:
        return Summary(rect.rows, rect.columns, 0, None, None)
    kinds = sheet.kind[held.slices]
    found = summary(sheet.num[held.slices], kinds)
    return Summary(rect.rows, rect.columns, found.numbers, found.least, found.greatest, found.first)


# --- in words ---------------------------------------------------------------------------------------------------------
class Writer:
    """A formula evaluated in a cell, written with its cells or with its numbers."""

    def __init__(self, evaluated: Evaluated, sheet: Sheet, row: int, column: int):
        self.root, self.sheet, self.row, self.column = evaluated, sheet, row, column

    @property
    def numbers(self) -> str:
        """The whole formula with the values of its cells in it."""
        return "=" + self.with_numbers(self.root)

    def typed(self, one: Evaluated) -> str:
        """A node as the formula writes it."""
        return self._written(one, lambda leaf: None, pretty=False)[0]

    def with_numbers(self, one: Evaluated, pretty: bool = False) -> str:
        """A node with the values of its cells in it."""
        return self._written(one, lambda leaf: self._put_in(leaf, pretty), pretty)[0]

    def with_operands(self, one: Evaluated, pretty: bool = False) -> str:
        """A node with the values of its operands in it."""
        below = [self._operand(operand, pretty) for operand in one.operands]
        return composed(one.node, below, pretty)[0]

    def after(self, done: set[int]) -> str:
        """The whole formula with the values of these nodes in it, by their ``id``."""
        return self._written(self.root, lambda one: self._shown(one.value) if id(one) in done else None, False)[0]

    def _operand(self, one: Evaluated, pretty: bool) -> Written:
        found = self._put_in(one, pretty) if _is_leaf(one) else self._shown(one.value, pretty)
        return found or self._written(one, lambda leaf: self._put_in(leaf, pretty), pretty)

    def _written(self, one: Evaluated, instead: Any, pretty: bool) -> Written:
        done: list[Written] = []
        for node in _all(one, instead):
            count = 0 if (found := instead(node)) is not None else len(node.operands)
            start = len(done) - count
            done[start:] = [found or self._plain(node, done[start:], pretty)]
        return done[0]

    def _plain(self, one: Evaluated, below: list[Written], pretty: bool) -> Written:
        node = one.node
        if isinstance(node, Ref):
            return reference(node, self.sheet, self.row, self.column), 9
        if isinstance(node, Binary | Unary | Call) and (below or not _has_operands(node)):
            return composed(node, below, pretty)
        return written_out(node, self.sheet, self.row, self.column, pretty), 9  # its operands have no values, if any

    def _put_in(self, one: Evaluated, pretty: bool) -> Written | None:
        """The value of a reference to one cell, where putting it there changes nothing: a blank stays a reference, and
        so does a text that a function would take for a number, or would not take for one."""
        if not isinstance(one.node, Ref) or isinstance(one.value, Summary | Reference) or one.value is None:
            return None
        if one.taken_whole and not (isinstance(one.value, float) and not isinstance(one.value, bool)):
            return None
        return self._shown(one.value, pretty)

    def _shown(self, value: Any, pretty: bool = False) -> Written | None:
        if isinstance(value, Summary):
            return None
        if isinstance(value, Reference):
            return _place_text(value, self.sheet), 9
        if value is None:
            return None
        return readable(value) if pretty else exact(value)


def evaluated_in(block: Block, row: int, column: int) -> Writer | None:
    """The formula of a block evaluated in one of its cells; None where it cannot be computed."""
    try:
        with calmly(block.sheet.book):
            alone = Alone(block, row, column)
            if alone.program.lacking:
                return None
            return Writer(alone.evaluated(), block.sheet, alone.block.rect.top, alone.block.rect.left)
    except SheetsimError:
        return None


def _all(root: Evaluated, instead: Any) -> list[Evaluated]:
    """The nodes operands first, nothing below those for which something else stands."""
    waiting, found = [root], []
    while waiting:
        found.append(one := waiting.pop())
        if instead(one) is None:
            waiting.extend(one.operands)
    return found[::-1]


def _is_leaf(one: Evaluated) -> bool:
    return not one.operands


def _has_operands(node: Binary | Unary | Call) -> bool:
    return not isinstance(node, Call) or bool(node.arguments)


def _place_text(place: Reference, sheet: Sheet) -> str:
    """Where a reference that was computed points."""
    top, left = int(place.top.flat[0]), int(place.left.flat[0])
    if top < 0 or left < 0 or (place.errors is not None and place.errors.any()):
        return "#REF!"
    title = "" if place.sheet is sheet else quoted(place.sheet.title) + "!"
    first, last = cell_name(top, left), cell_name(top + place.height - 1, left + place.width - 1)
    return title + (first if first == last else f"{first}:{last}")


def steps_of(writer: Writer) -> tuple[Step, ...]:
    """The steps of an evaluation in their order, what is unused left out."""
    found: list[Step] = []
    done: set[int] = set()
    for one in writer.root:
        if isinstance(one.node, Ref) and writer._put_in(one, False):
            done.add(id(one))
        if not isinstance(one.node, Binary | Unary | Call) or isinstance(one.value, Reference) or _says_nothing(one):
            continue
        if len(found) == MOST_STEPS:
            break
        value = one.value
        done.add(id(one))
        found.append(
            Step(
                writer.typed(one),
                writer.with_operands(one),
                writer.with_operands(one, pretty=True),
                value,
                "=" + writer.after(done),
                note_of(one.node, [operand.value for operand in one.operands], value),
            )
        )
    return tuple(found)


def _says_nothing(one: Evaluated) -> bool:
    """A sign before a number, and what is no operation."""
    node = one.node
    if isinstance(node, Unary):
        return node.operator in (AS_ARRAY, "+", "@") or not isinstance(node.operand, Ref | Binary | Call | Unary)
    return isinstance(node, Call) and not node.arguments and not one.operands and False
