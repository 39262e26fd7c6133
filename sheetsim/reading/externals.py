"""What a workbook stores of other files: the values that its formulas referred to when it was saved.

Formulas number those files: ``[1]Sheet1!A1``. Each has a part of the package with the cells that were in use, and the
names. They become sheets of the book beside its own, ``Book.externals``, so that a reference there is like any other.
"""

from __future__ import annotations

from array import array
from urllib.parse import unquote

import numpy as np

from sheetsim.errors import FormulaError, InputError
from sheetsim.model.address import parse_cell
from sheetsim.model.formula import Formula
from sheetsim.model.names import DefinedName
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ERROR, ERRORS, LOGICAL, NUMBER, TEXT, TEXTS, VALUE
from sheetsim.reading.own_elements import Handler, OwnElements
from sheetsim.reading.package import Package, find_all, local, whole
from sheetsim.reading.sheet_xml import unescape

AROUND = ("externalBook", "sheetNames", "definedNames", "sheetDataSet", "row")  # the elements that hold the others


def read_externals(package: Package, book: Book) -> None:
    """Adds what is stored of other files to a book. What of it cannot be read is left out: formulas that need it are
    then as those of which nothing is stored."""
    links = package.related(package.main, "externalLink")
    for number, entry in enumerate(find_all(package.book, "externalReference"), 1):
        part = links.get(next((value for name, value in entry.items() if local(name) == "id"), ""))
        if part is None or part not in package:
            continue
        book.external_files[number] = _file_name(package, part)
        link = _Link(book, number, f"{package.path}: {part}")
        for _ in package.feed(part, link.parser()):
            pass


def _nothing(*_: object) -> None:
    """At an element that only holds others."""


def _file_name(package: Package, part: str) -> str:
    """The other file's name, for people; only the last part of its path."""
    target = next(iter(package.outside(part).values()), "")
    return unquote(target).replace("\\", "/").rpartition("/")[2]


class _Link(OwnElements):
    """Reads one part: ``<sheetName>``, ``<definedName>`` and, of each sheet, ``<cell r t><v>``."""

    root, what = "externalLink", "a link to another file"

    def __init__(self, book: Book, number: int, where: str):
        super().__init__(where)
        self.book, self.number = book, number
        self.sheets: list[Sheet] = []
        self.sheet: Sheet | None = None
        self.address = self.type = ""
        self.rows, self.columns, self.kinds = array("i"), array("i"), array("B")
        self.nums = array("d")

    def begin(self) -> None:
        self._scope(f"[{self.number}]")
        starts: dict[str, Handler] = dict.fromkeys(AROUND, _nothing)
        starts |= {"sheetName": self._name_sheet, "definedName": self._define, "sheetData": self._start_sheet}
        starts |= {"cell": self._start_cell, "v": self._start_value}
        ends: dict[str, Handler] = dict.fromkeys([*starts, self.root], _nothing)
        self.hear(starts, ends | {"v": self._end_value, "sheetData": self._end_sheet})

    def _scope(self, title: str) -> Sheet:
        """A sheet of the other file, empty yet; by the number alone what belongs to all of that file."""
        sheet = Sheet(self.book, title)
        self.book.externals.setdefault(title.casefold(), sheet)
        return sheet

    def _name_sheet(self, attributes: dict[str, str]) -> None:
        self.sheets.append(self._scope(f"[{self.number}]{attributes.get('val', '')}"))

    def _define(self, attributes: dict[str, str]) -> None:
        """A name of the other file, which stands for cells there."""
        name, place = attributes.get("name", ""), whole(attributes.get("sheetId", ""))
        owner = f"[{self.number}]" if place is None or place >= len(self.sheets) else self.sheets[place].title
        try:
            formula = Formula.read("=" + attributes.get("refersTo", "").removeprefix("="), 0, 0)
        except FormulaError:
            return
        pieces = [self._inside(piece) if isinstance(piece, Ref) else piece for _, piece in formula.tokens]
        self.book.names[owner.casefold(), name.casefold()] = DefinedName(name, "".join(pieces), owner, True)

    def _inside(self, ref: Ref) -> str:
        return Ref(f"[{self.number}]{ref.sheet or ''}", ref.first, ref.last, ref.shape).text(0, 0)

    # --- cells ----------------------------------------------------------------------------------------------------
    def _start_sheet(self, attributes: dict[str, str]) -> None:
        place = whole(attributes.get("sheetId", ""))
        known = place is not None and place < len(self.sheets) and attributes.get("refreshError") not in ("1", "true")
        self.sheet = self.sheets[place] if known and place is not None else None

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.address, self.type = attributes.get("r", ""), attributes.get("t", "n")

    def _start_value(self, _: dict[str, str]) -> None:
        self.pieces.clear()

    def _end_value(self) -> None:
        text = "".join(self.pieces)
        try:
            row, column = parse_cell(self.address)
            num, kind = _value(self.type, text)
        except (InputError, ValueError):
            return
        self.rows.append(row)
        self.columns.append(column)
        self.nums.append(num)
        self.kinds.append(kind)

    def _end_sheet(self) -> None:
        rows, columns, nums, kinds = (np.array(a) for a in (self.rows, self.columns, self.nums, self.kinds))
        for collected in (self.rows, self.columns, self.nums, self.kinds):
            del collected[:]
        if self.sheet is None or not rows.size:
            return
        height, width = int(rows.max()) + 1, int(columns.max()) + 1
        try:
            self.sheet.reserve(height, width)
        except InputError:  # cells too far apart to be held
            return
        self.sheet.rows, self.sheet.columns = height, width
        self.sheet.num[rows, columns], self.sheet.kind[rows, columns] = nums, kinds


def _value(kind: str, text: str) -> tuple[float, int]:
    """A stored value as (num, kind). Raises ValueError."""
    if kind == "str":
        return float(TEXTS.place(unescape(text))), TEXT
    if kind == "b":
        return float(text.strip() in ("1", "true")), LOGICAL
    if kind == "e":
        return float(ERRORS.get(text.strip(), VALUE)), ERROR
    number = float(text)
    if not np.isfinite(number):
        raise ValueError(text)
    return number, NUMBER
