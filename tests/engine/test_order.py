"""Groups of a graph, and the map from cells to blocks."""

from __future__ import annotations

import pytest

from sheetsim import Workbook
from sheetsim.engine.blocks import blocks_of, runs
from sheetsim.engine.order import Map, groups, precedents
from sheetsim.model.address import parse_rect

#: (precedents of each node, the groups in order)
GRAPHS: list[tuple[list[list[int]], list[list[int]]]] = [
    ([], []),
    ([[]], [[0]]),
    ([[1], [2], []], [[2], [1], [0]]),
    ([[1], [0]], [[0, 1]]),
    ([[1], [2], [0], [0]], [[0, 1, 2], [3]]),
    ([[0]], [[0]]),
    ([[], [0, 2], [1]], [[0], [1, 2]]),
]


@pytest.mark.parametrize(("edges", "expected"), GRAPHS)
def test_groups(edges: list[list[int]], expected: list[list[int]]) -> None:
    assert [sorted(group) for group in groups(edges)] == expected


def test_a_long_path_needs_no_recursion() -> None:
    count = 100_000
    assert len(groups([[i + 1] for i in range(count)] + [[]])) == count + 1


def test_blocks_are_rectangles_of_one_formula() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.fill("B2:D9", "=A2+1")
    sheet.fill("C4", "=7")
    sheet.fill("F1:G3", "=A1*2")
    found = {(str(block.rect), block.text()) for block in blocks_of(sheet.book)}
    assert found == {
        ("B2:B9", "=A2+1"),
        ("C2:C3", "=B2+1"),
        ("C4", "=7"),
        ("C5:C9", "=B5+1"),
        ("D2:D9", "=C2+1"),
        ("F1:G3", "=A1*2"),
    }


def test_runs_cover_every_formula_once() -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    cells = rng.integers(0, 3, (30, 20)).astype(np.int32)
    covered = np.zeros_like(cells)
    for rect, number in runs(cells):
        part = cells[rect.top : rect.bottom + 1, rect.left : rect.right + 1]
        assert (part == number).all()
        covered[rect.top : rect.bottom + 1, rect.left : rect.right + 1] += 1
    assert np.array_equal(covered, cells != 0)


def test_precedents_are_the_blocks_whose_cells_are_read() -> None:
    sheet = Workbook("test").add_sheet("s")
    sheet.fill("A1:A5", "=1")
    sheet.fill("C1:C5", "=2")
    sheet.fill("E1:E5", "=A1+B1")
    sheet.fill("F1", "=SUM(A1:C5)+ROW(E1)")
    blocks = blocks_of(sheet.book)
    names = {str(block.rect): block for block in blocks}
    where = Map(sheet.book.sheets, blocks)
    assert [str(blocks[i].rect) for i in precedents(names["E1:E5"], where)] == ["A1:A5"]
    assert [str(blocks[i].rect) for i in precedents(names["F1"], where)] == ["A1:A5", "C1:C5"]
    assert where.within("s", parse_rect("B1:B9")) == []
