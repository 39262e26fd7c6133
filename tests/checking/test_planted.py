"""Cells planted in the lecture's workbooks, Excel's and ours: each is found, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Plant, added, formula, one_ulp, removed, value

from sheetsim.api import check

NAMES = ["graddesc", "collab_filter", "entropy_example"]


PLANTED = [
    ("graddesc", "adam", "E10", one_ulp, "value"),
    ("graddesc", "basic", "N20", one_ulp, "value"),
    ("graddesc", "rmsprop", "A7", value("29"), "value"),
    ("graddesc", "adam", "F12", formula("C12+A12"), "formula"),
    ("graddesc", "adam", "A20", removed, "extra"),
    ("graddesc", "momentum", "Z9", added, "missing"),
    ("collab_filter", "dotprod", "V41", one_ulp, "value"),
    ("collab_filter", "movielens_1hot", "AG77", one_ulp, "value"),
    ("entropy_example", "log_entropy", "H3", value("2"), "value"),
]
IDS = [f"{sheet} {cell} {what}" for _, sheet, cell, _, what in PLANTED]


@pytest.mark.parametrize("name", NAMES)
def test_the_originals(name: str, original: Callable[[str], Path]) -> None:
    report = check(original(name))
    assert report.ok
    assert report.equal == report.computed > 0


@pytest.mark.parametrize("name", NAMES)
def test_our_own_files(name: str, exported: Callable[[str], Path]) -> None:
    assert check(exported(name)).ok


@pytest.mark.parametrize(("name", "sheet", "cell", "change", "what"), PLANTED, ids=IDS)
def test_a_planted_cell_in_our_own_file(
    name: str, sheet: str, cell: str, change: Any, what: str, exported: Callable[[str], Path], plant: Plant
) -> None:
    report = check(plant(exported(name), sheet, cell, change))
    assert [(d.sheet, d.cell, d.what) for d in report.differences] == [(sheet, cell, what)]


@pytest.mark.parametrize(("name", "sheet", "cell", "change", "what"), PLANTED, ids=IDS)
def test_a_planted_cell_in_an_original(
    name: str, sheet: str, cell: str, change: Any, what: str, original: Callable[[str], Path], plant: Plant
) -> None:
    report = check(plant(original(name), sheet, cell, change))
    assert [(d.sheet, d.cell, d.what) for d in report.differences] == [(sheet, cell, what)]


def test_a_planted_cell_where_there_is_no_definition(exported: Callable[[str], Path], tmp_path: Path) -> None:
    import shutil

    from conftest import editing

    copy = tmp_path / "copy.xlsx"
    shutil.copy(exported("entropy_example"), copy)
    assert check(copy).against == "its recalculation"
    assert check(copy).ok
    with editing(copy, tmp_path / "other.xlsx", "xl/worksheets/sheet2.xml") as parts:
        parts[0] = one_ulp(parts[0], "D2")
    assert [d.where for d in check(tmp_path / "other.xlsx").differences] == ["entropy!D2"]
