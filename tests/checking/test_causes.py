"""What explains a difference, and how differences are grouped: each chain is planted, and must be found."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim.api import check
from sheetsim.checking.findings import Difference, Report
from sheetsim.checking.groups import Group, explained, groups_of
from sheetsim.workbook import Workbook

Where = str


def chain() -> Workbook:
    """Inputs A1:A3, doubled in B, summed up in B4, used on another sheet; an array formula; a running sum."""
    book = Workbook("chain")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1.0], [2.0], [3.0]])
    sheet.fill("B1:B3", "=A1*2")
    sheet["B4"] = "=SUM(B1:B3)"
    sheet["C1"] = 7.0
    sheet["D1"] = "=B2+C1"
    sheet.array("F1:F3", "=B1:B3+1")
    sheet.fill("H1:H3", "=SUM(A$1:A1)")
    sheet["J1"] = "=A1+0"
    sheet.fill("J2:J9", "=J1+1")
    book.add_sheet("t")["A1"] = "=s!B4/2"
    book.recalculate()
    return book


def changed(cell: str, value: object) -> Report:
    """The chain against one whose input is another."""
    theirs = chain()
    theirs["s"][cell] = value
    theirs.recalculate()
    return check(theirs, chain())


def causes(report: Report) -> dict[Where, str | None]:
    return {each.where: each.cause for each in report.differences}


FROM_A1 = "B1 B4 F1 H1 H2 H3 J1 J2 J3 J4 J5 J6 J7 J8 J9".split()


@pytest.mark.parametrize(
    ("cell", "then"),
    [
        ("A1", [*(f"s!{cell}" for cell in FROM_A1), "t!A1"]),
        ("A3", ["s!B3", "s!B4", "s!F3", "s!H3", "t!A1"]),
        ("C1", ["s!D1"]),
    ],
)
def test_what_follows_from_an_input(cell: str, then: list[Where]) -> None:
    found = causes(changed(cell, 5.0))
    assert found.pop(f"s!{cell}") is None
    assert found == dict.fromkeys(then, f"s!{cell}")


def test_the_first_of_several_is_named() -> None:
    theirs = chain()
    theirs["s"]["A2"], theirs["s"]["C1"] = 5.0, 6.5
    theirs.recalculate()
    report = check(theirs, chain())
    found = causes(report)
    assert (found["s!D1"], found["s!A2"], found["s!C1"]) == ("s!A2", None, None)
    assert explained(report) == [("s!A2", 7)]


def test_a_formula_typed_over_is_a_beginning() -> None:
    found = causes(changed("B2", 0.5))
    assert found == {"s!B2": None, **dict.fromkeys(["s!B4", "s!D1", "s!F2", "t!A1"], "s!B2")}


def test_in_a_recalculation_it_is_the_first_value_that_does_not_follow() -> None:
    book = chain()
    for row in range(3, 9):
        book["s"].num[row, 9] += 0.25
    report = check(book)
    assert causes(report) == {"s!J4": None, **{f"s!J{row}": "s!J4" for row in range(5, 10)}}
    (group,) = groups_of(report)
    assert (group.where, group.causes, group.begins, len(group.differences)) == ("s!J4:J9", ["s!J4"], True, 6)


def test_titles_may_differ_in_capitals() -> None:
    theirs, ours = Workbook("b"), Workbook("b")
    for book, title, value in (theirs, "Sheet", 1.0), (ours, "SHEET", 2.0):
        book.add_sheet(title)["A1"], book.sheets[0]["B1"] = value, "=A1*2"
        book.recalculate()
    assert causes(check(theirs, ours)) == {"Sheet!A1": None, "Sheet!B1": "Sheet!A1"}


def test_a_long_chain_is_no_deeper_than_python_allows() -> None:
    def long(start: float) -> Workbook:
        book = Workbook("long")
        book.add_sheet("s")["A1"] = start
        book["s"].fill("A2:A20000", "=A1+1")
        book.recalculate()
        return book

    report = check(long(0.5), long(0.0))
    assert explained(report) == [("s!A1", 19_999)]
    assert [group.where for group in groups_of(report)] == ["s!A1", "s!A2:A20000"]


# --- groups -----------------------------------------------------------------------------------------------------------
def test_a_filled_column_is_one_group_with_its_worst_cell() -> None:
    book = chain()
    book["s"].num[0, 1], book["s"].num[2, 1] = 2.5, np.nextafter(6.0, 7)
    groups = {group.where: group for group in groups_of(check(book))}
    group = groups["s!B1 … B3"]
    assert (len(group.differences), group.worst.cell, group.worst.relative) == (2, "B1", 0.2)


def test_what_is_no_number_is_worst() -> None:
    group = Group(
        (
            Difference("s", "A1", "value", "=B1", 1.0, 2.0, 2**52),
            Difference("s", "A2", "value", "=B2", "text", 2.0),
        )
    )
    assert group.worst.cell == "A2"


def test_inputs_are_not_grouped_and_what_begins_comes_first() -> None:
    theirs = chain()
    theirs["s"].values("A1", [[5.0], [6.0]])
    theirs["s"]["C1"] = 0.0
    theirs.recalculate()
    found = [group.where for group in groups_of(check(theirs, chain()))]
    assert found[:3] == ["s!A1", "s!C1", "s!A2"]  # row by row
    assert sorted(found[3:]) == sorted("s!B1:B2 s!B4 s!D1 s!F1:F2 s!H1:H3 s!J1 s!J2:J9 t!A1".split())


# --- how far apart ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expected", "got", "ulps", "words"),
    [
        (1.0, 1.0 + 2**-52, 1, "1 ULP apart"),
        (1.0, 1.0 + 9 * 2**-52, 9, "9 ULP apart"),
        (1.0, 1.0 + 10 * 2**-52, 10, "relative difference 2.2e-15"),
        (0.0, -0.0, 0, "0 ULP apart"),
        (0.0, 5e-324, 1, "1 ULP apart"),
        (4.0, 5.0, 2**50, "relative difference 0.2"),
        (-1.7e308, 1.7e308, 2**63, "relative difference 2"),
    ],
)
def test_how_far_apart(expected: float, got: float, ulps: int, words: str) -> None:
    assert Difference("s", "A1", "value", None, expected, got, ulps).apart == words


def test_what_is_no_number_is_not_apart() -> None:
    found = Difference("s", "A1", "value", None, "a", 1.0)
    assert (found.relative, found.apart) == (None, "")


@pytest.mark.parametrize(
    "formula", ["=SUM(OFFSET(A1,B1,0,2,1))", "=SUM(A1:INDEX(A1:A9,B1+1))", '=INDIRECT("A"&B1+1)+0', "=OFFSET(A1,B1,0)"]
)
def test_references_made_by_the_calculation_are_followed(formula: str) -> None:
    def book(third: float) -> Workbook:
        made = Workbook("made")
        sheet = made.add_sheet("s")
        sheet.values("A1", [[1], [2], [third], [4]])
        sheet["B1"], sheet["C1"] = 2, formula
        made.recalculate()
        return made

    assert causes(check(book(3.0), book(5.0))) == {"s!A3": None, "s!C1": "s!A3"}
