"""``.xlsx`` → ``Book``: formulas, the values that were cached beside them, names and tables.

Formulas are cut into tokens but not parsed, and what only concerns looks is skipped: reading a large workbook takes
little more time than unpacking its XML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar
from xml.etree.ElementTree import Element

from sheetsim.errors import InputError
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.names import DefinedName, Table
from sheetsim.model.sheet import Book, Iteration, Sheet
from sheetsim.reading.as_read import AsRead, copied, is_dense, members
from sheetsim.reading.externals import read_externals
from sheetsim.reading.metadata import dynamic_cells
from sheetsim.reading.not_modelled import warnings
from sheetsim.reading.package import Package, find_all, link_of, whole
from sheetsim.reading.rows.cells import fed
from sheetsim.reading.shared_strings import shared_strings
from sheetsim.reading.sheet_xml import SheetReader, unescape

AnyBook = TypeVar("AnyBook", bound=Book)
Progress = Callable[[int], None]
MOST_ITERATIONS = 32_767  # Excel takes no more
_NO_CELLS = ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")  # sheets that are not worksheets


def read(path: str | Path, progress: Progress | None = None) -> Book:
    """Reads a workbook. ``sheet.value`` then gives the values as the file holds them, nothing is recomputed.

    ``progress`` is called now and then with the number of cells read so far. Raises InputError for a file that cannot
    be used and FormulaError for a formula that cannot be understood.
    """
    return read_as(Book, path, progress)


def read_as(kind: Callable[[str], AnyBook], path: str | Path, progress: Progress | None = None) -> AnyBook:
    """The same as ``read``, into the kind of workbook that ``kind`` makes from a name."""
    with opened_as(kind, path, progress) as reader:
        return reader.read()


@contextmanager
def opened_as(
    kind: Callable[[str], AnyBook], path: str | Path, progress: Progress | None = None
) -> Iterator[BookReader[AnyBook]]:
    """What ``read_as`` reads with, for those who also ask where things stand in the file. Raises InputError."""
    try:
        with Package.open(path) as package:
            yield BookReader(package, kind(package.path.stem), progress)
    except MemoryError:
        raise InputError(f"{path} needs more memory than there is") from None


class BookReader(Generic[AnyBook]):
    """Reads one workbook. Of use afterwards: ``parts``, the name of each sheet's part of the package by its title;
    ``strings``, the places in ``TEXTS`` of the shared strings; ``epoch``, day 0 of the workbook's calendar;
    ``dynamic``, the ``cm`` of cells with dynamic array formulas."""

    def __init__(self, package: Package, book: AnyBook, progress: Progress | None):
        self.package = package
        self.progress = progress
        self.book = book
        self.book.source = package.path
        self.strings = shared_strings(package)
        self.epoch = _epoch(package.book)
        self.dynamic = dynamic_cells(package)
        book.days_since = 1904 if self.epoch.year == 1904 else 1900
        self.parts: dict[str, str] = {}
        self.cells = 0
        self._used: set[str] = set()
        self._by_lotus: list[str] = []

    def read(self) -> AnyBook:
        """All of it. Raises InputError and FormulaError."""
        for _ in self.sheets():
            pass
        if is_dense(self.book, self.cells):
            self.book.as_read = self.as_read(copied(self.book))
        return self.book

    def sheets(self) -> Iterator[Sheet]:
        """Reads all of it, and yields each sheet once it is read, its tables and all names too. Of what was yielded the
        rest needs only the extent."""
        parts = self.package.related(self.package.main, "worksheet")
        others = {link for kind in _NO_CELLS for link in self.package.related(self.package.main, kind)}
        entries = list(find_all(self.package.book, "sheet"))
        titles = [entry.get("name", "") for entry in entries]
        if not all(titles):
            raise self.package.fault(f"is damaged: {self.package.main} has a sheet without a name")
        self._read_names(titles)
        for title, link in zip(titles, map(link_of, entries), strict=True):
            if link in parts:
                sheet = self._add_sheet(title)
                self._read_sheet(sheet, parts[link])
                yield sheet
            elif link not in others:
                raise self.package.fault(f"is damaged: its sheet {title!r} is not in the file")
        read_externals(self.package, self.book)
        self.book.iteration = _iteration(self.package.book)
        self.book.warnings = warnings(self.package, self.book, self._by_lotus)

    def as_read(self, before: Book) -> AsRead:
        """What was read; ``before`` holds it."""
        return AsRead(before, self.parts, self.strings, self.epoch, members(self.package), self.dynamic)

    def _add_sheet(self, title: str) -> Sheet:
        if self.book.find_sheet(title) is not None:
            raise self.package.fault(f"has two sheets called {title!r}")
        return self.book.add_sheet(title)

    def _read_sheet(self, sheet: Sheet, part: str) -> None:
        where = f"{self.package.path}: {' '.join(sheet.title.split())}"
        reader = SheetReader(sheet, where, self.strings, self.epoch, self.dynamic)
        self._use(part)
        self.parts[sheet.title] = part
        for _ in fed(self.package, part, reader):
            if self.progress:
                self.progress(self.cells + len(reader.rows))
        reader.finish()
        if reader.by_lotus:
            self._by_lotus.append(sheet.title)
        self.cells += len(reader.rows)
        for table in dict.fromkeys(self.package.related(part, "table").values()):
            self._use(table)
            self._read_table(sheet, table)

    def _use(self, part: str) -> None:
        """Each part is one sheet or one table: read as a thousand of them, a file would never be done with."""
        if part.casefold() in self._used:
            raise self.package.fault(f"is damaged: {part} stands for two sheets or tables")
        self._used.add(part.casefold())

    def _read_table(self, sheet: Sheet, part: str) -> None:
        tree = self.package.xml(part)
        name = tree.get("displayName", "") or tree.get("name", "")
        columns = tuple(unescape(column.get("name", "")) for column in find_all(tree, "tableColumn"))
        self.book.tables[name.casefold()] = Table(
            name=name,
            sheet=sheet.title,
            rect=self._rect(tree.get("ref", ""), part),
            columns=columns,
            headings=tree.get("headerRowCount", "1") != "0",
            totals=tree.get("totalsRowCount", "0") != "0",
        )

    def _rect(self, text: str, part: str) -> Rect:
        try:
            return parse_rect(text)
        except InputError as error:
            raise self.package.fault(f"is damaged: in {part} {error}") from None

    def _read_names(self, titles: list[str]) -> None:
        """Names are kept as they stand, not by ``define_name``: one may stand for a plain number or for #REF!."""
        for entry in find_all(self.package.book, "definedName"):
            name, sheet = entry.get("name", ""), self._owner(entry, titles)
            text, hidden = (entry.text or "").strip(), entry.get("hidden") in ("1", "true")
            self.book.names[(sheet or "").casefold(), name.casefold()] = DefinedName(name, text, sheet, hidden)

    def _owner(self, entry: Element, titles: list[str]) -> str | None:
        """The sheet that a name belongs to; files count all sheets, those without cells among them."""
        given = entry.get("localSheetId")
        if given is None:
            return None
        place = whole(given)
        if place is None or place >= len(titles):
            raise self.package.fault(
                f"is damaged: {entry.get('name')} is a name of sheet {given[:20]}, of {len(titles)}"
            )
        return titles[place]


def _iteration(book: Element) -> Iteration | None:
    """How circular references are to be computed, where that is switched on."""
    for entry in find_all(book, "calcPr"):
        if entry.get("iterate", "").strip() in ("1", "true"):
            count, change = whole(entry.get("iterateCount", "100")), entry.get("iterateDelta", "0.001")
            try:
                least = float(change)
            except ValueError:
                least = Iteration().change
            return Iteration(min(count or 100, MOST_ITERATIONS), least)
    return None


def _epoch(book: Element) -> datetime:
    """Day 0 of the workbook's calendar."""
    since_1904 = any(entry.get("date1904") in ("1", "true") for entry in find_all(book, "workbookPr"))
    return datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
