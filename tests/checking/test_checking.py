"""Two workbooks compared: every kind of difference is planted, and must be seen, alone and where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporters import xlsx
from sheetsim.api import check
from sheetsim.checking.comparing import compare
from sheetsim.checking.findings import NOTHING_STORED, WORDS, Difference
from sheetsim.checking.sheet_check import ulps_apart
from sheetsim.errors import CycleError, FormulaError
from sheetsim.library import build
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import ExcelError
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook


def example() -> Workbook:
    """Every type of value, a filled formula, an array formula and names."""
    book = Workbook("example")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1.5, "a text", True], [-2.0, "another", False], [0.0, None, ExcelError("#N/A")]])
    sheet.fill("E1:E3", "=A1*2")
    sheet.array("F1:F3", "=A1:A3+1")
    sheet["G1"] = '=IF(C1,B1&"!",0)'
    sheet["G2"] = "=1/0"
    book.define_name("rate", "s!$A$1")
    book.define_name("solver_opt", "s!$E$1", "s", hidden=True)
    book.recalculate()
    return book


def differences(theirs: Workbook, ours: Workbook) -> list[Difference]:
    return check(theirs, ours).differences


def found(theirs: Workbook, ours: Workbook) -> list[tuple[str, str]]:
    return [(difference.where, difference.what) for difference in differences(theirs, ours)]


def test_equal_workbooks() -> None:
    report = check(example(), example())
    assert report.ok
    assert (report.computed, report.equal, report.sheets[0].constants) == (8, 8, 8)


# --- one planted difference at a time ---------------------------------------------------------------------------------
CHANGES: list[tuple[str, Any, str]] = [
    ("A1", np.nextafter(1.5, 2), "value"),
    ("A3", 2.0**-1022, "value"),
    ("A1", "1.5", "value"),
    ("A1", True, "value"),
    ("A3", None, "extra"),
    ("A3", False, "value"),
    ("B1", "A text", "value"),
    ("B1", "a text ", "value"),
    ("C2", True, "value"),
    ("C3", ExcelError("#REF!"), "value"),
    ("C3", "#N/A", "value"),
    ("D9", 0.0, "missing"),
    ("D9", "", "missing"),
    ("E2", -4.0, "formula"),
    ("E2", "=A2*3", "formula"),
    ("E2", "=A1*2", "formula"),
    ("G2", ExcelError("#DIV/0!"), "formula"),
    ("A1", "=3/2", "formula"),
    ("D9", "=0", "missing"),
]


@pytest.mark.parametrize(("where", "planted", "what"), CHANGES)
def test_a_changed_cell_of_the_original(where: str, planted: Any, what: str) -> None:
    theirs, ours = example(), example()
    theirs["s"][where] = planted
    if what in ("value", "extra"):  # what depends on the cell keeps the value that is stored
        assert found(theirs, ours) == [(f"s!{where}", what)]
    else:
        assert (f"s!{where}", what) in found(theirs, ours)


@pytest.mark.parametrize(("where", "planted", "what"), CHANGES)
def test_either_side_may_hold_it(where: str, planted: Any, what: str) -> None:
    theirs, ours = example(), example()
    ours["s"][where] = planted
    mirrored = {"missing": "extra", "extra": "missing"}.get(what, what)
    assert (f"s!{where}", mirrored) in found(theirs, ours)


def test_a_wrong_value_beside_the_same_formula() -> None:
    theirs, ours = example(), example()
    theirs["s"].num[1, 4] = np.nextafter(-4.0, 0)
    theirs["s"].num[2, 5] = 7.0
    assert [(d.where, d.what, d.formula, d.expected, d.got, d.ulps) for d in differences(theirs, ours)] == [
        ("s!E2", "value", "=A2*2", np.nextafter(-4.0, 0), -4.0, 1),
        ("s!F3", "value", "{=A1:A3+1} over F1:F3", 7.0, 1.0, ulps_apart(7.0, 1.0)),
    ]


@pytest.mark.parametrize(
    ("area", "text", "cells"),
    [
        ("F1:F3", "=A1:A3+2", ["s!F1", "s!F2", "s!F3"]),
        ("F1:F2", "=A1:A3+1", ["s!F1", "s!F2"]),
    ],
    ids=["formula", "rectangle"],
)
def test_an_array_formula_is_compared_whole(area: str, text: str, cells: list[str]) -> None:
    theirs, ours = example(), example()
    del ours["s"].arrays[0, 5]
    ours["s"].array(area, text)
    seen = [d for d in differences(theirs, ours) if d.what == "formula"]
    assert [d.where for d in seen][: len(cells)] == cells
    assert all(d.expected != d.got for d in seen)


def test_formulas_are_compared_by_meaning() -> None:
    theirs, ours = example(), example()
    theirs["s"].fill("E1:E3", "=((A1) *2)")
    theirs["s"]["G1"] = '=if( c1 , b1&"!", 0)'
    theirs.recalculate()
    assert found(theirs, ours) == []
    theirs["s"]["G1"] = '=IF(C1,B1&"?",0)'
    assert found(theirs, ours) == [("s!G1", "formula")]


def test_text_in_a_formula_keeps_its_capitals() -> None:
    theirs, ours = example(), example()
    theirs["s"]["H1"] = '="Yes"'
    ours["s"]["H1"] = '="yes"'
    assert ("s!H1", "formula") in found(theirs, ours)


@pytest.mark.parametrize("has_cells", [True, False])
def test_a_sheet_that_only_one_side_has(has_cells: bool) -> None:
    theirs, ours = example(), example()
    sheet = theirs.add_sheet("more")
    if has_cells:
        sheet["B2"] = 1
    rest = ["more!B2"] if has_cells else []
    assert found(theirs, ours) == [(where, "missing") for where in ["more", *rest]]
    assert found(ours, theirs) == [(where, "extra") for where in ["more", *rest]]


# --- names ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "text", "sheet", "hidden"),
    [("rate", "s!$A$2", None, False), ("more", "s!$A$2", None, False), ("solver_opt", "s!$E$2", "s", True)],
)
def test_names_are_part_of_a_workbook(name: str, text: str, sheet: str | None, hidden: bool) -> None:
    theirs, ours = example(), example()
    theirs.define_name(name, text, sheet, hidden)
    seen = [(d.cell, d.sheet, d.what, d.expected) for d in differences(theirs, ours)]
    assert seen == [(name, sheet or "", "name", text)]
    assert [d.cell for d in differences(ours, theirs)] == [name]


def test_names_that_do_not_count() -> None:
    theirs = example()
    theirs.define_name("_xlnm.Print_Area", "s!$A$1:$B$2", "s")
    theirs.define_name("_xleta.hidden", "1", hidden=True)
    theirs.define_name("RATE", "S!$A$1")
    assert found(theirs, example()) == []


# --- what is counted but not compared ---------------------------------------------------------------------------------
def test_prose_is_text_only() -> None:
    from sheetsim.model.address import parse_rect

    theirs, ours = example(), example()
    for book, word in ((theirs, "theirs"), (ours, "ours")):
        book["s"]["J1"] = f"{word}, a sentence"
        book["s"]["K1"] = book["s"]["J10"] = f"{word}, beside and below the area"
    theirs["s"]["J2"] = "a sentence more"
    theirs["s"]["J3"] = 3
    theirs["s"]["J4"] = "=3"
    ours["s"].prose = [parse_rect("J1:J9")]
    report = check(theirs, ours)
    assert report.sheets[0].prose == 2
    assert [d.where for d in report.differences] == ["s!K1", "s!J3", "s!J4", "s!J10"]


def test_volatile_cells_and_what_depends_on_them() -> None:
    def book() -> Workbook:
        made = Workbook("dice")
        sheet = made.add_sheet("s")
        sheet["A1"] = "=RAND()"
        sheet["A2"] = "=A1+1"
        sheet["A3"] = "=OFFSET(A1,B3,0)"
        sheet["B1"] = "=1+1"
        made.recalculate()
        return made

    theirs, ours = book(), book()
    report = check(theirs, ours)
    assert report.ok
    assert (report.sheets[0].volatile, report.computed, report.equal) == (3, 1, 1)
    theirs["s"]["A2"] = "=A1+2"
    assert found(theirs, ours) == [("s!A2", "formula")]


def test_a_function_that_the_engine_lacks_is_kept_apart() -> None:
    book = Workbook("strange")
    sheet = book.add_sheet("s")
    sheet["A1"] = 2
    sheet["B1"] = "=NOSUCH(A1)"
    sheet["B2"] = "=B1+1"
    sheet["B3"] = "=A1+1"
    sheet.num[:3, 1], sheet.kind[:3, 1] = (5.0, 6.0, 3.0), 1
    report = check(book)
    assert report.differences == []
    assert report.unsupported == {"NOSUCH": ["s!B1"]}
    assert (report.unchecked, report.computed, report.equal, report.ok) == (2, 3, 1, False)
    sheet.num[2, 1] = 3.5
    assert [d.where for d in check(book).differences] == ["s!B3"]


# --- against its own recalculation ------------------------------------------------------------------------------------
def test_the_stored_values_survive_the_recalculation() -> None:
    book = example()
    book["s"].num[0, 4] = 99.0
    before = {title: (num.tobytes(), kind.tobytes()) for title, (num, kind) in Snapshot.of(book).values.items()}
    report = check(book)
    assert [(d.where, d.expected, d.got) for d in report.differences] == [("s!E1", 99.0, 3.0)]
    after = {title: (num.tobytes(), kind.tobytes()) for title, (num, kind) in Snapshot.of(book).values.items()}
    assert after == before
    assert check(book).differences == report.differences


def test_the_stored_values_survive_a_recalculation_that_fails() -> None:
    book = Workbook("circle")
    book.add_sheet("s")["A1"] = "=A1+1"
    book["s"].num[0, 0], book["s"].kind[0, 0] = 7.0, 1
    with pytest.raises(CycleError):
        check(book, strict=True)
    assert book["s"].value(0, 0) == 7.0


def test_a_file_without_stored_values_is_not_called_right(tmp_path: Path) -> None:
    import openpyxl

    frame = openpyxl.Workbook()
    frame.active["A1"], frame.active["B1"] = 2, "=A1*2"
    frame.save(tmp_path / "plain.xlsx")
    report = check(tmp_path / "plain.xlsx")
    assert (report.differences, report.ok, report.nothing_stored) == ([], False, True)
    assert (report.computed, report.equal, report.reasons) == (1, 0, {NOTHING_STORED: 1})


def test_a_formula_about_a_missing_sheet() -> None:
    book = Workbook("b")
    book.add_sheet("s")["A1"] = "=nowhere!A1"
    (reason,) = check(book).unsupported
    assert "refers to a sheet 'nowhere', which is not there" in reason
    with pytest.raises(FormulaError, match=r"s!A1.*nowhere"):
        check(book, strict=True)


# --- the parts --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("a", "b", "ulps"),
    [(1.0, 1.0, 0), (0.0, -0.0, 0), (0.0, 5e-324, 1), (-5e-324, 5e-324, 2), (1.0, 2.0, 2**52), (-1.0, -2.0, 2**52)],
)
def test_ulps_apart(a: float, b: float, ulps: int) -> None:
    assert ulps_apart(a, b) == ulps_apart(b, a) == ulps


def test_states_add_up_to_the_counts() -> None:
    report = check(build("graddesc"), build("graddesc"))
    for sheet in report.sheets:
        states = np.bincount(sheet.states.ravel(), minlength=len(WORDS))
        assert states[WORDS.index("equal")] == sheet.equal
        assert states[WORDS.index("constant")] == sheet.constants
        assert states[WORDS.index("volatile")] == sheet.volatile


def test_as_dict_is_plain_data() -> None:
    import json

    theirs = example()
    theirs["s"].num[0, 4] = 99.0
    data = json.loads(json.dumps(check(theirs, example()).as_dict()))
    assert (data["ok"], data["computed"], data["equal"], len(data["differences"])) == (False, 8, 7, 1)
    assert data["sheets"][0]["different"] == 1


def test_many_distinct_formulas(tmp_path: Path) -> None:
    book = Workbook("wide")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    for row in range(3000):
        sheet[f"B{row + 1}"] = f"=$A$1+{row}"
    book.recalculate()
    xlsx.write(book, tmp_path / "wide.xlsx")
    theirs = read(tmp_path / "wide.xlsx")
    assert compare(Snapshot.of(theirs), Snapshot.of(book), "file", "book").equal == 3000
