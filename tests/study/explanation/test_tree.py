"""The tree of what a cell comes from, and ranges explained."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import sheetsim
from sheetsim.errors import InputError, NotFound
from sheetsim.study.explanation.explained import Branch, Summary
from sheetsim.study.explanation.explaining import explain
from sheetsim.workbook import Workbook


def below(branch: Branch) -> Iterator[Branch]:
    for one in branch.branches:
        yield one
        yield from below(one)


def drawn(branch: Branch) -> list[object]:
    """Addresses alone, nested."""
    return [[one.where.partition("!")[2], *drawn(one)] for one in branch.branches]


@pytest.fixture
def book() -> Workbook:
    """A diamond: A1 is read in two ways, and a range of inputs and formulas."""
    made = Workbook("b")
    sheet = made.add_sheet("s")
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = 2, "=A1*3", "=A1+A2", "=A3*A2"
    sheet.values("C1", [[1], [5], [-3]])
    sheet.fill("D1:D3", "=C1*$A$1")
    sheet["E1"] = "=SUM(D1:D3)+A4"
    made.recalculate()
    return made


def test_each_cell_stands_once_as_near_to_the_root_as_it_can(book: Workbook) -> None:
    tree = explain(book, "A4", depth=9).tree
    assert tree is not None
    assert drawn(tree) == [["A3", ["A1"]], ["A2"]]
    assert tree.branches[0].elsewhere == ("s!A2",)
    assert tree.branches[1].elsewhere == ("s!A1",)


def test_a_range_is_one_line_that_leads_to_ranges(book: Workbook) -> None:
    tree = explain(book, "E1", depth=9).tree
    assert tree is not None
    d = tree.branches[0]
    assert (d.where, d.value) == ("s!D1:D3", Summary(3, 1, 3, -6.0, 10.0, 2.0))
    assert [one.where for one in d.branches] == ["s!C1:C3", "s!A1"]
    assert d.gradient == pytest.approx(1.0)
    assert tree.branches[0].branches[0].gradient == pytest.approx(2.0)


@pytest.mark.parametrize(("depth", "expected"), [(0, []), (1, [["A3"], ["A2"]]), (2, [["A3", ["A1"]], ["A2"]])])
def test_depth(depth: int, expected: list[object], book: Workbook) -> None:
    tree = explain(book, "A4", depth=depth).tree
    assert tree is not None
    assert drawn(tree) == expected
    assert [one.cut for one in below(tree)] == {0: [], 1: [True, True], 2: [False] * 3}[depth]


def test_a_tree_of_the_lecture_ends_at_inputs() -> None:
    tree = explain(sheetsim.build("graddesc"), "adam!H6", depth=30).tree
    assert tree is not None
    every = list(below(tree))
    addresses = [one.where for one in every]
    assert len(addresses) == len(set(addresses))
    assert not any(one.cut for one in every)
    leaves = {one.where for one in every if not one.branches and not one.elsewhere}
    assert leaves >= {f"adam!{cell}" for cell in "A4 B4 A5 B5 A6 B6 C1 C2 D2 J1 L1".split()}
    assert all(one.origin == "input" for one in every if one.where in leaves)


@pytest.mark.parametrize("depth", [-1, 101])
def test_depths_that_are_none(depth: int, book: Workbook) -> None:
    with pytest.raises(InputError, match="depth"):
        explain(book, "A4", depth=depth)


def test_everything_is_plain_data(book: Workbook) -> None:
    sheet = book["s"]
    sheet["F1"], sheet["F2"], sheet["F3"] = "=1/0", "=NOSUCH(A1)", "=SQRT(G3)*2"
    sheet["G3"] = 0  # where the slope of the root is endless
    for where in ("E1", "A1", "A1:E3", "F1", "F2", "F3"):
        found = explain(book, where, depth=3).to_json()
        assert json.loads(json.dumps(found, allow_nan=False)) == found


# --- names and ranges -------------------------------------------------------------------------------------------------
def test_a_name_is_its_cell() -> None:
    found = explain(sheetsim.build("graddesc"), "adam!lr")
    assert (found.cell, found.value, found.formula) == ("adam!D2", 0.1, None)


def test_a_range_says_how_it_is_filled(book: Workbook) -> None:
    found = explain(book, "C1:D3")
    assert found.summary == Summary(3, 2, 6, -6.0, 10.0, 1.0)
    assert [(piece.cells, piece.formula) for piece in found.pieces] == [("s!D1:D3", "=C1*$A$1"), ("s!C1:C3", None)]
    assert found.pieces[0].numpy == 's["D1:D3"] = multiply(s["C1:C3"], s["A1"])'
    assert found.used_by == ["s!D1", "s!D2", "s!D3", "s!E1"]


def test_a_block_of_a_recurrence() -> None:
    found = explain(sheetsim.build("graddesc"), "adam!H4:I32")
    assert found.formula == "=C4-J4*$D$2/SQRT(L4)"
    assert found.recurrence is not None
    assert found.recurrence.startswith("computed line by line, together with C5:D32")
    assert found.tree is not None
    assert [one.where for one in found.tree.branches] == ["adam!C4:D32", "adam!J4:K32", "adam!D2", "adam!L4:M32"]


@pytest.mark.parametrize("where", ["X1:Z9", "nosuch"])
def test_ranges_that_are_not_there(where: str, book: Workbook) -> None:
    with pytest.raises(NotFound):
        explain(book, where)


def test_several_cells_that_cannot_be_computed(book: Workbook) -> None:
    book["s"].fill("G1:G2", "=NOSUCH(A1)")
    found = explain(book, "G1:G2")
    assert found.pieces[0].unsupported == "the function NOSUCH"
    assert found.pieces[0].numpy is None
