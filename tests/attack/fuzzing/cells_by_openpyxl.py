"""What openpyxl reads of a file: formulas and values, which say whether a copy of it is right."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

Cells = dict[str, tuple[Any, Any]]  # address → formula, or the plain value; value


def cells_of(path: Path) -> Cells:
    """Those of the first sheet."""
    content = path.read_bytes()  # from a path it would leave a file open that it cannot read
    with warnings.catch_warnings(action="ignore"):  # of extensions in its way
        books = [openpyxl.load_workbook(BytesIO(content), data_only=only) for only in (False, True)]
    formulas, values = (book.worksheets[0]._cells for book in books)  # those there are, of as many as there could be
    found = {cell.coordinate: (cell.value, values[place].value) for place, cell in formulas.items()}
    plain = {
        where: (getattr(formula, "text", formula), value)  # an array formula is an object
        for where, (formula, value) in found.items()
    }
    return {where: pair for where, pair in plain.items() if pair != (None, None)}


def cells_read(path: Path) -> Cells | None:
    """The same, or None where openpyxl reads nothing."""
    try:
        return cells_of(path)
    except Exception:  # it raises whatever comes
        return None
