"""Epochs as formulas, against the buttons that they replace: cell by cell, bit by bit, and in LibreOffice.

What the buttons do is tested against the values that Excel stored (test_macros.py). What the lecture's buttons do not
do, to carry over the updated weights, has other oracles: plain loops, torch.optim (both in epochs_by_hand.py), and one
epoch over the points repeated.
"""

from __future__ import annotations

import operator
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import epochs_by_hand
import numpy as np
import pytest
from conftest import changed
from epochs_by_hand import OPTIMIZERS, State, by_loops, by_torch
from exact import times
from libreoffice import recalculated

from sheetsim.errors import InputError
from sheetsim.macros.epoch_places import Places
from sheetsim.macros.press import do
from sheetsim.macros.running import run
from sheetsim.macros.unrolling import Unrolled, unroll
from sheetsim.model.address import parse_rect
from sheetsim.model.named_cells import cells_of
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.graddesc import workbook as graddesc
from workbooks.shared.data import numbers

POINTS = [(1, 32), (2, 34), (-3, 24), (0.5, 31)]
LEARNING_RATES = {"basic": 0.00005, "momentum": 0.0002, "rmsprop": 0.05, "adam": 0.5, "adam_ann": 2}


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


def cells(place: Places, epoch: int) -> list[tuple[int, int]]:
    """Every cell of one copy, but for its number; rows and columns from 0."""
    inside = [(row, column) for row in range(place.height) for column in range(place.width) if row > 1 or column > 0]
    return [(place.top(epoch) + row, column) for row, column in inside]


def shown(sheet: Sheet, place: Places, epoch: int = 0) -> list[Any]:
    return [sheet.value(row, column) for row, column in cells(place, epoch)]


@pytest.mark.parametrize("title", OPTIMIZERS)
@pytest.mark.parametrize(("points", "pressed"), [(None, True), (None, False), (POINTS, True), (POINTS, False)])
def test_every_cell_is_what_the_button_makes_of_it(title: str, points: Any, pressed: bool) -> None:
    book, pushed = fresh(points, pressed), fresh(points, pressed)
    place = places(book)[title]
    unroll(book, 20)
    for epoch in range(21):
        assert shown(book[title], place, epoch) == shown(pushed[title], place), f"epoch {epoch}"
        if epoch < 20:
            do(pushed[title], pushed[title].buttons["run"].steps)
    if title == "basic":
        errors = cells_of(pushed["basic"], "rmses")
        assert book["basic"][str(errors)] == pushed["basic"][str(errors)]
        if pressed or points:  # as the lecture left it, the list begins with five entries
            assert [book["basic"].value(errors.top + at, 2) is None for at in (19, 20)] == [False, True]
        assert book["basic"].formula_text(errors.top + 19, 2), "live"


@pytest.mark.parametrize("title", OPTIMIZERS)
def test_so_many_epochs_are_so_many_presses(title: str) -> None:
    """The copies say how many epochs are done; the last of them is what the button leaves after as many."""
    book, pushed = fresh(None, pressed=True), fresh(None, pressed=True)
    place = places(book)[title]
    unroll(book, 5)
    pushed.press(title, "run")  # five epochs
    sheet = book[title]
    assert [sheet.value(3 + line, place.table) for line in range(7)] == [0, 1, 2, 3, 4, 5, None]
    assert shown(sheet, place, 5) == shown(pushed[title], place)
    assert sheet.rows == max(place.top(5) + place.height, pushed[title].rows)
    if title != "basic":  # whose head says something else there
        heads = [[sheet.value(place.top(epoch) + row, 0) for row in (0, 1)] for epoch in range(6)]
        assert heads == [["epochs", epoch] for epoch in range(6)]


def test_the_charts_end_where_the_epochs_do() -> None:
    book = unroll(fresh(None, pressed=True), 12)
    charts = [chart for chart in book["adam"].look.charts if chart.title.endswith("by epoch")]
    assert [(chart.x_title, chart.x_limits) for chart in charts] == [("epochs done", (0, 12))] * 3
    assert {parse_rect(series.x or "").rows for chart in charts for series in chart.series} == {13}


@pytest.mark.parametrize("title", OPTIMIZERS)
def test_the_table_is_what_a_run_shows(title: str) -> None:
    book = fresh(None, pressed=True)
    left = places(book)[title].table
    unroll(book, 12)
    history = run(fresh(None, pressed=True), title, epochs=12)
    width = len(history.headings)
    assert [book[title].value(2, left + place) for place in range(width)] == ["epochs done", *history.headings[1:]]
    assert [
        [book[title].value(3 + line, left + place) for place in range(width)] for line in range(13)
    ] == history.table


def test_the_table_shows_how_the_learning_rate_is_cut() -> None:
    book = fresh(None, pressed=True)
    left = places(book)["adam_ann"].table
    unroll(book, 20)
    rates = [book["adam_ann"].value(3 + line, left + 4) for line in range(21)]
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
    unroll(book, 3, updated=True)
    long.recalculate()
    columns = cells_of(long[title], long[title].epoch_rows).columns
    for epoch in range(4):
        for row in range(3, 3 + len(points)):
            for column in range(columns):
                expected = long[title].value(epoch * len(points) + row, column)
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


@pytest.mark.parametrize("points", [None, POINTS])
@pytest.mark.parametrize("updated", [False, True])
@pytest.mark.parametrize("title", OPTIMIZERS)
def test_twenty_epochs_are_those_of_plain_loops(title: str, updated: bool, points: Any) -> None:
    """Weights, averages and learning rate of every row, to the last bit: the loops round products as Excel does."""
    book = fresh(points, pressed=True)
    place = places(book)[title]
    sheet = unroll(book, 20, updated)[title]
    by_hand = epochs_by_hand.epochs(title, points or numbers("points.csv"), 21, updated, by_loops(times))
    for number, (rate, states) in enumerate(by_hand):
        top = place.top(number)
        assert [columns(state, title) for state in states[1:]] == worked_out(sheet, top, len(states) - 1)
        assert [sheet.value(top + 3, 2), sheet.value(top + 3, 3)] == [*states[0].weights], f"epoch {number}"
        if title == "adam_ann":
            assert sheet.value(top + 1, 3) == rate, f"epoch {number}"


@pytest.mark.parametrize("updated", [False, True])
@pytest.mark.parametrize("title", ["basic", "momentum", "adam", "adam_ann"])
def test_twenty_epochs_are_those_of_torch(title: str, updated: bool) -> None:
    """Where torch.optim has the sheet's rule. The weights: gradients near the goal are left over by a subtraction."""
    pytest.importorskip("torch", reason="PyTorch is not installed")
    book = fresh(None, pressed=True)
    place = places(book)[title]
    sheet = unroll(book, 20, updated)[title]
    theirs = epochs_by_hand.epochs(title, numbers("points.csv"), 21, updated, by_torch)
    for number, (_, states) in enumerate(theirs):
        rows = range(place.top(number) + 3, place.top(number) + 2 + len(states))
        ours = [[sheet.value(row, 2), sheet.value(row, 3)] for row in rows]
        np.testing.assert_allclose(ours, [state.weights for state in states[:-1]], rtol=1e-9)


def columns(state: State, title: str) -> list[float]:
    """What a row works out, in the sheet's order: weights, then averages."""
    b, a = state.weights
    averages = {"momentum": state.momentum, "rmsprop": state.squares}
    return [a, b] if title == "basic" else [b, a, *averages.get(title, (*state.momentum, *state.squares))]


def worked_out(sheet: Sheet, top: int, count: int) -> list[list[Any]]:
    first, last = (12, 13) if sheet.title == "basic" else (7, {"momentum": 10, "rmsprop": 10}.get(sheet.title, 12))
    rows = range(top + 3, top + 3 + count)
    return [[sheet.value(row, column) for column in range(first, last + 1)] for row in rows]


# --- in LibreOffice ---------------------------------------------------------------------------------------------------
WITHIN = 1e-12


@pytest.mark.parametrize("updated", [False, True])
def test_one_cell_changes_the_whole_training_in_libreoffice(updated: bool, tmp_path: Path) -> None:
    """The exported file with another learning rate in one cell, recalculated there, is the engine's run with that rate,
    every cell of twenty epochs: pressed by its button, or where the button has no say, unrolled by the engine."""
    book, pushed = fresh(None, pressed=True), fresh(None, pressed=True)
    place = places(book)
    unroll(book, 20)
    book.save(tmp_path / "unrolled.xlsx")
    settings = {
        title: {str(cells_of(book[title], "lr")): rate, str(cells_of(book[title], "updated")): float(updated)}
        for title, rate in LEARNING_RATES.items()
    }
    theirs = recalculated(changed(tmp_path / "unrolled.xlsx", tmp_path / "changed.xlsx", settings))
    for title, rate in LEARNING_RATES.items():
        pushed[title][str(cells_of(pushed[title], "lr"))] = rate
    pushed.recalculate()
    if updated:
        unroll(pushed, 20, updated=True)
    for epoch in range(21):
        for title in OPTIMIZERS:
            ours = shown(pushed[title], place[title], epoch if updated else 0)
            got = [theirs[title].cell(row + 1, column + 1).value for row, column in cells(place[title], epoch)]
            assert got == [near(value) for value in ours], f"{title}, epoch {epoch}"
            if not updated:
                do(pushed[title], pushed[title].buttons["run"].steps)


def test_products_rounded_once_are_all_that_sets_libreoffice_apart(tmp_path: Path) -> None:
    """Where adam_ann has converged, at its rate of 1, its gradients are what a subtraction leaves of the last bits:
    there LibreOffice is off the engine, which rounds products twice, as Excel does, and not off the same loops with
    products rounded once."""
    book = fresh(None, pressed=True)
    place = places(book)["adam_ann"]
    unroll(book, 20)
    book.save(tmp_path / "unrolled.xlsx")
    theirs = recalculated(tmp_path / "unrolled.xlsx")["adam_ann"]
    apart = 0
    loops = epochs_by_hand.epochs("adam_ann", numbers("points.csv"), 21, False, by_loops(operator.mul))
    for number, (_, states) in enumerate(loops):
        top = place.top(number)
        for row, state in enumerate(states[1:], top + 3):
            got = [theirs.cell(row + 1, column + 1).value for column in range(7, 13)]
            assert got == [near(value) for value in columns(state, "adam_ann")], f"epoch {number}"
            apart += got != [near(book["adam_ann"].value(row, column)) for column in range(7, 13)]
    assert apart > 100


def near(value: Any) -> Any:
    return pytest.approx(value, rel=WITHIN, abs=0) if isinstance(value, float) else value


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
    rows = min(p.most for p in place.values())
    assert max(p.top(rows) + p.height for p in place.values()) <= 1_048_576
    assert max(p.top(rows + 1) + p.height for p in place.values()) > 1_048_576
    with pytest.raises(InputError) as caught:
        unroll(book, 50_000)
    most = as_many_as_fit(str(caught.value))
    assert str(caught.value) == (
        f"graddesc!basic: 50,000 epochs do not fit, a sheet ends at row 1,048,576; at most {most:,} do"
    )
    assert "run" in book["basic"].buttons, "as it was"


def test_more_epochs_than_memory_holds() -> None:
    """Both limits name the same number of epochs: one less than that of the copies that fit."""
    messages = []
    for epochs in (20_000, 50_000):
        with pytest.raises(InputError) as caught:
            unroll(graddesc.build(), epochs)
        messages.append(str(caught.value))
    assert re.search(r"20,000 epochs do not fit, they are 3\d,[\d,]{7} cells of 10,000,000; at most", messages[0])
    assert as_many_as_fit(messages[0]) == as_many_as_fit(messages[1])
    one = sum(unrolled.cells for unrolled in map(Unrolled, map(graddesc.build().__getitem__, OPTIMIZERS)))
    most = as_many_as_fit(messages[0])
    assert (most + 1) * one <= 10_000_000 < (most + 2) * one


def as_many_as_fit(message: str) -> int:
    found = re.search(r"at most ([\d,]+) do$", message)
    assert found
    return int(found[1].replace(",", ""))
