"""How a sheet looks: as its definition says, or the file that it was read from.

A file's looks are read when something draws them first, and not when it is opened: calculations need none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from sheetsim.model.address import Rect
from sheetsim.model.look import Chart, Look
from sheetsim.model.sheet import Book, Sheet
from sheetsim.reading.looks.areas import Areas
from sheetsim.reading.looks.charts import charts_of
from sheetsim.reading.looks.conditions import Rule
from sheetsim.reading.looks.sheet import LookReader
from sheetsim.reading.looks.styles import PLAIN, USUAL_SIZE, FileStyle, Styles
from sheetsim.reading.package import Package, find_all, link_of
from sheetsim.reading.rows.feed import RowFeed

Thing = TypeVar("Thing")
LEADING = 1.36  # times the size of its letters: how high a line is
MOST_LARGE = 2_000  # rows that are made higher because their letters are large


@dataclass
class FileLook(Look):
    """The look that a file gives a sheet. Its cells have the ``cells`` of their number in ``areas``; ``heights`` are
    those of rows in points (0: hidden), ``merged`` the cells that are drawn as one, ``rules`` what is coloured on a
    condition. What was said of the sheet since is in the fields of ``Look``, and lies over it.
    """

    areas: Areas = field(default_factory=Areas)
    cells: list[FileStyle] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    merged: list[Rect] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    tab_colour: str = ""

    def cell(self, number: int) -> FileStyle:
        """The look of cells by their number; of one that the file does not have, plain."""
        return self.cells[number] if number < len(self.cells) else PLAIN


class _BookLooks:
    """What is read of a workbook's file: the styles once, each sheet when it is asked for."""

    def __init__(self, book: Book):
        self.styles: Styles | None = None
        self.sheets: dict[str, FileLook] = {}
        self.parts: dict[str, str] = {}


_read: WeakKeyDictionary[Book, _BookLooks] = WeakKeyDictionary()


def look_of(sheet: Sheet) -> Look:
    """How a sheet is to be drawn. What cannot be read of a file, as it is damaged, or there no more, is drawn plain.

    >>> import sheetsim
    >>> look_of(sheetsim.build("graddesc")["adam"]).freeze
    'D4'
    """
    file, own = _of_file(sheet), sheet.look
    if file is None:
        return own
    return replace(
        file,
        styles=own.styles,
        formats=own.formats,
        widths={**file.widths, **own.widths},
        freeze=own.freeze or file.freeze,
        colours=own.colours,
        shades=own.shades,
        links=own.links,
        comments=own.comments,
        charts=[*file.charts, *own.charts],
        gridlines=own.gridlines and file.gridlines,
        tab=own.tab,
    )


def _of_file(sheet: Sheet) -> FileLook | None:
    book = sheet.book
    if book.source is None or sheet not in book.sheets:
        return None
    looks = _read.get(book)
    if looks is None:
        looks = _read[book] = _BookLooks(book)
    if sheet.title not in looks.sheets:
        looks.sheets[sheet.title] = _unless_damaged(lambda: _look(sheet, looks), FileLook())
    return looks.sheets[sheet.title]


def _unless_damaged(read: Callable[[], Thing], otherwise: Thing) -> Thing:
    """What is read; something else where that fails: the workbook lies open, and its looks are all that is lost."""
    try:
        return read()
    except Exception:  # whatever is wrong in a part that no calculation needs
        return otherwise


def _look(sheet: Sheet, looks: _BookLooks) -> FileLook:
    """The look of one sheet. Raises InputError."""
    assert sheet.book.source is not None
    with Package.open(sheet.book.source) as package:
        if looks.styles is None:
            looks.styles = Styles(package)
            found = package.related(package.main, "worksheet")
            entries = [(entry.get("name", ""), link_of(entry)) for entry in find_all(package.book, "sheet")]
            looks.parts = {title: found[link] for title, link in entries if link in found}
        if sheet.title not in looks.parts:
            return FileLook()
        return _sheet_look(package, looks.parts[sheet.title], sheet, looks.styles)


def _sheet_look(package: Package, part: str, sheet: Sheet, styles: Styles) -> FileLook:
    reader = LookReader(f"{package.path}: {sheet.title}", sheet.columns)
    for _ in package.feed(part, reader.parser(), RowFeed(reader, reader.take, reader.able).parse):
        pass
    look = FileLook(
        widths=reader.widths,
        freeze=reader.freeze,
        gridlines=reader.gridlines,
        areas=reader.areas,
        cells=styles.cells,
        heights={**_large(reader, styles, sheet), **reader.heights},
        merged=reader.merged,
        rules=reader.conditions.finished(styles),
        tab_colour=styles.palette.said(reader.tab) if reader.tab else "",
    )
    none: list[Chart] = []
    look.charts = _unless_damaged(lambda: charts_of(package, part, reader.drawings, sheet, look), none)
    return look


def _large(reader: LookReader, styles: Styles, sheet: Sheet) -> dict[int, float]:
    """Rows whose letters are large and of which the file says no height: programs fit them when they open it."""
    found: dict[int, float] = {}
    sizes = {number: each.style.get("size", USUAL_SIZE) for number, each in enumerate(styles.cells)}
    large = [number for number, size in sizes.items() if size > USUAL_SIZE]
    rects = reader.areas.rects
    for top, bottom, _, _, number in rects[np.isin(rects[:, 4], large)][:MOST_LARGE].tolist():
        for row in range(top, min(bottom, sheet.rows - 1, top + MOST_LARGE) + 1):
            found[row] = max(found.get(row, 0.0), sizes[number] * LEADING)
        if len(found) > MOST_LARGE:
            break
    return found
