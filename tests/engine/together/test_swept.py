"""What references mean, worked out for all blocks at once, against each by itself."""

from __future__ import annotations

import random

import pytest

from sheetsim import Workbook
from sheetsim.engine.blocks import blocks_of
from sheetsim.engine.order import Map
from sheetsim.engine.together.sweeps import OneByOne, Sweeps
from sheetsim.model.address import Rect

#: Formulas for F30 and the cells below and beside it.
FORMULAS = [
    "=F29+1",
    "=E30*$B$2",
    "=SUM(A1:A40)",
    "=SUM(A$1:E30)",
    "=SUM($A28:F29)",
    "=SUM(D:E)",
    "=SUM(2:5)",
    "=SUM($A$1:$A$5000)",  # to far below what is in use
    "=SUM($A$1:$AZ$3)",
    "=other!A1+other!$C$3",
    "=SUM(other!A1:B9)",
    "=B1048570+XFC1",  # copies leave the sheet
    "=A1+F60",
    "=SUM(C20:C25,D4:E4)",
    "=OFFSET(A1,1,1)+ROW(C1)",
    "=Z99",
    "=7",
    "=no such formula",  # a form that is not read
]


def book_of(seed: int) -> Workbook:
    """A workbook of formulas in rectangles over one another, arrays among them."""
    draw = random.Random(seed)
    book = Workbook("test")
    sheet, other = book.add_sheet("s"), book.add_sheet("other")
    other.fill("A1:B4", "=C1+1")
    other.fill("B3:C9", "=s!A1")
    book.add_sheet("empty")
    for _ in range(60):
        top, left = draw.randrange(60), draw.randrange(8)
        rect = Rect(top, left, top + draw.choice((0, 0, 3, 9)), left + draw.choice((0, 0, 0, 2)))
        sheet.fill_rect(rect, book.formula_number(draw.choice(FORMULAS), 29, 5, "s"))
    sheet.fill("AD70", "=1")  # the sheet is wider than rectangles that are looked up together
    if seed % 2:
        sheet.array("J1:J3", "=A1:A3*2")
        sheet.array("K2:L3", "=SUM(J1:J9)")
        sheet.fill("M1:M9", "=SUM(J1:L2)")
    return book


@pytest.mark.parametrize("seed", range(12))
def test_together_they_are_what_each_is_by_itself(seed: int) -> None:
    book = book_of(seed)
    blocks = blocks_of(book)
    where = Map(book.all_sheets(), blocks)
    together, alone = Sweeps(book, blocks), OneByOne(blocks)
    assert together.beyond() == alone.beyond()
    assert together.edges(where, []) == alone.edges(where, [])
    assert any(map(len, alone.edges(where, [])))


def test_blocks_that_lost_their_references_read_nothing() -> None:
    book = book_of(1)
    blocks = blocks_of(book)
    where = Map(book.all_sheets(), blocks)
    whole, some = (Sweeps(book, blocks).edges(where, without) for without in ([], range(9)))
    assert some == [*([[]] * 9), *whole[9:]]


def test_a_workbook_without_formulas_has_no_edges() -> None:
    book = Workbook("test")
    book.add_sheet("s").put(0, 0, 1)
    assert Sweeps(book, []).edges(Map(book.all_sheets(), []), []) == []
    assert Sweeps(book, []).beyond() == set()
