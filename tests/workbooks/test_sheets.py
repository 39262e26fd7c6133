"""What ``sheetsim list`` says of the workbooks' sheets is what they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from workbooks import WORKBOOKS, sheets


@pytest.mark.parametrize("name", WORKBOOKS)
def test_what_is_noted_is_what_there_is(name: str) -> None:
    assert sheets.sheets_of(name) == sheets.counted(name), "run `make docs`"


def test_a_workbook_that_is_not_noted_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sheets.csv").write_text("graddesc,another,1,\n")
    monkeypatch.setattr(sheets, "FILE", tmp_path / "sheets.csv")
    assert sheets.sheets_of("graddesc") == [("another", 1, "")]
    assert sheets.sheets_of("entropy_example") == [("softmax", 34, ""), ("entropy", 11, ""), ("log_entropy", 30, "")]


def test_listing_them_builds_none() -> None:
    code = "import sys; from sheetsim.cli.listing import list_; list_(); print('numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.endswith("False\n")
    assert "movielens_1hot" in told
