"""Copies of every workbook within reach, as ``recalc`` and ``save`` write them, opened by openpyxl and by LibreOffice.

Each is written three times: recalculated; recalculated from a file in which no formula has a value; and, since many use
functions that sheetsim lacks, with the values that the file stores put back into that bare file: all of them new to it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pytest
from libreoffice import saved_again, without_values
from open_xml import findings
from places import SHARED
from zips import members, pack

from sheetsim import library
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import FormulaError
from sheetsim.model.sheet import Book
from sheetsim.model.values import BLANK
from sheetsim.reading.book import read
from sheetsim.writing import save

#: Of the files with one or a few functions each, so many can be recalculated at least; the others use functions that
#: sheetsim lacks, or use one in a way that it does not know.
AT_LEAST = 17
#: The lecture's own file holds a pivot table that openpyxl cannot read, in the original as in every copy.
REFUSED = {"originals-collab_filter": "CalculatedItem"}
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
VOLATILE = ["data"]  # the sheet of graddesc whose numbers are drawn anew at each calculation
KINDS = ("recalculated", "bare", "put_back")


class Copy(NamedTuple):
    """A copy: the file that it was made from, how, where it is, and what it is to hold."""

    source: Path
    kind: str
    path: Path
    book: Book


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, exported: Callable[[str], Path]) -> list[Path]:
    """Every workbook within reach, in one folder under names of their own."""
    folder = tmp_path_factory.mktemp("sources")
    found = [*sorted(SHARED.glob("originals/*.xlsx")), *sorted(SHARED.glob("excel-files/*.xlsx"))]
    for path in [*found, *map(exported, library.names())]:
        origin = path.parent.name if path in found else "built"
        shutil.copy(path, folder / f"{origin}-{path.name}")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def copies(sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Copy]:
    """All copies that can be written. Only a formula that sheetsim cannot compute is a reason to have none."""
    folder = tmp_path_factory.mktemp("copies")
    made = []
    for source in sources:
        bare = folder / f"without-{source.name}"
        without_values(source, bare)
        for kind, book in _books(source, bare):
            path = folder / f"{kind}-{source.name}"
            save(book, path)
            made.append(Copy(source, kind, path, book))
    return made


def _books(source: Path, bare: Path) -> Iterator[tuple[str, Book]]:
    for kind, path in (("recalculated", source), ("bare", bare)):
        book = read(path)
        try:
            recalculate(book, strict=True)
        except FormulaError:
            continue
        yield kind, book
    yield "put_back", _put_back(read(source), read(bare))


def _put_back(full: Book, bare: Book) -> Book:
    for old, new in zip(full.sheets, bare.sheets, strict=True):
        new.reserve(*old.num.shape)
        new.rows, new.columns = old.rows, old.columns
        used = slice(old.rows), slice(old.columns)
        alone = new.formula_numbers[used] != 0  # the others of an array formula kept their values
        assert (new.kind[used][alone] == BLANK).all()
        new.num[used], new.kind[used] = old.num[used], old.kind[used]
    return bare


# --- how many ---------------------------------------------------------------------------------------------------------
def test_every_workbook_has_copies(sources: list[Path], copies: list[Copy]) -> None:
    written = {kind: {copy.source for copy in copies if copy.kind == kind} for kind in KINDS}
    always = {path for path in sources if not path.name.startswith("excel-files-")}
    assert written["put_back"] == set(sources)
    assert written["recalculated"] == written["bare"]
    assert written["bare"] >= always >= {path for path in sources if path.name.startswith("built-")} != set()
    if (SHARED / "excel-files").is_dir():
        assert len(sources) == 102 + 3 + len(library.names())
        assert len(written["bare"] - always) >= AT_LEAST


def test_most_cells_of_copies_are_written_anew(sources: list[Path], copies: list[Copy]) -> None:
    """All but the volatile ones of a recalculated file are equal to those stored; of the other two all are new."""
    for copy in copies:
        has_formulas = any(sheet.computed().any() for sheet in copy.book.sheets)
        if copy.kind != "recalculated" and has_formulas:
            assert members(copy.path) != members(copy.path.with_name(f"without-{copy.source.name}")), copy.path.name


# --- openpyxl ---------------------------------------------------------------------------------------------------------
def test_openpyxl_reads_the_values_and_the_formulas(copies: list[Copy]) -> None:
    wrong = []
    for copy in copies:
        values = contents(copy.path, data_only=True)
        for sheet in copy.book.sheets:
            for row, column in np.argwhere(sheet.computed()).tolist():
                found = values[sheet.title].get((row + 1, column + 1))
                if not same(sheet.value(row, column), found):
                    wrong.append(f"{copy.path.name}: {sheet.where(row, column)} is {found!r}")
        if copy.kind == "put_back" and formulas(copy.path) != formulas(copy.source):
            wrong.append(f"{copy.path.name}: other formulas")
    assert wrong == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_openpyxl_refuses_it_refuses_in_the_original(name: str, sources: list[Path], copies: list[Copy]) -> None:
    paths = [path for path in [*sources, *(copy.path for copy in copies)] if name in path.name]
    if not paths:
        pytest.skip("the lecture's own workbooks are not here (../shared/originals)")
    for path in paths:
        with pytest.raises(TypeError, match=REFUSED[name]):
            openpyxl.load_workbook(path)
    assert len(paths) == 1 + len(KINDS)


def contents(path: Path, **options: bool) -> dict[str, dict[tuple[int, int], Any]]:
    """What openpyxl reads: sheet → row and column of each cell that holds something → what it holds. A workbook with a
    pivot table that openpyxl refuses is read without what is not cells."""
    only_cells = any(name in path.name for name in REFUSED)
    book = openpyxl.load_workbook(path, read_only=only_cells, **options)
    sheets = {sheet.title: [cell for row in sheet.iter_rows() for cell in row] for sheet in book.worksheets}
    book.close()
    return {
        title: {(cell.row, cell.column): cell.value for cell in cells if cell.value is not None}
        for title, cells in sheets.items()
    }


def formulas(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """The formulas; that of an array formula by its area and its text."""
    return {
        title: {place: text for place, value in cells.items() if (text := _formula(value))}
        for title, cells in contents(path).items()
    }


def _formula(value: Any) -> str:
    if isinstance(value, str):
        return value if value.startswith("=") else ""
    return f"{value.ref} {value.text}" if hasattr(value, "text") and hasattr(value, "ref") else ""


def same(ours: Any, theirs: Any) -> bool:
    """Whether openpyxl reads a value as it is; it turns the number of a day into a date, and takes "" for nothing."""
    if isinstance(theirs, date | time):
        return isinstance(ours, float)
    if theirs is None:
        return ours is None or ours == ""
    if isinstance(ours, float):
        return isinstance(theirs, int | float) and not isinstance(theirs, bool) and float(theirs) == ours
    return bool(ours == theirs)


# --- LibreOffice ------------------------------------------------------------------------------------------------------
def test_libreoffice_reads_the_same_as_of_the_original(
    sources: list[Path], copies: list[Copy], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file that is damaged it opens without a word, and leaves out what it cannot read: so the cells are compared;
    of a recalculated file only which ones there are, for it takes some values as they are stored."""
    folder = tmp_path_factory.mktemp("libreoffice")
    damaged = _damaged(copies[0].path, folder)
    paths = [*sources, *(copy.path for copy in copies), damaged]
    saved = {path.name: path for path in saved_again(paths, folder, recalculate=False)}
    assert [path.name for path in paths if path.name not in saved] == []
    originals = {path: _grid(saved[path.name]) for path in sources}
    for copy in copies:
        here, there = _grid(saved[copy.path.name]), originals[copy.source]
        assert _places(here) == _places(there), copy.path.name
        assert here == there or copy.kind != "put_back", copy.path.name
    assert _places(_grid(saved[damaged.name])) != _places(originals[copies[0].source])


def _damaged(path: Path, folder: Path) -> Path:
    """A copy of a file in which one end tag stands a place too early."""
    parts = members(path)
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = parts[name].replace(b"</v></c>", b"</c></v>", 1)
    return pack(folder / "damaged.xlsx", parts)


def _grid(path: Path) -> dict[str, dict[tuple[int, int], Any]]:
    return {title: cells for title, cells in contents(path, data_only=True).items() if title not in VOLATILE}


def _places(grid: dict[str, dict[tuple[int, int], Any]]) -> dict[str, set[tuple[int, int]]]:
    return {title: set(cells) for title, cells in grid.items()}


# --- the Open XML SDK's rules -----------------------------------------------------------------------------------------
def test_a_copy_breaks_no_rule_that_its_original_keeps(copies: list[Copy]) -> None:
    """Those with the most new in them; Excel's own files keep all rules but one of them, which a Mac wrote."""
    for copy in copies:
        if copy.kind == "put_back":
            known = findings(copy.source) if copy.source.name == "originals-graddesc.xlsx" else []
            assert findings(copy.path) == known, copy.path.name
