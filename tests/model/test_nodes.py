"""The tree: references that move, walks without recursion, and the meaning of a formula whatever its spelling."""

from __future__ import annotations

import pytest

from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Binary, Call, Corner, Number, Ref, children, fold, meaning, postorder, quoted, walk


def tree(text, row=0, column=0):
    return Formula.read(text, row, column).tree


def test_a_relative_corner_moves_and_an_absolute_one_stays():
    corner = Corner(-1, 3, False, True)
    assert corner.place(5, 9) == (4, 3)
    assert corner.place(1, 0) == (0, 3)


@pytest.mark.parametrize(
    ("text", "rect"),
    [
        ("=B3", Rect(2, 1, 2, 1)),
        ("=C4:B3", Rect(2, 1, 3, 2)),
        ("=B:C", Rect(0, 1, MAX_ROWS - 1, 2)),
        ("=2:3", Rect(1, 0, 2, MAX_COLUMNS - 1)),
    ],
)
def test_the_cells_of_a_reference(text, rect):
    assert tree(text, 4, 4).rect(4, 4) == rect


def test_a_reference_outside_the_sheet_has_no_cells():
    reference = tree("=A1", 3, 3)
    assert reference.rect(2, 3) is None
    assert reference.rect(MAX_ROWS + 2, 3) is not None
    assert reference.rect(MAX_ROWS + 3, 3) is None
    assert reference.text(0, 0) == "#REF!"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("adam", "adam"),
        ("adam_ann", "adam_ann"),
        ("my sheet", "'my sheet'"),
        ("it's", "'it''s'"),
        ("2x", "'2x'"),
        ("A1", "'A1'"),
        ("a-b", "'a-b'"),
        ("données", "'données'"),
    ],
)
def test_titles_are_quoted_where_they_must_be(title, written):
    assert quoted(title) == written
    assert tree(f"={written}!A1").sheet == title


def test_walk_and_postorder_visit_every_node_once():
    whole = tree("=SUM(A1,2)*-3")
    assert isinstance(whole, Binary)
    assert list(walk(whole)) == [whole, whole.left, *children(whole.left), whole.right, *children(whole.right)]
    order = postorder(whole)
    assert order[-1] is whole
    assert sorted(map(repr, order)) == sorted(map(repr, walk(whole)))
    assert all(order.index(child) < order.index(node) for node in order for child in children(node))


def test_fold_gives_each_node_what_came_of_those_below():
    assert fold(tree("=SUM(A1,-2,PI())*3%"), lambda node, below: (type(node).__name__, *below)) == (
        "Binary",
        ("Call", ("Ref",), ("Unary", ("Number",)), ("Call",)),
        ("Unary", ("Number",)),
    )


def test_walks_are_not_recursive():
    deep = tree("=" + "+".join(["1"] * 4_000))
    assert fold(deep, lambda node, below: 1 + max(below, default=0)) == 4_000
    assert len(list(walk(deep))) == len(postorder(deep)) == 7_999
    assert len(meaning(deep)) > 4_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("=A1+B1", "= (A1) + B1 "),
        ("=SUM(A1:B2)", "=sum(a1:b2)"),
        ("=STDEV.P(A1)", "=_xlfn.STDEV.P(A1)"),
        ("=@A1", "=_xlfn.SINGLE(A1)"),
        ("=lr*2", "=LR*2"),
        ("=1.0", "=1"),
        ("=TRUE", "=TRUE()"),
    ],
)
def test_one_meaning_for_all_spellings(one, other):
    assert meaning(tree(one)) == meaning(tree(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("=A1+B1", "=B1+A1"),
        ("=A1", "=$A$1"),
        ("=A1", "=s!A1"),
        ("=(1-2)-3", "=1-(2-3)"),
        ("=-2^2", "=-(2^2)"),
        ('="a"', '="A"'),
        ("=IF(1,2)", "=IF(1,2,)"),
        ("=SUM(A1:B2)", "=SUM(A1,B2)"),
    ],
)
def test_another_meaning(one, other):
    assert meaning(tree(one)) != meaning(tree(other))


def test_children_of_a_call_and_of_a_leaf():
    assert children(Call("SUM", (Number(1.0), Number(2.0)))) == (Number(1.0), Number(2.0))
    assert children(Number(1.0)) == ()
    assert isinstance(tree("=A1"), Ref)
