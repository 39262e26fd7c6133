"""LibreOffice as an outside opinion: it recalculates formulas that plain openpyxl wrote, with no value beside them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from zips import members, pack

from sheetsim import Workbook
from sheetsim.functions import FUNCTIONS
from sheetsim.model.values import NUMBER, ExcelError

Rows = Sequence[Sequence[Any]]
TIME_LIMIT = 180  # seconds for one file, and two for each more

#: Whether to recalculate, whatever the file says (a file without values is recalculated anyway): 0 always, 1 never.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{}</value></prop></item></oor:items>"""

CALLED = re.compile(r"[A-Z][A-Z0-9.]*(?=\()")


def recalculated(path: Path) -> openpyxl.Workbook:
    """The values of a file after LibreOffice has opened, recalculated and saved it, in a folder beside the file.
    Raises CalledProcessError where it saves nothing."""
    saved = saved_again([path], path.parent)
    if not saved:  # it ended well, and saved nothing
        raise subprocess.CalledProcessError(0, ["soffice", str(path)])
    return openpyxl.load_workbook(saved[0], data_only=True)


def saved_again(paths: Sequence[Path], folder: Path, recalculate: bool = True) -> list[Path]:
    """What LibreOffice saves of files that it opens, many in one start of the program: their paths, those of files
    that it does not open left out. The names must differ.

    Its profile and what it saves are in ``folder``. Skips the test where LibreOffice is not installed.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile, out = folder / "profile", folder / "recalculated"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS.format(0 if recalculate else 1))
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    left, before = list(paths), 0
    while left and len(left) != before:  # of hundreds it leaves some out, without a word; by themselves it opens them
        limit, before = TIME_LIMIT + 2 * len(left), len(left)
        _run([*command, "--outdir", str(out), *map(str, left)], limit)
        left = [path for path in left if not (out / path.name).exists()]
    return [out / path.name for path in paths if path not in left]


def _run(command: list[str], limit: float) -> None:
    """Raises CalledProcessError, or TimeoutExpired; then the program that the command started is ended with it."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if status:
        raise subprocess.CalledProcessError(status, command)


def as_stored(formula: str) -> str:
    """A formula as a file holds it, with the prefix of the younger functions."""
    return CALLED.sub(lambda found: _prefix(found[0]) + found[0], formula)


def _prefix(name: str) -> str:
    """Of the functions of complex numbers, all in an add-in of its own, LibreOffice knows none by a prefix."""
    return "" if name.startswith("IM") else getattr(FUNCTIONS.get(name), "prefix", "")


def theirs(sheets: Mapping[str, Rows], formulas: Sequence[str], array: bool = False) -> list[Any]:
    """What LibreOffice makes of them, in the same cells; ``{=…}`` is an array formula, as all are with ``array``. Skips
    the test where it is not installed."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        write_rows(book.create_sheet(title), rows)
    sheet = book.create_sheet("formulas")
    for at, formula in enumerate(formulas, 1):
        stored = as_stored(formula.strip("{}") if formula.startswith("{=") else formula)
        sheet[f"H{at}"] = ArrayFormula(f"H{at}", stored) if array or formula.startswith("{=") else stored
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "formulas.xlsx"
        book.save(path)
        read = recalculated(path)["formulas"]
    return [read[f"H{at}"].value for at in range(1, len(formulas) + 1)]


def write_rows(sheet: Any, rows: Rows) -> None:
    """Fills a sheet of openpyxl from its first cell on; a text that looks like a formula stays a text."""
    for r, cells in enumerate(rows, 1):
        for c, value in enumerate(cells, 1):
            if value is not None:
                cell = sheet.cell(r, c, str(value) if isinstance(value, str) else value)
                if isinstance(value, str):
                    cell.data_type = "e" if isinstance(value, ExcelError) else "s"


def agree(ours: Any, theirs: Any) -> bool:
    """Whether two results are the same value; LibreOffice saves 15 digits, and an empty text as nothing."""
    if theirs is None:
        return ours is None or ours == ""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= 6e-15 * max(abs(ours), abs(theirs))
    if ours == "#NUM!" and theirs == "#VALUE!":
        return True  # its own "invalid argument", which the file format does not know
    return type(ours) is not float and str(ours) == str(theirs)


# --- a whole workbook, recalculated -----------------------------------------------------------------------------------
VOLATILE = {"data"}
TOLERANCE = 1e-12


def without_values(source: Path, target: Path) -> None:
    """A copy in which no formula cell has a value: nothing is left but to compute it."""
    parts = members(source)
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = re.sub(rb"(</f>|<f\b[^>]*/>)<v\b[^>]*?(?:/>|>[^<]*</v>)", rb"\1", parts[name])
    pack(target, parts)


def disagreeing(book: Workbook, theirs: openpyxl.Workbook) -> list[str]:
    """The cells in which the two differ by more than the tolerance."""
    found = []
    for sheet in book.sheets:
        if sheet.title in VOLATILE:
            continue
        for row, column in np.argwhere(sheet.computed()).tolist():
            got = theirs[sheet.title].cell(row + 1, column + 1).value
            expected = sheet.value(row, column)
            if sheet.kind[row, column] == NUMBER and isinstance(got, int | float):
                near = abs(got - expected) <= TOLERANCE * max(abs(got), abs(expected))
            else:
                near = got == expected or (got is None and expected == "")  # openpyxl reads an empty text as none
            if not near:
                found.append(sheet.where(row, column))
    return found
