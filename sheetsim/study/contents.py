"""A contents sheet: what each sheet of a workbook shows and where to change it, with links; what the colours mean."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.named_cells import cells_of
from sheetsim.model.nodes import quoted
from sheetsim.model.sheet import Book, Sheet

TITLE = "contents"
FIRST = 5  # the row of the first sheet's line
#: What the styles say of a cell, in the order of the legend; only those that the workbook uses are listed.
LEGEND = {
    "parameter": "yours to change: weights, learning rates and other settings",
    "input": "given: the data and the targets; try others",
    "activation": "computed from inputs and weights: predictions, exponentials, probabilities",
    "loss": "how far a prediction is from its target",
    "gradient": "how fast the loss grows with a weight",
    "state": "what a step hands on to the next: new weights, running averages",
    "result": "sums and errors over all of the data",
    "heading": "what the column below, or the row beside it, holds",
    "label": "what the cell beside it holds",
    "note": "a remark",
    "link": "a click on it shows the cells it names",
}


def add_contents(book: Book) -> Sheet:
    """Adds the sheet ``contents`` in front (behind a self-check, which is to be seen first); returns it.

    A sheet's line tells what ``Sheet.about`` says; a sheet beside the workbook's own (stored values) has one only if it
    says something. Raises InputError for a workbook without sheets, and for one that was read from a file: a copy of
    the file keeps what it holds, and takes no further sheets.

    >>> from sheetsim.library import build
    >>> sheet = add_contents(build("entropy_example"))
    >>> sheet["A5:A7"]
    [['softmax'], ['entropy'], ['log_entropy']]
    """
    if book.source is not None:
        raise InputError(f"{book.source}: contents can be added to workbooks that sheetsim defines, not to a file's")
    if not book.sheets:
        raise InputError(f"{book.name} has no sheets that contents could list")
    if not book.sheets:
        raise InputError(f"{book.name} has no sheets that contents could list")
    listed = [sheet for sheet in book.sheets if sheet.about or not sheet.companion]
    checked_first = book.sheets[0].companion
    sheet = book.add_companion(TITLE, first=True)
    if checked_first:
        book.sheets[:2] = reversed(book.sheets[:2])
    sheet["A1"] = book.name
    sheet["A2"] = book.about or None
    sheet.values("A4", [["sheet", "what it shows"]])
    linked = [_line(sheet, row, each) for row, each in enumerate(listed, FIRST)]
    if any(linked):
        sheet["C4"] = "change it there"
    legend = FIRST + len(listed) + 1
    last = _legend(sheet, legend, {name for each in listed for _, name in each.look.styles})

    sheet.style("A1", "title")
    sheet.style("A2", "note")
    sheet.style(f"A4:C4,A{legend}:B{legend}", "label")
    sheet.style(f"B{FIRST}:B{legend - 2}", "prose")
    for columns, width in {"A": 18, "B": 90, "C:E": 14}.items():
        sheet.width(columns, width)
    sheet.look.gridlines = False
    sheet.look.page = f"A1:E{last}"
    return sheet


def _line(sheet: Sheet, row: int, listed: Sheet) -> bool:
    """The line of one sheet, its title a link, and so the first cells to change; returns whether there are any."""
    sheet.values(f"A{row}", [[listed.title, listed.about or None]])
    links = {"A": "A1"}
    for column, (name, rect) in zip("CDE", _to_change(listed), strict=False):
        sheet[f"{column}{row}"] = f"{name} {rect}"
        links[column] = str(rect)
    for column, target in links.items():
        sheet.link(f"{column}{row}", f"{quoted(listed.title)}!{target}")
        sheet.style(f"{column}{row}", "link")
    return len(links) > 1


def _to_change(sheet: Sheet) -> Iterator[tuple[str, Rect]]:
    """The named cells of a sheet that look like parameters and hold no formula; where none has a name, all that do."""
    parameters = [rect for rect, name in sheet.look.styles if name == "parameter"]
    own = [name.name for name in sheet.book.names.values() if name.sheet == sheet.title and not name.hidden]
    named = {name: rect for name in [*sheet.aliases, *own] if (rect := _cell(sheet, name))}
    found = {name: rect for name, rect in named.items() if any(rect.common(area) for area in parameters)}
    places = [(_label(sheet, name, rect), rect) for name, rect in found.items()] or [("orange", p) for p in parameters]
    computed = sheet.computed()
    yield from ((label, rect) for label, rect in places if not computed[rect.slices].any())


def _label(sheet: Sheet, name: str, rect: Rect) -> str:
    """What the sheet itself calls a named cell, in the cell to its left, if that is a text."""
    left = sheet.value(rect.top, rect.left - 1) if rect.left and name not in sheet.aliases else None
    return left if isinstance(left, str) else name


def _cell(sheet: Sheet, name: str) -> Rect | None:
    """The one cell that a name stands for, or None."""
    try:
        rect = cells_of(sheet, name)
    except InputError:
        return None
    return rect if rect.size == 1 else None


def _legend(sheet: Sheet, row: int, used: set[str]) -> int:
    """A sample of each style in use, and what it means; returns the last row."""
    sheet.values(f"A{row}", [["colours", "what they say of a cell"]])
    listed = [name for name in LEGEND if name in used]
    for at, name in enumerate(listed, row + 1):
        sheet.values(f"A{at}", [[name, LEGEND[name]]])
        sheet.style(f"A{at}", name)
    return row + len(listed)
