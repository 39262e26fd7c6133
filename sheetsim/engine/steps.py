"""The steps of a program: each takes its operands from the stack and leaves its result there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

from sheetsim.engine.blocks import Block, bind_block
from sheetsim.engine.context import Context, places
from sheetsim.engine.one_sided import OneSidedTotal
from sheetsim.engine.one_sided import is_total as is_total
from sheetsim.engine.running_totals import RunningTotal, is_running
from sheetsim.engine.views import ExpandingRange, RangeView, Stack, seen_at
from sheetsim.excel.arrays import Values, choose, error_value, first_error, laid_out, single, trapping, uniform
from sheetsim.functions.areas import common, joined
from sheetsim.functions.arguments import Want
from sheetsim.functions.operators import OPERATORS, SIGNS
from sheetsim.functions.places import Areas, Reference, References, intersected, own_cell_of, places_of
from sheetsim.functions.table import Function
from sheetsim.functions.unsupported import passed_on
from sheetsim.model.address import Rect
from sheetsim.model.nodes import ArrayConstant, Error, Logical, Node, Number, Ref, Text
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ERRORS, VALUE, ExcelError, encode

Step = Callable[[Stack, Context], None]

view, expanding = RangeView, ExpandingRange  # the steps that read cells


def running(block: Block, node: Node) -> RunningTotal | OneSidedTotal:
    """The step of a total over a range that grows or shrinks (``is_total``)."""
    return RunningTotal(block, node) if is_running(node, block) else OneSidedTotal(block, node)


def literal(node: Node) -> Values:
    """The value that a leaf of the tree stands for."""
    if isinstance(node, Number | Text | Logical):
        return single(node.value)
    if isinstance(node, Error):
        return error_value(ERRORS[node.name])
    if isinstance(node, ArrayConstant):
        pairs = [[encode(ExcelError(v.name) if isinstance(v, Error) else v.value) for v in row] for row in node.rows]
        both = np.array(pairs)[None, None]
        return Values(both[..., 0], uniform(both[..., 1].astype(np.uint8)), True)
    return single(None)  # an argument left out


def constant(value: Values) -> Step:
    """The step that puts a value on the stack."""
    return lambda stack, context: stack.append(value)


def value_of(thing: Any, context: Context) -> Values:
    """The values of the cells that a reference means, ``#VALUE!`` for an array of them; what is none, as it is."""
    if isinstance(thing, References):
        return error_value(VALUE)
    return context.read(thing) if isinstance(thing, Reference) else thing


def unary(operator: str) -> Step:
    """The step of ``-``, ``+`` or ``%``: the top of the stack replaced."""
    rule = SIGNS[operator]

    def step(stack: Stack, context: Context) -> None:
        stack[-1] = rule(value_of(stack[-1], context))

    return step


def binary(operator: str) -> Step:
    """The step of an operator: the two on top of the stack replaced by their result."""
    rule = OPERATORS[operator]

    def step(stack: Stack, context: Context) -> None:
        right = stack.pop()
        stack[-1] = rule(stack[-1], right)

    return step


def values(count: int) -> Step:
    """Before a rule that takes values: references among the topmost ``count`` become the values of their cells."""

    def step(stack: Stack, context: Context) -> None:
        stack[-count:] = [value_of(thing, context) for thing in stack[-count:]]

    return step


def call(entry: Function, rule: Callable[..., Any], count: int, of_places: bool = False) -> Step:
    """The step of a function: its last ``count`` values become one. ``of_places``: an argument is made as a reference,
    and may be an array of them."""

    def step(stack: Stack, context: Context) -> None:
        arguments = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        if entry.context:
            arguments.insert(0, context)
        try:
            result = rule(*arguments)
        except FloatingPointError:  # a number on the way overflowed: once more, infinities becoming #NUM!
            with trapping(on=False):
                result = rule(*arguments)
        if context.run.lacking:
            result = passed_on(entry, arguments[1:] if entry.context else arguments, result)
        stack.append(result)

    def step_of_places(stack: Stack, context: Context) -> None:
        arguments = stack[len(stack) - count :]
        if not any(isinstance(v, References) for v in arguments):
            step(stack, context)
        else:
            stack[len(stack) - count :] = [_of_each(entry, rule, arguments, context)]

    return step_of_places if of_places else step


def _of_each(entry: Function, rule: Callable[..., Any], arguments: list[Any], context: Context) -> Any:
    """What a function answers for each of an array of references: an array of its answers, or of references again."""
    sizes = zip(*(v.shape for v in arguments if isinstance(v, References)), strict=True)
    height, width = (max(several) for several in sizes)

    def answer(row: int, column: int) -> Any:
        one = [v.at(row, column) if isinstance(v, References) else v for v in arguments]
        as_places = [entry.arguments.want(k) is Want.PLACE for k in range(len(one))]
        given = [v if kept else looked_at(entry, v, one, context) for v, kept in zip(one, as_places, strict=True)]
        with trapping(on=False):
            return passed_on(entry, given, rule(*([context] if entry.context else []), *given))

    rows = [[answer(i, j) for j in range(width)] for i in range(height)]
    if all(isinstance(v, Reference) for row in rows for v in row):
        return References(rows)
    return laid_out([[value_of(v, context).corner() for v in row] for row in rows])


def counted(
    block: Block, entry: Function, arguments: tuple[Node, ...], program_of: Callable[[Block], Any] | None = None
) -> Step:
    """Before a function that passes over some cells: its ranges become what it looks at of them. ``program_of`` makes
    the program of a block, for one that asks what a formula gives elsewhere."""
    taken = [k for k, node in enumerate(arguments) if isinstance(node, Ref) and taker_of_range(entry, k)]
    where = {k: place(block, arguments[k]) for k in taken}  # type: ignore[arg-type]

    def step(stack: Stack, context: Context) -> None:
        first = len(stack) - len(arguments)
        given = stack[first:]
        for k, v in enumerate(given):
            if isinstance(v, Areas):
                stack[first + k] = joined(*(looked_at(entry, area, given, context) for area in v.areas))
            elif isinstance(v, Reference):
                stack[first + k] = looked_at(entry, v, given, context)
            elif k in where:
                found: Stack = []
                where[k](found, context)
                fill = None if program_of is None else partial(_filled, context, program_of)
                stack[first + k] = _passed_over(entry, found[0], v, given, fill)

    return step


def looked_at(entry: Function, thing: Any, given: list[Any], context: Context) -> Values:
    """The values of the cells that a reference means, of those that the function looks at; what is none, as it is."""
    return _passed_over(entry, thing, value_of(thing, context), given)


def _passed_over(
    entry: Function, place: Any, v: Values, given: list[Any], fill: Callable[..., Values] | None = None
) -> Values:
    """Of the values of the cells at a place those that the function does not pass over."""
    if entry.counted is None or not isinstance(place, Reference):
        return v
    rows, columns = places(place)
    height, width = v.num.shape[2:]  # of A:A what is in use
    seen = rows[:, :, :height], columns[:, :, :, :width]
    return entry.counted(v, place.sheet, *seen, given, fill)  # type: ignore[no-any-return]


def _filled(
    context: Context, program_of: Callable[[Block], Any], sheet: Sheet, row: int, column: int, count: int
) -> Values:
    """What the formula in a cell gives in so many cells when it is filled down from there: (count, 1, 1, 1)."""
    block = Block(sheet, Rect(row, column, row + count - 1, column), int(sheet.formula_numbers[row, column]))
    bind_block(block)
    program = program_of(block)
    cells = [Rect(row + k, column, row + k, column) for k in range(count)] if program.cell_by_cell else [block.rect]
    parts = [(program.run(context.within(block, part)).host.corner(), (part.rows, 1, 1, 1)) for part in cells]
    num = np.concatenate([np.broadcast_to(v.num, shape) for v, shape in parts])
    return Values(num, uniform(np.concatenate([np.broadcast_to(v.kinds(), shape) for v, shape in parts])))


def taker_of_range(entry: Function, k: int) -> bool:
    """Whether a function takes the argument at a place whole."""
    return entry.arguments.want(k) in (Want.RANGE, Want.ARRAY)


def read(stack: Stack, context: Context) -> None:
    """Replaces a reference on top of the stack by the values of its cells. An array of references stays one, for the
    function that takes it."""
    if isinstance(stack[-1], Reference):
        stack[-1] = context.read(stack[-1])


def intersect(stack: Stack, context: Context) -> None:
    """Replaces a reference on top of the stack by its cell in the formula's own row or column."""
    if isinstance(stack[-1], Reference):
        stack[-1] = intersected(stack[-1], context.rows, context.columns)
    stack[-1] = value_of(stack[-1], context)


def own_line(block: Block, ref: Ref, count: int) -> Step:
    """Before INDEX on a reference where a single value is wanted: a row or column of 0, which means all of them,
    becomes the formula's own. Leaves both a row and a column, and behind them the area if one is given."""
    place_of = place(block, ref)

    def step(stack: Stack, context: Context) -> None:
        place_of(stack, context)
        cells = stack.pop()
        row, *further = (value_of(v, context).host for v in stack[len(stack) - count + 1 :])
        del stack[len(stack) - count + 1 :]
        if isinstance(cells, Reference):
            stack += own_cell_of(cells, row, further[0] if further else None, context.rows, context.columns)
        else:
            stack += [single(1), single(1)]  # of what has left the sheet, #REF!
        stack += further[1:]

    return step


def span(stack: Stack, context: Context) -> None:
    """``A1:INDEX(…)``, ``(A1,B9):C3``, the rectangle around all places on both sides; computed cell by cell."""
    last, first = stack.pop(), stack.pop()
    found = [*places_of(first), *places_of(last)]
    if not all(isinstance(one, Reference) and one.sheet is found[0].sheet for one in found):
        stack.append(error_value(VALUE))
        return
    errors = first_error(*(one.errors for one in found))
    top, left = (reduce(np.minimum, corners) for corners in zip(*((one.top, one.left) for one in found), strict=True))
    ends = ((one.top + one.height, one.left + one.width) for one in found)
    bottom, right = (reduce(np.maximum, corners) for corners in zip(*ends, strict=True))
    whole = Reference(found[0].sheet, top, left, int((bottom - top).flat[0]), int((right - left).flat[0]), errors)
    stack.append(whole)


def overlap(stack: Stack, context: Context) -> None:
    """``A1:B9 B3:C4``, the cells that both places have; computed cell by cell."""
    right = stack.pop()
    stack[-1] = common(stack[-1], right)


def unite(count: int) -> Step:
    """``(A1:B2,D4)``, so many areas, as places."""

    def step(stack: Stack, context: Context) -> None:
        stack[-count:] = [Areas(stack[-count:])]

    return step


def join(count: int) -> Step:
    """``(A1:B2,D4)``, so many areas, as the values of their cells."""

    def step(stack: Stack, context: Context) -> None:
        stack[-count:] = [joined(*(value_of(thing, context) for thing in stack[-count:]))]

    return step


def place(block: Block, ref: Ref) -> Step:
    """A reference of which only the place is wanted."""
    assert ref.sheet is not None
    sheet = block.sheet.book[ref.sheet]

    def pointed_at(rect: Rect, context: Context) -> Reference:
        top = np.array(rect.top) if ref.first.row_absolute else rect.top + context.rows - context.part.top
        left = np.array(rect.left) if ref.first.column_absolute else rect.left + context.columns - context.part.left
        top, left = (np.asarray(x, np.int64).reshape(x.shape if x.ndim else (1, 1, 1, 1)) for x in (top, left))
        return Reference(sheet, top, left, rect.rows, rect.columns)

    return lambda stack, context: stack.append(seen_at(ref, context, pointed_at))


def own_cell(block: Block, ref: Ref) -> Step:
    """The cell of a range in the formula's own row or column, where the range differs from cell to cell."""
    assert ref.sheet is not None
    sheet = block.sheet.book[ref.sheet]

    def intersection(rect: Rect, context: Context) -> Values:
        row = context.part.top if rect.rows > 1 else rect.top
        column = context.part.left if rect.columns > 1 and rect.rows == 1 else rect.left
        own = Rect(row, column, row, column)
        if (rect.rows > 1 and rect.columns > 1) or not own.meets(rect):
            return error_value(VALUE)
        return context.window(sheet, own)

    return lambda stack, context: stack.append(seen_at(ref, context, intersection))


def only_within(ref: Ref, tall: bool) -> Step:
    """Outside the rows (or columns) of the range the intersection is empty: ``#VALUE!``."""

    def step(stack: Stack, context: Context) -> None:
        rect = ref.rect(context.part.top, context.part.left)
        assert rect is not None
        own, low, high = (context.rows, rect.top, rect.bottom) if tall else (context.columns, rect.left, rect.right)
        moves = not (ref.first.row_absolute if tall else ref.first.column_absolute)
        shift = own - own.flat[0] if moves else 0
        outside = (own < low + shift) | (own > high + shift)
        if outside.any():
            stack[-1] = choose(outside, error_value(VALUE), stack[-1])

    return step
