"""Where charts stand beside the cells of a sheet, and what is printed."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.address import Rect, cell_name, parse_cell
from sheetsim.model.look import Chart, stacked
from sheetsim.model.sheet import Sheet


def chart_anchor(sheet: Sheet) -> str:
    """Where charts begin that cover no cells: right of all that are in use, below the rows that do not scroll."""
    top = parse_cell(sheet.look.freeze)[0] if sheet.look.freeze else 1
    return cell_name(top, sheet.columns + 1)


def show(sheet: Sheet, charts: Sequence[Chart], rows: int | None = None, together: bool = False) -> None:
    """Puts charts one under the other. Printed are the cells, or so many rows of them, and then the charts; or both
    ``together``, side by side, where the cells are few columns."""
    placed = stacked(charts)
    for chart in placed:
        sheet.chart(chart)
    cells = Rect(0, 0, min(sheet.rows, rows or sheet.rows) - 1, sheet.columns - 1)
    sheet.look.page = f"{sheet.look.around(placed, cells)}" if together else f"{cells},{sheet.look.around(placed)}"
