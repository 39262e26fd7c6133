"""Formulas that go on from copy to copy, held against what is typed there."""

import pytest

from sheetsim.macros.continuing import continued
from sheetsim.model.formula import Formula
from sheetsim.model.sheet import Book

LAST = 9
STRIDE = 35


@pytest.mark.parametrize("epochs", [range(1, 2), range(1, 4), range(1, 5), range(1, LAST + 1), range(LAST + 1)])
@pytest.mark.parametrize(
    ("text", "rows_down"),  # {0} and {1}: rows of the copy; rows from one cell with the formula to the next
    [
        ("=IF($P$1,H{0},C{0})", STRIDE),
        ("=C4-J4*$D${0}", STRIDE),
        ("=SQRT(SUMXMY2(B{0}:B{1},E{0}:E{1})/COUNT(B{0}:B{1}))", 1),
        ("=data!A{0}+$B$7", 1),
        ("=$A$1*2", 1),
        ("={0}*2", 1),  # a number that changes: nothing is known of it
        ("=A1", 1),  # always the same cell
    ],
)
def test_the_formula_is_the_one_that_would_be_typed(text: str, rows_down: int, epochs: range) -> None:
    book = Book("demo")

    def read(epoch: int) -> tuple[Formula, int]:
        top, row = 1000 + epoch * STRIDE, 1040 + epoch * rows_down
        return Formula.read(text.format(top, top + 28), row, 6), row

    numbers = continued(book, epochs, lambda epoch: book.number_of(read(epoch)[0]))
    assert len(numbers) == len(epochs)
    for epoch, number in zip(epochs, numbers.tolist(), strict=True):
        typed, row = read(epoch)
        assert book.formulas[number].key == typed.key
        assert book.formulas[number].text(row, 6) == typed.text(row, 6)


def test_the_first_epochs_and_the_last_are_typed() -> None:
    book = Book("demo")
    asked: list[int] = []

    def typed(epoch: int) -> int:
        asked.append(epoch)
        return book.number_of(Formula.read(f"=A{epoch}", 50, 0))

    continued(book, range(1, LAST + 1), typed)
    assert asked == [1, 2, 3, LAST]
