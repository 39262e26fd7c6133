"""No input makes a person wait or fills the memory: budgets counted in work, and in seconds only against hangs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from places import ROOT

from sheetsim import FormulaError, InputError, Workbook
from sheetsim.engine import numpy_engine
from sheetsim.excel import arithmetic
from sheetsim.functions import criteria, searching
from sheetsim.macros import running
from sheetsim.model.address import Rect
from sheetsim.training.backends import distributed

ROWS = 2_000
HANG = 20  # seconds


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, work: Callable[..., int]) -> list[int]:
    """The work of each call of a function, as told by its arguments."""
    calls: list[int] = []
    rule = getattr(owner, name)

    def counting(*arguments: Any) -> Any:
        calls.append(work(*arguments))
        return rule(*arguments)

    monkeypatch.setattr(owner, name, counting)
    return calls


def column(values: list[Any], formula: str) -> list[Any]:
    sheet = Workbook("waits").add_sheet("s")
    sheet.values("A1", [[value, row / 8] for row, value in enumerate(values)])
    sheet.fill(f"D1:D{len(values)}", formula.replace("#", str(len(values))))
    sheet.book.recalculate()
    return [sheet.value(row, 3) for row in range(len(values))]


NUMBERS: list[Any] = [float(row * 7 % 1_000) for row in range(ROWS)]
TEXTS: list[Any] = [f"{'Name' if row % 2 else 'name'} {row * 7 % 1_000}" for row in range(ROWS)]
LOWER = [value.lower() for value in TEXTS]


@pytest.mark.parametrize(("values", "keys"), [(NUMBERS, NUMBERS), (TEXTS, LOWER)], ids=["numbers", "texts"])
@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=COUNTIF(A$1:A$#,A1)", lambda keys, at: float(len(at))),
        ("=COUNTIFS(A$1:A$#,A1,B$1:B$#,B1)", lambda keys, at: 1.0),
        ("=SUMIF(A$1:A$#,A1,B$1:B$#)", lambda keys, at: sum(row / 8 for row in at)),
        ("=SUMIFS(B$1:B$#,A$1:A$#,A1)", lambda keys, at: sum(row / 8 for row in at)),
        ("=AVERAGEIF(A$1:A$#,A1,B$1:B$#)", lambda keys, at: sum(row / 8 for row in at) / len(at)),
    ],
)
def test_a_criterion_asked_of_each_row_does_not_go_through_the_column_each_time(
    formula: str, expected: Any, values: list[Any], keys: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = counted(monkeypatch, criteria.Criterion, "met_by", lambda own, num, kinds: num.size)
    at: dict[Any, list[int]] = {}
    for row, key in enumerate(keys):
        at.setdefault(key, []).append(row)
    assert column(values, formula) == [expected(keys, at[key]) for key in keys]
    assert sum(looked_at) <= 20 * ROWS


@pytest.mark.parametrize(("values", "keys"), [(NUMBERS, NUMBERS), (TEXTS, LOWER)], ids=["numbers", "texts"])
@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=MATCH(A1,A$1:A$#,0)", lambda row: row + 1.0),
        ("=VLOOKUP(A1,A$1:B$#,2,FALSE)", lambda row: row / 8),
        ("=XLOOKUP(A1,A$1:A$#,B$1:B$#)", lambda row: row / 8),
    ],
)
def test_an_exact_search_asked_of_each_row_sorts_the_column_once(
    formula: str, shown: Any, values: list[Any], keys: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = counted(monkeypatch, searching, "exact", lambda value, entries: entries.size)
    first: dict[Any, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    assert column(values, formula) == [shown(first[key]) for key in keys]
    assert sum(looked_at) <= 2 * ROWS


def test_a_growing_product_is_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    multiplied = counted(monkeypatch, arithmetic, "product", lambda a, b: 1)
    values = [1 + (row % 7 - 3) / 1_000 for row in range(ROWS)]
    expected, so_far = [], 1.0
    for value in values:
        so_far = arithmetic.product(so_far, value)
        expected.append(so_far)
    multiplied.clear()
    assert column(values, "=PRODUCT(A$1:A1)") == expected
    assert sum(multiplied) <= 2 * ROWS


@pytest.mark.parametrize("formula", ['=COUNTIF(A1,"{}")', '=MATCH("{}",A1:A2,0)', '=XLOOKUP("{}",A1:A2,B1:B2,,2)'])
def test_no_number_of_stars_makes_a_pattern_slow(formula: str) -> None:
    """In a process of its own: a search that goes back cannot be stopped."""
    code = (
        "from sheetsim import Workbook; sheet = Workbook('stars').add_sheet('s'); sheet['A1'] = 'a' * 30_000;"
        f"sheet['D1'] = {formula.format('*a' * 40 + '*b')!r}; sheet.book.recalculate(); print(sheet['D1'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=HANG, check=True
    )
    assert done.stdout.strip() in ("0.0", "#N/A")


@pytest.mark.parametrize("columns", [200, 500])
def test_whole_columns_take_no_room(columns: int) -> None:
    book = Workbook("wide")
    data, sheet = book.add_sheet("data"), book.add_sheet("s")
    data.values("A1", [[1] * columns, [2] * columns])
    sheet.fill_rect(Rect(0, 0, 0, columns - 1), book.formula_number("=COUNTIF(data!A:A,1)", 0, 0, "s"))
    sheet["A3"] = '=COUNTIF(data!A:A,"")'
    book.recalculate()
    assert {sheet.value(0, k) for k in range(columns)} == {1.0}
    assert sheet["A3"] == 1_048_574.0
    assert data.num.size + sheet.num.size < 100 * columns


def named(texts: list[str], formula: str) -> Any:
    book = Workbook("names")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    for k, text in enumerate(texts):
        book.define_name(f"name_{k}", text)
    sheet["B1"] = formula
    book.recalculate()
    return sheet["B1"]


def test_chains_of_names_are_computed() -> None:
    assert named(["s!$A$1", *(f"name_{k}+1" for k in range(400))], "=name_400") == 401.0
    assert named(["s!$A$1", *(f"name_{k}+name_{k}" for k in range(8))], "=name_8") == 256.0


def test_names_that_double_are_refused() -> None:
    with pytest.raises(FormulaError, match=r"s!B1: the name name_\d+ stands for a formula of more than"):
        named(["s!$A$1", *(f"name_{k}+name_{k}" for k in range(40))], "=name_40")


def test_a_circle_of_names_is_named() -> None:
    with pytest.raises(FormulaError, match="in a circle: name_0 → name_1 → name_2 → name_0"):
        named(["name_1", "name_2*2", "-name_0"], "=name_0")


def test_offsets_that_point_at_later_ones_are_tried_twice_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = counted(monkeypatch, numpy_engine, "_compute", lambda plan, group: 1)
    sheet = Workbook("later").add_sheet("s")
    for row in range(1, 400):
        sheet[f"A{row}"] = f"=OFFSET(A{row},1,0)+{row}"  # a formula of its own in each cell
    sheet["A400"] = 0.5
    sheet.book.recalculate()
    assert sheet["A1"] == sum(range(1, 400)) + 0.5
    assert len(tried) <= 2 * 400
    tried.clear()
    sheet.book.recalculate()
    assert len(tried) == 399, "what was learned holds for the next calculation"


def test_an_array_formula_over_all_of_a_sheet_is_refused() -> None:
    book = Workbook("all")
    book.add_sheet("s").array("A1:Z1048576", "=1+1")
    with pytest.raises(FormulaError, match=r"s!A1: array formulas over more than 1,048,576 cells.*would take minutes"):
        book.recalculate()


def test_more_epochs_than_a_sheet_has_rows_are_refused() -> None:
    book = Workbook("epochs")
    book.add_sheet("s")
    with pytest.raises(InputError, match="epochs are too many; a run does 1,048,574 at most"):
        running.run(book, "s", epochs=10**21)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2, but RANK, MASTER_ADDR, MASTER_PORT are missing"),
        ({"WORLD_SIZE": "2", "RANK": "0", "MASTER_ADDR": "localhost"}, "MASTER_PORT is missing"),
        ({"RANK": "5"}, "RANK is 5, and of 1"),
        ({"WORLD_SIZE": "0"}, "WORLD_SIZE must be 1 or more"),
    ],
)
def test_a_process_that_is_not_told_who_it_is_says_so(
    given: dict[str, str], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WORLD_SIZE", *distributed.RENDEZVOUS):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=what):
        distributed.rank()
