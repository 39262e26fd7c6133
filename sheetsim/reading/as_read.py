"""What a workbook held when it was read, kept so that who writes a copy of its file need not read all of it again.

It counts only as long as the file is the same: its list of members, each with its checksum, tells.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sheetsim.model.sheet import Book
from sheetsim.reading.package import Package

FEW, SPARSE = 1 << 20, 4  # places that may be copied: so many, and so many for each cell


class AsRead(NamedTuple):
    """``before`` has the sheets as they were: values, formulas and array formulas, by the numbers of the workbook that
    was read. ``parts``, ``strings``, ``epoch`` and ``dynamic`` are those of ``BookReader``."""

    before: Book
    parts: dict[str, str]
    strings: list[int]
    epoch: datetime
    members: list[tuple[str, int, int]]
    dynamic: Collection[str]

    def still(self, package: Package) -> bool:
        """Whether the file is the one that was read."""
        return self.members == members(package)


def members(package: Package) -> list[tuple[str, int, int]]:
    """The names, checksums and sizes of all that a file holds."""
    return [(info.filename, info.CRC, info.file_size) for info in package.members()]


def is_dense(book: Book, cells: int) -> bool:
    """Whether there are not many more places than cells: of empty ones only a copy would take memory."""
    return sum(sheet.rows * sheet.columns for sheet in book.sheets) <= FEW + SPARSE * cells


def copied(book: Book) -> Book:
    """The sheets of a workbook as they are now, in one of its own."""
    copy = Book(book.name)
    copy.source, copy.formulas = book.source, book.formulas
    for sheet in book.sheets:
        twin, used = copy.add_sheet(sheet.title), (slice(sheet.rows), slice(sheet.columns))
        twin.num, twin.kind = sheet.num[used].copy(order="F"), sheet.kind[used].copy(order="F")
        twin.formula_numbers, twin.arrays = sheet.formula_numbers[used].copy(order="F"), dict(sheet.arrays)
        twin.dynamic = set(sheet.dynamic)
        twin.rows, twin.columns = sheet.rows, sheet.columns
    return copy
