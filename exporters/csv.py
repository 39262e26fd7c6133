"""A workbook's values into ``.csv``: one file a sheet, all digits.

A spreadsheet program that opens a ``.csv`` takes a text that begins with ``=``, ``+``, ``-`` or ``@`` for a formula,
and computes it: a text from anywhere could then do what only formulas can. Before such a text, and before one that
begins with a tab or a line's end, which some programs skip, is put an apostrophe. One more stands before a text that
already has apostrophes there, so that whoever takes away the first always gets the text itself.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from exporters.cells import value_text
from sheetsim.engine.volatility import volatile_cells
from sheetsim.errors import OutputError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import TEXT
from sheetsim.support.atomic import replacing

CHUNK = 4096  # rows at a time
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LIKE_A_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # the wide ones count in East Asian Excel
_HALF = re.compile("[\ud800-\udfff]")  # of a character: no file of text can hold one alone


def write(book: Book, directory: str | Path, raw: bool = False) -> list[Path]:
    """Writes ``<workbook>.<sheet>.csv`` for each sheet into ``directory``, all or none; returns the paths.

    A blank is empty, a logical TRUE or FALSE, an error its name. A text that a spreadsheet program would take for a
    formula gets an apostrophe, unless ``raw`` says no. Raises OutputError where a file cannot be written.
    """
    files = paths(book, directory)
    with ExitStack() as all_of_them:
        for sheet, path in zip(book.sheets, files, strict=True):
            temporary = all_of_them.enter_context(replacing(path))
            with temporary.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(_rows(sheet, raw))
    return files


def differing(book: Book, directory: str | Path, raw: bool = False) -> list[Path]:
    """The files there that hold anything else than ``write`` would put in their place. Numbers that are drawn anew at
    each calculation are not looked at, so that a workbook with RAND can be written twice."""
    drawn = volatile_cells(book)
    files = zip(book.sheets, paths(book, directory), strict=True)
    return [path for sheet, path in files if path.is_file() and not _holds(path, _rows(sheet, raw), drawn[sheet.title])]


def _holds(path: Path, rows: Iterator[list[str]], drawn: np.ndarray) -> bool:
    """Whether a file holds these rows, all but the cells left out, and nothing else."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return all(
                theirs == ours or left_out
                for both in zip(csv.reader(file), rows, drawn.tolist(), strict=True)
                for theirs, ours, left_out in zip(*both, strict=True)
            )
    except (ValueError, csv.Error):  # rows or columns more or fewer, bytes that are no text, no table
        return False


def paths(book: Book, directory: str | Path) -> list[Path]:
    """The files that ``write`` writes, in the order of the sheets. What no file's name may hold becomes ``_``; of
    sheets that would share a file, on some file system, all but the first get a number. First comes one whose title
    stays as it is."""
    plain = {sheet.title: _FORBIDDEN.sub("_", sheet.title) for sheet in book.sheets}
    taken: set[str] = set()
    names = {title: _free(plain[title], taken) for title in sorted(plain, key=lambda title: plain[title] != title)}
    start = _FORBIDDEN.sub("_", book.name)
    return [Path(directory) / f"{start}.{names[sheet.title]}.csv" for sheet in book.sheets]


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number if another file has it; nobody else gets it then."""
    number, free = 1, name
    while _folded(free) in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(_folded(free))
    return free


def _folded(name: str) -> str:
    """Some file systems tell neither cases apart nor the ways to write an accent."""
    return unicodedata.normalize("NFC", name.casefold())


def _rows(sheet: Sheet, raw: bool) -> Iterator[list[str]]:
    for top in range(0, sheet.rows, CHUNK):
        part = slice(top, min(top + CHUNK, sheet.rows)), slice(sheet.columns)
        both = zip(sheet.num[part].tolist(), sheet.kind[part].tolist(), strict=True)
        for row, (nums, kinds) in enumerate(both, top):
            texts = [value_text(num, kind) for num, kind in zip(nums, kinds, strict=True)]
            for column in (column for column, kind in enumerate(kinds) if kind == TEXT):
                if _HALF.search(texts[column]):
                    raise OutputError(f"{sheet.where(row, column)} holds half a character, which no .csv can")
                if not raw and _LIKE_A_FORMULA.match(texts[column]):
                    texts[column] = "'" + texts[column]
            yield texts
