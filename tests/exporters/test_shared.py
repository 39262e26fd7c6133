"""Copies of a formula share it in the file wherever they stand, and every reader gets each cell's own text."""

import re

import numpy as np
import openpyxl
import pytest
from small_books import new, part, written

from exporters.cells import Formulas
from exporters.shared import shared_rects
from sheetsim.reading.book import read

MASTER = re.compile(r'<c r="(\w+)"[^>]*><f t="shared" ref="([A-Z0-9:]+)" si="(\d+)">')


@pytest.mark.parametrize(
    ("numbers", "groups", "rects"),
    [
        ([[1, 1], [1, 1]], [[1, 1], [1, 1]], ["A1:B2"]),
        ([[1], [2], [1]], [[1], [0], [1]], ["A1:A3"]),
        ([[1], [2], [1], [2]], [[1], [2], [1], [2]], ["A1:A3", "A2:A4"]),
        ([[1, 0, 1]], [[1, 0, 1]], ["A1:C1"]),
        ([[1, 2], [2, 1]], [[1, 0], [0, 1]], ["A1:B2"]),  # of the others neither column has two
        ([[0, 1], [1, 1], [1, 0]], [[0, 2], [1, 2], [1, 0]], ["A2:A3", "B1:B2"]),  # A1, the upper left, is no copy
        ([[1, 2], [3, 4]], [[0, 0], [0, 0]], []),
        ([[0, 0]], [[0, 0]], []),
    ],
)
def test_groups(numbers: list[list[int]], groups: list[list[int]], rects: list[str]) -> None:
    book, _ = new()
    for letter in "ABCD":
        book.formula_number(f"={letter}9", 0, 0, "s")
    found, around = shared_rects(np.array(numbers, np.int32, order="F"), Formulas(book))
    assert found.tolist() == groups
    assert [str(rect) for rect in around] == rects


def test_the_tables_of_a_sheet_share_what_they_have_alike(tmp_path):
    book, sheet = new()
    for top in range(2, 40, 4):
        sheet[f"A{top}"] = f"table {top}"
        sheet[f"B{top}"] = f"=A{top + 1}+1"
        sheet.fill(f"C{top}:D{top + 2}", f"=B{top}*$A$1-LOG10(F{top})")
        sheet[f"E{top}"] = f"=SUM(C{top}:C{top + 2})"
    book.recalculate()
    path = written(book, tmp_path)
    masters = MASTER.findall(part(path))
    assert [(cell, ref) for cell, ref, _ in masters] == [("B2", "B2:B38"), ("C2", "C2:D40"), ("E2", "E2:E38")]
    theirs, ours = openpyxl.load_workbook(path)["s"], read(path)["s"]
    for row, column in sheet.cells():
        wanted = sheet.formula_text(row, column)
        assert ours.formula_text(row, column) == wanted
        if wanted:
            assert theirs.cell(row + 1, column + 1).value == wanted


def test_copies_of_which_one_runs_off_the_sheet_are_not_shared(tmp_path):
    book, sheet = new()
    number = book.formula_number("=A1", 1, 0, "s")
    for row in (0, 5, 9):
        sheet.fill(f"A{row + 1}", "=1")
        sheet.formula_numbers[row, 0] = number
    assert shared_rects(sheet.formula_numbers, Formulas(book))[1] == []
