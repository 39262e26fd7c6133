"""Gnumeric as a second outside opinion: it takes nothing over from Excel's arithmetic, as many programs do not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

TIME_LIMIT = 180


def recalculated(path: Path) -> openpyxl.Workbook:
    """The values of a file after Gnumeric has opened, recalculated and saved it. Skips the test where it is missing."""
    program = shutil.which("ssconvert")
    if program is None:
        pytest.skip("Gnumeric is not installed")
    out = path.with_suffix(".gnumeric.xlsx")
    subprocess.run([program, "--recalc", str(path), str(out)], check=True, capture_output=True, timeout=TIME_LIMIT)
    return openpyxl.load_workbook(out, data_only=True)
