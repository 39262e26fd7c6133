"""The formulas of a recurrence translated for a machine that knows plain numbers only (``machine.py``).

An optimizer's sheet is one long chain: nothing in it can be computed before the row above. So each row's formulas
become a short list of instructions, and the machine runs it once a row. Of ``=A1*0.9+$D$1`` in A2, filled down:

    LOAD   A, the row above    -> r0        (r1 holds 0.9)
    TIMES  r0, r1              -> r2
    FIXED  D1                  -> r3
    ADD    r2, r3              -> r4
    STORE  r4                  -> A, this row

Only arithmetic on numbers and blanks fits, and ``INDEX`` of a part of a column that begins in a fixed row, which looks
up what an earlier row left. Anything else (texts, errors, logicals as results, other ranges, other functions) is left
to the engine's general way, and so is the line in which a result is not finite, or a place is outside its column.
"""

from __future__ import annotations

from typing import TypeGuard

from sheetsim.engine.blocks import reach
from sheetsim.engine.plan import Plan
from sheetsim.engine.recurrences.lines import Lines, Stretch
from sheetsim.engine.recurrences.machine import (
    ABS,
    ADD,
    DIVIDE,
    EQUAL,
    FIXED,
    FLOOR,
    LESS,
    LOAD,
    SELECT,
    SIGN,
    SQRT,
    STORE,
    SUBTRACT,
    TAKE,
    TIMES,
    UP_TO,
    UP_TO_FIXED,
    Machine,
)
from sheetsim.functions import row_of
from sheetsim.functions.table import Scanned
from sheetsim.model.address import Rect, around
from sheetsim.model.nodes import Binary, Call, Node, Number, Ref, Unary, children, postorder, walk
from sheetsim.model.values import NUMBER

ARITHMETIC = {"+": ADD, "-": SUBTRACT, "*": TIMES, "/": DIVIDE}
COMPARISONS = {"<": LESS, "<=": LESS, ">": LESS, ">=": LESS, "=": EQUAL, "<>": EQUAL}
EXCHANGED = (">", "<=")  # a > b is b < a
TURNED = ("<=", ">=", "<>")  # a <= b is that b < a does not hold
ONE_NUMBER = {Scanned.SQRT: SQRT, Scanned.ABS: ABS, Scanned.FLOOR: FLOOR, Scanned.SIGN: SIGN}
LARGEST_POWER = 8
RANGE = -1  # in place of a register: an operand that is no single cell
WIDEST = 64  # columns of one block; a wider block is better served line by line


class _TooMuch(Exception):
    """Not plain arithmetic on numbers."""


class Scan:
    """The instructions for one stretch of lines, and the cells that they read and write."""

    def __init__(self, plan: Plan, lines: Lines, stretch: Stretch):
        self.lines, self.stretch = lines, stretch
        self.sheet = plan.blocks[stretch.blocks[0]].sheet
        self.height: int = self.sheet.num.shape[0]
        self.to_next = 1 if lines.axis == 0 else self.height  # from a cell to that of the next row, or column
        self.machine = Machine()
        self.read: list[Rect] = []  # must be numbers or blanks
        self.written: list[Rect] = []
        for index in stretch.blocks:
            block = plan.blocks[index]
            first = lines.part(block, stretch.first)
            if first.size > WIDEST:
                raise _TooMuch
            self.written.append(self._in_all_lines(first))
            for row in range(first.top, first.bottom + 1):
                for column in range(first.left, first.right + 1):
                    register = self._formula(block.tree, row, column)
                    self.machine.code.append((STORE, self._relative(row, column), register, 0))
        self.read = [rect for rect in dict.fromkeys(self.read) if all(rect.common(w) != rect for w in self.written)]

    @classmethod
    def of(cls, plan: Plan, lines: Lines, stretch: Stretch) -> Scan | None:
        """The scan of a stretch, or None if it is more than plain arithmetic."""
        try:
            return cls(plan, lines, stretch)
        except _TooMuch:
            return None

    def run(self, skip: int = 0) -> int:
        """Computes the stretch from the line number ``skip`` on, as far as it goes; answers how many lines it did."""
        first, last, _ = self.stretch
        for rect in self.written if not skip else ():
            self.sheet.kind[rect.slices] = NUMBER
        for rect in self.read:
            if (self.sheet.kind[rect.slices] > NUMBER).any():
                return 0
        step = self.to_next * self.lines.sign
        start = (first if self.lines.sign > 0 else last) * self.to_next + skip * step
        return self.machine.run(self.sheet.num.ravel(order="K"), start, last - first + 1 - skip, step)

    # --- places -----------------------------------------------------------------------------------------------------
    def _relative(self, row: int, column: int) -> int:
        """The place of a cell that the first line reads or writes, counted from the line's beginning."""
        return row + column * self.height - self.stretch.first * self.to_next

    def _in_all_lines(self, cells: Rect) -> Rect:
        """Some cells of the first line, and those like them of all others."""
        more = self.stretch.last - self.stretch.first
        return around([cells, cells.shifted(more, 0) if self.lines.axis == 0 else cells.shifted(0, more)])

    # --- formulas ---------------------------------------------------------------------------------------------------
    def _formula(self, tree: Node, row: int, column: int) -> int:
        """The instructions for a formula in a cell of the first line; answers the register of its value."""
        conditions = [node.arguments[0] for node in walk(tree) if _selects(node)]
        if sum(map(_compares, walk(tree))) > sum(map(_compares, conditions)):
            raise _TooMuch  # a logical as a result
        done: list[int] = []
        for node in postorder(tree):
            count = len(children(node))
            operands = done[len(done) - count :]
            del done[len(done) - count :]
            if isinstance(node, Ref):
                done.append(self._load(node, row, column) if node.shape == "cell" else RANGE)
            elif takes := _takes(node):
                done.append(self._take(takes, operands[1], row, column))
            elif RANGE in operands:
                raise _TooMuch
            else:
                done.append(self._node(node, operands))
        if done[0] == RANGE:
            raise _TooMuch
        return done[0]

    def _node(self, node: Node, operands: list[int]) -> int:
        """The instructions for one node whose operands stand in registers; answers the register of its value."""
        machine = self.machine
        match node:
            case Number(value):
                return machine.constant(value)
            case Unary("+"):
                return operands[0]
            case Unary("-"):
                return machine.result(SUBTRACT, machine.constant(0.0), operands[0])
            case Unary("%"):
                return machine.result(DIVIDE, operands[0], machine.constant(100.0))
            case Binary("^", _, Number(exponent)) if exponent in range(1, LARGEST_POWER + 1):
                power = operands[0]
                for _ in range(1, int(exponent)):
                    power = machine.result(TIMES, power, operands[0])
                return power
            case Binary(operator) if operator in ARITHMETIC:
                return machine.result(ARITHMETIC[operator], *operands)
            case Binary(operator) if operator in COMPARISONS:
                return machine.result(COMPARISONS[operator], *operands[:: -1 if operator in EXCHANGED else 1])
            case Call() if _selects(node) and len(operands) == 3:
                return self._select(node.arguments[0], *operands)
            case Call() if (row := row_of(node)) and row.scanned in ONE_NUMBER:
                return machine.result(ONE_NUMBER[row.scanned], *operands)
        raise _TooMuch

    def _select(self, test: Node, condition: int, yes: int, no: int) -> int:
        """``IF``: the result takes the place of the condition."""
        turned = _compares(test) and test.operator in TURNED
        if not _compares(test):  # a number holds where it is not 0
            condition, turned = self.machine.result(EQUAL, condition, self.machine.constant(0.0)), True
        self.machine.code.append((SELECT, condition, no, yes) if turned else (SELECT, condition, yes, no))
        return condition

    def _load(self, ref: Ref, row: int, column: int) -> int:
        rect = reach(ref, self._in_all_lines(Rect(row, column, row, column)))
        rows, columns = self.sheet.num.shape
        if ref.sheet != self.sheet.title or rect is None:
            raise _TooMuch
        if rect.bottom >= rows or rect.right >= columns:
            raise _TooMuch  # nothing is held there
        self.read.append(rect)
        row, column = ref.first.place(row, column)
        if (ref.first.row_absolute, ref.first.column_absolute)[self.lines.axis]:
            return self.machine.result(FIXED, row + column * self.height)
        return self.machine.result(LOAD, self._relative(row, column))

    def _take(self, ref: Ref, place: int, row: int, column: int) -> int:
        """``INDEX(A$1:A4,place)``: a cell of a part of a column, its first row fixed. That the part ends above the line
        or in a fixed row, where nothing is yet to be computed, is known from the direction of the lines."""
        rect, last = ref.rect(row, column), self._in_all_lines(Rect(row, column, row, column))
        rows, columns = self.sheet.num.shape
        if ref.sheet != self.sheet.title or rect is None or place == RANGE or self.lines.axis != 0:
            raise _TooMuch
        end = ref.rect(last.bottom, column)
        if rect.columns > 1 or end is None or not rect.top == end.top == ref.first.row or not ref.first.row_absolute:
            raise _TooMuch
        if max(rect.bottom, end.bottom) >= rows or rect.right >= columns:
            raise _TooMuch  # nothing is held there
        self.read.append(around([rect, end]))
        if ref.last.row_absolute:
            self.machine.code.append((UP_TO_FIXED, 0, rect.bottom + rect.left * self.height, 0))
        else:
            self.machine.code.append((UP_TO, 0, self._relative(rect.bottom, rect.left), 0))
        return self.machine.result(TAKE, rect.top - 1 + rect.left * self.height, place)


def _selects(node: Node) -> TypeGuard[Call]:
    """Whether a node is a call of IF."""
    row = row_of(node)
    return row is not None and row.scanned is Scanned.SELECT


def _takes(node: Node) -> Ref | None:
    """The cells that a call of INDEX with one place takes one of."""
    row = row_of(node)
    if isinstance(node, Call) and row is not None and row.scanned is Scanned.TAKE and len(node.arguments) == 2:
        cells = node.arguments[0]
        return cells if isinstance(cells, Ref) and cells.shape != "cell" else None
    return None


def _compares(node: Node) -> TypeGuard[Binary]:
    """Whether a node is a comparison."""
    return isinstance(node, Binary) and node.operator in COMPARISONS
