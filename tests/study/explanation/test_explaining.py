"""What is said of a cell, checked by looking at the sheet."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import sheetsim
from sheetsim.errors import InputError, NotFound
from sheetsim.library import build
from sheetsim.model.address import parse_rect
from sheetsim.study.explanation.explained import Explanation, Part
from sheetsim.study.explanation.explaining import explain
from sheetsim.study.explanation.headings import heading
from sheetsim.workbook import Workbook


@cache
def book(name: str) -> Workbook:
    return build(name)


def of(where: str) -> Explanation:
    name, cell = where.split()
    return explain(book(name), cell, gradients=False)


def test_a_filled_formula() -> None:
    found = of("graddesc adam!H4")
    assert (found.cell, found.heading, found.formula) == ("adam!H4", "new b", "=C4-J4*$D$2/SQRT(L4)")
    assert found.block == "filled over adam!H4:I32 (58 cells)"
    assert [(p.written, p.heading) for p in found.parts] == [
        ("C4", "b"),
        ("J4", "average de/db"),
        ("D2", "lr"),
        ("L4", "average (de/db)^2"),
    ]
    assert found.parts[0] == Part("C4", "b", "29.713174380227404", "formula =C1", "adam!C4")
    assert found.parts[2].origin == "input"
    assert found.numpy == (
        'adam["H4:I32"] = adam["C4:D32"] - multiply(adam["J4:K32"], adam["D2"]) / np.sqrt(adam["L4:M32"])'
    )
    assert found.recurrence is not None
    assert found.recurrence.startswith("computed line by line, together with C5:D32")
    assert (found.used_by, found.used_by_more) == (["adam!C5"], 0)


def test_a_formula_of_names() -> None:
    found = of("graddesc adam_ann!N34")
    assert (found.heading, found.formula, found.block) == ("gradrat", "=avg_grad2/prev_grad2", None)
    assert [(p.written, p.heading) for p in found.parts] == [("N33", "avg_grad2"), ("N3", "prev_grad2")]


@pytest.mark.parametrize(
    "where", ["collab_filter dotprod!V41", "collab_filter bias!V42", "collab_sigmoid bias_sigmoid!V42"]
)
def test_ratings_are_not_called_by_the_label_of_the_users(where: str) -> None:
    assert [p.heading for p in of(where).parts] == ["ratings", "predictions"]


def test_ratings_of_a_file_are_not_either(exported: Callable[[str], Path]) -> None:
    read = sheetsim.open(exported("collab_filter"))
    assert [p.heading for p in explain(read, "dotprod!V41").parts] == ["", ""]


def test_a_cell_of_an_array_formula() -> None:
    found = of("collab_filter movielens_1hot!AG50")
    assert found.formula == "{=MMULT(O3:AC208,C4:G18)}"
    assert found.block == "array formula over movielens_1hot!AE3:AI208 (1,030 cells)"
    assert [p.written for p in found.parts] == ["O3:AC208", "C4:G18"]
    assert found.parts[1].value.startswith("15 × 5 cells, first ")
    assert found.used_by == ["movielens_1hot!BG50"]


def test_offset_says_what_it_points_at() -> None:
    sheet = book("collab_filter")["movielens_emb"]
    found = of("collab_filter movielens_emb!P3")
    pointed = found.parts[-1]
    assert pointed.written == "F4"
    assert pointed.value == repr(found.value) == repr(sheet["F4"])
    assert pointed.origin.endswith("by OFFSET($B$3,$L3,P$2)")
    weight = of("collab_filter movielens_emb!F4")
    assert weight.used_at_run_time == ["movielens_emb!M3:Q208", "movielens_emb!S3:W208"]


def test_offset_with_other_arguments() -> None:
    made = Workbook("b")
    sheet = made.add_sheet("s")
    sheet.values("A1", [["k", "v"], ["x", 1], ["y", 2], ["z", 3]])
    sheet["D1"] = '=OFFSET(A1,MATCH("y",A2:A4,0),1)'
    sheet["D2"] = "=SUM(OFFSET(B1,1,,COUNT(B2:B4),1))"
    sheet["D3"] = "=OFFSET(A1,-5,0)"
    sheet["D4"] = "=OFFSET(A1,ROW(),0)"
    made.recalculate()
    pointed = [explain(made, f"D{row}").parts[-1] for row in (1, 2, 3, 4)]
    assert [part.written for part in pointed] == [
        "B3",
        "B2:B4",
        "OFFSET(A1,-5,0)",
        "OFFSET(…)",
    ]
    assert [part.value for part in pointed] == ["2.0", "3 × 1 cells, first 1, 1 to 3", "", ""]


def test_match_reads_its_list() -> None:
    found = of("collab_filter movielens_emb!L3")
    assert [p.written for p in found.parts] == ["I3", "B4:B18"]


@pytest.mark.parametrize(
    ("where", "name", "used"),
    [
        ("graddesc adam!A4", "x", ["adam!E4", "adam!F4", "adam!G4"]),
        ("graddesc adam!C1", "const", ["adam!C4"]),
        ("graddesc Sheet1!A1", "", []),
    ],
)
def test_an_input(where: str, name: str, used: list[str]) -> None:
    found = of(where)
    assert (found.formula, found.parts, found.numpy, found.recurrence) == (None, [], None, None)
    assert (found.heading, found.used_by) == (name, used)


def test_many_users_are_counted() -> None:
    found = of("graddesc adam!D2")
    assert (len(found.used_by), found.used_by_more) == (12, 58 - 12)
    assert found.used_by[:3] == ["adam!H4", "adam!I4", "adam!H5"]


def test_users_are_those_whose_references_mean_the_cell() -> None:
    made = Workbook("b")
    one, other = made.add_sheet("s"), made.add_sheet("t")
    one.values("A1", [[1], [2], [3]])
    one.fill("B1:B3", "=A1+$A$3+A2")
    one["C1"] = "=SUM(A:A)"
    other["A1"] = "=s!A2*A2"
    other["A3"] = "=COUNT(s!2:2)"
    made.recalculate()
    assert explain(made, "s!A2").used_by == ["s!B1", "s!B2", "s!C1", "t!A1", "t!A3"]
    assert explain(made, "s!A3").used_by == ["s!B1", "s!B2", "s!B3", "s!C1"]
    assert [p.written for p in explain(made, "s!C1").parts] == ["A:A"]


def test_an_empty_cell_that_is_read() -> None:
    made = Workbook("b")
    sheet = made.add_sheet("s")
    sheet["A1"] = "=B1+1"
    made.recalculate()
    found = explain(made, "B1")
    assert (found.value, found.used_by) == (None, ["s!A1"])
    assert explain(made, "A1").parts == [Part("B1", "", "blank", "blank", "s!B1")]


def test_a_heading_of_numbers_is_not_that_of_the_column_beside() -> None:
    adam = book("graddesc")["adam"]
    assert [heading(adam, parse_rect(where)) for where in ("I4", "N3", "J1")] == ["new a", "", "beta"]


def test_headings() -> None:
    made = Workbook("b")
    sheet = made.add_sheet("s")
    sheet.values("A1", [["left", 5, None], ["x", "y", None], [1, 2, None], [3, None, None], [None, 4, 6]])
    sheet.values("E1", [["row", 1, 2], [None, 3, 4]])
    sheet.headings = {"E8:F9": "given"}
    made.define_name("total", "s!$A$4")
    made.define_name("both", "s!$A$3:$B$3")
    made.define_name("half", "0.5")
    expected = {"A3": "x", "A4": "total", "B5": "", "B1": "left", "C5": "", "Z99": "", "A3:B3": "both"}
    expected |= {"A3:A4": "x", "B3:B5": "y", "A3:B4": "", "F1:G1": "row", "F1:G2": "", "F9": "given", "E8:F10": ""}
    assert {where: heading(sheet, parse_rect(where)) for where in expected} == expected


@pytest.mark.parametrize(
    ("where", "kind", "message"),
    [
        ("adam!Z99", NotFound, "adam!Z99 is empty, and no formula reads it"),
        ("adam!XFD1048576", NotFound, "is empty"),
        ("nosuch!A1", NotFound, "graddesc has no sheet 'nosuch'"),
        ("H4", InputError, "names no sheet; write SHEET!H4"),
        ("adam!H", InputError, "'H'"),
        ("adam!", InputError, "''"),
        ("adam!ZZZZ1", InputError, "ZZZZ1"),
    ],
)
def test_cells_that_are_not_there(where: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        explain(book("graddesc"), where)


@pytest.mark.parametrize("where", ["my sheet!A1", "'my sheet'!A1", "'My Sheet'!a1", "'my sheet'!$A$1"])
def test_ways_to_write_a_cell(where: str) -> None:
    made = Workbook("b")
    made.add_sheet("my sheet")["A1"] = 1
    made.add_sheet("it's")["A1"] = 2
    assert explain(made, where).value == 1.0
    assert explain(made, "'it''s'!A1").value == 2.0
