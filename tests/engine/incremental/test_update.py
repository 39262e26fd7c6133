"""Only what has changed is computed again, and every bit is that of a fresh book computed whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_formulas import CELLS, drawn

import sheetsim
from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Iteration, Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import NUMBER, ExcelError
from sheetsim.workbook import Workbook
from workbooks import WORKBOOKS

ROWS = 14
INPUTS = "ABC"  # columns of values; F1 and F2 hold settings

#: Filled down from row 3 (or where they say), a few of them into the columns H, I, J … of a sheet; ``{}`` is a column
#: before.
FILLED = [
    "=A3+B3*$F$1", "=B2-A3", "=A$3*C3", "=IF(A3>B3,{}3,C3)", "=IFERROR({}3/A3,-1)", '=A3&"x"', "={}3*2", "={}2+{}3",
    "=SUM(A3:C3)", "=SUM(A$3:A3)", "=COUNT(A3:A$16)", "=MAX($B$3:$B$16)-{}3", "=SUMPRODUCT(A3:B3,B3:C3)",
    "=AVERAGE(A:A)", "=MATCH(A3,$B$3:$B$16,0)", "=INDEX($A$3:$C$16,$F$2,2)", "=OFFSET($A$3,$F$2,1)",
    "=OFFSET(A3,0,$F$2)", "=ROW()+A3", "=SUM(OFFSET(A3,0,0,$F$2,2))", '=INDIRECT("B"&ROW())',
    "=SUM(A3:INDEX(A$3:A$16,$F$2))", "=SUMIF($A$3:$A$16,A3,B$3)", "=VLOOKUP(A3,$A$3:$C$16,2,FALSE)",
    "=SUBTOTAL(9,A3:B3)", "=LET(x,A3,x*{}3+x)", "=rate*A3", "=H2*0.5+A3", "=other!A3+1", "=RAND()+A3",
    "=LARGE($C$3:$C$16,$F$2)", "=A3:A16", "=COUNTIF({}$3:{}3,A3)", "=NOSUCH(A3)", "=SUM(other!A$1:B3)",
    "=PRODUCT($A$3:A3)", '=CELL("contents",A3)', "=OFFSET(other!$A$1,ROW()-1,$F$2)", "=SUM(3:3)*0", "=-A4", "=A5^2",
]  # fmt: skip
#: Over several cells, from row 20: arrays of a size of their own, and such as grow.
SPREAD = [
    "{=A3:A8*B3:B8}",
    "{=TRANSPOSE(A3:C4)}",
    "SORT(A3:A9)",
    "FILTER(A3:A16,A3:A16>$F$1)",
    "SEQUENCE($F$2)",
    "UNIQUE(B3:B9)",
]

numbers = st.one_of(st.integers(-3, 9).map(float), st.sampled_from([0.1, 2.5, -0.3, 1e300, 1e-308]))
values = st.one_of(numbers, numbers, numbers, st.sampled_from([None, "12", "ant", "", True, ExcelError("#N/A")]))
places = st.tuples(st.sampled_from(INPUTS), st.integers(3, ROWS + 2)).map(lambda at: f"{at[0]}{at[1]}")
changes = st.lists(
    st.one_of(
        st.tuples(st.just("s"), places, values),
        st.tuples(st.just("s"), st.just("F1"), numbers),
        st.tuples(st.just("s"), st.just("F2"), st.integers(0, 4)),
        st.tuples(st.just("other"), places, values),
    ),
    min_size=1,
    max_size=3,
)


def defined(table: list[list[Any]], formulas: list[str], spread: list[str]) -> Workbook:
    book = Workbook("demo")
    sheet, other = book.add_sheet("s"), book.add_sheet("other")
    for page in sheet, other:
        page.values("A3", table)
    sheet["F1"], sheet["F2"] = 2.0, 1.0
    book.define_name("rate", "s!$F$1*0.5")
    for k, text in enumerate(formulas):
        column = cell_name(0, 7 + k)[:-1]
        before = cell_name(0, 6 + k)[:-1] if k else "A"
        sheet.fill(f"{column}3:{column}{ROWS + 2}", text.replace("{}", before))
    for k, text in enumerate(spread):
        at = cell_name(20, 3 * k)
        if text.startswith("{"):
            sheet.array(f"{at}:{cell_name(24, 3 * k + 1)}", text[1:-1])
        else:
            sheet[at] = "=" + text
    other["G1"] = "=SUM(s!A3:Z16)"
    return book


def typed(book: Workbook, several: Iterable[tuple[str, str, Any]]) -> None:
    for sheet, where, value in several:
        book[sheet][where] = value


class SameEachTime:
    """Random numbers that a second round draws again: one more round, as where an array has found its size in between,
    changes none."""

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.random.default_rng(1).random(shape)


def computed(book: Workbook, **how: bool) -> Workbook:
    book.random = cast(np.random.Generator, SameEachTime())
    book.recalculate(**how)
    return book


def assert_same(book: Workbook, fresh: Workbook) -> None:
    for sheet, other in zip(book.sheets, fresh.sheets, strict=True):
        assert not sheet.kind[other.rows :].any()
        assert not sheet.kind[:, other.columns :].any()
        assert not other.kind[sheet.rows :].any()
        both = (slice(min(sheet.rows, other.rows)), slice(min(sheet.columns, other.columns)))
        kinds = sheet.kind[both] != other.kind[both]
        bits = sheet.num[both].view(np.int64) != other.num[both].view(np.int64)
        wrong = [sheet.where(r, c) for r, c in np.argwhere(kinds | bits).tolist()]
        texts = [(w, sheet[w.partition("!")[2]], other[w.partition("!")[2]]) for w in wrong[:5]]
        assert not wrong, texts


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.lists(values, min_size=3, max_size=3), min_size=ROWS, max_size=ROWS),
    st.lists(st.sampled_from(FILLED), min_size=1, max_size=6),
    st.lists(st.sampled_from(SPREAD), max_size=2),
    st.lists(changes, min_size=1, max_size=4),
)
def test_random_sheets(table: Any, formulas: Any, spread: Any, steps: Any) -> None:
    book = computed(defined(table, formulas, spread))
    done: list[tuple[str, str, Any]] = []
    for several in steps:
        typed(book, several)
        done += several
        fresh = defined(table, formulas, spread)
        typed(fresh, done)
        assert_same(computed(book), computed(fresh, full=True))


@pytest.mark.parametrize("start", range(8))
def test_random_formulas(start: int) -> None:
    """Of every function, in a formula that another one reads."""
    random = np.random.default_rng(start)
    formulas = ["=" + str(case.part) for case in drawn(40, start)]

    def book_of() -> Workbook:
        book = Workbook("demo")
        book.add_sheet("in").values("A1", CELLS)
        sheet = book.add_sheet("s")
        for k, text in enumerate(formulas):
            sheet.fill(cell_name(2 * k, 0), text)
            sheet.fill(cell_name(2 * k, 1), f"=A{2 * k + 1}")
        return book

    book, done = computed(book_of()), []
    for _ in range(6):
        row, column = int(random.integers(len(CELLS))), int(random.integers(12))
        done.append((row, column, [2.0, -1.5, "abc", True, None, ExcelError("#N/A")][random.integers(6)]))
        book["in"].put(*done[-1])
        fresh = book_of()
        for change in done:
            fresh["in"].put(*change)
        assert_same(computed(book), computed(fresh))


# --- the lecture's workbooks ------------------------------------------------------------------------------------------
def inputs_of(sheet: Sheet) -> list[tuple[int, int]]:
    plain = (sheet.kind[: sheet.rows, : sheet.columns] == NUMBER) & ~sheet.computed()
    return [(row, column) for row, column in np.argwhere(plain).tolist()]


@pytest.mark.parametrize("name", sorted(WORKBOOKS))
def test_the_lecture_s_workbooks(name: str) -> None:
    """Ten inputs moved, one after the other, and all of it as often beside it from nothing."""
    random = np.random.default_rng(0)
    book, other = (computed(WORKBOOKS[name]()) for _ in range(2))
    inputs = [(sheet.title, *cell) for sheet in book.sheets for cell in inputs_of(sheet)]
    for k in random.integers(len(inputs), size=10).tolist():
        title, row, column = inputs[k]
        value = book[title].value(row, column) * 1.5 + 0.25
        for each in book, other:
            each[title].put(row, column, value)
        assert_same(computed(book), computed(other, full=True))


def test_macros_do_the_same() -> None:
    book, other = (sheetsim.build("graddesc") for _ in range(2))
    for button, times in ("reset", 1), ("run", 7), ("reset", 1), ("run", 3):
        for each in book, other:
            each.random = np.random.default_rng(0)
            each.press("adam", button, times=times)
        other.random = np.random.default_rng(0)
        book.random = np.random.default_rng(0)
        other.recalculate(full=True)
        book.recalculate(full=True)
        assert_same(book, other)


# --- how much is computed ---------------------------------------------------------------------------------------------
def small() -> Workbook:
    """Down the rows ``B`` needs ``A``, ``C`` needs ``B``; ``D1`` is their sum; ``F`` needs ``E``, and no other."""
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[float(k)] for k in range(100)])
    sheet.fill("B1:B100", "=A1*$E$1")
    sheet.fill("C1:C100", "=MAX(B1,50)")
    sheet["D1"] = "=SUM(C1:C100)"
    sheet["E1"] = 1.0
    sheet.fill("F1:F100", "=$E$1+ROW()")
    book.recalculate()
    return book


def count(book: Workbook, **how: bool) -> int:
    """The cells that a recalculation computes."""
    done: list[int] = []
    book.recalculate(done.append, **how)
    return sum(done)


ALL = 301


@pytest.mark.parametrize(
    ("change", "cells"),
    [
        pytest.param(lambda s: s.put(79, 0, 200.0), 3, id="one row: its B, its C and the sum"),
        pytest.param(lambda s: s.put(79, 0, 79.0), 1, id="the same value again comes to nothing"),
        pytest.param(lambda s: s.put(9, 0, 20.0), 2, id="below 50: C stays, and so does the sum"),
        pytest.param(lambda s: s.put(0, 4, 2.0), 100 + 100 + 99 + 1, id="a setting that all rows read"),
        pytest.param(lambda s: (s.put(0, 0, 90.0), s.put(98, 0, 0.0)), 2 + 2 + 1, id="rows far apart"),
        pytest.param(lambda s: None, ALL, id="nothing noted: everything"),
        pytest.param(lambda s: s.__setitem__("G1", 5), ALL, id="the sheet is wider"),
        pytest.param(lambda s: s.__setitem__("F7", "=1"), ALL, id="a formula"),
        pytest.param(lambda s: s.put(6, 5, 1.0), ALL - 1, id="a value over a formula"),
        pytest.param(lambda s: s.name("n", "$A$1"), ALL, id="a name"),
        pytest.param(lambda s: Snapshot.of(s.book).put_back(), ALL, id="values put back"),
        pytest.param(lambda s: (s.put(0, 0, 1.0), setattr(s.book, "iteration", Iteration())), ALL, id="iteration"),
        pytest.param(lambda s: (s.put(0, 0, 1.0), setattr(s.book, "days_since", 1904)), ALL, id="another day 0"),
    ],
)
def test_so_many_cells_are_computed(change: Callable[[Sheet], object], cells: int) -> None:
    book = small()
    change(book["s"])
    assert count(book) == cells
    fresh = small()
    change(fresh["s"])
    fresh.recalculate(full=True)
    assert_same(book, fresh)


def test_all_on_demand() -> None:
    book = small()
    book["s"]["A1"] = 3
    assert count(book, full=True) == ALL


def test_reading_a_value_after_a_change_computes_what_it_needs() -> None:
    book = small()
    sheet = book["s"]
    before = sheet["D1"]
    sheet["A80"] = 1000
    assert sheet["D1"] == before - 79 + 1000
    assert not book.changed


def test_what_stands_alone_is_drawn_anew_each_time() -> None:
    book = small()
    book["s"]["F1"] = "=RAND()"
    book.recalculate()
    seen = {(book["s"].put(3, 0, k), book.recalculate(), book["s"]["F1"])[2] for k in range(5)}
    assert len(seen) == 5


def test_a_file_with_stored_values_is_computed_whole_first(tmp_path: Path) -> None:
    """Stored values may be anybody's."""
    book = small()
    book["s"].num[4, 1] = 77.0  # a wrong value in B5
    book.changed = False
    book.save(tmp_path / "book.xlsx")
    read = sheetsim.open(tmp_path / "book.xlsx")
    assert read["s"]["B5"] == 77.0
    read["s"]["A90"] = 1.0
    read.recalculate()
    assert read["s"]["B5"] == 4.0


def test_a_circle_is_computed_whole_each_time() -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"], sheet["C1"] = "=B1+C1", "=A1*0.5", 1.0
    sheet["E1"] = "=C1+1"
    for value in 2.0, 3.0:
        sheet["C1"] = value
        assert count(book) == 3
        assert sheet["E1"] == value + 1
        assert sheet["A1"] == "#UNSUPPORTED!"
    book.iteration = Iteration(100, 1e-9)
    sheet["C1"] = 4.0
    book.recalculate()
    assert sheet["A1"] == pytest.approx(8.0)


def test_the_solver_leaves_nothing_old_behind() -> None:
    book = small()
    solution = sheetsim.solve(book, "s", cells="A80:A81", minimise="D1", gradients="differences")
    assert solution.model.book is book
    book["s"].put(3, 0, 123.0)
    book.recalculate()
    held = Snapshot.of(book)
    book.recalculate(full=True)
    for sheet in book.sheets:
        assert (held.values[sheet.title][0] == sheet.num).all()
