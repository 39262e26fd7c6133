"""Dynamic array formulas: the cells that their results take, on each recalculation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sheetsim
from sheetsim import Workbook
from sheetsim.errors import FormulaError, SheetsimError
from sheetsim.model.values import ExcelError
from sheetsim.workbook import Workbook as Book
from sheetsim.writing import save

SPILL, REF = ExcelError("#SPILL!"), ExcelError("#REF!")


@pytest.fixture
def book() -> Book:
    """A size in A1, numbers down from B1, their sum in C1 and twice them from D1."""
    book = Workbook("spill")
    sheet = book.add_sheet("s")
    sheet["A1"] = 3
    sheet["C1"] = "=SUM(B1#)"  # before the formula that it reads
    sheet["D1"] = "=B1#*2"
    sheet["B1"] = "=SEQUENCE(A1)"
    sheet["E1"] = "=SUM(D1:D9)"
    book.recalculate()
    return book


def column(book: Book, letter: str, rows: int = 6) -> list[object]:
    return [row[0] for row in book["s"][f"{letter}1:{letter}{rows}"]]


@pytest.mark.parametrize("size", [1, 2, 5, 6, 3])
def test_it_grows_and_shrinks(book: Book, size: int) -> None:
    book["s"]["A1"] = size
    book.recalculate()
    left = [None] * (6 - size)
    assert column(book, "B") == [*range(1, size + 1), *left]
    assert column(book, "D") == [*range(2, 2 * size + 1, 2), *left]
    assert book["s"]["C1"] == size * (size + 1) / 2
    assert book["s"]["E1"] == size * (size + 1)


def into(cell: str, value: object) -> Callable[[Book], None]:
    def put(book: Book) -> None:
        book["s"][cell] = value

    return put


@pytest.mark.parametrize("obstacle", [into("B2", "in the way"), into("B3", "=1+1")])
def test_what_is_in_its_way_makes_it_an_error(book: Book, obstacle: Callable[[Book], None]) -> None:
    obstacle(book)
    book.recalculate()
    assert column(book, "B", 1) == [SPILL]
    assert book["s"]["C1"] == book["s"]["D1"] == REF, "there are no cells that B1 takes"
    for cell in ("B2", "B3"):
        book["s"][cell] = None
    book.recalculate()
    assert column(book, "B", 4) == [1, 2, 3, None]


def test_of_two_that_meet_one_has_the_cells() -> None:
    book = Workbook("two")
    sheet = book.add_sheet("s")
    sheet["A2"] = "=SEQUENCE(1,3)"
    sheet["B1"] = "=SEQUENCE(3)"
    book.recalculate()
    assert {sheet["A2"] == SPILL, sheet["B1"] == SPILL} == {True, False}


def test_beyond_the_sheet_there_is_no_room() -> None:
    book = Workbook("edge")
    sheet = book.add_sheet("s")
    sheet["XFD1"] = "=SEQUENCE(1,2)"
    book.recalculate()
    assert sheet["XFD1"] == SPILL


def test_a_chain_of_sizes_that_follow_from_one_another() -> None:
    book = Workbook("chain")
    sheet = book.add_sheet("s")
    letters = "BCDEFGHIJK"
    sheet["A1"] = "=SEQUENCE(2)"
    for before, letter in zip("A" + letters, letters, strict=False):
        sheet[f"{letter}1"] = f"=VSTACK({before}1#,{before}1#)"
    book.recalculate()
    assert [sheet.arrays[0, k][0].rows for k in range(11)] == [2 ** (k + 1) for k in range(11)]


def test_a_size_that_never_settles() -> None:
    """Microsoft: "the size is volatile and resized between calculation passes" is ``#SPILL!``."""
    book = Workbook("restless")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=SEQUENCE(RANDBETWEEN(1,100000))"
    sheet["B1"] = "=1+1"
    book.recalculate()
    assert [sheet["A1"], sheet["B1"], sheet["A2"]] == [SPILL, 2, None]


def test_random_numbers_of_a_fixed_size_settle() -> None:
    book = Workbook("random")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=RANDARRAY(4)"
    book.recalculate()
    assert [type(row[0]) for row in sheet["A1:A5"]] == [float] * 4 + [type(None)]


def test_typing_over_it() -> None:
    book = Workbook("over")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=SEQUENCE(3)"
    book.recalculate()
    sheet["A1"] = 7
    book.recalculate()
    assert sheet["A1:A3"] == [[7], [None], [None]]
    assert not sheet.arrays
    assert not sheet.dynamic


def test_a_formula_without_a_function_of_arrays_is_spilled_on_request() -> None:
    book = Workbook("request")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1], [2], [3]])
    sheet.spill("B1", "=A1:A3*10")
    sheet["C1"] = "=A1:A3*10"
    book.recalculate()
    assert sheet["B1:C3"] == [[10, 10], [20, None], [30, None]]


def test_all_cells_of_another_formula() -> None:
    book = Workbook("anchors")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=SEQUENCE(3)"
    sheet.array("B1:B2", "=A1:A2+1")
    sheet["C1"] = "=1"
    sheet.fill("D1:D3", "=SUM($A$1#)")
    sheet["F1"] = "=ROWS(A1#)&COUNT(B1#)"
    sheet["G1"] = "=SUM(C1#)"
    sheet["H1"] = "=SUM(A2#)"
    book.recalculate()
    assert sheet["D1:D3"] == [[6], [6], [6]]
    assert [sheet[f"{c}1"] for c in "FGH"] == ["32", REF, REF]


def test_a_part_of_a_workbook_is_not_run_with_other_sizes(book: Book) -> None:
    from sheetsim.engine.numpy_engine import run
    from sheetsim.engine.plan import plan_of

    book["s"]["A1"] = 5
    plan = plan_of(book)
    with pytest.raises(FormulaError, match="s!B1: its array has another size"):
        run(plan, plan.order)


def test_too_many_cells() -> None:
    book = Workbook("many")
    book.add_sheet("s")["A1"] = "=SEQUENCE(2000,2000)"
    with pytest.raises(SheetsimError, match="more than 1,048,576"):
        book.recalculate()


def test_check_compares_what_was_stored_with_what_is_needed_now(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "stored.xlsx"
    book.save(path)
    assert str(sheetsim.check(path)).endswith("8 of 8 computed cells equal, 0 differences")
    book["s"]["A1"] = 5
    save(book, path)  # with the values for 3
    report = sheetsim.check(path)
    assert {d.where: (d.what, d.expected, d.got) for d in report.differences} == {
        "s!C1": ("value", 6, 15),
        "s!E1": ("value", 12, 30),
        "s!B4": ("extra", None, 4),
        "s!B5": ("extra", None, 5),
        "s!D4": ("extra", None, 8),
        "s!D5": ("extra", None, 10),
    }


def test_a_check_leaves_the_workbook_as_it_was(book: Book, tmp_path: Path) -> None:
    book.save(tmp_path / "stored.xlsx")
    other = sheetsim.open(tmp_path / "stored.xlsx")
    other["s"]["A1"] = 5
    sheetsim.check(other)
    assert column(other, "B") == [1, 2, 3, None, None, None]
    other.recalculate()
    assert column(other, "B") == [1, 2, 3, 4, 5, None]
