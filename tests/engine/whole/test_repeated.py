"""Blocks that are repeated every so many rows, held against a loop in plain Python."""

import pytest

from sheetsim.engine.plan import plan_of
from sheetsim.engine.whole.repeated import Repeated
from sheetsim.excel.arithmetic import product
from sheetsim.workbook import Workbook

ROWS, STRIDE = 3, 5
EVEN = [1, 6, 11, 16, 21, 26]  # the first row of each table
UNEVEN = [1, 6, 11, 19, 24, 29, 34, 39]  # the fourth stands further down


def laid_out(tops: list[int], own: dict[int, object]) -> Workbook:
    """Tables under one another: x, 0.1 more than x of the table above, and beside it 2·x² − F1 and x + E of the own
    table; H and I have a line for each table. ``own`` is typed over x of the first lines of some tables."""
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["F1"], sheet["F2"] = 0.25, 3.5
    for number, top in enumerate(tops):
        last = top + ROWS - 1
        sheet[f"E{top}"] = number / 8
        for row in range(top, last + 1):
            sheet[f"A{row}"] = row / 7
        sheet.fill(f"B{top}:B{last}", f"=2*A{top}^2-$F$1")
        sheet.fill(f"C{top}:D{last}", f"=A{top}+$E${top}")
        sheet[f"H{number + 1}"] = f"=SUM(B{top}:B{last})"
        sheet[f"I{number + 1}"] = f'=IF(A{top}>$F$2,"far",A{top}*3)'
    for number, value in own.items():
        sheet[f"A{tops[number]}"] = value
    return book


def in_a_loop(tops: list[int]) -> list[list[object]]:
    """The columns B, C, H and I of ``laid_out``, without ``own``."""
    b, c, h, i = [], [], [], []
    for number, top in enumerate(tops):
        x = [row / 7 for row in range(top, top + ROWS)]
        new = [2 * product(each, each) - 0.25 for each in x]
        b += new
        c += [each + number / 8 for each in x]
        h.append(new[0] + new[1] + new[2])
        i.append("far" if x[0] > 3.5 else product(x[0], 3.0))
    return [b, c, h, i]


def columns(book: Workbook, tops: list[int]) -> list[list[object]]:
    sheet = book["s"]
    rows = [row for top in tops for row in range(top, top + ROWS)]
    lines = range(1, len(tops) + 1)
    return [[sheet[f"{c}{row}"] for row in some] for c, some in zip("BCHI", (rows, rows, lines, lines), strict=True)]


@pytest.mark.parametrize("tops", [EVEN, UNEVEN])
def test_repeated(tops: list[int]) -> None:
    book = laid_out(tops, {})
    book.recalculate()
    assert columns(book, tops) == in_a_loop(tops)
    book["s"]["F1"] = 0.25  # and once more, what was found out being known
    book.recalculate(full=True)
    assert columns(book, tops) == in_a_loop(tops)


def test_what_is_no_number_is_so_in_its_place_alone() -> None:
    book = laid_out(EVEN, {1: "word", 3: 1e200})
    book.recalculate()
    plain = in_a_loop(EVEN)
    b, _, h, i = columns(book, EVEN)
    assert [str(b[k]) for k in (ROWS, 3 * ROWS)] == ["#VALUE!", "#NUM!"]
    assert [str(h[k]) for k in (1, 3)] == ["#VALUE!", "#NUM!"]
    assert [i[k] for k in (1, 3)] == ["far", "far"]  # a text is more than any number
    for found, expected, step in (b, plain[0], ROWS), (h, plain[2], 1), (i, plain[3], 1):
        assert [v for k, v in enumerate(found) if k not in (step, 3 * step)] == [
            v for k, v in enumerate(expected) if k not in (step, 3 * step)
        ]


@pytest.mark.parametrize(
    ("where", "tops", "together"),
    [
        ("B1", EVEN, 6),
        ("I1", EVEN, 6),  # what it reads moves on by another number of rows
        ("B1", UNEVEN, 0),  # of the first three there are too few
        ("B19", UNEVEN, 5),
    ],
)
def test_those_at_the_same_distance_are_computed_together(where: str, tops: list[int], together: int) -> None:
    plan = plan_of(laid_out(tops, {}))
    (index,) = (block.index for block in plan.blocks if block.where() == f"s!{where}")
    assert len(Repeated(plan).compute(index)) == together


def test_one_that_waits_for_another_is_left() -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1.0
    for row in range(3, 20, 2):
        sheet[f"A{row}"] = f"=A{row - 2}*3"
    book.recalculate()
    assert [sheet[f"A{row}"] for row in range(3, 20, 2)] == [3.0**k for k in range(1, 10)]


def test_a_reference_alone_is_what_stands_there() -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1.5, "word"], [None, True], [-0.0, None]])
    sheet["B3"] = "=1/0"
    sheet.fill("D1:E3", "=A1")
    sheet.fill("G1:H3", "=A$1")
    book.recalculate()
    found = [[str(value) for value in row] for row in sheet["D1:E3"]]
    assert found == [["1.5", "word"], ["0.0", "True"], ["0.0", "#DIV/0!"]]
    assert sheet["G1:H3"] == [[1.5, "word"]] * 3
