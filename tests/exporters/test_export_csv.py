"""Values as .csv: all digits, one file a sheet."""

import csv
import struct

import numpy as np
import pytest

from exporters.csv import write
from sheetsim.errors import OutputError
from sheetsim.model.values import ExcelError
from sheetsim.workbook import Workbook


def book(**cells: object) -> Workbook:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    for where, value in cells.items():
        sheet[where] = value
    return book


def rows(path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        (0.1, "0.1"),
        (24.960097789510424, "24.960097789510424"),
        (1e300, "1e+300"),
        (True, "TRUE"),
        (False, "FALSE"),
        (ExcelError("#DIV/0!"), "#DIV/0!"),
        ('say "x", y\nz', 'say "x", y\nz'),
        ("Žižek", "Žižek"),
    ],
)
def test_values(tmp_path, value, text):
    [path] = write(book(B2=value), tmp_path)
    assert path == tmp_path / "demo.s.csv"
    assert rows(path) == [["", ""], ["", text]]


def test_numbers_come_back_bit_for_bit(tmp_path):
    bits = np.random.default_rng(0).integers(0, 2**63, 10_000, dtype=np.int64)
    numbers = bits.view(np.float64)[np.isfinite(bits.view(np.float64))]
    numbers = numbers[numbers >= 2.0**-1022]  # what a cell holds
    demo = book(A1="number")
    demo["s"].values("A2", [[number] for number in numbers])
    [path] = write(demo, tmp_path)
    read = [float(number) for [number] in rows(path)[1:]]
    assert struct.pack(f"{len(read)}d", *read) == struct.pack(f"{len(numbers)}d", *numbers)


def test_every_sheet_and_titles_that_no_file_may_have(tmp_path):
    demo = book(A1=1)
    demo.add_sheet("a<b>|c")
    paths = write(demo, tmp_path / "new")
    assert [path.name for path in paths] == ["demo.s.csv", "demo.a_b__c.csv"]
    assert rows(paths[1]) == []


def test_the_folder_cannot_be_a_file(tmp_path):
    (tmp_path / "file").write_text("old")
    with pytest.raises(OutputError, match="cannot write"):
        write(book(A1=1), tmp_path / "file")
    assert (tmp_path / "file").read_text() == "old"
