"""Every NumPy line that is shown, run as it stands, gives its cells what the sheet holds, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from places import ORIGINALS

import sheetsim
from sheetsim.engine.plan import plan_of
from sheetsim.engine.volatility import is_volatile
from sheetsim.study.explanation.explaining import explain
from sheetsim.study.explanation.numpy_line import numpy_line
from sheetsim.study.explanation.words import windows, words
from sheetsim.workbook import Workbook


def lines_of(book: Workbook) -> dict[str, str | None]:
    """The line of each block, by its cells."""
    return {f"{block.sheet.title}!{block.cells}": numpy_line(block) for block in plan_of(book).blocks}


def run_all(book: Workbook) -> list[str]:
    """Runs all lines, one after the other, and says which cells they leave other than the sheet has them."""
    known = words(book)
    for line in lines_of(book).values():
        if line:
            exec(line, known)
    found = []
    for sheet in book.sheets:
        arrays, used = known["sheets"][sheet.title], (slice(sheet.rows), slice(sheet.columns))
        wrong = (arrays.kind[used] != sheet.kind[used]) | (arrays.num[used] != sheet.num[used])
        found += [sheet.where(*cell) for cell in np.argwhere(wrong).tolist()]
    return found


@pytest.mark.parametrize("name", sheetsim.names())
def test_every_line_of_every_workbook(name: str) -> None:
    book = sheetsim.build(name)
    for sheet in book.sheets:  # what no line gives would keep its value and pass for right
        sheet.num[: sheet.rows, : sheet.columns] += 0.0
    without = [where for where, line in lines_of(book).items() if line is None]
    assert without == (["data!B5:B33"] if name == "graddesc" else []), "only what is random has no line"
    assert run_all(book) == []


@pytest.mark.parametrize("name", ["graddesc", "collab_filter", "entropy_example"])
def test_they_give_what_excel_stored(name: str) -> None:
    path = Path(ORIGINALS / f"{name}.xlsx")
    if not path.exists():
        pytest.skip("the lecture's own workbooks are not here (../shared/originals)")
    assert run_all(sheetsim.open(path)) == []


def test_a_line_computes_and_does_not_just_read() -> None:
    book = sheetsim.build("graddesc")
    known = words(book)
    known["adam"]["D2"] = 0.5
    line = explain(book, "adam!H4", gradients=False).numpy
    assert line
    exec(line, known)
    sheet = book["adam"]
    expected = [
        c - j * 0.5 / m**0.5 for c, j, m in zip(*(sheet.num[3:32, k].tolist() for k in (2, 9, 11)), strict=True)
    ]
    assert known["adam"]["H4:H32"][:, 0].tolist() == pytest.approx(expected, rel=1e-15)
    assert sheet["D2"] == 0.1


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("=A1*B1^2", 's["C1"] = multiply(s["A1"], power(s["B1"], 2))'),
        ("=-A1%", 's["C1"] = percent(-s["A1"])'),  # unary minus binds tighter than %
        ("=-A1^2", 's["C1"] = power(-s["A1"], 2)'),
        ("=A1-(B1-2)", 's["C1"] = s["A1"] - (s["B1"] - 2)'),
        ('=IF(A1<>"x",TRUE,#N/A)', "s[\"C1\"] = IF(not_equal(s[\"A1\"], 'x'), True, error('#N/A'))"),
        ("=SUM(A1:B1,'my sheet'!A1)", 's["C1"] = SUM(s["A1:B1"], sheets["my sheet"]["A1"])'),
        ("=STDEV.S(A1:B1)", 's["C1"] = STDEV_S(s["A1:B1"])'),
        ("=A1/D1", 's["C1"] = divide(s["A1"], s["D1"])'),  # D1 is blank: no number
        ("=ROW()+COLUMNS(A1:C1)", 's["C1"] = 1 + 3'),
        ("=SUM(OFFSET(A1,0,0,1,2))", 's["C1"] = SUM(s.offset("A1", 0, 0, 1, 2))'),
        ("=SUM({1,2;3,4})", 's["C1"] = SUM(np.array([[1, 2], [3, 4]]))'),
        ("=RAND()", None),
        ("=NOSUCH(A1)", None),
    ],
)
def test_the_line(formula: str, line: str | None) -> None:
    made = Workbook("b")
    sheet = made.add_sheet("s")
    made.add_sheet("my sheet")["A1"] = 7
    sheet["A1"], sheet["B1"] = 2, 3
    sheet["C1"] = formula
    made.recalculate()
    assert explain(made, "s!C1", gradients=False).numpy == line
    assert line is None or run_all(made) == []


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("=SUM(A1:A3)", 's["C1:C5"] = SUM(windows(s["A1:A7"], 3, 1))'),
        ("=A1*$B$1", 's["C1:C5"] = multiply(s["A1:A5"], s["B1"])'),
        ("=SUM(A$1:A1)", 's["C1"] = SUM(s["A1"])'),  # as large as the row says: the line is of one cell
        (
            "=SUMPRODUCT(A1:A3*B1)",
            's["C1:C5"] = SUMPRODUCT(multiply(windows(s["A1:A7"], 3, 1), s["B1:B5"][..., None, None]))',
        ),
        ("=A1:A7", 's["C1:C5"] = s["A1:A5"]'),  # its cell in the formula's own row
        ('=IF(A1>2,"large",A1)', 's["C1:C5"] = IF(greater(s["A1:A5"], 2), \'large\', s["A1:A5"])'),
        ("=ROW()*2", 's["C1:C5"] = multiply(np.arange(1, 6)[:, None], 2)'),
    ],
)
def test_a_filled_line(formula: str, line: str) -> None:
    made = Workbook("b")
    sheet = made.add_sheet("s")
    sheet.values("A1", [[n, 10 * n] for n in range(1, 8)])
    sheet.fill("C1:C5", formula)
    made.recalculate()
    block = next(block for block in plan_of(made).blocks if block.sheet is sheet)
    assert not is_volatile(plan_of(made), block.index)
    assert numpy_line(block) == line
    assert run_all(made) == []


def test_texts_blanks_and_logicals_stay_what_they_are() -> None:
    made = Workbook("b")
    sheet = made.add_sheet("s")
    sheet.values("A1", [[1], ["two"], [None], [True], [5]])
    sheet["C1"], sheet["C2"], sheet["C3"] = "=SUM(A1:A5)", "=COUNTA(A1:A5)", '=A2&"!"'
    sheet.fill("D1:D5", "=ISNUMBER(A1)")
    made.recalculate()
    assert [sheet["C1"], sheet["C2"], sheet["C3"]] == [6.0, 4.0, "two!"]
    assert run_all(made) == []
    known = words(made)
    assert known["s"]["A1:A5"].ravel().tolist() == [1.0, "two", None, True, 5.0]


def test_windows() -> None:
    cells = np.arange(12.0).reshape(4, 3)
    found = windows(cells, 2, 2)
    assert found.shape == (3, 2, 2, 2)
    assert found[1, 1].tolist() == cells[1:3, 1:3].tolist()
