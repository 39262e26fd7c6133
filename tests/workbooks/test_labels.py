"""Labels of ours: on the lecture's sheets only where the originals have nothing, and over every computed column."""

from __future__ import annotations

import pytest
from small_trained import build_digits, build_ratings
from test_workbooks import EVERY_SHEET, built, original

from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Sheet
from workbooks import DESCRIPTIONS
from workbooks.entropy_example.workbook import BASE


@pytest.mark.parametrize(("name", "title"), EVERY_SHEET)
def test_labels_stand_only_where_the_original_has_nothing(name: str, title: str) -> None:
    labels = [area for area in built(name)[title].prose if area.size == 1]
    assert {type(built(name)[title].value(*cell)) for area in labels for cell in area.cells()} <= {str}
    theirs = set(original(name)[title].cells())
    assert [str(area) for area in labels if theirs & set(area.cells())] == []


def unnamed(sheet: Sheet) -> list[str]:
    """Computed cells without a remark, a heading or a text above them, or a text before them. Shades need none."""
    shades = {cell for rect, _, _ in sheet.look.shades for cell in rect.cells()}
    heads = {cell for rect, name in sheet.look.styles if name == "heading" for cell in rect.cells()}
    named = {cell for cell in sheet.cells() if isinstance(sheet.value(*cell), str) or cell in heads}
    top = {column: min(row for row, at in named if at == column) for column in {at for _, at in named}}
    first = {row: min(column for at, column in named if at == row) for row in {at for at, _ in named}}
    computed = [(row, column) for row, column in sheet.cells() if sheet.computed()[row, column]]
    return [
        cell_name(row, column)
        for row, column in computed
        if row <= top.get(column, row) and column <= first.get(row, column) and (row, column) not in heads
        if cell_name(row, column) not in sheet.look.comments and (row, column) not in shades
    ]


@pytest.mark.parametrize("name", list(DESCRIPTIONS))
def test_every_computed_column_has_a_heading(name: str) -> None:
    for sheet in built(name):
        assert unnamed(sheet) == [], sheet.title


@pytest.mark.parametrize("build", [build_ratings, lambda: build_digits("nn"), lambda: build_digits("logistic")])
def test_so_has_every_one_of_a_trained_workbook(build: object) -> None:
    assert callable(build)
    for sheet in (sheet for sheet in build() if sheet.title != "picture"):  # whose cells are pixels
        assert unnamed(sheet) == [], sheet.title


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("collab_filter dotprod U41", "RMSE"),
        ("collab_filter bias U42", "RMSE"),
        ("collab_filter bias A25", "bias"),
        ("collab_filter movielens_1hot AE2", "u1"),
        ("graddesc adam L2", "avg (de/db)^2"),
        ("graddesc adam_ann M34", "ratio"),
        ("entropy_example softmax A8", "sum"),
        ("entropy_example entropy D1", "as a sum"),
        ("entropy_example entropy B12", BASE[0]),
        ("entropy_example log_entropy K1", BASE[0]),
    ],
)
def test_what_they_say(where: str, text: str) -> None:
    name, title, cell = where.split()
    assert built(name)[title][cell] == text
