"""An explanation and a gradient: what a cell comes from, with its numbers, and what moves it."""

from __future__ import annotations

from sheetsim.model.address import cell_name, column_name, parse_rect
from sheetsim.notebook.markup import code, esc, folded, line, quiet, shown, strong, table, whole
from sheetsim.page.looks import between
from sheetsim.study.explanation.explained import Branch, Explanation, Interval, Summary
from sheetsim.study.explanation.gradients import Gradient

STEPS, USERS, BRANCHES = 30, 12, 400  # that are shown
ROWS, COLUMNS = 40, 24  # of a gradient
PALE, UP, DOWN = "#ffffff", "#f0902e", "#4c93d9"  # the more the darker: orange where the cell rises with it, blue falls


def of_explanation(found: Explanation) -> str:
    """The formula with its numbers, the steps, what it reads, the tree below it, what moves it, who uses it."""
    heading = quiet(f"({found.heading})") if found.heading else ""
    value = (
        "" if found.summary else f"= {esc(repr(found.value)) if isinstance(found.value, float) else shown(found.value)}"
    )
    pieces = [line(strong(found.cell), value, heading)]
    if found.summary:
        pieces.append(line(quiet(_summary(found.summary))))
    if found.formula:
        pieces.append(line(code(found.formula), quiet(found.block or "")))
    elif not found.summary:
        pieces.append(line(quiet("no formula: an input")))
    if found.unsupported:
        pieces.append(line(f'<span class="bad">not computed: {esc(found.unsupported)}</span>'))
    if found.shown:
        pieces.append(line(code(f"{found.shown} = {_plain(found.value)}")))
    pieces += [_steps(found), _parts(found), _pieces(found), _tree(found), _inputs(found)]
    pieces += [line(quiet(note)) for note in found.notes]
    if found.recurrence:
        pieces.append(line(quiet(found.recurrence)))
    if found.numpy:
        pieces.append(line(quiet("NumPy"), code(found.numpy)))
    return whole(*pieces, _users(found))


def _plain(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _slope(slope: float | Interval | None) -> str:
    if slope is None:
        return ""
    return f"{slope:.4g}" if isinstance(slope, float | int) else f"{slope[0]:.4g} to {slope[1]:.4g}"


def _summary(summary: Summary) -> str:
    numbers = f"{summary.rows:,} × {summary.columns:,} cells, {summary.numbers:,} numbers"
    return numbers + (f", {summary.least:.6g} to {summary.greatest:.6g}" if summary.least is not None else "")


def _steps(found: Explanation) -> str:
    if not found.steps:
        return ""
    rows = [
        [
            code(step.formula),
            code(step.shown),
            esc(_summary(step.value)) if isinstance(step.value, Summary) else shown(step.value),
            quiet(step.note),
        ]
        for step in found.steps[:STEPS]
    ]
    notes = any(step.note for step in found.steps)
    headings = ["step", "with its numbers", "gives", "digits"][: 4 if notes else 3]
    listed = table(headings, [row[: len(headings)] for row in rows], [2])
    more = line(quiet(f"and {len(found.steps) - STEPS} more steps")) if len(found.steps) > STEPS else ""
    return folded(f"step by step ({len(found.steps)})", listed + more)


def _parts(found: Explanation) -> str:
    if not found.parts:
        return ""
    by = f"gradient by {found.gradients_by}" if found.gradients_by in ("torch", "differences") else "gradient"
    rows = [
        [strong(part.written), esc(part.heading), esc(part.value), esc(part.origin), _slope(part.gradient)]
        for part in found.parts
    ]
    some = any(row[4] for row in rows)
    headings = ["comes from", "name", "value", "origin", by][: 5 if some else 4]
    return table(headings, [row[: len(headings)] for row in rows], [2, 4])


def _pieces(found: Explanation) -> str:
    if not found.pieces:
        return ""
    rows = [
        [strong(one.cells), code(one.formula) if one.formula else quiet("inputs"), esc(_summary(one.summary))]
        for one in found.pieces
    ]
    return table(["cells", "formula", "hold"], rows)


def _tree(found: Explanation) -> str:
    if found.tree is None or not found.tree.branches:
        return ""
    left = [BRANCHES]
    below = "".join(_branch(branch, left) for branch in found.tree.branches)
    return folded("the tree of what it comes from", below)


def _branch(branch: Branch, left: list[int]) -> str:
    """A branch and what is below it, as far as ``left`` still allows."""
    if left[0] <= 0:
        return ""
    left[0] -= 1
    value = _summary(branch.value) if isinstance(branch.value, Summary) else _plain(branch.value)
    name = quiet(f"({branch.heading})") if branch.heading else ""
    slope = quiet(f"gradient {_slope(branch.gradient)}") if branch.gradient is not None else ""
    formula = code(branch.formula) if branch.formula else quiet(branch.origin)
    more = quiet(f"reads also {', '.join(branch.elsewhere[:6])}") if branch.elsewhere else ""
    cut = quiet("…") if branch.cut else ""
    words = " ".join(
        each for each in (strong(branch.where), name, f"= {esc(value)}", formula, slope, more, cut) if each
    )
    below = "".join(_branch(each, left) for each in branch.branches)
    return folded(words, below, is_open=True) if below else f'<div class="leaf">{words}</div>'


def _inputs(found: Explanation) -> str:
    if not found.inputs:
        return ""
    rows = [
        [strong(each.where), esc(each.heading), f"{each.value:.6g}", f"{each.gradient:.4g}", f"{each.effect:+.4g}"]
        for each in found.inputs
    ]
    listed = table(["input", "name", "value", "gradient", "1 % more of it"], rows, [2, 3, 4])
    more = line(quiet(f"and {found.inputs_more:,} more inputs")) if found.inputs_more else ""
    return folded("the inputs that move it most", listed + more)


def _users(found: Explanation) -> str:
    users = found.used_by[:USERS]
    more = len(found.used_by) - len(users) + found.used_by_more
    if not users:
        return line(quiet("used by no formula directly"))
    return line(quiet("used by"), esc(", ".join(users)), quiet(f"and {more:,} more" if more else ""))


# --- a gradient -------------------------------------------------------------------------------------------------------
def of_gradient(found: Gradient) -> str:
    """The derivatives where their cells stand, orange where the cell rises with them and blue where it falls."""
    rect = parse_rect(found.by.rpartition("!")[2])
    rows, columns = min(rect.rows, ROWS), min(rect.columns, COLUMNS)
    steepest = max((abs(each) for row in found.values for each in row if each is not None), default=0.0)
    letters = "".join(f"<th>{column_name(rect.left + column)}</th>" for column in range(columns))
    lines = []
    for r in range(rows):
        cells = "".join(
            _cell(cell_name(rect.top + r, rect.left + c), found.values[r][c], steepest) for c in range(columns)
        )
        lines.append(f'<tr><th class="r">{rect.top + r + 1}</th>{cells}</tr>')
    sizes = '<col style="width:44px">' + '<col style="width:88px">' * columns
    grid = (
        f'<div class="box"><table class="grid"><colgroup>{sizes}</colgroup><thead><tr><th class="r corner"></th>'
        f"{letters}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
    left = f"{rows} × {columns} of {rect.rows:,} × {rect.columns:,} are shown" if _more(rect.shape) else ""
    head = line(strong(f"∂ {found.cell} / ∂ {found.by}"), quiet(f"by {found.engine}; {found.cell} = {found.value:.6g}"))
    return whole(head, grid, line(quiet(left)) if left else "")


def _more(shape: tuple[int, int]) -> bool:
    """Whether there are more derivatives than are shown."""
    return shape[0] > ROWS or shape[1] > COLUMNS


def _cell(where: str, slope: float | None, steepest: float) -> str:
    if slope is None:
        return f'<td title="{where}: no number"></td>'
    share = abs(slope) / steepest if 0 < steepest < float("inf") else 0.0
    shade = between(PALE, UP if slope > 0 else DOWN, share**0.5 * 0.9)
    fill = f' class="n f k" style="--f:{shade};--k:#222222"' if share else ' class="n"'
    return f'<td{fill} title="{where}: {slope!r}">{slope:.6g}</td>'
