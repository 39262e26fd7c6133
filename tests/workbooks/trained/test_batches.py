"""The sheet ``batches``: rates and momenta as formulas of the schedule, against the schedule that trained."""

from __future__ import annotations

import numpy as np
import pytest

from sheetsim.model.address import parse_rect
from sheetsim.model.sheet import Sheet
from sheetsim.training.history import Epoch, History
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import Settings
from sheetsim.workbook import Workbook
from workbooks.trained.batches import batches


def run_of(settings: Settings, number: int, epochs: int | None = None) -> History:
    """``number`` batches in all epochs; ``epochs`` are done."""
    done = settings.epochs if epochs is None else epochs
    kept = number * done // settings.epochs
    rates, momenta = (each[:kept] for each in schedule(settings, number))
    rows = [Epoch(at, 1.0, 1.0, None, 1.0) for at in range(1, done + 1)]
    return History(rows, np.random.default_rng(0).random(kept), rates, momenta)


def sheet_of(settings: Settings, run: History) -> Sheet:
    book = Workbook("trained")
    batches(book, run, settings)
    book.recalculate()
    return book["batches"]


def columns(sheet: Sheet, number: int) -> np.ndarray:
    return np.array(sheet[f"B5:C{4 + number}"], float)


CYCLES = [Settings("movielens"), Settings("nn"), Settings("logistic", lr=0.3, epochs=3)]


@pytest.mark.parametrize("settings", CYCLES, ids=["movies", "net", "another rate"])
@pytest.mark.parametrize("number", [15, 60, 1405])
def test_one_cycle_by_formulas(settings: Settings, number: int) -> None:
    number -= number % settings.epochs
    run = run_of(settings, number)
    sheet = sheet_of(settings, run)
    assert sheet.computed()[parse_rect(f"B5:C{4 + number}").slices].all()
    assert columns(sheet, number) == pytest.approx(np.array([run.rates, run.momenta]).T, rel=1e-12)


def test_a_run_that_was_stopped_follows_the_whole_schedule() -> None:
    settings = Settings("movielens")
    run = run_of(settings, 50, epochs=2)
    sheet = sheet_of(settings, run)
    assert sheet["J4"] == 50
    assert columns(sheet, 20) == pytest.approx(np.array([run.rates, run.momenta]).T, rel=1e-12)


def test_a_constant_rate() -> None:
    settings = Settings("nn", optimizer="momentum", lr=0.07)
    sheet = sheet_of(settings, run_of(settings, 4))
    assert sheet["I3:J4"] == [["rate", "momentum"], [0.07, 0.9]]
    assert columns(sheet, 4).tolist() == [[0.07, 0.9]] * 4
    sheet["I4"] = 0.01
    sheet.book.recalculate()
    assert columns(sheet, 4).tolist() == [[0.01, 0.9]] * 4


def test_another_peak_and_share_move_the_columns() -> None:
    settings = Settings("nn")
    sheet = sheet_of(settings, run_of(settings, 40))
    sheet["I4"], sheet["K4"] = 0.5, 0.5
    sheet.book.recalculate()
    found = columns(sheet, 40)
    assert found[:, 0].argmax() == found[:, 1].argmin() == 20
    assert found[20] == pytest.approx([0.5, 0.85])
    assert found[0] == pytest.approx([0.5 / 25, 0.95])


def test_a_run_that_did_not_follow_its_schedule_keeps_its_numbers() -> None:
    settings = Settings("nn")
    run = run_of(settings, 10)
    run.rates[7] *= 1.1
    sheet = sheet_of(settings, run)
    assert not sheet.computed()[parse_rect("B5:C14").slices].any()
    assert columns(sheet, 10).tolist() == np.array([run.rates, run.momenta]).T.tolist()
