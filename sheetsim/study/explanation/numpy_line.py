"""A block's formula as a line of NumPy that can be run as it stands: what the engine computes for all its cells.

``adam["H4:I32"] = adam["C4:D32"] - multiply(adam["J4:K32"], adam["D2"]) / np.sqrt(adam["L4:M32"])``: a sheet gives the
array of a range; the words stand in ``words.py``. Which of them a formula needs depends on what its cells hold, and how
large its arrays are: both are seen by running the block's own program.

A range that moves with its cell is ``windows(…)``, of shape (rows, columns, height, width), as ``excel/arrays.py``
describes. Where not all cells can be said in one line, as those of ``SUM(A$1:A5)`` filled down, it is of one cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from keyword import iskeyword
from typing import Any

from sheetsim.engine.blocks import Block, bind_block, reach
from sheetsim.engine.context import Context
from sheetsim.engine.dynamic import Settled
from sheetsim.engine.program import Asked, Program
from sheetsim.errors import SheetsimError
from sheetsim.excel.arrays import Values
from sheetsim.functions import row_of
from sheetsim.functions.arguments import Want
from sheetsim.functions.lifting import Uneven
from sheetsim.functions.places import Reference
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.nodes import AS_ARRAY, Binary, Call, Node, Ref, Unary, walk
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER
from sheetsim.study.explanation.evaluation import calmly
from sheetsim.study.explanation.places import anchor
from sheetsim.study.explanation.words import OPERATIONS, RESERVED, SIGNED, Unsaid, is_single, literal_said, word_of

LARGEST = (
    200_000  # cells that a block's program looks at to see the shapes of its arrays; of more, the line is of a cell
)
TIGHTNESS = {"+": 1, "-": 1, "/": 2}  # Python's operators: the same as Excel's where both sides are numbers
CALL = 9
NUMPYS = {"SQRT": "np.sqrt", "ABS": "np.abs"}  # that are NumPy's very own, where all is numbers


class Lay(Enum):
    """How the values of a node lie: one for all, one for each cell of the block, an array that all cells see alike, or
    one for each of them."""

    ONE, CELLS, ARRAY, WINDOWS = range(4)


@dataclass(frozen=True)
class _Said:
    """A node in Python: its text, how tightly it holds together, how it lies, whether all of it is numbers."""

    text: str
    tightness: int
    lay: Lay
    numbers: bool

    def held(self, level: int) -> str:
        return self.text if self.tightness >= level else f"({self.text})"

    @property
    def spread(self) -> str:
        """With the axes of an array behind those of the block, where it has one value for each cell."""
        return f"{self.held(CALL)}[..., None, None]" if self.lay is Lay.CELLS else self.text


def numpy_line(block: Block, row: int | None = None, column: int | None = None) -> str | None:
    """The block's formula as an assignment to its cells; if that cannot be said in one line, that of one of its cells,
    the first one if none is given. None where not even that can be: of what cannot be computed, is drawn at random, or
    asks for more than the values of cells."""
    top, left = anchor(block, *((block.rect.top, block.rect.left) if row is None or column is None else (row, column)))
    one = Block(block.sheet, Rect(top, left, top, left), block.number, block.spill)
    for said in (block, one):
        try:
            if said is one:
                bind_block(one)
            with calmly(block.sheet.book):
                return _Sayer(said).line()
        except (Unsaid, Uneven, SheetsimError, FloatingPointError):
            continue
    return None


class _Sayer:
    def __init__(self, block: Block):
        """Raises Unsaid for a block that is too large, or computed cell by cell."""
        self.block = block
        self.program = Program(block)
        if self.program.lacking or block.rect.size * self.program.window > LARGEST:
            raise Unsaid
        if self.program.cell_by_cell and block.rect.size > 1:
            raise Unsaid
        for reading in self.program.readings:
            reading.attach()
            reading.look(whole=True)
        #: Where one branch of an IF is not taken, or an error is looked for, NumPy's own division would complain.
        self.plain = not any(_chooses(node) for node in walk(block.tree))

    def line(self) -> str:
        """The whole assignment."""
        said = self._all()
        cells = self.block.cells
        text = said.text
        if self.block.spill is None:
            text = f"{said.held(CALL)}[..., 0, 0]" if said.lay is Lay.WINDOWS else text
            text = f"{said.held(CALL)}[0, 0]" if said.lay is Lay.ARRAY else text
        elif said.lay is Lay.WINDOWS:
            if self.block.spill[0] != 1:
                raise Unsaid
            text = f"{said.held(CALL)}[:, 0, 0]"
        return f"{cells_said(self.block.sheet, cells)} = {text}"

    def _all(self) -> _Said:
        context = Context(Settled(self.block.sheet.book), self.block, self.block.rect)
        stack: list[Any] = []
        said: list[_Said | None] = []
        done = 0
        for one, end in self.program.ends:
            for step in self.program.steps[done:end]:
                step(stack, context)
            done = end
            start = len(said) - one.operands
            said[start:] = [self._node(one, stack[-1], said[start:])]
        if said[0] is None:
            raise Unsaid
        return said[0]

    def _node(self, one: Asked, value: Any, below: list[_Said | None]) -> _Said | None:
        """A node in Python; None for a place, which only the function above it can say."""
        node = one.node
        if not isinstance(value, Values):
            if isinstance(node, Ref) and isinstance(value, Reference):
                return None
            raise Unsaid
        lay, numbers = _lay(value), value.only(NUMBER) or bool((value.kinds() == NUMBER).all())
        if isinstance(node, Call):
            text, tightness = self._call(node, value, below, lay)
        elif isinstance(node, Binary):
            text, tightness = self._binary(node.operator, _values(below), lay)
        elif isinstance(node, Unary):
            text, tightness = self._unary(node, _values(below))
        elif isinstance(node, Ref):
            text, tightness = self._reference(node, value, one.want), CALL
        else:
            text, tightness = literal_said(node), CALL
        return _Said(text, tightness, lay, numbers)

    # --- cells ------------------------------------------------------------------------------------------------------
    def _reference(self, ref: Ref, value: Values, want: Want) -> str:
        sheet = self.block.sheet.book[ref.sheet or self.block.sheet.title]
        rect = reach(ref, self.block.rect)
        rows, columns, height, width = value.num.shape
        if rect is None:
            raise Unsaid
        if want is Want.ONE and ref.shape != "cell" and rect.size > 1:
            rect = self._own_line(rect, rows, columns)
        if height * width > 1 and rows * columns == 1:
            rect = Rect(rect.top, rect.left, rect.top + height - 1, rect.left + width - 1)  # of A:A what is in use
        if height * width > 1 and rows * columns > 1:
            if rect.rows != rows + height - 1 or rect.columns != columns + width - 1:
                raise Unsaid
            return f"windows({cells_said(sheet, rect)}, {height}, {width})"
        return cells_said(sheet, rect)

    def _own_line(self, rect: Rect, rows: int, columns: int) -> Rect:
        """Of a range where one value is wanted: its cells in the rows, or the columns, of the block."""
        own = self.block.rect
        if rect.columns == 1 and rect.top <= own.top and own.bottom <= rect.bottom and rows == own.rows:
            return rect._replace(top=own.top, bottom=own.bottom)
        if rect.rows == 1 and rect.left <= own.left and own.right <= rect.right and columns == own.columns:
            return rect._replace(left=own.left, right=own.right)
        raise Unsaid

    # --- operators and functions --------------------------------------------------------------------------------------
    def _binary(self, operator: str, below: list[_Said], lay: Lay) -> tuple[str, int]:
        if operator not in OPERATIONS:
            raise Unsaid
        left, right = below
        if lay in (Lay.ARRAY, Lay.WINDOWS):
            left, right = _spread(left, lay), _spread(right, lay)
        if operator in TIGHTNESS and left.numbers and right.numbers and (operator != "/" or self.plain):
            level = TIGHTNESS[operator]
            return f"{left.held(level)} {operator} {right.held(level + 1)}", level
        return f"{OPERATIONS[operator]}({left.text}, {right.text})", CALL

    def _unary(self, node: Unary, below: list[_Said]) -> tuple[str, int]:
        if node.operator in (AS_ARRAY, "+") or (node.operator == "@" and isinstance(node.operand, Ref)):
            return below[0].text, below[0].tightness
        if node.operator not in SIGNED:
            raise Unsaid
        if node.operator == "-" and below[0].numbers:
            return f"-{below[0].held(CALL)}", TIGHTNESS["/"]
        return f"{SIGNED[node.operator]}({below[0].text})", CALL

    def _call(self, node: Call, value: Values, below: list[_Said | None], lay: Lay) -> tuple[str, int]:
        row = row_of(node)
        if row is None or row.volatile or row.counted or len(below) != len(node.arguments):
            raise Unsaid  # of a total that a step of its own computes nothing below it is known
        if node.name == "OFFSET":
            return self._offset(node, value, below), CALL
        if row.context or None in below:
            return self._place_told(node, value), CALL
        given = _values(below)
        single = [is_single(row.arguments.want(place)) for place in range(len(given))]
        pairs = list(zip(given, single, strict=True))
        deep = any(one.lay is Lay.WINDOWS or (one.lay is Lay.ARRAY and of_block) for one, of_block in pairs)
        texts = [one.text if of_block and not deep else one.spread for one, of_block in pairs]
        if self.plain and node.name in NUMPYS and given[0].numbers:
            return f"{NUMPYS[node.name]}({texts[0]})", CALL
        return f"{word_of(node.name)}({', '.join(texts)})", CALL

    def _offset(self, node: Call, value: Values, below: list[_Said | None]) -> str:
        """``OFFSET(base, rows, columns)`` as a look into the array of the sheet."""
        base = node.arguments[0]
        own = self.block.rect
        if not isinstance(base, Ref) or base.rect(own.top, own.left) != base.rect(own.bottom, own.right):
            raise Unsaid
        rect = base.rect(own.top, own.left)
        if rect is None:
            raise Unsaid
        steps = ["0" if one.text == "None" else one.text for one in _values(below[1:3])]
        size = [str(n) for n in value.num.shape[2:]] if value.num[0, 0].size > 1 else []
        sheet = self.block.sheet.book[base.sheet or self.block.sheet.title]
        first = cell_name(rect.top, rect.left)
        return f'{sheet_said(sheet)}.offset("{first}", {", ".join([*steps, *size])})'

    def _place_told(self, node: Call, value: Values) -> str:
        """``ROW()``, ``COLUMNS(A1:C1)``: a number that the place alone decides."""
        if not value.only(NUMBER) or value.num.shape[2:] != (1, 1) or node.name not in PLACED:
            raise Unsaid
        rows, columns = value.num.shape[:2]
        first = int(value.num.flat[0])
        if node.name in ("ROWS", "COLUMNS") or rows * columns == 1:
            return repr(first)
        if node.name == "ROW" and columns == 1:
            return f"np.arange({first}, {first + rows})[:, None]"
        if node.name == "COLUMN" and rows == 1:
            return f"np.arange({first}, {first + columns})"
        raise Unsaid


PLACED = ("ROW", "COLUMN", "ROWS", "COLUMNS")


def _values(below: list[_Said | None]) -> list[_Said]:
    if None in below:
        raise Unsaid
    return [one for one in below if one is not None]


def _spread(one: _Said, lay: Lay) -> _Said:
    """An operand beside an array, with axes for it."""
    return _Said(one.spread, CALL, lay, one.numbers) if one.lay is Lay.CELLS else one


def _lay(value: Values) -> Lay:
    rows, columns, height, width = value.num.shape
    if height * width > 1:
        return Lay.WINDOWS if rows * columns > 1 else Lay.ARRAY
    return Lay.CELLS if rows * columns > 1 else Lay.ONE


def _chooses(node: Node) -> bool:
    """Whether a node may leave a value unlooked at, or look whether it is an error."""
    row = row_of(node)
    return row is not None and (row.arguments.wants(Want.SAME) or "ERR" in row.name or row.name in ("IFNA", "ISNA"))


def sheet_said(sheet: Sheet) -> str:
    """A sheet as the line calls it: by its title where that is a word of Python's, else ``sheets["my sheet"]``."""
    title = sheet.title
    plain = title.isidentifier() and title.isascii() and not iskeyword(title) and title not in RESERVED
    return title if plain and not title.isupper() else f'sheets["{_escaped(title)}"]'


def cells_said(sheet: Sheet, rect: Rect) -> str:
    """The array of some cells as the line writes it: ``adam["A1:A9"]``."""
    return f'{sheet_said(sheet)}["{rect}"]'


def _escaped(title: str) -> str:
    return title.replace("\\", "\\\\").replace('"', '\\"')
