"""Formulas bound by the pattern of another, against each bound by itself."""

from __future__ import annotations

import pytest

from sheetsim import Workbook
from sheetsim.engine.blocks import Block, bind_block
from sheetsim.engine.together.forms import Bound, Known, shape_of
from sheetsim.model.address import parse_rect

#: Formulas with the rows of their references left open, and whether they share a pattern.
FORMULAS = [
    ("=C{0}-J{0}*$D${1}/SQRT(L{0})", True),
    ("=SUMXMY2(B{0}:B{1},E{0}:E{1})/COUNT(B$1:B$9)", True),
    ('=-IF(other!$A${0}>0,A{0}%,"R[1]C")&{0}', False),  # a number that differs
    ("=-IF(other!$A${0}>0,A{0}%,\"R[1]C\")&'two words'!B{1}", True),
    ("=(A{0}+2)*(A{1}+1=TRUE)", True),
    ("=A{0}", True),
    ("=A{0}:A{1}", False),
    ("=INDEX(A{0}:B{1},2,1)", False),
    ('=SUMIF(A{0}:A{1},">0",E{0})', False),  # the sizes of its ranges depend on one another
    ("=OFFSET(A{0},1,1)", False),
    ("=ROW(A{0})", False),
    ("=rate*A{0}", False),
    ("=cells+A{0}", False),
    ("=SUM((A{0}:A{1},B{0}))", False),
    ("=LET(x,A{0},x+1)", False),
    ("=SUM(one:other!A{0})", False),
    ("=NOSUCH(A{0})", False),
]


def bound(block: Block, known: Known | None = None) -> Bound:
    bind_block(block, known)
    return block.bound


@pytest.mark.parametrize(("text", "shared"), FORMULAS)
def test_bound_by_a_pattern_they_are_as_bound_alone(text: str, shared: bool) -> None:
    book = Workbook("test")
    sheet = book.add_sheet("one")
    book.add_sheet("two words")
    book.add_sheet("other")
    book.define_name("rate", "0.5")
    book.define_name("cells", "one!$A$1:$A$9")
    known = Known(alike=True)
    for number, rows in enumerate([(3, 9), (5, 11), (40, 46)]):
        rect = parse_rect(f"H{20 + 30 * number}:H{25 + 30 * number}")
        formula = book.formula_number(text.format(*rows), rect.top + number, rect.left, "one")
        alone, together = bound(Block(sheet, rect, formula)), bound(Block(sheet, rect, formula), known)
        assert together.tree == alone.tree
        assert together.references == alone.references
        assert together.runtime == alone.runtime
        assert (together.pattern is not None) == (shared and number > 0)
        assert bound(Block(sheet, rect, formula), known) is together or not shared
        assert together.tree is together.tree


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("=A1+$B$2", "=A3+$B$9", True),
        ("=A1+$B$2", "=A1+$C$2", False),
        ("=A1+$B$2", "=A1+$B2", False),
        ("=A1+1", "=A1+2", False),
        ("=SUM(A1:A3)", "=SUM(A5:A7)", True),
        ("=SUM(A1:A3)", "=SUM(A5:A8)", False),
        ("=s!A1", "=A1", False),
    ],
)
def test_the_shape_of_formulas_that_differ_in_rows_alone_is_the_same(one: str, other: str, same: bool) -> None:
    book = Workbook("test")
    shapes = [shape_of(book.formulas[book.formula_number(text, 9, 9, "s")]) for text in (one, other)]
    assert (shapes[0] == shapes[1]) == same


def test_with_few_blocks_each_is_bound_alone() -> None:
    book = Workbook("test")
    sheet = book.add_sheet("one")
    known = Known(alike=False)
    for row in range(3):
        number = book.formula_number(f"=$A${row + 1}", 9, 0, "one")
        assert bound(Block(sheet, parse_rect("A10"), number), known).pattern is None
