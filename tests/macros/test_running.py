"""Reset and Run from outside: settings, the history, the trace."""

from __future__ import annotations

from typing import Any

import pytest

from sheetsim.errors import InputError, NotFound
from sheetsim.library import build
from sheetsim.macros.running import run


def test_the_history_has_the_start_and_each_epoch() -> None:
    history = run(build("graddesc"), "adam")
    assert history.headings == ["epoch", "b", "a", "rms error"]
    assert [line[0] for line in history.table] == [0, 1, 2, 3, 4, 5]
    assert history.table[0][1:3] == [1.0, 1.0]
    assert history.table[5][1] == 24.960097789510424  # the lecture: "5 steps, we're at 25"
    assert history.rows == []


def test_one_run_of_ten_epochs_is_two_of_five() -> None:
    once, twice = build("graddesc"), build("graddesc")
    ten = run(once, "rmsprop", epochs=10)
    five = run(twice, "rmsprop").table + run(twice, "rmsprop", reset=False).table[1:]
    assert [line[1:] for line in ten.table] == [line[1:] for line in five]


def test_settings_come_after_reset() -> None:
    book = build("graddesc")
    run(book, "adam", epochs=1, settings=[("lr", 0.25)])
    assert book["adam"]["D2"] == 0.25
    run(book, "adam", epochs=1, settings=[("D2", 0.5)])
    assert book["adam"]["D2"] == 0.5


def test_the_trace_is_the_sheets_rows() -> None:
    history = run(build("graddesc"), "momentum", epochs=2, trace=True)
    assert len(history.rows) == 3  # the rows that Reset left, and those of two epochs
    frame = history.rows[0]
    assert frame["row"].tolist() == list(range(4, 33))
    assert frame["x"].tolist()[:3] == [14.0, 86.0, 28.0]


WEIGHTS = ["row", "x", "y", "b", "a", "pred", "de/db", "de/da", "new b", "new a"]
AVERAGES, SQUARES = ["average de/db", "average de/da"], ["average (de/db)^2", "average (de/da)^2"]


@pytest.mark.parametrize(
    ("sheet", "averages"),
    [
        ("momentum", [*AVERAGES, "err^2"]),
        ("rmsprop", SQUARES),
        ("adam", [*AVERAGES, *SQUARES]),
        ("adam_ann", [*AVERAGES, *SQUARES]),
    ],
)
def test_the_traces_columns_have_names(sheet: str, averages: list[str]) -> None:
    """The sheets show numbers above the running averages: what they start from."""
    history = run(build("graddesc"), sheet, epochs=1, trace=True)
    assert [list(frame) for frame in history.rows] == [WEIGHTS + averages] * 2


def test_each_is_told_of_every_epoch() -> None:
    epochs: list[int] = []
    run(build("graddesc"), "basic", epochs=2, each=epochs.append)
    assert epochs == [0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"sheet": "nosuch"}, NotFound),
        ({"sheet": "Sheet1"}, NotFound),
        ({"sheet": "adam", "settings": [("nosuch", 1.0)]}, NotFound),
        ({"sheet": "adam", "epochs": 0}, InputError),
        ({"sheet": "adam", "settings": [("H5", 1.0)]}, InputError),
        ({"sheet": "adam", "settings": [("D2:E9", 1.0)]}, InputError),
        ({"sheet": "adam", "settings": [("lr", float("nan"))]}, InputError),
    ],
)
def test_what_cannot_be_run(arguments: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        run(build("graddesc"), **arguments)


def test_a_setting_that_is_not_there_leaves_the_workbook_alone() -> None:
    book = build("graddesc")
    before = book["adam"]["C1"]
    with pytest.raises(NotFound):
        run(book, "adam", settings=[("nosuch", 1.0)])
    assert book["adam"]["C1"] == before == 29.713174380227404
