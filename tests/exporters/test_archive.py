"""The zip file that a workbook is written into: the same with a second thread as without, and whole or not at all."""

import threading
import zipfile
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import sheetsim
from exporters import archive, xlsx
from sheetsim.errors import OutputError
from sheetsim.support.beside import Beside
from sheetsim.workbook import Workbook

ROWS = 9_000  # several lots


@pytest.fixture
def large() -> Workbook:
    book = Workbook("large")
    for title in ("one", "two"):
        sheet = book.add_sheet(title)
        sheet[f"A1:D{ROWS}"] = np.random.default_rng(7).normal(size=(ROWS, 4))
        sheet.fill(f"E1:H{ROWS}", "=A1*2")
    book.recalculate()
    return book


def test_the_bytes_are_the_same_with_and_without_a_second_thread(
    large: Workbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []
    monkeypatch.setattr(archive, "Beside", lambda ahead: used.append(ahead) or Beside(ahead))
    xlsx.write(large, tmp_path / "beside.xlsx")
    monkeypatch.setattr(archive, "LARGE", 10**9)
    xlsx.write(large, tmp_path / "alone.xlsx")
    assert used == [archive.AHEAD, 0]
    assert (tmp_path / "beside.xlsx").read_bytes() == (tmp_path / "alone.xlsx").read_bytes()


def test_a_small_workbook_needs_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", lambda _: pytest.fail("a thread"))
    xlsx.write(sheetsim.build("entropy_example"), tmp_path / "small.xlsx")
    assert openpyxl.load_workbook(tmp_path / "small.xlsx").sheetnames


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["writing", "making"])
def test_after_a_failure_nothing_is_half_written_and_no_thread_is_left(
    large: Workbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, where: str
) -> None:
    path = tmp_path / "kept.xlsx"
    path.write_bytes(b"as it was")
    owner, name = {"writing": (zipfile._ZipWriteFile, "write"), "making": (xlsx.Rows, "cells")}[where]  # type: ignore[attr-defined]
    original, calls = getattr(owner, name), count()

    def failing(*given: Any) -> Any:
        if next(calls) == (5 if where == "writing" else 1):  # in the midst of a sheet
            raise error
        return original(*given)

    monkeypatch.setattr(owner, name, failing)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        xlsx.write(large, path)
    assert path.read_bytes() == b"as it was"
    assert [each.name for each in tmp_path.iterdir()] == ["kept.xlsx"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sheetsim-beside")]
