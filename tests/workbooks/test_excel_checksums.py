"""Each of the 14,577 cells that Excel computed, by checksums: the lecture's own files need not be at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Plant, one_ulp, value
from excel_checksums import COMPUTED, VOLATILE, Cell, Checksums, checksums, differing, of_originals, of_sheet, stored

from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER, ExcelError
from sheetsim.workbook import Workbook
from workbooks import WORKBOOKS


def recomputed(name: str) -> Workbook:
    """A workbook of its definition, with nothing in its formula cells before they are computed."""
    book = WORKBOOKS[name]()
    for sheet in book.sheets:
        cells = sheet.computed()
        sheet.num[: sheet.rows, : sheet.columns][cells] = sheet.kind[: sheet.rows, : sheet.columns][cells] = 0
    book.recalculate()
    return book


def of_book(book: Workbook) -> Checksums:
    sheets = [sheet for sheet in book.sheets if sheet.title not in VOLATILE]
    return {sheet.title: of_sheet(_cells(sheet)) for sheet in sheets}


def _cells(sheet: Sheet) -> Iterator[Cell]:
    for row, column in np.argwhere(sheet.computed()).tolist():
        yield cell_name(row, column), *_as_stored(sheet.value(row, column))


def _as_stored(result: Any) -> tuple[str, float | str]:
    if isinstance(result, ExcelError):
        return "e", str(result)
    if isinstance(result, bool):
        return "b", str(int(result))
    return ("str", result) if isinstance(result, str) else ("n", float(result))


def test_the_checksums_are_of_every_cell() -> None:
    counts = {
        name: sum(int(text.split()[0]) for columns in sheets.values() for text in columns.values())
        for name, sheets in stored().items()
    }
    assert counts == COMPUTED
    assert sum(counts.values()) == 14_577


@pytest.mark.parametrize("name", COMPUTED)
def test_the_definition_recomputed_is_what_excel_stored(name: str) -> None:
    assert differing(of_book(recomputed(name)), stored()[name]) == []


@pytest.mark.parametrize("name", COMPUTED)
def test_the_built_file_stores_what_excel_stored(name: str, exported: Callable[[str], Path]) -> None:
    assert differing(checksums(exported(name)), stored()[name]) == []


def test_the_checksums_are_the_originals(original: Callable[[str], Path]) -> None:
    for name in COMPUTED:
        original(name)
    assert of_originals() == stored()


# --- that they see what they are for ----------------------------------------------------------------------------------
SHEETS = [(name, title) for name, sheets in stored().items() for title in sheets]


@pytest.mark.parametrize(("name", "title"), SHEETS)
def test_one_bit_in_memory_is_seen_and_its_column_named(name: str, title: str) -> None:
    book = recomputed(name)
    sheet = book[title]
    numbers = np.argwhere(sheet.computed() & (sheet.kind[: sheet.rows, : sheet.columns] == NUMBER))
    row, column = numbers[len(numbers) // 2]
    sheet.num.view(np.uint64)[row, column] ^= np.uint64(1)
    (line,) = differing(of_book(book), stored()[name])
    assert line.startswith(f"{title}, column {cell_name(0, column).rstrip('1')}: ")


@pytest.mark.parametrize(
    ("name", "sheet", "cell", "change"),
    [
        ("graddesc", "adam", "E10", one_ulp),
        ("graddesc", "basic", "N20", one_ulp),
        ("collab_filter", "movielens_1hot", "AG77", one_ulp),  # within an array formula
        ("collab_filter", "dotprod", "V41", one_ulp),
        ("entropy_example", "log_entropy", "H3", value("2")),
    ],
)
def test_one_bit_in_a_file_is_seen(
    name: str, sheet: str, cell: str, change: Any, exported: Callable[[str], Path], plant: Plant
) -> None:
    (line,) = differing(checksums(plant(exported(name), sheet, cell, change)), stored()[name])
    assert line.startswith(f"{sheet}, column {cell.rstrip('0123456789')}: ")


def test_a_change_of_kind_a_missing_cell_and_a_missing_sheet_are_seen() -> None:
    cells: list[Cell] = [("B1", "n", 1.0), ("B2", "str", "1"), ("C1", "e", "#N/A")]
    whole = of_sheet(cells)
    for other in ([("B1", "b", "1"), *cells[1:]], [cells[0], ("B2", "n", 1.0), cells[2]], cells[1:]):
        assert [line.partition(":")[0] for line in differing({"s": of_sheet(other)}, {"s": whole})] == ["s, column B"]
    assert len(differing({"s": of_sheet(cells[:2])}, {"s": whole})) == 1
    assert len(differing({}, {"s": whole})) == len(differing({"s": whole}, {})) == 2
    assert differing({"s": of_sheet(reversed(cells))}, {"s": whole}) == []


@pytest.mark.parametrize(("number", "other"), [(0.0, -0.0), (1.0, 1.0 + 2.0**-52)])
def test_every_bit_counts(number: float, other: float) -> None:
    assert of_sheet([("A1", "n", number)]) != of_sheet([("A1", "n", other)])
