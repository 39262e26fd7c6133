"""A cell explained: its formula with the numbers in it, where each is from, what moves it, who uses it; or a range."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheetsim.engine.blocks import Block
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.plan import Plan, plan_of
from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect
from sheetsim.model.nodes import Ref, quoted, walk
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ExcelError, Unsupported
from sheetsim.study.explanation.evaluation import evaluated_in, steps_of, summary_of
from sheetsim.study.explanation.explained import Explanation, Influence, Part, Piece, Step
from sheetsim.study.explanation.gradients import Gradients, gradients_of, undisturbed
from sheetsim.study.explanation.headings import heading
from sheetsim.study.explanation.meant import area_meant
from sheetsim.study.explanation.numpy_line import numpy_line
from sheetsim.study.explanation.places import read_by
from sheetsim.study.explanation.rounding import sensitivity
from sheetsim.study.explanation.tree import gradient_shown, origin_of, tree_of
from sheetsim.study.explanation.users import users_of
from sheetsim.study.explanation.writing import number_shown

MOST_INPUTS = 10  # that are named, of those that move a cell
DEEPEST = 100  # levels of a tree
MOST_PIECES = 50  # blocks of a range that are named


def explain(book: Book, where: str, depth: int = 1, gradients: bool = True) -> Explanation:
    """Explains a cell such as ``"adam!H4"``, a name (``"adam!lr"``) or a range (``"adam!H4:I32"``).

    ``depth`` is how many levels the tree of what the cell comes from goes down. Without ``gradients`` there are none,
    nor what follows from them: which inputs matter most. Raises NotFound for a sheet, name or cell that is not there,
    InputError for a depth below 0.
    """
    if not 0 <= depth <= DEEPEST:
        raise InputError(f"a depth of {depth} is none: 0 is the cell alone, {DEEPEST} the deepest")
    book.refresh()
    sheet, rect = area_meant(book, where)
    if rect.size > 1:
        return _range(book, sheet, rect)
    return _cell(book, sheet, rect.top, rect.left, depth, gradients)


def _cell(book: Book, sheet: Sheet, row: int, column: int, depth: int, wanted: bool) -> Explanation:
    value, own = sheet.value(row, column), Rect(row, column, row, column)
    plan = plan_of(book)
    index = plan.map.within(sheet.title, own)
    users, more = users_of(plan, sheet, own)
    if value is None and not index and not users:
        raise NotFound(f"{sheet.where(row, column)} is empty, and no formula reads it")
    block = plan.blocks[index[0]] if index else None
    slopes = gradients_of(book, sheet, row, column) if wanted and block else Gradients()
    influences = _influences(book, slopes)
    worked = evaluated_in(block, row, column) if block else None
    steps = steps_of(worked) if worked else ()
    return Explanation(
        sheet.where(row, column),
        heading(sheet, own),
        value,
        _formula(sheet, block, row, column),
        _block_text(block),
        list(_parts(block, row, column, slopes)) if block else [],
        numpy_line(block) if block else None,
        users,
        more,
        _used_at_run_time(plan, sheet),
        _recurrence(plan, index[0]) if index else None,
        _unsupported(plan, sheet, row, column) if index else None,
        worked.numbers if worked else None,
        worked.with_numbers(worked.root, pretty=True) if worked else None,
        steps,
        tree_of(plan, (sheet, own), depth, slopes),
        slopes.by or slopes.why,
        tuple(influences[:MOST_INPUTS]),
        max(0, len(influences) - MOST_INPUTS),
        tuple(_notes(value, steps, influences)),
    )


# --- the formula ------------------------------------------------------------------------------------------------------
def _formula(sheet: Sheet, block: Block | None, row: int, column: int) -> str | None:
    text = sheet.formula_text(row, column)
    return f"{{{text}}}" if text and block and block.spill else text


def _block_text(block: Block | None) -> str | None:
    if block is None or block.cells.size == 1:
        return None
    kind = "array formula over" if block.spill else "filled over"
    return f"{kind} {block.sheet.title}!{block.cells} ({block.cells.size:,} cells)"


def _unsupported(plan: Plan, sheet: Sheet, row: int, column: int) -> str | None:
    """Why a cell cannot be computed, or None. What depends on what is found by computing: an ``IF`` may need only what
    there is. The values are put back afterwards."""
    itself = sheet.value(row, column)
    if not isinstance(itself, Unsupported):
        circles = plan.circles if plan.runs else any(map(plan.waits_for_itself, plan.order))
        if not plan.lacks and not circles:
            return None
        with undisturbed(plan.book):
            recalculate(plan.book)
            itself = sheet.value(row, column)
    if not isinstance(itself, Unsupported):
        return None
    where = sheet.where(row, column)
    return itself.reason.cause if itself.reason.where == where else f"it depends on {itself.reason}"


# --- what it reads, and who reads it ----------------------------------------------------------------------------------
def _parts(block: Block, row: int, column: int, gradients: Gradients) -> Iterator[Part]:
    for read in read_by(block, row, column):
        if read.area is None:
            yield Part(read.written, "", "", read.remark)
            continue
        sheet, rect = read.area
        origin = origin_of(sheet, rect.top, rect.left)
        if rect.size > 1 and origin != "blank":
            origin = f"first: {origin}"
        shown, slope = _shown(sheet, rect), gradient_shown(gradients.of(sheet, rect))
        where = f"{sheet.title}!{rect}"
        yield Part(read.written, heading(sheet, rect), shown, origin + read.remark, where, slope)


def _shown(sheet: Sheet, rect: Rect) -> str:
    """A value; of several cells how many there are, the first, the least and the greatest."""
    value = sheet.value(rect.top, rect.left)
    if rect.size == 1:
        return "blank" if value is None else repr(value)
    first = "blank" if value is None else number_shown(value) if isinstance(value, float) else repr(value)
    found = summary_of(sheet, rect)
    text = f"{rect.rows:,} × {rect.columns:,} cells, first {first}"
    if found.least is None or found.greatest is None:
        return text
    return f"{text}, {number_shown(found.least)} to {number_shown(found.greatest)}"


def _used_at_run_time(plan: Plan, sheet: Sheet) -> list[str]:
    return [f"{b.sheet.title}!{b.cells}" for b in plan.blocks if b.runtime and sheet.title in _sheets_named(b)]


def _sheets_named(block: Block) -> set[str | None]:
    return {node.sheet for node in walk(block.tree) if isinstance(node, Ref)}


def _recurrence(plan: Plan, index: int) -> str | None:
    """How the group of a block is computed, if it depends on itself."""
    group = plan.order[plan.group_of[index]]
    if len(group) == 1 and index not in plan.edges[index]:
        return None
    own_sheet = plan.blocks[index].sheet
    blocks = [plan.blocks[i] for i in sorted(group) if i != index]
    others = [f"{'' if b.sheet is own_sheet else quoted(b.sheet.title) + '!'}{b.cells}" for b in blocks]
    more = f" and {len(others) - 8} more" if len(others) > 8 else ""
    return "computed line by line" + (f", together with {', '.join(others[:8])}{more}" if others else "")


# --- what moves it ----------------------------------------------------------------------------------------------------
def _influences(book: Book, gradients: Gradients) -> list[Influence]:
    """The inputs that move a cell, those first that move it most if each grows by a hundredth of itself."""
    found = [
        Influence(sheet.where(row, column), "", number, slope, slope * number / 100 if number else 0.0)
        for sheet, row, column, slope in gradients.inputs(book)
        if isinstance(number := sheet.value(row, column), float)
    ]
    found.sort(key=lambda one: (-abs(one.effect), -abs(one.gradient)))
    for place, one in enumerate(found[:MOST_INPUTS]):
        sheet, rect = area_meant(book, _addressed(one.where))
        found[place] = Influence(one.where, heading(sheet, rect), one.value, one.gradient, one.effect)
    return found


def _addressed(where: str) -> str:
    title, _, cell = where.rpartition("!")
    return f"{quoted(title)}!{cell}"


def _notes(value: object, steps: tuple[Step, ...], influences: list[Influence]) -> Iterator[str]:
    for step in steps:
        if step.note:
            yield f"{step.formula}: {step.note}"
    moves = sum(abs(one.effect) for one in influences) * 100
    if isinstance(value, float) and influences and (line := sensitivity(value, moves)):
        yield line
    if steps and _differs(steps[-1].value, value):
        yield f"computed from what the cells hold now it is {steps[-1].value!r}; the cell holds {value!r}"


def _differs(now: object, held: object) -> bool:
    """Whether a formula comes to something else than its cell holds: what is random does, what a file stores may."""
    if isinstance(held, ExcelError) or not isinstance(now, float | str | bool):
        return False
    return type(now) is type(held) and now != held


# --- a range ----------------------------------------------------------------------------------------------------------
def _range(book: Book, sheet: Sheet, rect: Rect) -> Explanation:
    """Some cells explained together: what they hold, and how they are filled and computed."""
    plan = plan_of(book)
    indices = plan.map.within(sheet.title, rect)
    users, more = users_of(plan, sheet, rect)
    held = summary_of(sheet, rect)
    used = rect.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1)) if sheet.rows and sheet.columns else None
    if not indices and not users and (used is None or not sheet.kind[used.slices].any()):
        raise NotFound(f"{sheet.title}!{rect} is empty, and no formula reads it")
    pieces = [_piece(plan, index, rect) for index in indices[:MOST_PIECES]]
    computed = sum(piece.summary.rows * piece.summary.columns for piece in pieces)
    if len(indices) <= MOST_PIECES and computed < rect.size and used is not None:
        pieces += _inputs_of(sheet, used)
    first = plan.blocks[indices[0]] if len(indices) == 1 else None
    return Explanation(
        f"{sheet.title}!{rect}",
        heading(sheet, rect),
        None,
        pieces[0].formula if first else None,
        _block_text(first),
        [],
        numpy_line(first) if first else None,
        users,
        more,
        _used_at_run_time(plan, sheet),
        _recurrence(plan, first.index) if first else None,
        tree=tree_of(plan, (sheet, rect), 1, Gradients()),
        summary=held,
        pieces=tuple(pieces),
        notes=(f"and {len(indices) - MOST_PIECES:,} more formulas",) if len(indices) > MOST_PIECES else (),
    )


def _piece(plan: Plan, index: int, rect: Rect) -> Piece:
    block = plan.blocks[index]
    part = rect.common(block.cells)
    assert part is not None
    return Piece(
        f"{block.sheet.title}!{part}",
        _formula(block.sheet, block, part.top, part.left),
        _block_text(block),
        summary_of(block.sheet, part),
        numpy_line(block),
        _recurrence(plan, index),
        _unsupported(plan, block.sheet, part.top, part.left),
    )


def _inputs_of(sheet: Sheet, rect: Rect) -> list[Piece]:
    """The inputs among some cells, as one piece."""
    inputs = (sheet.kind[rect.slices] != 0) & ~sheet.computed()[rect.slices]
    places = np.argwhere(inputs)
    if not len(places):
        return []
    (top, left), (bottom, right) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    around = Rect(rect.top + top, rect.left + left, rect.top + bottom, rect.left + right)
    return [Piece(f"{sheet.title}!{around}", None, None, summary_of(sheet, around))]
