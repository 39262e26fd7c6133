"""``build --epochs`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from conftest import Run

from sheetsim.macros.running import run as run_macro
from workbooks.graddesc import workbook as graddesc


def test_build_with_epochs(run: Run, tmp_path: Path) -> None:
    done = run("build", "graddesc", "--epochs", 3, "--out", tmp_path)
    assert (done.status, done.err) == (0, "")
    sheet = openpyxl.load_workbook(tmp_path / "graddesc_3_epochs.xlsx", data_only=True)["adam"]
    history = run_macro(graddesc.build(), "adam", epochs=3)
    assert [sheet[f"C{row}"].value for row in (1, 35, 69, 103)] == [row[1] for row in history.table]
    assert sheet["C137"].value is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["graddesc", "--epochs", "0"], "Invalid value for '--epochs'"),
        (["graddesc", "--epochs", "1000000"], "1,000,000 epochs do not fit, a sheet ends at row 1,048,576"),
        (["--epochs", "2"], "--epochs is for workbooks with Reset and Run, not for collab_filter, entropy_example"),
        (["entropy_example", "--epochs", "2"], "--epochs is for workbooks with Reset and Run, not for entropy_example"),
        (["graddesc", "--updated"], "give --epochs, too"),
    ],
)
def test_build_refuses(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run("build", *arguments, "--out", tmp_path / "out")
    assert done.status == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
