"""What was written into a file, read back before the file takes the place of another.

The reader is the one that would open the file next time: what it cannot read, or reads as something else than what was
to be written, must not be reported as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exporters.markup import error_text
from sheetsim.errors import InputError, OutputError, SheetsimError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import ExcelError
from sheetsim.reading.as_read import AsRead
from sheetsim.reading.metadata import dynamic_cells
from sheetsim.reading.package import Package
from sheetsim.reading.rows.cells import fed
from sheetsim.reading.sheet_xml import SheetReader

_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair: no character, and stays escaped when it is read


@contextmanager
def opened(temporary: Path, path: str | Path) -> Iterator[Package]:
    """The file just written, which is to become ``path``. What cannot be read of it ends in an OutputError."""
    try:
        with Package.open(temporary) as package:
            yield package
    except OutputError:
        raise
    except SheetsimError as error:
        reason = str(error).replace(str(temporary), "the copy")
        raise OutputError(f"cannot write {path}: {reason}") from error


def sheet_back(package: Package, part: str, title: str, source: AsRead) -> Sheet:
    """The sheet that a part now holds; ``source`` has read the original, from which the shared strings come. Raises
    InputError, for cells that do not stand in order too."""
    sheet = Book("copy").add_sheet(title)
    reader = SheetReader(sheet, title, source.strings, source.epoch, dynamic_cells(package))
    try:
        for _ in fed(package, part, reader):
            pass
        reader.refuse_disorder()
        reader.finish()
    except SheetsimError as error:
        last = sheet.where(max(reader.row, 0), max(reader.column, 0))
        raise InputError(f"at {last} or right after it, {error}") from error
    return sheet


def forget(sheet: Sheet) -> None:
    """Lets go of what the cells of a sheet hold."""
    sheet.num, sheet.kind = sheet.num[:0, :0].copy(), sheet.kind[:0, :0].copy()
    sheet.formula_numbers = sheet.formula_numbers[:0, :0].copy()


def same_in_a_file(num: float, value: Any, back: Any) -> bool:
    """Whether a value came back as far as files can hold it: they know no error but Excel's, no half of a surrogate
    pair, and zero without a sign."""
    if isinstance(value, ExcelError):
        value = ExcelError(error_text(num))
    elif isinstance(value, str):
        value = _HALF.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    return bool(type(value) is type(back) and value == back)
