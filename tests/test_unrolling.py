"""Epochs as formulas, against the buttons that they replace: cell by cell, bit by bit, and in LibreOffice.

What the buttons do is tested against the values that Excel stored (test_macros.py). What the lecture's buttons do not
do, to carry over the updated weights, has another oracle: one epoch over the points repeated.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Run
from libreoffice import recalculated

from sheetsim.address import column_name
from sheetsim.epoch_places import Places
from sheetsim.errors import InputError
from sheetsim.macros import Append, Clear, Copy, If, Macro, Recalculate, Set, cells_of, do
from sheetsim.running import run
from sheetsim.sheet import Sheet, Workbook
from sheetsim.unrolling import Unrolled, unroll
from workbooks import graddesc
from workbooks.data import numbers

OPTIMIZERS = ("basic", "momentum", "rmsprop", "adam", "adam_ann")
POINTS = [(1, 32), (2, 34), (-3, 24), (0.5, 31)]
LEARNING_RATES = {"basic": 0.00005, "momentum": 0.0002, "rmsprop": 0.05, "adam": 0.5, "adam_ann": 2}


@pytest.fixture(name="run_in")
def command(run: Run) -> Run:
    """The command line; ``run`` is the macro runner here."""
    return run


def reset(book: Workbook) -> Workbook:
    for title in OPTIMIZERS:
        book.press(title, "reset")
    return book


def fresh(points: Any, pressed: bool) -> Workbook:
    book = graddesc.build(points)
    book.recalculate()
    return reset(book) if pressed else book


def places(book: Workbook) -> dict[str, Places]:
    return {title: Unrolled(book[title]).places for title in OPTIMIZERS}


def shown(sheet: Sheet, place: Places, epoch: int = 1) -> list[Any]:
    """Every cell of one epoch, but for its number."""
    top = place.top(epoch)
    cells = [(row, column) for row in range(place.height) for column in range(place.width) if row > 1 or column > 0]
    return [sheet.value(top + row, column) for row, column in cells]


@pytest.mark.parametrize("title", OPTIMIZERS)
@pytest.mark.parametrize(("points", "pressed"), [(None, True), (None, False), (POINTS, True), (POINTS, False)])
def test_every_cell_is_what_the_button_makes_of_it(title: str, points: Any, pressed: bool) -> None:
    book, pushed = fresh(points, pressed), fresh(points, pressed)
    place = places(book)[title]
    unroll(book, 20)
    for epoch in range(1, 21):
        assert shown(book[title], place, epoch) == shown(pushed[title], place), f"epoch {epoch}"
        if epoch < 20:
            do(pushed[title], pushed[title].buttons["run"].steps)
    if title == "basic":
        errors = cells_of(pushed["basic"], "rmses")
        assert book["basic"][str(errors)] == pushed["basic"][str(errors)]
        assert book["basic"].formula_text(errors.top + 18, 2), "live"


@pytest.mark.parametrize("title", OPTIMIZERS)
def test_the_table_is_what_a_run_shows(title: str) -> None:
    book = fresh(None, pressed=True)
    left = places(book)[title].table
    unroll(book, 12)
    history = run(fresh(None, pressed=True), title, epochs=11)
    width = len(history.headings)
    assert [book[title].value(2, left + place) for place in range(width)] == history.headings
    for line, expected in enumerate(history.table):
        got = [book[title].value(3 + line, left + place) for place in range(width)]
        assert got == [line + 1, *expected[1:]]  # epochs of the table count from 1: the first is what Reset left


def test_the_table_shows_how_the_learning_rate_is_cut() -> None:
    book = fresh(None, pressed=True)
    left = places(book)["adam_ann"].table
    unroll(book, 20)
    rates = [book["adam_ann"].value(3 + line, left + 4) for line in range(20)]
    assert book["adam_ann"].value(2, left + 4) == "lr"
    assert rates[0] == 1
    assert all(after in (before, before / 4) for before, after in pairwise(rates))
    assert rates[-1] < 1


@pytest.mark.parametrize("title", OPTIMIZERS)
def test_updated_weights_go_on_as_if_the_points_went_on(title: str) -> None:
    """Beside adam_ann's cuts, an epoch that starts from the updated weights is more rows of the one before."""
    points = [(x, y) for x, y in numbers("points.csv")]
    book, long = graddesc.build(points), graddesc.build(points * 4)
    if title == "adam_ann":
        for each in (book, long):
            each[title]["D2"] = 0.0001  # so small that the gradients hardly change: no cut
    place = places(book)[title]
    unroll(book, 4, updated=True)
    long.recalculate()
    columns = cells_of(long[title], long[title].epoch_rows).columns
    for epoch in range(1, 5):
        for row in range(3, 3 + len(points)):
            for column in range(columns):
                expected = long[title].value((epoch - 1) * len(points) + row, column)
                assert book[title].value(place.top(epoch) + row, column) == expected


def test_the_switch_is_live() -> None:
    book, updated = unroll(fresh(None, True), 5), unroll(fresh(None, True), 5, updated=True)
    for title in OPTIMIZERS:
        where = cells_of(book[title], "updated")
        assert (book[title][str(where)], updated[title][str(where)]) == (0, 1)
        book[title][str(where)] = 1
        first = cells_of(book[title], "slope").top
        assert book[title].value(first, 2) == updated[title].value(first, 2)
    book.recalculate()
    for title in OPTIMIZERS:
        sheet = book[title]
        same = [sheet.value(*cell) == updated[title].value(*cell) for cell in sheet.cells()]
        assert all(same)


@pytest.mark.parametrize("by_updated", [False, True])
def test_one_cell_changes_the_whole_training_in_libreoffice(by_updated: bool, tmp_path: Path) -> None:
    """The exported file with another learning rate in one cell, recalculated there, is the engine's run with that rate:
    pressed by its button, or where the button has no say, unrolled by the engine."""
    book = fresh(None, pressed=True)
    place = places(book)
    unroll(book, 6)
    book.save(tmp_path / "unrolled.xlsx")
    file = openpyxl.load_workbook(tmp_path / "unrolled.xlsx")
    pushed = fresh(None, pressed=True)
    for title, rate in LEARNING_RATES.items():
        where = str(cells_of(book[title], "lr"))
        file[title][where] = pushed[title][where] = rate
        file[title][str(cells_of(book[title], "updated"))] = int(by_updated)
    file.save(tmp_path / "changed.xlsx")
    theirs = recalculated(tmp_path / "changed.xlsx")
    pushed.recalculate()
    if by_updated:
        unroll(pushed, 6, updated=True)
    for epoch in range(1, 7):
        for title in OPTIMIZERS:
            top = place[title].top(epoch)
            for column in range(place[title].width):
                rows = range(2, place[title].height)
                ours = [pushed[title].value(row + (top if by_updated else 0), column) for row in rows]
                got = [theirs[title].cell(top + row + 1, column + 1).value for row in rows]
                assert got == near(ours), f"{title}, epoch {epoch}, column {column_name(column)}"
            if not by_updated:
                do(pushed[title], pushed[title].buttons["run"].steps)


def near(column: list[Any]) -> list[Any]:
    """Numbers within 1e-12 of their column's largest: what is left of a prediction less its target may be smaller than
    both by orders of magnitude, the last bits of both are not."""
    within = 1e-12 * max((abs(value) for value in column if isinstance(value, float)), default=0)
    return [pytest.approx(value, rel=0, abs=within) if isinstance(value, float) else value for value in column]


# --- what the steps of any button come to -----------------------------------------------------------------------------
def counter(*steps: Any) -> Sheet:
    """A start in A1, a rate in A2, another number in A3, and a chain of formulas under them."""
    sheet = Workbook("demo").add_sheet("s")
    sheet.values("A1", [[3], [2], [5]])
    sheet.values("B1", [["start"], ["rate"]])
    sheet.fill("A4:A6", "=A3*$A$2+$A$1")
    sheet["C4"] = "=rate+total"
    sheet["C5"] = "=C4/s!$A$3+SUM(A$4:A6)"
    sheet["C6"] = "=other!B1"
    for name, target in {"start": "$A$1", "rate": "$A$2", "total": "$A$6", "list": "$E$9:$E$12"}.items():
        sheet.name(name, target)
    sheet.book.add_sheet("other")["B1"] = "=6*7"
    sheet.button("run", Macro(steps))
    sheet.watch = {"total": "=A6"}
    sheet.book.recalculate()
    return sheet


GO = Recalculate()


@pytest.mark.parametrize(
    "steps",
    [
        [Copy("total", "start"), GO],
        [Copy("A5:A6", "A1:A2"), GO],
        [Set("rate", 0.5), GO],
        [Set("rate", "=rate/2"), GO],
        [Set("rate", "=rate+1"), Set("start", "=rate*2"), GO],
        [Set("start", "=rate*2"), Set("rate", "=rate+1"), GO],
        [Set("rate", "=rate+1"), Set("rate", "=rate*2"), Set("rate", "=rate-start"), GO],
        [Set("rate", "=rate+1"), Set("start", "=total+rate"), GO],
        [Set("rate", "=rate/2"), GO, Set("start", "=total/1000"), GO],
        [Set("rate", "=rate/2"), GO, Set("start", "=total/1000"), Set("A3", "=C4"), GO],
        [GO, Set("rate", "=rate/2"), GO],
        [Set("rate", "=rate/2"), GO, If("=C4>20", (Set("rate", "=rate/4"), Copy("total", "A3"))), GO],
        [If("=total>20", (Set("rate", 0.25), If("=A3=5", (Set("A3", 1),)))), GO],
        [Clear("A3"), Set("start", "=total+A3"), GO],
        [Copy("total", "start"), GO, Append("total", "list")],
        [Append("total", "E9:E40"), Copy("total", "start"), Append("total", "E9:E40"), GO],
        [Set("A5", "=A6"), GO],
        [],
        [GO],
    ],
)
def test_steps_as_formulas(steps: list[Any]) -> None:
    unrolled, pushed = counter(*steps), counter(*steps)
    place = Unrolled(unrolled).places
    unroll(unrolled.book, 4)
    for epoch in range(1, 5):
        cells = [
            (row, column) for row in range(place.height) for column in range(place.width) if (row, column) < (8, 4)
        ]
        top = place.top(epoch)
        assert {c: unrolled.value(top + c[0], c[1]) for c in cells} == {c: pushed.value(*c) for c in cells}, epoch
        assert unrolled.value(2 + epoch, place.table + 1) == pushed["A6"]
        if epoch < 4:
            do(pushed, tuple(steps))
    assert unrolled["E9:E12"] == pushed["E9:E12"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Copy("A5:A6", "A1"), GO], "A5:A6 cannot be copied to A1, which has another shape"),
        ([Set("rate", 1)], "s: a button can be unrolled only if it recalculates at its end"),
        ([If("=A1>1", (GO,))], "recalculates on a condition"),
        ([If("=A1>1", (Clear("rate"),)), GO], "cannot lengthen a list or empty a cell on a condition"),
        ([Set("rate", "=SUM(A:A)"), GO], "would take in every epoch"),
        ([Set("A3", 1), Set("rate", "=SUM(A1:A3)"), Set("A3", 2), GO], "only a part of it is new"),
        ([Set("nosuch", 1), GO], "no name or cell 'nosuch'"),
    ],
)
def test_steps_that_formulas_cannot_do(steps: list[Any], message: str) -> None:
    sheet = counter(*steps)
    with pytest.raises(InputError, match=message):
        unroll(sheet.book, 3)
    assert "run" in sheet.buttons


def test_a_book_without_epochs() -> None:
    book = Workbook("plain")
    book.add_sheet("s")
    with pytest.raises(InputError, match="plain has no sheet with a Run button"):
        unroll(book, 2)


@pytest.mark.parametrize("epochs", [0, -3])
def test_less_than_one_epoch(epochs: int) -> None:
    with pytest.raises(InputError, match=f"graddesc can be unrolled to 1 epoch or more, not {epochs}"):
        unroll(graddesc.build(), epochs)


def test_more_epochs_than_a_sheet_has_rows() -> None:
    book = graddesc.build()
    place = places(book)
    most = min(p.most for p in place.values())
    assert max(p.top(most) + p.height for p in place.values()) <= 1_048_576
    assert max(p.top(most + 1) + p.height for p in place.values()) > 1_048_576
    with pytest.raises(InputError) as caught:
        unroll(book, 50_000)
    assert str(caught.value) == (
        f"graddesc!basic: 50,000 epochs do not fit, a sheet ends at row 1,048,576; at most {most:,} do"
    )
    assert "run" in book["basic"].buttons, "as it was"


def test_one_epoch_is_the_sheet_itself() -> None:
    book, before = fresh(None, True), fresh(None, True)
    place = places(book)
    unroll(book, 1)
    for title in OPTIMIZERS:
        assert shown(book[title], place[title]) == shown(before[title], place[title])
        assert book[title].rows == before[title].rows


# --- the command ------------------------------------------------------------------------------------------------------
def test_build_with_epochs(run_in: Run, tmp_path: Path) -> None:
    done = run_in("build", "graddesc", "--epochs", 3, "--out", tmp_path)
    assert (done.status, done.err) == (0, "")
    sheet = openpyxl.load_workbook(tmp_path / "graddesc_3_epochs.xlsx", data_only=True)["adam"]
    history = run(graddesc.build(), "adam", epochs=2)
    assert [sheet["C1"].value, sheet["C35"].value, sheet["C69"].value] == [row[1] for row in history.table]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["graddesc", "--epochs", "0"], "Invalid value for '--epochs'"),
        (["graddesc", "--epochs", "1000000"], "1,000,000 epochs do not fit, a sheet ends at row 1,048,576"),
        (["--epochs", "2"], "--epochs is for graddesc alone"),
        (["entropy_example", "--epochs", "2"], "--epochs is for graddesc alone"),
        (["graddesc", "--updated"], "give --epochs, too"),
    ],
)
def test_build_refuses(run_in: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run_in("build", *arguments, "--out", tmp_path / "out")
    assert done.status == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
