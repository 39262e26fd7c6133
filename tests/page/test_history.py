"""Changes taken back and made again, held to copies of the workbook made on the way."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import pytest

import sheetsim
from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.page.history import History, changing

Contents = list[Any]


def contents(book: sheetsim.Workbook) -> Contents:
    """Everything that the cells hold, results among it."""
    book.recalculate()
    return [
        (
            sheet.rows,
            sheet.columns,
            copy.copy(sheet.arrays),
            [(cell, sheet.value(*cell), sheet.formula_text(*cell)) for cell in sheet.cells()],
        )
        for sheet in book.sheets
    ]


def two_sheets() -> sheetsim.Workbook:
    book = sheetsim.Workbook("demo")
    book.add_sheet("a").values("A1", [[1, 2], [3, 4]])
    book.add_sheet("b").fill("A1:A3", "=a!A1*2")
    return book


def test_undo_and_redo_of_many_random_changes() -> None:
    book, history, states = two_sheets(), History(), []
    chance = random.Random(7)
    for _ in range(60):
        states.append(contents(book))
        sheet = book.sheets[chance.randrange(2)]
        row, column = chance.randrange(6), chance.randrange(5)
        with changing(book, "a change") as change:
            what = chance.randrange(4)
            if what == 0:
                sheet.put(row, column, chance.choice([1.5, "text", True, None]))
            elif what == 1:
                sheet.fill_rect(Rect(row, column, row + 1, column), book.formula_number("=a!$A$1+1", row, column, "a"))
            elif what == 2 and not sheet.arrays:
                sheet.array("G8:H9", "=a!A1:B2+1")
            else:
                sheet.put(row + chance.randrange(30), column, 7)
        history.add(change)
        if not change.places:
            states.pop()
    states.append(contents(book))
    for state in reversed(states[:-1]):
        history.undo(book)
        assert contents(book) == state
    for state in states[1:]:
        history.redo(book)
        assert contents(book) == state


def test_after_an_exception_all_is_as_before() -> None:
    book = two_sheets()
    before = contents(book)

    def fail() -> None:
        with changing(book, "a change"):
            book["a"]["A1"] = 9
            book["b"].fill("A2:D9", "=1")
            raise InputError("no")

    with pytest.raises(InputError):
        fail()
    assert contents(book) == before


def test_what_changes_nothing_is_no_step() -> None:
    book, history = two_sheets(), History()
    with changing(book, "nothing") as change:
        book["a"]["A1"] = 1
    history.add(change)
    assert history.done == []


def test_a_change_keeps_only_what_differs() -> None:
    book = sheetsim.Workbook("large")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[row] for row in range(1000)])
    with changing(book, "one cell") as change:
        sheet["A500"] = -1
    rows, columns = change.places["s"]
    assert (rows.tolist(), columns.tolist()) == ([499], [0])
    assert np.array_equal(change.before["s"].cells.num, [499.0])
