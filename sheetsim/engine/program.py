"""A block's tree → a program for a stack machine over arrays.

The tree is walked once; what comes out is a list of steps that know the sheets' arrays but no formula text. References
become views of those arrays (no copies), four-dimensional as ``arrays.py`` describes: a reference that moves with its
cell has as many rows as the block, one that is fixed has one.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from sheetsim.engine import steps
from sheetsim.engine.blocks import Block, reach, shown
from sheetsim.engine.context import Site
from sheetsim.engine.loads import Stack, changes_size
from sheetsim.engine.running_totals import is_running
from sheetsim.engine.steps import Step
from sheetsim.errors import FormulaError, UnknownFunction
from sheetsim.excel.arrays import Values, error_value
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.places import Reference
from sheetsim.model.nodes import Binary, Call, Corner, Missing, Node, Number, Ref, Unary, children
from sheetsim.model.values import LACKING, VALUE

#: Functions to which blank cells are nothing, so that of ``A:A`` only the part in use need be looked at.
PASS_OVER_BLANKS = frozenset(
    "SUM AVERAGE COUNT COUNTA MAX MIN SUMSQ PRODUCT MEDIAN LARGE SMALL AND OR MATCH VLOOKUP HLOOKUP "
    "STDEV STDEV.P STDEV.S STDEVP VAR VAR.P VAR.S VARP".split()
)
SINGLE, RANGE, ARRAY, PLACE = "s", "r", "a", "c"  # what a node is wanted as; the letters of the function table


class Program:
    """The steps of one block, its loads, and how it must be computed."""

    def __init__(self, block: Block, lacking: list[str] | None = None, verbs: ModuleType = steps):
        """``lacking`` collects the names of functions that are not in the table; None raises UnknownFunction.
        ``verbs`` makes the steps: ``steps`` for NumPy's arrays, ``torch_steps`` for tensors."""
        self.block, self.verbs = block, verbs
        self.steps: list[Step] = []
        self.loads: list[Any] = []
        self.cellwise = False
        self.window = 1  # cells that one cell of the block may look at
        self._missing: list[str] = []
        for node, want, taker in _with_wants(block, ARRAY if block.spread else SINGLE):
            self._emit(node, want, taker)
        if self._missing:
            if lacking is None:
                raise UnknownFunction(f"{block.where()}: no function {', '.join(self._missing)}", {})
            lacking += self._missing
            self.steps, self.loads = [verbs.constant(error_value(LACKING))], []

    def run(self, site: Site) -> Values:
        stack: Stack = []
        for step in self.steps:
            step(stack, site)
        result = stack.pop()
        return site.read(result) if isinstance(result, Reference) else result

    # --- one node at a time -----------------------------------------------------------------------------------------
    def _emit(self, node: Node, want: str, taker: str) -> None:
        if isinstance(node, Ref):
            self._emit_ref(node, want, taker)
        elif is_running(node, self.block):
            self.loads.append(self.verbs.running(self.block, node))
            self.steps.append(self.loads[-1])
        elif isinstance(node, Call):
            self._emit_call(node, want)
        elif isinstance(node, Binary):
            self._emit_binary(node, want)
        elif isinstance(node, Unary):
            if not (node.operator == "@" and isinstance(node.operand, Ref)):
                self.steps.append(self.verbs.unary(node.operator))
        else:
            self.steps.append(self.verbs.constant(steps.literal(node)))

    def _emit_binary(self, node: Binary, want: str) -> None:
        if node.operator == ":":
            self.steps += [self.verbs.span] if want == PLACE else [self.verbs.span, self.verbs.read]
            self.cellwise = True
        else:
            self.steps.append(self.verbs.binary(node.operator))

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
        rule = entry.as_place if want == PLACE and entry.as_place else entry.rule
        self.steps.append(self.verbs.call(entry, rule, len(node.arguments)))
        if want != PLACE and node.name == "OFFSET":
            self.steps.append(self.verbs.read)

    def _emit_ref(self, ref: Ref, want: str, taker: str) -> None:
        if want == PLACE:
            self.cellwise = self.cellwise or changes_size(ref, self.block)
            self.steps.append(self.verbs.place(self.block, ref))
        elif want == SINGLE and ref.shape != "cell":
            self._emit_intersection(ref)
        else:
            self._load(ref, taker)

    def _load(self, ref: Ref, taker: str = "") -> None:
        if reach(ref, self.block.rect) is None or changes_size(ref, self.block):
            self.cellwise = self.cellwise or self.block.rect.size > 1
            load = self.verbs.growing(self.block, ref, taker not in PASS_OVER_BLANKS)
        else:
            load = self.verbs.load(self.block, ref, taker not in PASS_OVER_BLANKS)
            if not taker or load.shape[:2] != (1, 1):  # a fixed list given whole to a function is held once
                self.window = max(self.window, load.shape[2] * load.shape[3])
        self.loads.append(load)
        self.steps.append(load)

    def _emit_intersection(self, ref: Ref) -> None:
        """A range where one value is wanted means its cell in the formula's own row or column."""
        if changes_size(ref, self.block):
            self.cellwise = True
            self.steps.append(self.verbs.own_cell(self.block, ref))
            return
        rect = ref.rect(self.block.rect.top, self.block.rect.left)
        if rect is not None and rect.size == 1:  # A1:A1 is A1, wherever the formula stands
            self._load(ref)
            return
        if rect is None or (rect.rows > 1 and rect.columns > 1):
            self.steps.append(self.verbs.constant(error_value(VALUE)))
            return
        tall = rect.rows > 1
        corner = ref.first
        if tall:
            corner = Corner(0, corner.column, False, corner.column_absolute)
        else:
            corner = Corner(corner.row, 0, corner.row_absolute, False)
        self._load(Ref(ref.sheet, corner, corner))
        self.steps.append(self.verbs.only_within(ref, tall))


def _wrong(block: Block, what: str) -> FormulaError:
    return FormulaError(f"{block.where()}: {what}, in {shown(block.text())}")


def _with_wants(block: Block, want: str) -> list[tuple[Node, str, str]]:
    """The nodes with operands first, each with what it is wanted as, and the function that takes it whole, if any."""
    order: list[tuple[Node, str, str]] = []
    waiting = [(block.tree, want, "")]
    while waiting:
        node, want, taker = waiting.pop()
        order.append((node, want, taker))
        entry = FUNCTIONS.get(node.name) if isinstance(node, Call) else None
        for place, child in enumerate(() if is_running(node, block) else children(node)):
            whole = entry is not None and entry.letter(place) in (ARRAY, RANGE)
            waiting.append((child, _want_of(node, place, want), entry.name if entry and whole else ""))
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
    if letter == "i" or (want == PLACE and place == 0 and entry and entry.as_place):
        return want
    if letter in (SINGLE, RANGE) and want == ARRAY:
        return ARRAY
    return letter
