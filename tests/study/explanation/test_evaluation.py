"""The steps of a formula. With its numbers in it the formula of every cell of the lecture gives what Excel stored."""

from __future__ import annotations

import excel_checksums
import numpy as np
import pytest
from excel_checksums import COMPUTED, VOLATILE

import sheetsim
from sheetsim.engine.numpy_engine import evaluate
from sheetsim.engine.plan import plan_of
from sheetsim.model.address import Rect, cell_name
from sheetsim.study.explanation.evaluation import evaluated_in
from sheetsim.study.explanation.explained import Summary
from sheetsim.study.explanation.explaining import explain
from sheetsim.workbook import Workbook

LECTURE = {name: sheetsim.build(name) for name in COMPUTED}
SHEETS = [(name, s.title) for name, book in LECTURE.items() for s in book if s.title not in VOLATILE]


def values_of(book: Workbook) -> Workbook:
    """Its values without its formulas."""
    bare = Workbook("values")
    for sheet in book.sheets:
        copy = bare.add_sheet(sheet.title)
        copy.reserve(max(sheet.rows, 1), max(sheet.columns, 1))
        used = (slice(sheet.rows), slice(sheet.columns))
        copy.num[used], copy.kind[used] = sheet.num[used], sheet.kind[used]
        copy.rows, copy.columns = sheet.rows, sheet.columns
    return bare


@pytest.mark.parametrize(("name", "title"), SHEETS)
def test_numbers_put_in_come_to_what_excel_stored(name: str, title: str) -> None:
    """The references to ranges that stay are computed from plain values, and so are array formulas, once each."""
    book, bare = LECTURE[name], values_of(LECTURE[name])
    sheet, plan = book[title], plan_of(book)
    cells: list[excel_checksums.Cell] = []
    for block in plan.blocks:
        if block.sheet is not sheet:
            continue
        for row, column in (block.rect if block.spill else block.cells).cells():
            found = evaluated_in(block, row, column)
            assert found is not None
            if block.spill is None:
                cells.append(stored_cell(row, column, evaluate(bare, title, found.numbers)))
                continue
            area = Rect(row, column, row + block.spill[0] - 1, column + block.spill[1] - 1)
            scratch = values_of(book)
            scratch[title].array(str(area), found.numbers)
            scratch.recalculate()
            cells += [stored_cell(*cell, scratch[title].value(*cell)) for cell in area.cells()]
    stored = excel_checksums.stored()[name].get(title, {})
    assert excel_checksums.of_sheet(cells) == stored


def stored_cell(row: int, column: int, value: object) -> excel_checksums.Cell:
    if isinstance(value, bool):
        return cell_name(row, column), "b", str(int(value))
    kind = "n" if isinstance(value, float) else "e" if isinstance(value, sheetsim.ExcelError) else "str"
    return cell_name(row, column), kind, value  # type: ignore[return-value]


def steps(formula: str, **cells: object) -> list[tuple[str, str, object]]:
    """The steps of a formula in Z1, as (what the formula writes, with its numbers, value)."""
    book = Workbook("b")
    sheet = book.add_sheet("s")
    for where, value in cells.items():
        sheet[where] = value
    sheet["Z1"] = formula
    book.recalculate()
    found = explain(book, "Z1", gradients=False)
    return [(step.formula, step.numbers, step.value) for step in found.steps]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=A1+B1*C1", [("B1*C1", "2*(-0.5)", -1.0), ("A1+B1*C1", "1+(-1)", 0.0)]),
        ("=(A1-B1)-(C1-B1)", [("A1-B1", "1-2", -1.0), ("C1-B1", "-0.5-2", -2.5), ("A1-B1-(C1-B1)", "-1-(-2.5)", 1.5)]),
        ("=C1^2", [("C1^2", "(-0.5)^2", 0.25)]),
        ("=-A1^2", [("-A1", "-1", -1.0), ("-A1^2", "(-1)^2", 1.0)]),
        ("=SQRT(B1)/4", [("SQRT(B1)", "SQRT(2)", 2**0.5), ("SQRT(B1)/4", f"{2**0.5!r}/4", 2**0.5 / 4)]),
        ('=IF(A1>B1,"yes",A1*9)', [("A1>B1", "1>2", False), ("A1*9", "1*9", 9.0), ("", "", 9.0)]),
        ("=IFERROR(A1/0,B1)", [("A1/0", "1/0", "#DIV/0!"), ("", "", 2.0)]),
        ("=CHOOSE(B1,1/0,C1+1)", [("C1+1", "-0.5+1", 0.5), ("", "", 0.5)]),
        ("=A1&D1", [("A1&D1", '1&"te""xt"', '1te"xt')]),
        ("=SUM(A1:C1)", [("SUM(A1:C1)", "SUM(A1:C1)", 2.5)]),
        ("=SUM(A1,D1)", [("SUM(A1,D1)", "SUM(1,D1)", 1.0)]),  # a text put in would be #VALUE!
        ("=E9+1", [("E9+1", "E9+1", 1.0)]),  # a blank stays one
        ("=OFFSET(A1,0,A1)*2", [("OFFSET(A1,0,A1)", "OFFSET(A1,0,1)", 2.0), ("OFFSET(A1,0,A1)*2", "2*2", 4.0)]),
    ],
)
def test_steps(formula: str, expected: list[tuple[str, str, object]]) -> None:
    found = steps(formula, A1=1, B1=2, C1=-0.5, D1='te"xt')
    assert len(found) == len(expected)
    for mine, other in zip(found, expected, strict=True):
        assert mine == other if other[0] else mine[2] == other[2]


def test_an_array_on_the_way_is_said_in_short() -> None:
    found = steps("=SUMPRODUCT(A1:A3*2)", A1=1, A2=5, A3=3)
    assert found[0] == ("A1:A3*2", "A1:A3*2", Summary(3, 1, 3, 2.0, 10.0, 2.0))
    assert found[-1][2] == 18.0


def test_the_whole_formula_after_each_step() -> None:
    book = sheetsim.build("graddesc")
    found = explain(book, "adam!H6", gradients=False)
    assert [step.rest.count("SQRT") for step in found.steps] == [1, 0, 0, 0]
    assert found.steps[-1].rest == f"={book['adam']['H6']!r}"
    assert found.shown == "29.6910 − (−0.6873 · 0.1 / √53.5130)"


@pytest.mark.parametrize(
    ("formula", "note"),
    [
        ("=A1-B1", "a difference of nearly equal numbers: 8 of 16 digits are lost"),
        ("=C1+A1", "1.00000001 is lost beside 1e+17"),
        ("=A1-2", ""),
        ("=D1*D2", "Excel rounds this product twice: plain double gives"),
    ],
)
def test_where_digits_are_lost(formula: str, note: str) -> None:
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"], sheet["C1"] = 1.00000001, 1, 1e17
    sheet["D1"], sheet["D2"] = twice_rounded()
    sheet["Z1"] = formula
    book.recalculate()
    notes = explain(book, "Z1", gradients=False).notes
    assert note in notes[0] if note else notes == ()


def twice_rounded() -> tuple[float, float]:
    """Two factors whose product 80-bit hardware rounds otherwise: found with whole numbers of any length."""
    random = np.random.default_rng(5)
    while True:
        a, b = (int(n) for n in random.integers(1 << 52, 1 << 53, 2))
        exact = a * b
        extra = exact.bit_length() - 53
        half, rest = 1 << (extra - 1), exact & ((1 << extra) - 1)
        if rest != half and abs(rest - half) < 1 << (extra - 13):
            nearest = float(exact)  # Python rounds once
            to_64 = exact.bit_length() - 64
            first = (exact + (1 << (to_64 - 1))) >> to_64 << to_64
            if float(first) != nearest:
                return float(a), float(b)


def test_an_unsupported_formula_has_no_steps() -> None:
    book = Workbook("b")
    book.add_sheet("s")["A1"] = "=NOSUCH(1)+2"
    book.recalculate()
    found = explain(book, "A1")
    assert (found.steps, found.numbers, found.numpy) == ((), None, None)
    assert found.unsupported == "the function NOSUCH"


def test_random_cells_keep_their_value_and_say_so() -> None:
    book = Workbook("b")
    book.add_sheet("s")["A1"] = "=RAND()+1"
    book.recalculate()
    before, drawn = book["s"]["A1"], book.random.bit_generator.state
    found = explain(book, "A1")
    assert (found.value, book["s"]["A1"], book.random.bit_generator.state) == (before, before, drawn)
    assert "computed from what the cells hold now it is" in found.notes[-1]
