"""Formulas as instructions for a machine that knows plain numbers only (``machine.py``): of one line of cells, that are
run once for each line. What is no plain arithmetic is refused."""

from __future__ import annotations

from typing import NamedTuple, TypeGuard

from sheetsim.engine.blocks import clipped, reach
from sheetsim.engine.recurrences.machine import (
    ABS,
    ADD,
    AREA,
    DIVIDE,
    EQUAL,
    EXP,
    FIXED,
    FLOOR,
    FROM,
    LESS,
    LN,
    LOAD,
    LOG10,
    MATCH,
    OFFSET,
    PAGE,
    SELECT,
    SIGN,
    SIZE,
    SQRT,
    SQUARES,
    STORE,
    SUBTRACT,
    SUM,
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
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER

ARITHMETIC = {"+": ADD, "-": SUBTRACT, "*": TIMES, "/": DIVIDE}
COMPARISONS = {"<": LESS, "<=": LESS, ">": LESS, ">=": LESS, "=": EQUAL, "<>": EQUAL}
EXCHANGED = (">", "<=")  # a > b is b < a
TURNED = ("<=", ">=", "<>")  # a <= b is that b < a does not hold
ONE_NUMBER = {
    Scanned.SQRT: SQRT,
    Scanned.ABS: ABS,
    Scanned.FLOOR: FLOOR,
    Scanned.SIGN: SIGN,
    Scanned.EXP: EXP,
    Scanned.LN: LN,
    Scanned.LOG10: LOG10,
}
OF_RANGES = (Scanned.SUM, Scanned.SQUARES, Scanned.COUNT, Scanned.MATCH, Scanned.OFFSET)  # these too, where guarded
TOTALS = {Scanned.SUM: SUM, Scanned.SQUARES: SQUARES}
LARGEST_POWER = 8
RANGE = -1  # in place of a register: an operand that is no single cell
WIDEST = 64  # columns of one block; a wider block is better served line by line


class TooMuch(Exception):
    """Not plain arithmetic on numbers."""


class Page(NamedTuple):
    """A sheet, and where its cells begin in the machine's memory."""

    sheet: Sheet
    base: int = 0


class Read(NamedTuple):
    """The cells that a reference reads in all lines, and by which instruction: LOAD, FIXED or TAKE."""

    what: int
    sheet: Sheet
    rect: Rect


class Translator:
    """Translates the formulas of the cells in one line, seen from the first of some lines.

    ``guarded`` says that whoever runs the instructions puts nan into the memory for all that is no number, and for what
    is yet to be computed: then ranges and OFFSET can be read too.
    """

    def __init__(self, machine: Machine, pages: dict[str, Page], axis: int, first: int, last: int, guarded: bool):
        self.machine, self.pages, self.axis, self.guarded = machine, pages, axis, guarded
        self.first, self.last = first, last
        self.read: list[Read] = []
        self.held: dict[tuple[int, int], int] = {}  # the registers that hold cells of a line: what was read, or given

    def to_next(self, sheet: Sheet) -> int:
        """From a cell to that of the next line."""
        return 1 if self.axis == 0 else int(sheet.num.shape[0])

    def cell(self, sheet: Sheet, tree: Node, row: int, column: int) -> None:
        """The instructions for a formula, in a cell of the first line."""
        register = self._formula(tree, row, column)
        place = self._relative(sheet, row, column)
        self.machine.code.append((STORE, place, register, 0))
        self.held[LOAD, place] = register

    def _page(self, ref: Ref) -> tuple[Sheet, int, int]:
        """The sheet that a reference means, where it begins and how many rows it holds."""
        page = self.pages.get(ref.sheet or "")
        if page is None:
            raise TooMuch
        return page.sheet, page.base, int(page.sheet.num.shape[0])

    def in_all_lines(self, cells: Rect) -> Rect:
        """Some cells of the first line, and those like them of all others."""
        more = self.last - self.first
        return around([cells, cells.shifted(more, 0) if self.axis == 0 else cells.shifted(0, more)])

    # --- formulas ---------------------------------------------------------------------------------------------------
    def _formula(self, tree: Node, row: int, column: int) -> int:
        """The instructions for a formula in a cell of the first line; answers the register of its value."""
        conditions = [node.arguments[0] for node in walk(tree) if _selects(node)]
        if sum(map(_compares, walk(tree))) > sum(map(_compares, conditions)):
            raise TooMuch  # a logical as a result
        done: list[int] = []
        for node in postorder(tree):
            count = len(children(node))
            operands = done[len(done) - count :]
            del done[len(done) - count :]
            if isinstance(node, Ref):
                done.append(self._load(node, row, column) if node.shape == "cell" else RANGE)
            elif takes := _takes(node):
                done.append(self._take(takes, operands[1], row, column))
            elif (found := self._looks(node, operands, row, column)) is not None:
                done.append(found)
            elif RANGE in operands:
                raise TooMuch
            else:
                done.append(self._node(node, operands))
        if done[0] == RANGE:
            raise TooMuch
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
            case Call(_, (_,)) if (row := row_of(node)) and row.scanned in ONE_NUMBER:
                return machine.result(ONE_NUMBER[row.scanned], *operands)
        raise TooMuch

    def _select(self, test: Node, condition: int, yes: int, no: int) -> int:
        """``IF``: the result takes the place of the condition."""
        turned = _compares(test) and test.operator in TURNED
        if not _compares(test):  # a number holds where it is not 0
            condition, turned = self.machine.result(EQUAL, condition, self.machine.constant(0.0)), True
        self.machine.code.append((SELECT, condition, no, yes) if turned else (SELECT, condition, yes, no))
        return condition

    def _looks(self, node: Node, operands: list[int], row: int, column: int) -> int | None:
        """The instructions for a function of a range, or of a place; None if it is neither, or nobody guards it."""
        known, machine = row_of(node), self.machine
        if known is None or not isinstance(node, Call) or not self.guarded:
            return None
        match known.scanned, node.arguments:
            case Scanned.SUM | Scanned.SQUARES, (Ref() as ref,) if operands == [RANGE]:
                self._area(ref, row, column, NUMBER)
                return machine.result(TOTALS[known.scanned], 0)
            case Scanned.COUNT, (Ref() as ref,) if operands == [RANGE] and self.first == self.last:
                rect, sheet = self._area(ref, row, column, NUMBER), self._page(ref)[0]
                return machine.constant(float((sheet.kind[rect.slices] == NUMBER).sum()))
            case Scanned.MATCH, (_, Ref() as ref) if operands[0] != RANGE and operands[1] == RANGE:
                rect = self._area(ref, row, column, NUMBER, blanks=False)
                if min(rect.shape) == 1:
                    return machine.result(MATCH, operands[0])
            case Scanned.OFFSET, (Ref() as ref, _, _) if RANGE not in operands and self.axis == 0:
                sheet, base, height = self._page(ref)
                at_row, at_column = ref.first.place(row, column)
                machine.code.append((PAGE, base, height, int(sheet.num.shape[1])))
                machine.code.append((FROM, at_row, at_column, int(not ref.first.row_absolute)))
                return machine.result(OFFSET, *operands[1:])
        return None

    def _area(self, ref: Ref, row: int, column: int, most: int, blanks: bool = True) -> Rect:
        """The instructions that name a range of numbers, of the same size in every line; answers that of the first."""
        sheet, base, height = self._page(ref)
        fixed = (ref.first.row_absolute, ref.first.column_absolute)[self.axis]
        if fixed != (ref.last.row_absolute, ref.last.column_absolute)[self.axis] and self.first != self.last:
            raise TooMuch
        rect = ref.rect(row, column)
        if rect is None or ref.shape == ("rows", "columns")[self.axis]:
            raise TooMuch
        rect = clipped(ref, rect, sheet)
        whole = rect if fixed else self.in_all_lines(rect)
        if whole.bottom >= height or whole.right >= sheet.num.shape[1]:
            raise TooMuch
        kinds = sheet.kind[whole.slices]
        if (kinds > most).any() or not (blanks or kinds.all()):
            raise TooMuch
        place = base + rect.top + rect.left * height if fixed else self._relative(sheet, rect.top, rect.left)
        self.machine.code += [(AREA, height, place, int(fixed)), (SIZE, 0, rect.rows, rect.columns)]
        return rect

    def _relative(self, sheet: Sheet, row: int, column: int) -> int:
        """The place of a cell that the first line reads or writes, counted from the line's beginning."""
        height = int(sheet.num.shape[0])
        return self.pages[sheet.title].base + row + column * height - self.first * self.to_next(sheet)

    def _load(self, ref: Ref, row: int, column: int) -> int:
        sheet, base, height = self._page(ref)
        rect = reach(ref, self.in_all_lines(Rect(row, column, row, column)))
        if rect is None or rect.bottom >= height or rect.right >= sheet.num.shape[1]:
            raise TooMuch  # nothing is held there
        if self.guarded and (sheet.kind[rect.slices] > NUMBER).any():
            raise TooMuch
        fixed = (ref.first.row_absolute, ref.first.column_absolute)[self.axis]
        self.read.append(Read(FIXED if fixed else LOAD, sheet, rect))
        row, column = ref.first.place(row, column)
        if fixed:
            return self._once(FIXED, base + row + column * height)
        return self._once(LOAD, self._relative(sheet, row, column))

    def _once(self, what: int, place: int) -> int:
        """The register that a cell is loaded into; the first formula of the line that reads it does so for all."""
        if (what, place) not in self.held:
            self.held[what, place] = self.machine.result(what, place)
        return self.held[what, place]

    def _take(self, ref: Ref, place: int, row: int, column: int) -> int:
        """``INDEX(A$1:A4,place)``: a cell of a part of a column, its first row fixed. That the part ends above the line
        or in a fixed row, where nothing is yet to be computed, is known from the direction of the lines."""
        sheet, base, height = self._page(ref)
        rect, last = ref.rect(row, column), self.in_all_lines(Rect(row, column, row, column))
        if rect is None or place == RANGE or self.axis != 0:
            raise TooMuch
        end = ref.rect(last.bottom, column)
        if rect.columns > 1 or end is None or not rect.top == end.top == ref.first.row or not ref.first.row_absolute:
            raise TooMuch
        if max(rect.bottom, end.bottom) >= height or rect.right >= sheet.num.shape[1]:
            raise TooMuch  # nothing is held there
        self.read.append(Read(TAKE, sheet, around([rect, end])))
        if ref.last.row_absolute:
            self.machine.code.append((UP_TO_FIXED, 0, base + rect.bottom + rect.left * height, 0))
        else:
            self.machine.code.append((UP_TO, 0, self._relative(sheet, rect.bottom, rect.left), 0))
        return self.machine.result(TAKE, base + rect.top - 1 + rect.left * height, place)


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
