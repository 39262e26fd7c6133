"""What a page shows of a sheet, as plain data: a window of its cells, its charts, what there is to say of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.errors import SheetsimError
from sheetsim.excel.calendar import counted_since
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, cell_name, parse_cell, parse_rect
from sheetsim.model.look import Chart, Look, Series
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, Unsupported
from sheetsim.page.looks import Looks, appearance, freeze, heights, merged, text_of, together, widths
from sheetsim.reading.looks.looking import FileLook, look_of

Fills = dict[tuple[int, int], str]
LARGEST = 20_000  # cells of one window
POINTS = 1_000  # of a line or cloud that is drawn; of more, evenly chosen ones
SENTENCE = 2_000  # characters of a cell that are sent


def rect_of(view: Any) -> Rect:
    """``[top, left, bottom, right]`` as the page says it → the cells, no more than a window has."""
    top, left, bottom, right = (int(each) for each in view)
    top, left = min(max(top, 0), MAX_ROWS - 1), min(max(left, 0), MAX_COLUMNS - 1)
    right = min(max(right, left), left + 400, MAX_COLUMNS - 1)
    rows = max(1, LARGEST // (right - left + 1))
    return Rect(top, left, min(max(bottom, top), top + rows - 1, MAX_ROWS - 1), right)


def window(sheet: Sheet, rects: list[Rect], fills: Fills | None = None) -> dict[str, Any]:
    """The cells of some rectangles (what scrolls, and what is frozen) that hold something or have a look. ``fills`` are
    colours that lie over all others."""
    styles: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    cells: dict[tuple[int, int], dict[str, Any]] = {}
    joined = list(dict.fromkeys(each for rect in rects for each in merged(sheet, rect)))
    wide = _together(sheet, joined)
    firsts = [Rect(each.top, each.left, each.top, each.left) for each in joined]
    for rect in [*rects, *(first for first in firsts if not any(first.meets(rect) for rect in rects))]:
        looks = Looks(sheet, rect)
        for row, column in _shown(sheet, rect, looks, joined):
            if (row, column) in cells:
                continue
            style, code = looks.at(row, column)
            if fills and (row, column) in fills:
                style = {**style, "fill": fills[row, column], "ink": "#222222"}
            number = numbers.setdefault(repr(style), len(styles))
            if number == len(styles):
                styles.append(style)
            with counted_since(sheet.book.days_since):
                cells[row, column] = _cell(sheet, row, column, code, wide.get((row, column)) or looks.width(column))
            cells[row, column]["style"] = number
    _remarks(sheet, cells)
    said = {"sheet": sheet.title, "rects": [list(r) for r in rects], "cells": list(cells.values()), "styles": styles}
    return {**said, "merged": [list(each) for each in joined]}


def _together(sheet: Sheet, joined: list[Rect]) -> dict[tuple[int, int], float]:
    """The widths of cells that are drawn as one, by the first of them."""
    return {(each.top, each.left): together(sheet, each) for each in joined}


def _shown(sheet: Sheet, rect: Rect, looks: Looks, joined: list[Rect]) -> list[list[int]]:
    """The cells of a rectangle that there is something to show of: of those drawn as one the first alone."""
    has = looks.styled()
    used = rect.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1)) if sheet.rows and sheet.columns else None
    if used:
        inside = used.shifted(-rect.top, -rect.left).slices
        has[inside] |= (sheet.kind[used.slices] != BLANK) | (sheet.formula_numbers[used.slices] != 0)
    for each in joined:
        if part := each.common(rect):
            has[part.shifted(-rect.top, -rect.left).slices] = False
            if rect.meets(Rect(each.top, each.left, each.top, each.left)):
                has[each.top - rect.top, each.left - rect.left] = True
    found: list[list[int]] = np.argwhere(has).tolist()
    return [[rect.top + row, rect.left + column] for row, column in found]


def _cell(sheet: Sheet, row: int, column: int, code: str, width: float) -> dict[str, Any]:
    value = sheet.value(row, column)
    said = _value_of(sheet, row, column, code, width)
    if not isinstance(value, float) and value is not None:
        said["kind"] = "logical" if isinstance(value, bool) else "error" if not _is_text(value) else "text"
    if formula := sheet.formula_text(row, column):
        said["formula"] = formula
    if isinstance(value, Unsupported):
        said["reason"] = str(value.reason)
    return said


def _value_of(sheet: Sheet, row: int, column: int, code: str, width: float) -> dict[str, Any]:
    value = sheet.value(row, column)
    said: dict[str, Any] = {"at": [row, column], "text": text_of(value, code, width)[:SENTENCE]}
    return {**said, "number": value} if isinstance(value, float) else said


def values(sheet: Sheet, rect: Rect) -> list[dict[str, Any]]:
    """The cells of a window, of each only what a calculation changes: its place, its text, its number."""
    looks, joined = Looks(sheet, rect), merged(sheet, rect)
    wide = _together(sheet, joined)
    with counted_since(sheet.book.days_since):
        return [
            _value_of(sheet, row, column, looks.at(row, column)[1], wide.get((row, column)) or looks.width(column))
            for row, column in _shown(sheet, rect, looks, joined)
        ]


def _is_text(value: Any) -> bool:
    return type(value) is str


def _remarks(sheet: Sheet, cells: dict[tuple[int, int], dict[str, Any]]) -> None:
    """Adds to the cells where a click leads, and what is said beside them."""
    for word, said in (("link", sheet.look.links), ("comment", sheet.look.comments)):
        for where, text in said.items():
            first = parse_rect(where)
            if (cell := cells.get((first.top, first.left))) is not None:
                cell[word] = text


def outline(sheet: Sheet) -> dict[str, Any]:
    """What the page needs of a sheet before any of its cells."""
    look = look_of(sheet)
    return {
        "title": sheet.title,
        "about": sheet.about,
        "rows": sheet.rows,
        "columns": sheet.columns,
        "widths": widths(sheet),
        "heights": heights(sheet),
        "freeze": list(freeze(sheet)),
        "gridlines": look.gridlines,
        "tab": _tab(sheet, look),
        "buttons": [{"name": name, "times": macro.times, "help": macro.help} for name, macro in sheet.buttons.items()],
        "watch": list(sheet.watch),
        "names": {
            name.name: name.text
            for name in sheet.book.names.values()
            if not name.hidden and name.sheet in (None, sheet.title)
        },
    }


def _tab(sheet: Sheet, look: Look) -> str | None:
    """The colour of a sheet's tab."""
    if look.tab or sheet.companion:
        colour: str = appearance()["charts"].get(look.tab or "grey")
        return colour
    return look.tab_colour or None if isinstance(look, FileLook) else None


# --- charts -----------------------------------------------------------------------------------------------------------
def charts(sheet: Sheet) -> list[dict[str, Any]]:
    """The charts of a sheet with the numbers that they draw; what cannot be drawn says why."""
    return [_chart(chart, sheet) for chart in look_of(sheet).charts]


def _chart(chart: Chart, sheet: Sheet) -> dict[str, Any]:
    said: dict[str, Any] = {
        "kind": chart.kind,
        "title": chart.title,
        "at": list(parse_cell(chart.at)),
        "size": [round(chart.width / 2.54 * 96), round(chart.height / 2.54 * 96)],
        "titles": [chart.x_title, chart.y_title],
        "limits": [list(chart.x_limits), list(chart.y_limits)],
        "logarithmic": chart.logarithmic,
    }
    try:
        said["series"] = [_series(series, chart, sheet, at) for at, series in enumerate(chart.series)]
    except SheetsimError as error:
        said |= {"series": [], "error": str(error)}
    return said


def _series(series: Series, chart: Chart, sheet: Sheet, at: int) -> dict[str, Any]:
    colours, meanings = appearance()["charts"], appearance()
    where, rect = _place(series.y, sheet)
    y = _values(where, rect)
    x = _values(*_place(series.x, sheet)) if series.x else [float(n + 1) for n in range(len(y))]
    points = chart.kind == "points" and not series.dashed
    if chart.kind != "bars" and len(y) > POINTS:
        chosen = np.unique(np.linspace(0, len(y) - 1, POINTS).astype(int)).tolist()
        x, y = [x[k] if k < len(x) else None for k in chosen], [y[k] for k in chosen]
    return {
        "name": _name(series.name, sheet),
        "colour": colours[series.colour or list(colours)[at % len(colours)]],
        "dashed": series.dashed,
        "line": chart.kind != "bars" and not points,
        "marks": points or (chart.kind == "line" and len(y) <= meanings["marked"] and not series.dashed),
        "cells": f"{where.title}!{rect}",
        "x": x if chart.kind != "bars" else [_label(value) for value in x],
        "y": [value if isinstance(value, float) else None for value in y],
    }


def _place(where: str, sheet: Sheet) -> tuple[Sheet, Rect]:
    title, mark, cells = where.rpartition("!")
    return (sheet.book.sheet(unquoted(title)) if mark else sheet), parse_rect(cells)


def _values(sheet: Sheet, rect: Rect) -> list[Any]:
    return [sheet.value(*cell) for cell in rect.cells()]


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def _name(name: str, sheet: Sheet) -> str:
    if not name.startswith("="):
        return name
    where, rect = _place(name[1:], sheet)
    return _label(where.value(rect.top, rect.left))


def address(sheet: Sheet, rect: Rect) -> str:
    """A place as the page names it: ``adam!H5``; the title as it is, without quotation marks."""
    return f"{sheet.title}!{rect}" if rect.size > 1 else f"{sheet.title}!{cell_name(rect.top, rect.left)}"


def edge(sheet: Sheet, row: int, column: int, towards: str) -> tuple[int, int]:
    """Where Ctrl and an arrow lead: over filled cells to the last of them, over blank ones to the next filled cell, or
    to the edge of the sheet. ``towards`` is left, right, up or down."""
    along_rows, ahead = towards in ("up", "down"), towards in ("right", "down")
    used = column < sheet.columns if along_rows else row < sheet.rows
    kinds = sheet.kind[: sheet.rows, column] if along_rows and used else np.zeros(0, np.uint8)
    if not along_rows and used:
        kinds = sheet.kind[row, : sheet.columns]
    place = _next_edge(kinds != BLANK, row if along_rows else column, ahead, MAX_ROWS if along_rows else MAX_COLUMNS)
    return (place, column) if along_rows else (row, place)


def _next_edge(filled: np.ndarray, at: int, ahead: bool, count: int) -> int:
    last = count - 1 if ahead else 0
    line = filled[at + 1 :] if ahead else filled[:at][::-1]
    here = at < len(filled) and filled[at]
    step = 1 if ahead else -1
    if not ahead and at > len(filled):  # from far below the last one that is filled
        line = filled[::-1]
        at = len(filled)
    gaps, ones = np.flatnonzero(~line), np.flatnonzero(line)
    if here and line.size and line[0]:
        return at + step * (int(gaps[0]) if gaps.size else len(line))
    return at + step * (int(ones[0]) + 1) if ones.size else last
