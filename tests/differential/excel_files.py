"""The workbooks that Excel saved (``../shared/excel-files``), recalculated from copies that hold no value of a formula.

Run by itself it prints what differs, a line a cell, to be looked into and given a reason in
``excel_files.csv`` beside it; with ``--table`` the lines of that file, to begin with:

    PYTHONPATH=.:tests/helpers:tests/differential python tests/differential/excel_files.py [PART OF A NAME | --table]
"""

from __future__ import annotations

import csv
import sys
import tempfile
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from libreoffice import without_values
from places import SHARED

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.volatility import volatile_cells
from sheetsim.errors import SheetsimError
from sheetsim.model.sheet import Book
from sheetsim.model.values import ExcelError
from sheetsim.reading.book import read

FOLDER = SHARED / "excel-files"
TOLERANCE = 1e-9  # relative, of numbers
#: What asks for all that can be computed, where it is not done anyway.
LENIENTLY = {"allow_unsupported": True} if "allow_unsupported" in signature(recalculate).parameters else {}


class Cell(NamedTuple):
    """A cell whose value is not the one that Excel stored."""

    where: str
    formula: str
    ours: Any
    stored: Any


class Outcome(NamedTuple):
    """What became of a workbook: how many cells there are to compare, those that differ, and why it was refused."""

    cells: int
    differing: list[Cell]
    refused: str = ""


def outcome(path: Path) -> Outcome:
    """Recalculates a copy of a workbook that holds no value of a formula, and compares."""
    stored = read(path)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        without_values(path, copy)
        try:
            book = read(copy)
            recalculate(book, **LENIENTLY)
        except SheetsimError as error:
            cells = [cell for sheet in stored.sheets for cell in np.argwhere(sheet.computed()).tolist()]
            return Outcome(len(cells), [], str(error))
    return _compared(book, stored)


def _compared(book: Book, stored: Book) -> Outcome:
    volatile, count, differing = volatile_cells(book), 0, []
    for ours, theirs in zip(book.sheets, stored.sheets, strict=True):
        for row, column in np.argwhere(theirs.computed()).tolist():
            if volatile[ours.title][row, column]:
                continue
            count += 1
            one, other = ours.value(row, column), theirs.value(row, column)
            if not close(one, other):
                differing.append(Cell(theirs.where(row, column), str(theirs.formula_text(row, column)), one, other))
    return Outcome(count, differing)


def close(ours: Any, stored: Any) -> bool:
    """The same kind of value, numbers within the tolerance; an error may be stored as its text."""
    if isinstance(ours, float) and isinstance(stored, float):
        return abs(ours - stored) <= TOLERANCE * max(abs(ours), abs(stored))
    if isinstance(ours, ExcelError):
        return str(ours) == str(stored)
    return type(ours) is type(stored) and bool(ours == stored)


def files(part: str = "") -> list[Path]:
    """The workbooks, or those whose names hold something."""
    return [path for path in sorted(FOLDER.glob("*.xlsx")) if part in path.name]


def table() -> None:
    """Prints the lines of ``excel_files.csv`` for all that differs now, with no better reason than that."""
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(["workbook", "cells", "most", "reason"])
    for path in files():
        cells, differing, refused = outcome(path)
        if refused or differing:
            lines.writerow([path.stem, "*", len(differing) or cells, "not yet" + (f": {refused}" if refused else "")])


def show(part: str = "") -> None:
    """Prints what differs."""
    for path in files(part):
        found = outcome(path)
        print(f"{path.stem}: {len(found.differing)} of {found.cells}; {found.refused or 'recalculated'}")
        for each in found.differing:
            print(f"    {each.where}  {each.formula}  is {each.ours!r}, not {each.stored!r}")


if __name__ == "__main__":
    table() if sys.argv[1:] == ["--table"] else show(*sys.argv[1:2])
