"""New values into a copy of the file that a workbook was read from.

Charts, buttons, styles, macros, pivot tables: all that sheetsim knows nothing of stays, byte for byte. The file is read
again to see which cells differ, and only those are written anew.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple
from zipfile import ZipFile, ZipInfo

import numpy as np

from exporters.formulas import Stored
from exporters.markup import cell_text, error_text, escaped, kept_space, number_text
from exporters.splice import Content, Splicer
from sheetsim.errors import OutputError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, LOGICAL, NUMBER, TEXT, TEXTS
from sheetsim.reading.book import read
from sheetsim.reading.package import Package, find_all, local
from sheetsim.support.atomic import replacing
from sheetsim.support.ownership import is_own

CALC_CHAIN = "calcChain.xml"
_CHAIN_ENTRY = re.compile(rb"<(?:\w+:)?(?:Override|Relationship)\b[^>]*calcChain\.xml[^>]*/>")


def write(book: Book, path: str | Path) -> None:
    """Writes a copy of ``book.source`` to ``path`` with the book's values in it, whole or not at all.

    Raises OutputError where the file cannot be written and InputError where the source can no longer be read.
    """
    if book.source is None:
        raise OutputError(f"cannot write {path}: {book.name} was not read from a file")
    _refuse_other_suffix(book.source, Path(path))
    before = read(book.source)
    parts = _sheet_parts(book.source)
    pairs = [(sheet, _same_sheet(before, sheet, path)) for sheet in book.sheets]
    changes = {parts[then.title].casefold(): Changes(now, then) for now, then in pairs}
    marked = _marked(book.source, Path(path))
    with replacing(path, marked) as temporary, ZipFile(book.source) as old, ZipFile(temporary, "w") as new:
        _copy(old, new, changes)


def _marked(source: Path, path: Path) -> bool:
    """Whether the copy is sheetsim's own. What takes the place of its source stays a person's, if it was."""
    in_place = path.exists() and path.samefile(source)
    return not in_place or is_own(source)


def _refuse_other_suffix(source: Path, path: Path) -> None:
    """Excel opens no file whose suffix and contents disagree on macros."""
    suffixes = source.suffix.lower(), path.suffix.lower()
    if suffixes[0] != suffixes[1] and set(suffixes) <= {".xlsx", ".xlsm", ".xltx", ".xltm"}:
        raise OutputError(f"cannot write {path}: a copy of {source.name} must end in {source.suffix}")


def _sheet_parts(source: Path) -> dict[str, str]:
    """Sheet's title → the name of its part."""
    with Package.open(source) as package:
        links = package.related(package.main, "worksheet")
        entries = [({local(name): value for name, value in entry.items()}) for entry in find_all(package.book, "sheet")]
    return {entry["name"]: links[entry["id"]] for entry in entries if entry.get("id") in links}


def _same_sheet(before: Book, sheet: Sheet, path: str | Path) -> Sheet:
    found = before.find_sheet(sheet.title)
    if found is None:
        raise OutputError(f"cannot write {path}: {before.source} has no sheet {sheet.title!r} to put its values in")
    return found


class Changes:
    """What of a sheet differs from the file: ``cells`` says where, ``anew`` which of these need their formula written.

    Where a formula was replaced, all its copies are written anew: one of them may have held the text for the others.
    """

    def __init__(self, sheet: Sheet, before: Sheet):
        self.sheet = sheet
        self.stored: dict[int, Stored] = {}
        shape = max(sheet.rows, before.rows), max(sheet.columns, before.columns)
        now, then = _Cells.of(sheet, shape), _Cells.of(before, shape)
        numbers = {formula.key: number for number, formula in enumerate(sheet.book.formulas)}
        meaning = np.array([numbers.get(formula.key, -1) for formula in before.book.formulas])
        replaced = meaning[then.formula] != now.formula
        self._note_arrays(replaced, before, meaning)
        self.lost = bool((replaced & then.computed & ~now.computed).any())
        self.anew = replaced | ((then.formula > 0) & np.isin(then.formula, then.formula[replaced]))
        values = (now.kind != then.kind) | (now.num.view(np.int64) != then.num.view(np.int64))
        self.cells = values | self.anew
        self.computed = now.computed

    def _note_arrays(self, replaced: np.ndarray, before: Sheet, meaning: np.ndarray) -> None:
        old = {first: (area, int(meaning[number])) for first, (area, number) in before.arrays.items()}
        for first in old.keys() | self.sheet.arrays.keys():
            replaced[first] |= old.get(first) != self.sheet.arrays.get(first)

    def rows(self) -> Iterator[tuple[int, list[int]]]:
        """The rows with changes, each with its columns."""
        for row in np.flatnonzero(self.cells.any(axis=1)).tolist():
            yield row, np.flatnonzero(self.cells[row]).tolist()

    def content(self, row: int, column: int) -> Content:
        """What the cell is to hold."""
        value = self.sheet.num[row, column], int(self.sheet.kind[row, column])
        inside = row < self.sheet.rows and column < self.sheet.columns
        formula = self._formula(row, column) if self.anew[row, column] else None
        kind, markup = _value(*value, bool(self.computed[row, column])) if inside else ("", "")
        return Content(kind, markup, formula)

    def _formula(self, row: int, column: int) -> str:
        number = int(self.sheet.formula[row, column])
        attributes = ""
        if (row, column) in self.sheet.arrays:
            area, number = self.sheet.arrays[row, column]
            attributes = f' t="array" ref="{area}"'
        if not number:
            return ""
        stored = self.stored.setdefault(number, Stored(self.sheet.book.formulas[number]))
        return f"<f{attributes}>{escaped(stored.text(row, column, self.sheet))}</f>"


class _Cells(NamedTuple):
    num: np.ndarray
    kind: np.ndarray
    formula: np.ndarray
    computed: np.ndarray

    @classmethod
    def of(cls, sheet: Sheet, shape: tuple[int, int]) -> _Cells:
        """A sheet's cells in arrays of a given shape."""
        used = slice(sheet.rows), slice(sheet.columns)
        room = (0, shape[0] - sheet.rows), (0, shape[1] - sheet.columns)
        arrays = (sheet.num[used], sheet.kind[used], sheet.formula[used], sheet.computed())
        return cls(*(np.pad(array, room) for array in arrays))


def _value(num: float, kind: int, computed: bool) -> tuple[str, str]:
    """(type, markup) of a value. A changed plain text stands in the cell: the table of texts stays as it is."""
    if kind == BLANK:
        return "", ""
    if kind == NUMBER:
        return "", f"<v>{number_text(float(num))}</v>"
    if kind == TEXT:
        text = TEXTS[num]
        markup = f"{kept_space(text)}>{cell_text(text)}</"
        return ("str", f"<v{markup}v>") if computed else ("inlineStr", f"<is><t{markup}t></is>")
    return ("b", f"<v>{num:.0f}</v>") if kind == LOGICAL else ("e", f"<v>{error_text(num)}</v>")


def _copy(old: ZipFile, new: ZipFile, changes: dict[str, Changes]) -> None:
    """Every member in its order. The order of calculation goes if a formula went: Excel takes a stale one for damage
    and makes it anew where it is missing."""
    drop_chain = any(change.lost for change in changes.values())
    for info in old.infolist():
        change = changes.get(info.filename.replace("\\", "/").lstrip("/").casefold())
        if drop_chain and info.filename.endswith("/" + CALC_CHAIN):
            continue
        with new.open(_like(info), "w", force_zip64=info.file_size > 2**30) as out:
            if change is not None and change.cells.any():
                where = f"{old.filename}: {change.sheet.title}"
                Splicer(old.read(info), change.rows(), change.content, out, where).run()
            elif drop_chain and info.filename.endswith((".rels", "[Content_Types].xml")):
                out.write(_CHAIN_ENTRY.sub(b"", old.read(info)))
            else:
                _copy_member(old, info, out)


def _copy_member(old: ZipFile, info: ZipInfo, out: IO[bytes]) -> None:
    with old.open(info) as member:
        shutil.copyfileobj(member, out)


def _like(info: ZipInfo) -> ZipInfo:
    """A member of the same name, date and compression."""
    copy = ZipInfo(info.filename, info.date_time)
    copy.compress_type, copy.external_attr = info.compress_type, info.external_attr
    copy.create_system = info.create_system
    return copy
