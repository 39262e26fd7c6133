"""The lecture's own files, where they are at hand: Excel's stored values are the oracle.

A recalculation is scored only on copies whose stored values were removed, so that nothing can be handed back.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from excel_checksums import COMPUTED, VOLATILE
from places import ORIGINALS
from zips import members, pack

import sheetsim
from sheetsim import Workbook, library
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.model.address import parse_cell
from sheetsim.reading.book import read

#: Cells of other people's sentences, for which ours stand.
PROSE = {
    "Sheet1": [f"{column}{row}" for column in "AB" for row in range(1, 31)],
    "dotprod": ["B19", "B20", "B21"],
}

pytestmark = pytest.mark.skipif(not ORIGINALS.is_dir(), reason="the original workbooks are not at hand")


def without_values(source: Path, target: Path) -> int:
    """Copies a workbook, removing the stored value of every formula cell; answers how many were removed.

    The cells of an array formula hold no formula of their own, but their values go too.
    """
    spilled = {
        (sheet.title, row, column)
        for sheet in read(source).sheets
        for area, _ in sheet.arrays.values()
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
    removed, parts = 0, members(source)
    titles = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"].decode())
    for name in parts:
        part = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
        if part:
            cleaned, count = _cleaned(parts[name].decode(), titles[int(part[1]) - 1], spilled)
            parts[name], removed = cleaned.encode(), removed + count
    pack(target, parts)
    return removed


def _cleaned(xml: str, title: str, spilled: set[tuple[str, int, int]]) -> tuple[str, int]:
    removed = 0

    def cell(found: re.Match[str]) -> str:
        nonlocal removed
        row, column = parse_cell(found[1])
        if "<f" not in found[0] and (title, row, column) not in spilled:
            return found[0]
        text, count = re.subn(r"<v>[^<]*</v>", "", found[0])
        removed += count
        return text

    return re.sub(r'<c r="([A-Z]+[0-9]+)"(?: [^>]*)?(?:/>|(?<!/)>.*?</c>)', cell, xml, flags=re.DOTALL), removed


def differing(ours: Workbook, original: Workbook) -> tuple[int, list[str]]:
    """How many formula cells were compared, and those whose kind or bits differ."""
    count, bad = 0, []
    for sheet in original.sheets:
        if sheet.title in VOLATILE:
            continue
        mine = ours[sheet.title]
        for row, column in np.argwhere(sheet.computed()).tolist():
            count += 1
            same_kind = mine.kind[row, column] == sheet.kind[row, column]
            if not same_kind or mine.num[row, column].tobytes() != sheet.num[row, column].tobytes():
                bad.append(f"{sheet.where(row, column)} {sheet.value(row, column)!r} {mine.value(row, column)!r}")
    return count, bad


@pytest.mark.parametrize("name", COMPUTED)
def test_recalculation_of_a_copy_without_values(name: str, tmp_path: Path) -> None:
    original = ORIGINALS / f"{name}.xlsx"
    copy = tmp_path / f"{name}.xlsx"
    assert without_values(original, copy) >= COMPUTED[name]
    ours = read(copy)
    assert not any(sheet.kind[: sheet.rows, : sheet.columns][sheet.computed()].any() for sheet in ours.sheets)
    recalculate(ours)
    assert differing(ours, read(original)) == (COMPUTED[name], [])


@pytest.mark.parametrize("name", COMPUTED)
def test_the_built_file_read_back(name: str, tmp_path: Path) -> None:
    library.build(name).save(tmp_path / f"{name}.xlsx")
    built = read(tmp_path / f"{name}.xlsx")
    assert differing(built, read(ORIGINALS / f"{name}.xlsx")) == (COMPUTED[name], [])


@pytest.mark.parametrize("name", COMPUTED)
def test_the_built_file_passes_the_check(name: str, tmp_path: Path) -> None:
    """Formulas by their meaning, too, and no cell on one side only but for our sentences and labels."""
    book = library.build(name)
    book.save(tmp_path / "built.xlsx")
    report = sheetsim.check(ORIGINALS / f"{name}.xlsx", read(tmp_path / "built.xlsx"))
    prose = {f"Sheet1!{cell}" for cell in PROSE["Sheet1"]} | {f"dotprod!{cell}" for cell in PROSE["dotprod"]}
    prose |= {f"{sheet.title}!{area}" for sheet in book for area in sheet.prose if area.size == 1}  # our labels
    assert [d for d in report.differences if f"{d.sheet}!{d.cell}" not in prose] == []
    assert (report.computed, report.equal) == (COMPUTED[name], COMPUTED[name])


@pytest.mark.parametrize("name", COMPUTED)
def test_check_finds_nothing_against_the_definition(name: str) -> None:
    report = sheetsim.check(ORIGINALS / f"{name}.xlsx")
    assert report.ok
    assert (report.computed, report.equal) == (COMPUTED[name], COMPUTED[name])
