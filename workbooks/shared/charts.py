"""Where charts stand beside the cells of a sheet, and what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sheetsim.model.address import Rect, cell_name, parse_cell
from sheetsim.model.look import ROW, Chart, stacked
from sheetsim.model.sheet import Sheet

PAGE = (26.4, 17.9)  # centimetres: what a page holds, the lesser of A4's and Letter's sides without the margins
HALF = 7.4  # of a chart that is one of several: two fit a page, below some rows that are printed on each


def chart_anchor(sheet: Sheet) -> str:
    """Where charts begin that cover no cells: right of all that are in use, below the rows that do not scroll."""
    top = parse_cell(sheet.look.freeze)[0] if sheet.look.freeze else 1
    return cell_name(top, sheet.columns + 1)


def show(sheet: Sheet, charts: Sequence[Chart], rows: int | None = None, together: bool = False) -> None:
    """Puts charts one under the other. Printed are the cells, or so many rows of them, and then the charts, as many on
    a page as it holds: none is cut in two; or both ``together``, side by side, where the cells are few columns."""
    alone = len(charts) == 1
    placed = stacked([chart if alone else replace(chart, height=min(chart.height, HALF)) for chart in charts])
    for chart in placed:
        sheet.chart(chart)
    cells = Rect(0, 0, min(sheet.rows, rows or sheet.rows) - 1, sheet.columns - 1)
    if together:
        sheet.look.page = f"{sheet.look.around(placed, cells)}"
        return
    areas = [cells, *(sheet.look.around(page) for page in pages(sheet, placed))]
    sheet.look.page = ",".join(map(str, areas))


def pages(sheet: Sheet, placed: Sequence[Chart]) -> list[list[Chart]]:
    """The charts by the page that they are printed on. A page that is too narrow for them is scaled; the rows that do
    not scroll are printed on each."""
    wide = sheet.look.centimetres(sheet.look.around(placed))
    heads = parse_cell(sheet.look.freeze)[0] if sheet.look.freeze else 0
    high = PAGE[1] * max(1.0, wide / PAGE[0]) - heads * ROW
    found: list[list[Chart]] = [[]]
    for chart in placed:
        if found[-1] and sheet.look.around([*found[-1], chart]).rows * ROW > high:
            found.append([])
        found[-1].append(chart)
    return found
