"""``assert_matches``: what passes, and that a failure names the cells, their formulas and where it begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheetsim
from sheetsim import Workbook
from sheetsim.errors import InputError
from sheetsim.model.values import ExcelError
from sheetsim.testing import Mismatch, assert_matches

NOTHING_SAID = float("nan")


@pytest.fixture
def book() -> Workbook:
    """x, twice x and its running sum, in A2:C5 below headings; and a cell of each other kind in E1:E5."""
    made = Workbook("demo")
    sheet = made.add_sheet("s")
    sheet.values("A1", [["x", "twice", "sum"], [1], [2], [3], [4]])
    sheet.fill("B2:B5", "=A2*2")
    sheet["C2"] = "=B2"
    sheet.fill("C3:C5", "=C2+B3")
    sheet.values("E1", [["text"], [True], [None], [0.1]])
    sheet["E5"] = "=1/0"
    sheet.name("rate", "$E$4")
    made.add_sheet("it's 2")["A1"] = 7
    return made


def failure(*arguments: Any, **options: Any) -> Mismatch:
    with pytest.raises(Mismatch) as failed:
        assert_matches(*arguments, **options)
    return failed.value


#: cells, what is given for them
PASSING: list[tuple[str, Any]] = [
    ("s!B2:B5", [2, 4, 6, 8]),
    ("s!B2:B5", np.array([[2], [4], [6], [8.0]])),
    ("s!B2:C2", [2, 2]),
    ("s!B2:C2", [[2, 2]]),
    ("s!A2:C5", np.array([[1, 2, 2], [2, 4, 6], [3, 6, 12], [4, 8, 20]])),
    ("s!A1:C5", pd.DataFrame({"x": [1, 2, 3, 4], "twice": [2, 4, 6, 8], "sum": [2, 6, 12, 20]})),
    ("s!A2:C5", pd.DataFrame({"any": [1, 2, 3, 4], "b": [2, 4, 6, 8], "c": [2, 6, 12, 20]}, index=list("abcd"))),
    ("s!C2:C5", pd.Series([2, 6, 12, 20])),
    ("s!C5", 20),
    ("s!C5", [20]),
    ("s!C5", [[20.0]]),
    ("S!c5", np.float32(20)),
    ("rate", 0.1),
    ("s!rate", np.float32(0.1)),
    ("'it''s 2'!A1", 7),
    ("s!E1:E4", ["text", True, None, 0.1]),
    ("s!E3:E4", pd.Series([None, 0.1])),  # pandas has NaN for an empty cell
    ("s!E5", ExcelError("#DIV/0!")),
    ("s!G90:H91", [[None, None], [None, None]]),  # beyond what is in use
]


@pytest.mark.parametrize(("where", "got"), PASSING)
def test_what_is_the_same_passes(book: Workbook, where: str, got: Any) -> None:
    assert_matches(book, where, got)


#: cells, what is given, the cells that differ
FAILING: list[tuple[str, Any, list[str]]] = [
    ("s!B2:B5", [2, 4, 6, 8.1], ["s!B5"]),
    ("s!B2:B5", [2, 4, 6, NOTHING_SAID], ["s!B5"]),
    ("s!B2:B5", [2, None, 6, "8"], ["s!B3", "s!B5"]),
    ("s!E1:E4", ["Text", 1, 0, True], ["s!E1", "s!E2", "s!E3", "s!E4"]),
    ("s!E3", NOTHING_SAID, ["s!E3"]),
    ("s!E5", NOTHING_SAID, ["s!E5"]),
    ("s!E5", ExcelError("#N/A"), ["s!E5"]),
    ("s!G90", 0, ["s!G90"]),
    ("s!A1:C5", pd.DataFrame({"x": [1, 2, 3, 4], "twice": [2, 4, 6, 8], "sum": [2, 6, 12, 21]}), ["s!C5"]),
]


@pytest.mark.parametrize(("where", "got", "differing"), FAILING)
def test_what_differs_is_named(book: Workbook, where: str, got: Any, differing: list[str]) -> None:
    failed = failure(book, where, got)
    assert [each.where for each in failed.report.differences] == differing
    assert all(f"  {cell} " in str(failed) for cell in differing)


def test_the_message_whole(book: Workbook) -> None:
    assert str(failure(book, "s!A2:C5", [[1, 2, 2], [2, 4, 6], [3, 6.5, 12.5], [4, 8, 20.5]], rtol=1e-3)) == (
        "s!A2:C5 of demo: 3 of 12 cells differ by more than 0.001 of their size\n"
        "  cell  called  formula  expected  got   relative  ulps     follows from\n"
        "  s!B4  twice   =A4*2    6.0       6.5   0.077     5.6e+14\n"
        "  s!C4  sum     =C3+B4   12.0      12.5  0.04      2.8e+14  s!B4\n"
        "  s!C5  sum     =C4+B5   20.0      20.5  0.024     1.4e+14  s!B4\n"
        "  first differs s!B4 (twice) =A4*2: expected 6.0, got 6.5; 2 others follow from it"
    )


@pytest.mark.parametrize(("given", "cause"), [({}, None), ({"s!B2:B5": [2, 4, 6.5, 8]}, "s!B4")])
def test_the_first_precedent_is_named_if_both_sides_have_it(
    book: Workbook, given: dict[str, Any], cause: str | None
) -> None:
    failed = failure(book, {"s!C5": 20.5, **given})
    assert {each.where: each.cause for each in failed.report.differences}["s!C5"] == cause
    assert ("first differs s!B4 (twice) =A4*2: expected 6.0, got 6.5" in str(failed)) == (cause is not None)


def test_of_another_workbook_the_cells_before_are_known(book: Workbook) -> None:
    other = Workbook("mine")
    sheet = other.add_sheet("s")
    sheet.values("A1", [["x", "twice", "sum"], [1, 2, 2], [2, 4, 6], [3, 7, 13], [4, 8, 21]])
    assert_matches(book, "s!A1:C3", other)
    failed = failure(book, "s!C4:C5", sheet)
    assert [(each.where, each.cause) for each in failed.report.differences] == [
        ("s!B4", None),
        ("s!C4", "s!B4"),
        ("s!C5", "s!B4"),
    ]
    assert str(failed).startswith("s!C4:C5 of demo: 2 of 2 cells differ")


@pytest.mark.parametrize("opening", [lambda book, path: book, lambda book, path: book["s"], lambda book, path: path])
def test_a_workbook_a_sheet_or_a_file(book: Workbook, tmp_path: Path, opening: Callable[..., Any]) -> None:
    book.save(tmp_path / "demo.xlsx")
    what = opening(book, tmp_path / "demo.xlsx")
    assert_matches(what, "s!C5", 20)
    assert failure(what, "s!C5", 21).report.differences[0].expected == 20


def test_a_sheet_needs_no_title_and_a_change_is_calculated(book: Workbook) -> None:
    assert_matches(book["s"], "C5", 20)
    book["s"]["A2"] = 2
    assert_matches(book["s"], "C5", 22)


#: cells, what is given, what the one line says
SHAPES: list[tuple[str, Any, str]] = [
    ("s!B2:B5", [1, 2, 3], r"s!B2:B5 has 4 × 1 cells, what is given for it has the shape 3\Z"),
    ("s!B2:B5", [], r"has the shape 0\Z"),
    ("s!B2:B5", 3, r"has the shape a single value\Z"),
    ("s!B2:B5", [[1, 2, 3, 4]], r"has the shape 1 × 4\Z"),
    ("s!B2:C3", [1, 2, 3, 4], r"s!B2:C3 has 2 × 2 cells, what is given for it has the shape 4\Z"),
    ("s!B2:B5", np.zeros((4, 1, 1)), r"has the shape 4 × 1 × 1\Z"),
    ("s!A1:B5", pd.DataFrame({"x": range(4), "y": range(4)}), r"the headings are \['x', 'twice'\], those of .*'y'\]\Z"),
    ("s!A1:XFD1048576", [1], r"has 1,048,576 × 16,384 cells"),
]


@pytest.mark.parametrize(("where", "got", "said"), SHAPES)
def test_another_shape_is_a_failure_of_one_line(book: Workbook, where: str, got: Any, said: str) -> None:
    with pytest.raises(Mismatch, match=said):
        assert_matches(book, where, got)


#: what cannot be compared at all, and what the one line says
UNUSABLE: list[tuple[tuple[Any, ...], str]] = [
    (("no such", "s!A1", 1), "no workbook is called 'no such'"),
    (("no_such.xlsx", "s!A1", 1), "no_such.xlsx does not exist"),
    ((3, "s!A1", 1), "a workbook, its name, a path or a sheet is needed, not a int"),
    (("graddesc", "t!A1", 1), "graddesc has no sheet 't'; it has"),
    (("graddesc", "A1", 1), "'A1' names no sheet"),
    (("graddesc", "adam!", 1), "adam has no name or cell ''"),
    (("graddesc", "", 1), "names no sheet"),
    (("graddesc", "adam!H4:", 1), "adam has no name or cell 'H4:'"),
    (("graddesc", "adam!beta", 1), "adam has no name or cell 'beta'; it has"),
    (("graddesc", 3, 1), "the cells are a text such as 'adam!E5:E10', not a int"),
    (("graddesc", ["adam!A1"], 3), "the cells are a text such as 'adam!E5:E10', not a list"),
    (("graddesc", {}, None), "no cells are named: there is nothing to compare"),
    (("graddesc", {"adam!A1": None}, 3), "the values stand in the dictionary"),
    (("graddesc", "adam!A1", 10**400), "what is given for adam!A1: int too large to convert to float"),
    (("graddesc", "adam!A:A", [1]), "adam has no name or cell 'A:A'"),
    (("graddesc", "momentum!gradtarget", [1, 2]), "stands for momentum!#REF!, which is no range of cells"),
    (("graddesc", "adam!A1:A2", sheetsim.open("entropy_example")), "entropy_example has no sheet 'adam'"),
    (("graddesc", "adam!A1", object()), "what is given for adam!A1: a cell cannot hold a object"),
    (("graddesc", "adam!A1", lambda: 1), "what is given for adam!A1: a cell cannot hold a function"),
    (("graddesc", "adam!A1:B2", [[1, 2], [3]]), "what is given for adam!A1:B2: these are no rows of the same length"),
]


@pytest.mark.parametrize(("arguments", "said"), UNUSABLE)
def test_what_cannot_be_compared_is_refused_in_one_line(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        assert_matches(*arguments)
    assert "\n" not in str(refused.value)


def test_an_error_is_nan_where_that_is_asked_for(book: Workbook) -> None:
    assert_matches(book, "s!E4:E5", [0.1, NOTHING_SAID], equal_nan=True)
    failure(book, "s!E3:E4", [NOTHING_SAID, 0.1], equal_nan=True)  # an empty cell is no error


def test_of_many_differences_the_first_are_listed(book: Workbook) -> None:
    book["s"].fill("G1:G99", "=ROW()")
    failed = failure(book, "s!G1:G99", np.zeros(99))
    assert len(failed.report.differences) == 99
    assert str(failed).splitlines()[-1] == "  … and 79 more"


def test_a_million_cells_are_compared() -> None:
    book = Workbook("large")
    sheet = book.add_sheet("s")
    sheet.fill("A1:J100000", "=ROW()*COLUMN()")
    numbers = np.outer(np.arange(1.0, 100_001), np.arange(1.0, 11))
    assert_matches(book, "s!A1:J100000", numbers)
    numbers[77_776, 3] += 1
    assert [each.where for each in failure(book, "s!A1:J100000", numbers).report.differences] == ["s!D77777"]


# --- tensors ----------------------------------------------------------------------------------------------------------
def test_tensors_with_and_without_gradients() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    book = sheetsim.open("graddesc")
    x, b, a = (torch.tensor(book["adam"][cells], dtype=torch.float64)[:, 0] for cells in ("A5:A10", "C5:C10", "D5:D10"))
    predicted = b.requires_grad_() + a * x
    assert_matches(book, "adam!E5:E10", predicted)
    assert_matches(book, "adam!E5:E10", predicted.float())
    assert_matches(book, "adam!E5:E10", list(predicted))
    predicted.data[3] *= 1 + 1e-9
    assert [each.where for each in failure(book, "adam!E5:E10", predicted).report.differences] == ["adam!E8"]
    assert_matches(book, "adam!E5:E10", predicted, rtol=1e-8)
    assert_matches(book, "adam!E5:E10", predicted.float(), ulps=1)


def test_tensors_on_a_gpu() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device here")
    book = sheetsim.open("graddesc")
    assert_matches(book, "adam!E5:E10", torch.tensor(book["adam"]["E5:E10"], dtype=torch.float64, device="cuda"))
    failure(book, "adam!E5:E10", torch.zeros(6, device="cuda"))


@pytest.mark.parametrize("title", ["basic", "momentum", "rmsprop", "adam", "adam_ann"])
def test_the_torch_engine_matches_every_row(title: str) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    book = sheetsim.open("graddesc")
    assert_matches(book[title], "A4:I32", book.torch(title)["A4:I32"])
