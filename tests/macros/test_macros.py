"""What the buttons do, step by step, and that the lecture's stored numbers come out, bit for bit.

The numbers are those that Excel stored in the lecture's own graddesc.xlsx, and what the lecturer says of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sheetsim.errors import InputError, NotFound
from sheetsim.library import build
from sheetsim.macros.press import press
from sheetsim.model.buttons import Append, Clear, Copy, If, Macro, Recalculate, Set
from sheetsim.model.named_cells import cells_of
from sheetsim.model.sheet import Sheet
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook


@pytest.fixture
def sheet() -> Sheet:
    book = Workbook("demo")
    made = book.add_sheet("s")
    made.values("A1", [[1], [2], [3]])
    made.fill("B1:B3", "=A1*10")
    made.name("first", "$A$1")
    made.name("results", "$B$1:$B$3")
    made.name("column", "$C$1:$C$3")
    book.recalculate()
    return made


def after(sheet: Sheet, *steps: Any, times: int = 1) -> dict[str, Any]:
    """The cells that are not what they were, once a button with these steps is pressed."""
    before = {where: sheet.value(*where) for where in sheet.cells()}
    sheet.button("go", Macro(steps, times))
    press(sheet.book, "s", "go")
    now = {where: sheet.value(*where) for where in sheet.cells()}
    names = {where: f"{'ABCDEF'[where[1]]}{where[0] + 1}" for where in now.keys() | before.keys()}
    return {names[where]: now.get(where) for where in sorted(names) if now.get(where) != before.get(where)}


@pytest.mark.parametrize(
    ("steps", "changed"),
    [
        ([Copy("results", "column")], {"C1": 10.0, "C2": 20.0, "C3": 30.0}),
        ([Copy("B3", "first")], {"A1": 30.0}),
        ([Copy("B3", "first"), Recalculate()], {"A1": 30.0, "B1": 300.0}),
        ([Set("first", 7)], {"A1": 7.0}),
        ([Set("A1:A2", "=B3/3")], {"A1": 10.0, "A2": 10.0}),
        ([Set("D1", "a text")], {"D1": "a text"}),
        ([Set("first", 7), Set("D1", "=B1")], {"A1": 7.0, "D1": 10.0}),
        ([Clear("first")], {"A1": None}),
        ([Append("B2", "column"), Append("B3", "column")], {"C1": 20.0, "C2": 30.0}),
        ([If("=A1<A2", (Set("D1", 1),))], {"D1": 1.0}),
        ([If("=A1>A2", (Set("D1", 1),))], {}),
        ([If("=A1", (Set("D1", 1),))], {}),
        ([Recalculate()], {}),
    ],
)
def test_steps(sheet: Sheet, steps: list[Any], changed: dict[str, Any]) -> None:
    assert after(sheet, *steps) == changed


def test_a_list_that_is_full_goes_on_below(sheet: Sheet) -> None:
    assert after(sheet, *[Append("A1", "column")] * 5).keys() >= {"C1", "C3", "C4", "C5"}


def test_steps_are_done_so_many_times(sheet: Sheet) -> None:
    assert after(sheet, Set("first", "=A1*2"), times=3) == {"A1": 8.0}


def test_each_is_told_the_number_of_the_turn(sheet: Sheet) -> None:
    turns: list[int] = []
    sheet.button("go", Macro((Set("first", "=A1*2"),), times=5))
    press(sheet.book, "s", "GO", times=2, each=turns.append)
    assert turns == [1, 2]
    assert sheet["A1"] == 4.0


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Copy("results", "first")], r"B1:B3 cannot be copied to A1, which has another shape"),
        ([Set("nosuch", 1)], r"s has no name or cell 'nosuch'; it has column, first, results"),
    ],
)
def test_steps_that_cannot_be_done(sheet: Sheet, steps: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        after(sheet, *steps)


@pytest.mark.parametrize(
    ("title", "button", "message"),
    [
        ("s", "stop", "demo!s has no button 'stop'; it has go"),
        ("t", "go", "demo!t has no button 'go'; the sheets with buttons are s"),
        ("u", "go", "demo has no sheet 'u'; it has s, t"),
    ],
)
def test_buttons_that_are_not_there(sheet: Sheet, title: str, button: str, message: str) -> None:
    sheet.button("go", Macro(()))
    sheet.book.add_sheet("t")
    with pytest.raises(NotFound) as caught:
        press(sheet.book, title, button)
    assert str(caught.value) == message


@pytest.mark.parametrize("times", [0, -1])
def test_a_button_is_pressed_at_least_once(sheet: Sheet, times: int) -> None:
    sheet.button("go", Macro(()))
    with pytest.raises(InputError, match="once or more often"):
        press(sheet.book, "s", "go", times=times)


@pytest.mark.parametrize(
    ("target", "text", "message"),
    [("half", "0.5", "no range of cells"), ("far", "t!$A$1", "another sheet"), ("gone", "#REF!", "no range of cells")],
)
def test_names_that_are_no_cells_of_the_sheet(sheet: Sheet, target: str, text: str, message: str) -> None:
    sheet.book.add_sheet("t")
    sheet.book.define_name(target, text)
    with pytest.raises(InputError, match=message):
        cells_of(sheet, target)


# --- the stored states of the lecture ---------------------------------------------------------------------------------
def pressed(title: str, *buttons: str) -> tuple[Workbook, Sheet]:
    book = build("graddesc")
    for button in buttons:
        if "=" in button:
            name, value = button.split("=")
            book[title][str(cells_of(book[title], name))] = float(value)
        else:
            press(book, title, button)
    book.recalculate()
    return book, book[title]


HISTORY: dict[str, list[str]] = {  # how the file that the lecture gives out came about
    "basic": ["reset", "run"],
    "momentum": ["reset"],
    "rmsprop": ["reset", "run"],
    "adam": ["reset", "run", "run", "run", "lr=0.1", "run"],
}


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("basic", {"C1": 1.2754625002528799}),
        ("momentum", {"C1": 1.0, "C2": 1.0, "D2": 0.0001}),
        ("rmsprop", {"C1": 3.1890676512613103, "C2": 2.4036203537069443}),
        ("adam", {"C1": 29.713174380227404, "C2": 1.9455616332946517}),
    ],
)
def test_the_stored_state(title: str, cells: dict[str, float]) -> None:
    _, sheet = pressed(title, *HISTORY[title])
    assert {where: sheet[where] for where in cells} == cells


@pytest.mark.parametrize("title", HISTORY)
def test_every_cell_of_the_stored_state(title: str, original: Callable[[str], Path]) -> None:
    _, ours = pressed(title, *HISTORY[title])
    theirs = read(original("graddesc"))[title]
    labels = {*ours.cells()} - {*theirs.cells()}
    assert all(isinstance(ours.value(*where), str) for where in labels), "ours alone are labels"
    for where in theirs.cells():
        assert (ours.value(*where), where) == (theirs.value(*where), where)


def test_five_errors_are_listed_and_reset_clears_them() -> None:
    book, sheet = pressed("basic", "reset", "run")
    assert all(isinstance(sheet[f"C{row}"], float) for row in range(38, 43))
    assert sheet["C43"] is None
    press(book, "basic", "reset")
    assert sheet["C38"] is None


def test_adam_after_five_steps_is_at_25() -> None:
    _, sheet = pressed("adam", "reset", "run")
    assert sheet["C1"] == 24.960097789510424


def test_adam_ann_comes_within_1e_11() -> None:
    _, sheet = pressed("adam_ann", "reset", *["run"] * 5)
    assert sheet["C1"] == pytest.approx(29.99093977, abs=1e-8)
    assert sheet["D2"] == 1 / 256


def test_adam_ann_beside_the_stored_file(original: Callable[[str], Path]) -> None:
    _, ours = pressed("adam_ann", "reset", *["run"] * 5)
    theirs = read(original("graddesc"))["adam_ann"]
    for where in theirs.cells():
        expected = theirs.value(*where)
        got = ours.value(*where)
        assert got == (pytest.approx(expected, rel=1e-9, abs=1e-9) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("title", ["basic", "momentum", "rmsprop", "adam", "adam_ann"])
def test_reset_forgets_all_that_was_before(title: str) -> None:
    book, sheet = pressed(title, "reset")
    first = [sheet.value(*where) for where in sheet.cells()]
    press(book, title, "run")
    assert [sheet.value(*where) for where in sheet.cells()] != first
    press(book, title, "reset")
    book.recalculate()
    assert [sheet.value(*where) for where in sheet.cells()] == first
