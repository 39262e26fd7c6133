"""Functions that are values, as ``evaluating.py`` calls them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sheetsim.excel.arrays import Values, single
from sheetsim.functions import row_of
from sheetsim.functions.families.arrays.lambdas import OMITTED
from sheetsim.functions.families.arrays.one_cell import Wrong
from sheetsim.functions.lifting import Uneven
from sheetsim.model.nodes import Call, Form, Node, Variable
from sheetsim.model.values import VALUE

DEEPEST_LOOPS = 40  # calls within MAP, REDUCE and their kin within one another

Scope = Mapping[str, Any]


class TooDeep(Exception):
    """A function calls itself without end."""


class Walker(Protocol):
    """What walks a tree: ``evaluating.Machine``."""

    lanes: bool
    loops: int

    def run(self, tree: Node, scope: Scope) -> Any:
        """What a tree gives where names stand for what ``scope`` says."""

    def value(self, thing: Any) -> Values:
        """The values of what ``run`` gives."""


class Closure:
    """A function that is a value: a LAMBDA, and what the names around it stood for."""

    def __init__(self, machine: Walker, node: Form, scope: Scope):
        self.machine, self.node, self.scope = machine, node, scope
        self.tree = node.operands[0] if node.operands else None

    def called(self, arguments: list[Any]) -> tuple[Node, Scope] | None:
        """What to evaluate for a call, and what names stand for there; None where too few or too many arguments are
        given. One left out between its commas is a blank to a parameter that must be given."""
        names, count = self.node.names, len(arguments)
        if count > len(names) or not all(name.startswith("?") for name in names[count:]):
            return None
        scope = {**self.scope, **{name.removeprefix("?"): OMITTED for name in names[count:]}}
        for name, thing in zip(names, arguments, strict=False):
            required = not name.startswith("?")
            scope[name.removeprefix("?")] = single(None) if required and thing is OMITTED else thing
        assert self.tree is not None
        return self.tree, scope

    def __call__(self, *arguments: Values) -> Values:
        """What a call gives. Raises Wrong where the number of arguments is wrong."""
        machine, called = self.machine, self.called(list(arguments))
        if called is None:
            raise Wrong(VALUE)
        machine.loops += 1
        if machine.loops > DEEPEST_LOOPS:
            raise TooDeep
        try:
            return machine.value(machine.run(*called))
        finally:
            machine.loops -= 1

    def of_each(self, *arguments: Values) -> Values:
        """Many calls at once: the arguments hold those of each along the first two axes, and so does the result. Raises
        Uneven where the calls are not alike."""
        machine = self.machine
        if machine.lanes:
            raise Uneven
        machine.lanes = True
        try:
            return self(*arguments)
        finally:
            machine.lanes = False


class OfTable(Closure):
    """One that Excel has, given to another by its name alone: ``BYROW(A1:C3,SUM)``."""

    def called(self, arguments: list[Any]) -> tuple[Node, Scope] | None:
        """A call of it, with its arguments under the names 0, 1, …"""
        scope = {str(place): thing for place, thing in enumerate(arguments)}
        call = Call(self.node.names[0], tuple(map(Variable, scope)))
        row = row_of(call)
        if row is None or not row.arguments.least <= len(arguments) <= row.arguments.most:
            return None
        return call, scope
