"""The charts of an unrolled sheet, and what of it is printed."""

from __future__ import annotations

from dataclasses import replace

from sheetsim.macros.epoch_places import DONE, HEADINGS, Places
from sheetsim.model.address import Rect, cell_name, parse_cell, parse_rect
from sheetsim.model.look import Chart, Series, stacked
from sheetsim.model.sheet import Sheet

HEIGHT = 6.3  # centimetres: three charts fit on a page


def draw(sheet: Sheet, places: Places, table: dict[str, Rect]) -> None:
    """What the sheet watches, by epoch, right of the table of epochs, errors above the weights; ``table`` holds the
    cells of each of its columns. The sheet's own charts move to the right of these: they show the start.

    Printed are the start, the training, the own charts, each from a new page.
    """
    look, columns = sheet.look, table.values()
    cells = Rect(0, places.table, table[DONE].bottom, max(rect.right for rect in columns))
    at = cell_name(HEADINGS + 1, cells.right + 2)
    watched = sorted(sheet.watch, key=lambda label: label in sheet.goals)
    trained = stacked([_by_epoch(sheet, label, table, at) for label in watched])
    trained_area = look.around(trained, cells)
    own = [
        _moved(chart, trained_area.right + 2 - places.table) for chart in look.charts if _column(chart) >= places.table
    ]
    look.charts = [chart for chart in look.charts if _column(chart) < places.table] + trained + own
    printed = [*_start(sheet, places), trained_area, *([look.around(own)] if own else [])]
    look.page = ",".join(str(rect) for rect in printed)


def _start(sheet: Sheet, places: Places) -> list[Rect]:
    """What is printed of the start: the parts that the sheet itself prints of it, or all."""
    whole = Rect(0, 0, places.height - 1, places.width - 1)
    parts = [parse_rect(part) for part in (sheet.look.page or "").split(",") if part]
    return [part for part in parts if part.common(whole) == part] or [whole]


def _by_epoch(sheet: Sheet, label: str, table: dict[str, Rect], at: str) -> Chart:
    epochs = str(table[DONE])
    lines = [Series(str(table[label]), epochs, label, sheet.look.tab)]
    if goal := table.get(goal_of(label)):
        lines.append(Series(str(goal), epochs, "goal", "grey", dashed=True))
    limits = (0, table[DONE].rows - 1)
    return Chart("line", f"{label} by epoch", at, lines, DONE, x_limits=limits, height=HEIGHT)


def goal_of(label: str) -> str:
    """The heading of the column that says where a watched number is to go."""
    return f"goal {label}"


def _column(chart: Chart) -> int:
    return parse_cell(chart.at)[1]


def _moved(chart: Chart, columns: int) -> Chart:
    row, column = parse_cell(chart.at)
    return replace(chart, at=cell_name(row, column + columns), title=f"{chart.title} (0 {DONE})")
