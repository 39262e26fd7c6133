"""A sheet's charts, of the kinds that the drawings know: lines, points and upright bars, each series from cells.

Left out are charts of two kinds at once, stacked ones, and pies, areas and their like: drawn as something else they
would say something else.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.etree.ElementTree import Element

from sheetsim.errors import InputError, SheetsimError
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, cell_name, parse_rect
from sheetsim.model.look import ROW, Chart, Limits, Look, Series
from sheetsim.model.nodes import unquoted
from sheetsim.model.sheet import Sheet
from sheetsim.reading.package import Package, local, whole

MOST, MOST_SERIES = 50, 50  # charts of a sheet, series of a chart
LONGEST = 100_000  # cells of a series
CENTIMETRE = 360_000  # English metric units, in which drawings are measured
WIDEST = 100.0  # centimetres
_KINDS = {"lineChart": "line", "scatterChart": "line", "barChart": "bars"}


class _Axis(NamedTuple):
    """What is said of an axis."""

    title: str = ""
    limits: Limits = (None, None)
    logarithmic: bool = False


def charts_of(package: Package, part: str, links: list[str], sheet: Sheet, look: Look) -> list[Chart]:
    """The charts in the drawings of a sheet, whose part has these relationships to them; ``look`` says how wide its
    columns are. What cannot be read is left out. Raises InputError."""
    found: list[Chart] = []
    drawings = package.related(part, "drawing")
    for drawing in dict.fromkeys(drawings[link] for link in links if link in drawings):
        parts = package.related(drawing, "chart")
        for anchor in package.xml(drawing):
            place = _place(anchor, look)
            link = next((_link(each) for each in anchor.iter() if local(each.tag) == "chart"), "")
            if place is None or link not in parts or len(found) >= MOST:
                continue
            chart = _chart(package.xml(parts[link]), place, sheet)
            found += [chart] if chart is not None else []
    return found


def _link(element: Element) -> str:
    return next((value for name, value in element.items() if local(name) == "id"), "")


def _place(anchor: Element, look: Look) -> tuple[str, float, float] | None:
    """The cell under a drawing's corner, its width and its height in centimetres."""
    start, end, size = (_child(anchor, tag) for tag in ("from", "to", "ext"))
    first = _cell(start)
    if first is None:
        return None
    if size is not None:
        wide, high = ((whole(size.get(word, "")) or 0) / CENTIMETRE for word in ("cx", "cy"))
    else:
        last = _cell(end)
        if last is None or last[0] <= first[0] or last[1] <= first[1]:
            return None
        wide = look.centimetres(Rect(first[0], first[1], first[0], min(last[1] - 1, first[1] + 100)))
        high = (last[0] - first[0]) * ROW
    if not (wide > 0 and high > 0):
        return None
    return cell_name(*first), min(wide, WIDEST), min(high, WIDEST)


def _cell(place: Element | None) -> tuple[int, int] | None:
    if place is None:
        return None
    row, column = (whole(_text(place, word)) for word in ("row", "col"))
    return (row, column) if row is not None and column is not None and row < MAX_ROWS and column < MAX_COLUMNS else None


def _chart(tree: Element, place: tuple[str, float, float], sheet: Sheet) -> Chart | None:
    chart = _child(tree, "chart")
    plot = _child(chart, "plotArea")
    groups = [each for each in plot if local(each.tag).endswith("Chart")] if plot is not None else []
    if chart is None or plot is None or len(groups) != 1:
        return None
    group = groups[0]
    kind = _KINDS.get(local(group.tag))
    if kind is None or _value(group, "grouping") in ("stacked", "percentStacked"):
        return None
    entries = [each for each in group if local(each.tag) == "ser"]
    if local(group.tag) == "scatterChart" and _points(group, entries):
        kind = "points"
    series = [found for each in entries[:MOST_SERIES] if (found := _series(each, kind, sheet)) is not None]
    if not series:
        return None
    across, along = _axes(plot)
    at, width, height = place
    return Chart(
        kind=kind,
        title=_words(_child(chart, "title")),
        at=at,
        series=series,
        x_title=across.title,
        y_title=along.title,
        x_limits=across.limits,
        y_limits=along.limits,
        logarithmic=along.logarithmic,
        width=width,
        height=height,
    )


def _points(group: Element, entries: list[Element]) -> bool:
    """Whether a cloud has no lines from point to point."""
    lines = [_child(_child(each, "spPr"), "ln") for each in entries]
    bare = [_child(line, "noFill") is not None for line in lines]
    return _value(group, "scatterStyle") == "marker" or (bool(bare) and all(bare))


def _series(entry: Element, kind: str, sheet: Sheet) -> Series | None:
    """A series whose numbers stand in one range of this workbook."""
    y = _cells(_child(entry, "val"), sheet) or _cells(_child(entry, "yVal"), sheet)
    x = _cells(_child(entry, "cat"), sheet) or _cells(_child(entry, "xVal"), sheet)
    if not y:
        return None
    name = _child(entry, "tx")
    where = _cells(name, sheet)
    said = f"={where}" if where else _words(name)
    return Series(y, x if x and (kind == "bars" or _is_number(x, sheet)) else None, said)


def _cells(element: Element | None, sheet: Sheet) -> str:
    """The range that an element names, if it is one, and not larger than what is drawn."""
    if element is None:
        return ""
    text = next((each.text or "" for each in element.iter() if local(each.tag) == "f"), "")
    title, mark, cells = text.replace("$", "").rpartition("!")
    try:
        rect = parse_rect(cells)
    except InputError:
        return ""
    if rect.size > LONGEST or (mark and sheet.book.find_sheet(unquoted(title)) is None):
        return ""
    return f"{title}{mark}{rect}"


def _is_number(where: str, sheet: Sheet) -> bool:
    title, mark, cells = where.rpartition("!")
    rect = parse_rect(cells)
    try:
        value = (sheet.book.sheet(unquoted(title)) if mark else sheet).value(rect.top, rect.left)
    except SheetsimError:
        return False
    return isinstance(value, float)


def _axes(plot: Element) -> tuple[_Axis, _Axis]:
    """Across and along."""
    across, along = _Axis(), _Axis()
    for each in plot:
        if local(each.tag) not in ("valAx", "catAx", "dateAx"):
            continue
        scaling = _child(each, "scaling")
        limits = _number(_value(scaling, "min")), _number(_value(scaling, "max"))
        said = _Axis(_words(_child(each, "title")), limits, _value(scaling, "logBase") != "")
        if local(each.tag) == "valAx" and _value(each, "axPos") not in ("b", "t"):
            along = said
        elif across == _Axis():
            across = said if local(each.tag) == "valAx" else said._replace(limits=(None, None))
    return across, along


def _child(tree: Element | None, tag: str) -> Element | None:
    return next((child for child in tree if local(child.tag) == tag), None) if tree is not None else None


def _value(tree: Element | None, tag: str) -> str:
    found = _child(tree, tag)
    return found.get("val", "") if found is not None else ""


def _text(tree: Element, tag: str) -> str:
    found = _child(tree, tag)
    return (found.text or "") if found is not None else ""


def _words(title: Element | None) -> str:
    """What a title says, or what is stored of the cell that says it."""
    found = [each for each in title.iter() if local(each.tag) in ("t", "v")] if title is not None else []
    return "".join(each.text or "" for each in found)[:200]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None
