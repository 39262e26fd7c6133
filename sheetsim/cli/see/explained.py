"""An explanation printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sheetsim.cli.files import say
from sheetsim.model.values import Unsupported
from sheetsim.study.explanation.explained import Branch, Explanation, Interval, Piece, Step, Summary
from sheetsim.study.explanation.writing import readable
from sheetsim.support import terminal

MOST_STEPS = 12  # that are printed; --json has all
MOST_INPUTS = 5
MOST_NOTES = 5
MOST_LINES = 200  # of a tree


def print_explanation(found: Explanation, depth: int) -> None:
    """All that was found of a cell or a range; a tree where several levels were asked for."""
    if found.summary:
        _print_range(found)
    else:
        _print_cell(found, depth)
    more = f" and {found.used_by_more:,} more" if found.used_by_more else ""
    say(f"used by   {', '.join(found.used_by) or 'no formula directly'}{more}")
    if found.used_at_run_time:
        say(f"          and perhaps by OFFSET in {', '.join(found.used_at_run_time)}")


def _print_cell(found: Explanation, depth: int) -> None:
    value = "blank" if found.value is None else repr(found.value)
    say(f"{found.cell} = {value}" + (f"   ({found.heading})" if found.heading else ""))
    say(f"formula   {found.formula}   {found.block or ''}" if found.formula else "no formula: an input")
    if found.unsupported:
        stored = not (found.value is None or isinstance(found.value, Unsupported))
        say(f"not computed: {found.unsupported}" + ("; the value is the one stored" if stored else ""))
    if found.shown and found.steps:
        say(f"numbers   {terminal.cut_end(found.shown, 200)} = {_read(found.steps[-1].value)}")
    _say_all("steps", _steps(found))
    if found.tree and depth > 1:
        _print_tree(found.tree, found.gradients_by)
    elif found.parts and depth:
        _print_parts(found)
    if found.numpy:
        say(f"NumPy     {found.numpy}")
    if found.recurrence:
        say(f"order     {found.recurrence}")
    _say_all("moved by", _inputs(found))
    _say_all("note", [*found.notes[:MOST_NOTES], *_more(len(found.notes) - MOST_NOTES, "notes")])


def _say_all(word: str, lines: list[str]) -> None:
    for number, line in enumerate(lines):
        say(f"{word if number == 0 else '':<9} {line}")


def _more(count: int, what: str) -> list[str]:
    return [f"… and {count:,} more {what}"] if count > 0 else []


def _steps(found: Explanation) -> list[str]:
    """The steps beside one another's formulas; a formula of one step is its own step."""
    steps = found.steps if len(found.steps) > 1 else ()
    shown = steps[:MOST_STEPS]
    formulas = [terminal.cut_end(step.formula, 40) for step in shown]
    width = max(map(len, formulas), default=0)
    lines = [
        f"{formula:<{width}}   {_with_numbers(step)}= {_read(step.value)}"
        for formula, step in zip(formulas, shown, strict=True)
    ]
    return lines + _more(len(steps) - MOST_STEPS, "steps")


def _with_numbers(step: Step) -> str:
    """The step with its numbers, if it has any: of ``SUM(A1:A9)`` the formula says all."""
    return "" if step.numbers == step.formula else f"{terminal.cut_end(step.shown, 80)} "


def _read(value: Any) -> str:
    """A value for people: short, of an array what there is in it."""
    if isinstance(value, Summary):
        least = "" if value.least is None else f", {_read(value.least)} to {_read(value.greatest)}"
        return f"{value.rows:,} × {value.columns:,} values{least}"
    return "blank" if value is None else terminal.cut_end(readable(value)[0], 60)


def _gradient(gradient: float | Interval | None) -> str:
    """With four digits; of several cells the least and the greatest."""
    if gradient is None:
        return ""
    return " to ".join(f"{one:.4g}" for one in gradient) if isinstance(gradient, tuple) else f"{gradient:.4g}"


def _gradient_heading(by: str) -> str:
    return "gradient by differences" if by == "differences" else "gradient"


def _print_parts(found: Explanation) -> None:
    headings = ["comes from", "name", "value", _gradient_heading(found.gradients_by), "origin"]
    rows = [
        [p.written, terminal.cut(p.heading), terminal.cut(p.value), _gradient(p.gradient), terminal.cut(p.origin)]
        for p in found.parts
    ]
    if not any(row[3] for row in rows):
        headings.pop(3)
        rows = [[*row[:3], row[4]] for row in rows]
    terminal.table("", headings, rows)


# --- the tree ---------------------------------------------------------------------------------------------------------
def _print_tree(root: Branch, by: str) -> None:
    own = root.where.rpartition("!")[0]
    lines = list(_below(root, own, ""))
    headings = ["comes from", "name", "value", _gradient_heading(by), "origin"]
    rows = [headings, *lines[:MOST_LINES]]
    keep = [0, 1, 2, 3, 4] if any(row[3] for row in lines) else [0, 1, 2, 4]
    widths = [max(len(row[k]) for row in rows) for k in keep]
    say("")
    for row in rows:
        say("  ".join(row[k].ljust(width) for k, width in zip(keep, widths, strict=True)))
    say("\n".join(_more(len(lines) - MOST_LINES, "lines; a smaller --depth shows fewer")))


def _below(branch: Branch, own: str, indent: str) -> Iterator[list[str]]:
    """A line for each branch below one, and one for what it reads that stands elsewhere in the tree."""
    others = _elsewhere(branch, own)
    for place, one in enumerate(branch.branches):
        last = place == len(branch.branches) - 1 and not others
        mark, further = ("└─ ", "   ") if last else ("├─ ", "│  ")
        several = isinstance(one.value, Summary)
        value = _read(one.value) if several or one.value is None else repr(one.value)
        origin = f"first: {one.origin}" if several and one.formula else one.origin
        dots = " …" if one.cut else ""
        yield [
            indent + mark + _short(one.where, own) + dots,
            terminal.cut(one.heading),
            terminal.cut(value),
            _gradient(one.gradient),
            terminal.cut_end(origin.removeprefix("formula "), 60),
        ]
        yield from _below(one, own, indent + further)
    if others:
        yield [indent + "└─ " + others, "", "", "", ""]


def _elsewhere(branch: Branch, own: str) -> str:
    """The cells that a branch reads and that stand in another place, for it to be found there."""
    if not branch.elsewhere or (branch.cut and not branch.branches):
        return ""
    names = [_short(where, own) for where in branch.elsewhere]
    return f"({', '.join(names[:6])}{', …' if len(names) > 6 else ''}: elsewhere in this tree)"


def _short(where: str, own: str) -> str:
    title, _, cells = where.rpartition("!")
    return cells if title == own else where


# --- what moves it, and ranges ----------------------------------------------------------------------------------------
def _inputs(found: Explanation) -> list[str]:
    """The inputs that move the cell most, or why there is no gradient."""
    if not found.gradients_by:
        return []
    if found.gradients_by not in ("torch", "differences"):
        return [f"no gradient: {found.gradients_by}"] if found.formula else []
    shown = found.inputs[:MOST_INPUTS]
    names = [f"{one.where}{f' ({terminal.cut(one.heading)})' if one.heading else ''}" for one in shown]
    width = max(map(len, names), default=0)
    lines = [
        f"{name:<{width}}  1 % more: {one.effect:+.4g}   gradient {one.gradient:.4g}"
        for name, one in zip(names, shown, strict=True)
    ]
    return lines + _more(len(found.inputs) + found.inputs_more - len(shown), "inputs")


def _print_range(found: Explanation) -> None:
    held = found.summary
    assert held is not None
    numbers = "" if held.least is None else f", {held.numbers:,} numbers from {held.least!r} to {held.greatest!r}"
    name = f"   ({found.heading})" if found.heading else ""
    say(f"{found.cell}: {held.rows:,} × {held.columns:,} cells{numbers}{name}")
    for piece in found.pieces:
        _print_piece(piece)
    _say_all("note", list(found.notes))
    if found.tree and found.tree.branches:
        rows = [[one.where, terminal.cut(one.heading), _read(one.value), one.origin] for one in found.tree.branches]
        terminal.table("", ["reads", "name", "value", "origin"], rows)


def _print_piece(piece: Piece) -> None:
    if piece.formula is None:
        least = "" if piece.summary.least is None else f", {piece.summary.least!r} to {piece.summary.greatest!r}"
        say(f"inputs    {piece.cells}: {piece.summary.numbers:,} numbers{least}")
        return
    say(f"formula   {piece.formula}   {piece.block or f'in {piece.cells}'}")
    if piece.unsupported:
        say(f"          not computed: {piece.unsupported}")
    if piece.numpy:
        say(f"NumPy     {piece.numpy}")
    if piece.recurrence:
        say(f"order     {piece.recurrence}")
