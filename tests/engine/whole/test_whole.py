"""Small workbooks as programs of plain numbers: every bit is that of the general way, which a first run takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences import machine
from sheetsim.engine.whole.program import Program
from sheetsim.engine.whole.stages import BEFORE, tries_of
from sheetsim.model.address import cell_name
from sheetsim.model.snapshot import Snapshot
from sheetsim.workbook import Workbook
from workbooks import WORKBOOKS

ROWS = 9
#: Filled down from row 2; A, B and C hold numbers, ``{}`` is the column before.
FILLED = [
    "=A2+B2*$E$1", "=B2-A2", "=A2/B2", "=-A2%", "=A2^3", "=SQRT(A2)", "=ABS({}2)", "=INT({}2)", "=SIGN(B2)", "=EXP(A2)",
    "=LN(A2)", "=LOG(A2)", "=LOG10(B2)", "=IF(A2>=B2,{}2,C2)", "=IF(A2=1,LOG(B2),LN(C2))", "={}1*0.5+A2", "=SUM(A2:C2)",
    "=SUM($A$2:$B$10)", "=SUMSQ(A2:B3)", "=COUNT($A$2:$C$10)", "=MATCH(A2,$B$2:$B$10)", "=MATCH(1,A2:C2)",
    "=OFFSET(A2,0,$E$2)", "=OFFSET($A$2,$E$2,1)", "=INDEX(A$1:A2,$E$2)", "=A2&\"\"", "=A2=B2", "=SUM({}2:{}10)/{}2",
    "=other!A2*2", "=SUM(other!A2:B2)", "=RAND()*0+A2", "=MAX(A2:C2)", "=1/(A2-B2)", "={}2*{}2-SUM(A2:B2)",
]  # fmt: skip
numbers = st.sampled_from([1.0, 2.0, 0.1, 3.7, -2.5, 0.0, 1e-308, 1e300, 88.25, 1.0000000000000002, None])


@pytest.fixture(params=["plain", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    compiled = request.param == "compiled"
    if compiled:
        pytest.importorskip("numba", reason="Numba is not installed")
    monkeypatch.setattr(machine, "WORTH_COMPILING", 0 if compiled else 10**18)
    return request.param


def defined(table: list[list[Any]], formulas: list[str]) -> Workbook:
    book = Workbook("demo")
    sheet, other = book.add_sheet("s"), book.add_sheet("other")
    for page in sheet, other:
        page.values("A2", table)
    sheet["E1"], sheet["E2"] = 2.0, 1.0
    for k, text in enumerate(formulas):
        column, before = (cell_name(0, place)[:-1] for place in (5 + k, 4 + k if k else 0))
        sheet.fill(f"{column}2:{column}{ROWS + 1}", text.replace("{}", before))
    other["E2"] = "=SUM(s!A2:H10)"
    return book


def assert_same(book: Workbook, expected: Workbook | Snapshot) -> None:
    for sheet in book.sheets:
        num, kind = (
            expected.values[sheet.title]
            if isinstance(expected, Snapshot)
            else (expected[sheet.title].num, expected[sheet.title].kind)
        )
        wrong = (sheet.num.view(np.int64) != num.view(np.int64)) | (sheet.kind != kind)
        assert not wrong.any(), [
            (sheet.where(r, c), sheet.formula_text(r, c), sheet.value(r, c), num[r, c])
            for r, c in np.argwhere(wrong).tolist()[:4]
        ]


def programs_of(book: Workbook) -> list[Program]:
    stages = tries_of(plan_of(book)).stages
    return [] if stages is None else stages.programs


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=ROWS, max_size=ROWS),
    st.lists(st.sampled_from(FILLED), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(1, ROWS), st.integers(0, 2), numbers), min_size=1, max_size=3),
)
def test_random_sheets(way: str, table: Any, formulas: list[str], changes: Any) -> None:
    book, done = defined(table, formulas), []
    for _ in range(BEFORE + 2):
        book.recalculate(full=True)
    for change in changes:
        done.append(change)
        book["s"].put(*change)
        book.recalculate(full=True)
        fresh = defined(table, formulas)
        for each in done:
            fresh["s"].put(*each)
        fresh.recalculate()
        assert_same(book, fresh)
        book.recalculate(full=True)
        assert_same(book, fresh)


@pytest.mark.parametrize("name", ["graddesc", "entropy_example", "collab_filter", "collab_sgd", "jacobian"])
def test_the_lecture_s_workbooks(way: str, name: str) -> None:
    if name not in WORKBOOKS:
        pytest.skip(f"there is no workbook {name}")
    book = WORKBOOKS[name]()
    book.random = np.random.default_rng(3)
    book.recalculate()
    general = Snapshot.of(book)
    for _ in range(BEFORE + 2):
        book.random = np.random.default_rng(3)
        book.recalculate(full=True)
        assert_same(book, general)
    assert programs_of(book) or name not in ("graddesc", "entropy_example")


def test_what_is_no_number_is_left_to_the_general_way(way: str) -> None:
    """An error, a text, and a number again: the program stops, and the values are right."""
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[4.0], [9.0]])
    sheet.fill("B1:B2", "=10/(A1-1)")
    sheet["C1"] = "=SUM(B1:B2)"
    for _ in range(BEFORE + 1):
        book.recalculate(full=True)
    assert programs_of(book)
    for value, expected in (1.0, "#DIV/0!"), ("x", "#VALUE!"), (6.0, 2.0 + 1.25), (None, -10.0 + 1.25):
        sheet["A1"] = value
        book.recalculate(full=True)
        assert sheet["C1"] == expected


def test_values_planted_in_formula_cells_do_not_stay(way: str) -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["A1"] = 2.0
    sheet.fill("A2:A6", "=A1*2")
    sheet["C1"] = "=SUM(A1:A6)"
    for _ in range(BEFORE + 1):
        book.recalculate(full=True)
    sheet.num[1:, :] = 99.0
    book.recalculate()
    assert sheet["C1"] == 126.0
    sheet.kind[1:, :] = 0
    book.recalculate()
    assert sheet["C1"] == 126.0


def test_progress_tells_all_cells(way: str) -> None:
    book = WORKBOOKS["graddesc"]()
    counts = []
    for _ in range(BEFORE + 2):
        done: list[int] = []
        book.recalculate(done.append, full=True)
        counts.append(sum(done))
    assert set(counts) == {1623}
