"""New values into a copy of the file that a workbook was read from.

Charts, buttons, styles, macros, pivot tables: all that sheetsim knows nothing of stays, byte for byte. What the file
held when it was read tells which cells differ, and only those are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile, ZipInfo

import numpy as np

from exporters import metadata
from exporters.archive import quickly
from exporters.cells import Cells, Formulas
from exporters.readback import opened, same_in_a_file, sheet_back
from exporters.splice import Content, Splicer
from exporters.splice_rows import Numbers
from sheetsim.errors import OutputError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import NUMBER
from sheetsim.reading.as_read import AsRead
from sheetsim.reading.book import opened_as
from sheetsim.reading.kind import suffix_of
from sheetsim.reading.package import Package
from sheetsim.support.atomic import replacing
from sheetsim.support.ownership import is_own

CALC_CHAIN = "calcChain.xml"
_CHAIN_ENTRY = re.compile(rb"<(?:\w+:)?(?:Override|Relationship)\b[^>]*calcChain\.xml[^>]*/>")


def write(book: Book, path: str | Path) -> None:
    """Writes a copy of ``book.source`` to ``path`` with the book's values in it, whole or not at all.

    What was written anew is read back before the file takes its place. Raises OutputError where the file cannot be
    written and InputError where the source can no longer be read.
    """
    if book.source is None:
        raise OutputError(f"cannot write {path}: {book.name} was not read from a file")
    _refuse_other_suffix(book.source, Path(path))
    source = _source(book, book.source)
    pairs = [(sheet, _same_sheet(source.before, sheet, path)) for sheet in book.sheets]
    mark = metadata.mark_of(source.dynamic)
    names = Names(book, source.before)
    changes = {source.parts[then.title].casefold(): Changes(now, then, names, mark) for now, then in pairs}
    added = not source.dynamic and metadata.is_needed(book)
    with replacing(path, _marked(book.source, Path(path))) as temporary:
        with Package.open(book.source) as old, ZipFile(temporary, "w") as new:
            anew = _copy(old, new, changes, added)
        with opened(temporary, path) as package:
            for part, sheet in anew:
                if sheet is None:
                    package.xml(part)
                else:
                    refuse_other(sheet, sheet_back(package, part, sheet.title, source), path)


def _source(book: Book, path: Path) -> AsRead:
    """What the workbook's file holds. It is read again if it is not the one that was read."""
    known = book.as_read
    if isinstance(known, AsRead):
        with Package.open(path) as package:
            if known.still(package):
                return known
    with opened_as(Book, path) as reader:
        return reader.as_read(reader.read())


def _marked(source: Path, path: Path) -> bool:
    """Whether the copy is sheetsim's own. What takes the place of its source stays a person's, if it was."""
    in_place = path.exists() and path.samefile(source)
    return not in_place or is_own(source)


def _refuse_other_suffix(source: Path, path: Path) -> None:
    """Excel opens no file whose suffix and contents disagree on macros, or on being a template."""
    suffix = suffix_of(source)
    if path.suffix.casefold() != suffix:
        raise OutputError(f"cannot write {path}: a copy of {source.name} must end in {suffix}")


def _same_sheet(before: Book, sheet: Sheet, path: str | Path) -> Sheet:
    found = before.find_sheet(sheet.title)
    if found is None:
        raise OutputError(f"cannot write {path}: {before.source} has no sheet {sheet.title!r} to put its values in")
    return found


def refuse_other(sheet: Sheet, back: Sheet, path: str | Path, names: Names | None = None) -> None:
    """Raises OutputError unless what was read back from a file is what was written into it."""
    changes = Changes(sheet, back, names or Names(sheet.book, back.book))
    markup, markup_back = (Cells(each, Formulas(each.book)) for each in (sheet, back))
    for row, column in np.argwhere(changes.replaced | changes.values).tolist():
        pairs = [(markup.formula_at(row, column), markup_back.formula_at(row, column))]
        wanted, found = sheet.value(row, column), back.value(row, column)
        if not same_in_a_file(sheet.num[row, column], wanted, found):
            pairs.append((wanted, found))
        for one, other in pairs:
            if one != other:
                raise OutputError(f"cannot write {path}: {sheet.where(row, column)} would be {other!r}, not {one!r}")


class Names:
    """The formulas of one book as numbers of those of another, whatever it has read by then."""

    def __init__(self, book: Book, other: Book):
        self.numbers = {formula.key: number for number, formula in enumerate(book.formulas)}
        self.other = other
        self.known = np.zeros(0, np.int64)

    def of_formulas(self) -> np.ndarray:
        """For the number of each formula of the other book the number that it has in this one, -1 for none."""
        new = [self.numbers.get(formula.key, -1) for formula in self.other.formulas[self.known.size :]]
        self.known = np.append(self.known, np.array(new, np.int64))
        return self.known


class Changes:
    """What of a sheet differs from the file: ``values`` and ``replaced`` say where there is another value or formula,
    ``cells`` which cells are to be written, ``anew`` which of these with their formula.

    Where a formula was replaced, all its copies are written anew: one of them may have held the text for the others.
    """

    def __init__(self, sheet: Sheet, before: Sheet, names: Names, mark: str = metadata.DYNAMIC):
        """``names`` are those of the formulas of ``before`` in the sheet's book, ``mark`` is the attribute of cells
        whose array formula is dynamic."""
        self.sheet, self.mark = sheet, mark
        self.markup = Cells(sheet, Formulas(sheet.book))
        shape = max(sheet.rows, before.rows), max(sheet.columns, before.columns)
        now, then = _Grid.of(sheet, shape), _Grid.of(before, shape)
        meaning = names.of_formulas()
        self.replaced = replaced = meaning[then.formula] != now.formula
        self._note_arrays(replaced, before, meaning)
        self.lost = bool((replaced & then.computed & ~now.computed).any())
        self.anew = replaced
        if replaced.any():
            self.anew = replaced | ((then.formula > 0) & np.isin(then.formula, then.formula[replaced]))
        self.values = (now.kind != then.kind) | (now.num.view(np.int64) != then.num.view(np.int64))
        self.cells = self.values | self.anew
        self._refuse_unread(before)
        self.now = now

    def _refuse_unread(self, before: Sheet) -> None:
        """Raises OutputError where a formula would be written anew whose text stood only in a cell that is replaced."""
        rows, columns = before.rows, before.columns
        for row, column in np.argwhere((self.anew & ~self.replaced)[:rows, :columns]).tolist():
            if before.book.formulas[before.formula_numbers[row, column]].copied_unread:
                where = before.where(row, column)
                raise OutputError(f"{where}: its formula is a copy of one that was replaced, and not read")

    def _note_arrays(self, replaced: np.ndarray, before: Sheet, meaning: np.ndarray) -> None:
        old = {first: (area, int(meaning[number])) for first, (area, number) in before.arrays.items()}
        for first in old.keys() | self.sheet.arrays.keys():
            replaced[first] |= old.get(first) != self.sheet.arrays.get(first)
        for first in before.dynamic ^ self.sheet.dynamic:
            replaced[first] = True

    def rows(self) -> Iterator[tuple[int, list[int]]]:
        """The rows with changes, each with its columns."""
        rows, columns = np.nonzero(self.cells)
        edges = np.flatnonzero(np.diff(rows, prepend=-1, append=-1)).tolist()
        for first, last in pairwise(edges):
            yield int(rows[first]), columns[first:last].tolist()

    def numbers(self) -> Numbers:
        """Which of them hold a number, and are to hold another, all else of the cell as it was."""
        only = self.cells & ~self.anew & (self.now.kind == NUMBER)
        return Numbers(self.cells, only, self.now.num, self.cells.sum(axis=1))

    def content(self, row: int, column: int) -> Content:
        """What the cell is to hold."""
        num, kind, _, computed = (array[row, column].item() for array in self.now)
        formula = self.markup.formula_at(row, column) if self.anew[row, column] else None
        kind_of, value = self.markup.value(row, column, num, kind, computed)
        dynamic = formula is not None and (row, column) in self.sheet.dynamic
        return Content(kind_of + (self.mark if dynamic else ""), value, formula)


class _Grid(NamedTuple):
    num: np.ndarray
    kind: np.ndarray
    formula: np.ndarray
    computed: np.ndarray

    @classmethod
    def of(cls, sheet: Sheet, shape: tuple[int, int]) -> _Grid:
        """A sheet's cells in arrays of a given shape."""
        used = slice(sheet.rows), slice(sheet.columns)
        room = (0, shape[0] - sheet.rows), (0, shape[1] - sheet.columns)
        arrays = (sheet.num[used], sheet.kind[used], sheet.formula_numbers[used], sheet.computed())
        return cls(*(np.pad(array, room) if any(map(any, room)) else array for array in arrays))


def _copy(old: Package, new: ZipFile, changes: dict[str, Changes], dynamic: bool) -> list[tuple[str, Sheet | None]]:
    """Every member in its order; returns those that were written anew, each with its sheet if it holds one. The order
    of calculation goes if a formula went: Excel takes a stale one for damage and makes it anew where it is missing.
    ``dynamic`` adds the part that makes array formulas dynamic."""
    anew: list[tuple[str, Sheet | None]] = []
    drop_chain = any(change.lost for change in changes.values())
    for info in old.members():
        change = changes.get(info.filename.replace("\\", "/").lstrip("/").casefold())
        if drop_chain and info.filename.endswith("/" + CALC_CHAIN):
            continue
        replaced = change is not None and change.cells.any()
        relisted = (drop_chain or dynamic) and info.filename.endswith((".rels", "[Content_Types].xml"))
        if not replaced and not relisted:
            _copy_member(old, info, new)
            continue
        with new.open(_like(info), "w", force_zip64=info.file_size > 2**30) as out:
            if change is not None and replaced:
                where = f"{old.path}: {change.sheet.title}"
                Splicer(old.read(info.filename), change.rows(), change.content, change.numbers(), out, where).run()
                anew.append((info.filename, change.sheet))
            else:
                xml = old.read(info.filename)
                xml = _CHAIN_ENTRY.sub(b"", xml) if drop_chain else xml
                out.write(metadata.announced(xml, info.filename, old.main) if dynamic else xml)
                anew.append((info.filename, None))
    if dynamic:
        new.writestr(metadata.beside(old.main), metadata.XML)
        anew.append((metadata.beside(old.main), None))
    return anew


def _copy_member(old: Package, info: ZipInfo, new: ZipFile) -> None:
    """One that stays as it is, as it is compressed: it is only unpacked to see that it is sound."""
    for _ in old.chunks(info.filename):
        pass
    copy = _like(info)
    copy.CRC, copy.compress_size, copy.file_size = info.CRC, info.compress_size, info.file_size
    assert new.fp is not None
    copy.header_offset = new.start_dir
    new.fp.seek(new.start_dir)
    new.fp.write(copy.FileHeader(zip64=None))
    new.fp.writelines(old.packed(info))
    new.start_dir = new.fp.tell()
    new.filelist.append(copy)
    new.NameToInfo[copy.filename] = copy


def _like(info: ZipInfo) -> ZipInfo:
    """A member of the same name, date and compression."""
    copy = ZipInfo(info.filename, info.date_time)
    copy.compress_type, copy.external_attr = info.compress_type, info.external_attr
    copy.create_system = info.create_system
    return quickly(copy)
