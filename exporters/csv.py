"""A workbook's values into ``.csv``: one file a sheet, all digits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from exporters.cells import value_text
from sheetsim.engine.volatility import volatile_cells
from sheetsim.model.sheet import Book, Sheet
from sheetsim.support.atomic import replacing

CHUNK = 4096  # rows at a time
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def write(book: Book, directory: str | Path) -> list[Path]:
    """Writes ``<workbook>.<sheet>.csv`` for each sheet into ``directory``; returns the paths.

    A blank is empty, a logical TRUE or FALSE, an error its name. Raises OutputError where a file cannot be written.
    """
    paths = _paths(book, Path(directory))
    for sheet, path in zip(book.sheets, paths, strict=True):
        with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(_rows(sheet))
    return paths


def differing(book: Book, directory: str | Path) -> list[Path]:
    """The files there that hold anything else than ``write`` would put in their place. Numbers that are drawn anew at
    each calculation are not looked at, so that a workbook with RAND can be written twice."""
    drawn = volatile_cells(book)
    files = zip(book.sheets, _paths(book, Path(directory)), strict=True)
    return [path for sheet, path in files if path.is_file() and not _holds(path, sheet, drawn[sheet.title])]


def _holds(path: Path, sheet: Sheet, drawn: np.ndarray) -> bool:
    """Whether a file holds the sheet's cells, all but those left out, and nothing else."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return all(
                theirs == ours or left_out
                for rows in zip(csv.reader(file), _rows(sheet), drawn.tolist(), strict=True)
                for theirs, ours, left_out in zip(*rows, strict=True)
            )
    except (ValueError, csv.Error):  # rows or columns more or fewer, bytes that are no text, no table
        return False


def _paths(book: Book, directory: Path) -> list[Path]:
    return [directory / _FORBIDDEN.sub("_", f"{book.name}.{sheet.title}.csv") for sheet in book.sheets]


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    for top in range(0, sheet.rows, CHUNK):
        part = slice(top, min(top + CHUNK, sheet.rows)), slice(sheet.columns)
        for nums, kinds in zip(sheet.num[part].tolist(), sheet.kind[part].tolist(), strict=True):
            yield [value_text(num, kind) for num, kind in zip(nums, kinds, strict=True)]
