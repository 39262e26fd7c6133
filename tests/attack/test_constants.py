"""What stands in a cell is what was put there: errors of every name, and numbers that no cell holds as 0."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from book_by_hand import column, write
from conftest import Run
from zips import members

from sheetsim import Workbook
from sheetsim.model.values import ExcelError
from sheetsim.reading.book import read

# --- errors -----------------------------------------------------------------------------------------------------------
NEWER = ["#GETTING_DATA", "#SPILL!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!", "#BUSY!", "#EXTERNAL!"]
NEWER += ["#PYTHON!", "#TIMEOUT!"]


def stored(names: list[str]) -> str:
    return "".join(f'<row><c t="e"><v>{name}</v></c><c><f>A{row}</f></c></row>' for row, name in enumerate(names, 1))


def errors_in(path: Path) -> list[str]:
    return re.findall('t="e"><v>(.*?)</v>', members(path)["xl/s.xml"].decode())


def test_newer_errors_are_kept(tmp_path: Path, run: Run) -> None:
    path = write(tmp_path / "in.xlsx", stored(NEWER))
    assert [row[0] for row in read(path)["s"][f"A1:A{len(NEWER)}"]] == [*map(ExcelError, NEWER)]
    assert run("recalc", path, "--out", tmp_path / "out.xlsx").status == 0
    expected = "".join(f'<c t="e"><v>{name}</v></c>' for name in NEWER)
    xml = members(tmp_path / "out.xlsx")["xl/s.xml"].decode()
    assert "".join(re.findall('<c t="e"><v>#[^<]*</v></c>', xml)) == expected  # the constants
    assert re.findall(r"</f><v>(#[^<]*)</v>", xml) == NEWER  # what was computed from them
    assert run("recalc", path, "--out", tmp_path / "out.csv").status == 0
    assert (tmp_path / "out" / "in.s.csv").read_text().split() == [f"{name},{name}" for name in NEWER]


def test_newer_errors_are_compared_and_printed(tmp_path: Path, run: Run) -> None:
    cells = '<row><c t="e"><f>{}</f><v>{}</v></c></row>'
    same = "".join(cells.format(name, name) for name in NEWER)
    assert run("check", write(tmp_path / "same.xlsx", same)).status == 0
    others = zip(NEWER, [*NEWER[1:], "#VALUE!"], strict=True)
    found = run("check", write(tmp_path / "other.xlsx", "".join(cells.format(*pair) for pair in others)))
    assert found.status == 1
    assert all(name in found.out for name in NEWER)
    assert f"s!A2 = {NEWER[1]!r}" in run("explain", tmp_path / "same.xlsx", "s!A2").out


LITERALS = [  # a formula with the name of an error in it → its value
    ("={}", "{}"),
    ("=1+{}", "{}"),
    ('=IFERROR({},"caught")', "caught"),
    ("=ISERR({})", True),
    ("=ISNA({})", False),
    ("=COUNTIF(A1:A3,{})", 1.0),
    ('=COUNTIF(A1:A3,"{}")', 1.0),
    ("=INDEX({{1,{}}},2)", "{}"),
    ('="{}"&1', "{}1"),
]


@pytest.mark.parametrize("name", NEWER)
def test_newer_errors_in_formulas(name: str, tmp_path: Path) -> None:
    book = Workbook("errors")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1], [ExcelError(name)], [ExcelError("#VALUE!")]])
    for row, (formula, _) in enumerate(LITERALS):
        sheet.put(row, 2, None)
        sheet[f"C{row + 1}"] = formula.format(name)
    expected = [value.format(name) if isinstance(value, str) else value for _, value in LITERALS]
    book.save(str(tmp_path / "errors.xlsx"))
    for values in (sheet, read(tmp_path / "errors.xlsx")["s"]):
        assert [row[0] for row in values[f"C1:C{len(LITERALS)}"]] == expected


# --- numbers ----------------------------------------------------------------------------------------------------------
SMALLEST = 2.0**-1022
TYPED = [  # what is put into a cell → what it holds
    (-0.0, 0.0),
    (5e-324, 0.0),
    (-5e-324, 0.0),
    (2.2250738585072009e-308, 0.0),
    (SMALLEST, SMALLEST),
    (-SMALLEST, -SMALLEST),
    (-1.0, -1.0),
]


def bits(number: float) -> tuple[float, float]:
    return number, math.copysign(1.0, number)


@pytest.mark.parametrize(("number", "held"), TYPED)
def test_constants_as_excel_holds_them(number: float, held: float, tmp_path: Path) -> None:
    sheet = Workbook("typed").add_sheet("s")
    sheet["A1"] = number
    path = write(tmp_path / "typed.xlsx", column(f"<v>{number!r}</v>"))
    assert bits(sheet["A1"]) == bits(read(path)["s"]["A1"]) == bits(held)


def test_a_stored_result_is_evidence(tmp_path: Path) -> None:
    """What a formula's cell holds is read as it is: a check compares it, to the bit."""
    cells = column("<f>0*1</f><v>-0</v>", "<v>-0</v>")
    sheet = read(write(tmp_path / "stored.xlsx", cells))["s"]
    assert [bits(row[0]) for row in sheet["A1:A2"]] == [(0.0, -1.0), (0.0, 1.0)]
