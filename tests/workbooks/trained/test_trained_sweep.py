"""A sweep's workbook: means over the seeds by formulas, against plain Python and LibreOffice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from libreoffice import recalculated, without_values

from sheetsim.training.settings import Settings
from sheetsim.training.sweeps import Result, Row
from sheetsim.workbook import Workbook
from workbooks.trained import sweep

SETTINGS = Settings("movielens")


def rows(seeds: int = 3) -> list[Row]:
    random = np.random.default_rng(1)
    return [
        Row(
            (str(factors), "none"), tuple(Result(SETTINGS, *random.random(2).tolist(), None, 1.0) for _ in range(seeds))
        )
        for factors in (10, 20, 40)
    ]


def built(found: list[Row], benchmark: float | None = 0.91) -> Workbook:
    book = sweep.build(["factors", "y-range"], found, SETTINGS, benchmark)
    book.recalculate()
    return book


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_row_for_each_choice(seeds: int) -> None:
    found = rows(seeds)
    sheet = built(found)["sweep"]
    assert sheet["A7:H7"] == [["point", "factors", "y-range", "valid loss", "lowest", "highest", "root", "benchmark"]]
    for line, row in zip(sheet["A8:H10"], found, strict=True):
        losses, average = row.losses, sum(row.losses) / seeds
        expected = [average, min(losses), max(losses), average**0.5, 0.91**2]
        assert line[1:3] == [float(row.chosen[0]), "none"]
        assert line[3:] == pytest.approx(expected, rel=1e-14)


def test_a_run_that_diverged_is_said() -> None:
    found = [Row(("10", "none"), (Result(SETTINGS), *rows(1)[0].results)), *rows(2)[1:]]
    book = built(found, benchmark=None)
    assert book["sweep"]["D8:G8"] == [["diverged", "", "", ""]]
    assert book["runs"]["F4"] == "diverged"
    assert book["sweep"]["A4:C5"] == [[None] * 3] * 2


def test_libreoffice_computes_the_same(tmp_path: Path) -> None:
    book = built(rows())
    book.save(tmp_path / "built.xlsx")
    without_values(tmp_path / "built.xlsx", tmp_path / "bare.xlsx")
    theirs = recalculated(tmp_path / "bare.xlsx")["sweep"]
    for row in range(8, 11):
        ours = book["sweep"][f"D{row}:H{row}"][0]
        assert [cell.value for cell in theirs[row][3:8]] == pytest.approx(ours, rel=1e-14)
