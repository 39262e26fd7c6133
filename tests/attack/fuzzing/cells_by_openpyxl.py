"""What openpyxl reads of a file: formulas and values, which say whether a copy of it is right."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

Cells = dict[str, tuple[Any, Any]]  # address → formula, or the plain value; value
PREFIX = re.compile(r"_xlfn\.(_xlws\.)?")  # before the names of newer functions: Excel writes it, and can do without


def cells_of(path: Path, formulas: bool = True) -> Cells:
    """Those of the first sheet; without the ``formulas`` their values twice."""
    content = path.read_bytes()  # from a path it would leave a file open that it cannot read
    with warnings.catch_warnings(action="ignore"):  # of extensions in its way
        books = [openpyxl.load_workbook(BytesIO(content), data_only=only) for only in (not formulas, True)]
    texts, values = (book.worksheets[0]._cells for book in books)  # those there are, of as many as there could be
    found = {cell.coordinate: (_plain(cell.value), values[place].value) for place, cell in texts.items()}
    return {where: pair for where, pair in found.items() if pair != (None, None)}


def _plain(formula: Any) -> Any:
    text = getattr(formula, "text", formula)  # an array formula is an object
    return PREFIX.sub("", text) if isinstance(text, str) else text


def cells_read(path: Path, formulas: bool = True) -> Cells | None:
    """The same, or None where openpyxl reads nothing."""
    try:
        return cells_of(path, formulas)
    except Exception:  # it raises whatever comes
        return None
