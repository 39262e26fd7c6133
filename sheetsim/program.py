"""A block's tree → a program for a stack machine over arrays.

The tree is walked once; what comes out is a list of steps that know the sheets' arrays but no formula text. References
become views of those arrays (no copies), four-dimensional as ``arrays.py`` describes: a reference that moves with its
cell has as many rows as the block, one that is fixed has one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from sheetsim.address import Rect
from sheetsim.arrays import Values, choose, compare, error_value, single, uniform
from sheetsim.blocks import Block, clipped, reach
from sheetsim.errors import UnknownFunction
from sheetsim.functions import FUNCTIONS, Function
from sheetsim.functions import mathematics as maths
from sheetsim.functions.places import Reference
from sheetsim.functions.text import concatenate
from sheetsim.nodes import (
    ArrayConstant,
    Binary,
    Call,
    Corner,
    Error,
    Logical,
    Missing,
    Node,
    Number,
    Ref,
    Text,
    Unary,
    children,
)
from sheetsim.prefixes import RunningTotal, is_running
from sheetsim.values import ERRORS, LACKING, NA, REF, VALUE, ExcelError, encode

if TYPE_CHECKING:
    from sheetsim.numpy_engine import Site

Stack = list[Any]
Step = Callable[[Stack, "Site"], None]

OPERATORS: dict[str, Callable[[Values, Values], Values]] = {
    "+": maths.add,
    "-": maths.subtract,
    "*": maths.times,
    "/": maths.divide,
    "^": maths.power,
    "&": concatenate,
    "=": lambda a, b: compare(operator.eq, a, b),
    "<>": lambda a, b: compare(operator.ne, a, b),
    "<": lambda a, b: compare(operator.lt, a, b),
    "<=": lambda a, b: compare(operator.le, a, b),
    ">": lambda a, b: compare(operator.gt, a, b),
    ">=": lambda a, b: compare(operator.ge, a, b),
}
SIGNS: dict[str, Callable[[Values], Values]] = {
    "-": maths.negate,
    "+": lambda a: a,
    "%": maths.percent,
    "@": lambda a: a.corner(),
}

SINGLE, RANGE, ARRAY, PLACE = "s", "r", "a", "c"  # what a node is wanted as; the letters of the function table


class Load:
    """A reference as a view of its sheet's arrays, cut to the part of the block that is being computed."""

    def __init__(self, block: Block, ref: Ref):
        assert ref.sheet is not None
        self.sheet = block.sheet.book[ref.sheet]
        self.known: int | None = None
        rect = reach(ref, block.rect)
        assert rect is not None
        rect = clipped(ref, rect, self.sheet)
        self.sheet.reserve(rect.bottom + 1, rect.right + 1)
        self.rect = rect
        rows, height = _axis(block.rect.rows, ref.first.row_absolute, rect.rows)
        columns, width = _axis(block.rect.columns, ref.first.column_absolute, rect.columns)
        self.shape = (rows, columns, height, width)

    def attach(self) -> None:
        """Makes the views: once all sheets have their final size."""
        self.num, self.kind = (self._view(a) for a in (self.sheet.num, self.sheet.kind))
        self.region = self.sheet.kind[self.rect.top : self.rect.bottom + 1, self.rect.left : self.rect.right + 1]

    def _view(self, cells: np.ndarray) -> np.ndarray:
        part = cells[self.rect.top : self.rect.bottom + 1, self.rect.left : self.rect.right + 1]
        down, right = part.strides
        return as_strided(part, self.shape, (down, right, down, right), writeable=False)

    def look(self) -> None:
        """Before a whole block: notes whether all its cells are of one kind."""
        found = uniform(self.region)
        self.known = found if isinstance(found, int) else None

    def __call__(self, stack: Stack, site: Site) -> None:
        cut = (
            site.row_slice if self.shape[0] > 1 else slice(None),
            site.column_slice if self.shape[1] > 1 else slice(None),
        )
        kind = self.known
        stack.append(Values(self.num[cut], uniform(self.kind[cut]) if kind is None else kind, True))


def _axis(cells: int, fixed: bool, extent: int) -> tuple[int, int]:
    """(block axis, window axis) of a reference that covers ``extent`` rows over a block of ``cells`` rows."""
    return (1, extent) if fixed else (cells, extent - cells + 1)


class Growing:
    """A reference with one corner fixed and one that moves, as ``A$1:A5``: its size differs from cell to cell, so the
    block is computed cell by cell. Serves references that leave the sheet, too: there the value is ``#REF!``."""

    def __init__(self, block: Block, ref: Ref):
        assert ref.sheet is not None
        self.block, self.ref = block, ref
        self.sheet = block.sheet.book[ref.sheet]
        rect = reach(ref, block.rect)
        if rect is not None:
            rect = clipped(ref, rect, self.sheet)
            self.sheet.reserve(rect.bottom + 1, rect.right + 1)

    def attach(self) -> None:
        """Nothing to prepare: the view is made for each cell."""

    def look(self) -> None:
        """Nothing to note."""

    def __call__(self, stack: Stack, site: Site) -> None:
        rect = self.ref.rect(site.part.top, site.part.left)
        if rect is None:
            stack.append(error_value(REF))
            return
        rect = clipped(self.ref, rect, self.sheet)
        cut = (None, None, slice(rect.top, rect.bottom + 1), slice(rect.left, rect.right + 1))
        stack.append(Values(self.sheet.num[cut], uniform(self.sheet.kind[cut]), True))


class Program:
    """The steps of one block, its loads, and how it must be computed."""

    def __init__(self, block: Block, lacking: list[str] | None = None):
        """``lacking`` collects the names of functions that are not in the table; None raises UnknownFunction."""
        self.block = block
        self.steps: list[Step] = []
        self.loads: list[Load | Growing | RunningTotal] = []
        self.cellwise = False
        self.window = 1  # cells that one cell of the block may look at
        self._missing: list[str] = []
        for node, want, whole in _with_wants(block, ARRAY if block.spread else SINGLE):
            self._emit(node, want, whole)
        if self._missing:
            if lacking is None:
                raise UnknownFunction(f"{block.where()}: no function {', '.join(self._missing)}", {})
            lacking += self._missing
            self.steps, self.loads = [_constant(error_value(LACKING))], []

    def run(self, site: Site) -> Values:
        stack: Stack = []
        for step in self.steps:
            step(stack, site)
        result = stack.pop()
        return site.read(result) if isinstance(result, Reference) else result

    # --- one node at a time -----------------------------------------------------------------------------------------
    def _emit(self, node: Node, want: str, whole: bool) -> None:
        if isinstance(node, Ref):
            self._emit_ref(node, want, whole)
        elif is_running(node, self.block):
            self.loads.append(RunningTotal(self.block, node))
            self.steps.append(self.loads[-1])
        elif isinstance(node, Call):
            self._emit_call(node, want)
        elif isinstance(node, Binary):
            self._emit_binary(node)
        elif isinstance(node, Unary):
            if not (node.operator == "@" and isinstance(node.operand, Ref)):
                self.steps.append(_unary(SIGNS[node.operator]))
        else:
            self.steps.append(_constant(_literal(node)))

    def _emit_binary(self, node: Binary) -> None:
        if node.operator == ":":
            self.steps.append(_span)
            self.cellwise = True
        else:
            self.steps.append(_binary(OPERATORS[node.operator]))

    def _emit_call(self, node: Call, want: str) -> None:
        entry = FUNCTIONS.get(node.name)
        if entry is None:
            self._missing.append(node.name)
            return
        if not entry.least <= len(node.arguments) <= entry.most:
            asked = str(entry.least) if entry.least == entry.most else f"{entry.least} to {entry.most}"
            plural = "" if asked == "1" else "s"
            raise _wrong(self.block, f"{node.name} takes {asked} argument{plural}, {len(node.arguments)} given")
        if node.name == "OFFSET" and any(not isinstance(a, Number | Unary | Missing) for a in node.arguments[3:]):
            self.cellwise = True
        self.steps.append(_call(entry, len(node.arguments), [isinstance(a, Missing) for a in node.arguments]))
        if want != PLACE and node.name == "OFFSET":
            self.steps.append(_read)

    def _emit_ref(self, ref: Ref, want: str, whole: bool) -> None:
        if want == PLACE:
            self.cellwise = self.cellwise or _changes_size(ref, self.block)
            self.steps.append(_place(self.block, ref))
        elif want == SINGLE and ref.shape != "cell":
            self._emit_intersection(ref)
        else:
            self._load(ref, whole)

    def _load(self, ref: Ref, whole: bool = False) -> None:
        if reach(ref, self.block.rect) is None or _changes_size(ref, self.block):
            self.cellwise = self.cellwise or self.block.rect.size > 1
            load: Load | Growing = Growing(self.block, ref)
        else:
            load = Load(self.block, ref)
            if not whole or load.shape[:2] != (1, 1):  # a fixed list given whole to a function is held once
                self.window = max(self.window, load.shape[2] * load.shape[3])
        self.loads.append(load)
        self.steps.append(load)

    def _emit_intersection(self, ref: Ref) -> None:
        """A range where one value is wanted means its cell in the formula's own row or column."""
        rect = ref.rect(self.block.rect.top, self.block.rect.left)
        if rect is None or (rect.rows > 1 and rect.columns > 1):
            self.steps.append(_constant(error_value(VALUE)))
            return
        tall = rect.rows > 1
        corner = ref.first
        if tall:
            corner = Corner(0, corner.column, False, corner.column_absolute)
        else:
            corner = Corner(corner.row, 0, corner.row_absolute, False)
        self._load(Ref(ref.sheet, corner, corner))
        self.steps.append(_only_within(ref, tall))


def _wrong(block: Block, what: str) -> Exception:
    from sheetsim.blocks import shown
    from sheetsim.errors import FormulaError

    return FormulaError(f"{block.where()}: {what}, in {shown(block.text())}")


def _with_wants(block: Block, want: str) -> list[tuple[Node, str, bool]]:
    """The nodes with operands first, each with what it is wanted as, and whether a function takes it whole."""
    order: list[tuple[Node, str, bool]] = []
    waiting = [(block.tree, want, False)]
    while waiting:
        node, want, whole = waiting.pop()
        order.append((node, want, whole))
        entry = FUNCTIONS.get(node.name) if isinstance(node, Call) else None
        for place, child in enumerate(() if is_running(node, block) else children(node)):
            taken_whole = entry is not None and entry.letter(place) in (ARRAY, RANGE)
            waiting.append((child, _want_of(node, place, want), taken_whole))
    return order[::-1]


def _want_of(node: Node, place: int, want: str) -> str:
    if isinstance(node, Unary) and node.operator == "@":
        return SINGLE
    if isinstance(node, Binary) and node.operator == ":":
        return PLACE
    if not isinstance(node, Call):
        return ARRAY if want == ARRAY else SINGLE
    entry = FUNCTIONS.get(node.name)
    letter = entry.letter(place) if entry else SINGLE
    if letter == "i":
        return want
    if letter in (SINGLE, RANGE) and want == ARRAY:
        return ARRAY
    return letter


def _changes_size(ref: Ref, block: Block) -> bool:
    first, last = ref.first, ref.last
    return (first.row_absolute != last.row_absolute and block.rect.rows > 1) or (
        first.column_absolute != last.column_absolute and block.rect.columns > 1
    )


def _literal(node: Node) -> Values:
    if isinstance(node, Number | Text | Logical):
        return single(node.value)
    if isinstance(node, Error):
        return error_value(ERRORS[node.name])
    if isinstance(node, ArrayConstant):
        pairs = [[encode(ExcelError(v.name) if isinstance(v, Error) else v.value) for v in row] for row in node.rows]
        both = np.array(pairs)[None, None]
        return Values(both[..., 0], uniform(both[..., 1].astype(np.uint8)), True)
    return single(None)  # an argument left out


# --- the steps --------------------------------------------------------------------------------------------------------
def _constant(value: Values) -> Step:
    return lambda stack, site: stack.append(value)


def _value(thing: Any, site: Site) -> Values:
    return site.read(thing) if isinstance(thing, Reference) else thing


def _unary(rule: Callable[[Values], Values]) -> Step:
    def step(stack: Stack, site: Site) -> None:
        stack[-1] = rule(_value(stack[-1], site))

    return step


def _binary(rule: Callable[[Values, Values], Values]) -> Step:
    def step(stack: Stack, site: Site) -> None:
        right = stack.pop()
        stack[-1] = rule(stack[-1], right)

    return step


def _call(entry: Function, count: int, missing: list[bool]) -> Step:
    """A function on its arguments; optional ones left out at the end (``ROUND(A1,)``) count as blanks."""
    takes_site, rule = entry.site, entry.rule

    def step(stack: Stack, site: Site) -> None:
        arguments = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        if takes_site:
            arguments.insert(0, site)
        try:
            stack.append(rule(*arguments))
        except FloatingPointError:  # an overflow on the way: once more, infinities becoming #NUM!
            with np.errstate(all="ignore"):
                stack.append(rule(*arguments))

    return step


def _read(stack: Stack, site: Site) -> None:
    stack[-1] = _value(stack[-1], site)


def _span(stack: Stack, site: Site) -> None:
    """``OFFSET(…):OFFSET(…)``, the rectangle of both; computed cell by cell."""
    last, first = stack.pop(), stack.pop()
    if not (isinstance(first, Reference) and isinstance(last, Reference) and first.sheet is last.sheet):
        stack.append(error_value(VALUE))
        return
    top, left = np.minimum(first.top, last.top), np.minimum(first.left, last.left)
    bottom = np.maximum(first.top + first.height, last.top + last.height)
    right = np.maximum(first.left + first.width, last.left + last.width)
    whole = Reference(first.sheet, top, left, int((bottom - top).flat[0]), int((right - left).flat[0]), first.errors)
    stack.append(site.read(whole))


def _place(block: Block, ref: Ref) -> Step:
    """A reference of which only the place is wanted."""
    assert ref.sheet is not None
    sheet = block.sheet.book[ref.sheet]

    def step(stack: Stack, site: Site) -> None:
        rect = ref.rect(site.part.top, site.part.left)
        if rect is None:
            stack.append(error_value(REF))
            return
        top = np.array(rect.top) if ref.first.row_absolute else rect.top + site.rows - site.part.top
        left = np.array(rect.left) if ref.first.column_absolute else rect.left + site.columns - site.part.left
        top, left = (np.asarray(x, np.int64).reshape(x.shape if x.ndim else (1, 1, 1, 1)) for x in (top, left))
        stack.append(Reference(sheet, top, left, rect.rows, rect.columns))

    return step


def _only_within(ref: Ref, tall: bool) -> Step:
    """Outside the rows (or columns) of the range the intersection is empty: ``#VALUE!``."""

    def step(stack: Stack, site: Site) -> None:
        rect = ref.rect(site.part.top, site.part.left)
        assert rect is not None
        own, low, high = (site.rows, rect.top, rect.bottom) if tall else (site.columns, rect.left, rect.right)
        moves = not (ref.first.row_absolute if tall else ref.first.column_absolute)
        shift = own - own.flat[0] if moves else 0
        outside = (own < low + shift) | (own > high + shift)
        if outside.any():
            stack[-1] = choose(outside, error_value(VALUE), stack[-1])

    return step


__all__ = ["NA", "Program", "Rect"]
