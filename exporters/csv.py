"""A workbook's values into ``.csv``: one file a sheet, all digits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from exporters.markup import error_text, number_text
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NUMBER, TEXTS
from sheetsim.support.atomic import replacing

CHUNK = 4096  # rows at a time
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def write(book: Book, directory: str | Path) -> list[Path]:
    """Writes ``<workbook>.<sheet>.csv`` for each sheet into ``directory``; returns the paths.

    A blank is empty, a logical TRUE or FALSE, an error its name. Raises OutputError where a file cannot be written.
    """
    paths = []
    for sheet in book.sheets:
        path = Path(directory) / _FORBIDDEN.sub("_", f"{book.name}.{sheet.title}.csv")
        with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(_rows(sheet))
        paths.append(path)
    return paths


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    for top in range(0, sheet.rows, CHUNK):
        part = slice(top, min(top + CHUNK, sheet.rows)), slice(sheet.columns)
        for nums, kinds in zip(sheet.num[part].tolist(), sheet.kind[part].tolist(), strict=True):
            yield [_text(num, kind) for num, kind in zip(nums, kinds, strict=True)]


def _text(num: float, kind: int) -> str:
    if kind == NUMBER:
        return number_text(num)
    if kind == BLANK:
        return ""
    if kind == LOGICAL:
        return "TRUE" if num else "FALSE"
    return error_text(num) if kind == ERROR else TEXTS[num]
