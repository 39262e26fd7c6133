"""LET and LAMBDA evaluated: the tree is walked, names stand for what they were given.

A formula in which names are bound is no program of steps that all cells go through at once: which function is called,
and how often, is known only on the way. So its tree is walked for one cell after the other. What does not depend on
names (``parts.closed_in``) is a program as ever, run once a cell; what MAP and its kin do for each element of an array
is done for all of them at once where that is the same (``Closure.of_each``).

The walk is made of generators that ask for what they need, on a stack of our own: a function that calls itself a
thousand times over is no deeper than Python allows. As no file may hang its reader, there is a budget of steps for a
recalculation.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from functools import cache
from math import prod
from types import ModuleType
from typing import Any

from sheetsim.engine import steps
from sheetsim.engine.blocks import Block
from sheetsim.engine.context import Context
from sheetsim.engine.lambdas.closures import Closure, OfTable, Scope, TooDeep
from sheetsim.engine.steps import value_of
from sheetsim.engine.views import Stack
from sheetsim.excel.arrays import Values, error_value, single, truths
from sheetsim.functions import row_of
from sheetsim.functions.areas import areas_of, joined
from sheetsim.functions.arguments import Want
from sheetsim.functions.families.arrays.lambdas import OMITTED
from sheetsim.functions.lifting import Uneven
from sheetsim.functions.places import Areas, Reference, References
from sheetsim.functions.table import Function
from sheetsim.model.nodes import (
    AS_ARRAY,
    Binary,
    Call,
    Form,
    Lacking,
    Missing,
    Node,
    Ref,
    Unary,
    Variable,
    children,
    is_union,
    walk,
)
from sheetsim.model.values import CALC, ERROR, FORM, FUNCTION, NAME, NUM, VALUE, Reason, reason_code

DEEPEST = 8192  # parts of a formula that wait for one another: some thousand calls of a function by itself; then #NUM!
BUDGET = 2_000_000  # steps of a recalculation: some 20 seconds

Walk = Generator[tuple[Node, Scope], Any, Any]


class Exhausted(Exception):
    """The steps of this recalculation are used up."""


class Cells(Reference):
    """A reference that stands in the formula: its cells are read as those of any formula, in the order of the plan."""

    __slots__ = ("node",)
    node: Node

    @classmethod
    def of(cls, thing: Any, node: Node) -> Any:
        """The same with the part of the tree that it comes from; what has left the sheet is an error."""
        if not isinstance(thing, Reference):
            return thing
        found = cls(thing.sheet, thing.top, thing.left, thing.height, thing.width, thing.errors)
        found.node = node
        return found


class Evaluation:
    """The step of a form; ``closed`` are its closed parts, each with its program; ``instructions`` makes the steps of
    what is called on the way, for NumPy's arrays or for tensors (``Program``)."""

    def __init__(self, block: Block, tree: Node, closed: list[tuple[Node, Any]], instructions: ModuleType):
        self.tree = tree
        self.binary, self.unary, self.call = map(cache, (instructions.binary, instructions.unary, instructions.call))
        self.programs = {id(part): program for part, program in closed}  # the tree keeps its parts alive
        self.drawn = {id(part) for part, _ in closed if any(map(_is_volatile, walk(part)))}
        self.places = {id(node): steps.place(block, node) for node in walk(tree) if isinstance(node, Ref)}

    def __call__(self, stack: Stack, context: Context) -> None:
        machine = Machine(self, context)
        try:
            stack.append(machine.value(machine.run(self.tree, {})))
        except (TooDeep, RecursionError):
            stack.append(error_value(NUM))
        except Exhausted:
            context.run.lacking = True
            stack.append(_lacking(FORM, f"more than {BUDGET:,} steps of its own functions", context))


class Machine:
    """The walk over a tree for one cell."""

    def __init__(self, evaluation: Evaluation, context: Context):
        self.evaluation, self.context = evaluation, context
        self.known: dict[int, Values] = {}  # what closed parts give
        self.functions: dict[str, Node] = {}  # names of the workbook that stand for functions
        self.lanes = False  # whether variables hold an element each of many calls at once
        self.loops = 0

    def run(self, tree: Node, scope: Scope) -> Any:
        """What a tree gives where names stand for what ``scope`` says: Values, a Reference or a Closure."""
        waiting, answer = [self._walk(tree, scope)], None
        while waiting:
            try:
                asked = waiting[-1].send(answer)
            except StopIteration as done:
                waiting.pop()
                answer = done.value
                continue
            self._spend()
            if len(waiting) > DEEPEST:
                raise TooDeep
            waiting.append(self._walk(*asked))
            answer = None
        return answer

    def value(self, thing: Any) -> Values:
        """The values of a thing: of a reference those of its cells; a function in a cell is ``#CALC!``."""
        if isinstance(thing, Closure):
            return error_value(CALC if thing.tree is not None else NAME)
        if isinstance(thing, Cells):
            return self._closed(thing.node)
        return value_of(thing, self.context)

    def _spend(self) -> None:
        self.context.run.steps += 1
        if self.context.run.steps > BUDGET:
            raise Exhausted

    # --- one node -------------------------------------------------------------------------------------------------
    def _walk(self, node: Node, scope: Scope) -> Walk:
        if isinstance(node, Variable):
            return (yield from self._variable(node, scope))
        if isinstance(node, Form):
            return (yield from self._form(node, scope))
        if isinstance(node, Ref):
            return Cells.of(self._step(self.evaluation.places[id(node)]), node)
        if id(node) in self.evaluation.programs:
            return self._closed(node)
        if isinstance(node, Lacking):
            return _lacking(node.kind, node.what, self.context)
        if isinstance(node, Call):
            return (yield from self._call(node, scope))
        if is_union(node):
            return Areas((yield from self._each(areas_of(node), scope)))
        if isinstance(node, Unary) and node.operator == AS_ARRAY:  # all is computed so
            return (yield node.operand, scope)
        if isinstance(node, Binary | Unary):
            return self._operated(node, (yield from self._each(children(node), scope)))
        return steps.literal(node)

    def _each(self, nodes: Iterable[Node], scope: Scope) -> Generator[tuple[Node, Scope], Any, list[Any]]:
        """What each of several nodes gives."""
        things = []
        for node in nodes:
            thing = yield node, scope
            things.append(thing)
        return things

    def _step(self, step: steps.Step, *operands: Any) -> Any:
        stack: Stack = [*operands]
        step(stack, self.context)
        return stack.pop()

    def _closed(self, node: Node) -> Values:
        if id(node) in self.evaluation.drawn:
            if self.lanes:
                raise Uneven  # each has a number of its own
            return self._run(node)
        if id(node) not in self.known:
            self.known[id(node)] = self._run(node)
        return self.known[id(node)]

    def _run(self, node: Node) -> Values:
        values: Values = self.evaluation.programs[id(node)].run(self.context)
        return values

    def _operated(self, node: Binary | Unary, operands: list[Any]) -> Any:
        if isinstance(node, Binary) and node.operator in (":", " "):
            if self.lanes:
                raise Uneven
            return self._step(steps.span if node.operator == ":" else steps.overlap, *operands)
        values = [self.value(thing) for thing in operands]
        self._charge(values)
        make = self.evaluation.binary if isinstance(node, Binary) else self.evaluation.unary
        return self._step(make(node.operator), *values)

    def _charge(self, values: list[Any]) -> None:
        """Large arrays take their time."""
        self.context.run.steps += sum(prod(v.num.shape) for v in values if isinstance(v, Values)) >> 12

    # --- names ----------------------------------------------------------------------------------------------------
    def _variable(self, node: Variable, scope: Scope) -> Walk:
        if node.name in scope:
            return scope[node.name]
        if node.name in self.functions:
            return (yield self.functions[node.name], {})
        return error_value(NAME)

    def _form(self, node: Form, scope: Scope) -> Walk:
        if node.kind == "LAMBDA":
            return Closure(self, node, scope)
        if node.kind == "FUNCTION":
            return OfTable(self, node, scope)
        if node.kind == "CALL":
            return (yield from self._called(node, scope))
        if node.kind == "WHERE":
            self.functions = dict(zip(node.names, node.operands[:-1], strict=True))
        else:
            for name, operand in zip(node.names, node.operands[:-1], strict=True):
                scope = {**scope, name: (yield operand, scope)}
        return (yield node.operands[-1], scope)

    def _called(self, node: Form, scope: Scope) -> Walk:
        function, *arguments = yield from self._each(node.operands, scope)
        arguments = [
            OMITTED if isinstance(operand, Missing) else thing
            for operand, thing in zip(node.operands[1:], arguments, strict=True)
        ]
        if not isinstance(function, Closure):
            value = self.value(function)
            return value if value.only(ERROR) else error_value(VALUE)
        called = function.called(arguments)
        return error_value(VALUE) if called is None else (yield called)

    # --- functions ------------------------------------------------------------------------------------------------
    def _call(self, node: Call, scope: Scope) -> Walk:
        if row_of(node) is None:
            return _lacking(FUNCTION, node.name, self.context)
        if node.name in LAZY:
            return (yield from LAZY[node.name](self, node, scope))
        return self._answer(node, (yield from self._each(node.arguments, scope)))

    def _answer(self, node: Call, things: list[Any]) -> Any:
        row = row_of(node)
        assert row is not None
        if self.lanes and (row.takes_functions or row.volatile or row.gives_reference):
            raise Uneven
        if row.as_place is not None and self._finds_place(row, things):
            of_places = self.evaluation.call(row, row.as_place, len(things))
            return self._step(of_places, things[0], *map(self.value, things[1:]))
        given = [self._given(thing, row, place) for place, thing in enumerate(things)]
        self._charge(given)
        return self._step(self.evaluation.call(row, row.rule, len(given), of_places=True), *given)

    def _given(self, thing: Any, row: Function, place: int) -> Any:
        """A thing as a function takes it."""
        if isinstance(thing, Areas) and row.arguments.want(place) is Want.RANGE:
            return joined(*map(self.value, thing.areas))
        return thing if self._is_taken(thing, row, place) else self.value(thing)

    def _is_taken(self, thing: Any, row: Function, place: int) -> bool:
        """Whether a function takes a thing as it is: a function, or a reference of which the place is wanted."""
        if isinstance(thing, Closure):
            return row.higher
        return isinstance(thing, Reference | References | Areas) and row.arguments.want(place) is Want.PLACE

    def _finds_place(self, row: Function, things: list[Any]) -> bool:
        """Whether INDEX is asked for one place in a reference: it is a reference again."""
        place = row.arguments.want(0) is Want.ARRAY and isinstance(things[0], Reference | Areas)
        return place and not self.lanes and all(prod(self.value(thing).num.shape) == 1 for thing in things[1:])

    def _chosen(self, node: Call, scope: Scope) -> Walk:
        """IF: only the branch that is taken is computed, as one of them may be a call of the function itself."""
        condition, *branches = node.arguments
        held = self.value((yield condition, scope))
        way = self._way(held)
        if way is None:
            if self.lanes and any(isinstance(below, Form) for branch in branches for below in walk(branch)):
                raise Uneven
            return self._answer(node, [held, *(yield from self._each(branches, scope))])
        if isinstance(way, Values):
            return way
        if not way and len(branches) < 2:
            return single(False)
        branch = branches[0] if way else branches[1]
        return single(0) if isinstance(branch, Missing) else (yield branch, scope)

    def _way(self, held: Values) -> bool | Values | None:
        """Whether a condition holds, or the error that it is; None where it is not the same everywhere."""
        true, errors = truths(held.host)
        if errors is not None:
            return error_value(int(errors.flat[0])) if errors.size == 1 else None
        return bool(true.flat[0]) if (true == true.flat[0]).all() and true.shape[2:] == (1, 1) else None

    def _caught(self, node: Call, scope: Scope) -> Walk:
        """IFERROR and IFNA: what stands instead is computed where it is needed."""
        value = self.value((yield node.arguments[0], scope))
        if not value.has(ERROR):
            return value
        return self._answer(node, [value, (yield node.arguments[1], scope)])


LAZY = {"IF": Machine._chosen, "IFERROR": Machine._caught, "IFNA": Machine._caught}


def _lacking(kind: str, what: str, context: Context) -> Values:
    """The value of what cannot be computed."""
    return error_value(reason_code(Reason(kind, what, context.block.where())))


def _is_volatile(node: Node) -> bool:
    row = row_of(node)
    return row is not None and row.volatile
