"""A block's tree → a program for a stack machine over arrays.

The tree is walked once; what comes out is a list of steps that know the sheets' arrays but no formula text. References
become views of those arrays (no copies), four-dimensional as ``arrays.py`` describes: a reference that moves with its
cell has as many rows as the block, one that is fixed has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any, NamedTuple

from sheetsim.engine import steps
from sheetsim.engine.blocks import Block, reach, shown
from sheetsim.engine.context import Context
from sheetsim.engine.lambdas.evaluating import Evaluation
from sheetsim.engine.lambdas.parts import closed_in, is_form
from sheetsim.engine.steps import Step
from sheetsim.engine.together.forms import Bound
from sheetsim.engine.views import RangeView, Stack, changes_size
from sheetsim.errors import FormulaError
from sheetsim.excel.arrays import Values, error_value
from sheetsim.functions import FUNCTIONS, Function, row_of
from sheetsim.functions.areas import areas_of
from sheetsim.functions.arguments import Want
from sheetsim.functions.operands import asked_for_place, makes_reference, operand_want, taker_of, takes_a_place
from sheetsim.model.nodes import (
    AS_ARRAY,
    Binary,
    Call,
    Form,
    Lacking,
    Missing,
    Node,
    Number,
    Ref,
    Unary,
    children,
    is_union,
    walk,
)
from sheetsim.model.values import FUNCTION, VALUE, Reason, reason_code


class Asked(NamedTuple):
    """A node of a formula, what it is wanted as, the function that takes it whole, if any, and how many of the nodes
    before it are its operands."""

    node: Node
    want: Want
    taker: Function | None = None
    operands: int = 0


def asked(block: Block, taken_whole: Callable[[Node, Block], bool]) -> list[Asked]:
    """The nodes of a block's formula, operands first; what a step of its own computes is ``taken_whole``."""
    found: list[Asked] = []
    waiting = [Asked(block.tree, Want.ARRAY if block.spill else Want.ONE)]
    while waiting:
        node, want, taker, _ = waiting.pop()
        whole = taken_whole(node, block) or is_lacking(node) or is_form(node)
        below = () if whole else areas_of(node) if is_union(node) else children(node)
        found.append(Asked(node, want, taker, len(below)))
        for place, child in enumerate(below):
            by = taker if is_union(node) else taker_of(node, place)
            waiting.append(Asked(child, operand_want(node, place, want), by))
    return found[::-1]


def is_lacking(node: Node) -> bool:
    """Whether a node is a call of a function that is not in the table: nothing below it is computed."""
    return isinstance(node, Call) and row_of(node) is None


class Program:
    """The steps of one block, what it reads, and how it must be computed."""

    def __init__(self, block: Block, instructions: ModuleType = steps):
        """``instructions`` makes the steps: ``steps`` for NumPy's arrays, ``tensors/steps.py`` for tensors. Raises
        FormulaError for a function with too few or too many arguments."""
        self.block, self.instructions = block, instructions
        self.steps: list[Step] = []
        self.readings: list[Any] = []
        self.cell_by_cell = False  # one cell after the other, as what they look at differs in size
        self.window = 1  # cells that one cell of the block may look at
        self.lacking: list[Reason] = []  # what the formula needs and cannot have
        self.ends: list[tuple[Asked, int]] = []  # each node, and after how many steps its value is on top of the stack
        for one in asked(block, instructions.is_total):
            self._emit(one.node, one.want, one.taker)
            self.ends.append((one, len(self.steps)))

    def at(self, block: Block) -> Program | None:
        """The program of a copy of the block, as large, elsewhere in its sheet: its steps are the same but for where
        they read. None where more may differ."""
        if any(type(reading) is not RangeView for reading in self.readings):
            return None
        copy = object.__new__(Program)
        copy.__dict__.update(self.__dict__)
        copy.block = block
        copy.steps = [step.at(block) if type(step) is RangeView else step for step in self.steps]
        copy.readings = [step for step in copy.steps if type(step) is RangeView]
        return copy

    def run(self, context: Context) -> Values:
        """The block's values at ``context``, of shape (rows, columns, height, width): the steps in postfix order over a
        stack. A result that is a reference is read. Raises NotReady where one points at cells yet to be computed."""
        stack: Stack = []
        for step in self.steps:
            step(stack, context)
        result = stack.pop()
        return steps.value_of(result, context)

    # --- one node at a time -----------------------------------------------------------------------------------------
    def _emit(self, node: Node, want: Want, taker: Function | None) -> None:
        if isinstance(node, Ref):
            self._emit_ref(node, want, taker)
        elif self.instructions.is_total(node, self.block):
            self.readings.append(self.instructions.running(self.block, node))
            self.steps.append(self.readings[-1])
        elif is_form(node):
            self._emit_form(node)
        elif isinstance(node, Call):
            self._emit_call(node, want)
        elif isinstance(node, Lacking):
            self._lack(node.kind, node.what)
        elif isinstance(node, Binary):
            self._emit_binary(node, want)
        elif isinstance(node, Unary):
            if node.operator != AS_ARRAY and not (node.operator == "@" and isinstance(node.operand, Ref)):
                self.steps.append(self.instructions.unary(node.operator))
        else:
            self.steps.append(self.instructions.constant(steps.literal(node)))

    def _emit_binary(self, node: Binary, want: Want) -> None:
        if node.operator in (":", " "):
            self.steps.append(self.instructions.span if node.operator == ":" else self.instructions.overlap)
            self._read(want)
            self.cell_by_cell = True
        elif node.operator == ",":
            step = self.instructions.join if want is Want.RANGE else self.instructions.unite
            self.steps.append(step(len(areas_of(node))))
        else:
            if makes_reference(node.left) or makes_reference(node.right):
                self.steps.append(steps.values(2))
            self.steps.append(self.instructions.binary(node.operator))

    def _emit_form(self, node: Node) -> None:
        """LET, LAMBDA and what takes functions: evaluated as a tree, one cell after the other."""
        for below in walk(node):
            if isinstance(below, Lacking):
                self.lacking.append(Reason(below.kind, below.what, self.block.where()))
            elif isinstance(below, Call) and self._row_of(below) is None:
                self.lacking.append(Reason(FUNCTION, below.name, self.block.where()))
            elif isinstance(below, Form) and below.kind == "FUNCTION" and below.names[0] not in FUNCTIONS:
                self.lacking.append(Reason(FUNCTION, below.names[0], self.block.where()))
        closed = [(tree, self._closed(tree)) for tree in closed_in(node)]
        self.readings += [reading for _, program in closed for reading in program.readings]
        self.steps.append(Evaluation(self.block, node, closed, self.instructions))
        self.cell_by_cell = True

    def _closed(self, tree: Node) -> Program:
        """The program of a part of the tree in which no variable occurs."""
        spread = replace(self.block, bound=Bound(tree, self.block.refs), spill=self.block.spill or (1, 1))
        return Program(spread, self.instructions)

    def _row_of(self, node: Call) -> Function | None:
        """What the table knows of a call. Raises FormulaError for a wrong number of arguments."""
        row, count = row_of(node), len(node.arguments)
        if row is not None and not row.arguments.least <= count <= row.arguments.most:
            plural = "" if row.arguments.count == "1" else "s"
            raise _wrong(self.block, f"{node.name} takes {row.arguments.count} argument{plural}, {count} given")
        return row

    def _emit_call(self, node: Call, want: Want) -> None:
        row, count = self._row_of(node), len(node.arguments)
        if row is None:
            self._lack(FUNCTION, node.name)
            return
        sizes = [given for place, given in enumerate(node.arguments) if row.arguments.at(place).want is Want.SIZE]
        if not all(isinstance(size, Number | Unary | Missing) for size in sizes):
            self.cell_by_cell = True
        self.cell_by_cell = self.cell_by_cell or row.sized
        of_places = any(map(makes_reference, node.arguments))
        if asked_for_place(node, want):
            assert row.as_place is not None
            self.steps.append(self.instructions.call(row, row.as_place, count, of_places))
            self.cell_by_cell = True  # whole rows for some cells, single cells for others
            self._read(want)
            return
        if want is Want.ONE and takes_a_place(node) and isinstance(node.arguments[0], Ref):
            self.steps.append(self.instructions.own_line(self.block, node.arguments[0], count))
            count = max(count, 3)
        if row.counted:
            self.steps.append(steps.counted(self.block, row, node.arguments, self._beside))
        self.steps.append(self.instructions.call(row, row.rule, count, of_places))
        if row.gives_reference:
            self._read(want)

    def _beside(self, block: Block) -> Program:
        """The program of another block, ready to run."""
        program = Program(block, self.instructions)
        if self.instructions is steps:
            for reading in program.readings:
                reading.attach()
                reading.look(whole=False)
        return program

    def _lack(self, kind: str, what: str) -> None:
        """The value of what cannot be computed."""
        self.lacking.append(Reason(kind, what, self.block.where()))
        self.steps.append(self.instructions.constant(error_value(reason_code(self.lacking[-1]))))

    def _read(self, want: Want) -> None:
        """What becomes of a reference on the stack: it stays one, or its cells are read, or the one of them that it
        means where a single value is wanted."""
        if want is not Want.PLACE:
            self.steps.append(self.instructions.intersect if want is Want.ONE else self.instructions.read)

    def _emit_ref(self, ref: Ref, want: Want, taker: Function | None) -> None:
        if want is Want.PLACE:
            self.cell_by_cell = self.cell_by_cell or self._varies(ref)
            self.steps.append(self.instructions.place(self.block, ref))
        elif want is Want.ONE and ref.shape != "cell":
            self._emit_intersection(ref)
        else:
            self._load(ref, taker)

    def _load(self, ref: Ref, taker: Function | None = None) -> None:
        blanks_count = taker is None or not taker.passes_over_blanks
        if self._varies(ref):
            self.cell_by_cell = self.cell_by_cell or self.block.rect.size > 1
            reading = self.instructions.expanding(self.block, ref, blanks_count)
        else:
            reading = self.instructions.view(self.block, ref, blanks_count)
            if not taker or reading.shape[:2] != (1, 1):  # a fixed list given whole to a function is held once
                self.window = max(self.window, reading.shape[2] * reading.shape[3])
        self.readings.append(reading)
        self.steps.append(reading)

    def _varies(self, ref: Ref) -> bool:
        """Whether what a reference means differs over the block in more than its place: in size, or it leaves the
        sheet."""
        return reach(ref, self.block.rect) is None or changes_size(ref, self.block)

    def _emit_intersection(self, ref: Ref) -> None:
        """A range where one value is wanted means its cell in the formula's own row or column."""
        if self._varies(ref):
            self.cell_by_cell = True
            self.steps.append(self.instructions.own_cell(self.block, ref))
            return
        rect = ref.rect(self.block.rect.top, self.block.rect.left)
        assert rect is not None
        if rect.size == 1:  # A1:A1 is A1, wherever the formula stands
            self._load(ref)
            return
        if rect.rows > 1 and rect.columns > 1:
            self.steps.append(self.instructions.constant(error_value(VALUE)))
            return
        tall, corner = rect.rows > 1, ref.first
        own_row = corner._replace(row=0, row_absolute=False)
        own_column = corner._replace(column=0, column_absolute=False)
        corner = own_row if tall else own_column
        self._load(Ref(ref.sheet, corner, corner))
        self.steps.append(self.instructions.only_within(ref, tall))


def _wrong(block: Block, what: str) -> FormulaError:
    return FormulaError(f"{block.where()}: {what}, in {shown(block.text())}")
