"""Groups that are copies of few, computed by one program: every bit is that of the general way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheetsim
from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences import machine
from sheetsim.engine.whole import copies
from sheetsim.macros.unrolling import unroll
from sheetsim.model.snapshot import Snapshot
from sheetsim.workbook import Workbook

pytest.importorskip("numba", reason="Numba is not installed")
TABLES, HEIGHT = 40, 12
#: Filled into rows 2 to 9 of each table, from column E on; ``{top}`` is its first row, ``{above}`` that of the table
#: above, ``{}`` the column before.
FILLED = [
    "=A{top}+B{top}*$G$1", "=B{top}/A{top}", "=IF($H$1,A{top},B{top})", "=IF(A{top}>=B{top},{}{top},-B{top})",
    "=SUM(A{top}:B{top})", "=SUMSQ($A${top}:$B${last})", "={}{top}*0.5+$C${top}", "=COUNT(A{top}:A{last})",
    "=SQRT(A{top})", "=EXP(B{top})-LN(A{top}^2)", "={}{above}*0.9+A{top}", "=SUM({}{above}:{}{abovelast})",
    "=A{above}=B{top}", "=INT({}{top})+$A${above}", "=RAND()+A{top}*{}{top}", "=RAND()", "=IF($C${top}>$G$1,1,2)",
    "=1/(A{top}-B{above})", "=IF($AD${top},A{top},B{top})", "=MATCH(A{top},$B$2:$B$9)", "=A{top}&B{top}",
    "=$C${top}*2+$C$14+A14-A{top}",
]  # fmt: skip


def laid_out(formulas: list[str], typed: dict[str, Any]) -> Workbook:
    """Tables under one another, each with numbers in A, B and C; the column of the last formula begins each table with
    what it ended the one above with, and goes on from there."""
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["G1"], sheet["H1"] = 1.25, True
    for number in range(TABLES):
        top = 2 + number * HEIGHT
        last, above = top + HEIGHT - 3, max(top - HEIGHT, 2)
        sheet.values(f"A{top}", [[k / 7 + number, 3 - k * 0.3, k] for k in range(HEIGHT - 2)])
        sheet[f"AD{top}"] = number % 3 == 0
        for k, text in enumerate(formulas):
            given = {"top": top, "last": last, "above": above, "abovelast": above + HEIGHT - 3}
            column, before = "EFGHIJKLMNOPQRSTUVWXYZ"[k], "BEFGHIJKLMNOPQRSTUVWXY"[k]
            own = text.format(before, before, **given) if top != above else "=A2"
            sheet.fill(f"{column}{top}:{column}{last}", own)
        sheet[f"AB{top}"] = f"=AB{above + HEIGHT - 3}" if number else "=G1"
        sheet.fill(f"AB{top + 1}:AB{last}", f"=AB{top}*0.9+A{top}-$C${top}/AC{top}")
        sheet.fill(f"AC{top}:AC{last}", f"=SQRT(ABS(AB{top})+1)")
    for place, value in typed.items():
        sheet[place] = value
    return book


@pytest.fixture
def by_program(monkeypatch: pytest.MonkeyPatch) -> Callable[[Workbook], int]:
    """Calculates a workbook by one program as far as that goes; answers how many blocks it did."""
    computed: list[int] = []
    monkeypatch.setattr(machine, "WORTH_COMPILING", 0)
    monkeypatch.setattr(copies, "FEWEST_COPIES", 4)
    run = copies.Copies.run

    def noted(program: copies.Copies) -> list[int]:
        found = run(program)
        computed.extend(found)
        return found

    monkeypatch.setattr(copies.Copies, "run", noted)

    def calculate(book: Workbook) -> int:
        computed.clear()
        book.random = np.random.default_rng(5)
        with monkeypatch.context() as patched:
            patched.setattr(copies, "FEWEST_WITH_LOOP", 1)
            book.recalculate(full=True)
        return len(computed)

    return calculate


def assert_same(book: Workbook, expected: Snapshot) -> None:
    for sheet in book.sheets:
        num, kind = expected.values[sheet.title]
        assert sheet.kind.tobytes() == kind.tobytes(), sheet.title
        assert sheet.num.tobytes() == num.tobytes(), sheet.title


def in_general(book: Workbook) -> Snapshot:
    book.random = np.random.default_rng(5)
    book.recalculate(full=True)
    return Snapshot.of(book)


@pytest.mark.parametrize("formula", FILLED)
def test_each_formula(formula: str, by_program: Callable[[Workbook], int]) -> None:
    book = laid_out([formula, "=A{top}*2"], {})
    expected = in_general(book)
    assert by_program(book) > 0
    assert_same(book, expected)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"A50": "word"},
        {"A50": None},
        {"B2": True},
        {"H1": 0},
        {"H1": False},
        {"H1": "word"},
        {"G1": 1e308},
        {"E77": "=1/0"},
        {"AB77": "=NA()"},
        {"C90": 5e-300},
    ],
)
def test_all_formulas(typed: dict[str, Any], by_program: Callable[[Workbook], int]) -> None:
    book = laid_out(FILLED, typed)
    expected = in_general(book)
    done = by_program(book)
    assert 0 < done < len(plan_of(book).blocks)
    assert_same(book, expected)


def test_chain_is_all_in_the_program(by_program: Callable[[Workbook], int]) -> None:
    book = laid_out(["=A{top}*2"], {})
    expected = in_general(book)
    assert by_program(book) == len(plan_of(book).blocks)
    assert_same(book, expected)


def test_what_is_no_number_is_left_to_the_general_way(by_program: Callable[[Workbook], int]) -> None:
    book = laid_out([], {})
    everything = by_program(book)
    book["s"]["A100"] = "word"  # in the ninth of forty tables: from there on the chain is an error
    assert everything / 6 < by_program(book) < everything / 4
    assert str(book["s"]["AB479"]) == "#VALUE!"


def test_one_change_after_it(by_program: Callable[[Workbook], int]) -> None:
    lasting = [formula for formula in FILLED if "RAND" not in formula]
    book, other = laid_out(lasting, {}), laid_out(lasting, {})
    by_program(book)
    for each in book, other:
        each["s"]["A30"] = 17.5
    book.recalculate()
    assert_same(book, in_general(other))


def test_graddesc(by_program: Callable[[Workbook], int]) -> None:
    book = sheetsim.build("graddesc")
    unroll(book, 60, calculate=False)
    expected = in_general(book)
    assert by_program(book) > 0.9 * len(plan_of(book).blocks)
    assert_same(book, expected)


def test_ranges_to_far_below_what_is_in_use(by_program: Callable[[Workbook], int]) -> None:
    """Cut at the last cell in use, each is of another size. The lowest comes first: the others need it."""
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["A3990"] = 7.0
    sheet.reserve(9000, 40)  # as a list that grows has: with room below
    for top in range(2, 2 + 20 * HEIGHT, HEIGHT):
        after = f"+B{top + HEIGHT}*0" if top < 2 + 19 * HEIGHT else ""
        sheet.fill(f"B{top}:B{top + 5}", f"=SUM($A${top}:$A${top + 4997}){after}")
        sheet[f"C{top + 1}"] = f"=D{top + 1}+1" if top == 2 else f"=D{top + 1}+C{top + 1 - HEIGHT}"
        sheet.fill(f"D{top + 1}:D{top + 5}", f"=C{top}*2")
        sheet.fill(f"C{top + 2}:C{top + 5}", f"=D{top + 2}+1")
    expected = in_general(book)
    assert by_program(book) > 0
    assert_same(book, expected)
    assert sheet["B2"] == 7.0


def test_only_texts(by_program: Callable[[Workbook], int]) -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    for top in range(2, 200, 4):
        sheet.fill(f"A{top}:A{top + 2}", f'=B{top - 1}&"x"')
        sheet.fill(f"B{top}:B{top + 2}", f'=LEFT(A{top},2)&"y"')
    assert by_program(book) == 0
    assert [sheet[f"B{row}"] for row in (2, 3, 4)] == ["xy", "xyy", "xyy"]


def test_not_without_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few blocks, or no copies."""
    monkeypatch.setattr(copies, "Copies", None)
    laid_out(FILLED, {}).recalculate()
    monkeypatch.undo()
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    for row in range(1, 30):
        sheet[f"A{row}"] = f"={'1+' * row}B{row}"
    assert not copies.Copies(plan_of(book)).worth_it
