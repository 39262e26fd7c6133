"""Which sheets the workbooks have, to be listed without building them: ``python -m workbooks.sheets`` notes it.

``sheets.csv``, beside this file, has a line a sheet. A test compares it with the workbooks; one that is not in it is
built.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from workbooks import WORKBOOKS

FILE = Path(__file__).with_suffix(".csv")


class Listed(NamedTuple):
    """A sheet, as ``sheetsim list`` shows it."""

    title: str
    formula_cells: int
    buttons: str


def sheets_of(name: str) -> list[Listed]:
    """The sheets of a workbook, in their order.

    >>> sheets_of("entropy_example")[0]
    Listed(title='softmax', formula_cells=34, buttons='')
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        noted = [
            Listed(title, int(cells), buttons) for book, title, cells, buttons in csv.reader(lines) if book == name
        ]
    return noted or counted(name)


def counted(name: str) -> list[Listed]:
    """The same, of the workbook itself."""
    from sheetsim import library

    sheets = library.build(name).sheets
    return [Listed(sheet.title, int(sheet.computed().sum()), ", ".join(sheet.buttons)) for sheet in sheets]


def note() -> None:
    """Writes the file."""
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(
            (name, *sheet) for name in WORKBOOKS for sheet in counted(name)
        )


if __name__ == "__main__":
    note()
